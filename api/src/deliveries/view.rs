//! A delivery as the caller sees it.

use super::rules::{self, Returning};
use super::store::{self, Row};
use crate::auth::Caller;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::notice_acceptances::{self, Acceptances};
use crate::policy::Policies;
use tradepost_contract::deliveries::{Delivery, DeliveryDetail, DeliveryNotice};
use tradepost_contract::leads::LeadPerson;
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{PolicySet, WordingKey};
use tradepost_contract::return_requests::ReturnGuidelines;
use tradepost_contract::{DeliveryId, ProblemCode, ReturnRequestId, SupplierId, Timestamp};

/// What the view depends on besides the rows.
#[derive(Clone)]
pub(super) struct Viewer {
    works: bool,
    returns: bool,
    /// The supplier whose own eyes these are: what it must accept first is held back from it (R82).
    supplier: Option<SupplierId>,
    now: Timestamp,
}

impl Viewer {
    pub(super) fn of(caller: &Caller, now: Timestamp) -> Self {
        Self {
            works: caller.may(Permission::DeliveriesWork),
            returns: caller.may(Permission::ReturnsSubmit),
            supplier: caller.scope().supplier(),
            now,
        }
    }

    /// What the supplier accepted, where something of these policies may be held back from it.
    fn acceptances<'p>(
        &self,
        conn: &mut Conn,
        mut policies: impl Iterator<Item = &'p PolicySet>,
    ) -> ApiResult<Option<Acceptances>> {
        match self.supplier {
            Some(supplier) if policies.any(notice_acceptances::may_hold_back) => {
                Acceptances::of(conn, supplier).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn show(
        &self,
        row: Row,
        policy: &PolicySet,
        return_request_id: Option<ReturnRequestId>,
        accepted: Option<&Acceptances>,
    ) -> Delivery {
        let withheld = accepted
            .and_then(|accepted| accepted.holds_back(policy, row.delivered_at))
            .map(str::to_owned);
        let returning = returning(&row, policy, return_request_id.is_some(), self.now);
        let not_returnable_reason = rules::not_returnable(returning);
        Delivery {
            id: row.id,
            lead_id: row.lead_id,
            programme_id: row.programme_id,
            programme_name: row.programme_name,
            product_id: row.product_id,
            product_name: row.product_name,
            order_id: row.order_id,
            supplier_id: row.supplier_id,
            supplier_name: row.supplier_name,
            business_id: row.business_id,
            business_name: row.business_name,
            price: row.price,
            replaces_delivery_id: row.replaces_delivery_id,
            delivered_at: row.delivered_at,
            seen_at: row.seen_at,
            billing_state: row.billing_state,
            invoice_id: row.invoice_id,
            rejection_reason: row.rejection_reason,
            return_deadline_at: row.return_deadline_at,
            returnable: not_returnable_reason.is_none(),
            not_returnable_reason,
            return_request_id,
            rating: row.rating,
            outcome: row.outcome,
            outcome_at: row.outcome_at,
            note: row.note,
            person: match withheld {
                Some(_) => LeadPerson::default(),
                None => row.person,
            },
            place: row.place,
            enquired_at: row.enquired_at,
            erased_at: row.erased_at,
            erased_by_time: row.erased_by_time,
            withheld_until_accepted: withheld,
            allowed_actions: rules::allowed_actions(returning, self.works, self.returns),
            version: row.version,
        }
    }

    /// The rows of a page: one more statement for all of their return requests, and policies are parsed once.
    pub(super) fn all(&self, conn: &mut Conn, policies: &Policies, rows: Vec<Row>) -> ApiResult<Vec<Delivery>> {
        let ids: Vec<DeliveryId> = rows.iter().map(|row| row.id).collect();
        let requests = store::live_requests(conn, &ids)?;
        let stamped = rows
            .iter()
            .map(|row| policies.get(conn, row.resolved_policy_id))
            .collect::<ApiResult<Vec<_>>>()?;
        let accepted = self.acceptances(conn, stamped.iter().map(AsRef::as_ref))?;
        let shown = rows.into_iter().zip(&stamped).map(|(row, policy)| {
            let request = requests.get(&row.id).copied();
            self.show(row, policy, request, accepted.as_ref())
        });
        Ok(shown.collect())
    }

    /// One delivery with everything the supplier may know of the lead.
    pub(super) fn detail(&self, conn: &mut Conn, policies: &Policies, row: Row) -> ApiResult<DeliveryDetail> {
        let policy = policies.get(conn, row.resolved_policy_id)?;
        let request = store::live_requests(conn, &[row.id])?.remove(&row.id);
        let accepted = self.acceptances(conn, std::iter::once(policy.as_ref()))?;
        let lead = row.lead_id;
        let source = row.source.clone();
        let version = store::policy_version(conn, row.resolved_policy_id)?;
        let delivery = self.show(row, &policy, request, accepted.as_ref());
        // What a form asked may name the person, too.
        let answers = match delivery.withheld_until_accepted {
            Some(_) => Default::default(),
            None => serde_json::from_str(&store::answers(conn, lead)?)?,
        };
        let notices = policy.notices.iter().map(|(key, notice)| DeliveryNotice {
            key: key.clone(),
            version: notice.version.clone(),
            text: notice.text.clone(),
            must_accept: notice.must_accept,
        });
        Ok(DeliveryDetail {
            source,
            answers,
            consent: store::consent(conn, lead)?,
            notices: notices.collect(),
            guidelines: ReturnGuidelines {
                url: policy.returns.guidelines_url.clone(),
                policy_version_id: version,
            },
            return_link_label: policy.word(WordingKey::ReturnLink).to_owned(),
            delivery,
        })
    }

    /// Refuses to search for persons while something is held back: what cannot be read cannot be guessed either.
    pub(super) fn may_search(&self, conn: &mut Conn, searches: bool) -> ApiResult<()> {
        let Some(supplier) = self.supplier.filter(|_| searches) else {
            return Ok(());
        };
        if notice_acceptances::something_waits(conn, supplier, self.now)? {
            return Err(ApiError::new(ProblemCode::Forbidden)
                .detail("Accept the notice of your account first: until then persons are not searched for."));
        }
        Ok(())
    }
}

/// A delivery as `GET /deliveries/{id}` shows it to this caller.
pub(crate) fn shown_to(
    conn: &mut Conn,
    policies: &Policies,
    caller: &Caller,
    now: Timestamp,
    id: DeliveryId,
) -> ApiResult<DeliveryDetail> {
    let row = store::get(conn, &caller.scope(), id)?;
    Viewer::of(caller, now).detail(conn, policies, row)
}

/// What the rules look at.
pub(super) fn returning<'a>(row: &Row, policy: &'a PolicySet, requested: bool, now: Timestamp) -> Returning<'a> {
    Returning {
        policy,
        billing_state: row.billing_state,
        deadline: row.return_deadline_at,
        replacement: row.replaces_delivery_id.is_some(),
        requested,
        now,
    }
}
