//! What moves the balance of a wallet: the journal first, then the wallet's own row, then its entry.

mod given_back;

pub(crate) use given_back::{can_give, refunded_from, release, set_aside, undo_top_up};
pub(super) use given_back::{empty, hold};

use super::rules::{after_top_up, crossed};
use super::store::{self, Cause, Moved, Purpose, Row};
use crate::auth::Scope;
use crate::billing_runs;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::store as invoices;
use crate::ledger::{self, Account, Entry, EntryKind};
use crate::market;
use crate::notifications;
use crate::payments::money as payments;
use crate::payments::store::{self as payment_rows, PaymentRow};
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::payments::PaymentPurpose;
use tradepost_contract::policy::TaxPolicy;
use tradepost_contract::wallets::{WalletEntryKind, WalletStatus};
use tradepost_contract::{
    CreditNoteId, Currency, DeliveryId, InvoiceId, LegalEntityId, Money, ProgrammeId, SupplierId, WalletEntryId,
};

/// A movement that is about to be made.
#[derive(Debug, Clone, Copy)]
struct Movement {
    programme: ProgrammeId,
    entity: LegalEntityId,
    supplier: SupplierId,
    currency: Currency,
    kind: WalletEntryKind,
    /// Above zero into the wallet.
    minor: i64,
    cause: Cause,
}

impl Movement {
    fn of(wallet: &Row, kind: WalletEntryKind, minor: i64, cause: Cause) -> Self {
        Self {
            programme: wallet.programme_id,
            entity: wallet.legal_entity_id,
            supplier: wallet.supplier_id,
            currency: wallet.currency,
            kind,
            minor,
            cause,
        }
    }
}

/// Posts what a movement does to the wallet's account and its counterpart.
fn post(tx: &mut Tx<'_>, id: WalletEntryId, movement: &Movement, other: Account, memo: &str) -> ApiResult<()> {
    let amount = Money::new(movement.minor, movement.currency);
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::Wallet,
            reference: id.to_string(),
            posted_at: tx.business_now(),
            memo: memo.to_owned(),
            legs: vec![
                (other, amount),
                (Account::wallet(movement.entity, movement.supplier), amount.negated()?),
            ],
        },
    )?;
    Ok(())
}

/// Moves the balance and writes it down; none where the wallet has too little, or is closed. What was posted
/// for it has to be undone then.
fn book(tx: &mut Tx<'_>, id: WalletEntryId, movement: &Movement) -> ApiResult<Option<Moved>> {
    let Some(moved) = store::move_balance(tx, movement.supplier, movement.minor)? else {
        return Ok(None);
    };
    let after = moved.balance_minor;
    store::insert_entry(
        tx,
        id,
        movement.supplier,
        movement.kind,
        (movement.minor, after),
        movement.cause,
    )?;
    let before = after - movement.minor;
    if crossed(before, after, moved.notice_below_minor) {
        let facts = json!({
            "supplier_id": movement.supplier, "balance": Money::new(after, movement.currency),
            "notice_below": moved.notice_below_minor.map(|minor| Money::new(minor, movement.currency)),
        });
        let subject = Subject::of(movement.supplier)
            .programme(movement.programme)
            .supplier(movement.supplier);
        events::push(tx, EventKind::WalletLow, subject, &facts)?;
        let supplier = Some(movement.supplier);
        notifications::record(
            tx,
            NotificationKind::WalletLow,
            &id.to_string(),
            movement.programme,
            supplier,
            &facts,
        )?;
    }
    if movement.minor > 0 {
        // Orders that were refused for want of money are believed to be empty for a while; not after this.
        if before < 2 * store::dearest_order(tx, movement.supplier)? {
            market::changed(tx)?;
        }
    }
    if movement.kind != WalletEntryKind::Lead {
        let facts = json!({
            "wallet_entry_id": id, "kind": movement.kind, "amount": Money::new(movement.minor, movement.currency),
            "balance": Money::new(after, movement.currency),
        });
        let subject = Subject::of(movement.supplier)
            .programme(movement.programme)
            .supplier(movement.supplier);
        events::push(tx, EventKind::WalletMoved, subject, &facts)?;
    }
    Ok(Some(moved))
}

fn must(moved: Option<Moved>) -> ApiResult<()> {
    moved
        .map(drop)
        .ok_or_else(|| ApiError::conflict("The wallet has just been closed, or has too little in it."))
}

/// Pays for a lead with what is in its supplier's wallet: price and tax, at once. False where there is too
/// little, and the caller undoes what was done until then.
pub(crate) fn draw(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    supplier: SupplierId,
    tax: &TaxPolicy,
    delivery: DeliveryId,
    price: Money,
) -> ApiResult<bool> {
    let (entity, due) = billing_runs::gross(tx, programme, supplier, tax, price)?;
    if due.minor == 0 {
        return Ok(true);
    }
    let id = tx.new_id();
    let movement = Movement {
        programme,
        entity,
        supplier,
        currency: due.currency,
        kind: WalletEntryKind::Lead,
        minor: due.negated()?.minor,
        cause: Cause {
            delivery: Some(delivery),
            ..Cause::default()
        },
    };
    post(tx, id, &movement, Account::drawn(entity, supplier), "A lead")?;
    Ok(book(tx, id, &movement)?.is_some())
}

/// Pays again for a lead whose rejection was taken back; nothing where no wallet had paid for it.
pub(crate) fn draw_again(tx: &mut Tx<'_>, tax: &TaxPolicy, delivery: DeliveryId, price: Money) -> ApiResult<()> {
    let Some((supplier, 0)) = store::taken_for(tx, Purpose::Lead(delivery))? else {
        return Ok(());
    };
    let Some(wallet) = store::find(tx, supplier)?.filter(|row| row.status == WalletStatus::Open) else {
        return Ok(());
    };
    if draw(tx, wallet.programme_id, supplier, tax, delivery, price)? {
        return Ok(());
    }
    Err(ApiError::conflict(
        "The wallet has too little in it to pay for the lead again.",
    ))
}

/// A lead comes back before it was invoiced: what was taken for it goes back to where it came from.
pub(crate) fn lead_returned(tx: &mut Tx<'_>, delivery: DeliveryId) -> ApiResult<()> {
    let Some((supplier, taken)) = store::taken_for(tx, Purpose::Lead(delivery))?.filter(|(_, taken)| *taken > 0) else {
        return Ok(());
    };
    let wallet = store::find(tx, supplier)?.ok_or_else(ApiError::not_found)?;
    let cause = Cause {
        delivery: Some(delivery),
        ..Cause::default()
    };
    give(
        tx,
        &wallet,
        WalletEntryKind::LeadReturned,
        taken,
        cause,
        "A lead came back",
    )
}

/// Puts what was drawn back into a wallet; a closed one's owner has it as credit of the account.
fn give(tx: &mut Tx<'_>, wallet: &Row, kind: WalletEntryKind, minor: i64, cause: Cause, memo: &str) -> ApiResult<()> {
    let id: WalletEntryId = tx.new_id();
    let (entity, supplier) = (wallet.legal_entity_id, wallet.supplier_id);
    if wallet.status == WalletStatus::Closed {
        // In and out again, so that the movements of what it was drawn for add up to nothing.
        store::insert_entry(tx, id, supplier, kind, (minor, minor), cause)?;
        let out = WalletEntryKind::Settlement;
        let next = tx.new_id();
        store::insert_entry(tx, next, supplier, out, (-minor, 0), Cause::default())?;
        return to_credit(tx, &id.to_string(), entity, supplier, wallet.money(minor), memo);
    }
    let movement = Movement::of(wallet, kind, minor, cause);
    post(tx, id, &movement, Account::drawn(entity, supplier), memo)?;
    must(book(tx, id, &movement)?)
}

/// What was drawn becomes credit of the account.
fn to_credit(
    tx: &mut Tx<'_>,
    reference: &str,
    entity: LegalEntityId,
    supplier: SupplierId,
    amount: Money,
    memo: &str,
) -> ApiResult<()> {
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::Wallet,
            reference: reference.to_owned(),
            posted_at: tx.business_now(),
            memo: memo.to_owned(),
            legs: vec![
                (Account::drawn(entity, supplier), amount),
                (Account::receivable(entity, supplier), amount.negated()?),
            ],
        },
    )?;
    Ok(())
}

/// Takes what a credit note has left over into the wallet; false where the account has none in use, and the
/// credit is the account's.
pub(crate) fn take_credit(tx: &mut Tx<'_>, note: CreditNoteId, supplier: SupplierId, left: Money) -> ApiResult<bool> {
    let Some(wallet) = store::find(tx, supplier)?.filter(|row| row.status == WalletStatus::Open) else {
        return Ok(false);
    };
    let id = tx.new_id();
    let cause = Cause {
        credit_note: Some(note),
        ..Cause::default()
    };
    let movement = Movement::of(&wallet, WalletEntryKind::CreditNote, left.minor, cause);
    let owed = Account::receivable(wallet.legal_entity_id, supplier);
    post(tx, id, &movement, owed, "What a credit note gave back")?;
    must(book(tx, id, &movement)?)?;
    Ok(true)
}

/// Lets what was drawn for the leads of an invoice pay it, which was just issued. What is too much goes back;
/// what is missing stays open. Answers how much pays.
pub(crate) fn settle(tx: &mut Tx<'_>, supplier: SupplierId, invoice_id: InvoiceId) -> ApiResult<Option<Money>> {
    let Some(wallet) = store::find(tx, supplier)? else {
        return Ok(None);
    };
    let drawn = store::drawn_for_invoice(tx, invoice_id)?;
    if drawn == 0 {
        return Ok(None);
    }
    let invoice = invoices::get(tx, &Scope::system(), invoice_id)?;
    let pays = wallet.money(drawn.min(invoice.open()?.minor));
    let (entity, number) = (wallet.legal_entity_id, invoice.number.unwrap_or_default());
    if pays.minor > 0 {
        let memo = format!("Invoice {number} out of the wallet");
        to_credit(tx, &invoice_id.to_string(), entity, supplier, pays, &memo)?;
        payments::pay(tx, invoice_id, None, pays)?;
    }
    let rest = drawn - pays.minor;
    if rest > 0 {
        let cause = Cause {
            invoice: Some(invoice_id),
            ..Cause::default()
        };
        let memo = format!("Left over by invoice {number}");
        give(tx, &wallet, WalletEntryKind::Settlement, rest, cause, &memo)?;
    }
    Ok(Some(pays))
}

/// Where the money of a payment goes: into the wallet that it is for, else against what the supplier owes. The
/// caller holds the supplier.
pub(crate) fn account_for(tx: &mut Tx<'_>, payment: &PaymentRow) -> ApiResult<Account> {
    let (entity, supplier) = (payment.legal_entity_id, payment.supplier_id);
    let into_wallet = payment.purpose == PaymentPurpose::WalletTopUp && store::is_open(tx, supplier)?;
    Ok(if into_wallet {
        Account::wallet(entity, supplier)
    } else {
        Account::receivable(entity, supplier)
    })
}

/// Money came that was posted to the wallet's account. The caller holds the supplier.
pub(crate) fn topped_up(tx: &mut Tx<'_>, payment: &PaymentRow, amount: Money) -> ApiResult<()> {
    let supplier = payment.supplier_id;
    let wallet = store::find(tx, supplier)?.ok_or_else(ApiError::not_found)?;
    let cause = Cause {
        payment: Some(payment.id),
        ..Cause::default()
    };
    let movement = Movement::of(&wallet, WalletEntryKind::TopUp, amount.minor, cause);
    let id = tx.new_id();
    must(book(tx, id, &movement)?)?;
    store::funded(tx, supplier)?;
    let wallet = store::find(tx, supplier)?.ok_or_else(ApiError::not_found)?;
    let followed = match wallet.refill_payment_id {
        Some(id) => Some((id, id != payment.id && payment_rows::find(tx, id)?.status.is_live())),
        None => None,
    };
    let (due, charge) = after_top_up(
        wallet.terms(),
        wallet.balance_minor,
        payment.id,
        followed,
        wallet.refill_due_at,
        tx.business_now(),
    );
    store::followed(tx, supplier, due, charge)
}
