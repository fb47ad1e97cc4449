//! Who calls, and what they may do.
//!
//! People sign in with e-mail and password. They get a short access token (a JWT of ten minutes, kept
//! in memory by the web app) and a refresh token in a cookie that only `/auth/refresh` and
//! `/auth/logout` read. Every sign-in is a session that can be listed and ended; a refresh token is
//! used once, and using an old one again ends the session. Programs hold API keys with scopes.
//!
//! Who signs in with a second factor gets a challenge for the password and the session for a code (`challenges.rs`).
//! Where money, keys or access are at stake, the session must have proved who it is a short while ago (`step_up.rs`).
//!
//! Every request passes the [`gate`], which looks the matched route up in `operations.rs` and refuses by
//! default: 401 for nobody, 403 for somebody without the permission. Whoever is let in is a [`Caller`].
//! What a caller may *see* is its [`Scope`], which the store functions of every resource demand.
//!
//! What the gate knows of a session or key it remembers for five seconds; a change made by the same
//! server counts at once. Tests: the tables beside each file, `tests/api/auth/` (the sessions of a
//! running server), `tests/api/permissions.rs` (the golden matrix) and `tests/api/isolation.rs`.

pub mod cache;
mod challenges;
pub mod cookie;
pub mod gate;
mod http;
pub mod identity;
pub mod operations;
mod ops;
pub mod passwords;
pub mod refresh;
mod sealing;
pub mod secrets;
mod step_up;
mod store;
pub mod throttle;
pub mod tokens;

pub(crate) use http::{address_of, sign_up_session};
pub use identity::{Actor, ApiKeyHolder, Caller, Principal, Scope, StaffMember, SupplierPerson};

use crate::app::App;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::routes::Routes;
use crate::settings::Settings;
use tradepost_contract::UserId;
use tradepost_contract::users::Audience;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::login)
        .service(http::answer_sign_in_challenge)
        .service(http::step_up)
        .service(http::refresh_session)
        .service(http::logout)
        .service(http::get_me)
        .service(http::change_my_password);
}

/// Counts a sign-up from where the request comes from, and refuses one too many with 429.
pub(crate) async fn count_sign_up(app: &App, request: &actix_web::HttpRequest) -> ApiResult<()> {
    let address = http::address_of(request, app.settings.proxy_hops);
    let key = throttle::sign_up_key(&app.secrets, &address.map(throttle::customer_of).unwrap_or_default());
    app.db
        .write(move |tx| store::take_try(tx, std::slice::from_ref(&key)))
        .await
}

/// Counts that somebody holds up a link that lets in, and refuses one too many with 429.
pub(crate) async fn count_link(app: &App, request: &actix_web::HttpRequest) -> ApiResult<Tries> {
    let address = http::address_of(request, app.settings.proxy_hops);
    let key = throttle::link_key(&app.secrets, &address.map(throttle::customer_of).unwrap_or_default());
    let tries = Tries(vec![key]);
    let counted = tries.0.clone();
    app.db.write(move |tx| store::take_try(tx, &counted)).await?;
    Ok(tries)
}

/// Counts that somebody asks for a new password for an e-mail, whether or not it is known, and refuses one too many.
pub(crate) async fn count_forgotten(app: &App, request: &actix_web::HttpRequest, email: &str) -> ApiResult<()> {
    let address = http::address_of(request, app.settings.proxy_hops);
    let place = format!("{}|forgotten", address.map(throttle::customer_of).unwrap_or_default());
    let keys = throttle::keys(&app.secrets, email, &place);
    app.db.write(move |tx| store::take_try(tx, &keys)).await
}

/// Counts a code of somebody's second factor, and refuses one too many with 429.
pub(crate) async fn count_code(app: &App, request: &actix_web::HttpRequest, user: UserId) -> ApiResult<Tries> {
    let address = http::address_of(request, app.settings.proxy_hops);
    let address = address.map(throttle::customer_of).unwrap_or_default();
    let tries = Tries(throttle::code_keys(&app.secrets, user, &address).to_vec());
    let counted = tries.0.clone();
    app.db.write(move |tx| store::take_try(tx, &counted)).await?;
    Ok(tries)
}

/// Whether this installation asks somebody to sign in with a second factor.
pub(crate) fn is_asked_of(conn: &mut Conn, settings: &Settings, user: UserId) -> ApiResult<bool> {
    let (audience, demo) = store::audience_and_demo(conn, user)?;
    Ok(gate::asks(settings, audience == Audience::Staff, demo))
}

/// Tries that were counted and are given back when they turn out to be right.
#[must_use]
pub(crate) struct Tries(Vec<(throttle::Counted, String)>);

impl Tries {
    /// They were right.
    pub(crate) async fn give_back(self, app: &App) -> ApiResult<()> {
        app.db.write(move |tx| store::give_try_back(tx, &self.0)).await
    }
}

/// Housekeeping: forgets wrong tries that no longer slow anybody down, and sessions that ended long ago.
pub(crate) fn forget_expired(tx: &mut Tx<'_>) -> ApiResult<usize> {
    Ok(store::forget_old_tries(tx)? + store::forget_old_challenges(tx)? + crate::sessions::store::forget_old(tx)?)
}
