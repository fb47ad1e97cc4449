//! Time passes at the simulator, and its events go out.

use super::rules::{self, Behaviour};
use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::gateway::signature;
use serde_json::json;
use std::sync::OnceLock;

const SLICE: i64 = 50;

/// The job: changes whose time has come, then the events that are waiting.
pub(super) fn work(app: &App) -> ApiResult<usize> {
    if !app.settings.sandbox {
        return Ok(0);
    }
    let now = app.clock.business_now();
    let due = app.db.read_blocking(|conn| store::due(conn, now, SLICE))?;
    let changed = due.len();
    for (id, kind, body, behaviour) in due {
        app.db
            .write_blocking(move |tx| change(tx, &id, &kind, &body, behaviour))?;
    }
    Ok(changed + send_events(app)?)
}

fn change(tx: &mut Tx<'_>, id: &str, kind: &str, body: &serde_json::Value, behaviour: Behaviour) -> ApiResult<()> {
    let mut body = body.clone();
    if kind == "refund" {
        body["status"] = json!("failed");
        body["failure_reason"] = json!("lost_or_stolen_card");
        store::save(tx, id, &body, None)?;
        // The money is the charge's again, and may be given back once more.
        let intent = body["payment_intent"].as_str().unwrap_or_default();
        if let Some((mut charge, _)) = store::find(tx, "payment_intent", intent)? {
            let left =
                charge["amount_refunded"].as_i64().unwrap_or_default() - body["amount"].as_i64().unwrap_or_default();
            charge["amount_refunded"] = json!(left.max(0));
            store::save_body(tx, intent, &charge)?;
        }
        return store::announce(tx, "refund.failed", &body);
    }
    let step = rules::step(behaviour, &mut body, tx.business_now());
    store::save(tx, id, &body, step.due_at)?;
    if behaviour != Behaviour::Silent {
        for (kind, object) in &step.events {
            store::announce(tx, kind, object)?;
        }
    }
    Ok(())
}

/// Posts the waiting events to the server, signed as a gateway's; what is not taken stays waiting.
fn send_events(app: &App) -> ApiResult<usize> {
    static HTTP: OnceLock<reqwest::blocking::Client> = OnceLock::new();
    let Some(own) = app.settings.own_url.as_ref() else {
        return Ok(0);
    };
    let waiting = app.db.read_blocking(|conn| store::to_send(conn, SLICE))?;
    let secret = app.secrets.sandbox_gateway_event_secret();
    let mut sent = 0;
    for (id, body) in waiting {
        let client = match HTTP.get() {
            Some(client) => client,
            None => {
                let made = reqwest::blocking::Client::builder()
                    .build()
                    .map_err(ApiError::internal)?;
                HTTP.get_or_init(|| made)
            }
        };
        let header = signature::sign(&secret, app.clock.wall_now(), body.as_bytes());
        let answer = client
            .post(format!("{own}{}/gateway-events", crate::routes::API))
            .header("content-type", "application/json")
            .header(signature::HEADER, header)
            .body(body)
            .send();
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            app.db.write_blocking(move |tx| store::delivered(tx, id))?;
            sent += 1;
        }
    }
    Ok(sent)
}
