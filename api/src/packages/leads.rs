//! The leads of packages: counted by the sale, and counted back when they are not kept.

use super::ops::{moved, tell};
use super::store;
use crate::auth::Actor;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::{market, notifications};
use serde_json::json;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::packages::{PackageAction, PackageStatus};
use tradepost_contract::policy::{PackagePolicy, WhenComplete};
use tradepost_contract::{BusinessId, DeliveryId, PackageId};

/// A lead that a sale has counted against a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The package.
    pub(crate) id: PackageId,
    /// What the lead still costs when it is invoiced.
    pub(crate) price_minor: i64,
    /// Whether it was the last one.
    is_last: bool,
}

/// How a business gets a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// Out of a package.
    Package(Taken),
    /// At the price of its order: there are no packages, or the policy goes on between two.
    OrderPrice,
    /// Not at all: no package of it runs.
    Nothing,
}

/// Counts a lead against the oldest package of a business that has one to come.
pub(crate) fn take_lead(tx: &mut Tx<'_>, business: BusinessId, policy: &PackagePolicy) -> ApiResult<Offer> {
    let PackagePolicy::PerBusiness { when_complete, .. } = policy else {
        return Ok(Offer::OrderPrice);
    };
    for id in store::running_of(tx, business)? {
        // Another sale may have taken the last one; then the next package has its turn.
        if let Some(row) = store::count_lead(tx, id)? {
            return Ok(Offer::Package(Taken {
                id,
                price_minor: row.price_minor - row.advance_each_minor,
                is_last: row.status == PackageStatus::Complete,
            }));
        }
    }
    match when_complete {
        WhenComplete::OrderPrice if store::has_complete(tx, business)? => Ok(Offer::OrderPrice),
        WhenComplete::OrderPrice | WhenComplete::Stop => Ok(Offer::Nothing),
    }
}

/// Keys a delivery to the package that its sale was counted against, and says so when that is complete.
pub(crate) fn delivered(tx: &mut Tx<'_>, taken: &Taken, delivery: DeliveryId) -> ApiResult<()> {
    store::insert_lead(tx, taken.id, delivery)?;
    if taken.is_last {
        completed(tx, taken.id)?;
    }
    Ok(())
}

fn completed(tx: &mut Tx<'_>, id: PackageId) -> ApiResult<()> {
    let row = store::find(tx, id)?;
    let before = Some(PackageStatus::Running);
    tell(tx, &Actor::system("packages"), "package.completed", before, &row, None)?;
    let facts = json!({
        "package_id": id, "business_id": row.business_id, "kind": row.kind, "leads": row.leads,
        "completed_at": row.completed_at,
    });
    // A package that runs again for a lead that came back is completed again.
    let (occasion, supplier) = (format!("{id}:{}", row.version), Some(row.supplier_id));
    notifications::record(
        tx,
        NotificationKind::PackageComplete,
        &occasion,
        row.programme_id,
        supplier,
        &facts,
    )?;
    Ok(())
}

/// A lead was rejected or returned: where it was of a package, another one is to come.
pub(crate) fn lead_came_back(tx: &mut Tx<'_>, delivery: DeliveryId) -> ApiResult<()> {
    let Some(id) = store::package_of(tx, delivery)? else {
        return Ok(());
    };
    let before = store::hold(tx, id)?.status;
    if before != PackageStatus::Complete {
        return store::count_lead_back(tx, id);
    }
    store::reopen(tx, id, moved(before, PackageAction::Reopen)?)?;
    let row = store::find(tx, id)?;
    tell(
        tx,
        &Actor::system("packages"),
        "package.reopened",
        Some(before),
        &row,
        None,
    )?;
    // The market remembers who was refused for want of a package.
    market::changed(tx)
}

/// A rejection is undone: the lead is one of its package again, unless another one was delivered for it.
pub(crate) fn lead_kept_after_all(tx: &mut Tx<'_>, delivery: DeliveryId) -> ApiResult<()> {
    let Some(id) = store::package_of(tx, delivery)? else {
        return Ok(());
    };
    if let Some(row) = store::count_lead(tx, id)? {
        return if row.status == PackageStatus::Complete {
            completed(tx, id)
        } else {
            Ok(())
        };
    }
    if store::count_lead_of_cancelled(tx, id)? {
        return Ok(());
    }
    Err(ApiError::conflict(
        "Another lead was delivered in its place: the package is complete without it.",
    ))
}
