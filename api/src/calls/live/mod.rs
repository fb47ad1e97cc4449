//! The call report as it changes: server-sent events over the event log (R98).
//!
//! **One reader, many streams.** While somebody watches, one task of this server follows the end of the event log and
//! says of which customers it had news (`news.rs`); a stream whose customer is among them reads what is new and sends
//! it, with the leads as they stand then. No thread and no connection to the database belongs to a stream.
//!
//! **Nothing is missed.** A message has the id of its event; who comes back with `Last-Event-ID` gets everything since.
//! Who comes for the first time is told where the log ends (`ready`), and reads the report afterwards.
//!
//! **It ends**: with the caller's token, session or key, which is asked again with every heartbeat; after ten minutes,
//! so that a client that reads nothing does not stay for good; and when the server is told to stop. A client comes back
//! with a fresh token and its last id. The token is in the `Authorization` header like everywhere, so that none is ever
//! in an address.

mod news;

pub(crate) use news::Streams;

use super::store;
use super::view::Viewer;
use crate::app::App;
use crate::auth::gate;
use crate::auth::{Caller, Scope};
use crate::clock;
use crate::error::{ApiError, ApiResult, Problems};
use crate::events;
use crate::lists::{Query, invalid_parameter};
use crate::request::AskedForHead;
use crate::suppliers::store as suppliers;
use actix_web::http::header::{AUTHORIZATION, HeaderName};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, get};
use futures_util::stream;
use news::{News, Seat};
use serde::Deserialize;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tradepost_contract::calls::{CallLead, CallMessage, CallUpdate};
use tradepost_contract::events::{Event, EventKind};
use tradepost_contract::{EventId, LeadId, ProblemCode, SupplierId};
use utoipa::IntoParams;

/// So often a stream says that it is there, and asks whether its caller still may.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// With each so many heartbeats a stream looks at the log itself, should the one reader have stopped.
const OWN_LOOK: u32 = 6;
/// The longest that a stream lasts.
const LONGEST: Duration = Duration::from_secs(600);
/// So many events are read at a time.
const BATCH: i64 = 100;

/// What the report hears of.
const KINDS: [EventKind; 5] = [
    EventKind::CallQueued,
    EventKind::CallClaimed,
    EventKind::CallReleased,
    EventKind::CallAttempted,
    EventKind::CallRemoved,
];

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StreamOf {
    /// Whose report.
    supplier_id: SupplierId,
}

/// Follow the call report
///
/// Server-sent events. `ready` comes first and says where the log ends; then each `call` has a `CallUpdate` as its data:
/// what happened, and the lead as it stands now. Come back with the last id in `Last-Event-ID`, and nothing is missed.
/// A stream ends with the token, session or key that it was opened with, and after ten minutes.
#[utoipa::path(
    tag = "calls",
    params(StreamOf, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last message")),
    responses((status = 200, content_type = "text/event-stream", body = CallMessage), Problems)
)]
#[get("/call-report/stream")]
pub(super) async fn stream_call_report(
    caller: Caller,
    query: Query<StreamOf>,
    request: HttpRequest,
    app: Data<App>,
) -> ApiResult<HttpResponse> {
    let Query(StreamOf { supplier_id: supplier }) = query;
    let scope = caller.scope();
    let mut after = last_event_id(&request)?;
    let seen = scope.clone();
    let end = app
        .db
        .read(move |conn| {
            // A member who is held to some businesses does not follow the whole account.
            let known = suppliers::account(conn, &seen, supplier).is_ok() && seen.businesses().is_none();
            if !known {
                return Err(invalid_parameter("supplier_id", "There is nothing with this id."));
            }
            events::end(conn)
        })
        .await?;
    let mut answer = HttpResponse::Ok();
    answer
        .content_type("text/event-stream")
        // A proxy in front of this server sends each message as it comes.
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"));
    if request.extensions().get::<AskedForHead>().is_some() {
        return Ok(answer.finish());
    }
    let credentials = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let until = clock::stopwatch() + LONGEST;
    let Some(seat) = app.streams.sit_down(&caller.principal.id_text(), until) else {
        let detail = "Too many reports are being followed. Close one, or try again later.";
        return Err(ApiError::new(ProblemCode::TooManyRequests)
            .detail(detail)
            .retry_after(30));
    };
    let news = app.streams.follow(&app);
    let first = after.is_none().then(|| ready(end));
    let follower = Follower {
        viewer: Viewer::of(&caller),
        after: *after.get_or_insert(end),
        app: app.clone(),
        scope,
        supplier,
        credentials,
        first,
        look: true,
        news,
        until,
        beats: 0,
        _seat: seat,
    };
    let messages = stream::unfold(follower, |mut follower| async move {
        let message = follower.next().await?;
        Some((Ok::<_, Infallible>(message), follower))
    });
    Ok(answer.streaming(Box::pin(messages)))
}

fn last_event_id(request: &HttpRequest) -> ApiResult<Option<EventId>> {
    let Some(value) = request.headers().get("last-event-id") else {
        return Ok(None);
    };
    let id = value.to_str().ok().and_then(|text| text.parse().ok());
    id.map(Some).ok_or_else(|| {
        ApiError::new(ProblemCode::InvalidHeader).detail("Last-Event-ID takes the id of a message of this stream.")
    })
}

fn ready(end: EventId) -> Bytes {
    Bytes::from(format!("retry: 2000\nid: {end}\nevent: ready\ndata: {{}}\n\n"))
}

/// One report that is being followed.
struct Follower {
    app: Data<App>,
    scope: Scope,
    viewer: Viewer,
    supplier: SupplierId,
    /// What the caller signed in with, to be asked again.
    credentials: String,
    /// The last event that was sent.
    after: EventId,
    first: Option<Bytes>,
    /// Whether there may be something that was not sent.
    look: bool,
    news: watch::Receiver<Arc<News>>,
    until: Instant,
    beats: u32,
    _seat: Seat,
}

impl Follower {
    /// The next message, when there is one; none at the end of the stream.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            let now = clock::stopwatch();
            if now >= self.until || self.news.borrow().closing {
                return None;
            }
            if self.look {
                match self.read().await {
                    Ok(Some(messages)) => return Some(messages),
                    Ok(None) => self.look = false,
                    Err(error) => {
                        tracing::warn!(supplier = %self.supplier, %error, "a call report is not followed any more");
                        return None;
                    }
                }
            }
            let wait = HEARTBEAT.min(self.until.saturating_duration_since(now));
            match tokio::time::timeout(wait, self.news.changed()).await {
                Ok(Ok(())) => {
                    let newest = self.news.borrow_and_update().newest.get(&self.supplier).copied();
                    self.look = newest.is_some_and(|newest| newest > self.after);
                }
                Ok(Err(_)) => return None,
                Err(_) => {
                    if !gate::still_opens(&self.app, &self.credentials).await {
                        return None;
                    }
                    self.beats += 1;
                    self.look = self.beats.is_multiple_of(OWN_LOOK);
                    return Some(Bytes::from_static(b": still here\n\n"));
                }
            }
        }
    }

    /// What happened since the last message, as messages.
    async fn read(&mut self) -> ApiResult<Option<Bytes>> {
        let (supplier, after) = (self.supplier, self.after);
        let (scope, viewer) = (self.scope.clone(), self.viewer.clone());
        let (events, leads) = self
            .app
            .db
            .read(move |conn| {
                let events = events::of_supplier_after(conn, supplier, &KINDS, after, BATCH)?;
                let ids: Vec<LeadId> = events.iter().filter_map(|event| event.subject.parse().ok()).collect();
                let listed = store::get_many(conn, &scope, &ids)?;
                let leads = viewer.all(conn, listed)?;
                let leads: HashMap<LeadId, CallLead> = leads.into_iter().map(|lead| (lead.lead_id, lead)).collect();
                Ok((events, leads))
            })
            .await?;
        let Some(last) = events.last() else { return Ok(None) };
        self.after = last.id;
        let mut text = String::new();
        for event in &events {
            write(&mut text, event, &leads)?;
        }
        Ok(Some(Bytes::from(text)))
    }
}

fn write(text: &mut String, event: &Event, leads: &HashMap<LeadId, CallLead>) -> ApiResult<()> {
    let lead = event
        .subject
        .parse()
        .ok()
        .and_then(|id: LeadId| leads.get(&id).cloned());
    let update = CallUpdate {
        kind: event.kind,
        happened_at: event.happened_at,
        lead,
    };
    // JSON has no line breaks of its own, so that it is one line of data.
    let data = serde_json::to_string(&update)?;
    for part in ["id: ", &event.id.to_string(), "\nevent: call\ndata: ", &data, "\n\n"] {
        text.push_str(part);
    }
    Ok(())
}
