//! Which deliveries may be returned, until when, what for, and what the supplier gets for it.

use super::{Rate, in_range};
use crate::FieldError;
use std::collections::BTreeMap;

/// Which deliveries may be returned, until when, and what for (K1–K7).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnPolicy {
    /// Until when a delivery may be returned (K1, K2).
    pub window: ReturnWindow,
    /// The reasons by code (K3). A layer adds, amends or (with `null`) removes single reasons.
    pub reasons: BTreeMap<String, ReturnReason>,
    /// Every request needs a note (R25).
    pub note_required: bool,
    /// Every denial needs an explanation (R45).
    pub explanation_required_on_deny: bool,
    /// What a request after the window is (K6).
    pub late: LateRule,
    /// What a supplier who is too late is told (R42, R73); the closing instant is named otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_message: Option<String>,
    /// Who decides (K5).
    pub decision_mode: DecisionMode,
    /// A decision is due so many hours after submission (R27, R43); absent means no promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla_hours: Option<u32>,
    /// What an approved return gives (K7).
    pub remedy: Remedy,
    /// A quote by another buyer of the same lead makes it valid, so a denial is suggested (R75, R76).
    pub sibling_quote_denies: bool,
    /// No more requests once too large a share of the deliveries was returned; absent means no cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rate: Option<RateCap>,
    /// Asking again after a denial.
    pub appeal: AppealPolicy,
    /// Where the return guidelines stand (R29).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidelines_url: Option<String>,
}

impl ReturnPolicy {
    /// The reason with this code, or the one that has it as an alias (R48), with its own code.
    pub fn reason(&self, code: &str) -> Option<(&str, &ReturnReason)> {
        self.reasons
            .get_key_value(code)
            .or_else(|| {
                self.reasons
                    .iter()
                    .find(|(_, reason)| reason.aliases.contains_key(code))
            })
            .map(|(code, reason)| (code.as_str(), reason))
    }

    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        match &self.window {
            ReturnWindow::None {} => {}
            ReturnWindow::UntilInvoiced {} => {}
            ReturnWindow::CalendarDays { amount, .. } => in_range(faults, "/returns/window/amount", *amount, 1..=366),
            ReturnWindow::Hours { amount, .. } => in_range(faults, "/returns/window/amount", *amount, 1..=8784),
        }
        let open = self.window != ReturnWindow::None {};
        if open
            && !self
                .reasons
                .values()
                .any(|reason| reason.class != ReasonClass::NonValid)
        {
            faults.push(FieldError::new(
                "/returns/reasons",
                "required",
                "returns are open, so at least one reason must be valid or for review",
            ));
        }
        if let Some(hours) = self.sla_hours {
            in_range(faults, "/returns/sla_hours", hours, 1..=8784);
        }
        if self.appeal.allowed {
            in_range(faults, "/returns/appeal/days", self.appeal.days, 1..=366);
        }
        for (code, reason) in &self.reasons {
            reason_faults(faults, code, reason);
            for alias in reason.aliases.keys() {
                let others = self.reasons.iter().filter(|(other, _)| *other != code);
                if others
                    .into_iter()
                    .any(|(other, theirs)| other == alias || theirs.aliases.contains_key(alias))
                {
                    let pointer = format!("/returns/reasons/{code}/aliases/{alias}");
                    faults.push(FieldError::new(
                        pointer,
                        "ambiguous",
                        "another reason has this code or alias",
                    ));
                }
            }
        }
    }
}

fn is_code(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn reason_faults(faults: &mut Vec<FieldError>, code: &str, reason: &ReturnReason) {
    let pointer = format!("/returns/reasons/{}", code.replace('~', "~0").replace('/', "~1"));
    if !is_code(code) || !reason.aliases.keys().all(|alias| is_code(alias)) {
        faults.push(FieldError::new(
            pointer.clone(),
            "format",
            "a code has 1 to 60 small letters, digits and underscores",
        ));
    }
    if reason.label.trim().is_empty() || reason.label.chars().count() > 200 {
        faults.push(FieldError::new(
            format!("{pointer}/label"),
            "length",
            "a label has 1 to 200 characters",
        ));
    }
    if reason.class == ReasonClass::NonValid
        && reason
            .message
            .as_deref()
            .is_none_or(|message| message.trim().is_empty())
    {
        faults.push(FieldError::new(
            format!("{pointer}/message"),
            "required",
            "a reason that is refused needs the message to refuse it with",
        ));
    }
}

/// Until when a delivery may be returned (K1, K2).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "unit", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReturnWindow {
    /// Nothing is returned.
    None {},
    /// Whole days of the programme's time zone: open until the end of the day that lies `amount`
    /// days after the day the window starts (R22).
    CalendarDays {
        /// How many days.
        amount: u32,
        /// What starts the window.
        starts: WindowStart,
    },
    /// An exact duration, the same across changes of the clock (R42, R73).
    Hours {
        /// How many hours.
        amount: u32,
        /// What starts the window.
        starts: WindowStart,
    },
    /// Open until the delivery stands on a final invoice (R109, R113).
    UntilInvoiced {},
}

text_enum! {
    /// What starts the return window.
    pub enum WindowStart {
        /// The sale itself, when portal and API show the lead.
        DeliveredAt = "delivered_at",
        /// The first mail or webhook that arrived; the sale where there is none.
        FirstSuccessfulTransport = "first_successful_transport",
    }
}

/// One ground for a return.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnReason {
    /// What the supplier reads in the list.
    pub label: String,
    /// Whether it is a ground at all.
    pub class: ReasonClass,
    /// This reason needs a note, whatever the policy says of notes in general.
    #[serde(default)]
    pub needs_note: bool,
    /// Other codes that mean this reason (R48), with the words the supplier sees.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// What a refused supplier is told (R47); explains the reason otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What proof the reviewer wants.
    #[serde(default = "EvidenceNeed::none")]
    pub evidence: EvidenceNeed,
    /// The clause of the guidelines that a verdict quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Ours, because the seller's own list is not known (R24).
    #[serde(default)]
    pub placeholder: bool,
}

text_enum! {
    /// Whether a reason is a ground for a return.
    pub enum ReasonClass {
        /// A listed ground: approved once verified.
        Valid = "valid",
        /// A reviewer judges it.
        Review = "review",
        /// Listed as no ground: refused with its own message.
        NonValid = "non_valid",
    }
}

text_enum! {
    /// What proof a reviewer wants.
    pub enum EvidenceNeed {
        /// None.
        None = "none",
        /// It helps.
        Helpful = "helpful",
        /// The request is refused without it.
        Required = "required",
    }
}

impl EvidenceNeed {
    const fn none() -> Self {
        Self::None
    }
}

text_enum! {
    /// What a request after the window is (K6).
    pub enum LateRule {
        /// Recorded as denied, without a reviewer's work (R23).
        AutoDeny = "auto_deny",
        /// Refused and not recorded (R42, R73); staff may override with a reason.
        Refuse = "refuse",
    }
}

text_enum! {
    /// Who decides a return (K5).
    pub enum DecisionMode {
        /// A reviewer.
        Reviewer = "reviewer",
        /// Nobody: it is granted at once and audited later (R111).
        Instant = "instant",
    }
}

text_enum! {
    /// What an approved return gives (K7).
    pub enum Remedy {
        /// The line leaves the draft invoice, or a credit note follows the final one (R30).
        Credit = "credit",
        /// A lead is owed and delivered free (R44).
        Replacement = "replacement",
        /// The line never reaches an invoice (R111).
        LineDropped = "line_dropped",
    }
}

/// No more return requests once this share of a supplier's deliveries was returned.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateCap {
    /// The share.
    pub rate: Rate,
    /// How many days back it is measured.
    pub per_days: u32,
    /// Suppliers with fewer deliveries in that time are not capped.
    pub min_deliveries: u32,
}

/// Asking again after a denial.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealPolicy {
    /// One appeal, to a second reviewer.
    pub allowed: bool,
    /// For so many calendar days after the denial.
    pub days: u32,
}

/// How an owed replacement lead behaves (R44).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacementPolicy {
    /// A replacement may be returned in its turn.
    pub returnable: bool,
    /// An unfilled replacement becomes a credit after so many days; absent means it stays owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub converts_to_credit_after_days: Option<u32>,
}
