//! What the simulator remembers: its objects as Stripe would show them, and events to send.

use crate::db::schema::sandbox_gateway_events::dsl as events;
use crate::db::schema::sandbox_gateway_objects::dsl as objects;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use serde_json::{Value, json};
use tradepost_contract::Timestamp;

use super::rules::Behaviour;

/// One of its objects.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) customer: Option<String>,
    pub(super) behaviour: Option<Behaviour>,
    pub(super) idempotency_key: Option<String>,
    pub(super) body: Value,
    pub(super) due_at: Option<Timestamp>,
}

pub(super) fn insert(tx: &mut Tx<'_>, object: &Object) -> ApiResult<()> {
    let row = (
        objects::id.eq(&object.id),
        objects::kind.eq(object.kind),
        objects::customer.eq(&object.customer),
        objects::behaviour.eq(object.behaviour.map(Behaviour::as_str)),
        objects::idempotency_key.eq(&object.idempotency_key),
        objects::body.eq(object.body.to_string()),
        objects::due_at.eq(object.due_at),
        objects::created_at.eq(tx.business_now()),
    );
    diesel::insert_into(objects::sandbox_gateway_objects)
        .values(row)
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn save(tx: &mut Tx<'_>, id: &str, body: &Value, due_at: Option<Timestamp>) -> ApiResult<()> {
    diesel::update(objects::sandbox_gateway_objects.find(id))
        .set((objects::body.eq(body.to_string()), objects::due_at.eq(due_at)))
        .execute(&mut **tx)?;
    Ok(())
}

type Found = (String, Option<String>);

fn parsed((body, behaviour): Found) -> ApiResult<(Value, Behaviour)> {
    let behaviour = behaviour
        .and_then(|word| Behaviour::named(&word))
        .unwrap_or(Behaviour::Ok);
    Ok((serde_json::from_str(&body)?, behaviour))
}

/// An object of a kind, and how it behaves.
pub(super) fn find(conn: &mut Conn, kind: &str, id: &str) -> ApiResult<Option<(Value, Behaviour)>> {
    let found = objects::sandbox_gateway_objects
        .find(id)
        .filter(objects::kind.eq(kind))
        .select((objects::body, objects::behaviour))
        .first::<Found>(conn)
        .optional()?;
    found.map(parsed).transpose()
}

/// What was made under an idempotency key.
pub(super) fn by_key(conn: &mut Conn, key: &str) -> ApiResult<Option<Value>> {
    let found = objects::sandbox_gateway_objects
        .filter(objects::idempotency_key.eq(key))
        .select((objects::body, objects::behaviour))
        .first::<Found>(conn)
        .optional()?;
    Ok(found.map(parsed).transpose()?.map(|(body, _)| body))
}

/// Charges, oldest first.
pub(super) fn intents(
    conn: &mut Conn,
    customer: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> ApiResult<Vec<Value>> {
    under(conn, "payment_intent", customer, from, to)
}

/// Refunds, oldest first. They stand under their charge as charges do under a customer.
pub(super) fn refunds(
    conn: &mut Conn,
    intent: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> ApiResult<Vec<Value>> {
    under(conn, "refund", intent, from, to)
}

fn under(
    conn: &mut Conn,
    kind: &'static str,
    owner: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> ApiResult<Vec<Value>> {
    let mut query = objects::sandbox_gateway_objects
        .filter(objects::kind.eq(kind))
        .order((objects::created_at, objects::id))
        .select((objects::body, objects::behaviour))
        .into_boxed();
    if let Some(owner) = owner {
        query = query.filter(objects::customer.eq(owner));
    }
    if let Some(from) = from {
        query = query.filter(objects::created_at.ge(from));
    }
    if let Some(to) = to {
        query = query.filter(objects::created_at.lt(to));
    }
    let found = query.load::<Found>(conn)?;
    found.into_iter().map(|row| parsed(row).map(|(body, _)| body)).collect()
}

/// How many charges a method has had.
pub(super) fn charges_of(conn: &mut Conn, customer: &str, method: &str) -> ApiResult<i64> {
    let all = intents(conn, Some(customer.to_owned()), None, None)?;
    let some = all.iter().filter(|intent| intent["payment_method"] == method).count();
    Ok(i64::try_from(some).unwrap_or(i64::MAX))
}

/// Objects whose time has come: id, kind, body, behaviour.
pub(super) fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<(String, String, Value, Behaviour)>> {
    let found = objects::sandbox_gateway_objects
        .filter(objects::due_at.le(now))
        .order((objects::due_at, objects::id))
        .limit(limit)
        .select((objects::id, objects::kind, objects::body, objects::behaviour))
        .load::<(String, String, String, Option<String>)>(conn)?;
    found
        .into_iter()
        .map(|(id, kind, body, behaviour)| {
            let (body, behaviour) = parsed((body, behaviour))?;
            Ok((id, kind, body, behaviour))
        })
        .collect()
}

/// Puts an event on the way.
pub(super) fn announce(tx: &mut Tx<'_>, kind: &str, object: &Value) -> ApiResult<()> {
    let id = crate::ids::next();
    let body = json!({
        "id": format!("evt_{id:x}"), "object": "event", "type": kind, "created": tx.business_now().as_seconds(),
        "data": { "object": object },
    });
    diesel::insert_into(events::sandbox_gateway_events)
        .values((
            events::id.eq(id),
            events::kind.eq(kind),
            events::body.eq(body.to_string()),
            events::created_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Events that were not delivered yet.
pub(super) fn to_send(conn: &mut Conn, limit: i64) -> ApiResult<Vec<(i64, String)>> {
    Ok(events::sandbox_gateway_events
        .filter(events::delivered_at.is_null())
        .order(events::id)
        .limit(limit)
        .select((events::id, events::body))
        .load(conn)?)
}

pub(super) fn delivered(tx: &mut Tx<'_>, id: i64) -> ApiResult<()> {
    diesel::update(events::sandbox_gateway_events.find(id))
        .set(events::delivered_at.eq(tx.business_now()))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes an object and leaves alone when it changes next.
pub(super) fn save_body(tx: &mut Tx<'_>, id: &str, body: &Value) -> ApiResult<()> {
    diesel::update(objects::sandbox_gateway_objects.find(id))
        .set(objects::body.eq(body.to_string()))
        .execute(&mut **tx)?;
    Ok(())
}
