//! What an approved return gives: exactly one of a line dropped, a credit note, a lead owed.

use super::store::Request;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::invoices::ops as invoices;
use crate::replacements::{self, Owed};
use tradepost_contract::policy::{PolicySet, Remedy};
use tradepost_contract::return_requests::ReturnRemedy;

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
            };
            replacements::owe(tx, owed)?;
            Ok(ReturnRemedy::Replacement)
        }
    }
}
