//! Who may have a lead: every refusal has its reason. Pure.

use crate::calendar::LocalTime;
use crate::market::StandingOrder;
use std::collections::HashSet;
use tradepost_contract::leads::RefusalReason;
use tradepost_contract::orders::{OrderHold, OrderStatus};
use tradepost_contract::policy::{DistinctBy, SellingMode};
use tradepost_contract::{BusinessAssociationId, BusinessId, SupplierId, Timestamp};

/// What decides about an order besides the order itself.
#[derive(Debug, Clone)]
pub(super) struct Occasion<'a> {
    /// The business instant of the sale.
    pub(super) now: Timestamp,
    /// What the programme's clock shows then.
    pub(super) local: LocalTime,
    /// Who may get leads of the product at all.
    pub(super) mode: SellingMode,
    /// What two buyers of one lead must not share.
    pub(super) distinct_by: DistinctBy,
    /// The business that the person contacted itself.
    pub(super) contacted: Option<BusinessId>,
    /// Who has the lead already.
    pub(super) buyers: &'a Buyers,
    /// Who bought the same person's earlier lead.
    pub(super) earlier_buyers: &'a HashSet<SupplierId>,
    /// Who may buy by the person's consent, made [`plain`]; empty where anybody may.
    pub(super) named: &'a [String],
}

/// A name as it is compared: letters and digits, in small letters.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Whether a consent names whoever has this order: the supplier or the business, by name or id (R81).
fn is_named(order: &StandingOrder, named: &[String]) -> bool {
    let (supplier, business) = (&order.supplier, &order.business);
    let ids = [supplier.id.to_string(), business.id.to_string()];
    let own = [supplier.name.as_str(), business.name.as_str(), &ids[0], &ids[1]];
    own.into_iter().any(|own| named.contains(&plain(own)))
}

/// The buyers of a lead so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Buyers {
    suppliers: HashSet<SupplierId>,
    associations: HashSet<BusinessAssociationId>,
}

impl Buyers {
    /// Counts one more buyer.
    pub(super) fn add(&mut self, supplier: SupplierId, association: Option<BusinessAssociationId>) {
        self.suppliers.insert(supplier);
        self.associations.extend(association);
    }

    /// Why another buyer is refused beside these (R67).
    pub(super) fn refuse(&self, order: &StandingOrder, distinct_by: DistinctBy) -> Option<RefusalReason> {
        if self.suppliers.contains(&order.supplier.id) {
            return Some(RefusalReason::SameSupplier);
        }
        let association = order.business.association_id;
        let taken = association.is_some_and(|association| self.associations.contains(&association));
        match distinct_by {
            DistinctBy::BusinessAssociation if taken => Some(RefusalReason::SameAssociation),
            DistinctBy::BusinessAssociation | DistinctBy::Supplier => None,
        }
    }
}

/// Why the order cannot have the lead, as far as memory knows; caps and quantity are in the database.
/// `in_reach` says whether its coverage has the place, `owed` whether a replacement is owed to it.
pub(super) fn refusal(
    order: &StandingOrder,
    in_reach: bool,
    owed: bool,
    occasion: &Occasion<'_>,
) -> Option<RefusalReason> {
    use RefusalReason as R;
    // Who was contacted is served wherever the person lives and whatever the hour (R103).
    let contacted = match (occasion.contacted, occasion.mode) {
        (Some(business), _) if business == order.business.id => true,
        (Some(_), _) | (None, SellingMode::AssignedNumber | SellingMode::OwnLeads) => return Some(R::OtherBusiness),
        (None, SellingMode::Market) => false,
    };
    if !in_reach && !contacted {
        return Some(R::OutsideCoverage);
    }
    if !contacted && !occasion.named.is_empty() && !is_named(order, occasion.named) {
        return Some(R::NotNamed);
    }
    match order.hold {
        OrderHold::None => {}
        OrderHold::Onboarding => return Some(R::SupplierOnboarding),
        OrderHold::Paused => return Some(R::SupplierPaused),
        OrderHold::Suspended => return Some(R::SupplierSuspended),
        OrderHold::InNotice => return Some(R::SupplierInNotice),
        OrderHold::Closed => return Some(R::SupplierClosed),
    }
    match order.status {
        OrderStatus::Open => {}
        OrderStatus::Filled if owed => {}
        OrderStatus::Filled => return Some(R::OrderFilled),
        OrderStatus::Paused => return Some(R::OrderPaused),
        OrderStatus::Cancelled => return Some(R::OrderCancelled),
    }
    if !order.business.active {
        return Some(R::BusinessClosed);
    }
    if occasion.now < order.starts_at {
        return Some(R::OrderNotStarted);
    }
    if order.ends_at.is_some_and(|end| end <= occasion.now) {
        return Some(R::OrderEnded);
    }
    if !contacted
        && !order
            .schedule
            .is_open(occasion.local.weekday, occasion.local.minute_of_day)
    {
        return Some(R::OutsideSchedule);
    }
    if occasion.earlier_buyers.contains(&order.supplier.id) {
        return Some(R::OwnDuplicate);
    }
    occasion.buyers.refuse(order, occasion.distinct_by)
}

#[cfg(test)]
mod tests;
