//! Which mails a person gets (R65, R126): by class, for the address that they sign in with.
//!
//! Everybody gets everything until they say otherwise, so what is kept is what somebody does without. The mail of a
//! message is made for each of its addresses but those whose owner does without its class (`mails/write.rs`); the message
//! itself stays. Nobody does without what is legal or about signing in. An address of a supplier's that nobody signs in
//! with is a contact, and gets what the contact is for.
//!
//! Tests: `tests/api/mail_preferences.rs`.

mod http;
mod store;

pub(crate) use store::does_without;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::get_mail_preferences)
        .service(http::update_mail_preferences);
}
