//! The second step of a sign-in, for who signs in with codes.
//!
//! A right password gives a challenge instead of a session: 256 random bits that are good for five minutes, for one
//! person, for one session and for five wrong codes. It counts only while the person's tokens do, so that a change of the
//! password ends it too. What is kept is its hash.

use super::ops::{self, Client, Continued, Tokens};
use super::secrets::sha256_hex;
use super::{store, throttle};
use crate::app::App;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::second_factors::{self, Verdict};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::Duration;
use tradepost_contract::auth::SecretText;
use tradepost_contract::second_factors::{AnswerChallenge, SignInChallenge};
use tradepost_contract::{ProblemCode, UserId};

/// How long a challenge waits for its code.
const LIFE: Duration = Duration::minutes(5);
/// So many wrong codes, and the password is asked for again.
const MOST_WRONG: i64 = 5;

/// A challenge for somebody whose password was right.
pub(super) fn make(tx: &mut Tx<'_>, user: UserId, token_version: i64) -> ApiResult<SignInChallenge> {
    let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let expires_at = tx.wall_now().plus(LIFE);
    store::insert_challenge(tx, &sha256_hex(token.as_bytes()), user, token_version, expires_at)?;
    Ok(SignInChallenge {
        challenge: SecretText::new(token),
        expires_in: LIFE.whole_seconds(),
    })
}

/// What an answer came to, once it is durable: a wrong one counts.
enum Outcome {
    In(Continued),
    Refused(Verdict),
    Over,
}

/// Takes the code of a challenge and begins a session.
pub(super) async fn answer(app: &App, answer: &AnswerChallenge, client: Client) -> ApiResult<Tokens> {
    let over = || ApiError::new(ProblemCode::ChallengeOver).detail("Sign in with your password again.");
    let hash = sha256_hex(answer.challenge.reveal().as_bytes());
    let known = hash.clone();
    let user = app
        .db
        .read(move |conn| store::challenged(conn, &known))
        .await?
        .ok_or_else(over)?;
    let address = client.address.map(throttle::customer_of).unwrap_or_default();
    let tries = throttle::code_keys(&app.secrets, user, &address);
    let counted = tries.clone();
    app.db.write(move |tx| store::take_try(tx, &counted)).await?;
    let (secrets, code) = (app.secrets.clone(), answer.code.clone());
    let outcome = app
        .db
        .write(move |tx| {
            let Some((user, token_version)) = store::try_challenge(tx, &hash, MOST_WRONG)? else {
                return Ok(Outcome::Over);
            };
            let verdict = second_factors::prove(tx, &secrets, user, code.reveal())?;
            if verdict != Verdict::Right {
                return Ok(Outcome::Refused(verdict));
            }
            if !store::use_challenge(tx, &hash)? {
                return Err(ApiError::new(ProblemCode::ChallengeOver));
            }
            store::give_try_back(tx, &tries)?;
            match ops::begin(tx, &secrets, user, &client)? {
                Some(continued) if continued.is_of(token_version) => Ok(Outcome::In(continued)),
                // The password was changed, or the person locked out, since the challenge was made.
                Some(_) | None => Err(ApiError::new(ProblemCode::ChallengeOver)),
            }
        })
        .await?;
    match outcome {
        Outcome::In(continued) => ops::tokens_of(app, continued),
        Outcome::Refused(verdict) => Err(verdict.refusal()),
        Outcome::Over => Err(over()),
    }
}
