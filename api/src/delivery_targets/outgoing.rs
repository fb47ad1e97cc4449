//! A lead on its way: which ones a target wants, what is sent of them, and what is written down where nothing is sent.

use super::forms;
use super::rules;
use super::sheet::Sheet;
use super::store::{self, MAIL, Row, Target};
use crate::app::App;
use crate::auth::secrets::Secrets;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events;
use crate::notifications;
use crate::webhooks::courier::Letter;
use crate::webhooks::store::{Row as Endpoint, deliveries};
use crate::webhooks::view;
use serde_json::{Value, json};
use time::Duration;
use tradepost_contract::deliveries::DeliveryDetail;
use tradepost_contract::delivery_targets::DeliveryTargetHeader;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::webhooks::{WebhookDeliveryAction, WebhookFault};
use tradepost_contract::{DeliveryId, DeliveryTargetId, EventId, SupplierId, Timestamp, WebhookEndpointId};

/// The header that is the same whenever a lead is sent again.
const ID: &str = "x-delivery-id";
/// The header of a made-up lead.
const TEST: &str = "x-delivery-test";

/// How long a lead waits that is held back until a notice is accepted, before it is looked at again.
const HELD_BACK: Duration = Duration::minutes(15);
/// The queue of mails tries for three days; it says what came of it before this is over.
const MAIL_QUEUE: Duration = Duration::days(4);

/// The target that an endpoint is of.
pub(crate) fn of_endpoint(conn: &mut Conn, id: WebhookEndpointId) -> ApiResult<Option<Target>> {
    store::of_endpoint(conn, id)
}

type Found = Vec<(EventId, EventKind, String)>;

/// Of these events the ones that the target behind an endpoint wants: those of its business and order. An endpoint
/// without a target wants all.
pub(crate) fn wanted(app: &App, endpoint: WebhookEndpointId, found: Found) -> ApiResult<Found> {
    if found.is_empty() {
        return Ok(found);
    }
    app.db.read_blocking(|conn| {
        let Some(target) = store::of_endpoint(conn, endpoint)? else {
            return Ok(found);
        };
        let (business, order) = (target.row.business_id, target.row.order_id);
        if business.is_none() && order.is_none() {
            return Ok(found);
        }
        let mut kept = Vec::new();
        for (event, kind, subject) in found {
            let facts = events::get(conn, event)?.map(|event| event.data).unwrap_or_default();
            if is_of(
                &facts,
                business.map(|id| id.to_string()),
                order.map(|id| id.to_string()),
            ) {
                kept.push((event, kind, subject));
            }
        }
        Ok(kept)
    })
}

/// Whether a sale with these facts is of the business and order, where those are named.
fn is_of(facts: &Value, business: Option<String>, order: Option<String>) -> bool {
    let same = |name: &str, wanted: Option<String>| wanted.is_none_or(|id| facts[name] == id.as_str());
    same("business_id", business) && same("order_id", order)
}

/// What is to be done with a lead.
#[derive(Debug, Clone)]
pub(crate) enum Packed {
    /// Send it.
    Post(Outgoing),
    /// Hand it to the queue of mails, for this address.
    Mail(String),
    /// Wait until the supplier has accepted the notice that goes with it (R82).
    HeldBack,
    /// Nothing: the person was erased.
    Erased,
    /// It cannot be sent, because of this.
    Refused(WebhookFault),
}

/// A request that is ready.
#[derive(Clone)]
pub(crate) struct Outgoing {
    url: String,
    content_type: &'static str,
    headers: Vec<(String, String)>,
    body: String,
}

impl std::fmt::Debug for Outgoing {
    /// Without its headers and body, which hold secrets and persons.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").finish_non_exhaustive()
    }
}

impl Outgoing {
    pub(crate) fn to_letter(&self) -> Letter {
        Letter {
            url: self.url.clone(),
            content_type: self.content_type,
            headers: self.headers.clone(),
            body: self.body.clone().into_bytes(),
        }
    }
}

/// A request that shows who we are; none where the secret cannot be opened.
fn outgoing(
    secrets: &Secrets,
    row: &Row,
    endpoint: &Endpoint,
    lead: &Sheet,
    id: (&str, String),
) -> ApiResult<Option<Outgoing>> {
    let Some(secret) = secrets.open(&endpoint.place(), &endpoint.secret) else {
        return Ok(None);
    };
    let form = forms::write(row.kind, &row.fields()?, lead);
    let mut headers = vec![(id.0.to_owned(), id.1)];
    headers.extend(rules::proof(
        row.auth,
        row.auth_name.as_deref(),
        &String::from_utf8_lossy(&secret),
    ));
    Ok(Some(Outgoing {
        url: endpoint.url.clone(),
        content_type: form.content_type,
        headers,
        body: form.body,
    }))
}

/// A delivery whose person may be told to its buyer.
enum Told {
    Lead(Box<DeliveryDetail>),
    HeldBack,
    Erased,
}

fn told(conn: &mut Conn, app: &App, supplier: SupplierId, delivery: DeliveryId, now: Timestamp) -> ApiResult<Told> {
    let detail = view::delivery_of(conn, &app.policies, supplier, delivery, now)?;
    Ok(match detail {
        None => Told::Erased,
        Some(detail) if detail.delivery.erased_at.is_some() => Told::Erased,
        Some(detail) if detail.delivery.withheld_until_accepted.is_some() => Told::HeldBack,
        Some(detail) => Told::Lead(Box::new(detail)),
    })
}

/// Writes a lead for a target, as things are now.
pub(crate) fn pack(
    conn: &mut Conn,
    app: &App,
    target: &Target,
    endpoint: &Endpoint,
    subject: &str,
    now: Timestamp,
) -> ApiResult<Packed> {
    let delivery: DeliveryId = subject.parse().map_err(ApiError::internal)?;
    Ok(match told(conn, app, target.row.supplier_id, delivery, now)? {
        Told::Erased => Packed::Erased,
        Told::HeldBack => Packed::HeldBack,
        Told::Lead(_) if target.row.kind.is_mail() => {
            Packed::Mail(endpoint.url.strip_prefix(MAIL).unwrap_or_default().to_owned())
        }
        Told::Lead(detail) => {
            let id = (ID, delivery.to_string());
            match outgoing(&app.secrets, &target.row, endpoint, &Sheet::of(&detail), id)? {
                Some(ready) => Packed::Post(ready),
                None => Packed::Refused(WebhookFault::SecretLost),
            }
        }
    })
}

/// Writes down what becomes of a lead that is not sent over the network; false where it was.
pub(crate) fn settle(tx: &mut Tx<'_>, target: &Target, row: &deliveries::Row, packed: &Packed) -> ApiResult<bool> {
    let now = tx.wall_now();
    match packed {
        Packed::Post(_) | Packed::Refused(_) => return Ok(false),
        Packed::HeldBack => deliveries::postpone(tx, row, Some(WebhookFault::HeldBack), now.plus(HELD_BACK))?,
        Packed::Erased => {
            let skipped = row.status.after(WebhookDeliveryAction::Skip);
            let status = skipped.map_err(|refused| ApiError::internal(refused.from))?;
            deliveries::settle(tx, row, status, row.retries, None)?;
        }
        Packed::Mail(address) => {
            // The number of attempts makes another mail of one that somebody wishes to be sent again.
            let occasion = format!("{}:{}", row.id, row.attempts);
            let facts = json!({ "delivery_id": row.subject, "target_id": target.row.id, "forward_id": row.id });
            write_mail(tx, target, &occasion, address, &facts)?;
            deliveries::postpone(tx, row, None, now.plus(MAIL_QUEUE))?;
        }
    }
    Ok(true)
}

/// Puts a mail into the queue of mails.
pub(super) fn write_mail(tx: &mut Tx<'_>, target: &Target, occasion: &str, to: &str, facts: &Value) -> ApiResult<()> {
    let (kind, supplier) = (NotificationKind::LeadForwarded, Some(target.row.supplier_id));
    notifications::record_to(tx, kind, occasion, target.programme, supplier, &[to.to_owned()], facts)?;
    Ok(())
}

/// The subject and the text of a mail to a target, written as things are now; none where the lead is not told any more.
pub(crate) fn mail(conn: &mut Conn, app: &App, facts: &Value) -> ApiResult<Option<(String, String)>> {
    let target: Option<DeliveryTargetId> = facts["target_id"].as_str().and_then(|id| id.parse().ok());
    let found = match target {
        Some(id) => store::there(conn, id)?,
        None => None,
    };
    // What still waited when its target was taken away is sent to nobody.
    let Some(row) = found else {
        return Ok(None);
    };
    let delivery: Option<DeliveryId> = facts["delivery_id"].as_str().and_then(|id| id.parse().ok());
    let (subject, lead) = match delivery {
        None => ("Test of an ADF lead".to_owned(), made_up(conn, &row)?),
        Some(delivery) => match told(conn, app, row.supplier_id, delivery, app.clock.business_now())? {
            Told::Lead(detail) => (format!("ADF lead {delivery}"), Sheet::of(&detail)),
            Told::HeldBack | Told::Erased => return Ok(None),
        },
    };
    Ok(Some((subject, forms::write(row.kind, &row.fields()?, &lead).body)))
}

fn made_up(conn: &mut Conn, row: &Row) -> ApiResult<Sheet> {
    let (supplier, programme, currency) = store::names(conn, row.supplier_id)?;
    Ok(Sheet::made_up(&supplier, &programme, &currency))
}

/// What would be sent of a made-up lead, and how it is shown.
pub(super) struct Trial {
    pub(super) address: String,
    pub(super) headers: Vec<DeliveryTargetHeader>,
    pub(super) body: String,
    /// None for a mail, and where the secret is lost.
    pub(super) ready: Option<Outgoing>,
}

/// Writes a made-up lead for a target.
pub(super) fn trial(conn: &mut Conn, secrets: &Secrets, row: &Row, endpoint: &Endpoint) -> ApiResult<Trial> {
    let lead = made_up(conn, row)?;
    let form = forms::write(row.kind, &row.fields()?, &lead);
    let header = |name: &str, text: &str| DeliveryTargetHeader {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    if row.kind.is_mail() {
        return Ok(Trial {
            address: endpoint.url.strip_prefix(MAIL).unwrap_or_default().to_owned(),
            headers: vec![
                header("subject", "Test of an ADF lead"),
                header("content-type", form.content_type),
            ],
            body: form.body,
            ready: None,
        });
    }
    let mut headers = vec![header("content-type", form.content_type), header(TEST, "true")];
    if let Some((name, _)) = rules::proof(row.auth, row.auth_name.as_deref(), "") {
        headers.push(header(&name, "(your secret)"));
    }
    Ok(Trial {
        address: endpoint.url.clone(),
        headers,
        body: form.body,
        ready: outgoing(secrets, row, endpoint, &lead, (TEST, "true".to_owned()))?,
    })
}
