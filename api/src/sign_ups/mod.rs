//! Signing up: a new buyer registers at the checkout and chooses the password there (R51).
//!
//! Where the policy's `checkout.sign_up` is on, one request makes the account, its first business with
//! coverage everywhere, the address that mails go to and the owner, and signs the owner in.
//!
//! **What a stranger learns.** A session at the end cannot look the same for an e-mail that is taken. So a
//! sign-up ends as a sign-in with the same e-mail and password, which is counted as one: who knows the
//! password of the account that is there is let in, whoever does not gets 202 `sign_in`, and its owner gets
//! a message. The password is hashed either way, so the time tells nothing more, and sign-ups are
//! counted by address: thirty are free, then each has to wait twice as long as the one before. E-mails are
//! compared without their case (K18); where the policy is strict about it, so is the sign-in at the end.
//!
//! Tests: `tests/api/sign_ups.rs`.

mod http;
mod ops;
mod store;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::create_sign_up);
}
