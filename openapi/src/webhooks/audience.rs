//! Which events a supplier is sent of its own account.

use crate::events::EventKind;

/// Whether events of this kind are for the supplier that they concern. The rest is the seller's own affair, such as
/// what its reviewers think of an account, or concerns no supplier.
pub const fn is_for_suppliers(kind: EventKind) -> bool {
    use EventKind as E;
    match kind {
        E::DeliveryCreated
        | E::DeliveryUpdated
        | E::DeliveryRejected
        | E::DeliveryRejectionUndone
        | E::ReturnSubmitted
        | E::ReturnInfoNeeded
        | E::ReturnAnswered
        | E::ReturnApproved
        | E::ReturnDenied
        | E::ReturnAppealed
        | E::ReturnWithdrawn
        | E::ReplacementOwed
        | E::ReplacementDelivered
        | E::ReplacementConverted
        | E::SupplierUpdated
        | E::SupplierActivated
        | E::SupplierSuspended
        | E::SupplierClosed
        | E::SupplierDetailsChanged
        | E::OrderCreated
        | E::OrderUpdated
        | E::OrderPaused
        | E::OrderResumed
        | E::OrderCancelled
        | E::OrderFilled
        | E::PauseChanged
        | E::CancellationChanged
        | E::ChangeRequestChanged
        | E::SupportTicketChanged
        | E::CheckoutSubmitted
        | E::CheckoutCompleted
        | E::CheckoutEnded
        | E::LoyaltyChanged
        | E::InvoiceIssued
        | E::InvoicePaid
        | E::InvoiceReopened
        | E::InvoiceOverdue
        | E::InvoiceCreditApplied
        | E::PaymentStarted
        | E::PaymentSucceeded
        | E::PaymentFailed
        | E::PaymentVoided
        | E::RefundSucceeded
        | E::PaymentMethodChanged
        | E::AuthorisationChanged
        | E::AuthorisationRevoked
        | E::PlanChanged
        | E::CallAttempted
        | E::CallRemoved
        | E::PackageChanged
        | E::WalletChanged
        | E::WalletMoved
        | E::WalletLow
        | E::CreditNoteIssued
        | E::CreditRefunded
        | E::LeadErased
        | E::ErasureAcknowledged
        | E::NoticeAccepted
        | E::WebhookEndpointChanged
        | E::DeliveryTargetChanged
        | E::WebhookTest => true,
        E::LeadReceived
        | E::LeadSold
        | E::LeadQuarantined
        | E::LeadReleased
        | E::LeadRejected
        | E::LeadDuplicate
        | E::LeadWithdrawn
        | E::LeadHoldChanged
        | E::RetentionRemoved
        | E::SubjectRequestChanged
        | E::ReturnEscalated
        | E::SupplierCreated
        | E::RateWarned
        | E::RateCaseOpened
        | E::RateCaseDecided
        | E::CouponChanged
        | E::ProgrammeChanged
        | E::ProductChanged
        | E::PolicyPublished
        | E::ImportFinished
        | E::BillingRunParked
        | E::BillingRunFinished
        | E::InvoiceUncollectible
        | E::PaymentLate
        | E::PaymentDisputed
        | E::PaymentDisputeDecided
        | E::RefundChanged
        | E::CallQueued
        | E::CallClaimed
        | E::CallReleased
        | E::ReconciliationDiffered
        | E::ReconciliationResolved
        | E::MonthClosed
        | E::MonthReopened
        | E::AccessChanged => false,
    }
}
