//! Access tokens: a JWT of ten minutes that names the user, the session and the user's token version.
//!
//! What the token says is never enough: the extractor also asks whether the session lives and the
//! token version is current (`liveness.rs`), so that a sign-out or a change of roles takes effect
//! long before the token expires. Times are wall time: the sandbox clock never ends a session.

use jsonwebtoken::{Algorithm, Header, Validation};
use tradepost_contract::users::Audience;
use tradepost_contract::{ImpersonationId, SessionId, Timestamp, UserId};

use super::secrets::{Secrets, SigningKey};

/// How long an access token is good for, in seconds.
pub const ACCESS_SECONDS: i64 = 600;
/// How far two servers' clocks may differ, in seconds.
const LEEWAY_SECONDS: i64 = 5;
/// Nothing that is longer can be one of ours.
const MAX_LENGTH: usize = 2048;
const ISSUER: &str = "tradepost";
const TYPE: &str = "at+jwt";

/// What a valid access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The user.
    pub user_id: UserId,
    /// The sign-in it came from.
    pub session_id: SessionId,
    /// The user's token version when it was made.
    pub token_version: i64,
    /// Staff or supplier.
    pub audience: Audience,
    /// Set where somebody of the staff looks at a supplier's portal.
    pub impersonation: Option<ImpersonationId>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    ver: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    imp: Option<ImpersonationId>,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The token is not one of ours, or its time is over. The answer never says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadToken;

/// A token for `access`, good for ten minutes from `now`.
pub fn mint(secrets: &Secrets, access: &Access, now: Timestamp) -> Result<String, jsonwebtoken::errors::Error> {
    let issued = now.as_seconds();
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: access.audience.as_str().to_owned(),
        sub: access.user_id,
        sid: access.session_id,
        ver: access.token_version,
        imp: access.impersonation,
        iat: issued,
        nbf: issued,
        exp: issued + ACCESS_SECONDS,
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(secrets.signing.kid.clone());
    jsonwebtoken::encode(&header, &claims, &secrets.signing.sign)
}

/// What the token says, if it is one of ours and `now` is within its time.
///
/// The algorithm, type, issuer and audiences are pinned; keys are found by `kid` among ours only, so
/// that no header (`jwk`, `jku`, `x5u`) can bring its own.
pub fn verify(secrets: &Secrets, token: &str, now: Timestamp) -> Result<Access, BadToken> {
    if token.len() > MAX_LENGTH {
        return Err(BadToken);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| BadToken)?;
    if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
        return Err(BadToken);
    }
    let key = key_named(secrets, header.kid.as_deref().ok_or(BadToken)?)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    // The library reads the clock by itself; the times are checked below against the caller's `now`.
    validation.validate_exp = false;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[Audience::Staff.as_str(), Audience::Supplier.as_str()]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    let claims = jsonwebtoken::decode::<Claims>(token, &key.verify, &validation)
        .map_err(|_| BadToken)?
        .claims;
    let now = now.as_seconds();
    let lifetime = claims.exp.checked_sub(claims.iat).ok_or(BadToken)?;
    let expired = now >= claims.exp.saturating_add(LEEWAY_SECONDS);
    let not_yet = claims.nbf.max(claims.iat) > now.saturating_add(LEEWAY_SECONDS);
    if expired || not_yet || !(1..=ACCESS_SECONDS).contains(&lifetime) {
        return Err(BadToken);
    }
    Ok(Access {
        user_id: claims.sub,
        session_id: claims.sid,
        token_version: claims.ver,
        audience: claims.aud.parse().map_err(|_| BadToken)?,
        impersonation: claims.imp,
    })
}

fn key_named<'a>(secrets: &'a Secrets, kid: &str) -> Result<&'a SigningKey, BadToken> {
    [Some(&secrets.signing), secrets.previous_signing.as_ref()]
        .into_iter()
        .flatten()
        .find(|key| key.kid == kid)
        .ok_or(BadToken)
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
