//! The simulator's side of the wire.

use super::rules::{self, Answering, Behaviour};
use super::store::{self, Object};
use super::{BELOW, page};
use crate::app::App;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::gateway::SANDBOX_KEY;
use crate::gateway::wire::OUR_NUMBER;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use futures_util::stream;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tradepost_contract::Timestamp;

/// Longer than a client waits.
const SLOWNESS: Duration = Duration::from_secs(30);

/// The fields of a form or a query.
type Fields = BTreeMap<String, String>;

fn fields(text: &[u8]) -> Fields {
    form_urlencoded::parse(text).into_owned().collect()
}

fn key(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get("idempotency-key")?;
    value.to_str().ok().map(str::to_owned)
}

/// Refuses whoever is not the server itself.
fn let_in(app: &App, request: &HttpRequest) -> ApiResult<()> {
    if !app.settings.sandbox {
        return Err(ApiError::not_found());
    }
    let bearer = request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    if bearer == Some(format!("Bearer {SANDBOX_KEY}").as_str()) {
        Ok(())
    } else {
        Err(ApiError::new(tradepost_contract::ProblemCode::Unauthenticated))
    }
}

fn new_id(prefix: &str) -> String {
    format!("{prefix}_{:x}", crate::ids::next())
}

fn refused(status: StatusCode, error: Value) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "error": error }))
}

/// The head of an answer whose body is cut off: the caller never learns what was done.
fn cut() -> HttpResponse {
    let broken = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the simulator cuts the connection");
    HttpResponse::Ok()
        .content_type("application/json")
        .streaming(stream::once(std::future::ready(Err::<Bytes, _>(broken))))
}

#[post("/v1/customers")]
pub(super) async fn create_customer(request: HttpRequest, app: Data<App>) -> ApiResult<HttpResponse> {
    let_in(&app, &request)?;
    let key = key(&request);
    let made = app
        .db
        .write(move |tx| {
            once(tx, key.as_deref(), |_| {
                let id = new_id("cus");
                Ok(Object {
                    body: json!({ "id": id, "object": "customer" }),
                    id,
                    kind: "customer",
                    customer: None,
                    behaviour: None,
                    idempotency_key: key.clone(),
                    due_at: None,
                })
            })
        })
        .await?;
    Ok(HttpResponse::Ok().json(made))
}

/// What was made under the key before, or a new object.
fn once(tx: &mut Tx<'_>, key: Option<&str>, make: impl FnOnce(&mut Tx<'_>) -> ApiResult<Object>) -> ApiResult<Value> {
    if let Some(key) = key
        && let Some(known) = store::by_key(tx, key)?
    {
        return Ok(known);
    }
    let object = make(tx)?;
    store::insert(tx, &object)?;
    Ok(object.body)
}

#[post("/v1/checkout/sessions")]
pub(super) async fn create_session(request: HttpRequest, body: Bytes, app: Data<App>) -> ApiResult<HttpResponse> {
    let_in(&app, &request)?;
    let (key, fields) = (key(&request), fields(&body));
    let public = app.settings.public_url.clone().unwrap_or_default();
    let made = app
        .db
        .write(move |tx| {
            let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
            once(tx, key.as_deref(), |_| {
                let id = new_id("cs");
                Ok(Object {
                    body: json!({
                        "id": id, "object": "checkout.session", "mode": "setup", "status": "open",
                        "url": format!("{public}{BELOW}/pages/{id}"), "customer": field("customer"),
                        "payment_method_types": [field("payment_method_types[]")],
                        "success_url": field("success_url"), "setup_intent": null,
                    }),
                    id,
                    kind: "session",
                    customer: Some(field("customer")),
                    behaviour: None,
                    idempotency_key: key.clone(),
                    due_at: None,
                })
            })
        })
        .await?;
    Ok(HttpResponse::Ok().json(made))
}

#[get("/v1/checkout/sessions/{id}")]
pub(super) async fn get_session(request: HttpRequest, id: Path<String>, app: Data<App>) -> ApiResult<HttpResponse> {
    let_in(&app, &request)?;
    let found = app.db.read(move |conn| store::find(conn, page::SESSION, &id)).await?;
    Ok(match found {
        Some((session, _)) => HttpResponse::Ok().json(session),
        None => refused(StatusCode::NOT_FOUND, json!({ "code": "resource_missing" })),
    })
}

#[post("/v1/payment_methods/{id}/detach")]
pub(super) async fn detach_method(request: HttpRequest, id: Path<String>, app: Data<App>) -> ApiResult<HttpResponse> {
    let_in(&app, &request)?;
    let id = id.into_inner();
    app.db
        .write(move |tx| match store::find(tx, page::METHOD, &id)? {
            Some((mut method, _)) => {
                method["customer"] = Value::Null;
                store::save(tx, &id, &method, None)
            }
            None => Ok(()),
        })
        .await?;
    Ok(HttpResponse::Ok().json(json!({})))
}

#[post("/v1/payment_intents")]
pub(super) async fn create_intent(request: HttpRequest, body: Bytes, app: Data<App>) -> ApiResult<HttpResponse> {
    let_in(&app, &request)?;
    let (key, fields) = (key(&request), fields(&body));
    let method = fields.get("payment_method").cloned().unwrap_or_default();
    let number = fields
        .get(&format!("metadata[{OUR_NUMBER}]"))
        .cloned()
        .unwrap_or_default();
    let token = method.clone();
    let found = app.db.read(move |conn| store::find(conn, page::METHOD, &token)).await?;
    let attached = found.filter(|(method, _)| !method["customer"].is_null());
    let Some((method, behaviour)) = attached else {
        return Ok(refused(
            StatusCode::NOT_FOUND,
            json!({ "code": "resource_missing", "message": format!("There is no {method}.") }),
        ));
    };
    let Some(amount) = fields.get("amount").and_then(|text| text.parse::<i64>().ok()) else {
        return Ok(refused(
            StatusCode::BAD_REQUEST,
            json!({ "code": "parameter_invalid_integer" }),
        ));
    };
    let answering = behaviour.answering(&number);
    if answering == Answering::CutBeforeDoing {
        return Ok(cut());
    }
    let intent = app
        .db
        .write(move |tx| charge(tx, key.as_deref(), &fields, &method, behaviour, amount, &number))
        .await?;
    match answering {
        Answering::Cut | Answering::CutBeforeDoing => return Ok(cut()),
        Answering::Late => tokio::time::sleep(SLOWNESS).await,
        Answering::Well => {}
    }
    let mut error = intent["last_payment_error"].clone();
    if error.is_null() {
        return Ok(HttpResponse::Ok().json(intent));
    }
    error["payment_intent"] = intent;
    Ok(refused(StatusCode::PAYMENT_REQUIRED, error))
}

fn charge(
    tx: &mut Tx<'_>,
    key: Option<&str>,
    fields: &Fields,
    method: &Value,
    behaviour: Behaviour,
    amount: i64,
    number: &str,
) -> ApiResult<Value> {
    if let Some(key) = key
        && let Some(known) = store::by_key(tx, key)?
    {
        return Ok(known);
    }
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let (customer, token) = (field("customer"), field("payment_method"));
    let earlier = store::charges_of(tx, &customer, &token)?;
    let now = tx.business_now();
    let begun = rules::begin(behaviour, method["type"].as_str().unwrap_or_default(), earlier, now);
    let id = new_id("pi");
    let body = json!({
        "id": id, "object": "payment_intent", "amount": amount, "currency": field("currency"), "customer": customer,
        "payment_method": token, "status": begun.status, "created": now.as_seconds(), "amount_refunded": 0,
        "statement_descriptor": field("statement_descriptor"),
        "statement_descriptor_suffix": field("statement_descriptor_suffix"),
        "metadata": { OUR_NUMBER: number }, "last_payment_error": begun.error, "dispute": null,
    });
    let object = Object {
        body: body.clone(),
        id,
        kind: "payment_intent",
        customer: Some(customer),
        behaviour: Some(behaviour),
        idempotency_key: key.map(str::to_owned),
        due_at: begun.due_at,
    };
    store::insert(tx, &object)?;
    if behaviour != Behaviour::Silent {
        let kind = match begun.status {
            "succeeded" => "payment_intent.succeeded",
            "processing" => "payment_intent.processing",
            _ => "payment_intent.payment_failed",
        };
        store::announce(tx, kind, &body)?;
    }
    Ok(body)
}

/// The span of time that a list is asked for.
fn span(query: &Fields) -> (Option<Timestamp>, Option<Timestamp>) {
    let seconds = |name: &str| {
        let text = query.get(name)?;
        text.parse().ok().map(Timestamp::from_seconds)
    };
    (seconds("created[gte]"), seconds("created[lt]"))
}

#[get("/v1/payment_intents")]
pub(super) async fn list_intents(request: HttpRequest, app: Data<App>) -> ApiResult<HttpResponse> {
    let_in(&app, &request)?;
    let query = fields(request.query_string().as_bytes());
    let (from, to) = span(&query);
    let customer = query.get("customer").cloned();
    let found = app
        .db
        .read(move |conn| store::intents(conn, customer, from, to))
        .await?;
    Ok(HttpResponse::Ok().json(json!({ "object": "list", "data": found, "has_more": false })))
}

#[post("/v1/refunds")]
pub(super) async fn create_refund(request: HttpRequest, body: Bytes, app: Data<App>) -> ApiResult<HttpResponse> {
    let_in(&app, &request)?;
    let (key, fields) = (key(&request), fields(&body));
    let intent = fields.get("payment_intent").cloned().unwrap_or_default();
    let number = fields
        .get(&format!("metadata[{OUR_NUMBER}]"))
        .cloned()
        .unwrap_or_default();
    let amount = fields
        .get("amount")
        .and_then(|text| text.parse::<i64>().ok())
        .unwrap_or_default();
    let answer = app
        .db
        .write(move |tx| refund(tx, key.as_deref(), &intent, amount, &number))
        .await?;
    let Some((refund, answering)) = answer else {
        let error = json!({ "code": "charge_not_refundable", "message": "So much cannot be given back." });
        return Ok(refused(StatusCode::BAD_REQUEST, error));
    };
    Ok(match answering {
        Answering::Cut => cut(),
        _ => HttpResponse::Ok().json(refund),
    })
}

fn refund(
    tx: &mut Tx<'_>,
    key: Option<&str>,
    intent: &str,
    amount: i64,
    number: &str,
) -> ApiResult<Option<(Value, Answering)>> {
    let Some((mut charge, behaviour)) = store::find(tx, "payment_intent", intent)? else {
        return Ok(None);
    };
    let answering = behaviour.answering(number);
    if let Some(key) = key
        && let Some(known) = store::by_key(tx, key)?
    {
        return Ok(Some((known, answering)));
    }
    let refunded = charge["amount_refunded"].as_i64().unwrap_or_default();
    let whole = charge["amount"].as_i64().unwrap_or_default();
    if charge["status"] != "succeeded" || amount <= 0 || refunded + amount > whole {
        return Ok(None);
    }
    charge["amount_refunded"] = json!(refunded + amount);
    let (status, due_at) = rules::begin_refund(behaviour, tx.business_now());
    let id = new_id("re");
    let body = json!({
        "id": id, "object": "refund", "amount": amount, "payment_intent": intent, "status": status,
        "metadata": { OUR_NUMBER: number }, "created": tx.business_now().as_seconds(),
    });
    let object = Object {
        body: body.clone(),
        id,
        kind: "refund",
        customer: Some(intent.to_owned()),
        behaviour: Some(behaviour),
        idempotency_key: key.map(str::to_owned),
        due_at,
    };
    store::insert(tx, &object)?;
    store::save_body(tx, intent, &charge)?;
    if behaviour != Behaviour::Silent {
        store::announce(tx, "refund.created", &body)?;
    }
    Ok(Some((body, answering)))
}

#[get("/v1/refunds")]
pub(super) async fn list_refunds(request: HttpRequest, app: Data<App>) -> ApiResult<HttpResponse> {
    let_in(&app, &request)?;
    let query = fields(request.query_string().as_bytes());
    let intent = query.get("payment_intent").cloned();
    let (from, to) = span(&query);
    let found = app.db.read(move |conn| store::refunds(conn, intent, from, to)).await?;
    Ok(HttpResponse::Ok().json(json!({ "object": "list", "data": found, "has_more": false })))
}
