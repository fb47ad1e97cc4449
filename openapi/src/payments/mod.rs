//! Payments: money that arrived outside Tradepost and was recorded, and money that the gateway collects.

mod status;

pub use status::*;

use crate::invoices::Invoice;
use crate::{
    CheckoutId, InvoiceId, LocalDate, Money, PackageId, PaymentAttemptId, PaymentId, PaymentMethodId,
    PlanSubscriptionId, ProgrammeId, SupplierId, Timestamp,
};

text_enum! {
    /// How the money came.
    pub enum PaymentMethod {
        /// A bank transfer.
        BankTransfer = "bank_transfer",
        /// A BACS payment (UK).
        Bacs = "bacs",
        /// A card.
        Card = "card",
        /// A direct debit.
        DirectDebit = "direct_debit",
        /// An ACH transfer (US).
        Ach = "ach",
        /// A cheque.
        Cheque = "cheque",
        /// A bank account at the gateway.
        BankAccount = "bank_account",
        /// PayPal.
        Paypal = "paypal",
        /// Apple Pay.
        ApplePay = "apple_pay",
        /// Android Pay.
        AndroidPay = "android_pay",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// What a payment is for.
    pub enum PaymentPurpose {
        /// An invoice.
        Invoice = "invoice",
        /// An order that is paid when it is placed (K14); its invoice is issued when the money is there.
        Checkout = "checkout",
        /// A supplier's wallet (R9).
        WalletTopUp = "wallet_top_up",
        /// The one early charge of a new supplier's first period (R12).
        FirstPeriod = "first_period",
        /// The first period of a plan (R85); its invoice is issued when the money is there.
        Plan = "plan",
        /// What a package costs in advance (R117, R118); its invoice is issued when the money is there.
        Package = "package",
    }
}

text_enum! {
    /// Through whom the money comes.
    pub enum PaymentChannel {
        /// It arrived outside Tradepost, and finance recorded it.
        Recorded = "recorded",
        /// The payment gateway collects it.
        Gateway = "gateway",
    }
}

text_enum! {
    /// What set a payment off.
    pub enum PaymentOrigin {
        /// Finance recorded it.
        Recorded = "recorded",
        /// The policy's collection day (R7, R8, R80, R115).
        Collection = "collection",
        /// A person paid (R115).
        ByHand = "by_hand",
        /// The authorisation to collect was revoked (R13).
        Revocation = "revocation",
        /// The account has ended (R13).
        Cancellation = "cancellation",
        /// A wallet's own terms: it was low, or the first of the month came (R9).
        Refill = "refill",
        /// A loyalty order is placed again (R61).
        Renewal = "renewal",
    }
}

/// Money for an invoice: on its way, here, or given back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Payment {
    /// The payment's id.
    pub id: PaymentId,
    /// What it is for.
    pub purpose: PaymentPurpose,
    /// The invoice it pays, where it pays one.
    pub invoice_id: Option<InvoiceId>,
    /// The checkout it completes, where it is for one.
    pub checkout_id: Option<CheckoutId>,
    /// The plan whose first period it pays, where it is for one.
    pub plan_subscription_id: Option<PlanSubscriptionId>,
    /// The package whose advance it pays, where it is for one.
    pub package_id: Option<PackageId>,
    /// That invoice's number.
    pub invoice_number: Option<String>,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Who pays.
    pub supplier_id: SupplierId,
    /// What that supplier is called now.
    pub supplier_name: String,
    /// Through whom it comes.
    pub channel: PaymentChannel,
    /// What set it off.
    pub origin: PaymentOrigin,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How much is asked for.
    pub amount: Money,
    /// How much arrived.
    pub captured: Money,
    /// How much of that pays the invoice; the rest is a credit balance of the supplier.
    pub applied: Money,
    /// How much of it was given back or is being given back.
    pub refunded: Money,
    /// How it comes.
    pub method: PaymentMethod,
    /// The stored method that is charged.
    pub payment_method_id: Option<PaymentMethodId>,
    /// The bank's reference where it was recorded, else our own number of the charge; unique for the invoice.
    pub reference: String,
    /// The day it was received; none while it was not.
    pub received_on: Option<LocalDate>,
    /// Who recorded it or set it off.
    pub recorded_by: String,
    /// How often the gateway was asked to charge.
    pub attempts: i64,
    /// Why the last try failed.
    pub failure: Option<PaymentFailure>,
    /// When it is tried again.
    pub next_attempt_at: Option<Timestamp>,
    /// By when the money should be here, while it is on its way: later than that staff look after it (R8).
    pub expected_by: Option<Timestamp>,
    /// Why it was made void.
    pub void_reason: Option<String>,
    /// When it was recorded or set off.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

/// One try at the gateway.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PaymentAttempt {
    /// Its id, which is also the key under which the gateway charges once.
    pub id: PaymentAttemptId,
    /// The first is 1.
    pub number: i64,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub status: AttemptStatus,
    /// The gateway's reference.
    pub reference: Option<String>,
    /// Why it failed.
    pub failure: Option<PaymentFailure>,
    /// Whether the payer's bank asks for the money back.
    pub dispute: Option<DisputeStatus>,
    /// The stored method that was charged.
    pub payment_method_id: PaymentMethodId,
    /// When it was decided on.
    pub created_at: Timestamp,
}

/// A payment with its tries.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PaymentDetail {
    /// The payment.
    #[serde(flatten)]
    pub payment: Payment,
    /// The tries at the gateway, the latest first; none where it was recorded.
    pub tries: Vec<PaymentAttempt>,
}

/// Records a payment against an invoice.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPayment {
    /// How much; without it, all that is open. More than is open is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// How it came.
    pub method: PaymentMethod,
    /// The bank's or provider's reference, 1 to 140 characters; the same one twice on an invoice is a `duplicate`.
    #[schema(example = "BACS 2026-03-09 4711")]
    pub reference: String,
    /// The day it was received: not in the future.
    pub received_on: LocalDate,
}

/// Makes a payment void that was recorded by mistake.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidPayment {
    /// Why, 1 to 500 characters.
    #[schema(example = "Booked to the wrong supplier.")]
    pub reason: String,
}

/// What came of paying an invoice by hand.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PaymentOutcome {
    /// The payment as it stands after the gateway was asked; none where the supplier's own credit balance
    /// paid all of the invoice, so that nothing had to be charged.
    pub payment: Option<Payment>,
    /// The invoice as it stands now.
    pub invoice: Invoice,
}

/// Pays an invoice now with a stored method.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayInvoice {
    /// The stored method to charge; without it, the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method_id: Option<PaymentMethodId>,
}
