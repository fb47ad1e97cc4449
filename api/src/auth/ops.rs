//! Signing in, refreshing, signing out, changing one's password.

use tradepost_contract::auth::{SecretText, SignedIn};
use tradepost_contract::problem::ProblemCode;
use tradepost_contract::second_factors::SignInChallenge;
use tradepost_contract::users::Audience;
use tradepost_contract::{SessionId, Timestamp, UserId};

use super::passwords::{self, Checked};
use super::refresh::{self, Presented, Verdict};
use super::secrets::Secrets;
use super::tokens::{self, Access};
use super::{Caller, challenges, throttle};
use crate::app::App;
use crate::audit;
use crate::auth::Actor;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::second_factors;
use crate::sessions::store as sessions;
use crate::users::store as users;

/// Where a sign-in comes from.
#[derive(Debug, Clone)]
pub(super) struct Client {
    /// The address, for the list of sessions.
    pub(super) address: Option<std::net::IpAddr>,
    /// What the browser or program calls itself.
    pub(super) user_agent: Option<String>,
}

/// A session's tokens, to be put into the answer and the cookie.
#[derive(Debug)]
pub(super) struct Tokens {
    /// The answer's body.
    pub(super) signed_in: SignedIn,
    /// The cookie's value.
    pub(super) refresh_token: String,
    /// How long the cookie is good for, in seconds.
    pub(super) cookie_seconds: i64,
}

/// A session that just began or goes on.
#[derive(Debug, Clone)]
pub(super) struct Continued {
    access: Access,
    refresh_token: String,
    good_until: Timestamp,
}

impl Continued {
    /// Whether the person's tokens are still those of this version.
    pub(super) fn is_of(&self, token_version: i64) -> bool {
        self.access.token_version == token_version
    }
}

/// What a right password leads to.
#[derive(Debug, Clone)]
pub(super) enum Entered {
    /// In.
    Session(Continued),
    /// To a code of the second factor.
    Challenge(SignInChallenge),
}

/// What a sign-in is answered with.
#[derive(Debug)]
pub(super) enum Answered {
    /// A session.
    In(Tokens),
    /// A challenge.
    Challenge(SignInChallenge),
}

/// Checks e-mail and password and begins a session, or asks for a code where one signs in with codes.
///
/// The answer is the same, and takes as long, for an unknown e-mail, a wrong password, a user without a
/// password and a disabled one.
pub(super) async fn login(app: &App, email: &str, password: SecretText, client: Client) -> ApiResult<Answered> {
    let address = client.address.map(throttle::customer_of).unwrap_or_default();
    let typed = email.trim().to_owned();
    let email = typed.to_lowercase();
    let now = app.clock.business_now();
    let tries = throttle::keys(&app.secrets, &email, &address);
    let counted = tries.clone();
    app.db.write(move |tx| super::store::take_try(tx, &counted)).await?;

    let found = app
        .db
        .read(move |conn| users::sign_in_row(conn, &email, &typed, now))
        .await?;
    let stored = found.as_ref().and_then(|user| user.password_hash.clone());
    let audience = found.as_ref().map_or(Audience::Supplier, |user| user.audience);
    let checked = app
        .gate
        .passwords
        .check(password.reveal().to_owned(), stored.clone(), audience)
        .await?;
    let wrong = || ApiError::new(ProblemCode::InvalidCredentials);
    let user = found
        .filter(|user| checked.right && user.may_sign_in)
        .ok_or_else(wrong)?;

    let secrets = app.secrets.clone();
    let entered = app
        .db
        .write(move |tx| {
            super::store::give_try_back(tx, &tries)?;
            rehash(tx, user.id, stored.as_deref(), &checked)?;
            if second_factors::is_on(tx, user.id)? {
                let challenge = challenges::make(tx, user.id, user.token_version)?;
                return Ok(Some(Entered::Challenge(challenge)));
            }
            Ok(begin(tx, &secrets, user.id, &client)?.map(Entered::Session))
        })
        .await?;
    match entered.ok_or_else(wrong)? {
        Entered::Session(continued) => Ok(Answered::In(tokens_of(app, continued)?)),
        Entered::Challenge(challenge) => Ok(Answered::Challenge(challenge)),
    }
}

/// Begins a session of somebody who has proved who they are; nothing where they were locked out meanwhile.
pub(super) fn begin(tx: &mut Tx<'_>, secrets: &Secrets, user: UserId, client: &Client) -> ApiResult<Option<Continued>> {
    let Some((token_version, audience)) = users::signed_in(tx, user)? else {
        return Ok(None);
    };
    let id: SessionId = tx.new_id();
    let now = tx.wall_now();
    let expires_at = now.plus(refresh::absolute(audience));
    let refresh_token = refresh::token(secrets, id, 0);
    let session = sessions::NewSession {
        id,
        user_id: user,
        refresh_hash: refresh::at_rest(&refresh_token),
        idle_expires_at: refresh::idle_end(now, expires_at),
        expires_at,
        user_agent: client.user_agent.clone(),
        ip: client.address.map(|address| address.to_string()),
    };
    sessions::insert(tx, &session)?;
    let access = Access {
        user_id: user,
        session_id: id,
        token_version,
        audience,
        impersonation: None,
    };
    Ok(Some(Continued {
        access,
        refresh_token,
        good_until: session.idle_expires_at,
    }))
}

fn rehash(tx: &mut Tx<'_>, user: UserId, old: Option<&str>, checked: &Checked) -> ApiResult<()> {
    match (&checked.rehashed, old) {
        (Some(new), Some(old)) => users::replace_hash(tx, user, old, new),
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

pub(super) fn tokens_of(app: &App, continued: Continued) -> ApiResult<Tokens> {
    let now = app.clock.wall_now();
    let access_token = tokens::mint(&app.secrets, &continued.access, now).map_err(ApiError::internal)?;
    let signed_in = SignedIn {
        access_token: SecretText::new(access_token),
        token_type: "Bearer".to_owned(),
        expires_in: tokens::ACCESS_SECONDS,
        session_id: continued.access.session_id,
        audience: continued.access.audience,
    };
    let cookie_seconds = continued.good_until.since(now).whole_seconds();
    Ok(Tokens {
        signed_in,
        refresh_token: continued.refresh_token,
        cookie_seconds,
    })
}

/// What a refresh came to, once it is durable.
enum Outcome {
    Goes(Continued),
    Stolen,
    Over,
}

/// Gives the next tokens for a refresh token, or ends the session of one that was used before.
pub(super) async fn refresh_session(app: &App, token: &str) -> ApiResult<Tokens> {
    let over = || ApiError::new(ProblemCode::SessionEnded);
    let presented = refresh::read(&app.secrets, token).ok_or_else(over)?;
    let session = presented.session;
    let secrets = app.secrets.clone();
    let outcome = app
        .db
        .write(move |tx| {
            // A racer may rotate between the read and the update; the second round then sees its work.
            for _ in 0..2 {
                let Some((family, user)) = sessions::family(tx, presented.session)? else {
                    return Ok(Outcome::Over);
                };
                let goes = |rotation: i64, good_until: Timestamp| {
                    let access = Access {
                        user_id: user.id,
                        session_id: presented.session,
                        token_version: user.token_version,
                        audience: user.audience,
                        impersonation: None,
                    };
                    let refresh_token = refresh::token(&secrets, presented.session, rotation);
                    Outcome::Goes(Continued {
                        access,
                        refresh_token,
                        good_until,
                    })
                };
                match refresh::judge(&family, &presented, tx.wall_now()) {
                    Verdict::Rotate => {
                        let idle_end = refresh::idle_end(tx.wall_now(), family.expires_at);
                        let next = refresh::token(&secrets, presented.session, family.rotation + 1);
                        if sessions::rotate(
                            tx,
                            presented.session,
                            &presented.hash,
                            &refresh::at_rest(&next),
                            idle_end,
                        )? {
                            return Ok(goes(family.rotation + 1, idle_end));
                        }
                    }
                    Verdict::Repeat => {
                        let successor = refresh::token(&secrets, presented.session, family.rotation);
                        // After a change of the secret the successor cannot be computed again.
                        let known = refresh::at_rest(&successor) == family.refresh_hash;
                        return Ok(if known {
                            goes(family.rotation, family.idle_expires_at)
                        } else {
                            Outcome::Over
                        });
                    }
                    Verdict::Stolen => return end_stolen(tx, &presented).map(|()| Outcome::Stolen),
                    Verdict::Refuse => return Ok(Outcome::Over),
                }
            }
            Ok(Outcome::Over)
        })
        .await?;
    match outcome {
        Outcome::Goes(continued) => tokens_of(app, continued),
        Outcome::Stolen => {
            app.gate.forget_session(session);
            tracing::warn!(%session, "a used refresh token came back: the session was ended");
            Err(over().detail("This token was used before, so the session was ended for safety. Sign in again."))
        }
        Outcome::Over => Err(over()),
    }
}

fn end_stolen(tx: &mut Tx<'_>, presented: &Presented) -> ApiResult<()> {
    if sessions::revoke(tx, presented.session, "refresh_token_reused")? {
        let change = audit::Change {
            action: "session.ended",
            object: presented.session.to_string(),
            reason: Some("a used refresh token came back"),
            ..audit::Change::default()
        };
        audit::record(tx, &Actor::system("sign-in"), change)?;
    }
    Ok(())
}

/// Ends the session of a refresh token; a token that is none changes nothing.
pub(super) async fn logout(app: &App, token: &str) -> ApiResult<()> {
    let Some(presented) = refresh::read(&app.secrets, token) else {
        return Ok(());
    };
    let session = presented.session;
    app.db
        .write(move |tx| {
            let Some((family, _)) = sessions::family(tx, presented.session)? else {
                return Ok(());
            };
            match refresh::judge(&family, &presented, tx.wall_now()) {
                Verdict::Rotate | Verdict::Repeat | Verdict::Stolen => {
                    sessions::revoke(tx, presented.session, "signed_out").map(drop)
                }
                Verdict::Refuse => Ok(()),
            }
        })
        .await?;
    app.gate.forget_session(session);
    Ok(())
}

/// Changes one's own password; every other session ends, and this one gets a new access token.
pub(super) async fn change_password(
    app: &App,
    caller: Caller,
    current: SecretText,
    new: SecretText,
    address: Option<std::net::IpAddr>,
) -> ApiResult<SignedIn> {
    let user_id = caller.user_id()?;
    let session_id = caller
        .session_id()
        .ok_or_else(|| ApiError::new(ProblemCode::Forbidden))?;
    let found = app.db.read(move |conn| users::credentials(conn, user_id)).await?;
    if let Some(error) = passwords::refuse("/new_password", new.reveal(), &found.email) {
        return Err(ApiError::invalid(vec![error]));
    }
    // Whoever got hold of an open browser must not be able to try passwords here without end.
    let place = format!("{}|password", address.map(throttle::customer_of).unwrap_or_default());
    let tries = throttle::keys(&app.secrets, &found.email, &place);
    let counted = tries.clone();
    app.db.write(move |tx| super::store::take_try(tx, &counted)).await?;
    let stored = found.password_hash.clone();
    let checked = app
        .gate
        .passwords
        .check(current.reveal().to_owned(), stored.clone(), found.audience)
        .await?;
    if !checked.right {
        let message = "this is not your password";
        return Err(ApiError::new(ProblemCode::Invalid).field("/current_password", "wrong_password", message));
    }
    let hash = app.gate.passwords.hash(new.reveal().to_owned(), found.audience).await?;
    let audience = found.audience;
    let version = app
        .db
        .write(move |tx| {
            super::store::give_try_back(tx, &tries)?;
            let old = stored.as_deref().unwrap_or_default();
            let Some(version) = users::change_hash(tx, user_id, old, &hash)? else {
                return Err(ApiError::conflict("the password was changed meanwhile"));
            };
            let ended = sessions::revoke_others(tx, user_id, Some(session_id), "password_changed")?;
            let change = audit::Change {
                action: "user.password_changed",
                object: user_id.to_string(),
                after: Some(serde_json::json!({ "sessions_ended": ended })),
                ..audit::Change::default()
            };
            audit::record(tx, &caller.actor(), change)?;
            crate::access_links::password_changed(tx, user_id, version)?;
            Ok(version)
        })
        .await?;
    app.gate.forget_user(user_id);
    let access = Access {
        user_id,
        session_id,
        token_version: version,
        audience,
        impersonation: None,
    };
    let continued = Continued {
        access,
        refresh_token: String::new(),
        good_until: app.clock.wall_now(),
    };
    Ok(tokens_of(app, continued)?.signed_in)
}
