//! What a call comes to, and whose turn it is: pure decisions.

use time::Duration;
use tradepost_contract::Timestamp;
use tradepost_contract::calls::CallAction;
use tradepost_contract::policy::{CallPolicy, Disposition};

/// Callbacks come before everything else, and among themselves by their time: their turn is more than a century early.
const CALLBACKS_FIRST: i64 = 4_000_000_000_000_000;

/// A callback is agreed within a year.
const LATEST_CALLBACK: Duration = Duration::days(365);

/// Where in the queue a lead stands that is to be called from then on.
pub(super) const fn turn(due_at: Timestamp, is_callback: bool) -> i64 {
    if is_callback {
        due_at.as_micros() - CALLBACKS_FIRST
    } else {
        due_at.as_micros()
    }
}

/// What a call comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) disposition: Disposition,
    /// What it does to the lead.
    pub(super) action: CallAction,
    /// From when on the lead is called again.
    pub(super) due_at: Timestamp,
    /// Whether the person asked to be called then.
    pub(super) is_callback: bool,
}

/// Why a call is not taken so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    UnknownDisposition,
    CallbackMissing,
    CallbackNotAsked,
    CallbackPast,
    CallbackTooLate,
}

/// What a call that ended so comes to (R98).
pub(super) fn outcome(
    policy: &CallPolicy,
    code: &str,
    callback_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Outcome, Refusal> {
    let disposition = policy
        .dispositions
        .get(code)
        .ok_or(Refusal::UnknownDisposition)?
        .clone();
    let due_at = match (disposition.asks_callback, callback_at) {
        (true, None) => return Err(Refusal::CallbackMissing),
        (false, Some(_)) => return Err(Refusal::CallbackNotAsked),
        (true, Some(at)) if at <= now => return Err(Refusal::CallbackPast),
        (true, Some(at)) if at > now.plus(LATEST_CALLBACK) => return Err(Refusal::CallbackTooLate),
        (true, Some(at)) => at,
        (false, None) => {
            let minutes = disposition.retry_after_minutes.unwrap_or_default();
            now.plus(Duration::minutes(i64::from(minutes)))
        }
    };
    Ok(Outcome {
        action: if disposition.closes {
            CallAction::Close
        } else {
            CallAction::CallAgain
        },
        is_callback: disposition.asks_callback,
        due_at,
        disposition,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::preset_document;
    use tradepost_contract::policy::PolicySet;
    use tradepost_contract::programmes::Preset;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + minutes * 60)
    }

    /// R98: the seller's six dispositions: four close, a callback has its time, voicemail comes again later.
    #[test]
    fn r98_what_each_disposition_comes_to() {
        let policy: PolicySet = serde_json::from_value(preset_document(Preset::IsaCalling).clone()).unwrap();
        let policy = policy.calls;
        let day = 24 * 60;
        let table = [
            ("live_transfer", None, Ok((CallAction::Close, 0, false))),
            ("appointment", None, Ok((CallAction::Close, 0, false))),
            ("not_interested", None, Ok((CallAction::Close, 0, false))),
            ("bad_data", None, Ok((CallAction::Close, 0, false))),
            ("voicemail", None, Ok((CallAction::CallAgain, 180, false))),
            ("callback", Some(90), Ok((CallAction::CallAgain, 90, true))),
            ("callback", None, Err(Refusal::CallbackMissing)),
            ("callback", Some(0), Err(Refusal::CallbackPast)),
            ("callback", Some(-5), Err(Refusal::CallbackPast)),
            (
                "callback",
                Some(365 * day),
                Ok((CallAction::CallAgain, 365 * day, true)),
            ),
            ("callback", Some(365 * day + 1), Err(Refusal::CallbackTooLate)),
            ("voicemail", Some(90), Err(Refusal::CallbackNotAsked)),
            ("appointment", Some(90), Err(Refusal::CallbackNotAsked)),
            ("Voicemail", None, Err(Refusal::UnknownDisposition)),
            ("", None, Err(Refusal::UnknownDisposition)),
        ];
        for (code, callback, expected) in table {
            let found = outcome(&policy, code, callback.map(at), at(0))
                .map(|outcome| (outcome.action, outcome.due_at, outcome.is_callback));
            let expected = expected.map(|(action, minutes, callback)| (action, at(minutes), callback));
            assert_eq!(found, expected, "{code} {callback:?}");
        }
    }

    #[test]
    fn callbacks_come_first_and_then_who_waits_longest() {
        let mut queue = [
            ("new", turn(at(0), false)),
            ("late callback", turn(at(500), true)),
            ("old", turn(at(-900), false)),
            ("early callback", turn(at(-10), true)),
        ];
        queue.sort_by_key(|(_, turn)| *turn);
        assert_eq!(
            queue.map(|(name, _)| name),
            ["early callback", "late callback", "old", "new"]
        );
    }
}
