//! Messages that rules demand (R126): recorded exactly once, in the transaction of what they tell.
//!
//! Exactly once is the unique `dedupe_key`: the same rule firing again for the same thing finds its
//! message there. `mails/` makes a mail of it for each address and sends it.

mod http;
mod store;

pub(crate) use store::is_recorded;
pub use store::record_to;

use crate::db::Tx;
use crate::error::ApiResult;
use crate::routes::Routes;
use serde::Serialize;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::people::StaffRole;
use tradepost_contract::{ProgrammeId, SupplierId};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::list_notifications);
}

/// Which of a supplier's addresses a kind of message goes to (R14, R16).
const fn purpose_of(kind: NotificationKind) -> &'static str {
    use NotificationKind as N;
    match kind {
        N::Lead | N::ReplacementSent => "leads",
        N::Invoice | N::CreditNote | N::CreditRefund | N::PaymentReceived | N::PaymentFailed | N::Overdue => "billing",
        N::PackageOffered | N::PackageComplete | N::ReplacementConverted => "billing",
        N::WalletLow | N::CardExpiring | N::SuspendedForDebt | N::SuspensionLifted | N::Refunded => "billing",
        N::PaymentLate | N::PaymentDisputed | N::RefundFailed => "general",
        N::Activation | N::Invitation | N::ReturnReceived | N::ReturnApproved | N::ReturnDenied => "general",
        N::RateWarning | N::RateCase => "general",
        N::PauseScheduled | N::PauseStarted | N::PauseEnding | N::PauseEnded => "general",
        N::NoticeEnding => "general",
        N::CancellationScheduled | N::CancellationRefused | N::CancellationWithdrawn | N::AccountCancelled => "general",
        N::ChangeRequested | N::ChangeScheduled | N::ChangeDeclined | N::ChangeApplied => "general",
        N::ChangeSuperseded | N::ChangeFailed | N::ChangeStuck => "general",
        N::RenewalUpcoming | N::RenewalHeld | N::RenewalLapsed => "billing",
        N::ReturnInfoNeeded | N::ReturnEscalated => "general",
        N::TicketAsked | N::TicketAnswered | N::TicketLate => "general",
        N::LeadErased | N::ErasureReminder | N::ErasureLate => "general",
        N::OrderConfirmed | N::SignUpRepeated | N::WebhookDisabled => "general",
        N::ForwardsFailing | N::ForwardsStuck => "general",
        // This goes to the address of a delivery target.
        N::LeadForwarded => "leads",
        // These go to a person's own address.
        N::MemberInvited | N::AccessResent | N::PasswordReset | N::PasswordChanged | N::MailTest => "general",
        N::SecurityChanged | N::EmailChange => "general",
    }
}

/// Whose work a message to staff is; the programme's department where it is nobody's, or where nobody does that work.
const fn role_of(kind: NotificationKind) -> Option<StaffRole> {
    use NotificationKind as N;
    match kind {
        N::ReturnEscalated => Some(StaffRole::ReturnsReviewer),
        N::PaymentLate | N::PaymentDisputed | N::RefundFailed => Some(StaffRole::Finance),
        _ => None,
    }
}

/// Records a message to a supplier's active addresses, or to staff where there is no supplier.
/// `dedupe_key` names the occasion: a second record for it changes nothing and answers false.
pub fn record(
    tx: &mut Tx<'_>,
    kind: NotificationKind,
    dedupe_key: &str,
    programme: ProgrammeId,
    supplier: Option<SupplierId>,
    facts: &impl Serialize,
) -> ApiResult<bool> {
    let mut recipients = Vec::new();
    if let Some(supplier) = supplier {
        recipients = store::addresses(tx, supplier, purpose_of(kind))?;
        // An account without an address for the purpose is reached at its general one.
        if recipients.is_empty() {
            recipients = store::addresses(tx, supplier, "general")?;
        }
    }
    if supplier.is_none() {
        if let Some(role) = role_of(kind) {
            recipients = store::staff(tx, role)?;
        }
        if recipients.is_empty() {
            recipients.extend(store::department(tx, programme)?);
        }
    }
    record_to(tx, kind, dedupe_key, programme, supplier, &recipients, facts)
}
