//! The handler of `/sign-ups`.

use super::ops::{self, Applicant};
use crate::app::App;
use crate::auth;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use actix_web::web::Data;
use actix_web::{HttpRequest, post};
use tradepost_contract::ProblemCode;
use tradepost_contract::sign_ups::{SignUp, SignUpNext, SignedUp};
use tradepost_contract::users::Audience;

/// Signs a new buyer up
///
/// Makes the account and signs its owner in, where the programme lets buyers register by themselves (R51).
/// With an e-mail that signs in already, it does what a sign-in with this password does: 201 with a
/// session, or 202 with `next: sign_in`. It takes no `Idempotency-Key`: the same again signs in.
#[utoipa::path(
    tag = "auth",
    request_body = SignUp,
    responses(
        (status = 201, body = SignedUp, description = "Signed up and in"),
        (status = 202, body = SignedUp, description = "Sign in first"),
        Problems
    )
)]
#[post("/sign-ups")]
pub(super) async fn create_sign_up(request: HttpRequest, command: Command<SignUp>, app: Data<App>) -> ApiResult<Reply> {
    let body = command.body;
    auth::count_sign_up(&app, &request).await?;
    let applicant = Applicant::parse(&body)?;
    // Hashed whether or not the e-mail is taken, so that the time does not tell.
    let password = body.password.reveal().to_owned();
    let hash = app.gate.passwords.hash(password, Audience::Supplier).await?;
    match app.db.write(move |tx| ops::sign_up(tx, &applicant, &hash)).await {
        // Somebody took the e-mail at the same moment.
        Err(error) if error.code() == ProblemCode::Duplicate => {}
        outcome => outcome?,
    }
    match auth::sign_up_session(&app, &request, &body.email, body.password).await? {
        Some((session, cookie)) => {
            let signed_up = SignedUp {
                next: SignUpNext::CheckOut,
                session: Some(session),
            };
            Ok(Reply::created("/api/v1/me", &signed_up)?.header("set-cookie", cookie))
        }
        None => Reply::accepted(&SignedUp {
            next: SignUpNext::SignIn,
            session: None,
        }),
    }
}
