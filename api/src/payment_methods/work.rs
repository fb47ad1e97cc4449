//! What talks to the gateway about methods, outside of transactions, and what time brings.

use super::ops;
use super::rules;
use super::store::{self, SessionRow};
use crate::app::App;
use crate::auth::Scope;
use crate::calendar::Zone;
use crate::error::{ApiError, ApiResult};
use crate::gateway::{Fault, Gateway, PageRequest};
use crate::notifications;
use serde_json::json;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::payment_methods::{MethodSession, MethodSessionStatus};
use tradepost_contract::{PaymentMethodSessionId, ProblemCode, SupplierId};

fn unavailable(fault: Fault) -> ApiError {
    ApiError::new(ProblemCode::Unavailable)
        .detail("The payment gateway does not answer right now.")
        .caused_by(fault)
}

/// What the gateway calls a supplier, made at the first need.
fn customer(app: &App, gateway: &Gateway, supplier: SupplierId) -> ApiResult<String> {
    if let Some(known) = app.db.read_blocking(|conn| store::customer(conn, supplier))? {
        return Ok(known);
    }
    let made = gateway.client.create_customer(supplier).map_err(unavailable)?;
    let reference = made.clone();
    app.db
        .write_blocking(move |tx| store::insert_customer(tx, supplier, &reference))?;
    let known = app.db.read_blocking(|conn| store::customer(conn, supplier))?;
    Ok(known.unwrap_or(made))
}

/// Opens the gateway's page for a session that has none yet. The person comes back to `return_to`, a path of the
/// web app; without it, to the checkout that it is for, or to the ways to pay.
pub(super) fn open_page(app: &App, id: PaymentMethodSessionId, return_to: Option<&str>) -> ApiResult<MethodSession> {
    let scope = Scope::system();
    let session = app.db.read_blocking(|conn| store::session(conn, &scope, id))?;
    if session.url.is_some() || session.status != MethodSessionStatus::Open {
        return Ok(session.into());
    }
    let gateway = app.required_gateway()?;
    let customer = customer(app, gateway, session.supplier_id)?;
    let public = app.settings.public_url.as_deref().unwrap_or_default();
    let way_back = match (return_to, session.checkout_id) {
        (Some(page), _) => page.to_owned(),
        (None, Some(checkout)) => format!("/checkouts/{checkout}"),
        (None, None) => "/payment-methods".to_owned(),
    };
    let request = PageRequest {
        session: id,
        customer: &customer,
        kind: session.kind,
        return_url: &format!("{public}{}", rules::way_back(&way_back, id)),
    };
    let page = gateway.client.open_page(&request).map_err(unavailable)?;
    app.db
        .write_blocking(move |tx| store::set_page(tx, id, &page.reference, &page.url))?;
    let session = app.db.read_blocking(|conn| store::session(conn, &scope, id))?;
    Ok(session.into())
}

/// Asks the gateway what became of an open session, and stores the method where there is one.
pub(super) fn ask(app: &App, session: SessionRow) -> ApiResult<MethodSession> {
    let id = session.id;
    if let (MethodSessionStatus::Open, Some(reference)) = (session.status, &session.reference) {
        let state = app.required_gateway()?.client.page(reference).map_err(unavailable)?;
        app.db
            .write_blocking(move |tx| ops::finish_session(tx, &session, &state))?;
    }
    let session = app
        .db
        .read_blocking(|conn| store::session(conn, &Scope::system(), id))?;
    Ok(session.into())
}

/// The same for the session that the gateway calls so: its event says that something became of it.
pub(crate) fn take_up(app: &App, reference: &str) -> ApiResult<()> {
    match app.db.read_blocking(|conn| store::session_called(conn, reference))? {
        Some(session) => ask(app, session).map(drop),
        None => Ok(()),
    }
}

/// A supplier is told so many days before its card ends.
const TOLD_DAYS_BEFORE: i64 = 30;

/// The job: the message is recorded once for each card.
pub(super) fn tell_of_expiry(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let mut told = 0;
    for (programme, zone) in app.db.read_blocking(store::zones)? {
        let today = Zone::parse(&zone).map_err(ApiError::internal)?.date_of(now);
        let by = today.plus_days(TOLD_DAYS_BEFORE);
        let cards = app
            .db
            .read_blocking(|conn| store::expiring(conn, programme, today, by))?;
        for card in cards {
            told += usize::from(app.db.write_blocking(move |tx| {
                let facts = json!({
                    "payment_method_id": card.id, "brand": card.brand, "last4": card.last4, "expires_on": card.expires_on,
                });
                let key = card.id.to_string();
                notifications::record(tx, NotificationKind::CardExpiring, &key, programme, Some(card.supplier_id), &facts)
            })?);
        }
    }
    Ok(told)
}
