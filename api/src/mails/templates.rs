//! What each kind of message says: a template a kind, and how it is read.
//!
//! A template is a file of lines. The first is the subject; then a line is a heading (`# …`), a fact (`- name: …`), words
//! of somebody (`> …`), a button (`=> label :: address`), a link (`-> label :: address`), or else a paragraph. What stands
//! in them is minijinja. The lines are taken apart **before** anything is filled in, so nothing that a person wrote can
//! become a button; a line whose filled-in text is empty is left out.

use tradepost_contract::events::NotificationKind;

/// The template of a kind.
const fn source(kind: NotificationKind) -> &'static str {
    use NotificationKind as N;
    match kind {
        N::Activation => include_str!("templates/activation.txt"),
        N::Lead => include_str!("templates/lead.txt"),
        N::ReturnReceived => include_str!("templates/return_received.txt"),
        N::ReturnApproved => include_str!("templates/return_approved.txt"),
        N::ReturnDenied => include_str!("templates/return_denied.txt"),
        N::ReturnInfoNeeded => include_str!("templates/return_info_needed.txt"),
        N::ReturnEscalated => include_str!("templates/return_escalated.txt"),
        N::ReplacementSent => include_str!("templates/replacement_sent.txt"),
        N::ReplacementConverted => include_str!("templates/replacement_converted.txt"),
        N::OrderConfirmed => include_str!("templates/order_confirmed.txt"),
        N::SignUpRepeated => include_str!("templates/sign_up_repeated.txt"),
        N::RenewalUpcoming => include_str!("templates/renewal_upcoming.txt"),
        N::RenewalHeld => include_str!("templates/renewal_held.txt"),
        N::RenewalLapsed => include_str!("templates/renewal_lapsed.txt"),
        N::PauseScheduled => include_str!("templates/pause_scheduled.txt"),
        N::PauseStarted => include_str!("templates/pause_started.txt"),
        N::PauseEnded => include_str!("templates/pause_ended.txt"),
        N::CancellationScheduled => include_str!("templates/cancellation_scheduled.txt"),
        N::CancellationRefused => include_str!("templates/cancellation_refused.txt"),
        N::CancellationWithdrawn => include_str!("templates/cancellation_withdrawn.txt"),
        N::AccountCancelled => include_str!("templates/account_cancelled.txt"),
        N::ChangeRequested => include_str!("templates/change_requested.txt"),
        N::ChangeScheduled => include_str!("templates/change_scheduled.txt"),
        N::ChangeDeclined => include_str!("templates/change_declined.txt"),
        N::ChangeApplied => include_str!("templates/change_applied.txt"),
        N::ChangeSuperseded => include_str!("templates/change_superseded.txt"),
        N::ChangeFailed => include_str!("templates/change_failed.txt"),
        N::ChangeStuck => include_str!("templates/change_stuck.txt"),
        N::Invoice => include_str!("templates/invoice.txt"),
        N::CreditNote => include_str!("templates/credit_note.txt"),
        N::CreditRefund => include_str!("templates/credit_refund.txt"),
        N::PaymentReceived => include_str!("templates/payment_received.txt"),
        N::PaymentFailed => include_str!("templates/payment_failed.txt"),
        N::PaymentLate => include_str!("templates/payment_late.txt"),
        N::PaymentDisputed => include_str!("templates/payment_disputed.txt"),
        N::CardExpiring => include_str!("templates/card_expiring.txt"),
        N::SuspendedForDebt => include_str!("templates/suspended_for_debt.txt"),
        N::SuspensionLifted => include_str!("templates/suspension_lifted.txt"),
        N::Refunded => include_str!("templates/refunded.txt"),
        N::RefundFailed => include_str!("templates/refund_failed.txt"),
        N::RateWarning => include_str!("templates/rate_warning.txt"),
        N::RateCase => include_str!("templates/rate_case.txt"),
        N::Overdue => include_str!("templates/overdue.txt"),
        N::WalletLow => include_str!("templates/wallet_low.txt"),
        N::PackageOffered => include_str!("templates/package_offered.txt"),
        N::PackageComplete => include_str!("templates/package_complete.txt"),
        N::TicketAsked => include_str!("templates/ticket_asked.txt"),
        N::TicketAnswered => include_str!("templates/ticket_answered.txt"),
        N::TicketLate => include_str!("templates/ticket_late.txt"),
        N::LeadErased => include_str!("templates/lead_erased.txt"),
        N::ErasureReminder => include_str!("templates/erasure_reminder.txt"),
        N::ErasureLate => include_str!("templates/erasure_late.txt"),
        N::WebhookDisabled => include_str!("templates/webhook_disabled.txt"),
        N::Invitation => include_str!("templates/invitation.txt"),
        N::MemberInvited => include_str!("templates/member_invited.txt"),
        N::AccessResent => include_str!("templates/access_resent.txt"),
        N::PasswordReset => include_str!("templates/password_reset.txt"),
        N::PasswordChanged => include_str!("templates/password_changed.txt"),
    }
}

/// A line of a template, not filled in yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A heading.
    Heading(&'static str),
    /// A paragraph.
    Text(&'static str),
    /// A fact with its name.
    Fact(&'static str, &'static str),
    /// Words of somebody.
    Quote(&'static str),
    /// The one thing to do: its label and address.
    Button(&'static str, &'static str),
    /// Something else to look at: its label and address.
    Link(&'static str, &'static str),
}

/// A template, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) subject: &'static str,
    pub(super) lines: Vec<Line>,
}

/// The template of a kind, taken apart.
pub(super) fn of(kind: NotificationKind) -> Template {
    let mut lines = source(kind).lines().map(str::trim).filter(|line| !line.is_empty());
    let subject = lines.next().and_then(|line| line.strip_prefix("subject: "));
    Template {
        subject: subject.unwrap_or_default(),
        lines: lines.map(line).collect(),
    }
}

fn line(text: &'static str) -> Line {
    let split = |rest: &'static str, by: &str| rest.split_once(by).unwrap_or((rest, ""));
    if let Some(rest) = text.strip_prefix("# ") {
        Line::Heading(rest)
    } else if let Some(rest) = text.strip_prefix("- ") {
        let (name, value) = split(rest, ": ");
        Line::Fact(name, value)
    } else if let Some(rest) = text.strip_prefix("> ") {
        Line::Quote(rest)
    } else if let Some(rest) = text.strip_prefix("=> ") {
        let (label, address) = split(rest, " :: ");
        Line::Button(label, address)
    } else if let Some(rest) = text.strip_prefix("-> ") {
        let (label, address) = split(rest, " :: ");
        Line::Link(label, address)
    } else {
        Line::Text(text)
    }
}

/// Whether a kind goes to the seller's own people.
pub(super) const fn is_for_staff(kind: NotificationKind) -> bool {
    use NotificationKind as N;
    matches!(
        kind,
        N::ReturnEscalated
            | N::ChangeRequested
            | N::ChangeStuck
            | N::PaymentLate
            | N::PaymentDisputed
            | N::RefundFailed
            | N::RateCase
            | N::TicketAsked
            | N::TicketLate
            | N::ErasureLate
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R126: every kind of message has a subject, a heading, something to say, and somewhere to go.
    #[test]
    fn r126_every_kind_has_a_whole_template() {
        for kind in NotificationKind::ALL {
            let template = of(*kind);
            assert!(!template.subject.is_empty(), "{kind} has no subject");
            assert!(
                matches!(template.lines.first(), Some(Line::Heading(_))),
                "{kind} has no heading"
            );
            let says = |line: &Line| matches!(line, Line::Text(_) | Line::Quote(_) | Line::Fact(..));
            assert!(template.lines.iter().any(says), "{kind} says nothing");
            let mut buttons = template.lines.iter().filter_map(|line| match line {
                Line::Button(label, address) => Some((*label, *address)),
                _ => None,
            });
            let (label, address) = buttons.next().unwrap_or_else(|| panic!("{kind} leads nowhere"));
            assert!(!label.is_empty() && !address.is_empty(), "{kind}");
            assert_eq!(buttons.next(), None, "{kind} has two things to do first");
        }
    }

    #[test]
    fn what_is_for_staff_leads_to_the_console_and_nothing_else_does() {
        for kind in NotificationKind::ALL {
            let to_console = source(*kind).contains("url(\"/console/");
            assert_eq!(to_console, is_for_staff(*kind), "{kind}");
        }
    }
}
