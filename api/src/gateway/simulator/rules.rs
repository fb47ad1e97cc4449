//! What the simulator does with a charge: at once, and as time passes.

use serde_json::{Value, json};
use time::Duration;
use tradepost_contract::Timestamp;

/// How the answer to a charge goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answering {
    Well,
    Cut,
    CutBeforeDoing,
    Late,
}

/// How a stored method behaves; the table is in the module's story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// Everything goes well.
    Ok,
    /// The bank says no.
    Declined,
    /// There is not enough money.
    InsufficientFunds,
    /// The card has expired.
    ExpiredCard,
    /// The first charge fails, later ones do not.
    Recovers,
    /// Fails two days later.
    FailsLater,
    /// Takes four days.
    Late,
    /// Is done, and the answer is lost.
    LosesAnswer,
    /// Every tenth answer is lost.
    LosesSomeAnswers,
    /// Is not done, and there is no answer.
    NeverArrives,
    /// Is done, and answered too late.
    Slow,
    /// No event is ever sent.
    Silent,
    /// The payer's bank takes the money back.
    Disputed,
    /// The payer's bank asks for the money and does not get it.
    DisputeWon,
    /// Refunds fail.
    RefundFails,
    /// A card that ends this month.
    ExpiresSoon,
}

impl Behaviour {
    pub(super) const ALL: &'static [Self] = &[
        Self::Ok,
        Self::Declined,
        Self::InsufficientFunds,
        Self::ExpiredCard,
        Self::Recovers,
        Self::FailsLater,
        Self::Late,
        Self::LosesAnswer,
        Self::LosesSomeAnswers,
        Self::NeverArrives,
        Self::Slow,
        Self::Silent,
        Self::Disputed,
        Self::DisputeWon,
        Self::RefundFails,
        Self::ExpiresSoon,
    ];

    /// The magic value.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Declined => "declined",
            Self::InsufficientFunds => "insufficient_funds",
            Self::ExpiredCard => "expired_card",
            Self::Recovers => "recovers",
            Self::FailsLater => "fails_later",
            Self::Late => "late",
            Self::LosesAnswer => "loses_answer",
            Self::LosesSomeAnswers => "loses_some_answers",
            Self::NeverArrives => "never_arrives",
            Self::Slow => "slow",
            Self::Silent => "silent",
            Self::Disputed => "disputed",
            Self::DisputeWon => "dispute_won",
            Self::RefundFails => "refund_fails",
            Self::ExpiresSoon => "expires_soon",
        }
    }

    /// The behaviour with this magic value.
    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|behaviour| behaviour.as_str() == word)
    }

    /// How the answer to a request goes that carries this number of the caller's.
    pub(super) fn answering(self, number: &str) -> Answering {
        match self {
            Self::LosesAnswer => Answering::Cut,
            Self::LosesSomeAnswers if number.bytes().map(u32::from).sum::<u32>() % 10 == 0 => Answering::Cut,
            Self::NeverArrives => Answering::CutBeforeDoing,
            Self::Slow => Answering::Late,
            _ => Answering::Well,
        }
    }

    /// Why a charge is refused at once, if it is: the code and, for cards, the decline code.
    fn refusal(self, earlier_charges: i64) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Declined => Some(("card_declined", "generic_decline")),
            Self::InsufficientFunds => Some(("card_declined", "insufficient_funds")),
            Self::Recovers if earlier_charges == 0 => Some(("card_declined", "insufficient_funds")),
            Self::ExpiredCard => Some(("expired_card", "expired_card")),
            _ => None,
        }
    }

    fn hours_on_the_way(self, kind: &str) -> Option<i64> {
        match (self, kind) {
            (Self::Late, _) => Some(96),
            (Self::FailsLater, _) => Some(48),
            (_, "us_bank_account" | "bacs_debit") => Some(48),
            _ => None,
        }
    }
}

/// How a new charge stands: its status, why it failed, and when it changes by itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) status: &'static str,
    pub(super) error: Value,
    pub(super) due_at: Option<Timestamp>,
}

/// What a charge does at once. `kind` is the type of the method.
pub(super) fn begin(behaviour: Behaviour, kind: &str, earlier_charges: i64, now: Timestamp) -> Begun {
    if let Some((code, decline)) = behaviour.refusal(earlier_charges) {
        return Begun {
            status: "requires_payment_method",
            error: json!({ "code": code, "decline_code": decline, "message": "The charge was refused." }),
            due_at: None,
        };
    }
    match behaviour.hours_on_the_way(kind) {
        Some(hours) => Begun {
            status: "processing",
            error: Value::Null,
            due_at: Some(now.plus(Duration::hours(hours))),
        },
        None => Begun {
            status: "succeeded",
            error: Value::Null,
            due_at: after_success(behaviour, now),
        },
    }
}

fn after_success(behaviour: Behaviour, now: Timestamp) -> Option<Timestamp> {
    matches!(behaviour, Behaviour::Disputed | Behaviour::DisputeWon).then(|| now.plus(Duration::days(1)))
}

/// What became of a charge when its time came: the events it causes, and when it changes again.
#[derive(Debug)]
pub(super) struct Step {
    /// Kinds and objects of events.
    pub(super) events: Vec<(&'static str, Value)>,
    pub(super) due_at: Option<Timestamp>,
}

/// Lets a charge change whose time has come.
pub(super) fn step(behaviour: Behaviour, intent: &mut Value, now: Timestamp) -> Step {
    if intent["status"] == "processing" {
        if behaviour == Behaviour::FailsLater {
            intent["status"] = json!("requires_payment_method");
            intent["last_payment_error"] =
                json!({ "code": "insufficient_funds", "message": "The bank sent the debit back." });
            return Step {
                events: vec![("payment_intent.payment_failed", intent.clone())],
                due_at: None,
            };
        }
        intent["status"] = json!("succeeded");
        return Step {
            events: vec![("payment_intent.succeeded", intent.clone())],
            due_at: after_success(behaviour, now),
        };
    }
    let dispute = |status: &str| {
        json!({
            "id": format!("dp_{}", intent["id"].as_str().unwrap_or_default()), "object": "dispute",
            "amount": intent["amount"], "payment_intent": intent["id"], "status": status,
        })
    };
    if intent["dispute"].is_null() {
        let opened = dispute("needs_response");
        intent["dispute"] = json!("needs_response");
        return Step {
            events: vec![("charge.dispute.created", opened)],
            due_at: Some(now.plus(Duration::days(9))),
        };
    }
    let status = if behaviour == Behaviour::DisputeWon {
        "won"
    } else {
        "lost"
    };
    let closed = dispute(status);
    intent["dispute"] = json!(status);
    Step {
        events: vec![("charge.dispute.closed", closed)],
        due_at: None,
    }
}

/// What a refund does: its status now, and when it changes.
pub(super) fn begin_refund(behaviour: Behaviour, now: Timestamp) -> (&'static str, Option<Timestamp>) {
    match behaviour {
        Behaviour::RefundFails => ("pending", Some(now.plus(Duration::days(1)))),
        _ => ("succeeded", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const NOW: Timestamp = Timestamp::from_seconds(0);

    #[rstest]
    #[case(Behaviour::Ok, "card", 0, "succeeded", None)]
    #[case(Behaviour::Ok, "us_bank_account", 0, "processing", Some(48))]
    #[case(Behaviour::Late, "bacs_debit", 0, "processing", Some(96))]
    #[case(Behaviour::Declined, "card", 3, "requires_payment_method", None)]
    #[case(Behaviour::Recovers, "card", 0, "requires_payment_method", None)]
    #[case(Behaviour::Recovers, "card", 1, "succeeded", None)]
    #[case(Behaviour::Disputed, "card", 0, "succeeded", Some(24))]
    fn what_a_charge_does_at_once(
        #[case] behaviour: Behaviour,
        #[case] kind: &str,
        #[case] earlier: i64,
        #[case] status: &str,
        #[case] hours: Option<i64>,
    ) {
        let begun = begin(behaviour, kind, earlier, NOW);
        let due = hours.map(|hours| NOW.plus(Duration::hours(hours)));
        assert_eq!((begun.status, begun.due_at), (status, due));
        assert_eq!(begun.error.is_null(), status != "requires_payment_method");
    }

    #[test]
    fn a_dispute_is_opened_and_then_decided() {
        for (behaviour, outcome) in [(Behaviour::Disputed, "lost"), (Behaviour::DisputeWon, "won")] {
            let mut intent = json!({ "id": "pi_1", "amount": 5, "status": "succeeded" });
            let opened = step(behaviour, &mut intent, NOW);
            assert_eq!(opened.events[0].0, "charge.dispute.created");
            assert!(opened.due_at.is_some());
            let closed = step(behaviour, &mut intent, NOW);
            assert_eq!(closed.events[0].1["status"], outcome);
            assert_eq!(closed.due_at, None);
        }
    }

    #[test]
    fn a_tenth_of_the_answers_is_lost() {
        let lost = (0..1000)
            .filter(|n| Behaviour::LosesSomeAnswers.answering(&format!("att_{n:013}")) == Answering::Cut)
            .count();
        assert!((50..200).contains(&lost), "{lost}");
    }
}
