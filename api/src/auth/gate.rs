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
use tradepost_contract::{ApiKeyId, Id as _, ImpersonationId, SessionId, Timestamp, UserId};

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
use crate::impersonations::{self, Looker};
use crate::request::Matched;
use crate::routes::API;
use crate::settings::{SecondFactorRule, Settings};

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
    lookers: ShortCache<ImpersonationId, Looker>,
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
            lookers: ShortCache::default(),
            keys: ShortCache::default(),
        }
    }

    /// Asks the database about this person again: their roles, password or status changed.
    pub fn forget_user(&self, user: UserId) {
        self.people.forget(|_, record| record.user_id == user);
        self.lookers.forget(|_, looker| looker.user_id == user);
    }

    /// Asks the database about this session again: it was ended.
    pub fn forget_session(&self, session: SessionId) {
        self.people.forget(|id, _| *id == session);
        self.lookers.forget(|_, looker| looker.session_id == session);
    }

    /// Asks the database about this look at a portal again: it was ended.
    pub fn forget_impersonation(&self, impersonation: ImpersonationId) {
        self.lookers.forget(|id, _| *id == impersonation);
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
        if let Some(record) = &known.key {
            let key = record.holder.key_id;
            crate::request::note(|notes| notes.key = Some((key, operation.id)));
            crate::limits::take(&app, key.as_i64(), record.requests_per_minute)?;
        }
        if !known.principal.may(permission) {
            return Err(ApiError::new(ProblemCode::Forbidden).into());
        }
        known.check(&app, operation).await?;
        let caller = Caller {
            principal: known.principal,
            request_id: crate::request::current_id(),
            operation: Some(operation),
            session_id: known.person.map(|person| person.session),
            impersonation: known.impersonation,
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

/// Somebody whose credentials are good.
struct Known {
    principal: Principal,
    /// How a person stands; none for a key.
    person: Option<Standing>,
    /// The key, where it is one.
    key: Option<Arc<KeyRecord>>,
    impersonation: Option<ImpersonationId>,
}

/// How the session of a person stands.
struct Standing {
    session: SessionId,
    proved_at: Timestamp,
    must_enrol: bool,
}

impl Known {
    /// What an operation asks for besides the permission: that who only looks writes nothing, that staff have set up
    /// their second factor, and that money and keys are in the hands of who signed in. A key has no hands: it was made by
    /// somebody who had proved it.
    async fn check(&self, app: &App, operation: &Operation) -> ApiResult<()> {
        if self.impersonation.is_some() && (operation.method != "GET" || operation.own_only) {
            return Err(ApiError::new(ProblemCode::ImpersonationOnlyReads)
                .detail("You see what the owner sees, and change nothing."));
        }
        let Some(person) = &self.person else {
            return Ok(());
        };
        if person.must_enrol && !operation.before_enrolment {
            // Another server may have seen the first code a moment ago.
            let session = person.session;
            let record = app.db.read(move |conn| store::person(conn, session)).await?;
            if !record.is_some_and(|record| record.has_second_factor) {
                return Err(ApiError::new(ProblemCode::SecondFactorRequired));
            }
            app.gate.forget_session(session);
        }
        let fresh = |proved_at: Timestamp| {
            let window = Duration::minutes(i64::from(app.settings.step_up_minutes));
            app.clock.wall_now().since(proved_at) <= window
        };
        if !operation.step_up || fresh(person.proved_at) {
            return Ok(());
        }
        // Another server may have seen the proof a moment ago.
        let session = person.session;
        let record = app.db.read(move |conn| store::person(conn, session)).await?;
        if record.is_some_and(|record| fresh(record.proved_at)) {
            app.gate.forget_session(session);
            return Ok(());
        }
        Err(ApiError::new(ProblemCode::StepUpRequired)
            .detail("This needs your password, or a code where you sign in with one, again."))
    }
}

impl KeyRecord {
    /// Whether the secret is the key's, or the one before while that counts too.
    fn opens_with(&self, token: &KeyToken, now: Timestamp) -> bool {
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
        return Ok(Known {
            principal: Principal::Key(record.holder.clone()),
            person: None,
            key: Some(record),
            impersonation: None,
        });
    }
    let access = tokens::verify(&app.secrets, credentials, app.clock.wall_now()).map_err(|_| unauthenticated())?;
    if let Some(id) = access.impersonation {
        let looker = looker(app, &access, id).await?.ok_or_else(unauthenticated)?;
        return Ok(Known {
            principal: looker.principal.clone(),
            person: Some(Standing {
                session: looker.session_id,
                proved_at: looker.started_at,
                must_enrol: false,
            }),
            key: None,
            impersonation: Some(id),
        });
    }
    let record = person(app, &access).await?.ok_or_else(unauthenticated)?;
    let asked = asks(
        &app.settings,
        matches!(record.principal, Principal::Staff(_)),
        record.demo,
    );
    Ok(Known {
        principal: record.principal.clone(),
        person: Some(Standing {
            session: access.session_id,
            proved_at: record.proved_at,
            must_enrol: asked && !record.has_second_factor,
        }),
        key: None,
        impersonation: None,
    })
}

/// Whether the installation asks somebody for a second factor: its staff, but not the people of the demo in a sandbox.
pub(super) fn asks(settings: &Settings, staff: bool, demo: bool) -> bool {
    staff && settings.staff_second_factor == SecondFactorRule::Required && !(settings.sandbox && demo)
}

async fn looker(app: &App, access: &tokens::Access, id: ImpersonationId) -> ApiResult<Option<Arc<Looker>>> {
    let now = app.clock.wall_now();
    let cache = &app.gate.lookers;
    let looker = match cache.get(&id, clock::stopwatch()) {
        Some(looker) => looker,
        None => {
            let generation = cache.generation();
            let Some(looker) = app.db.read(move |conn| impersonations::looker(conn, id)).await? else {
                return Ok(None);
            };
            let looker = Arc::new(looker);
            cache.put(id, Arc::clone(&looker), generation, clock::stopwatch());
            looker
        }
    };
    let good = looker.user_id == access.user_id
        && looker.session_id == access.session_id
        && looker.token_version == access.token_version
        && now < looker.ends_at
        && access.audience == tradepost_contract::users::Audience::Supplier;
    Ok(good.then_some(looker))
}

async fn person(app: &App, access: &tokens::Access) -> ApiResult<Option<Arc<PersonRecord>>> {
    let now = app.clock.wall_now();
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
    Ok(good.then_some(record))
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
