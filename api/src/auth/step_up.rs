//! Proving again that the person at the screen is who signed in (`POST /auth/step-up`).
//!
//! Which operations ask for it stands in `operations.rs`; for how long a proof counts is a setting of the server. A fresh
//! sign-in counts as one.

use super::{Caller, count_code, store, throttle};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::second_factors::{self, Verdict};
use crate::sessions::store as sessions;
use crate::users::store as users;
use actix_web::HttpRequest;
use time::Duration;
use tradepost_contract::ProblemCode;
use tradepost_contract::auth::SecretText;
use tradepost_contract::second_factors::{StepUp, SteppedUp};

fn missing(field: &str, message: &str) -> ApiError {
    ApiError::new(ProblemCode::Invalid).field(field, "required", message)
}

/// Takes the password, or a code of who signs in with codes.
pub(super) async fn step_up(app: &App, caller: &Caller, request: &HttpRequest, proof: StepUp) -> ApiResult<SteppedUp> {
    let user = caller.user_id()?;
    let session = caller
        .session_id()
        .ok_or_else(|| ApiError::new(ProblemCode::Forbidden))?;
    let with_codes = app.db.read(move |conn| second_factors::is_on(conn, user)).await?;
    if with_codes {
        let code = proof
            .code
            .ok_or_else(|| missing("/code", "a code of your authenticator"))?;
        let tries = count_code(app, request, user).await?;
        let secrets = app.secrets.clone();
        app.db
            .write(
                move |tx| match second_factors::prove(tx, &secrets, user, code.reveal())? {
                    Verdict::Right => note(tx, session),
                    other => Err(other.refusal()),
                },
            )
            .await?;
        tries.give_back(app).await?;
    } else {
        let password = proof
            .password
            .ok_or_else(|| missing("/password", "your password, please"))?;
        check_password(app, request, caller, password).await?;
        app.db.write(move |tx| note(tx, session)).await?;
    }
    app.gate.forget_session(session);
    let until = app
        .clock
        .wall_now()
        .plus(Duration::minutes(i64::from(app.settings.step_up_minutes)));
    Ok(SteppedUp { until })
}

fn note(tx: &mut crate::db::Tx<'_>, session: tradepost_contract::SessionId) -> ApiResult<()> {
    if sessions::prove(tx, session)? {
        Ok(())
    } else {
        Err(ApiError::new(ProblemCode::SessionEnded))
    }
}

/// Whoever got hold of an open browser must not be able to try passwords without end, so they are counted as a change of
/// the password is.
async fn check_password(app: &App, request: &HttpRequest, caller: &Caller, password: SecretText) -> ApiResult<()> {
    let user = caller.user_id()?;
    let found = app.db.read(move |conn| users::credentials(conn, user)).await?;
    let address = super::http::address_of(request, app.settings.proxy_hops);
    let place = format!("{}|password", address.map(throttle::customer_of).unwrap_or_default());
    let tries = throttle::keys(&app.secrets, &found.email, &place);
    let counted = tries.clone();
    app.db.write(move |tx| store::take_try(tx, &counted)).await?;
    let checked = app
        .gate
        .passwords
        .check(password.reveal().to_owned(), found.password_hash, found.audience)
        .await?;
    if !checked.right {
        let message = "this is not your password";
        return Err(ApiError::new(ProblemCode::Invalid).field("/password", "wrong_password", message));
    }
    app.db.write(move |tx| store::give_try_back(tx, &tries)).await
}
