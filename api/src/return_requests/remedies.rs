//! What an approved return gives: exactly one of a line dropped, a credit note, a lead owed.

use super::rules;
use super::store::{Loaded, Request};
use crate::auth::Scope;
use crate::billing_runs;
use crate::credit_notes;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::invoices::ops as invoices;
use crate::invoices::store as invoice_rows;
use crate::replacements::{self, Owed};
use tradepost_contract::Money;
use tradepost_contract::policy::{PolicySet, Remedy};
use tradepost_contract::return_requests::{ExpectedRemedy, ReturnAction, ReturnRemedy};

/// Gives it, in the approval's transaction. The guards are on the delivery's row, so a billing run
/// that gets there first turns a dropped line into a credit note, and never into both (R30, R84).
pub(super) fn give(tx: &mut Tx<'_>, policy: &PolicySet, request: &Request) -> ApiResult<ReturnRemedy> {
    match policy.returns.remedy {
        Remedy::Credit | Remedy::LineDropped => match invoices::remedy_credit(tx, request.delivery_id, request.id)? {
            invoices::Remedy::LineDropped => Ok(ReturnRemedy::LineDropped),
            invoices::Remedy::CreditNote(_) => Ok(ReturnRemedy::CreditNote),
        },
        Remedy::Replacement => {
            // The original stays charged, because the lead that replaces it is free.
            invoices::release_line(tx, request.delivery_id)?;
            let owed = Owed {
                return_request_id: request.id,
                delivery_id: request.delivery_id,
                credit_due_at: replacements::credit_due(&policy.replacement, tx.business_now()),
            };
            replacements::owe(tx, owed)?;
            Ok(ReturnRemedy::Replacement)
        }
    }
}

/// What [`give`] would give now; none where nothing is to be decided or given any more.
pub(super) fn expected(conn: &mut Conn, policy: &PolicySet, loaded: &Loaded) -> ApiResult<Option<ExpectedRemedy>> {
    if loaded.request.status.after(ReturnAction::Approve).is_err() {
        return Ok(None);
    }
    // A draft is no invoice yet: nobody is shown it, so it is not found here.
    let invoice = match loaded.charge.invoice_id {
        Some(id) => invoice_rows::find_final(conn, &Scope::system(), id)?,
        None => None,
    };
    let Some(remedy) = rules::remedy(policy.returns.remedy, loaded.charge.state, invoice.is_some()) else {
        return Ok(None);
    };
    let price = loaded.charge.price();
    let (net, tax) = match (remedy, &invoice) {
        (ReturnRemedy::CreditNote, Some(invoice)) => {
            match credit_notes::ops::expected_for_return(conn, invoice, loaded.request.delivery_id)? {
                Some(credit) => (credit.net, credit.tax),
                None => return Ok(None),
            }
        }
        (ReturnRemedy::LineDropped | ReturnRemedy::CreditNote, _) => {
            let request = &loaded.request;
            let line =
                billing_runs::expected_line(conn, request.programme_id, request.supplier_id, &policy.tax, price)?;
            (line.net, line.tax)
        }
        (ReturnRemedy::Replacement, _) => (Money::zero(price.currency), Money::zero(price.currency)),
    };
    let invoice_number = match remedy {
        ReturnRemedy::CreditNote => invoice.and_then(|invoice| invoice.number),
        ReturnRemedy::LineDropped | ReturnRemedy::Replacement => None,
    };
    Ok(Some(ExpectedRemedy {
        remedy,
        net,
        tax,
        total: net.plus(tax)?,
        invoice_number,
    }))
}
