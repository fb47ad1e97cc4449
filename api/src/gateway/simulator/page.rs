//! The simulator's hosted page: in place of numbers, a person chooses how the method behaves.

use super::rules::Behaviour;
use super::store::{self, Object};
use crate::app::App;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpResponse, get, post};
use serde_json::{Value, json};
use std::fmt::Write;

pub(super) const SESSION: &str = "session";
pub(super) const METHOD: &str = "payment_method";

/// Nothing is loaded, and the form goes nowhere else; what follows it may, because browsers hold a
/// redirect after a form to the same rule.
const POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

fn in_words(behaviour: Behaviour) -> &'static str {
    match behaviour {
        Behaviour::Ok => "Everything goes well.",
        Behaviour::Declined => "The bank declines.",
        Behaviour::InsufficientFunds => "There is not enough money.",
        Behaviour::ExpiredCard => "The card has expired.",
        Behaviour::Recovers => "The first charge fails, later ones go well.",
        Behaviour::FailsLater => "It fails two days later.",
        Behaviour::Late => "It takes four days.",
        Behaviour::LosesAnswer => "It is done, and the answer is lost.",
        Behaviour::LosesSomeAnswers => "Every tenth answer is lost.",
        Behaviour::NeverArrives => "The request is lost.",
        Behaviour::Slow => "It is done, and the answer comes too late.",
        Behaviour::Silent => "It goes well, and no event is sent.",
        Behaviour::Disputed => "It goes well; the payer's bank takes it back ten days later.",
        Behaviour::DisputeWon => "It goes well; the payer's bank asks for it back in vain.",
        Behaviour::RefundFails => "It goes well, and refunds fail.",
        Behaviour::ExpiresSoon => "A card that ends this month.",
    }
}

#[get("/pages/{id}")]
pub(super) async fn show(id: Path<String>, app: Data<App>) -> ApiResult<HttpResponse> {
    if !app.settings.sandbox {
        return Err(ApiError::not_found());
    }
    let found = app.db.read(move |conn| store::find(conn, SESSION, &id)).await?;
    let (session, _) = found.ok_or_else(ApiError::not_found)?;
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Sandbox gateway</title><main><h1>Sandbox gateway</h1>",
    );
    if session["status"] == "open" {
        html.push_str(
            "<p>No money moves here, and no number is asked for. Choose how the method behaves.</p>\
             <form method=\"post\"><p><label for=\"behaviour\">Behaviour</label> <select id=\"behaviour\" name=\"behaviour\">",
        );
        for behaviour in Behaviour::ALL {
            let _ = write!(
                html,
                "<option value=\"{}\">{}</option>",
                behaviour.as_str(),
                in_words(*behaviour)
            );
        }
        html.push_str("</select></p><p><button>Save</button></p></form>");
    } else {
        html.push_str("<p>This page was used already.</p>");
    }
    html.push_str("</main></html>");
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html))
}

#[post("/pages/{id}")]
pub(super) async fn finish(id: Path<String>, body: Bytes, app: Data<App>) -> ApiResult<HttpResponse> {
    if !app.settings.sandbox {
        return Err(ApiError::not_found());
    }
    let chosen = form_urlencoded::parse(&body)
        .find(|(name, _)| name == "behaviour")
        .and_then(|(_, word)| Behaviour::named(&word));
    let behaviour = chosen.ok_or_else(|| ApiError::conflict("Choose one of the behaviours."))?;
    let id = id.into_inner();
    let target = app.db.write(move |tx| complete(tx, &id, behaviour)).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, target))
        .finish())
}

fn complete(tx: &mut Tx<'_>, id: &str, behaviour: Behaviour) -> ApiResult<String> {
    let (mut session, _) = store::find(tx, SESSION, id)?.ok_or_else(ApiError::not_found)?;
    let target = session["success_url"].as_str().unwrap_or_default().to_owned();
    if session["status"] != "open" {
        return Ok(target);
    }
    let kind = session["payment_method_types"][0].as_str().unwrap_or("card").to_owned();
    let customer = session["customer"].as_str().map(str::to_owned);
    let method = method(&kind, behaviour, customer.as_deref(), tx.business_now());
    let object = Object {
        id: method["id"].as_str().unwrap_or_default().to_owned(),
        kind: METHOD,
        customer,
        behaviour: Some(behaviour),
        idempotency_key: None,
        body: method.clone(),
        due_at: None,
    };
    store::insert(tx, &object)?;
    session["status"] = json!("complete");
    session["setup_intent"] = json!({ "id": format!("seti_{id}"), "payment_method": method });
    store::save(tx, id, &session, None)?;
    if behaviour != Behaviour::Silent {
        let mut named = session.clone();
        named["setup_intent"] = json!(format!("seti_{id}"));
        store::announce(tx, "checkout.session.completed", &named)?;
    }
    Ok(target)
}

fn method(kind: &str, behaviour: Behaviour, customer: Option<&str>, now: tradepost_contract::Timestamp) -> Value {
    let id = format!("pm_{:x}", crate::ids::next());
    let today = now.to_offset();
    let (year, month) = match behaviour {
        Behaviour::ExpiresSoon => (today.year(), u8::from(today.month())),
        _ => (today.year() + 3, 12),
    };
    let mut method = json!({ "id": id, "object": "payment_method", "type": kind, "customer": customer });
    method[kind] = match kind {
        "card" => json!({ "brand": "visa", "last4": "4242", "exp_month": month, "exp_year": year }),
        "us_bank_account" => json!({ "bank_name": "Sandbox Bank", "last4": "6789" }),
        "bacs_debit" => json!({ "last4": "2345", "sort_code": "108800" }),
        _ => json!({}),
    };
    method
}
