//! The callers of the calling service work its queue: a few calls after each lead that comes in, and most of what waits
//! in the evening.

use super::api::{Api, text};
use super::random::Random;
use super::{SEED, people::Staff};
use serde_json::{Value, json};
use time::Duration;
use tradepost_contract::Timestamp;

/// How calls end, how often in a hundred, and what callers write about it.
const ENDINGS: &[(&str, i64, &[&str])] = &[
    (
        "voicemail",
        38,
        &[
            "No answer, left a message with our number.",
            "Rang out; left a short message.",
            "Mailbox, said we try again this afternoon.",
        ],
    ),
    (
        "callback",
        16,
        &[
            "In a meeting, asked to be called back.",
            "Wants the partner on the line when we call.",
            "Driving; asked for later today.",
            "Busy with a closing this week, interested.",
        ],
    ),
    (
        "appointment",
        15,
        &[
            "Booked for a viewing, confirmation sent by text.",
            "Meeting at their office, both decide.",
            "Video call agreed, wants comparables before it.",
        ],
    ),
    (
        "live_transfer",
        8,
        &[
            "Ready now, put through.",
            "Wants to list this month, put through to the broker.",
        ],
    ),
    (
        "not_interested",
        15,
        &[
            "Decided to stay for another year.",
            "Has an agent in the family.",
            "Only looked around, asked not to be called.",
        ],
    ),
    (
        "bad_data",
        8,
        &[
            "Number belongs to a shop.",
            "Disconnected.",
            "Never heard of the enquiry.",
        ],
    ),
];

/// After so many calls nobody tries any more.
const ENOUGH: i64 = 5;

/// The calls of the demo, drawn apart, so that they move nothing else.
pub(super) struct Calling {
    chance: Random,
}

impl Calling {
    pub(super) fn new() -> Self {
        Self {
            chance: Random::new(SEED + 7),
        }
    }

    /// So many calls at this moment, if there are so many to make.
    pub(super) async fn work(&mut self, staff: &Staff, now: Timestamp, most: i64) -> anyhow::Result<()> {
        for _ in 0..most {
            let next = staff.caller.post("/call-queue/next", &json!({})).await?;
            if next["lead"].is_null() {
                return Ok(());
            }
            self.call(&staff.caller, now, &next["lead"]).await?;
        }
        Ok(())
    }

    async fn call(&mut self, caller: &Api, now: Timestamp, lead: &Value) -> anyhow::Result<()> {
        let tried = lead["attempts"].as_i64().unwrap_or_default();
        let mut drawn = self.chance.between(0, 100);
        let ending = ENDINGS.iter().find(|(_, share, _)| {
            drawn -= share;
            drawn < 0
        });
        let (disposition, notes) = match ending {
            Some((disposition, _, notes)) if tried < ENOUGH || !matches!(*disposition, "voicemail" | "callback") => {
                (*disposition, *notes)
            }
            _ => ("not_interested", ENDINGS[4].2),
        };
        let seconds = match disposition {
            "voicemail" => self.chance.between(18, 55),
            "bad_data" => self.chance.between(8, 30),
            _ => self.chance.between(70, 620),
        };
        let mut body = json!({
            "lead_id": text(lead, "lead_id")?, "duration_seconds": seconds, "disposition": disposition,
            "note": self.chance.pick(notes),
        });
        if disposition == "callback" {
            // To the quarter of an hour, within three days.
            let later = now.plus(Duration::minutes(self.chance.between(2 * 60, 70 * 60)));
            let quarter = later.as_seconds().div_euclid(900) * 900;
            body["callback_at"] = json!(Timestamp::from_seconds(quarter));
        }
        caller.post("/call-attempts", &body).await?;
        Ok(())
    }
}
