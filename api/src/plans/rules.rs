//! Which plans are offered, what is above the minimum, when a period ends, and when a plan does. Pure.

use crate::calendar;
use tradepost_contract::plans::{PlanEnd, PlanTierOffer};
use tradepost_contract::policy::{CancelPolicy, PlanGrace, PlanPolicy, Undelivered};
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{Currency, LocalDate, Money, MoneyError};

/// The plans of a policy, the smallest first.
pub(super) fn offers(policy: &PlanPolicy, currency: Currency) -> Result<Vec<PlanTierOffer>, MoneyError> {
    let PlanPolicy::Offered { tiers, .. } = policy else {
        return Ok(Vec::new());
    };
    let mut offers = tiers
        .iter()
        .map(|(code, tier)| {
            let unit_price = Money::new(tier.unit_price_minor, currency);
            let min_units = i64::from(tier.min_units);
            Ok(PlanTierOffer {
                tier: code.clone(),
                label: tier.label.clone(),
                min_units,
                unit_price,
                period_price: unit_price.times(min_units)?,
            })
        })
        .collect::<Result<Vec<_>, MoneyError>>()?;
    offers.sort_by_key(|offer| offer.min_units);
    Ok(offers)
}

/// How many leads above the minimum are charged (R96).
pub(super) fn overage(grace: &PlanGrace, min_units: i64, used: i64) -> i64 {
    let above = (used - min_units).max(0);
    match grace {
        PlanGrace::None {} => above,
        PlanGrace::Deduct { units } => (above - i64::from(*units)).max(0),
        PlanGrace::Threshold { units } if above > i64::from(*units) => above,
        PlanGrace::Threshold { .. } => 0,
    }
}

/// The day after the last one of a period. Months are counted from the plan's beginning, so that a short month
/// moves no later renewal.
pub(super) fn period_end(started_on: LocalDate, number: i64) -> LocalDate {
    calendar::plus_months(started_on, i32::try_from(number).unwrap_or(i32::MAX))
}

/// The period whose leads count now. Until the job has renewed a plan whose day has come, they are the next one's.
pub(super) fn counted_in(number: i64, renews_on: LocalDate, today: LocalDate) -> i64 {
    if today < renews_on { number } else { number + 1 }
}

/// Whether an account of this standing begins another period. One that gets no service is charged for none.
pub(super) const fn is_served(account: SupplierStatus) -> bool {
    match account {
        SupplierStatus::Active | SupplierStatus::InNotice => true,
        SupplierStatus::Onboarding
        | SupplierStatus::Suspended
        | SupplierStatus::Deactivated
        | SupplierStatus::Closed
        | SupplierStatus::Terminated => false,
    }
}

/// When a cancelled plan ends: as asked, where the policy offers that, and else as the policy says (R94). Where what
/// was paid is still delivered, a plan runs until its period is over.
pub(super) fn end_of(policy: &CancelPolicy, asked: Option<PlanEnd>) -> Option<PlanEnd> {
    let offered =
        [Some(policy.effective), policy.alternative].map(|effective| PlanEnd::of(effective?, policy.undelivered));
    match asked {
        Some(_) => offered.contains(&asked).then_some(asked).flatten(),
        None => Some(offered.into_iter().flatten().next().unwrap_or(PlanEnd::PeriodEnd)),
    }
}

/// What becomes of leads that were paid in advance and not used when a plan is cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unused {
    /// They lapse, or there are none.
    Lapse,
    /// So many are credited.
    Credit(i64),
    /// So many are credited, and the credit is paid back to where the money came from.
    Refund(i64),
}

/// What becomes of what is unused (K11).
pub(super) fn unused(undelivered: Undelivered, min_units: i64, used: i64) -> Unused {
    let left = (min_units - used).max(0);
    match undelivered {
        _ if left == 0 => Unused::Lapse,
        // Such a plan is not cut short by its supplier; where staff end the account, what is left lapses.
        Undelivered::None | Undelivered::Finish => Unused::Lapse,
        Undelivered::Credit => Unused::Credit(left),
        Undelivered::Refund => Unused::Refund(left),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use tradepost_contract::policy::{CancelEffective, PlanTier};

    #[rstest]
    #[case(Undelivered::None, 3, Unused::Lapse)]
    #[case(Undelivered::Finish, 3, Unused::Lapse)]
    #[case(Undelivered::Credit, 3, Unused::Credit(7))]
    #[case(Undelivered::Refund, 0, Unused::Refund(10))]
    #[case(Undelivered::Refund, 10, Unused::Lapse)]
    #[case(Undelivered::Credit, 12, Unused::Lapse)]
    fn what_is_unused_follows_the_policy(
        #[case] undelivered: Undelivered,
        #[case] used: i64,
        #[case] expected: Unused,
    ) {
        assert_eq!(unused(undelivered, 10, used), expected);
    }

    const DEDUCT: PlanGrace = PlanGrace::Deduct { units: 5 };
    const THRESHOLD: PlanGrace = PlanGrace::Threshold { units: 5 };

    /// R96: 100 of a plan, 500 used, and both readings of the grace.
    #[rstest]
    #[case(PlanGrace::None {}, 500, 400)]
    #[case(PlanGrace::None {}, 101, 1)]
    #[case(PlanGrace::None {}, 100, 0)]
    #[case(PlanGrace::None {}, 99, 0)]
    #[case(DEDUCT, 500, 395)]
    #[case(DEDUCT, 105, 0)]
    #[case(DEDUCT, 106, 1)]
    #[case(DEDUCT, 0, 0)]
    #[case(THRESHOLD, 500, 400)]
    #[case(THRESHOLD, 105, 0)]
    #[case(THRESHOLD, 106, 6)]
    #[case(THRESHOLD, 0, 0)]
    fn r96_what_is_above_the_minimum(#[case] grace: PlanGrace, #[case] used: i64, #[case] expected: i64) {
        assert_eq!(overage(&grace, 100, used), expected);
    }

    #[rstest]
    #[case("2026-01-31", 1, "2026-02-28")]
    #[case("2026-01-31", 2, "2026-03-31")]
    #[case("2028-01-31", 1, "2028-02-29")]
    #[case("2026-12-15", 1, "2027-01-15")]
    #[case("2026-12-15", 0, "2026-12-15")]
    fn a_short_month_moves_no_later_renewal(#[case] began: &str, #[case] number: i64, #[case] ends: &str) {
        assert_eq!(period_end(began.parse().unwrap(), number).to_string(), ends);
    }

    #[rstest]
    #[case("2026-02-27", 1)]
    #[case("2026-02-28", 2)]
    #[case("2026-03-01", 2)]
    fn r97_the_day_of_the_renewal_is_the_next_periods(#[case] today: &str, #[case] expected: i64) {
        let renews_on = "2026-02-28".parse().unwrap();
        assert_eq!(counted_in(1, renews_on, today.parse().unwrap()), expected);
    }

    #[rstest]
    #[case(CancelEffective::AtOnce, Some(CancelEffective::PeriodEnd), None, Some(PlanEnd::Now))]
    #[case(
        CancelEffective::AtOnce,
        Some(CancelEffective::PeriodEnd),
        Some(PlanEnd::PeriodEnd),
        Some(PlanEnd::PeriodEnd)
    )]
    #[case(CancelEffective::AtOnce, None, Some(PlanEnd::Now), Some(PlanEnd::Now))]
    #[case(CancelEffective::AtOnce, None, Some(PlanEnd::PeriodEnd), None)]
    #[case(CancelEffective::PeriodEnd, None, None, Some(PlanEnd::PeriodEnd))]
    #[case(CancelEffective::AtRenewal, None, Some(PlanEnd::Now), None)]
    #[case(CancelEffective::EndOfNotice, None, None, Some(PlanEnd::PeriodEnd))]
    #[case(CancelEffective::EndOfNotice, None, Some(PlanEnd::Now), None)]
    fn r94_a_plan_ends_as_the_policy_offers(
        #[case] effective: CancelEffective,
        #[case] alternative: Option<CancelEffective>,
        #[case] asked: Option<PlanEnd>,
        #[case] expected: Option<PlanEnd>,
    ) {
        let policy = CancelPolicy {
            remind_days: 0,
            written: false,
            notice_by_term: [].into(),
            freeze: false,
            effective,
            alternative,
            ask_reason: false,
            undelivered: Undelivered::None,
        };
        assert_eq!(end_of(&policy, asked), expected);
        // What was paid is still delivered: the end is the period's, whatever else is offered.
        let finish = CancelPolicy {
            undelivered: Undelivered::Finish,
            ..policy
        };
        assert_ne!(end_of(&finish, asked), Some(PlanEnd::Now));
    }

    /// R95: the bigger the package, the lower the price of a lead.
    #[test]
    fn r95_plans_are_listed_by_their_size() {
        let tier = |min_units, unit_price_minor| PlanTier {
            label: String::new(),
            min_units,
            unit_price_minor,
        };
        let policy = PlanPolicy::Offered {
            tiers: [("big", tier(250, 700)), ("small", tier(50, 900))]
                .map(|(code, tier)| (code.to_owned(), tier))
                .into(),
            grace: PlanGrace::None {},
            seat_minor: None,
        };
        let offers = offers(&policy, Currency::USD).unwrap();
        let shown: Vec<_> = offers
            .iter()
            .map(|offer| (offer.tier.as_str(), offer.unit_price.minor, offer.period_price.minor))
            .collect();
        assert_eq!(shown, [("small", 900, 45_000), ("big", 700, 175_000)]);
    }
}
