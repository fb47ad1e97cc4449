//! Links that let somebody in: invitations and forgotten passwords (R3, R4, R35, R85–R87).
//!
//! A link is a row whose token only its reader has. The token is `<id>.<mac>`, 256 bits of HMAC-SHA256 over the row's
//! number; the row keeps its SHA-256. So nothing that is kept opens anything, and a mail that is tried again brings the
//! same link. It stands behind `#` in an address, which browsers send to no server.
//!
//! A link is for one person and one purpose, works once (a guarded update of `used_at`), and ends: an invitation after
//! three days, a reset after an hour. Whoever sets a password by one ends all sessions of the account and all its other
//! links. It signs nobody in by itself: after an invitation the web app signs in with the new password, so whatever else
//! a sign-in asks is asked.
//!
//! **What a stranger learns.** "I forgot my password" gives everybody the same answer after the same time, and is
//! counted like wrong passwords are; the mail's link is made by a job.
//!
//! **Another e-mail** is confirmed by a link too (`email.rs`).
//!
//! Tests: `rules.rs`, `tests/api/auth/access.rs`, `tests/api/auth/email_change.rs`.

mod email;
mod http;
mod ops;
mod rules;
mod store;

use crate::auth::secrets::{Secrets, sha256_hex};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::routes::Routes;
use tradepost_contract::access_links::AccessPurpose;
use tradepost_contract::auth::SecretText;
use tradepost_contract::{SessionId, Timestamp, UserId, UserLinkId};

pub(crate) use ops::{invite, password_changed, resend, resend_invitation, security_changed};
pub(crate) use store::{end_all, uninvited_members};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::inspect_access_link)
        .service(http::accept_invitation)
        .service(http::forgot_password)
        .service(http::reset_password)
        .service(http::change_my_email)
        .service(http::confirm_email);
}

/// How the database keeps a token.
fn at_rest(token: &str) -> String {
    sha256_hex(token.as_bytes())
}

/// Makes a link for an active user. Without a purpose it is an invitation for who has no password, and else a reset.
pub(crate) fn make(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    user: UserId,
    purpose: Option<AccessPurpose>,
) -> ApiResult<Option<UserLinkId>> {
    let Some(found) = store::person(tx, user)?.filter(|person| person.active) else {
        return Ok(None);
    };
    let usual = if found.has_password {
        AccessPurpose::Reset
    } else {
        AccessPurpose::Invitation
    };
    let purpose = purpose.unwrap_or(usual);
    let id: UserLinkId = tx.new_id();
    let hash = at_rest(&secrets.access_token(id));
    let expires_at = tx.wall_now().plus(rules::life(purpose));
    store::insert(tx, id, user, purpose, &hash, expires_at, None)?;
    Ok(Some(id))
}

/// Makes the link that confirms another e-mail of an active user.
pub(crate) fn make_email(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    user: UserId,
    email: &str,
    session: Option<SessionId>,
) -> ApiResult<Option<UserLinkId>> {
    if !store::person(tx, user)?.is_some_and(|person| person.active) {
        return Ok(None);
    }
    let id: UserLinkId = tx.new_id();
    let hash = at_rest(&secrets.access_token(id));
    let expires_at = tx.wall_now().plus(rules::life(AccessPurpose::Email));
    store::insert(
        tx,
        id,
        user,
        AccessPurpose::Email,
        &hash,
        expires_at,
        Some((email, session)),
    )?;
    Ok(Some(id))
}

/// A link as it goes into a mail.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) purpose: AccessPurpose,
    pub(crate) token: SecretText,
    pub(crate) expires_at: Timestamp,
    link: rules::Link,
}

impl Written {
    /// Whether it still works.
    pub(crate) fn is_good_at(&self, now: Timestamp) -> bool {
        rules::state(&self.link, now) == tradepost_contract::access_links::AccessLinkState::Good
    }
}

/// The link with this number, with its token computed again; by the previous secret where it was made by that.
pub(crate) fn written(conn: &mut Conn, secrets: &Secrets, id: UserLinkId) -> ApiResult<Written> {
    let (found, hash) = store::get(conn, id)?.ok_or_else(ApiError::not_found)?;
    let token = secrets
        .access_tokens(id)
        .into_iter()
        .find(|token| at_rest(token) == hash)
        .unwrap_or_default();
    Ok(Written {
        purpose: found.purpose,
        token: SecretText::new(token),
        expires_at: found.link.expires_at,
        link: found.link,
    })
}
