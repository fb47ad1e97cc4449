//! What talks to the gateway about payments, outside of transactions, and what time brings.

use super::rules::Known;
use super::{charging, store};
use crate::app::App;
use crate::auth::Scope;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::gateway::{ChargeRequest, Fault, Gateway};
use crate::notifications;
use crate::payment_methods::store as methods;
use crate::suppliers::{care, store as suppliers};
use actix_web::web::Data;
use serde_json::json;
use time::Duration;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::payments::{AttemptStatus, PaymentFailure, PaymentPurpose, PaymentStatus};
use tradepost_contract::programmes::Brand;
use tradepost_contract::{PaymentAttemptId, PaymentId};

const SLICE: i64 = 20;

/// How often somebody who waits for another's question to the gateway looks whether it was answered.
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(20);

/// The job.
pub(super) fn work(app: &App) -> ApiResult<usize> {
    let mut done = retry(app)? + tell_of_late(app)?;
    if let Some(gateway) = &app.gateway {
        done += send_waiting(app)? + resolve(app, gateway)? + ask(app, gateway)?;
    }
    Ok(done)
}

fn send_waiting(app: &App) -> ApiResult<usize> {
    let waiting = app.db.read_blocking(|conn| store::to_send(conn, SLICE))?;
    let mut sent = 0;
    for attempt in waiting {
        sent += usize::from(send(app, attempt)?);
    }
    Ok(sent)
}

/// Asks the gateway to charge a try that was committed, once. Answers false where somebody else does.
pub(crate) fn send(app: &App, id: PaymentAttemptId) -> ApiResult<bool> {
    let Some(gateway) = &app.gateway else {
        return Ok(false);
    };
    if !app.db.write_blocking(move |tx| store::claim(tx, id))? {
        return Ok(false);
    }
    let (attempt, token, customer, description, descriptor) = app.db.read_blocking(|conn| {
        let attempt = store::attempt(conn, id)?.ok_or_else(ApiError::not_found)?;
        let method = methods::get(conn, &Scope::system(), attempt.payment_method_id)?;
        let customer = methods::customer(conn, method.supplier_id)?.unwrap_or_default();
        let payment = store::show(conn, &Scope::system(), attempt.payment_id)?;
        let description = match payment.purpose {
            PaymentPurpose::Invoice => format!("Invoice {}", payment.invoice_number.unwrap_or_default()),
            PaymentPurpose::Checkout => {
                let checkout = payment.checkout_id.map(|id| id.to_string());
                format!("Order {}", checkout.unwrap_or_default())
            }
            PaymentPurpose::WalletTopUp => "Payment in advance".to_owned(),
            PaymentPurpose::FirstPeriod => "Payment on account".to_owned(),
            PaymentPurpose::Plan => "First period of a plan".to_owned(),
            PaymentPurpose::Package => "Advance on a package".to_owned(),
        };
        let brand = suppliers::programme(conn, payment.programme_id)?
            .ok_or_else(ApiError::not_found)?
            .brand;
        let brand: Brand = serde_json::from_str(&brand)?;
        Ok((attempt, method, customer, description, brand.descriptor))
    })?;
    let request = ChargeRequest {
        attempt: id,
        customer: &customer,
        token: &token.token,
        kind: token.kind,
        amount: attempt.amount(),
        description: &description,
        descriptor: &descriptor,
    };
    let answer = gateway.client.charge(&request);
    app.db.write_blocking(move |tx| match &answer {
        Ok(charge) => charging::hear_charge(tx, id, charge),
        Err(Fault::Refused { code, message }) => {
            tracing::warn!(attempt = %id, code, message, "the gateway refused a charge");
            charging::hear(tx, id, failed(PaymentFailure::Refused), None)
        }
        Err(Fault::Lost(why)) => {
            tracing::warn!(attempt = %id, why, "the answer to a charge was lost");
            charging::hear(tx, id, Known::of(AttemptStatus::Unknown, None), None)
        }
    })?;
    Ok(true)
}

const fn failed(failure: PaymentFailure) -> Known {
    Known::of(AttemptStatus::Failed, Some(failure))
}

/// Asks the gateway what became of tries whose answer was lost, or that a crash left without one. What it
/// does not know after its patience never arrived there.
fn resolve(app: &App, gateway: &Gateway) -> ApiResult<usize> {
    let patience = Duration::seconds(i64::from(app.settings.gateway_patience_seconds));
    let before = app.clock.wall_now().plus(-patience);
    let lost = app.db.read_blocking(|conn| store::to_resolve(conn, before, SLICE))?;
    let mut resolved = 0;
    for id in lost {
        resolved += usize::from(ask_about(app, gateway, id, Some(PaymentFailure::NeverArrived))?);
    }
    Ok(resolved)
}

/// Asks the gateway about charges that have been pending for long, whether its events come or not (F18).
fn ask(app: &App, gateway: &Gateway) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let pending = app.db.read_blocking(|conn| store::to_ask(conn, now, SLICE))?;
    let mut asked = 0;
    for id in pending {
        app.db
            .write_blocking(move |tx| store::ask_later(tx, id, now.plus(Duration::hours(24))))?;
        ask_about(app, gateway, id, None)?;
        asked += 1;
    }
    Ok(asked)
}

/// Asks the gateway about one try; answers whether that brought news.
fn ask_about(app: &App, gateway: &Gateway, id: PaymentAttemptId, unheard: Option<PaymentFailure>) -> ApiResult<bool> {
    let customer = app.db.read_blocking(|conn| {
        let attempt = store::attempt(conn, id)?.ok_or_else(ApiError::not_found)?;
        let payment = store::find(conn, attempt.payment_id)?;
        methods::customer(conn, payment.supplier_id)
    })?;
    match gateway.client.find_charge(&customer.unwrap_or_default(), id) {
        Ok(Some(charge)) => app.db.write_blocking(move |tx| charging::hear_charge(tx, id, &charge)),
        Ok(None) => match unheard {
            Some(failure) => app
                .db
                .write_blocking(move |tx| charging::hear(tx, id, failed(failure), None)),
            None => Ok(false),
        },
        Err(fault) => {
            tracing::warn!(attempt = %id, %fault, "the gateway cannot be asked");
            Ok(false)
        }
    }
}

/// Begins the tries whose time has come.
fn retry(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let due = app.db.read_blocking(|conn| store::to_retry(conn, now, SLICE))?;
    let begun = due.len();
    for id in due {
        app.db.write_blocking(move |tx| begin_retry(tx, id))?;
    }
    Ok(begun)
}

fn begin_retry(tx: &mut Tx<'_>, id: PaymentId) -> ApiResult<()> {
    let supplier = store::find(tx, id)?.supplier_id;
    let account = suppliers::hold(tx, &Scope::system(), supplier)?;
    // Somebody may have paid by hand since it was looked up.
    if store::find(tx, id)?.status != PaymentStatus::ScheduledRetry {
        return Ok(());
    }
    let policy = care::policy(tx, &account)?;
    match methods::default_of(tx, supplier)? {
        Some(method) => charging::try_again(tx, id, &method, &policy).map(drop),
        None => charging::give_up(tx, id),
    }
}

/// Tells staff, once, of payments that take longer than the policy expects (R8).
fn tell_of_late(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let late = app.db.read_blocking(|conn| store::late(conn, now, SLICE))?;
    let told = late.len();
    for id in late {
        app.db.write_blocking(move |tx| {
            let supplier = store::find(tx, id)?.supplier_id;
            suppliers::hold(tx, &Scope::system(), supplier)?;
            let mut payment = store::find(tx, id)?;
            payment.alerted_at = Some(tx.business_now());
            store::save(tx, &payment)?;
            let facts = json!({
                "payment_id": id, "invoice_id": payment.invoice_id, "supplier_id": supplier, "status": payment.status,
                "since": payment.created_at, "amount": payment.money(payment.amount_minor),
            });
            let subject = Subject::of(id).programme(payment.programme_id).supplier(supplier);
            events::push(tx, EventKind::PaymentLate, subject, &facts)?;
            let key = format!("{id}:{}", payment.attempts);
            notifications::record(
                tx,
                NotificationKind::PaymentLate,
                &key,
                payment.programme_id,
                None,
                &facts,
            )?;
            Ok(())
        })?;
    }
    Ok(told)
}

/// Sends the latest try of a payment at once, for somebody who waits for what becomes of it.
///
/// The job may have been faster and be asking the gateway this moment. Then its answer is waited for, as long as
/// the gateway may take, so that whoever pays reads how the payment stands and not that somebody is at it.
pub(crate) async fn settle(app: &Data<App>, payment: PaymentId) -> ApiResult<()> {
    let sender = app.clone();
    let Some(attempt) = app.db.read(move |conn| store::unanswered(conn, payment)).await? else {
        return Ok(());
    };
    tokio::task::spawn_blocking(move || send(&sender, attempt))
        .await
        .map_err(ApiError::internal)??;
    let answered = async {
        while app
            .db
            .read(move |conn| store::unanswered(conn, payment))
            .await?
            .is_some()
        {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(())
    };
    let patience = std::time::Duration::from_secs(u64::from(app.settings.gateway_timeout_seconds));
    tokio::time::timeout(patience, answered).await.unwrap_or(Ok(()))
}
