//! Signing in and out, and who one is.

use tradepost_contract::auth::{Login, Me, SignedIn};
use tradepost_contract::second_factors::{AnswerChallenge, SignInChallenge, StepUp, SteppedUp};

use super::Result;
use super::http::{Call, Either};

/// `POST /auth/login`: a session, or the challenge of who signs in with codes.
pub async fn login(login: &Login) -> Result<Either<SignedIn, SignInChallenge>> {
    Call::post("/auth/login").anonymous().json(login).send_either().await
}

/// `POST /auth/sign-in-challenges/answer`
pub async fn answer_sign_in_challenge(answer: &AnswerChallenge) -> Result<SignedIn> {
    Call::post("/auth/sign-in-challenges/answer")
        .anonymous()
        .json(answer)
        .send()
        .await
}

/// `POST /auth/step-up`
pub async fn step_up(proof: &StepUp) -> Result<SteppedUp> {
    Call::post("/auth/step-up").json(proof).send().await
}

/// `POST /auth/refresh`: the cookie goes along by itself.
pub async fn refresh_session() -> Result<SignedIn> {
    Call::post("/auth/refresh")
        .anonymous()
        .json(&serde_json::json!({}))
        .send()
        .await
}

/// `POST /auth/logout`
pub async fn logout() -> Result<()> {
    Call::post("/auth/logout")
        .anonymous()
        .json(&serde_json::json!({}))
        .send_only()
        .await
}

/// `GET /me`
pub async fn get_me() -> Result<Me> {
    Call::get("/me").send().await
}
