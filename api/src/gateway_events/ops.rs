//! Keeping and applying events.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::gateway::wire::{EventObject, News};
use crate::payment_methods;
use crate::payments::rules::Known;
use crate::payments::{charging, store as payments};
use crate::refunds;
use time::Duration;
use tradepost_contract::GatewayEventId;

/// What became of an event's news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Applied {
    Yes,
    /// It says nothing that matters here.
    Ignored,
    /// What it is about is not known yet, or the gateway has to be asked.
    Later,
}

/// Keeps an event that is believed, and applies what it says. A repetition changes nothing.
pub(super) fn receive(tx: &mut Tx<'_>, gateway: &str, event: &EventObject, body: &[u8]) -> ApiResult<()> {
    let Some(id) = store::insert(tx, gateway, &event.id, &event.r#type, body)? else {
        return Ok(());
    };
    let applied = apply(tx, &event.news())?;
    settle(tx, id, applied)
}

fn settle(tx: &mut Tx<'_>, id: GatewayEventId, applied: Applied) -> ApiResult<()> {
    match applied {
        Applied::Yes => store::settle(tx, id, "applied"),
        Applied::Ignored => store::settle(tx, id, "ignored"),
        Applied::Later => Ok(()),
    }
}

fn apply(tx: &mut Tx<'_>, news: &News) -> ApiResult<Applied> {
    match news {
        News::Nothing => Ok(Applied::Ignored),
        News::Page { .. } => Ok(Applied::Later),
        News::Charge(charge) => {
            let known = match charge.attempt {
                Some(attempt) => payments::attempt(tx, attempt)?.map(|row| row.id),
                None => payments::attempt_called(tx, &charge.reference)?,
            };
            let Some(attempt) = known else {
                // A charge that somebody made at the gateway's own desk.
                return Ok(Applied::Ignored);
            };
            charging::hear_charge(tx, attempt, charge)?;
            Ok(Applied::Yes)
        }
        News::Refund(state) => {
            let Some(refund) = state.refund else {
                return Ok(Applied::Ignored);
            };
            refunds::hear(tx, refund, state)?;
            Ok(Applied::Yes)
        }
        News::Dispute { charge, status } => {
            let Some(attempt) = payments::attempt_called(tx, charge)? else {
                return Ok(Applied::Later);
            };
            charging::hear(tx, attempt, Known::disputed(*status), None)?;
            Ok(Applied::Yes)
        }
    }
}

const SLICE: i64 = 50;
/// What is not understood after this long is left to the reconciliation.
const WAITS_AT_MOST: Duration = Duration::days(3);

/// The job: applies what had to wait.
pub(super) fn work(app: &App) -> ApiResult<usize> {
    let waiting = app.db.read_blocking(|conn| store::waiting(conn, SLICE))?;
    let mut done = 0;
    for (id, body, received_at) in waiting {
        let news = serde_json::from_slice::<EventObject>(&body).map_or(News::Nothing, |event| event.news());
        let asked = match &news {
            News::Page { reference } => match payment_methods::take_up(app, reference) {
                Ok(()) => true,
                Err(error) => {
                    tracing::warn!(%id, %error, "the gateway cannot be asked what became of its page");
                    false
                }
            },
            _ => false,
        };
        let too_old = app.clock.wall_now().since(received_at) > WAITS_AT_MOST;
        done += usize::from(app.db.write_blocking(move |tx| {
            let applied = match apply(tx, &news)? {
                Applied::Later if asked => Applied::Yes,
                Applied::Later if too_old => Applied::Ignored,
                applied => applied,
            };
            settle(tx, id, applied)?;
            Ok(applied != Applied::Later)
        })?);
    }
    Ok(done)
}
