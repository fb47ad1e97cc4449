//! Who is told what becomes of a target: the event log, the audit trail, the supplier and staff.

use super::store::{self, Row, Target};
use crate::audit;
use crate::auth::Actor;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::notifications;
use crate::webhooks::store::deliveries::{self, Tried};
use crate::webhooks::store::{self as endpoints, Row as Endpoint};
use serde_json::{Value, json};
use tradepost_contract::WebhookDeliveryId;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::mails::MailAction;
use tradepost_contract::webhooks::{
    WebhookDeliveryAction, WebhookDeliveryStatus, WebhookDisabledBecause, WebhookEndpointAction, WebhookFault,
};

/// Why a supplier is told that leads do not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Because {
    /// A lead was not taken for three days.
    GivenUp,
    /// The target is disabled.
    Disabled(WebhookDisabledBecause),
}

impl Because {
    const fn as_str(self) -> &'static str {
        match self {
            Self::GivenUp => "given_up",
            Self::Disabled(because) => because.as_str(),
        }
    }
}

/// Tells the supplier and staff, once a day for each target and cause.
pub(crate) fn tell_failing(tx: &mut Tx<'_>, target: &Target, because: Because) -> ApiResult<()> {
    let (row, programme) = (&target.row, target.programme);
    let day = tx.wall_now().as_seconds().div_euclid(86_400);
    let occasion = format!("{}:{}:{day}", row.id, because.as_str());
    let facts = json!({
        "target_id": row.id, "name": target.name, "because": because.as_str(), "supplier_id": row.supplier_id,
    });
    let (failing, stuck) = (NotificationKind::ForwardsFailing, NotificationKind::ForwardsStuck);
    notifications::record(tx, failing, &occasion, programme, Some(row.supplier_id), &facts)?;
    notifications::record(tx, stuck, &occasion, programme, None, &facts)?;
    Ok(())
}

/// Sends nothing more to a target, and says so.
pub(crate) fn disable(
    tx: &mut Tx<'_>,
    target: &Target,
    mut endpoint: Endpoint,
    because: WebhookDisabledBecause,
) -> ApiResult<()> {
    // Somebody may have taken it away meanwhile, or it is disabled already.
    let Ok(status) = endpoint.status.after(WebhookEndpointAction::Disable) else {
        return Ok(());
    };
    let before = endpoint.clone();
    (endpoint.status, endpoint.disabled_because) = (status, Some(because));
    endpoints::save(tx, &mut endpoint)?;
    let (actor, row) = (Actor::system("webhooks"), &target.row);
    tell(
        tx,
        &actor,
        "delivery_target.disabled",
        (row, &endpoint),
        Some((row, &before)),
    )?;
    tell_failing(tx, target, Because::Disabled(because))
}

/// Writes a change down and tells of it.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    now: (&Row, &Endpoint),
    before: Option<(&Row, &Endpoint)>,
) -> ApiResult<()> {
    let (row, endpoint) = now;
    let mut subject = Subject::of(row.id).supplier(row.supplier_id);
    if let Some(programme) = endpoint.programme_id {
        subject = subject.programme(programme);
    }
    let facts = json!({ "kind": row.kind, "status": endpoint.status, "disabled_because": endpoint.disabled_because });
    events::push(tx, EventKind::DeliveryTargetChanged, subject, &facts)?;
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before: before.map(trail),
        after: Some(trail(now)),
        reason: None,
    };
    audit::record(tx, actor, change)
}

/// What the audit trail keeps of a target: where to, without what a path may hold; no secret, no address of a person.
fn trail((row, endpoint): (&Row, &Endpoint)) -> Value {
    let host = match endpoint.url.strip_prefix(store::MAIL) {
        Some(address) => address.rsplit_once('@').map(|(_, domain)| domain.to_owned()),
        None => reqwest::Url::parse(&endpoint.url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned)),
    };
    json!({
        "kind": row.kind, "status": endpoint.status, "host": host, "business_id": row.business_id, "order_id": row.order_id,
        "auth": row.auth, "fields": row.fields.len(),
    })
}

/// Writes down what became of the mail that a lead was sent in.
pub(crate) fn mailed(tx: &mut Tx<'_>, facts: &Value, action: MailAction, said: Option<&str>) -> ApiResult<()> {
    let id: Option<WebhookDeliveryId> = facts["forward_id"].as_str().and_then(|id| id.parse().ok());
    // A test has no row, and what was sent long ago is forgotten.
    let Some(id) = id else { return Ok(()) };
    let Some(row) = deliveries::find(tx, id)? else {
        return Ok(());
    };
    let (done, status_code, fault) = match action {
        MailAction::Accept => (WebhookDeliveryAction::Deliver, Some(250), None),
        MailAction::Refuse => (WebhookDeliveryAction::GiveUp, None, Some(WebhookFault::MailRefused)),
        MailAction::GiveUp => (WebhookDeliveryAction::GiveUp, None, Some(WebhookFault::MailNotTaken)),
        MailAction::Drop => (WebhookDeliveryAction::Skip, None, None),
        _ => return Ok(()),
    };
    // Staff may send again what was given up.
    let from = match row.status {
        WebhookDeliveryStatus::Pending => Ok(row.status),
        finished => finished.after(WebhookDeliveryAction::Replay),
    };
    let status = from.and_then(|from| from.after(done));
    let status = status.map_err(|refused| ApiError::internal(refused.from))?;
    if done != WebhookDeliveryAction::Skip {
        let tried = Tried {
            started_at: tx.wall_now(),
            took_ms: 0,
            status_code,
            fault,
            answer: said.map(str::to_owned),
        };
        deliveries::note_attempt(tx, id, &tried)?;
    }
    deliveries::finish(tx, id, status)?;
    if done == WebhookDeliveryAction::GiveUp
        && let Some(target) = store::of_endpoint(tx, row.endpoint_id)?
    {
        tell_failing(tx, &target, Because::GivenUp)?;
    }
    Ok(())
}
