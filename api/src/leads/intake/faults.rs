//! Reading what was sent, field by field, while every fault is noted.

use crate::card_numbers;
use crate::leads::contact;
use std::collections::BTreeMap;
use std::net::IpAddr;
use time::Duration;
use tradepost_contract::leads::{LeadConsent, LeadVerification};
use tradepost_contract::{FieldError, Timestamp};

/// Senders' clocks run ahead of ours by so much at most.
const CLOCK_SKEW: Duration = Duration::minutes(5);
/// 2000-01-01T00:00:00Z: no enquiry on sale today is older.
const EARLIEST: Timestamp = Timestamp::from_seconds(946_684_800);
const MOST_ANSWERS: usize = 64;
const MOST_RECIPIENTS: usize = 50;

/// Every fault found so far, in the order of the fields.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<FieldError>);

impl Faults {
    pub(super) fn push(&mut self, pointer: &str, code: &str, message: &str) {
        self.0.push(FieldError::new(pointer, code, message));
    }

    /// A text of one line: trimmed, blanks made single, nothing where nothing is left.
    pub(super) fn line(&mut self, pointer: &str, text: Option<String>, most: usize) -> Option<String> {
        let text = text?;
        let trimmed = text.trim();
        if trimmed.chars().any(char::is_control) {
            self.push(pointer, "control_character", "control characters are not accepted");
            return None;
        }
        self.sized(pointer, contact::one_line(trimmed), most)
    }

    /// A text that may have line breaks and tabs.
    pub(super) fn text(&mut self, pointer: &str, text: Option<String>, most: usize) -> Option<String> {
        let text = text?.replace("\r\n", "\n");
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.push(
                pointer,
                "control_character",
                "control characters other than line breaks and tabs are not accepted",
            );
            return None;
        }
        let text = card_numbers::masked(&text).unwrap_or(text);
        self.sized(pointer, text.trim().to_owned(), most)
    }

    fn sized(&mut self, pointer: &str, text: String, most: usize) -> Option<String> {
        if text.chars().count() > most {
            self.push(pointer, "too_long", &format!("at most {most} characters"));
            return None;
        }
        (!text.is_empty()).then_some(text)
    }

    /// A text that must be there once its record is.
    fn must(&mut self, pointer: &str, text: Option<String>) -> String {
        if text.is_none() && !self.0.iter().any(|fault| fault.pointer == pointer) {
            self.push(pointer, "required", "it must not be empty");
        }
        text.unwrap_or_default()
    }

    pub(super) fn instant(&mut self, pointer: &str, at: Timestamp, now: Timestamp) {
        if at > now.plus(CLOCK_SKEW) {
            self.push(pointer, "in_the_future", "it must not lie in the future");
        } else if at < EARLIEST {
            self.push(pointer, "too_early", "it must not lie before the year 2000");
        }
    }

    pub(super) fn answers(&mut self, given: BTreeMap<String, String>) -> BTreeMap<String, String> {
        if given.len() > MOST_ANSWERS {
            self.push("/answers", "too_many", &format!("at most {MOST_ANSWERS} answers"));
            return BTreeMap::new();
        }
        let mut kept = BTreeMap::new();
        for (name, text) in given {
            let pointer = format!("/answers/{}", name.replace('~', "~0").replace('/', "~1"));
            let name = self.line(&pointer, Some(name), 120);
            let name = self.must(&pointer, name);
            if let Some(text) = self.text(&pointer, Some(text), 2000) {
                kept.insert(name, text);
            }
        }
        kept
    }

    pub(super) fn consent(&mut self, given: LeadConsent, now: Timestamp) -> LeadConsent {
        self.instant("/consent/given_at", given.given_at, now);
        let text = self.text("/consent/text", Some(given.text), 4000);
        let version = self.line("/consent/text_version", Some(given.text_version), 60);
        let ip = self.line("/consent/ip", given.ip, 45);
        if ip.as_deref().is_some_and(|ip| ip.parse::<IpAddr>().is_err()) {
            self.push("/consent/ip", "invalid_ip", "expected an IPv4 or IPv6 address");
        }
        let page_url = self.line("/consent/page_url", given.page_url, 2000);
        let is_page = |url: &str| url.starts_with("https://") || url.starts_with("http://");
        if page_url
            .as_deref()
            .is_some_and(|url| !is_page(url) || url.contains(' '))
        {
            self.push(
                "/consent/page_url",
                "invalid_url",
                "expected an address such as https://example.com/quotes",
            );
        }
        if given.recipients.len() > MOST_RECIPIENTS {
            self.push(
                "/consent/recipients",
                "too_many",
                &format!("at most {MOST_RECIPIENTS} recipients"),
            );
        }
        let recipients = given.recipients.into_iter().take(MOST_RECIPIENTS).enumerate();
        let recipients = recipients
            .filter_map(|(at, name)| self.line(&format!("/consent/recipients/{at}"), Some(name), 200))
            .collect();
        LeadConsent {
            text: self.must("/consent/text", text),
            text_version: self.must("/consent/text_version", version),
            given_at: given.given_at,
            ip,
            page_url,
            recipients,
        }
    }

    pub(super) fn verification(&mut self, given: LeadVerification, now: Timestamp) -> LeadVerification {
        self.instant("/verification/verified_at", given.verified_at, now);
        let by = self.line("/verification/verified_by", Some(given.verified_by), 120);
        LeadVerification {
            method: given.method,
            verified_at: given.verified_at,
            verified_by: self.must("/verification/verified_by", by),
            recording_ref: self.line("/verification/recording_ref", given.recording_ref, 400),
        }
    }
}
