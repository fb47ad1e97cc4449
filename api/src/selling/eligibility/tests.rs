use super::*;
use crate::calendar::Zone;
use crate::selling::fixtures::{order, order_of_association};
use rstest::rstest;
use std::sync::Arc;
use tradepost_contract::Id;
use tradepost_contract::orders::OrderSchedule;

/// Monday, 2026-03-02, 10:00 in Chicago.
fn monday() -> Timestamp {
    "2026-03-02T16:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    monday().plus(time::Duration::seconds(seconds))
}

struct Scene {
    buyers: Buyers,
    earlier: HashSet<SupplierId>,
    contacted: Option<BusinessId>,
    mode: SellingMode,
    distinct_by: DistinctBy,
    in_reach: bool,
    owed: bool,
    named: Vec<&'static str>,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            buyers: Buyers::default(),
            earlier: HashSet::new(),
            contacted: None,
            mode: SellingMode::Market,
            distinct_by: DistinctBy::BusinessAssociation,
            in_reach: true,
            owed: false,
            named: Vec::new(),
        }
    }
}

impl Scene {
    fn refusal(&self, order: &StandingOrder) -> Option<RefusalReason> {
        let named: Vec<String> = self.named.iter().map(|name| plain(name)).collect();
        let zone = Zone::parse("America/Chicago").unwrap();
        let occasion = Occasion {
            now: monday(),
            local: zone.local(monday()),
            mode: self.mode,
            distinct_by: self.distinct_by,
            contacted: self.contacted,
            buyers: &self.buyers,
            earlier_buyers: &self.earlier,
            named: &named,
        };
        refusal(order, self.in_reach, self.owed, &occasion)
    }
}

fn hours(json: &str) -> OrderSchedule {
    serde_json::from_str(json).unwrap()
}

#[test]
fn an_open_order_in_reach_may_have_the_lead() {
    assert_eq!(Scene::default().refusal(&order(1)), None);
}

/// F5: an order sells only while it is open and its account's standing holds nothing back.
#[rstest]
#[case::onboarding(OrderHold::Onboarding, RefusalReason::SupplierOnboarding)]
#[case::paused(OrderHold::Paused, RefusalReason::SupplierPaused)]
#[case::suspended(OrderHold::Suspended, RefusalReason::SupplierSuspended)]
#[case::in_notice(OrderHold::InNotice, RefusalReason::SupplierInNotice)]
#[case::closed(OrderHold::Closed, RefusalReason::SupplierClosed)]
fn a_held_account_gets_nothing(#[case] hold: OrderHold, #[case] expected: RefusalReason) {
    let mut held = order(1);
    held.hold = hold;
    assert_eq!(Scene::default().refusal(&held), Some(expected));
    let owed = Scene {
        owed: true,
        ..Scene::default()
    };
    assert_eq!(owed.refusal(&held), Some(expected), "not even a replacement");
}

#[rstest]
#[case::paused(OrderStatus::Paused, false, Some(RefusalReason::OrderPaused))]
#[case::paused_and_owed(OrderStatus::Paused, true, Some(RefusalReason::OrderPaused))]
#[case::filled(OrderStatus::Filled, false, Some(RefusalReason::OrderFilled))]
#[case::cancelled(OrderStatus::Cancelled, true, Some(RefusalReason::OrderCancelled))]
#[case::open(OrderStatus::Open, false, None)]
fn only_an_open_order_sells(#[case] status: OrderStatus, #[case] owed: bool, #[case] expected: Option<RefusalReason>) {
    let mut stopped = order(1);
    stopped.status = status;
    assert_eq!(
        Scene {
            owed,
            ..Scene::default()
        }
        .refusal(&stopped),
        expected
    );
}

/// R81: a consent that names recipients is for them, however their names are written; whom the person contacted needs none.
#[rstest]
#[case::nobody(&[], None)]
#[case::the_supplier(&["SUPPLIER 1"], None)]
#[case::the_business(&["Other", "business-1"], None)]
#[case::others(&["Supplier 2"], Some(RefusalReason::NotNamed))]
#[case::no_part_of_a_name(&["Supplier"], Some(RefusalReason::NotNamed))]
fn r81_a_consent_is_for_whom_it_names(#[case] named: &[&'static str], #[case] expected: Option<RefusalReason>) {
    let one = order(1);
    let scene = |contacted| Scene {
        named: named.to_vec(),
        contacted,
        ..Scene::default()
    };
    assert_eq!(scene(None).refusal(&one), expected);
    assert_eq!(scene(Some(one.business.id)).refusal(&one), None);
    let by_id = Scene {
        named: vec![Box::leak(one.supplier.id.to_string().into_boxed_str())],
        ..Scene::default()
    };
    assert_eq!(by_id.refusal(&one), None);
}

/// R44: a filled order still takes the replacement that is owed to it.
#[test]
fn r44_a_filled_order_takes_its_replacement() {
    let mut filled = order(1);
    filled.status = OrderStatus::Filled;
    assert_eq!(
        Scene {
            owed: true,
            ..Scene::default()
        }
        .refusal(&filled),
        None
    );
}

#[rstest]
#[case::begins_this_moment(0, None, None)]
#[case::not_begun(1, None, Some(RefusalReason::OrderNotStarted))]
#[case::ends_next(-60, Some(1), None)]
#[case::ended_this_moment(-60, Some(0), Some(RefusalReason::OrderEnded))]
fn an_order_has_a_beginning_and_an_end(
    #[case] starts: i64,
    #[case] ends: Option<i64>,
    #[case] expected: Option<RefusalReason>,
) {
    let mut dated = order(1);
    (dated.starts_at, dated.ends_at) = (later(starts), ends.map(later));
    assert_eq!(Scene::default().refusal(&dated), expected);
}

#[rstest]
#[case::always("{}", None)]
#[case::open_now(r#"{"monday": {"from": "09:00", "to": "17:00"}}"#, None)]
#[case::over_at_this_minute(
    r#"{"monday": {"from": "08:00", "to": "10:00"}}"#,
    Some(RefusalReason::OutsideSchedule)
)]
#[case::another_day(
    r#"{"tuesday": {"from": "00:00", "to": "24:00"}}"#,
    Some(RefusalReason::OutsideSchedule)
)]
fn the_schedule_goes_by_the_programmes_clock(#[case] schedule: &str, #[case] expected: Option<RefusalReason>) {
    let mut timed = order(1);
    timed.schedule = hours(schedule);
    assert_eq!(Scene::default().refusal(&timed), expected);
}

/// R67: the buyers of one lead are different suppliers of different business associations.
#[test]
fn r67_one_lead_goes_to_different_businesses() {
    let mut scene = Scene::default();
    scene.buyers.add(order(1).supplier.id, Some(Id::from_i64(7)));
    assert_eq!(scene.refusal(&order(1)), Some(RefusalReason::SameSupplier));
    assert_eq!(
        scene.refusal(&order_of_association(2, 7)),
        Some(RefusalReason::SameAssociation)
    );
    assert_eq!(scene.refusal(&order_of_association(3, 8)), None);
    assert_eq!(
        scene.refusal(&order(4)),
        None,
        "a business of no association has no siblings"
    );
    scene.distinct_by = DistinctBy::Supplier;
    assert_eq!(
        scene.refusal(&order_of_association(2, 7)),
        None,
        "where the policy looks at suppliers only"
    );
}

/// R101, R103: who was contacted gets the lead, wherever the person lives and whatever the hour; nobody else does.
#[test]
fn r101_a_contacted_business_has_the_lead_to_itself() {
    let mut timed = order(1);
    timed.schedule = hours(r#"{"tuesday": {"from": "09:00", "to": "17:00"}}"#);
    for mode in [SellingMode::Market, SellingMode::AssignedNumber] {
        let contacted = Some(timed.business.id);
        let scene = Scene {
            contacted,
            mode,
            in_reach: false,
            ..Scene::default()
        };
        assert_eq!(scene.refusal(&timed), None);
        assert_eq!(scene.refusal(&order(2)), Some(RefusalReason::OtherBusiness));
        timed.status = OrderStatus::Paused;
        assert_eq!(scene.refusal(&timed), Some(RefusalReason::OrderPaused));
        timed.status = OrderStatus::Open;
    }
}

/// R99: where leads are the customer's own, nobody is a candidate.
#[rstest]
#[case(SellingMode::OwnLeads)]
#[case(SellingMode::AssignedNumber)]
fn r99_nobody_competes_where_leads_are_somebodys(#[case] mode: SellingMode) {
    assert_eq!(
        Scene {
            mode,
            ..Scene::default()
        }
        .refusal(&order(1)),
        Some(RefusalReason::OtherBusiness)
    );
}

#[test]
fn outside_coverage_own_duplicates_and_closed_businesses_are_refused() {
    let scene = Scene {
        in_reach: false,
        ..Scene::default()
    };
    assert_eq!(scene.refusal(&order(1)), Some(RefusalReason::OutsideCoverage));
    let earlier = HashSet::from([order(1).supplier.id]);
    assert_eq!(
        Scene {
            earlier,
            ..Scene::default()
        }
        .refusal(&order(1)),
        Some(RefusalReason::OwnDuplicate)
    );
    let mut closed = order(1);
    Arc::get_mut(&mut closed.business).unwrap().active = false;
    assert_eq!(Scene::default().refusal(&closed), Some(RefusalReason::BusinessClosed));
}
