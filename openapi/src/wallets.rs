//! Wallets: money that a supplier pays before leads are delivered (R9–R11).

use crate::payments::{PaymentMethod, PaymentOrigin};
use crate::{
    CreditNoteId, DeliveryId, InvoiceId, LeadId, LocalDate, Money, PaymentId, PaymentMethodId, ProgrammeId, RefundId,
    SupplierId, Timestamp, WalletEntryId,
};

text_enum! {
    /// Whether a wallet is in use.
    pub enum WalletStatus {
        /// Leads are paid out of it.
        Open = "open",
        /// It is no longer used; what was in it was given back.
        Closed = "closed",
    }
}

text_enum! {
    /// When a wallet is filled again.
    pub enum WalletRefill {
        /// When it is opened, and on the first of every month (R9).
        MonthlyOn1st = "monthly_on_1st",
        /// When the balance falls below a limit.
        LowBalance = "low_balance",
        /// When somebody tops it up.
        Manual = "manual",
    }
}

text_enum! {
    /// Where filling a wallet by itself stands.
    pub enum RefillStatus {
        /// Nothing is due.
        Idle = "idle",
        /// A charge is due and begins as soon as there is a method to charge.
        Due = "due",
        /// A charge is on its way.
        UnderWay = "under_way",
        /// The last charge failed for good: nothing more is charged by itself until a top-up succeeds, another
        /// method is stored or made the default, or the terms are changed.
        Stopped = "stopped",
    }
}

text_enum! {
    /// Whether a wallet has what the next lead costs.
    pub enum WalletFunds {
        /// It has, and is not low.
        Enough = "enough",
        /// It has, and is below the balance of which the supplier is told.
        Low = "low",
        /// It has not: what is in it pays for no lead of any order, so none comes.
        Empty = "empty",
    }
}

text_enum! {
    /// What moved the balance of a wallet.
    pub enum WalletEntryKind {
        /// Money was paid in.
        TopUp = "top_up",
        /// A lead was delivered.
        Lead = "lead",
        /// A lead came back before it was invoiced.
        LeadReturned = "lead_returned",
        /// What a credit note gave back.
        CreditNote = "credit_note",
        /// An invoice came to another sum than was taken for its leads; the rounding of taxes, for example.
        Settlement = "settlement",
        /// Money is given back.
        Refund = "refund",
        /// Money that was to be given back stays after all.
        RefundReleased = "refund_released",
        /// The payer's bank took money back.
        Dispute = "dispute",
        /// Money was recorded that had never come.
        Reversal = "reversal",
    }
}

/// A supplier's wallet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Wallet {
    /// Whose.
    pub supplier_id: SupplierId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whether it is in use.
    pub status: WalletStatus,
    /// What is in it.
    pub balance: Money,
    /// The balance never goes below this: zero, or less where staff give credit.
    pub limit: Money,
    /// What was taken for leads that are not invoiced yet, and for refunds on their way.
    pub drawn: Money,
    /// Whether it has what the next lead costs.
    pub funds: WalletFunds,
    /// The terms under which it is filled again.
    pub refill: WalletRefill,
    /// How much is charged each time.
    pub refill_amount: Option<Money>,
    /// With `low_balance`: the balance below which it is filled again.
    pub refill_below: Option<Money>,
    /// With `monthly_on_1st`: the next first of a month, in the programme's time zone.
    pub refill_on: Option<LocalDate>,
    /// Where that stands.
    pub refill_status: RefillStatus,
    /// The charge that is under way, or the last one that failed.
    pub refill_payment_id: Option<PaymentId>,
    /// The supplier is told when the balance falls below this.
    pub notice_below: Option<Money>,
    /// The smallest top-up that the policy takes.
    pub min_top_up: Money,
    /// When money was first paid in; before that, the account cannot be activated (R9, R10).
    pub funded_at: Option<Timestamp>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Rises with every change of its terms.
    pub version: i64,
}

/// The prepay form of an account (R11). What is left out is as the policy says when a wallet is opened, and stays
/// as it is when its terms are changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WalletTerms {
    /// When it is filled again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refill: Option<WalletRefill>,
    /// How much is charged each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refill_amount: Option<Money>,
    /// With `low_balance`: the balance below which it is filled again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refill_below: Option<Money>,
    /// The supplier is told when the balance falls below this; zero tells nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_below: Option<Money>,
    /// The balance never goes below this: zero, or less to give credit; not above what is in the wallet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Money>,
    /// Why, 1 to 500 characters; required to change the terms of a wallet that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Agreed by phone with the owner.")]
    pub reason: Option<String>,
}

/// Has a wallet filled by itself, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAutoRecharge {
    /// Whether it is filled when the balance falls below `below`.
    pub enabled: bool,
    /// The balance below which it is filled; required with `enabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Money>,
    /// How much is charged each time; required with `enabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// Pays money into a wallet with a stored method.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopUp {
    /// How much: exactly this is charged.
    pub amount: Money,
    /// The stored method to charge; without it, the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method_id: Option<PaymentMethodId>,
}

/// Records money that was sent for a wallet outside the gateway: a bank transfer, or a cheque.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordTopUp {
    /// How much came.
    pub amount: Money,
    /// How it came.
    pub method: PaymentMethod,
    /// The bank's or provider's reference, 1 to 140 characters; the same one twice for a wallet is a `duplicate`.
    #[schema(example = "WIRE 2026-03-09 4711")]
    pub reference: String,
    /// The day it was received: not in the future.
    pub received_on: LocalDate,
}

/// Closes a wallet and gives back what is in it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseWallet {
    /// Why, 1 to 500 characters.
    #[schema(example = "Moves to monthly invoices.")]
    pub reason: String,
}

/// One movement of a wallet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct WalletEntry {
    /// Its id.
    pub id: WalletEntryId,
    /// What moved the balance.
    pub kind: WalletEntryKind,
    /// Above zero into the wallet, below zero out of it.
    pub amount: Money,
    /// The balance after it.
    pub balance: Money,
    /// The delivery that was paid, or that came back.
    pub delivery_id: Option<DeliveryId>,
    /// Its lead.
    pub lead_id: Option<LeadId>,
    /// What that lead's person is called; nothing once the person is erased, or where the reader may not know.
    pub lead_name: Option<String>,
    /// The payment that brought the money, or took it back.
    pub payment_id: Option<PaymentId>,
    /// How that money came.
    pub payment_method: Option<PaymentMethod>,
    /// What set that payment off.
    pub payment_origin: Option<PaymentOrigin>,
    /// The invoice that was settled, or that the credit note corrects.
    pub invoice_id: Option<InvoiceId>,
    /// That invoice's number.
    pub invoice_number: Option<String>,
    /// The credit note that gave it back.
    pub credit_note_id: Option<CreditNoteId>,
    /// That credit note's number.
    pub credit_note_number: Option<String>,
    /// The refund.
    pub refund_id: Option<RefundId>,
    /// When, in business time.
    pub created_at: Timestamp,
}
