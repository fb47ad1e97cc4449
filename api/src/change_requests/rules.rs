//! Which changes wait for a notice, when one takes effect, and which take each other's place. Pure.

use crate::error::{ApiError, ApiResult};
use std::collections::BTreeSet;
use tradepost_contract::change_requests::{Change, ChangeKind, Difference};
use tradepost_contract::{ProblemCode, Timestamp};

/// Whether a change of this kind waits for the notice of the policy (K10). The others are about how an account is
/// reached and called, and not about which leads it gets.
pub(super) const fn waits_for_notice(kind: ChangeKind) -> bool {
    match kind {
        ChangeKind::Coverage | ChangeKind::Category | ChangeKind::Volume | ChangeKind::Schedule => true,
        ChangeKind::LeadContacts
        | ChangeKind::BillingContact
        | ChangeKind::Plan
        | ChangeKind::Profile
        | ChangeKind::Business
        | ChangeKind::Other => false,
    }
}

/// When a request that is approved now takes effect. Before its notice is over only where somebody said why; with
/// that and without an instant, at once.
pub(super) fn approved_for(
    (asked_for, earliest): (Timestamp, Timestamp),
    wanted: Option<Timestamp>,
    overruled: bool,
    now: Timestamp,
) -> ApiResult<Timestamp> {
    let refused =
        |message: String| Err(ApiError::new(ProblemCode::Invalid).field("/effective_at", "too_early", message));
    match wanted {
        None if overruled => Ok(now),
        None => Ok(asked_for.max(now)),
        Some(at) if at < now => refused("a change does not take effect in the past".to_owned()),
        Some(at) if at < earliest && !overruled => refused(format!(
            "takes effect at {earliest} at the earliest; say why it may be sooner"
        )),
        Some(at) => Ok(at),
    }
}

/// The things that a change is about. Of two changes of one kind with a thing in common, the later takes the place of
/// the earlier. Areas are things by themselves, so that another area is another request.
pub(super) fn things(change: &Change, differences: &[Difference]) -> BTreeSet<String> {
    match change {
        Change::Coverage { order_id, .. } => {
            let order = order_id.map_or_else(|| "all".to_owned(), |order| order.to_string());
            let areas = differences.iter().filter_map(|area| {
                let value = area.after.as_ref().or(area.before.as_ref())?;
                Some(format!("{order} {} {value}", area.field))
            });
            areas.collect()
        }
        Change::Category {
            business_id,
            product_id,
            ..
        } => BTreeSet::from([format!("{business_id} {product_id}")]),
        Change::Volume { order_id, .. } | Change::Schedule { order_id, .. } => BTreeSet::from([order_id.to_string()]),
        Change::LeadContacts { change, remove, .. } | Change::BillingContact { change, remove, .. } => {
            let changed = change.iter().map(|address| address.contact_id);
            changed.chain(remove.iter().copied()).map(|id| id.to_string()).collect()
        }
        Change::Plan { .. } | Change::Profile { .. } => BTreeSet::from([change.kind().to_string()]),
        Change::Business { business_id, .. } => business_id.iter().map(ToString::to_string).collect(),
        Change::Other { .. } => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;
    use tradepost_contract::{Id as _, OrderId};

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_seconds(hour * 3_600)
    }

    /// R69: asked for at 0, with 72 hours of notice.
    #[rstest]
    #[case(72, None, false, 1, Ok(72))]
    #[case(72, None, false, 100, Ok(100))]
    #[case(90, None, false, 1, Ok(90))]
    #[case(72, Some(80), false, 1, Ok(80))]
    #[case(72, Some(72), false, 1, Ok(72))]
    #[case(72, Some(71), false, 1, Err("too_early"))]
    #[case(72, Some(71), true, 1, Ok(71))]
    #[case(72, None, true, 1, Ok(1))]
    #[case(72, Some(0), true, 1, Err("too_early"))]
    fn r69_when_an_approved_change_takes_effect(
        #[case] asked_for: i64,
        #[case] wanted: Option<i64>,
        #[case] overruled: bool,
        #[case] now: i64,
        #[case] expected: Result<i64, &str>,
    ) {
        let decided = approved_for((at(asked_for), at(72)), wanted.map(at), overruled, at(now));
        match expected {
            Ok(hour) => assert_eq!(decided.unwrap(), at(hour)),
            Err(code) => assert_eq!(decided.unwrap_err().errors()[0].code, code),
        }
    }

    fn change(value: serde_json::Value) -> Change {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_change_is_about_its_order_and_another_order_is_another_thing() {
        let volume = |order: i64| {
            let order = OrderId::from_i64(order);
            things(
                &change(json!({ "kind": "volume", "order_id": order, "cap_day": 3 })),
                &[],
            )
        };
        assert!(!volume(1).is_disjoint(&volume(1)));
        assert!(volume(1).is_disjoint(&volume(2)));
    }

    #[test]
    fn each_area_is_a_thing_of_its_own() {
        let areas = |added: &[&str], ended: &[&str]| {
            let side = |value: &&str| Some((*value).to_owned());
            let added = added.iter().map(|value| (None, side(value)));
            let ended = ended.iter().map(|value| (side(value), None));
            let differences: Vec<_> = added
                .chain(ended)
                .map(|(before, after)| Difference {
                    field: "uk_area".to_owned(),
                    before,
                    after,
                })
                .collect();
            things(&change(json!({ "kind": "coverage" })), &differences)
        };
        assert!(areas(&["SW"], &[]).is_disjoint(&areas(&["SE"], &[])));
        assert!(!areas(&["SW", "SE"], &[]).is_disjoint(&areas(&["SE"], &[])));
        assert!(
            !areas(&["SW"], &[]).is_disjoint(&areas(&[], &["SW"])),
            "adding and ending one"
        );
    }

    #[test]
    fn what_changes_the_leads_waits() {
        let waiting: Vec<_> = ChangeKind::ALL
            .iter()
            .filter(|kind| waits_for_notice(**kind))
            .map(|kind| kind.as_str())
            .collect();
        assert_eq!(waiting, ["coverage", "category", "volume", "schedule"]);
    }
}
