//! Whether an account may be cancelled, and when it ends then: notices, windows, periods, packages. Pure.

use crate::agreements::{Terms, rules as agreements};
use std::ops::RangeInclusive;
use tradepost_contract::LocalDate;
use tradepost_contract::cancellations::{CancelRule, NoticeWindow};
use tradepost_contract::policy::{
    AgreementTerm, CancelEffective, CancelNotice, CancelPolicy, RenewalSide, Undelivered,
};

/// What decides about a cancellation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) policy: &'a CancelPolicy,
    /// The agreement in force; without one the account is rolling.
    pub(super) agreement: Option<&'a Terms>,
    /// The day on which the notice was received.
    pub(super) received_on: LocalDate,
    pub(super) today: LocalDate,
    /// Whether the account is being set up or was deactivated, so that there is nothing to work a notice for.
    pub(super) idle: bool,
    /// The day on which the paid period of a plan ends.
    pub(super) period_ends_on: Option<LocalDate>,
    /// Leads of packages that are still to come.
    pub(super) package_leads: i64,
    /// Leads of paid orders that are still to come.
    pub(super) order_leads: i64,
}

/// When the account ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// In this very transaction.
    Now,
    /// When this day begins.
    On(LocalDate),
    /// With the last lead that is paid and still to come, and not before this day begins.
    WithLastLead(Option<LocalDate>),
}

/// What becomes of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The account ends.
    Ends {
        end: End,
        rule: CancelRule,
        window: Option<NoticeWindow>,
    },
    /// It was received outside of its window, so that the agreement renews; the next window is this one (R21).
    Renews(NoticeWindow),
}

/// Packages have so many leads to come, and the account cannot be cancelled before (R120).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PackageLeadsToCome(pub(super) i64);

/// When a cancellation may take effect; the usual one first (R94).
pub(super) fn choices(policy: &CancelPolicy) -> Vec<CancelEffective> {
    let mut choices = vec![policy.effective];
    choices.extend(policy.alternative.filter(|other| *other != policy.effective));
    choices
}

/// The last day of a notice that is worked for so many days: the day of its receipt does not count (R72).
pub(super) fn last_day_of_notice(received_on: LocalDate, days: u32) -> LocalDate {
    received_on.plus_days(i64::from(days))
}

/// What a notice comes to.
pub(super) fn decide(case: &Case<'_>, effective: CancelEffective) -> Result<Decision, PackageLeadsToCome> {
    if case.idle {
        return Ok(ends(End::Now, CancelRule::AtOnce, None));
    }
    if effective == CancelEffective::AfterPackage && case.package_leads > 0 {
        return Err(PackageLeadsToCome(case.package_leads));
    }
    let term = case
        .agreement
        .map_or(AgreementTerm::Rolling, |agreement| agreement.term);
    let (worked_until, meant) = match (case.policy.notice_by_term.get(&term), case.agreement) {
        (Some(CancelNotice::Worked { days }), _) => {
            let from = last_day_of_notice(case.received_on, *days).plus_days(1);
            (Some((from, CancelRule::NoticeWorked)), None)
        }
        (Some(CancelNotice::RenewalWindow { days, side }), Some(agreement)) => {
            match meant(agreement, case.received_on, *days, *side) {
                Meant::In(window) => (None, Some(window)),
                Meant::Outside(next) => return Ok(Decision::Renews(next)),
                Meant::NeverRenews => (None, None),
            }
        }
        (Some(CancelNotice::RenewalWindow { .. }) | None, _) => (None, None),
    };
    let chosen = moment(case, effective, worked_until.map(|(day, _)| day), meant);
    // A notice is worked whatever the time that was chosen.
    let (day, rule) = [worked_until, chosen]
        .into_iter()
        .flatten()
        .max_by_key(|(day, _)| *day)
        .unwrap_or((case.today, CancelRule::AtOnce));
    let finishes = case.policy.undelivered == Undelivered::Finish;
    let day = if finishes {
        case.period_ends_on.map_or(day, |end| day.max(end))
    } else {
        day
    };
    let later = (day > case.today).then_some(day);
    if finishes && case.package_leads + case.order_leads > 0 {
        return Ok(ends(End::WithLastLead(later), CancelRule::LeadsDelivered, meant));
    }
    Ok(match later {
        None if rule == CancelRule::PeriodEnd => ends(End::Now, CancelRule::AtOnce, meant),
        None => ends(End::Now, rule, meant),
        Some(day) if rule == CancelRule::AtOnce => ends(End::On(day), CancelRule::PeriodEnd, meant),
        Some(day) => ends(End::On(day), rule, meant),
    })
}

const fn ends(end: End, rule: CancelRule, window: Option<NoticeWindow>) -> Decision {
    Decision::Ends { end, rule, window }
}

/// The day that the chosen time means, and the rule that it is. None is at once.
fn moment(
    case: &Case<'_>,
    effective: CancelEffective,
    not_before: Option<LocalDate>,
    meant: Option<NoticeWindow>,
) -> Option<(LocalDate, CancelRule)> {
    match effective {
        CancelEffective::AtOnce => None,
        CancelEffective::AfterPackage => Some((case.today, CancelRule::PackagesComplete)),
        CancelEffective::PeriodEnd => case.period_ends_on.map(|day| (day, CancelRule::PeriodEnd)),
        CancelEffective::AtRenewal | CancelEffective::EndOfNotice => match (meant, case.agreement) {
            (Some(window), _) if window.renews_on < case.received_on => {
                Some((window.renews_on, CancelRule::RenewalUndone))
            }
            (Some(window), _) => Some((window.renews_on, CancelRule::NotRenewed)),
            (None, Some(agreement)) if effective == CancelEffective::AtRenewal => {
                let from = not_before.map_or(case.received_on, |day| day.max(case.received_on));
                let renewal = agreements::renewal_after(
                    agreement.term,
                    agreement.starts_on,
                    agreement.ends_on,
                    from.plus_days(-1),
                );
                let over = agreement
                    .ends_on
                    .map(|last| (last.plus_days(1), CancelRule::AgreementOver));
                renewal.map(|day| (day, CancelRule::NotRenewed)).or(over)
            }
            (None, Some(_) | None) => None,
        },
    }
}

/// Which renewal a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// The one whose window it is in.
    In(NoticeWindow),
    /// None: the next window is this one.
    Outside(NoticeWindow),
    /// The agreement does not renew any more.
    NeverRenews,
}

/// The renewal that a notice is about: the earliest whose window it is in, both ends included. The renewal day itself is
/// on both sides (R21: the seller's page leaves open which side it means, so that the policy says it).
fn meant(agreement: &Terms, received_on: LocalDate, days: u32, side: RenewalSide) -> Meant {
    let Terms {
        term,
        starts_on,
        ends_on,
        ..
    } = agreement;
    let last = agreements::renewal_until(*term, *starts_on, *ends_on, received_on);
    let next = agreements::renewal_after(*term, *starts_on, *ends_on, received_on);
    let around = |renews_on: LocalDate| {
        let span = window(renews_on, days, side);
        NoticeWindow {
            renews_on,
            from: *span.start(),
            until: *span.end(),
            side,
        }
    };
    let holds = |window: &NoticeWindow| (window.from..=window.until).contains(&received_on);
    let [last, next] = [last, next].map(|renewal| renewal.map(around));
    match (last.into_iter().chain(next).find(holds), next) {
        (Some(window), _) => Meant::In(window),
        (None, Some(next)) => Meant::Outside(next),
        (None, None) => Meant::NeverRenews,
    }
}

fn window(renews_on: LocalDate, days: u32, side: RenewalSide) -> RangeInclusive<LocalDate> {
    let days = i64::from(days);
    match side {
        RenewalSide::Before => renews_on.plus_days(-days)..=renews_on,
        RenewalSide::After => renews_on..=renews_on.plus_days(days),
        RenewalSide::Either => renews_on.plus_days(-days)..=renews_on.plus_days(days),
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
