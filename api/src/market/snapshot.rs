//! What the market in memory holds, and how it is looked up.

use super::coverage::CoverageIndex;
use std::collections::HashMap;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use tradepost_contract::leads::RefusalReason;
use tradepost_contract::orders::{OrderHold, OrderSchedule, OrderStatus};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{
    BusinessAssociationId, BusinessId, Currency, LeadProductId, LocalDate, OrderId, ProgrammeId, ResolvedPolicyId,
    SupplierId, Timestamp,
};

/// The market at one version.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    /// The number in `market_version` that it was loaded at.
    pub(crate) version: i64,
    /// What `db::undone` said when it was loaded.
    pub(super) undone: u64,
    pub(super) programmes: HashMap<ProgrammeId, Arc<Programme>>,
    pub(super) programme_by_slug: HashMap<String, ProgrammeId>,
    pub(super) products: HashMap<LeadProductId, Arc<Product>>,
    pub(super) product_by_code: HashMap<(ProgrammeId, String), LeadProductId>,
    pub(super) suppliers: HashMap<SupplierId, Arc<Supplier>>,
    pub(super) businesses: HashMap<BusinessId, Arc<Business>>,
    pub(super) business_by_number: HashMap<String, BusinessId>,
    pub(super) policies: HashMap<ResolvedPolicyId, Arc<PolicySet>>,
    pub(super) orders: HashMap<LeadProductId, ProductOrders>,
    /// Whether there is anybody at all who was erased or objected: most markets need not ask for each lead.
    pub(crate) keeps_people_out: bool,
}

/// A brand that leads are sold under.
#[derive(Debug)]
pub(crate) struct Programme {
    pub(crate) id: ProgrammeId,
    pub(crate) name: String,
    /// Whether it takes leads at all.
    pub(crate) active: bool,
    /// Where its days begin.
    pub(crate) zone: crate::calendar::Zone,
    pub(crate) currency: Currency,
    /// ISO code: of phone numbers and places that do not say theirs.
    pub(crate) country: String,
    /// The programme's own rules, before any product's.
    pub(crate) policy: Arc<PolicySet>,
    /// The version those rules are.
    pub(super) policy_version: i64,
}

/// What is sold.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) id: LeadProductId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) name: String,
    pub(crate) category: String,
    /// Whether leads are taken in for it.
    pub(crate) active: bool,
    pub(crate) max_buyers: i32,
    /// Delivered as they come; batch leads are delivered as soon as they are there (R55).
    pub(crate) real_time: bool,
    /// The programme's rules with the product's own on top.
    pub(crate) policy: Arc<PolicySet>,
    /// What those rules were resolved from, so that an unchanged product is not resolved again.
    pub(super) resolved_from: (i64, String),
}

/// Who buys.
#[derive(Debug)]
pub(crate) struct Supplier {
    pub(crate) id: SupplierId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) name: String,
}

/// One trading business of a supplier.
#[derive(Debug)]
pub(crate) struct Business {
    pub(crate) id: BusinessId,
    pub(crate) supplier_id: SupplierId,
    pub(crate) association_id: Option<BusinessAssociationId>,
    pub(crate) name: String,
    /// Whether it still trades.
    pub(crate) active: bool,
    /// Where calls to that number are passed on to, in this order (R103).
    pub(crate) forward_to: Vec<String>,
    /// Where its lead mails go: its own addresses and those of the whole account (R16).
    pub(crate) lead_mail: Vec<String>,
}

/// What was seen of an order a moment ago, so that an order that cannot take leads is not asked about
/// again for every lead. It ends by itself, because what was seen may have been undone since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Why it took none.
    pub(crate) reason: RefusalReason,
    /// For which local day that was seen.
    pub(crate) day: LocalDate,
    /// Until when, on the wall, it is believed.
    pub(crate) until: Timestamp,
}

/// How many leads an order could still take when it was last looked at, so that an order with plenty of
/// room is not looked at for every lead. Like all in memory it is a hint: the guarded updates decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// On which local day that was seen.
    pub(crate) day: LocalDate,
    /// Leads until the first ceiling, less those that this process has sold since.
    pub(crate) left: i64,
}

/// A standing order that was not cancelled.
#[derive(Debug)]
pub(crate) struct StandingOrder {
    pub(crate) id: OrderId,
    pub(crate) supplier: Arc<Supplier>,
    pub(crate) business: Arc<Business>,
    /// Open, paused or filled.
    pub(crate) status: OrderStatus,
    pub(crate) hold: OrderHold,
    pub(crate) price_minor: i64,
    pub(crate) quantity: Option<i64>,
    pub(crate) cap_day: Option<i64>,
    pub(crate) cap_week: Option<i64>,
    pub(crate) cap_month: Option<i64>,
    pub(crate) schedule: OrderSchedule,
    pub(crate) priority: i32,
    pub(crate) weight: i32,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) resolved_policy_id: ResolvedPolicyId,
    /// Leads sold, as last seen by this process: only ranking goes by it.
    pub(crate) sold: AtomicI64,
    /// The newest delivery, as last seen by this process, 0 for none: it says whose turn it is.
    pub(crate) last_delivery: AtomicI64,
    /// That it was full when it was last asked, as seen by this process.
    pub(crate) spent: Mutex<Option<Spent>>,
    /// What room it had when it was last looked at.
    pub(crate) room: Mutex<Option<Room>>,
}

/// The orders of one product, and which places they cover.
#[derive(Debug, Default)]
pub(crate) struct ProductOrders {
    pub(crate) all: Vec<StandingOrder>,
    pub(crate) coverage: CoverageIndex,
}

impl StandingOrder {
    /// Why it took no lead when it was last asked, while that is still believed.
    pub(crate) fn spent(&self, day: LocalDate, wall_now: Timestamp) -> Option<RefusalReason> {
        let seen = (*self.spent.lock().ok()?)?;
        (seen.day == day && wall_now < seen.until).then_some(seen.reason)
    }

    /// Whether it had room for this and more when it was last looked at, this day.
    pub(crate) fn has_room(&self, day: LocalDate) -> bool {
        let room = self.room.lock().ok().and_then(|room| *room);
        room.is_some_and(|room| room.day == day && room.left > 0)
    }

    /// Remembers what was seen.
    pub(crate) fn remember_room(&self, seen: Room) {
        if let Ok(mut room) = self.room.lock() {
            *room = Some(seen);
        }
    }

    /// One lead went to it.
    pub(crate) fn one_less(&self) {
        if let Ok(mut room) = self.room.lock()
            && let Some(room) = room.as_mut()
        {
            room.left -= 1;
        }
    }
}

impl Snapshot {
    /// The programme with this id.
    pub(crate) fn programme(&self, id: ProgrammeId) -> Option<&Arc<Programme>> {
        self.programmes.get(&id)
    }

    /// The programme with this id or slug.
    pub(crate) fn find_programme(&self, id_or_slug: &str) -> Option<&Arc<Programme>> {
        let by_id = || id_or_slug.parse().ok();
        let id = self.programme_by_slug.get(id_or_slug).copied().or_else(by_id)?;
        self.programmes.get(&id)
    }

    /// The product with this id.
    pub(crate) fn product(&self, id: LeadProductId) -> Option<&Arc<Product>> {
        self.products.get(&id)
    }

    /// Every product.
    pub(crate) fn products(&self) -> impl Iterator<Item = &Arc<Product>> {
        self.products.values()
    }

    /// The product of the programme with this id or code.
    pub(crate) fn find_product(&self, programme: ProgrammeId, id_or_code: &str) -> Option<&Arc<Product>> {
        let by_id = || id_or_code.parse().ok();
        let key = (programme, id_or_code.to_owned());
        let id = self.product_by_code.get(&key).copied().or_else(by_id)?;
        self.products
            .get(&id)
            .filter(|product| product.programme_id == programme)
    }

    /// The supplier with this id.
    pub(crate) fn supplier(&self, id: SupplierId) -> Option<&Arc<Supplier>> {
        self.suppliers.get(&id)
    }

    /// The business that this number (E.164) is assigned to.
    pub(crate) fn business_with_number(&self, number: &str) -> Option<&Arc<Business>> {
        self.businesses.get(self.business_by_number.get(number)?)
    }

    /// A policy that is stamped on an order of the snapshot.
    pub(crate) fn policy(&self, id: ResolvedPolicyId) -> Option<&Arc<PolicySet>> {
        self.policies.get(&id)
    }

    /// The orders of a product.
    pub(crate) fn orders(&self, product: LeadProductId) -> Option<&ProductOrders> {
        self.orders.get(&product)
    }
}
