//! What each kind of message says unless a programme has its own wording: a template a kind, and how one is read.
//!
//! A template is a file of lines. The first is the subject; then a line is a heading (`# …`), a fact (`- name: …`), words
//! of somebody (`> …`), a button (`=> label :: address`), a link (`-> label :: address`), or else a paragraph. What stands
//! in them is minijinja. The lines are taken apart **before** anything is filled in, so nothing that a person wrote can
//! become a button; a line whose filled-in text is empty is left out.

use tradepost_contract::events::NotificationKind;

/// What a message says unless the programme has words of its own (`mail_templates/`).
pub(crate) const fn original(kind: NotificationKind) -> &'static str {
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
        N::PauseEnding => include_str!("templates/pause_ending.txt"),
        N::PauseEnded => include_str!("templates/pause_ended.txt"),
        N::CancellationScheduled => include_str!("templates/cancellation_scheduled.txt"),
        N::CancellationRefused => include_str!("templates/cancellation_refused.txt"),
        N::CancellationWithdrawn => include_str!("templates/cancellation_withdrawn.txt"),
        N::NoticeEnding => include_str!("templates/notice_ending.txt"),
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
        N::LeadForwarded => include_str!("templates/lead_forwarded.txt"),
        N::ForwardsFailing => include_str!("templates/forwards_failing.txt"),
        N::ForwardsStuck => include_str!("templates/forwards_stuck.txt"),
        N::Invitation => include_str!("templates/invitation.txt"),
        N::MemberInvited => include_str!("templates/member_invited.txt"),
        N::AccessResent => include_str!("templates/access_resent.txt"),
        N::PasswordReset => include_str!("templates/password_reset.txt"),
        N::PasswordChanged => include_str!("templates/password_changed.txt"),
        N::MailTest => include_str!("templates/mail_test.txt"),
        N::SecurityChanged => include_str!("templates/security_changed.txt"),
        N::EmailChange => include_str!("templates/email_change.txt"),
    }
}

/// A line of a template, not filled in yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A heading.
    Heading(&'a str),
    /// A paragraph.
    Text(&'a str),
    /// A fact with its name.
    Fact(&'a str, &'a str),
    /// Words of somebody.
    Quote(&'a str),
    /// The one thing to do: its label and address.
    Button(&'a str, &'a str),
    /// Something else to look at: its label and address.
    Link(&'a str, &'a str),
}

/// A template, taken apart. Each part stands with the number of its line, counted from 1, so that whoever writes it is
/// told where it is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template<'a> {
    pub(super) subject: (usize, &'a str),
    pub(super) lines: Vec<(usize, Line<'a>)>,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The number of its line, counted from 1; 0 where it is about the whole.
    pub(crate) line: usize,
    /// What it is, in words.
    pub(crate) message: String,
}

impl Fault {
    pub(super) fn new(line: usize, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { line, message }
    }
}

/// Takes a template apart.
pub(super) fn read(source: &str) -> Template<'_> {
    let mut lines = source
        .lines()
        .enumerate()
        .map(|(at, text)| (at + 1, text.trim()))
        .filter(|(_, text)| !text.is_empty());
    let (at, first) = lines.next().unwrap_or((1, ""));
    Template {
        subject: (at, first.strip_prefix("subject: ").unwrap_or_default()),
        lines: lines.map(|(at, text)| (at, line(text))).collect(),
    }
}

/// The subject of a template, not filled in.
pub(crate) fn subject_of(source: &str) -> &str {
    read(source).subject.1
}

/// The original template of a kind, taken apart.
pub(super) fn of(kind: NotificationKind) -> Template<'static> {
    read(original(kind))
}

fn line(text: &str) -> Line<'_> {
    let split = |rest: &'_ str, by: &str| -> (usize, usize) {
        rest.find(by).map_or((rest.len(), rest.len()), |at| (at, at + by.len()))
    };
    if let Some(rest) = text.strip_prefix("# ") {
        Line::Heading(rest)
    } else if let Some(rest) = text.strip_prefix("- ") {
        let (name, value) = split(rest, ": ");
        Line::Fact(&rest[..name], &rest[value..])
    } else if let Some(rest) = text.strip_prefix("> ") {
        Line::Quote(rest)
    } else if let Some(rest) = text.strip_prefix("=> ") {
        let (label, address) = split(rest, " :: ");
        Line::Button(&rest[..label], &rest[address..])
    } else if let Some(rest) = text.strip_prefix("-> ") {
        let (label, address) = split(rest, " :: ");
        Line::Link(&rest[..label], &rest[address..])
    } else {
        Line::Text(text)
    }
}

impl Template<'_> {
    /// What is missing, whatever stands in it: a mail has a subject and a heading, says something, and leads to one
    /// thing to do first.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.subject.1.is_empty() {
            faults.push(Fault::new(
                self.subject.0,
                "the first line is the subject: `subject: …`",
            ));
        }
        match self.lines.first() {
            Some((_, Line::Heading(_))) => {}
            first => {
                let at = first.map_or(0, |(at, _)| *at);
                faults.push(Fault::new(at, "the second line is a heading: `# …`"));
            }
        }
        let says = |(_, line): &&(usize, Line<'_>)| matches!(line, Line::Text(_) | Line::Quote(_) | Line::Fact(..));
        if self.lines.iter().find(says).is_none() {
            faults.push(Fault::new(0, "it says nothing but its heading"));
        }
        let mut buttons = 0;
        for (at, line) in &self.lines {
            let (Line::Button(label, address) | Line::Link(label, address)) = line else {
                if matches!(line, Line::Fact(_, "")) {
                    faults.push(Fault::new(*at, "a fact is written `- name: what it is`"));
                }
                continue;
            };
            buttons += usize::from(matches!(line, Line::Button(..)));
            if label.is_empty() || address.is_empty() {
                faults.push(Fault::new(
                    *at,
                    "a button is written `=> label :: address`, a link `-> label :: address`",
                ));
            }
            if buttons == 2 && matches!(line, Line::Button(..)) {
                faults.push(Fault::new(
                    *at,
                    "there is one button; make the others links: `-> label :: address`",
                ));
            }
        }
        if buttons == 0 {
            faults.push(Fault::new(0, "there is no button: `=> label :: address`"));
        }
        faults
    }
}

/// Whether a kind goes to the seller's own people.
pub(crate) const fn is_for_staff(kind: NotificationKind) -> bool {
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
            | N::ForwardsStuck
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R126: every kind of message has a subject, a heading, something to say, and somewhere to go.
    #[test]
    fn r126_every_kind_has_a_whole_template() {
        for kind in NotificationKind::ALL {
            assert_eq!(of(*kind).faults(), [], "{kind}");
        }
    }

    #[test]
    fn what_is_missing_is_told_with_its_line() {
        let whole = "subject: Hello\n# Hello\nYou have a lead.\n=> Open it :: {{ url(\"/\") }}";
        assert_eq!(read(whole).faults(), []);
        for (broken, line, message) in [
            ("", 1, "subject"),
            ("Hello\n# Hello\nText\n=> Go :: /", 1, "subject"),
            ("subject: Hello\n\nText\n=> Go :: /", 3, "heading"),
            ("subject: Hello", 0, "heading"),
            ("subject: Hello\n# Hello\n=> Go :: /", 0, "says nothing"),
            ("subject: Hello\n# Hello\nText", 0, "no button"),
            ("subject: Hello\n# Hello\nText\n=> Go", 4, "`=> label :: address`"),
            (
                "subject: Hello\n# Hello\nText\n=> Go :: /\n-> ::",
                5,
                "`-> label :: address`",
            ),
            (
                "subject: Hello\n# Hello\nText\n=> Go :: /\n=> Stay :: /",
                5,
                "one button",
            ),
            ("subject: Hello\n# Hello\n- Name\n=> Go :: /", 3, "`- name: what it is`"),
        ] {
            let faults = read(broken).faults();
            let told = |fault: &Fault| fault.line == line && fault.message.contains(message);
            assert!(faults.iter().any(told), "{broken:?}: {faults:?}");
        }
    }

    #[test]
    fn what_is_for_staff_leads_to_the_console_and_nothing_else_does() {
        for kind in NotificationKind::ALL {
            let to_console = original(*kind).contains("url(\"/console/");
            // A test mail goes to whoever asked for it, about any kind.
            let expected = is_for_staff(*kind) || *kind == NotificationKind::MailTest;
            assert_eq!(to_console, expected, "{kind}");
        }
    }
}
