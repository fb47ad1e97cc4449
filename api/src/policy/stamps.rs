//! Stamping: which resolved policy an order sells by, and stamping again when a layer changes.

use super::layers::{self, Amendments, Resolved};
use super::store::{self, Terms};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::market;
use serde_json::Value;
use std::collections::HashMap;
use tradepost_contract::policy::PolicySet;
use tradepost_contract::programmes::PolicyConflict;
use tradepost_contract::{
    FieldError, Id, LeadProductId, LocalDate, OrderId, PolicyVersionId, ProgrammeId, ResolvedPolicyId, SupplierId,
};

/// The orders that a change of a layer concerns. Cancelled orders keep their stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orders {
    /// All of the programme.
    OfProgramme,
    /// Those for a product.
    OfProduct(LeadProductId),
    /// Those of a supplier.
    OfSupplier(SupplierId),
}

/// The stamp of a new order: programme, product, account and the agreement in force, resolved.
pub fn stamp(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    product: LeadProductId,
    supplier: SupplierId,
) -> ApiResult<ResolvedPolicyId> {
    // A publication at the same time either waits for this order and stamps it again, or comes first.
    store::hold_programme(tx, programme)?;
    let (version, document) = store::version_in_force(tx, programme)?;
    let terms = store::terms_of(tx, programme, product, supplier)?;
    let resolved = resolve(&document, &terms)?.map_err(|faults| refusal("", faults))?;
    store::ensure(tx, programme, version, &resolved.document)
}

/// The policy of a supplier on a date: programme, account and agreement, and product where one is named.
pub fn of_supplier(
    conn: &mut Conn,
    programme: ProgrammeId,
    supplier: SupplierId,
    product: Option<LeadProductId>,
    on: LocalDate,
) -> ApiResult<(PolicyVersionId, Resolved)> {
    let (version, document) = store::version_in_force(conn, programme)?;
    let terms = store::terms_of_supplier(conn, supplier, product, on)?;
    let resolved = resolve(&document, &terms)?.map_err(|faults| refusal("", faults))?;
    Ok((version, resolved))
}

/// The policy that leads of a product are taken in by, were this its amendment; or a refusal with
/// pointers below `pointer`.
pub(crate) fn of_product(
    conn: &mut Conn,
    programme: ProgrammeId,
    amendment: &Value,
    pointer: &str,
) -> ApiResult<PolicySet> {
    let (_, document) = store::version_in_force(conn, programme)?;
    let amendments = Amendments {
        product: Some(amendment),
        ..Amendments::default()
    };
    let resolved = layers::resolve(&document, amendments).map_err(|faults| refusal(pointer, faults))?;
    Ok(resolved.policy)
}

/// Refuses an amendment of a layer that would not resolve on the programme's policy in force.
/// `pointer` is where the amendment stands in the caller's body, such as `/policy_override`.
pub fn check_amendment(
    conn: &mut Conn,
    programme: ProgrammeId,
    layer: layers::Layer,
    amendment: &Value,
    pointer: &str,
) -> ApiResult<()> {
    let (_, document) = store::version_in_force(conn, programme)?;
    let mut amendments = Amendments::default();
    match layer {
        layers::Layer::Product => amendments.product = Some(amendment),
        layers::Layer::Account => amendments.account = Some(amendment),
        layers::Layer::Agreement => amendments.agreement = Some(amendment),
    }
    let checked = layers::resolve(&document, amendments);
    checked.map(drop).map_err(|faults| refusal(pointer, faults))
}

/// Stamps orders again after a layer has changed, bumps the market version when any stamp did, and
/// says how many did. `pointer` is where the change stands in the caller's body. Deliveries keep the
/// stamp they were sold with, so that no open window moves (R125).
pub fn restamp(tx: &mut Tx<'_>, programme: ProgrammeId, orders: Orders, pointer: &str) -> ApiResult<usize> {
    let (version, document) = store::version_in_force(tx, programme)?;
    let now = tx.business_now();
    let today = store::today(tx, programme, now)?;
    let plan = plan(tx, programme, orders, &document, today)?;
    if let Some(conflict) = plan.conflicts.first() {
        let message = format!("{} ({})", conflict.message, conflict.subject);
        let fault = FieldError::new(conflict.pointer.clone(), "conflict", message);
        return Err(refusal(pointer, vec![fault]).detail("Existing terms do not fit this change."));
    }
    let mut stamped = 0;
    for (document, orders) in &plan.stamps {
        let stamp = store::ensure(tx, programme, version, document)?;
        let stale: Vec<_> = orders
            .iter()
            .filter(|(_, old)| *old != stamp)
            .map(|(order, _)| *order)
            .collect();
        store::stamp_orders(tx, &stale, stamp)?;
        stamped += stale.len();
    }
    if stamped > 0 {
        market::changed(tx)?;
    }
    Ok(stamped)
}

/// What a programme's document would mean for what is built on it.
pub(super) struct Plan {
    /// The resolved documents with the orders that get them and the stamps these have now.
    pub(super) stamps: Vec<(String, Vec<(OrderId, ResolvedPolicyId)>)>,
    /// Products, suppliers and orders whose own terms do not fit.
    pub(super) conflicts: Vec<PolicyConflict>,
}

pub(super) fn plan(
    conn: &mut Conn,
    programme: ProgrammeId,
    orders: Orders,
    document: &Value,
    today: LocalDate,
) -> ApiResult<Plan> {
    let mut plan = Plan {
        stamps: Vec::new(),
        conflicts: Vec::new(),
    };
    // Products without orders take leads too, and suppliers without orders may place one, so that
    // their terms have to fit as well.
    if orders == Orders::OfProgramme {
        for (product, amendment) in store::product_amendments(conn, programme)? {
            if let Err(faults) = resolve(document, &Terms::of_product(amendment))? {
                plan.conflicts.extend(conflicts(product, faults));
            }
        }
        for (supplier, terms) in store::supplier_amendments(conn, programme, today)? {
            if let Err(faults) = resolve(document, &terms)? {
                plan.conflicts.extend(conflicts(supplier, faults));
            }
        }
    }
    let mut by_terms: HashMap<Terms, Vec<(OrderId, ResolvedPolicyId)>> = HashMap::new();
    for (order, stamp, terms) in store::orders_with_terms(conn, programme, orders, today)? {
        by_terms.entry(terms).or_default().push((order, stamp));
    }
    // Sorted, so that two servers lock rows in one order and refusals name the same order each time.
    let mut by_terms: Vec<_> = by_terms.into_iter().collect();
    by_terms.sort_unstable_by_key(|(_, orders)| orders.first().map(|(order, _)| *order));
    for (terms, orders) in by_terms {
        match (resolve(document, &terms)?, orders.first()) {
            (Ok(resolved), _) => plan.stamps.push((resolved.document, orders)),
            (Err(faults), Some((order, _))) => plan.conflicts.extend(conflicts(*order, faults)),
            (Err(_), None) => {}
        }
    }
    Ok(plan)
}

fn conflicts(subject: impl Id, faults: Vec<FieldError>) -> impl Iterator<Item = PolicyConflict> {
    faults.into_iter().map(move |fault| PolicyConflict {
        subject: subject.to_string(),
        pointer: fault.pointer,
        message: fault.message,
    })
}

/// The outer error is a stored text that is no JSON, the inner one a policy that does not resolve.
fn resolve(document: &Value, terms: &Terms) -> ApiResult<Result<Resolved, Vec<FieldError>>> {
    let (product, account) = (
        serde_json::from_str(&terms.product)?,
        serde_json::from_str(&terms.account)?,
    );
    let agreement = serde_json::from_str(&terms.agreement)?;
    let amendments = Amendments {
        product: Some(&product),
        account: Some(&account),
        agreement: Some(&agreement),
    };
    Ok(layers::resolve(document, amendments))
}

/// Faults of a policy as a refusal, with pointers into the caller's body.
pub(super) fn refusal(pointer: &str, faults: Vec<FieldError>) -> ApiError {
    let faults = faults.into_iter().map(|fault| FieldError {
        pointer: format!("{pointer}{}", fault.pointer),
        ..fault
    });
    ApiError::invalid(faults.collect())
}
