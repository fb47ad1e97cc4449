//! Money that leaves a wallet for where it came from: refunds, what a bank takes back, what had never come, and what
//! is left when a wallet is closed.

use super::{Movement, book, give, must, post};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::ledger::{self, Account};
use crate::payments::store::PaymentRow;
use crate::wallets::store::{self, Cause, Purpose, Row};
use tradepost_contract::wallets::{WalletEntryKind, WalletStatus};
use tradepost_contract::{Money, RefundId, SupplierId};

/// Sets money of a wallet aside that is to be given back; false where the wallet has too little.
pub(crate) fn set_aside(tx: &mut Tx<'_>, supplier: SupplierId, refund: RefundId, amount: Money) -> ApiResult<bool> {
    let Some(wallet) = store::find(tx, supplier)?.filter(|row| row.status == WalletStatus::Open) else {
        return Ok(false);
    };
    let id = tx.new_id();
    let cause = Cause {
        refund: Some(refund),
        ..Cause::default()
    };
    let movement = Movement::of(&wallet, WalletEntryKind::Refund, amount.negated()?.minor, cause);
    let drawn = Account::drawn(wallet.legal_entity_id, supplier);
    post(tx, id, &movement, drawn, "Set aside to be given back")?;
    Ok(book(tx, id, &movement)?.is_some())
}

/// A refund came to nothing: what a wallet had set aside for it goes back.
pub(crate) fn release(tx: &mut Tx<'_>, refund: RefundId) -> ApiResult<()> {
    let Some((supplier, taken)) = store::taken_for(tx, Purpose::Refund(refund))?.filter(|(_, taken)| *taken > 0) else {
        return Ok(());
    };
    let wallet = store::find(tx, supplier)?.ok_or_else(ApiError::not_found)?;
    let cause = Cause {
        refund: Some(refund),
        ..Cause::default()
    };
    let memo = "A refund came to nothing";
    give(tx, &wallet, WalletEntryKind::RefundReleased, taken, cause, memo)
}

/// Whose account a refund that succeeded is taken from: what a wallet set aside for it, else the receivable.
pub(crate) fn refunded_from(tx: &mut Tx<'_>, refund: RefundId, payment: &PaymentRow) -> ApiResult<Option<Account>> {
    let set_aside = store::taken_for(tx, Purpose::Refund(refund))?.filter(|(_, taken)| *taken > 0);
    Ok(set_aside.map(|(supplier, _)| Account::drawn(payment.legal_entity_id, supplier)))
}

/// How much of money that is lost a wallet has and gives; the rest is owed. The journal's accounts are held from
/// here on, so that no sale takes of it meanwhile. The caller holds the supplier.
pub(crate) fn can_give(tx: &mut Tx<'_>, payment: &PaymentRow, lost: Money) -> ApiResult<Money> {
    let (entity, supplier) = (payment.legal_entity_id, payment.supplier_id);
    let accounts = [
        Account::receivable(entity, supplier),
        Account::cash(entity),
        Account::wallet(entity, supplier),
    ];
    ledger::hold(tx, &accounts, lost.currency)?;
    let wallet = store::find(tx, supplier)?.filter(|row| row.status == WalletStatus::Open);
    let part = wallet.map_or(0, |row| row.balance_minor.clamp(0, lost.minor));
    Ok(Money::new(part, lost.currency))
}

/// A top-up is taken out of the wallet again, which was posted: the payer's bank took the money back, or it had
/// never come, and then it did not fill the wallet for the first time either.
pub(crate) fn undo_top_up(tx: &mut Tx<'_>, payment: &PaymentRow, kind: WalletEntryKind, part: Money) -> ApiResult<()> {
    if kind == WalletEntryKind::Reversal {
        store::funded_without(tx, payment.supplier_id, payment.id)?;
    }
    if part.minor == 0 {
        return Ok(());
    }
    let wallet = store::find(tx, payment.supplier_id)?.ok_or_else(ApiError::not_found)?;
    let cause = Cause {
        payment: Some(payment.id),
        ..Cause::default()
    };
    let movement = Movement::of(&wallet, kind, part.negated()?.minor, cause);
    let id = tx.new_id();
    must(book(tx, id, &movement)?)
}

/// Holds the accounts that closing a wallet moves, so that what it has is certain.
pub(in crate::wallets) fn hold(tx: &mut Tx<'_>, wallet: &Row) -> ApiResult<()> {
    let (entity, supplier) = (wallet.legal_entity_id, wallet.supplier_id);
    let accounts = [
        Account::receivable(entity, supplier),
        Account::wallet(entity, supplier),
        Account::drawn(entity, supplier),
    ];
    ledger::hold(tx, &accounts, wallet.currency)
}

/// Empties a wallet that is being closed, beside what was set aside for refunds: credit of the account, or a
/// debt where staff had given credit. The caller holds its accounts.
pub(in crate::wallets) fn empty(tx: &mut Tx<'_>, wallet: &Row) -> ApiResult<()> {
    if wallet.balance_minor == 0 {
        return Ok(());
    }
    let id = tx.new_id();
    let kind = WalletEntryKind::Settlement;
    let movement = Movement::of(wallet, kind, -wallet.balance_minor, Cause::default());
    let owed = Account::receivable(wallet.legal_entity_id, wallet.supplier_id);
    post(tx, id, &movement, owed, "The wallet is closed")?;
    must(book(tx, id, &movement)?)
}
