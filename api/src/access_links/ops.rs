//! Setting a password by a link, asking for one, and sending another one.

use super::at_rest;
use super::rules::{self, RESETS_AN_HOUR};
use super::store::{self, Found, Person};
use crate::app::App;
use crate::audit;
use crate::auth::{Actor, passwords};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::notifications;
use crate::sessions::store as sessions;
use serde_json::json;
use tradepost_contract::access_links::{AccessLink, AccessLinkState, AccessPurpose};
use tradepost_contract::auth::SecretText;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::{ProblemCode, SupplierId, UserId};

/// What a token is, to whoever holds it.
pub(super) async fn inspect(app: &App, token: &SecretText) -> ApiResult<AccessLink> {
    let (found, person) = look_up(app, token).await?;
    let now = app.clock.wall_now();
    let Some(found) = found else {
        return Ok(AccessLink {
            state: AccessLinkState::Unknown,
            purpose: None,
            email: None,
            name: None,
        });
    };
    let state = rules::state(&found.link, now);
    let person = person.filter(|person| state == AccessLinkState::Good && person.active);
    Ok(AccessLink {
        state,
        purpose: Some(found.purpose),
        email: person
            .as_ref()
            .map(|person| found.email.unwrap_or_else(|| person.email.clone())),
        name: person.map(|person| person.name),
    })
}

pub(super) async fn look_up(app: &App, token: &SecretText) -> ApiResult<(Option<Found>, Option<Person>)> {
    let hash = at_rest(token.reveal());
    app.db
        .read(move |conn| {
            let found = store::by_hash(conn, &hash)?;
            let person = match &found {
                Some(found) => store::person(conn, found.user)?,
                None => None,
            };
            Ok((found, person))
        })
        .await
}

pub(super) fn refused(state: AccessLinkState) -> ApiError {
    ApiError::new(ProblemCode::Invalid).field("/token", state.as_str(), rules::told(state))
}

/// Sets the password of whoever a link is for, and gives the e-mail that they sign in with.
pub(super) async fn set_password(
    app: &App,
    token: &SecretText,
    password: SecretText,
    purpose: AccessPurpose,
) -> ApiResult<String> {
    let (found, person) = look_up(app, token).await?;
    // A link is for one purpose: at the other door it is none of ours.
    let found = found.filter(|found| found.purpose == purpose);
    let (Some(found), Some(person)) = (found, person.filter(|person| person.active)) else {
        return Err(refused(AccessLinkState::Unknown));
    };
    let state = rules::state(&found.link, app.clock.wall_now());
    if state != AccessLinkState::Good {
        return Err(refused(state));
    }
    if let Some(error) = passwords::refuse("/password", password.reveal(), &person.email) {
        return Err(ApiError::invalid(vec![error]));
    }
    let hash = app
        .gate
        .passwords
        .hash(password.reveal().to_owned(), person.audience)
        .await?;
    let (user, email) = (person.id, person.email.clone());
    let request = crate::request::current_id();
    app.db
        .write(move |tx| {
            if !store::use_up(tx, found.id)? {
                return Err(refused(AccessLinkState::Used));
            }
            if !store::set_password(tx, user, &hash)? {
                return Err(refused(AccessLinkState::Unknown));
            }
            let links = store::end_all(tx, user)?;
            let ended = sessions::revoke_others(tx, user, None, "password_set_by_link")?;
            let action = match purpose {
                AccessPurpose::Invitation => "user.invitation_accepted",
                // A link to confirm an address sets no password: it was refused above, by its purpose.
                AccessPurpose::Reset | AccessPurpose::Email => "user.password_reset",
            };
            let actor = crate::users::acting_as(tx, user, &request)?.actor();
            let after = json!({ "sessions_ended": ended, "links_ended": links, "link_id": found.id });
            record(tx, &actor, &person, action, after)?;
            if person.has_password {
                let facts = json!({ "user_id": user, "at": tx.business_now() });
                tell(
                    tx,
                    NotificationKind::PasswordChanged,
                    &found.id.to_string(),
                    &person,
                    &facts,
                )?;
            }
            Ok(())
        })
        .await?;
    app.gate.forget_user(user);
    Ok(email)
}

/// Tells somebody that their password was changed, so that they hear of it if it was not them.
pub(crate) fn password_changed(tx: &mut Tx<'_>, user: UserId, version: i64) -> ApiResult<()> {
    let person = store::person(tx, user)?.ok_or_else(ApiError::not_found)?;
    store::end_all(tx, user)?;
    let facts = json!({ "user_id": user, "at": tx.business_now() });
    let occasion = format!("{user}:{version}");
    tell(tx, NotificationKind::PasswordChanged, &occasion, &person, &facts)
}

/// Tells somebody that the way they sign in was changed, so that they hear of it if it was not them: at the address they
/// sign in with, or at the one they signed in with before. Gives their account.
pub(crate) fn security_changed(
    tx: &mut Tx<'_>,
    user: UserId,
    what: &str,
    at: Option<&str>,
) -> ApiResult<Option<SupplierId>> {
    let mut person = store::person(tx, user)?.ok_or_else(ApiError::not_found)?;
    if let Some(address) = at {
        address.clone_into(&mut person.email);
    }
    let facts = json!({ "user_id": user, "what": what, "at": tx.business_now() });
    let occasion = format!("{user}:{what}:{}", tx.new_id::<tradepost_contract::UserLinkId>());
    tell(tx, NotificationKind::SecurityChanged, &occasion, &person, &facts)?;
    Ok(person.supplier)
}

/// Sends a link to whoever signs in with the e-mail, if anybody does and may.
pub(super) fn forgotten(tx: &mut Tx<'_>, email: &str) -> ApiResult<()> {
    let Some(person) = store::person_by_email(tx, email)?.filter(|person| person.active) else {
        return Ok(());
    };
    let now = tx.wall_now();
    if store::recent_resets(tx, person.id, now)? >= RESETS_AN_HOUR {
        return Ok(());
    }
    let occasion = format!("{}:{}", person.id, tx.new_id::<tradepost_contract::UserLinkId>());
    let facts = json!({ "user_id": person.id });
    tell(tx, NotificationKind::PasswordReset, &occasion, &person, &facts)
}

/// Invites somebody who has no password yet, once (R87).
pub(crate) fn invite(tx: &mut Tx<'_>, user: UserId) -> ApiResult<()> {
    let person = store::person(tx, user)?.ok_or_else(ApiError::not_found)?;
    if person.has_password {
        return Ok(());
    }
    let facts = json!({ "user_id": user });
    tell(tx, NotificationKind::MemberInvited, &user.to_string(), &person, &facts)
}

/// Sends somebody another link, and ends those that they have (R4).
pub(crate) fn resend(tx: &mut Tx<'_>, actor: &Actor, user: UserId) -> ApiResult<()> {
    let person = store::person(tx, user)?.ok_or_else(ApiError::not_found)?;
    if !person.active {
        return Err(ApiError::conflict("This person may not sign in."));
    }
    let ended = store::end_all(tx, user)?;
    let occasion = format!("{user}:{}", tx.new_id::<tradepost_contract::UserLinkId>());
    let facts = json!({ "user_id": user });
    tell(tx, NotificationKind::AccessResent, &occasion, &person, &facts)?;
    record(
        tx,
        actor,
        &person,
        "user.access_resent",
        json!({ "links_ended": ended }),
    )
}

/// Sends somebody another invitation who has not chosen a password yet.
pub(crate) fn resend_invitation(tx: &mut Tx<'_>, actor: &Actor, user: UserId) -> ApiResult<()> {
    let person = store::person(tx, user)?.ok_or_else(ApiError::not_found)?;
    if person.has_password {
        return Err(ApiError::conflict(
            "They have chosen a password already; where it is forgotten, the sign-in page sends them a link.",
        ));
    }
    resend(tx, actor, user)
}

/// Tells a person something about their own access, in the name of their programme.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    kind: NotificationKind,
    occasion: &str,
    person: &Person,
    facts: &serde_json::Value,
) -> ApiResult<()> {
    let programme = match person.programme {
        Some(programme) => Some(programme),
        None => crate::programmes::oldest(tx)?,
    };
    let Some(programme) = programme else {
        // Before the first programme is set up there is nobody in whose name a mail could go out.
        return Ok(());
    };
    let to = [person.email.clone()];
    notifications::record_to(tx, kind, occasion, programme, person.supplier, &to, facts)?;
    Ok(())
}

fn record(tx: &mut Tx<'_>, actor: &Actor, person: &Person, action: &str, after: serde_json::Value) -> ApiResult<()> {
    let supplier: Option<SupplierId> = person.supplier;
    push(tx, person.id, supplier, action)?;
    let change = audit::Change {
        action,
        object: person.id.to_string(),
        supplier,
        before: None,
        after: Some(after),
        reason: None,
    };
    audit::record(tx, actor, change)
}

/// The event that somebody's access was changed.
pub(super) fn push(tx: &mut Tx<'_>, user: UserId, supplier: Option<SupplierId>, action: &str) -> ApiResult<()> {
    let subject = match supplier {
        Some(supplier) => Subject::of(user).supplier(supplier),
        None => Subject::of(user),
    };
    events::push(tx, EventKind::AccessChanged, subject, &json!({ "action": action }))?;
    Ok(())
}
