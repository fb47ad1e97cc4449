//! The allowance for doubtful debts: what was given up on stays owed, and the books expect it no longer.
//!
//! When an invoice becomes uncollectible, what it has open is an expense (`write_off`) against the allowance,
//! and the supplier's receivable stays as it is, because a late payment is still taken. Whatever changes what
//! such an invoice has open calls [`provide`], which takes the difference back.

use super::store;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::ledger::{self, Account, Entry, EntryKind};
use tradepost_contract::invoices::InvoiceStatus;
use tradepost_contract::{InvoiceId, JournalEntryId};

/// Lets the allowance hold what an uncollectible invoice has open, and nothing for any other. The caller holds
/// the supplier.
pub(crate) fn provide(tx: &mut Tx<'_>, id: InvoiceId) -> ApiResult<()> {
    let invoice = store::lock(tx, id)?;
    let doubtful = match invoice.status {
        InvoiceStatus::Uncollectible => invoice.open()?.minor,
        _ => 0,
    };
    let change = invoice.money(doubtful - invoice.doubtful_minor);
    if change.minor == 0 {
        return Ok(());
    }
    store::set_doubtful(tx, id, doubtful)?;
    let number = invoice.number.as_deref().unwrap_or_default();
    let memo = if change.minor > 0 {
        format!("Invoice {number} was given up")
    } else {
        format!("Something came of invoice {number}, which was given up")
    };
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::WriteOff,
            // One invoice may have several.
            reference: format!("{id}/{}", tx.new_id::<JournalEntryId>()),
            posted_at: tx.business_now(),
            memo,
            legs: vec![
                (
                    Account::write_off(invoice.legal_entity_id, invoice.programme_id),
                    change,
                ),
                (Account::allowance(invoice.legal_entity_id), change.negated()?),
            ],
        },
    )?;
    Ok(())
}
