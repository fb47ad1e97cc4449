//! What talks to the gateway about refunds, outside of transactions.

use super::{ops, store};
use crate::app::App;
use crate::auth::Scope;
use crate::error::ApiResult;
use crate::gateway::{Fault, Gateway, RefundRequest, RefundState};
use crate::payments::store as payments;
use time::Duration;
use tradepost_contract::RefundId;
use tradepost_contract::payments::AttemptStatus;
use tradepost_contract::refunds::RefundStatus;

const SLICE: i64 = 20;

/// The job.
pub(super) fn work(app: &App) -> ApiResult<usize> {
    let Some(gateway) = &app.gateway else {
        return Ok(0);
    };
    let mut done = 0;
    for id in app.db.read_blocking(|conn| store::to_send(conn, SLICE))? {
        done += usize::from(send(app, gateway, id)?);
    }
    let patience = Duration::seconds(i64::from(app.settings.gateway_patience_seconds));
    let before = app.clock.wall_now().plus(-patience);
    for id in app.db.read_blocking(|conn| store::to_resolve(conn, before, SLICE))? {
        done += usize::from(resolve(app, gateway, id)?);
    }
    Ok(done)
}

fn state(status: RefundStatus, failure: Option<String>) -> RefundState {
    RefundState {
        reference: String::new(),
        refund: None,
        amount_minor: 0,
        status,
        failure,
    }
}

/// The gateway's reference of the charge whose money is given back, and the amount.
fn charge_of(app: &App, id: RefundId) -> ApiResult<(Option<String>, tradepost_contract::Money)> {
    app.db.read_blocking(|conn| {
        let refund = store::get(conn, &Scope::system(), id)?;
        let attempts = payments::attempts_of(conn, refund.payment_id)?;
        let taken = attempts
            .into_iter()
            .find(|attempt| attempt.status == AttemptStatus::Succeeded);
        Ok((taken.and_then(|attempt| attempt.reference), refund.amount()))
    })
}

fn send(app: &App, gateway: &Gateway, id: RefundId) -> ApiResult<bool> {
    if !app.db.write_blocking(move |tx| store::claim(tx, id))? {
        return Ok(false);
    }
    let (charge, amount) = charge_of(app, id)?;
    let request = RefundRequest {
        refund: id,
        charge: charge.as_deref().unwrap_or_default(),
        amount,
    };
    let heard = match gateway.client.refund(&request) {
        Ok(heard) => heard,
        Err(Fault::Refused { code, message }) => state(RefundStatus::Failed, Some(format!("{message} ({code})"))),
        Err(Fault::Lost(why)) => {
            tracing::warn!(refund = %id, why, "the answer to a refund was lost");
            state(RefundStatus::Unknown, None)
        }
    };
    app.db.write_blocking(move |tx| ops::hear(tx, id, &heard))?;
    Ok(true)
}

/// Asks what became of a refund whose answer was lost. What the gateway does not know after its patience
/// never arrived there, and finance may ask for it anew.
fn resolve(app: &App, gateway: &Gateway, id: RefundId) -> ApiResult<bool> {
    let (charge, _) = charge_of(app, id)?;
    let heard = match gateway.client.find_refund(charge.as_deref().unwrap_or_default(), id) {
        Ok(Some(heard)) => heard,
        Ok(None) => state(RefundStatus::Failed, Some("The gateway never heard of it.".to_owned())),
        Err(fault) => {
            tracing::warn!(refund = %id, %fault, "the gateway cannot be asked");
            return Ok(false);
        }
    };
    app.db.write_blocking(move |tx| ops::hear(tx, id, &heard))
}
