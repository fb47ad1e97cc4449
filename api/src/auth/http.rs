//! Handlers of `/auth` and `/me`.

use actix_web::http::header::{CONTENT_TYPE, ORIGIN, USER_AGENT};
use actix_web::web::Data;
use actix_web::{HttpRequest, get, post};
use tradepost_contract::auth::{ChangePassword, Login, Me, SecretText, SignedIn};
use tradepost_contract::problem::ProblemCode;
use tradepost_contract::second_factors::{AnswerChallenge, SignInChallenge, StepUp, SteppedUp};

use super::cookie::Provenance;
use super::ops::{self, Answered, Client, Tokens};
use super::{Caller, challenges};
use crate::app::App;
use crate::command::{Command, Reply};
use crate::error::{ApiError, ApiResult, Problems};

/// Signs in with e-mail and password
///
/// Answers an access token, and sets the refresh token as a cookie that scripts cannot read; who signs in with a second
/// factor gets a challenge instead (202), to be answered with a code. Unknown e-mails and wrong passwords get the same
/// answer; after five wrong tries each further one has to wait twice as long, to a quarter of an hour (429 with
/// `Retry-After`).
#[utoipa::path(
    tag = "auth",
    request_body = Login,
    responses(
        (status = 200, body = SignedIn, description = "Signed in"),
        (status = 202, body = SignInChallenge, description = "A code is asked for"),
        Problems
    )
)]
#[post("/auth/login")]
pub(super) async fn login(request: HttpRequest, command: Command<Login>, app: Data<App>) -> ApiResult<Reply> {
    let Login { email, password } = command.body;
    match ops::login(&app, &email, password, client(&app, &request)).await? {
        Answered::In(tokens) => with_cookie(&app, tokens),
        Answered::Challenge(challenge) => Reply::accepted(&challenge),
    }
}

/// Answers the challenge of a sign-in with a code
///
/// A code of the authenticator, or a recovery code; each works once, and so does the challenge. After five wrong codes,
/// or five minutes, the password is asked for again (401 `challenge_over`). Wrong codes slow the next one down as wrong
/// passwords do.
#[utoipa::path(tag = "auth", request_body = AnswerChallenge, responses((status = 200, body = SignedIn), Problems))]
#[post("/auth/sign-in-challenges/answer")]
pub(super) async fn answer_sign_in_challenge(
    request: HttpRequest,
    command: Command<AnswerChallenge>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let tokens = challenges::answer(&app, &command.body, client(&app, &request)).await?;
    with_cookie(&app, tokens)
}

/// Proves again who one is
///
/// With the password, or with a code where one signs in with codes. For a quarter of an hour, unless the server is set up
/// otherwise, operations go through that answer 403 `step_up_required` else; a fresh sign-in counts too.
#[utoipa::path(tag = "auth", request_body = StepUp, responses((status = 200, body = SteppedUp), Problems))]
#[post("/auth/step-up")]
pub(super) async fn step_up(
    caller: Caller,
    request: HttpRequest,
    command: Command<StepUp>,
    app: Data<App>,
) -> ApiResult<Reply> {
    Reply::ok(&super::step_up::step_up(&app, &caller, &request, command.body).await?)
}

/// Takes the refresh cookie and answers the next access token
///
/// Each refresh token is good once; the cookie is replaced. Using an old one ends the session, except
/// within ten seconds, when the same successor is answered again. Needs `Content-Type: application/json`
/// and `X-Requested-With: tradepost`, and where the browser sends `Origin`, ours.
#[utoipa::path(
    tag = "auth",
    params(("X-Requested-With" = String, Header, description = "Always `tradepost`", example = "tradepost")),
    responses((status = 200, body = SignedIn), Problems)
)]
#[post("/auth/refresh")]
pub(super) async fn refresh_session(request: HttpRequest, app: Data<App>) -> ApiResult<Reply> {
    let token = cookie_of(&app, &request)?.ok_or_else(|| ApiError::new(ProblemCode::SessionEnded))?;
    let tokens = ops::refresh_session(&app, &token).await?;
    with_cookie(&app, tokens)
}

/// Ends the session of the refresh cookie
///
/// Needs the same headers as a refresh. It succeeds without a session too.
#[utoipa::path(
    tag = "auth",
    params(("X-Requested-With" = String, Header, description = "Always `tradepost`", example = "tradepost")),
    responses((status = 204, description = "Signed out"), Problems)
)]
#[post("/auth/logout")]
pub(super) async fn logout(request: HttpRequest, app: Data<App>) -> ApiResult<Reply> {
    if let Some(token) = cookie_of(&app, &request)? {
        ops::logout(&app, &token).await?;
    }
    Ok(Reply::no_content().header("set-cookie", app.gate.cookie.removal().to_string()))
}

/// Says who one is and what one may do
#[utoipa::path(tag = "auth", responses((status = 200, body = Me), Problems))]
#[get("/me")]
pub(super) async fn get_me(caller: Caller, app: Data<App>) -> ApiResult<Reply> {
    let settings = app.settings.clone();
    let me = app
        .db
        .read(move |conn| crate::users::me(conn, &settings, &caller))
        .await?;
    Reply::ok(&me)
}

/// Changes one's own password
///
/// Every other session ends, and every open access token: go on with the one in the answer. It takes no
/// `Idempotency-Key`, because nothing of a password is kept.
#[utoipa::path(tag = "auth", request_body = ChangePassword, responses((status = 200, body = SignedIn), Problems))]
#[post("/me/password")]
pub(super) async fn change_my_password(
    caller: Caller,
    request: HttpRequest,
    command: Command<ChangePassword>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let ChangePassword {
        current_password,
        new_password,
    } = command.body;
    let address = client(&app, &request).address;
    let signed_in = ops::change_password(&app, caller, current_password, new_password, address).await?;
    Reply::ok(&signed_in)
}

/// The session of somebody who has just signed up, and its cookie; none where e-mail and password are not those of
/// an account. It is a sign-in like any other, so wrong passwords are counted alike.
pub(crate) async fn sign_up_session(
    app: &App,
    request: &HttpRequest,
    email: &str,
    password: SecretText,
) -> ApiResult<Option<(SignedIn, String)>> {
    match ops::login(app, email, password, client(app, request)).await {
        Ok(Answered::In(tokens)) => {
            let cookie = app.gate.cookie.cookie(tokens.refresh_token, tokens.cookie_seconds);
            Ok(Some((tokens.signed_in, cookie.to_string())))
        }
        // Who signs in with a second factor goes on at the sign-in.
        Ok(Answered::Challenge(_)) => Ok(None),
        Err(error) if error.code() == ProblemCode::InvalidCredentials => Ok(None),
        Err(error) => Err(error),
    }
}

fn with_cookie(app: &App, tokens: Tokens) -> ApiResult<Reply> {
    let cookie = app.gate.cookie.cookie(tokens.refresh_token, tokens.cookie_seconds);
    Ok(Reply::ok(&tokens.signed_in)?.header("set-cookie", cookie.to_string()))
}

/// The refresh cookie, if the request may use it.
fn cookie_of(app: &App, request: &HttpRequest) -> ApiResult<Option<String>> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let provenance = Provenance {
        content_type: text(CONTENT_TYPE.as_str()),
        requested_with: text("x-requested-with"),
        origin: text(ORIGIN.as_str()),
        fetch_site: text("sec-fetch-site"),
    };
    app.gate
        .cookie
        .check(&provenance)
        .map_err(|(code, why)| ApiError::new(code).detail(why))?;
    Ok(request
        .cookie(app.gate.cookie.name())
        .map(|cookie| cookie.value().to_owned()))
}

/// The longest name of a browser that is kept.
const USER_AGENT_CHARACTERS: usize = 200;

fn client(app: &App, request: &HttpRequest) -> Client {
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    Client {
        address: address_of(request, app.settings.proxy_hops),
        user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_CHARACTERS).collect()),
    }
}

/// The client's address: that of the connection, or behind so many proxies of our own the one that the
/// outermost of them saw. What stands further left in `X-Forwarded-For` anybody can write.
pub(crate) fn address_of(request: &HttpRequest, proxy_hops: usize) -> Option<std::net::IpAddr> {
    let peer = request.peer_addr().map(|address| address.ip());
    if proxy_hops == 0 {
        return peer;
    }
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let at = forwarded.len().checked_sub(proxy_hops);
    at.and_then(|at| forwarded[at].trim().parse().ok()).or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::no_proxy(0, "203.0.113.9", "192.0.2.1")]
    #[case::one_proxy(1, "203.0.113.9", "203.0.113.9")]
    #[case::one_proxy_and_a_lie(1, "10.0.0.1, 203.0.113.9", "203.0.113.9")]
    #[case::two_proxies(2, "10.0.0.1, 203.0.113.9, 198.51.100.2", "203.0.113.9")]
    #[case::fewer_than_promised(3, "203.0.113.9", "192.0.2.1")]
    #[case::nonsense(1, "somewhere", "192.0.2.1")]
    fn only_our_own_proxies_are_believed(#[case] hops: usize, #[case] forwarded: &str, #[case] expected: &str) {
        let request = actix_web::test::TestRequest::default()
            .peer_addr("192.0.2.1:5000".parse().expect("an address"))
            .insert_header(("x-forwarded-for", forwarded))
            .to_http_request();
        assert_eq!(
            address_of(&request, hops).map(|address| address.to_string()).as_deref(),
            Some(expected)
        );
    }
}
