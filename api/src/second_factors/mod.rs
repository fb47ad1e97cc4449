//! The second factor: codes of an authenticator app besides the password (RFC 6238), and recovery codes for when it is
//! lost.
//!
//! `off` → `pending` (a secret was shown) → `on` (a first code of it was typed). The secret is sealed, the recovery codes
//! are hashed under a key of the installation, and both are shown once. A code counts in its half minute and those beside
//! it, and never twice: the last step used only rises, by a guarded update. A recovery code works once. After a change of
//! the installation's secret the previous one still opens both, and a secret is sealed anew when a code of it is used.
//!
//! Wrong codes are counted as wrong passwords are, for the account from one address and for the account from anywhere:
//! they slow the next try down, to a quarter of an hour, and lock nobody out for good (`auth/throttle.rs`).
//!
//! Staff need one unless the installation says otherwise: without it their sessions open nothing but setting it up
//! (`auth/gate.rs`). People of the demo are not asked in a sandbox. Suppliers' people are offered it. Whatever changes here
//! ends the person's other sessions and is told to them by mail.
//!
//! Tests: `authenticator.rs` (the published vectors), `rules.rs`, `tests/api/auth/second_factor.rs`.

pub mod authenticator;
mod http;
mod ops;
mod rules;
mod store;

pub(crate) use ops::{Verdict, prove};

use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::routes::Routes;
use tradepost_contract::UserId;
use tradepost_contract::second_factors::SecondFactorState;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::get_second_factor)
        .service(http::enrol_second_factor)
        .service(http::confirm_second_factor)
        .service(http::make_recovery_codes)
        .service(http::disable_second_factor)
        .service(http::reset_second_factor);
}

/// Takes somebody's second factor away, if they have one, because they begin anew.
pub(crate) fn forget(tx: &mut Tx<'_>, user: UserId) -> ApiResult<bool> {
    store::remove(tx, user)
}

/// Whether somebody signs in with a second factor.
pub(crate) fn is_on(conn: &mut Conn, user: UserId) -> ApiResult<bool> {
    let factor = store::get(conn, user)?;
    Ok(store::state_of(factor.as_ref()) == SecondFactorState::On)
}
