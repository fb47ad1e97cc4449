//! What happened: the event log that integrators follow, and the audit trail of who changed what.

use crate::{AuditEntryId, EventId, NotificationId, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// The kinds of events.
    pub enum EventKind {
        /// A lead came in.
        LeadReceived = "lead.received",
        /// A lead was sold to at least one more supplier.
        LeadSold = "lead.sold",
        /// A lead waits for staff.
        LeadQuarantined = "lead.quarantined",
        /// Staff let a quarantined lead go on sale.
        LeadReleased = "lead.released",
        /// A lead will not be sold.
        LeadRejected = "lead.rejected",
        /// A lead repeats an earlier one.
        LeadDuplicate = "lead.duplicate",
        /// A lead was taken back, for example because consent was revoked.
        LeadWithdrawn = "lead.withdrawn",
        /// A person was erased: the suppliers that bought the lead are to do it, too.
        LeadErased = "lead.erased",
        /// A lead is held, so that its person is not erased, or is held no more.
        LeadHoldChanged = "lead.hold_changed",
        /// Files, recordings' places or refused enquiries were removed, because their time was over.
        RetentionRemoved = "retention.removed",
        /// A supplier says that it has erased a person, too.
        ErasureAcknowledged = "lead.erasure_acknowledged",
        /// A person's request was written down, carried out, refused, or is done.
        SubjectRequestChanged = "subject_request.changed",
        /// A supplier accepted a notice (R82).
        NoticeAccepted = "notice.accepted",
        /// A lead was sold to a supplier.
        DeliveryCreated = "delivery.created",
        /// A supplier rated a delivery, noted an outcome or wrote a note.
        DeliveryUpdated = "delivery.updated",
        /// A supplier rejected a delivery with one click (R109).
        DeliveryRejected = "delivery.rejected",
        /// The rejection was undone (R109).
        DeliveryRejectionUndone = "delivery.rejection_undone",
        /// A supplier asked for a return.
        ReturnSubmitted = "return.submitted",
        /// A return request was escalated because it is overdue (R27).
        ReturnEscalated = "return.escalated",
        /// A reviewer asked for more.
        ReturnInfoNeeded = "return.info_needed",
        /// The supplier answered.
        ReturnAnswered = "return.answered",
        /// A return was approved.
        ReturnApproved = "return.approved",
        /// A return was denied.
        ReturnDenied = "return.denied",
        /// The supplier appealed.
        ReturnAppealed = "return.appealed",
        /// The supplier took the request back.
        ReturnWithdrawn = "return.withdrawn",
        /// A lead is owed (R44).
        ReplacementOwed = "replacement.owed",
        /// A lead that was owed was delivered (R44).
        ReplacementDelivered = "replacement.delivered",
        /// No lead came in time, so the price of the returned one was credited (R44).
        ReplacementConverted = "replacement.converted",
        /// A supplier was set up.
        SupplierCreated = "supplier.created",
        /// A supplier's particulars changed.
        SupplierUpdated = "supplier.updated",
        /// A supplier may receive leads (R3).
        SupplierActivated = "supplier.activated",
        /// A supplier gets no leads until further notice.
        SupplierSuspended = "supplier.suspended",
        /// A supplier has left.
        SupplierClosed = "supplier.closed",
        /// A supplier sends back more than its policy bears and was warned (R112).
        RateWarned = "supplier.rate_warned",
        /// It went on after the warning, and a person is to decide (R112).
        RateCaseOpened = "rate_case.opened",
        /// A person decided what becomes of the account (R112).
        RateCaseDecided = "rate_case.decided",
        /// A business, contact, agreement or coverage of a supplier changed.
        SupplierDetailsChanged = "supplier.details_changed",
        /// A standing order was placed.
        OrderCreated = "order.created",
        /// A standing order changed.
        OrderUpdated = "order.updated",
        /// A standing order was paused.
        OrderPaused = "order.paused",
        /// A paused order goes on.
        OrderResumed = "order.resumed",
        /// A pause was asked for, began, ended, was cancelled, or has another return date.
        PauseChanged = "pause.changed",
        /// An account was cancelled, has ended, stays after all, or its agreement renewed in spite of a notice.
        CancellationChanged = "cancellation.changed",
        /// A change was asked for, approved, declined, withdrawn, superseded or carried out, or could not be.
        ChangeRequestChanged = "change_request.changed",
        /// A standing order was cancelled.
        OrderCancelled = "order.cancelled",
        /// An order got all the leads it asked for.
        OrderFilled = "order.filled",
        /// A buyer has ordered and is to pay.
        CheckoutSubmitted = "checkout.submitted",
        /// A checkout was paid, and its order is open.
        CheckoutCompleted = "checkout.completed",
        /// A checkout was abandoned, or its payment failed.
        CheckoutEnded = "checkout.ended",
        /// A loyalty subscription was joined, renewed, held, activated or cancelled, or was not paid.
        LoyaltyChanged = "loyalty.changed",
        /// A coupon was made or ended.
        CouponChanged = "coupon.changed",
        /// A programme was set up or changed.
        ProgrammeChanged = "programme.changed",
        /// A lead product was set up or changed.
        ProductChanged = "product.changed",
        /// A policy version was published.
        PolicyPublished = "policy.published",
        /// A file of leads was imported.
        ImportFinished = "import.finished",
        /// A billing run hit a safety bound and waits for finance.
        BillingRunParked = "billing_run.parked",
        /// A billing run ended.
        BillingRunFinished = "billing_run.finished",
        /// An invoice became final.
        InvoiceIssued = "invoice.issued",
        /// An invoice was paid in part or in full.
        InvoicePaid = "invoice.paid",
        /// What had paid an invoice was taken back, so that something is open again.
        InvoiceReopened = "invoice.reopened",
        /// An invoice is past its due date.
        InvoiceOverdue = "invoice.overdue",
        /// Finance gave an invoice up.
        InvoiceUncollectible = "invoice.uncollectible",
        /// The gateway was asked to charge.
        PaymentStarted = "payment.started",
        /// The gateway has collected the money.
        PaymentSucceeded = "payment.succeeded",
        /// A charge failed.
        PaymentFailed = "payment.failed",
        /// A payment takes longer than the policy expects (R8).
        PaymentLate = "payment.late",
        /// A payment was made void.
        PaymentVoided = "payment.voided",
        /// The payer's bank asks for money back.
        PaymentDisputed = "payment.disputed",
        /// The payer's bank has decided.
        PaymentDisputeDecided = "payment.dispute_decided",
        /// Money was given back.
        RefundSucceeded = "refund.succeeded",
        /// A refund was asked for, agreed to, refused, or failed.
        RefundChanged = "refund.changed",
        /// A way to pay was added, removed or made the default.
        PaymentMethodChanged = "payment_method.changed",
        /// The authorisation to collect was given or changed.
        AuthorisationChanged = "authorisation.changed",
        /// The authorisation to collect was taken back (R13).
        AuthorisationRevoked = "authorisation.revoked",
        /// A supplier asked something, was answered, or the ticket was handed on or closed.
        SupportTicketChanged = "support_ticket.changed",
        /// A plan was chosen, began, was renewed or cancelled, or ended.
        PlanChanged = "plan.changed",
        /// A customer's own lead is to be called (R99).
        CallQueued = "call.queued",
        /// A caller took a lead.
        CallClaimed = "call.claimed",
        /// A caller gave a lead back without a call.
        CallReleased = "call.released",
        /// A call was recorded (R98).
        CallAttempted = "call.attempted",
        /// A lead, or all those of a plan or account, are not called any more (R93).
        CallRemoved = "call.removed",
        /// A package was offered, began, was completed, is to bring another lead, or was cancelled.
        PackageChanged = "package.changed",
        /// A wallet was opened or closed, or its terms changed.
        WalletChanged = "wallet.changed",
        /// The balance of a wallet moved for another reason than a lead that was sold.
        WalletMoved = "wallet.moved",
        /// The balance of a wallet fell below its notice limit.
        WalletLow = "wallet.low",
        /// The gateway and the books differed on a day.
        ReconciliationDiffered = "reconciliation.differed",
        /// Somebody found out what such a difference was.
        ReconciliationResolved = "reconciliation.resolved",
        /// A credit note was issued.
        CreditNoteIssued = "credit_note.issued",
        /// Credit of the account paid an invoice that a refund had opened again.
        InvoiceCreditApplied = "invoice.credit_applied",
        /// Credit was paid out.
        CreditRefunded = "credit.refunded",
        /// A month was closed for a legal entity.
        MonthClosed = "month.closed",
        /// A closed month was opened again.
        MonthReopened = "month.reopened",
        /// A person or key was created, changed or disabled.
        AccessChanged = "access.changed",
        /// A webhook endpoint was made, changed, disabled or taken away.
        WebhookEndpointChanged = "webhook_endpoint.changed",
        /// Where leads of a supplier are delivered was added, changed, disabled or taken away.
        DeliveryTargetChanged = "delivery_target.changed",
        /// Somebody tries a webhook endpoint.
        WebhookTest = "webhook.test",
    }
}

text_enum! {
    /// How the event log is read.
    pub enum EventSort {
        /// Oldest first: the order in which it is followed.
        Oldest = "oldest",
        /// Newest first: the order in which it is looked at.
        Newest = "newest",
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Event {
    /// Rises with every event.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// When, in business time.
    pub happened_at: Timestamp,
    /// In which programme, where it belongs to one.
    pub programme_id: Option<ProgrammeId>,
    /// To which supplier, where it concerns one.
    pub supplier_id: Option<SupplierId>,
    /// The id of what it happened to.
    #[schema(example = "lead_00000000000c5")]
    pub subject: String,
    /// The facts; ids and states, no personal data.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

/// One change that somebody made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Rises with every entry.
    pub id: AuditEntryId,
    /// When, on the wall.
    pub recorded_at: Timestamp,
    /// The id of the person or key, or `system`.
    pub actor: String,
    /// Their name at the time.
    pub actor_name: String,
    /// What was done, such as `order.paused`.
    pub action: String,
    /// The id of what it was done to.
    pub object: String,
    /// The supplier it concerns.
    pub supplier_id: Option<SupplierId>,
    /// What stood there before.
    #[schema(value_type = Option<Object>)]
    pub before: Option<serde_json::Value>,
    /// What stands there now.
    #[schema(value_type = Option<Object>)]
    pub after: Option<serde_json::Value>,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// How they came: `console`, `portal`, `api`, `command line` or `system`.
    pub channel: String,
    /// The request, as the log names it.
    pub request_id: String,
}

text_enum! {
    /// The messages that rules demand (R126). They are recorded exactly once, and mailed from there.
    pub enum NotificationKind {
        /// The account is active: sign-in link (R3).
        Activation = "activation",
        /// A new lead.
        Lead = "lead",
        /// A return request was received.
        ReturnReceived = "return_received",
        /// A return was approved (R28, R44).
        ReturnApproved = "return_approved",
        /// A return was denied (R28, R45).
        ReturnDenied = "return_denied",
        /// A reviewer needs more information.
        ReturnInfoNeeded = "return_info_needed",
        /// A return waits longer than promised: to staff (R27).
        ReturnEscalated = "return_escalated",
        /// A replacement lead was delivered (R44).
        ReplacementSent = "replacement_sent",
        /// The price of a returned lead was credited, because no lead came to replace it (R44).
        ReplacementConverted = "replacement_converted",
        /// An order was placed and paid (R39).
        OrderConfirmed = "order_confirmed",
        /// Somebody tried to sign up with the e-mail of this account (R51).
        SignUpRepeated = "sign_up_repeated",
        /// A loyalty order is placed again soon.
        RenewalUpcoming = "renewal_upcoming",
        /// A loyalty order is on hold: its day passes (R63).
        RenewalHeld = "renewal_held",
        /// A renewal was not paid, so there are no more of them.
        RenewalLapsed = "renewal_lapsed",
        /// A pause was agreed on that begins later (R70).
        PauseScheduled = "pause_scheduled",
        /// No leads come for a while.
        PauseStarted = "pause_started",
        /// A pause ends soon (R126).
        PauseEnding = "pause_ending",
        /// Leads come again (R59, R71).
        PauseEnded = "pause_ended",
        /// A notice was received, and this is when the account ends (R72, R94).
        CancellationScheduled = "cancellation_scheduled",
        /// A notice came outside of its window: the agreement renews (R21).
        CancellationRefused = "cancellation_refused",
        /// The account stays after all.
        CancellationWithdrawn = "cancellation_withdrawn",
        /// An account in notice ends soon (R126).
        NoticeEnding = "notice_ending",
        /// The account has ended (R13, R72).
        AccountCancelled = "account_cancelled",
        /// A change was asked for: to staff.
        ChangeRequested = "change_requested",
        /// A change was agreed to that takes effect later (R69, R90).
        ChangeScheduled = "change_scheduled",
        /// A change was refused, with what staff say to it.
        ChangeDeclined = "change_declined",
        /// A change was carried out.
        ChangeApplied = "change_applied",
        /// A change was not carried out, because a later one took its place.
        ChangeSuperseded = "change_superseded",
        /// A change could not be carried out.
        ChangeFailed = "change_failed",
        /// A change could not be carried out: to staff.
        ChangeStuck = "change_stuck",
        /// A supplier asked something: to staff (R83).
        TicketAsked = "ticket_asked",
        /// A question was answered (R34).
        TicketAnswered = "ticket_answered",
        /// A question waits for longer than was promised: to staff (R34).
        TicketLate = "ticket_late",
        /// A person was erased: to a supplier that bought the lead.
        LeadErased = "lead_erased",
        /// A supplier has not said yet that it erased a person.
        ErasureReminder = "erasure_reminder",
        /// A supplier has let the time pass: to staff.
        ErasureLate = "erasure_late",
        /// An invoice was issued (R14).
        Invoice = "invoice",
        /// A credit note was issued.
        CreditNote = "credit_note",
        /// Credit was paid out.
        CreditRefund = "credit_refund",
        /// A payment was received.
        PaymentReceived = "payment_received",
        /// A payment failed.
        PaymentFailed = "payment_failed",
        /// A payment takes longer than expected: to staff (R8).
        PaymentLate = "payment_late",
        /// The payer's bank asks for money back: to staff.
        PaymentDisputed = "payment_disputed",
        /// A card is about to expire.
        CardExpiring = "card_expiring",
        /// The account is suspended because it owes money.
        SuspendedForDebt = "suspended_for_debt",
        /// The account is active again, because the debt is paid.
        SuspensionLifted = "suspension_lifted",
        /// Money was given back.
        Refunded = "refunded",
        /// The gateway could not give money back: to staff.
        RefundFailed = "refund_failed",
        /// More leads were sent back than the policy bears (R112).
        RateWarning = "rate_warning",
        /// A supplier goes on sending back too much: to staff (R112).
        RateCase = "rate_case",
        /// An invoice is overdue.
        Overdue = "overdue",
        /// A wallet is low.
        WalletLow = "wallet_low",
        /// A package is offered and waits for its payment (R117, R118).
        PackageOffered = "package_offered",
        /// All leads of a package are delivered (R120).
        PackageComplete = "package_complete",
        /// Nothing has arrived at a webhook endpoint for days, or it is gone: it is disabled.
        WebhookDisabled = "webhook_disabled",
        /// A lead, as ADF, to the CRM of whoever bought it.
        LeadForwarded = "lead_forwarded",
        /// Leads do not arrive where a supplier has them delivered.
        ForwardsFailing = "forwards_failing",
        /// The same, to staff.
        ForwardsStuck = "forwards_stuck",
        /// The first payment of a plan is here: sign-in link, once for each account (R85, R86).
        Invitation = "invitation",
        /// Somebody was given a place in an account or on the staff: the link to choose a password (R87).
        MemberInvited = "member_invited",
        /// Staff sent somebody another link to get in; the one before works no more (R4).
        AccessResent = "access_resent",
        /// Somebody has forgotten the password: the link to choose another one (R35).
        PasswordReset = "password_reset",
        /// A password was changed: so that its owner hears of it.
        PasswordChanged = "password_changed",
        /// Somebody of staff wants to see how a mail looks (R126).
        MailTest = "mail_test",
        /// How somebody signs in was changed: so that they hear of it.
        SecurityChanged = "security_changed",
        /// Somebody wants to sign in with this address: the link to confirm it.
        EmailChange = "email_change",
    }
}

/// A message that a rule demands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What it says.
    pub kind: NotificationKind,
    /// In whose name it goes out.
    pub programme_id: ProgrammeId,
    /// To which supplier; none when it is for staff.
    pub supplier_id: Option<SupplierId>,
    /// The addresses it goes to, as they were when the rule fired.
    pub recipients: Vec<String>,
    /// What the message needs to know.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    /// When the rule fired, in business time.
    pub due_at: Timestamp,
}
