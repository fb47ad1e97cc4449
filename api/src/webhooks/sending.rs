//! Sends what is due: claimed by a lease, many at once, each thing's events one after another.
//!
//! A slice claims for a few seconds whatever is due, with few messages to one endpoint at a time, so that one that hangs
//! holds up nobody else; and then waits for what is under way. What came of an attempt is written when it is over: a
//! server that dies in between leaves a claim that ends by itself, and the message is sent again under the same id.

use super::courier::{Answered, Letter, PATIENCE};
use super::rules::{self, Verdict};
use super::store::{self, deliveries};
use super::{fan_out, ops, view};
use crate::app::App;
use crate::auth::Actor;
use crate::clock;
use crate::db::Tx;
use crate::delivery_targets::{self, Because, Packed};
use crate::error::{ApiError, ApiResult};
use crate::events;
use crate::notifications;
use deliveries::Tried;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use time::Duration;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::webhooks::{
    WebhookDeliveryAction, WebhookDeliveryStatus, WebhookDisabledBecause, WebhookEndpointAction, WebhookFault,
};
use tradepost_contract::{ProgrammeId, WebhookEndpointId};

/// A claim ends after this long: an attempt takes less.
const LEASE: Duration = Duration::seconds(20);
/// A slice claims for so long. With the longest attempt behind it, it is shorter than a job's lease lasts.
const WINDOW: std::time::Duration = std::time::Duration::from_secs(4);
/// So many messages are under way at once,
const SLOTS: usize = 64;
/// of which so many to endpoints at which nothing has arrived lately,
const FAILING_SLOTS: usize = 16;
/// and so many to one endpoint.
const SLOTS_OF_ONE: usize = 4;

const _: () = assert!(PATIENCE.as_secs() + WINDOW.as_secs() < 15);

/// One slice.
pub(super) fn run(app: &App) -> ApiResult<usize> {
    if app.db.is_ours_alone() && !app.webhooks.freed.swap(true, Ordering::Relaxed) {
        app.db.write_blocking(deliveries::free_all)?;
    }
    let now = app.clock.wall_now();
    let due = app.db.read_blocking(|conn| deliveries::endpoints_with_due(conn, now))?;
    if due.is_empty() {
        return Ok(0);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ApiError::internal)?;
    let sent = runtime.block_on(send(app));
    // A look-up of a name that hangs is left to itself.
    runtime.shutdown_background();
    sent
}

/// A message that was claimed.
#[derive(Debug, Clone)]
struct Parcel {
    row: deliveries::Row,
    /// In whose name its recipient is told, where the endpoint has no programme.
    programme: Option<ProgrammeId>,
    failing: bool,
    load: Load,
    /// Whose leads these are, where it is one on its way to a target.
    target: Option<Arc<delivery_targets::Target>>,
}

/// What is to be carried.
#[derive(Debug, Clone)]
enum Load {
    /// An event, signed when it is sent.
    Event(Arc<Ready>),
    /// A lead in the form that its target takes.
    Lead(delivery_targets::Packed),
    /// Nothing: the secret of the endpoint cannot be opened.
    Lost,
}

#[derive(Debug)]
struct Ready {
    url: String,
    body: Vec<u8>,
    secrets: Vec<Vec<u8>>,
}

/// A parcel that came back.
type Back = (Parcel, Tried, Answered);

async fn send(app: &App) -> ApiResult<usize> {
    let started = clock::stopwatch();
    let mut under_way = FuturesUnordered::new();
    let mut places: HashMap<WebhookEndpointId, (usize, bool)> = HashMap::new();
    let mut done = 0;
    loop {
        if started.elapsed() < WINDOW {
            for parcel in claim(app, &places)? {
                let place = places.entry(parcel.row.endpoint_id).or_insert((0, parcel.failing));
                place.0 += 1;
                under_way.push(carry(app, parcel));
            }
        }
        let Some(first) = under_way.next().await else {
            return Ok(done);
        };
        let mut back = vec![first];
        while let Some(Some(another)) = under_way.next().now_or_never() {
            back.push(another);
        }
        for (parcel, ..) in &back {
            if let Some(place) = places.get_mut(&parcel.row.endpoint_id) {
                place.0 -= 1;
            }
        }
        places.retain(|_, (count, _)| *count > 0);
        done += back.len();
        record(app, back)?;
    }
}

/// Claims as much as there is room for.
fn claim(app: &App, places: &HashMap<WebhookEndpointId, (usize, bool)>) -> ApiResult<Vec<Parcel>> {
    let taken: usize = places.values().map(|(count, _)| count).sum();
    let taken_by_failing: usize = places
        .values()
        .filter(|(_, failing)| *failing)
        .map(|(count, _)| count)
        .sum();
    let (mut room, mut room_of_failing) = (SLOTS - taken, FAILING_SLOTS.saturating_sub(taken_by_failing));
    if room == 0 {
        return Ok(Vec::new());
    }
    let now = app.clock.wall_now();
    let due = app.db.read_blocking(|conn| deliveries::endpoints_with_due(conn, now))?;
    let mut wishes = Vec::new();
    for (endpoint, failing) in due {
        let has = places.get(&endpoint).map_or(0, |(count, _)| *count);
        let most = if failing {
            1_usize.saturating_sub(has).min(room_of_failing)
        } else {
            SLOTS_OF_ONE.saturating_sub(has)
        };
        let most = most.min(room);
        if most > 0 {
            room -= most;
            room_of_failing -= if failing { most } else { 0 };
            wishes.push((endpoint, failing, most));
        }
    }
    if wishes.is_empty() {
        return Ok(Vec::new());
    }
    let lease = crate::ids::next();
    let claimed = app.db.write_blocking(move |tx| {
        let until = tx.wall_now().plus(LEASE);
        let mut claimed = Vec::new();
        for (endpoint, failing, most) in &wishes {
            let most = i64::try_from(*most).map_err(ApiError::internal)?;
            let rows = deliveries::claim(tx, *endpoint, lease, until, most)?;
            claimed.extend(rows.into_iter().map(|row| (row, *failing)));
        }
        Ok(claimed)
    })?;
    let parcels = claimed.into_iter().filter_map(|(row, failing)| {
        let id = row.id;
        // The claim of one that cannot be packed ends by itself, and holds up nobody else.
        pack(app, row, failing)
            .inspect_err(|error| tracing::error!(delivery = %id, %error, "a webhook cannot be made"))
            .ok()
    });
    Ok(parcels.collect())
}

fn pack(app: &App, row: deliveries::Row, failing: bool) -> ApiResult<Parcel> {
    let now = app.clock.business_now();
    let packed = app.db.read_blocking(|conn| {
        let event = events::get(conn, row.event_id)?.ok_or_else(|| ApiError::internal("an event is missing"))?;
        let endpoint = store::any(conn, row.endpoint_id)?;
        let target = delivery_targets::of_endpoint(conn, row.endpoint_id)?;
        let lead = match &target {
            Some(target) => Some(delivery_targets::pack(
                conn,
                app,
                target,
                &endpoint,
                &event.subject,
                now,
            )?),
            None => None,
        };
        let message = view::message(conn, &app.policies, &endpoint, &event, now)?;
        Ok((event, endpoint, target, lead, message))
    });
    let (event, endpoint, target, lead, message) = packed?;
    let load = match (lead, fan_out::live_secrets(app, &endpoint)) {
        (Some(lead), _) => Load::Lead(lead),
        (None, None) => Load::Lost,
        (None, Some(secrets)) => Load::Event(Arc::new(Ready {
            url: endpoint.url,
            body: serde_json::to_vec(&message)?,
            secrets,
        })),
    };
    Ok(Parcel {
        row,
        programme: endpoint.programme_id.or(event.programme_id),
        failing,
        load,
        target: target.map(Arc::new),
    })
}

async fn carry(app: &App, parcel: Parcel) -> Back {
    let started_at = app.clock.wall_now();
    let took = clock::stopwatch();
    let courier = &app.webhooks.courier;
    let answered = match &parcel.load {
        Load::Lost => Answered::failed(WebhookFault::SecretLost),
        Load::Event(ready) => {
            let (id, seconds) = (parcel.row.event_id.to_string(), started_at.as_seconds());
            let letter = Letter {
                url: ready.url.clone(),
                content_type: "application/json",
                headers: fan_out::headers(&ready.secrets, &id, seconds, &ready.body),
                body: ready.body.clone(),
            };
            courier.carry(letter).await
        }
        Load::Lead(Packed::Post(letter)) => courier.carry(letter.to_letter()).await,
        Load::Lead(Packed::Refused(fault)) => Answered::failed(*fault),
        // Nobody is called: what becomes of it is written down.
        Load::Lead(Packed::Mail(_) | Packed::HeldBack | Packed::Erased) => Answered::failed(WebhookFault::HeldBack),
    };
    let tried = answered.tried(started_at, took.elapsed());
    (parcel, tried, answered)
}

/// Writes down what came of some attempts.
fn record(app: &App, back: Vec<Back>) -> ApiResult<()> {
    // By chance, but the same when the transaction is run again.
    let back: Vec<(Back, u16)> = back
        .into_iter()
        .map(|one| (one, rand::random::<u16>() % 1001))
        .collect();
    app.db.write_blocking(move |tx| {
        for ((parcel, tried, answered), permille) in &back {
            settle(tx, parcel, tried, answered, *permille)?;
        }
        Ok(())
    })
}

fn settle(tx: &mut Tx<'_>, parcel: &Parcel, tried: &Tried, answered: &Answered, permille: u16) -> ApiResult<()> {
    let row = &parcel.row;
    if let (Some(target), Load::Lead(lead)) = (&parcel.target, &parcel.load)
        && delivery_targets::settle(tx, target, row, lead)?
    {
        return Ok(());
    }
    let verdict = match (answered.status, answered.fault) {
        (Some(status), _) => rules::judge(status),
        (None, fault) => Verdict::Failed(fault.unwrap_or(WebhookFault::NoConnection)),
    };
    let now = tx.wall_now();
    // The endpoint's row comes first, as for whoever changes it.
    let endpoint = if verdict == Verdict::Delivered {
        store::has_recovered(tx, row.endpoint_id)?;
        None
    } else {
        store::has_failed(tx, row.endpoint_id, now)?
    };
    deliveries::note_attempt(tx, row.id, tried)?;
    let finished = |action: WebhookDeliveryAction| -> ApiResult<WebhookDeliveryStatus> {
        row.status
            .after(action)
            .map_err(|refused| ApiError::internal(format!("{} after {}", refused.action, refused.from)))
    };
    match verdict {
        Verdict::Delivered => {
            let status = finished(WebhookDeliveryAction::Deliver)?;
            deliveries::settle(tx, row, status, row.retries, None)?;
        }
        Verdict::Gone => {
            let status = finished(WebhookDeliveryAction::GiveUp)?;
            deliveries::settle(tx, row, status, row.retries + 1, None)?;
        }
        Verdict::Failed(_) => {
            let failed = row.retries + 1;
            let wish = answered.retry_after.map(Duration::seconds);
            match rules::next_attempt(failed, permille, wish) {
                Some(wait) => deliveries::settle(tx, row, row.status, failed, Some(now.plus(wait)))?,
                None => {
                    let status = finished(WebhookDeliveryAction::GiveUp)?;
                    deliveries::settle(tx, row, status, failed, None)?;
                }
            }
        }
    }
    let given_up = match verdict {
        // Whoever is gone is told of as that.
        Verdict::Delivered | Verdict::Gone => false,
        Verdict::Failed(_) => rules::next_attempt(row.retries + 1, 0, None).is_none(),
    };
    if let Some(target) = parcel.target.as_ref().filter(|_| given_up) {
        delivery_targets::tell_failing(tx, target, Because::GivenUp)?;
    }
    if let Some(endpoint) = endpoint
        && let Some(because) = rules::disables(verdict, endpoint.failing_since, now)
    {
        match &parcel.target {
            Some(target) => delivery_targets::disable(tx, target, endpoint, because)?,
            None => disable(tx, endpoint, because, parcel.programme)?,
        }
    }
    Ok(())
}

/// Sends nothing more to an endpoint, and says so to whose it is.
fn disable(
    tx: &mut Tx<'_>,
    mut row: store::Row,
    because: WebhookDisabledBecause,
    programme: Option<ProgrammeId>,
) -> ApiResult<()> {
    // Somebody may have taken it away meanwhile, or it is disabled already.
    let Ok(status) = row.status.after(WebhookEndpointAction::Disable) else {
        return Ok(());
    };
    let before = row.clone();
    (row.status, row.disabled_because) = (status, Some(because));
    store::save(tx, &mut row)?;
    ops::tell(
        tx,
        &Actor::system("webhooks"),
        "webhook_endpoint.disabled",
        &row,
        Some(&before),
    )?;
    let Some(programme) = (match programme {
        Some(programme) => Some(programme),
        None => crate::programmes::oldest(tx)?,
    }) else {
        return Ok(());
    };
    let occasion = format!("{}:{}", row.id, row.version);
    let facts = json!({ "endpoint_id": row.id, "because": because, "failing_since": row.failing_since });
    let kind = NotificationKind::WebhookDisabled;
    notifications::record(tx, kind, &occasion, programme, row.supplier_id, &facts)?;
    Ok(())
}
