//! The job that fills wallets: notes that the first of the month has come, and begins the charges that are due.

use super::rules::{begins, method_terms};
use super::store;
use crate::app::App;
use crate::auth::{Actor, Scope};
use crate::calendar::{self, Zone};
use crate::collection;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::payment_methods::store as methods;
use crate::payments::charging::{self, Asked};
use crate::programmes;
use crate::suppliers::care;
use crate::suppliers::store as suppliers;
use time::Duration;
use tradepost_contract::payments::{PaymentOrigin, PaymentPurpose};
use tradepost_contract::wallets::WalletStatus;
use tradepost_contract::{LocalDate, SupplierId};

const SLICE: i64 = 20;

/// The job.
pub(super) fn refill(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let mut done = 0;
    for (programme, zone) in app.db.read_blocking(programmes::zones)? {
        let today = Zone::parse(&zone).map_err(ApiError::internal)?.date_of(now);
        let begun = app
            .db
            .read_blocking(|conn| store::months_begun(conn, programme, today, SLICE))?;
        for supplier in begun {
            let next = next_first(today);
            app.db.write_blocking(move |tx| {
                suppliers::hold(tx, &Scope::system(), supplier)?;
                store::month_began(tx, supplier, next)
            })?;
            done += 1;
        }
    }
    for supplier in app.db.read_blocking(|conn| store::to_refill(conn, now, SLICE))? {
        // One account in trouble does not hold up the others.
        match app.db.write_blocking(move |tx| charge(tx, supplier)) {
            Ok(()) => done += 1,
            Err(error) => tracing::error!(%supplier, %error, "a wallet cannot be filled"),
        }
    }
    Ok(done)
}

/// The next first of a month.
pub(super) fn next_first(today: LocalDate) -> LocalDate {
    calendar::plus_months(calendar::month_start(today), 1)
}

/// Begins the charge that is due. What cannot be charged now, because the policy does not take what is stored or the
/// authorisation was taken back, stays due and is looked at again a day later; or at once, when another method comes.
fn charge(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<()> {
    let account = suppliers::hold(tx, &Scope::system(), supplier)?;
    let now = tx.business_now();
    let Some(wallet) = store::find(tx, supplier)?.filter(|row| {
        row.status == WalletStatus::Open && begins(row.refill_due_at, row.refill_payment_id.is_some(), now)
    }) else {
        return Ok(());
    };
    let policy = care::policy(tx, &account)?;
    let method = methods::default_of(tx, supplier)?.filter(|row| method_terms(&policy, row.kind).is_some());
    let may_charge = !account.status.is_over() && !collection::is_revoked(tx, supplier)?;
    let (Some(method), Some(minor), true) = (method, wallet.refill_minor, may_charge) else {
        return store::followed(tx, supplier, Some(now.plus(Duration::days(1))), None);
    };
    let asked = Asked {
        programme: wallet.programme_id,
        legal_entity: wallet.legal_entity_id,
        supplier,
        purpose: PaymentPurpose::WalletTopUp,
        invoice: None,
        checkout: None,
        plan: None,
        package: None,
        amount: wallet.money(minor),
    };
    let actor = Actor::system("wallet");
    let payment = charging::begin_for(tx, &asked, &method, PaymentOrigin::Refill, &policy, &actor)?;
    store::followed(tx, supplier, wallet.refill_due_at, Some(payment))
}
