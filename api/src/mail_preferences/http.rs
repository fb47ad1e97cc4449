//! Handlers of one's own mail preferences.

use super::store;
use crate::app::App;
use crate::audit;
use crate::auth::{Caller, Principal};
use crate::command::{Command, Reply};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Problems};
use crate::events::{self, Subject};
use actix_web::web::Data;
use actix_web::{get, patch};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::mail_preferences::{MailClass, MailPreference, MailPreferences, UpdateMailPreferences};
use tradepost_contract::problem::FieldError;
use tradepost_contract::users::Audience;

/// Shows which mails one gets
#[utoipa::path(tag = "mails", responses((status = 200, body = MailPreferences), Problems))]
#[get("/me/mail-preferences")]
pub(super) async fn get_mail_preferences(caller: Caller, app: Data<App>) -> ApiResult<Reply> {
    let preferences = app.db.read(move |conn| preferences(conn, &caller)).await?;
    Reply::ok(&preferences)
}

/// Changes which mails one gets
///
/// `off` is everything that one does without from now on. What is legal or about signing in cannot be turned off (422).
#[utoipa::path(
    tag = "mails",
    request_body = UpdateMailPreferences,
    responses((status = 200, body = MailPreferences), Problems)
)]
#[patch("/me/mail-preferences")]
pub(super) async fn update_mail_preferences(
    caller: Caller,
    command: Command<UpdateMailPreferences>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let refused = command
        .body
        .off
        .iter()
        .enumerate()
        .filter(|(_, class)| class.is_mandatory());
    let refused: Vec<FieldError> = refused
        .map(|(at, class)| {
            FieldError::new(
                format!("/off/{at}"),
                "mandatory",
                format!("{class} cannot be turned off"),
            )
        })
        .collect();
    if !refused.is_empty() {
        return Err(ApiError::invalid(refused));
    }
    command
        .run(&app, caller, |tx, caller, body| {
            let user = caller.user_id()?;
            let mut off = body.off.clone();
            off.sort_unstable();
            off.dedup();
            store::replace(tx, user, &off)?;
            let supplier = caller.supplier().ok().map(|person| person.supplier_id);
            let subject = match supplier {
                Some(supplier) => Subject::of(user).supplier(supplier),
                None => Subject::of(user),
            };
            let action = "user.mail_preferences_changed";
            events::push(tx, EventKind::AccessChanged, subject, &json!({ "action": action }))?;
            let change = audit::Change {
                action,
                object: user.to_string(),
                supplier,
                after: Some(json!({ "off": off })),
                ..audit::Change::default()
            };
            audit::record(tx, &caller.actor(), change)?;
            Reply::ok(&preferences(tx, caller)?)
        })
        .await
}

fn preferences(conn: &mut Conn, caller: &Caller) -> ApiResult<MailPreferences> {
    let off = store::off(conn, caller.user_id()?)?;
    let audience = match &caller.principal {
        Principal::Staff(_) => Audience::Staff,
        Principal::Supplier(_) | Principal::Key(_) => Audience::Supplier,
    };
    let classes = MailClass::ALL.iter().filter(|class| class.concerns(audience));
    Ok(MailPreferences {
        classes: classes
            .map(|class| MailPreference {
                class: *class,
                on: !off.contains(class),
                mandatory: class.is_mandatory(),
            })
            .collect(),
    })
}
