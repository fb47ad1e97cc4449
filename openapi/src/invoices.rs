//! Invoices: what a supplier owes for a period, and the lines that say why.

use crate::policy::{TaxPrices, TaxRounding, TaxTreatment};
use crate::transition::InvalidTransition;
use crate::{
    BillingRunId, BusinessId, CheckoutId, DeliveryId, InvoiceId, InvoiceLineId, LeadId, LocalDate, Money, PackageId,
    PlanSubscriptionId, ProgrammeId, SupplierId, Timestamp,
};
use rust_decimal::Decimal;

text_enum! {
    /// Where an invoice stands.
    pub enum InvoiceStatus {
        /// Its lines are still being gathered; it has no number yet and nobody is shown it.
        Draft = "draft",
        /// Final and wholly unpaid.
        Open = "open",
        /// Final; something was paid, something is still open.
        PartlyPaid = "partly_paid",
        /// Nothing is open any more, by payments or credits.
        Paid = "paid",
        /// Its due date has passed and something is still open.
        Overdue = "overdue",
        /// Given up on; a late payment is still taken.
        Uncollectible = "uncollectible",
        /// Withdrawn before anything was paid.
        Void = "void",
    }
}

text_enum! {
    /// What can happen to an invoice.
    pub enum InvoiceAction {
        /// The lines are complete: it gets its number and never changes again.
        Finalise = "finalise",
        /// A part of what is open was paid.
        PayPart = "pay_part",
        /// The last of what is open was paid or credited.
        Settle = "settle",
        /// The due date has passed.
        FallDue = "fall_due",
        /// Finance gives it up.
        WriteOff = "write_off",
        /// Finance withdraws it.
        Void = "void",
        /// A part of what paid it was taken back: a refund, a lost dispute, a record made by mistake.
        ReopenPart = "reopen_part",
        /// All of what paid it was taken back.
        Reopen = "reopen",
    }
}

impl InvoiceStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: InvoiceAction) -> Result<Self, InvalidTransition> {
        use InvoiceAction as A;
        match (self, action) {
            (Self::Draft, A::Finalise) => Ok(Self::Open),
            (Self::Open | Self::PartlyPaid, A::PayPart) => Ok(Self::PartlyPaid),
            // What is late stays late until it is settled, however much of it was paid.
            (Self::Overdue, A::PayPart) => Ok(Self::Overdue),
            (Self::Uncollectible, A::PayPart) => Ok(Self::Uncollectible),
            (Self::Open | Self::PartlyPaid | Self::Overdue | Self::Uncollectible, A::Settle) => Ok(Self::Paid),
            (Self::Open | Self::PartlyPaid, A::FallDue) => Ok(Self::Overdue),
            (Self::Overdue, A::WriteOff) => Ok(Self::Uncollectible),
            (Self::Open, A::Void) => Ok(Self::Void),
            // A due date that has passed makes it overdue again in its own time.
            (Self::Paid | Self::PartlyPaid, A::ReopenPart) => Ok(Self::PartlyPaid),
            (Self::Paid | Self::PartlyPaid, A::Reopen) => Ok(Self::Open),
            (Self::Overdue, A::ReopenPart | A::Reopen) => Ok(Self::Overdue),
            (Self::Uncollectible, A::ReopenPart | A::Reopen) => Ok(Self::Uncollectible),
            (Self::Draft, A::PayPart | A::Settle | A::FallDue | A::WriteOff | A::Void | A::ReopenPart | A::Reopen)
            | (Self::Open, A::Finalise | A::WriteOff | A::ReopenPart | A::Reopen)
            | (Self::PartlyPaid, A::Finalise | A::WriteOff | A::Void)
            | (Self::Overdue, A::Finalise | A::FallDue | A::Void)
            | (Self::Uncollectible, A::Finalise | A::FallDue | A::WriteOff | A::Void)
            | (Self::Paid, A::Finalise | A::PayPart | A::Settle | A::FallDue | A::WriteOff | A::Void)
            | (
                Self::Void,
                A::Finalise | A::PayPart | A::Settle | A::FallDue | A::WriteOff | A::Void | A::ReopenPart | A::Reopen,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }

    /// Whether the supplier is asked for money while the invoice stands like this.
    pub const fn takes_payments(self) -> bool {
        self.after(InvoiceAction::Settle).is_ok()
    }
}

text_enum! {
    /// How a list of invoices is sorted; a minus turns it round. Amounts are compared whatever their currency.
    pub enum InvoiceSort {
        /// Newest first.
        Newest = "newest",
        /// Oldest first.
        Oldest = "oldest",
        /// What is due soonest first.
        Due = "due",
        /// What is due latest first.
        DueFalling = "-due",
        /// The smallest total first.
        Total = "total",
        /// The largest total first.
        TotalFalling = "-total",
        /// What has least left to pay first.
        Open = "open",
        /// What has most left to pay first.
        OpenFalling = "-open",
    }
}

text_enum! {
    /// What a line of an invoice charges for.
    pub enum InvoiceLineKind {
        /// One lead, delivered.
        Lead = "lead",
        /// A package or its advance.
        Package = "package",
        /// An order of leads, when it is placed (K12).
        Order = "order",
        /// A period of a plan in advance, or what was used above its minimum (R95, R96).
        Plan = "plan",
    }
}

/// One side of an invoice, as it stood when the invoice was issued.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct InvoiceParty {
    /// The legal name.
    pub name: String,
    /// The brand or trading name, where it differs (R40).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trading_as: Option<String>,
    /// The postal address, as one text.
    pub address: String,
    /// ISO 3166 country code.
    pub country: String,
    /// The tax registration, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<String>,
    /// The merchant's name on card statements; only the seller has one (R40).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_descriptor: Option<String>,
    /// How to pay by bank transfer, as the seller says it; only the seller does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_instructions: Option<String>,
}

/// One tax of an invoice: the lines that share it, and what they come to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct InvoiceTax {
    /// What the tax is called.
    #[schema(example = "VAT")]
    pub label: String,
    /// The rate, as a decimal fraction: `0.20` is 20 %.
    #[schema(value_type = String, example = "0.20")]
    pub rate: Decimal,
    /// Why it is this rate.
    pub treatment: TaxTreatment,
    /// The sentence that belongs to it, such as that of the reverse charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether the prices had the tax in them.
    pub prices: TaxPrices,
    /// Where fractions were rounded; always half to even.
    pub rounding: TaxRounding,
    /// How many lines have it.
    pub lines: i64,
    /// Their sum before tax.
    pub net: Money,
    /// Their tax.
    pub tax: Money,
}

/// What a supplier owes for one billing period. Final invoices never change; corrections are credit notes.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Invoice {
    /// The invoice's id.
    pub id: InvoiceId,
    /// Its number: gapless within the legal entity that issues it.
    #[schema(example = "TPUS-000042")]
    pub number: String,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// The run that made it; none where it came of a checkout, a plan or a package.
    pub billing_run_id: Option<BillingRunId>,
    /// The checkout it came of (K12).
    pub checkout_id: Option<CheckoutId>,
    /// The plan that it charges (R95).
    pub plan_subscription_id: Option<PlanSubscriptionId>,
    /// The package whose advance it charges (R117, R118).
    pub package_id: Option<PackageId>,
    /// The programme whose leads it charges.
    pub programme_id: ProgrammeId,
    /// What that is called now; `seller` has the name of then.
    pub programme_name: String,
    /// Who owes it.
    pub supplier_id: SupplierId,
    /// What that supplier is called now; `buyer` has the name of then.
    pub supplier_name: String,
    /// The first day of the period, in the programme's time zone.
    pub starts_on: LocalDate,
    /// The day after the period's last.
    pub ends_before: LocalDate,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The last day to pay on, in the programme's time zone (R79).
    pub due_on: LocalDate,
    /// The day on which card or direct debit are charged for it, where they are (R7, R80); none where it is paid by
    /// hand, or was paid before.
    pub collect_on: Option<LocalDate>,
    /// How many lines it has.
    pub line_count: i64,
    /// The sum of the lines before tax.
    pub net: Money,
    /// The sum of the lines' tax.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    /// What was paid so far.
    pub paid: Money,
    /// What credit notes took off this invoice.
    pub credited: Money,
    /// What earlier credits paid of it when it was issued.
    pub credit_applied: Money,
    /// What is still to be paid: total − paid − credited − credit applied.
    pub open: Money,
    /// The taxes on its lines, each once.
    pub taxes: Vec<InvoiceTax>,
    /// Who issues it, as of then.
    pub seller: InvoiceParty,
    /// Who owes it, as of then.
    pub buyer: InvoiceParty,
    /// Its version, also in `ETag`.
    pub version: i64,
    /// When the row was made.
    pub created_at: Timestamp,
}

/// One line of an invoice: one lead.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct InvoiceLine {
    /// The line's id.
    pub id: InvoiceLineId,
    /// The invoice it stands on.
    pub invoice_id: InvoiceId,
    /// Its place, counted from 1.
    pub position: i64,
    /// What it charges for.
    pub kind: InvoiceLineKind,
    /// What it charges for, in words.
    pub description: String,
    /// The delivery it charges for.
    pub delivery_id: Option<DeliveryId>,
    /// The lead that was delivered.
    pub lead_id: Option<LeadId>,
    /// Who enquired: the person's name, or what else is known of them; null once erased, and for a key that may
    /// not read deliveries.
    pub lead_name: Option<String>,
    /// The business that the lead went to.
    pub business_id: Option<BusinessId>,
    /// That business's name.
    pub business_name: Option<String>,
    /// When the lead was delivered.
    pub delivered_at: Option<Timestamp>,
    /// The price before tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
    /// Which of the invoice's `taxes` that is, counted from 0: two of them may have the same rate.
    pub tax_position: i64,
    /// The rate of that tax, as a decimal fraction.
    #[schema(value_type = String, example = "0.20")]
    pub tax_rate: Decimal,
    /// How much of the net price was credited since.
    pub credited: Money,
}

/// Gives an invoice up.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteInvoiceOff {
    /// Why, 1 to 500 characters.
    #[schema(example = "The company was dissolved.")]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use InvoiceAction as A;
        use InvoiceStatus as S;
        let allowed = [
            (S::Draft, A::Finalise, S::Open),
            (S::Open, A::PayPart, S::PartlyPaid),
            (S::Open, A::Settle, S::Paid),
            (S::Open, A::FallDue, S::Overdue),
            (S::Open, A::Void, S::Void),
            (S::PartlyPaid, A::PayPart, S::PartlyPaid),
            (S::PartlyPaid, A::Settle, S::Paid),
            (S::PartlyPaid, A::FallDue, S::Overdue),
            (S::Overdue, A::PayPart, S::Overdue),
            (S::Overdue, A::Settle, S::Paid),
            (S::Overdue, A::WriteOff, S::Uncollectible),
            (S::Uncollectible, A::PayPart, S::Uncollectible),
            (S::Uncollectible, A::Settle, S::Paid),
            (S::Paid, A::ReopenPart, S::PartlyPaid),
            (S::Paid, A::Reopen, S::Open),
            (S::PartlyPaid, A::ReopenPart, S::PartlyPaid),
            (S::PartlyPaid, A::Reopen, S::Open),
            (S::Overdue, A::ReopenPart, S::Overdue),
            (S::Overdue, A::Reopen, S::Overdue),
            (S::Uncollectible, A::ReopenPart, S::Uncollectible),
            (S::Uncollectible, A::Reopen, S::Uncollectible),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed
                    .iter()
                    .find(|(f, a, _)| f == from && a == action)
                    .map(|(_, _, to)| *to);
                assert_eq!(from.after(*action).ok(), expected, "{from} {action}");
            }
        }
    }

    #[test]
    fn only_final_unsettled_invoices_take_payments() {
        let taking: Vec<_> = InvoiceStatus::ALL
            .iter()
            .filter(|status| status.takes_payments())
            .map(|status| status.as_str())
            .collect();
        assert_eq!(taking, ["open", "partly_paid", "overdue", "uncollectible"]);
    }
}
