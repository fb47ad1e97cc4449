//! Another e-mail to sign in with.
//!
//! Its owner asks for it, with a fresh proof of who they are; a link goes to the new address and a notice to the old one.
//! Following the link changes the e-mail, ends every other session and every other link, and tells the old address again.
//! Nobody learns whether somebody signs in with an address: the answer is the same, and only the link does not come.

use super::ops::{self, refused, security_changed};
use super::store;
use crate::app::App;
use crate::audit;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::sessions::store as sessions;
use crate::users::Email;
use serde_json::json;
use tradepost_contract::access_links::{AccessLinkState, AccessPurpose};
use tradepost_contract::auth::SecretText;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::problem::FieldError;
use tradepost_contract::{ProblemCode, SupplierId, UserLinkId};

/// Sends the link to the new address, unless somebody signs in with it already, and the notice to the old one.
pub(super) fn ask(tx: &mut Tx<'_>, caller: &Caller, wanted: &Email) -> ApiResult<()> {
    let user = caller.user_id()?;
    let person = store::person(tx, user)?.ok_or_else(ApiError::not_found)?;
    if person.email == wanted.as_typed {
        let same = FieldError::new("/email", "same", "you sign in with this e-mail already");
        return Err(ApiError::invalid(vec![same]));
    }
    store::end_purpose(tx, user, AccessPurpose::Email)?;
    let supplier = security_changed(tx, user, "email_change_asked", None)?;
    let owner = store::person_by_email(tx, &wanted.normal)?;
    if owner.is_none_or(|owner| owner.id == user) {
        let facts = json!({ "user_id": user, "session_id": caller.session_id() });
        let occasion = format!("{user}:{}", tx.new_id::<UserLinkId>());
        let to = super::store::Person {
            email: wanted.as_typed.clone(),
            ..person
        };
        ops::tell(tx, NotificationKind::EmailChange, &occasion, &to, &facts)?;
    }
    record(tx, caller.actor(), user, supplier, "user.email_change_asked", json!({}))
}

/// Changes the e-mail of whoever a link is for to the address that it was sent to.
pub(super) async fn confirm(app: &App, token: &SecretText) -> ApiResult<()> {
    let (found, person) = ops::look_up(app, token).await?;
    let found = found.filter(|found| found.purpose == AccessPurpose::Email);
    let (Some(found), Some(person)) = (found, person.filter(|person| person.active)) else {
        return Err(refused(AccessLinkState::Unknown));
    };
    let state = super::rules::state(&found.link, app.clock.wall_now());
    let Some(email) = found.email.filter(|_| state == AccessLinkState::Good) else {
        return Err(refused(state));
    };
    let user = person.id;
    let request = crate::request::current_id();
    app.db
        .write(move |tx| {
            if !store::use_up(tx, found.id)? {
                return Err(refused(AccessLinkState::Used));
            }
            let changed = store::set_email(tx, user, &email).map_err(|error| match error.code() {
                ProblemCode::Duplicate => ApiError::new(ProblemCode::Invalid).field(
                    "/token",
                    "taken",
                    "somebody signs in with this address meanwhile",
                ),
                _ => error,
            })?;
            if !changed {
                return Err(refused(AccessLinkState::Unknown));
            }
            let links = store::end_all(tx, user)?;
            let ended = sessions::revoke_others(tx, user, found.session, "email_changed")?;
            let supplier = security_changed(tx, user, "email_changed", Some(&person.email))?;
            let actor = crate::users::acting_as(tx, user, &request)?.actor();
            let after = json!({ "sessions_ended": ended, "links_ended": links, "link_id": found.id });
            record(tx, actor, user, supplier, "user.email_changed", after)
        })
        .await?;
    app.gate.forget_user(user);
    Ok(())
}

/// The trail says that it was changed, and never to what.
fn record(
    tx: &mut Tx<'_>,
    actor: crate::auth::Actor,
    user: tradepost_contract::UserId,
    supplier: Option<SupplierId>,
    action: &str,
    after: serde_json::Value,
) -> ApiResult<()> {
    ops::push(tx, user, supplier, action)?;
    let change = audit::Change {
        action,
        object: user.to_string(),
        supplier,
        after: Some(after),
        ..audit::Change::default()
    };
    audit::record(tx, &actor, change)
}
