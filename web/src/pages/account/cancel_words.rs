//! What is said about cancelling, in words.

use tradepost_contract::cancellations::{
    CancelLoss, CancelLossKind, CancelReason, CancelRule, CancellationPreview, CancellationStatus, NoticeWindow,
};
use tradepost_contract::policy::{AgreementTerm, CancelEffective, RenewalSide, Undelivered};

use crate::format::{money, time};

pub(super) const fn term(term: AgreementTerm) -> &'static str {
    match term {
        AgreementTerm::Rolling => "Until cancelled",
        AgreementTerm::Days30 => "30 days",
        AgreementTerm::Days90 => "90 days",
        AgreementTerm::Months6 => "Six months",
        AgreementTerm::Year1 => "A year",
    }
}

pub(super) fn between(window: NoticeWindow) -> String {
    let side = match window.side {
        RenewalSide::Before => "before",
        RenewalSide::After => "after",
        RenewalSide::Either => "around",
    };
    format!(
        "from {} to {}, {side} the renewal on {}",
        time::date(window.from),
        time::date(window.until),
        time::date(window.renews_on)
    )
}

/// Why the account ends then, in a sentence.
pub(super) const fn because(rule: CancelRule) -> &'static str {
    match rule {
        CancelRule::AtOnce => "No notice is needed.",
        CancelRule::NoticeWorked => "The notice of the account is worked until then.",
        CancelRule::NotRenewed => "The agreement does not renew on that day.",
        CancelRule::RenewalUndone => "The notice came soon enough to undo the last renewal.",
        CancelRule::AgreementOver => "The agreement ends with that day and does not renew.",
        CancelRule::PeriodEnd => "The period that is paid is worked until then.",
        CancelRule::PackagesComplete => "All packages are complete.",
        CancelRule::LeadsDelivered => "What is paid is still delivered.",
    }
}

/// When the account would end, in words.
pub(super) fn when(preview: &CancellationPreview) -> String {
    match (preview.outcome, preview.last_day) {
        (Some(CancellationStatus::Effective), _) => "At once".to_owned(),
        (Some(CancellationStatus::Renewed), _) => "Not now: the agreement renews".to_owned(),
        (Some(_), Some(day)) => format!("After {}, its last day", time::date(day)),
        (Some(_), None) => "With the last paid lead".to_owned(),
        (None, _) => "It cannot be cancelled now".to_owned(),
    }
}

/// What ends, and what becomes of it, in words.
pub(super) fn lost(loss: &CancelLoss) -> String {
    let count = loss.count.unwrap_or_default();
    let what = match loss.kind {
        CancelLossKind::LoyaltyPerk => return format!("The extra leads of {}", time::plural(count, "loyalty order")),
        CancelLossKind::PlanLeads => format!("{} of the plan that are not used", time::plural(count, "lead")),
        CancelLossKind::PackageLeads => format!("{} of packages", time::plural(count, "lead")),
        CancelLossKind::OrderLeads => format!("{} of paid orders", time::plural(count, "lead")),
        CancelLossKind::WalletBalance => "What is in the wallet".to_owned(),
    };
    let amount = loss
        .amount
        .map(|amount| format!(" ({})", money::text(amount)))
        .unwrap_or_default();
    let becomes = match (loss.becomes, loss.kind == CancelLossKind::WalletBalance) {
        (Undelivered::None, true) => "lapses",
        (Undelivered::None, false) => "lapse",
        (Undelivered::Refund, true) => "is given back",
        (Undelivered::Refund, false) => "are given back",
        (Undelivered::Credit, true) => "becomes credit of the account",
        (Undelivered::Credit, false) => "become credit of the account",
        (Undelivered::Finish, true) => "is used first",
        (Undelivered::Finish, false) => "still come first",
    };
    format!("{what}{amount} {becomes}")
}

/// The question before it is done: it names the end and the money.
pub(super) fn question(preview: &CancellationPreview) -> (String, String) {
    let due = money::text(preview.due);
    let after = if preview.charged_at_once { "charged" } else { "invoiced" };
    match (preview.outcome, preview.last_day) {
        (Some(CancellationStatus::Renewed), _) => (
            "Keep a notice outside of its window?".to_owned(),
            "The agreement renews; the notice is kept with its day.".to_owned(),
        ),
        (Some(CancellationStatus::Effective), _) => (
            "Cancel the account now?".to_owned(),
            format!("No leads come from now on. {due} is {after} at once. This cannot be undone."),
        ),
        (_, Some(day)) => (
            format!("Cancel the account with {}?", time::date(day)),
            format!(
                "Leads come until that day is over. What is due then is {after}: {due} as of today, and what comes until then."
            ),
        ),
        (_, None) => (
            "Cancel the account?".to_owned(),
            format!("It ends with the last lead that is paid. {due} is {after} then."),
        ),
    }
}

pub(super) const fn choice_text(effective: CancelEffective) -> &'static str {
    match effective {
        CancelEffective::AtOnce => "At once",
        CancelEffective::EndOfNotice => "When the notice is worked",
        CancelEffective::AtRenewal => "When the agreement would renew",
        CancelEffective::PeriodEnd => "At the end of the paid period",
        CancelEffective::AfterPackage => "As the packages are complete",
    }
}

/// A reason as people say it.
pub const fn reason_text(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Price => "Leads cost too much",
        CancelReason::LeadQuality => "The leads are not good enough",
        CancelReason::TooFewLeads => "There are too few leads",
        CancelReason::NoCapacity => "No time to work them",
        CancelReason::OtherProvider => "Another provider",
        CancelReason::Service => "The service around the leads",
        CancelReason::ClosingBusiness => "The business is closing",
        CancelReason::Other => "Something else",
    }
}
