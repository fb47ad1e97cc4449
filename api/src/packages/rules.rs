//! What a package costs in advance, which one a business may be offered, and when one may be cancelled. Pure.

use tradepost_contract::packages::{PackageKind, PackageStatus};
use tradepost_contract::policy::{CancelEffective, CancelPolicy, Rate, Undelivered};
use tradepost_contract::{Money, MoneyError};

/// More leads than a business takes on at once.
pub(super) const MOST_LEADS: i64 = 10_000;
/// A dearer lead, or set-up, is a slip of the keyboard; sums of such prices stay far within the range of money.
pub(super) const HIGHEST_PRICE_MINOR: i64 = 1_000_000_000;

/// Which part of a package's leads is paid in advance.
pub(super) fn advance_pct(kind: PackageKind, running: Option<Rate>) -> Rate {
    match kind {
        PackageKind::Introductory => Rate::ONE,
        PackageKind::Running => running.unwrap_or(Rate::ZERO),
    }
}

/// What of one lead's price is paid in advance: rounded half to even once a lead, so that every lead carries the
/// same part and nothing is left over at the end.
pub(super) fn advance_each(price: Money, pct: Rate) -> Result<Money, MoneyError> {
    price.at_rate_half_even(pct.decimal())
}

/// What is paid before a package begins.
pub(super) fn advance(each: Money, leads: i64, setup: Money) -> Result<Money, MoneyError> {
    each.times(leads)?.plus(setup)
}

/// What a business has had of introductory packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Introduction {
    /// None that was not cancelled before its end.
    None,
    /// One that is offered, or of which so many leads are to come.
    UnderWay(i64),
    /// A complete one.
    Complete,
}

/// Why a business is not offered a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("The business has had its introductory package.")]
    IntroducedAlready,
    #[error("Every business begins with an introductory package, and this one has had none.")]
    IntroductionFirst,
    #[error(
        "A later package follows the introductory one, of which {} still to come.",
        leads(*.0)
    )]
    IntroductionUnderWay(i64),
}

/// So many leads, with their verb.
pub(super) fn leads(count: i64) -> String {
    if count == 1 {
        "1 lead is".to_owned()
    } else {
        format!("{count} leads are")
    }
}

/// Whether a business may be offered, or begin, a package of this kind (R117).
pub(super) const fn may_have(kind: PackageKind, intro_required: bool, had: Introduction) -> Result<(), Refusal> {
    match (kind, had) {
        (PackageKind::Introductory, Introduction::None) => Ok(()),
        (PackageKind::Introductory, Introduction::UnderWay(_) | Introduction::Complete) => {
            Err(Refusal::IntroducedAlready)
        }
        (PackageKind::Running, Introduction::Complete) => Ok(()),
        (PackageKind::Running, Introduction::None) if intro_required => Err(Refusal::IntroductionFirst),
        (PackageKind::Running, Introduction::UnderWay(left)) if intro_required => {
            Err(Refusal::IntroductionUnderWay(left))
        }
        (PackageKind::Running, Introduction::None | Introduction::UnderWay(_)) => Ok(()),
    }
}

/// Whether a package may be cancelled now (R120). A package's own term is its leads: a policy that ends things
/// with a period or a notice ends a package with its last lead.
pub(super) fn may_cancel(policy: &CancelPolicy, status: PackageStatus) -> bool {
    match status {
        PackageStatus::PendingPayment | PackageStatus::Complete | PackageStatus::Cancelled => true,
        PackageStatus::Running => {
            let at_once =
                policy.effective == CancelEffective::AtOnce || policy.alternative == Some(CancelEffective::AtOnce);
            at_once && policy.undelivered != Undelivered::Finish
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CancelEffective as C;
    use PackageKind::{Introductory, Running};
    use proptest::prelude::*;
    use rstest::rstest;
    use tradepost_contract::Currency;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    /// R117, R118: the part of a lead that is paid in advance, and the rest that it is invoiced with.
    #[rstest]
    #[case(Introductory, Some("0.10"), 5_500, 5_500)]
    #[case(Introductory, None, 5_500, 5_500)]
    #[case(Running, Some("0.10"), 5_500, 550)]
    #[case(Running, Some("0.10"), 5_555, 556)]
    #[case::half_to_even_down(Running, Some("0.10"), 5_545, 554)]
    #[case::half_to_even_up(Running, Some("0.10"), 5_535, 554)]
    #[case(Running, Some("0.125"), 1, 0)]
    #[case(Running, Some("1"), 5_500, 5_500)]
    #[case(Running, Some("0"), 5_500, 0)]
    #[case(Running, None, 5_500, 0)]
    fn r118_each_lead_carries_its_part_of_the_advance(
        #[case] kind: PackageKind,
        #[case] pct: Option<&str>,
        #[case] price: i64,
        #[case] expected: i64,
    ) {
        let pct = advance_pct(kind, pct.map(|pct| pct.parse().unwrap()));
        assert_eq!(advance_each(usd(price), pct), Ok(usd(expected)));
    }

    proptest! {
        /// R118: whatever the price, the number and the percentage, and whichever leads come back meanwhile: what is
        /// paid in advance and what the kept leads are invoiced with come to the whole price, to the cent.
        #[test]
        fn r118_advance_and_weekly_lines_are_the_total(
            price in 1..=HIGHEST_PRICE_MINOR,
            leads in 1..=MOST_LEADS,
            setup in 0..=HIGHEST_PRICE_MINOR,
            pct in 0_i64..=1_000_000,
            weeks in proptest::collection::vec((1_i64..60, 0_i64..20), 0..40),
        ) {
            let pct: Rate = format!("{}.{:06}", pct / 1_000_000, pct % 1_000_000).parse().unwrap();
            let each = advance_each(usd(price), pct).unwrap();
            prop_assert!(each.minor >= 0 && each.minor <= price);
            let paid_first = advance(each, leads, usd(setup)).unwrap();
            let invoiced_each = usd(price).minus(each).unwrap();
            // So many come in a week, and some of them are rejected and never invoiced.
            let (mut kept, mut weekly) = (0, 0);
            for (came, rejected) in weeks {
                let came = came.min(leads - kept);
                let billed = came - rejected.min(came);
                kept += billed;
                weekly += invoiced_each.times(billed).unwrap().minor;
            }
            weekly += invoiced_each.times(leads - kept).unwrap().minor;
            let total = usd(price).times(leads).unwrap().plus(usd(setup)).unwrap();
            prop_assert_eq!(paid_first.minor + weekly, total.minor);
        }
    }

    #[rstest]
    #[case(Introductory, true, Introduction::None, Ok(()))]
    #[case(Introductory, true, Introduction::UnderWay(3), Err(Refusal::IntroducedAlready))]
    #[case(Introductory, true, Introduction::Complete, Err(Refusal::IntroducedAlready))]
    #[case(Running, true, Introduction::None, Err(Refusal::IntroductionFirst))]
    #[case(Running, true, Introduction::UnderWay(3), Err(Refusal::IntroductionUnderWay(3)))]
    #[case(Running, true, Introduction::Complete, Ok(()))]
    #[case(Running, false, Introduction::None, Ok(()))]
    #[case(Running, false, Introduction::UnderWay(3), Ok(()))]
    fn r117_the_introductory_package_comes_first(
        #[case] kind: PackageKind,
        #[case] required: bool,
        #[case] had: Introduction,
        #[case] expected: Result<(), Refusal>,
    ) {
        assert_eq!(may_have(kind, required, had), expected);
    }

    #[test]
    fn r117_the_refusal_says_how_many_are_to_come() {
        let text = |left| Refusal::IntroductionUnderWay(left).to_string();
        assert!(text(1).ends_with("of which 1 lead is still to come."), "{}", text(1));
        assert!(
            text(12).ends_with("of which 12 leads are still to come."),
            "{}",
            text(12)
        );
    }

    #[rstest]
    #[case(C::AfterPackage, None, Undelivered::None, false)]
    #[case(C::PeriodEnd, None, Undelivered::None, false)]
    #[case(C::EndOfNotice, None, Undelivered::None, false)]
    #[case(C::AtRenewal, None, Undelivered::None, false)]
    #[case(C::AtOnce, None, Undelivered::None, true)]
    #[case(C::AtOnce, None, Undelivered::Finish, false)]
    #[case(C::AfterPackage, Some(C::AtOnce), Undelivered::None, true)]
    fn r120_a_package_that_runs_is_cancelled_as_the_policy_says(
        #[case] effective: CancelEffective,
        #[case] alternative: Option<CancelEffective>,
        #[case] undelivered: Undelivered,
        #[case] expected: bool,
    ) {
        let policy = CancelPolicy {
            remind_days: 0,
            written: false,
            notice_by_term: [].into(),
            freeze: false,
            effective,
            alternative,
            ask_reason: false,
            undelivered,
        };
        assert_eq!(may_cancel(&policy, PackageStatus::Running), expected);
        assert!(may_cancel(&policy, PackageStatus::Complete), "no questions asked");
        assert!(may_cancel(&policy, PackageStatus::PendingPayment), "nobody has paid it");
    }
}
