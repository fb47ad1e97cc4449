//! The gate: every request to the API passes it before its body is read.
//!
//! It finds the operation of the matched route, asks who calls, and lets in whoever holds the
//! permission. A handler gets the [`Caller`] that the gate put into the request, and refuses when the
//! gate checked another operation than the one that is being answered.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use actix_web::body::MessageBody;
use actix_web::dev::{self, ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use time::Duration;
use tradepost_contract::problem::ProblemCode;
use tradepost_contract::{ApiKeyId, Id as _, SessionId, UserId};

use super::cache::ShortCache;
use super::cookie::CookiePolicy;
use super::identity::{Caller, Principal};
use super::operations::{Access, OPERATIONS, Operation};
use super::passwords::PasswordDesk;
use super::store::{self, KeyRecord, PersonRecord};
use super::tokens;
use crate::api_keys::token::{KeyToken, Mode};
use crate::app::App;
use crate::clock;
use crate::error::{ApiError, ApiResult};
use crate::request::Matched;
use crate::routes::API;

/// How old `last_used_at` of a key may be before it is written again.
const LAST_USED_GRAIN: Duration = Duration::minutes(5);

/// What a server keeps in memory to know its callers.
#[derive(Debug)]
pub struct Gate {
    /// How the refresh cookie is called and who may use it.
    pub cookie: CookiePolicy,
    /// Where passwords are checked.
    pub passwords: PasswordDesk,
    /// Live keys or sandbox keys: the other kind opens nothing here.
    pub key_mode: Mode,
    people: ShortCache<SessionId, PersonRecord>,
    keys: ShortCache<String, KeyRecord>,
}

impl Gate {
    /// A gate that knows nobody yet.
    pub fn new(cookie: CookiePolicy, sandbox: bool) -> Self {
        let key_mode = if sandbox { Mode::Test } else { Mode::Live };
        Self {
            cookie,
            passwords: PasswordDesk::default(),
            key_mode,
            people: ShortCache::default(),
            keys: ShortCache::default(),
        }
    }

    /// Asks the database about this person again: their roles, password or status changed.
    pub fn forget_user(&self, user: UserId) {
        self.people.forget(|_, record| record.user_id == user);
    }

    /// Asks the database about this session again: it was ended.
    pub fn forget_session(&self, session: SessionId) {
        self.people.forget(|id, _| *id == session);
    }

    /// Asks the database about this key again: it was taken back.
    pub fn forget_key(&self, key: ApiKeyId) {
        self.keys.forget(|_, record| record.holder.key_id == key);
    }
}

static BY_ROUTE: LazyLock<HashMap<(&str, &str), &'static Operation>> =
    LazyLock::new(|| OPERATIONS.iter().map(|row| ((row.method, row.path), row)).collect());

fn operation_of(method: &str, pattern: &str) -> Option<&'static Operation> {
    BY_ROUTE.get(&(method, pattern.strip_prefix(API)?)).copied()
}

/// The middleware around the API.
pub async fn keep(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // An unknown path is answered 404 to everybody, and a method that no row names 405.
    let found = request.extensions().get::<Matched>().cloned();
    let pattern = found.map_or_else(|| request.match_pattern(), |Matched(pattern)| pattern);
    let operation = pattern.and_then(|pattern| operation_of(request.method().as_str(), &pattern));
    if let Some(operation) = operation
        && let Access::Needs(permission) = operation.access
    {
        let app = request
            .app_data::<Data<App>>()
            .cloned()
            .ok_or_else(|| ApiError::internal("the app is missing"))?;
        let known = authenticate(&app, request.request()).await?;
        if let Known::Key(record) = &known {
            let key = record.holder.key_id;
            crate::request::note(|notes| notes.key = Some((key, operation.id)));
            crate::limits::take(&app, key.as_i64(), record.requests_per_minute)?;
        }
        let (principal, session_id) = known.into_principal();
        if !principal.may(permission) {
            return Err(ApiError::new(ProblemCode::Forbidden).into());
        }
        let caller = Caller {
            principal,
            request_id: crate::request::current_id(),
            operation: Some(operation),
            session_id,
        };
        request.extensions_mut().insert(caller);
    }
    next.call(request).await
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let caller = request.extensions().get::<Caller>().cloned();
        let answered = request
            .match_pattern()
            .and_then(|pattern| operation_of(request.method().as_str(), &pattern))
            .map(|operation| operation.id);
        std::future::ready(match caller {
            Some(caller) if answered.is_some() && caller.operation.map(|checked| checked.id) == answered => Ok(caller),
            Some(_) => Err(ApiError::new(ProblemCode::Forbidden)),
            None => Err(ApiError::new(ProblemCode::Unauthenticated)),
        })
    }
}

/// Whom the database knows.
enum Known {
    Person(Arc<PersonRecord>, SessionId),
    Key(Arc<KeyRecord>),
}

impl Known {
    fn into_principal(self) -> (Principal, Option<SessionId>) {
        match self {
            Self::Person(record, session) => (record.principal.clone(), Some(session)),
            Self::Key(record) => (Principal::Key(record.holder.clone()), None),
        }
    }
}

impl KeyRecord {
    /// Whether the secret is the key's, or the one before while that counts too.
    fn opens_with(&self, token: &KeyToken, now: tradepost_contract::Timestamp) -> bool {
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until);
        token.fits(&self.secret_hash) || previous.is_some_and(|(hash, _)| token.fits(hash))
    }
}

async fn authenticate(app: &App, request: &HttpRequest) -> ApiResult<Known> {
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| ApiError::new(ProblemCode::Unauthenticated))?;
    recognise(app, header).await
}

/// Whether what somebody came with still opens anything: answers that go on for minutes ask again.
pub(crate) async fn still_opens(app: &App, header: &str) -> bool {
    recognise(app, header).await.is_ok()
}

/// Who comes with this `Authorization`.
async fn recognise(app: &App, header: &str) -> ApiResult<Known> {
    let unauthenticated = || ApiError::new(ProblemCode::Unauthenticated);
    let (scheme, credentials) = header.split_once(' ').ok_or_else(unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthenticated());
    }
    let credentials = credentials.trim();
    if KeyToken::looks_like(credentials) {
        let record = key_holder(app, credentials).await?.ok_or_else(unauthenticated)?;
        return Ok(Known::Key(record));
    }
    let (record, session) = person(app, credentials).await?.ok_or_else(unauthenticated)?;
    Ok(Known::Person(record, session))
}

async fn person(app: &App, token: &str) -> ApiResult<Option<(Arc<PersonRecord>, SessionId)>> {
    let now = app.clock.wall_now();
    let Ok(access) = tokens::verify(&app.secrets, token, now) else {
        return Ok(None);
    };
    let session = access.session_id;
    let cache = &app.gate.people;
    let record = match cache.get(&session, clock::stopwatch()) {
        Some(record) => record,
        None => {
            let generation = cache.generation();
            let Some(record) = app.db.read(move |conn| store::person(conn, session)).await? else {
                return Ok(None);
            };
            let record = Arc::new(record);
            cache.put(session, Arc::clone(&record), generation, clock::stopwatch());
            record
        }
    };
    let right_audience = match &record.principal {
        Principal::Staff(_) => access.audience == tradepost_contract::users::Audience::Staff,
        Principal::Supplier(_) => access.audience == tradepost_contract::users::Audience::Supplier,
        Principal::Key(_) => false,
    };
    let good = record.user_id == access.user_id
        && record.token_version == access.token_version
        && now < record.session_ends_at
        && right_audience;
    Ok(good.then_some((record, session)))
}

async fn key_holder(app: &App, text: &str) -> ApiResult<Option<Arc<KeyRecord>>> {
    let Some(token) = KeyToken::parse(text).filter(|token| token.mode == app.gate.key_mode) else {
        return Ok(None);
    };
    let now = app.clock.wall_now();
    let cache = &app.gate.keys;
    let record = match cache.get(&token.public_id, clock::stopwatch()) {
        Some(record) => record,
        None => {
            let generation = cache.generation();
            let public_id = token.public_id.clone();
            let Some(record) = app.db.read(move |conn| store::key(conn, &public_id)).await? else {
                return Ok(None);
            };
            let stale = record.last_used_at.is_none_or(|at| now.since(at) > LAST_USED_GRAIN);
            if stale && record.opens_with(&token, now) {
                note_use(app, record.holder.key_id);
            }
            let record = Arc::new(record);
            cache.put(
                token.public_id.clone(),
                Arc::clone(&record),
                generation,
                clock::stopwatch(),
            );
            record
        }
    };
    let good = record.opens_with(&token, now) && now < record.expires_at;
    Ok(good.then_some(record))
}

/// Writes the use down beside the request, which does not wait for it.
fn note_use(app: &App, key: ApiKeyId) {
    let db = app.db.clone();
    tokio::spawn(async move {
        if let Err(error) = db.write(move |tx| store::key_was_used(tx, key)).await {
            tracing::warn!(%key, %error, "the use of a key was not noted");
        }
    });
}
