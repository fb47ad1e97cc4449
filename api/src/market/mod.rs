//! The market in memory: programmes, products, businesses and standing orders as one immutable
//! `Snapshot`, so that matching a lead costs no SQL.
//!
//! The snapshot is a hint and never an authority. Every change to programmes, products, policies,
//! suppliers, businesses, contacts, orders or coverage calls `changed` in its own transaction, which gives the one row of `market_version` a number that never comes again. A sale
//! asks `SharedMarket::fresh` inside its transaction: it compares that number and reloads when it
//! differs. What may still be stale after that (another server commits at the same moment) is decided
//! by the guarded updates of `selling/`: a stale snapshot can lose an attempt, never make a wrong sale.
//!
//! The number is unique rather than counted, so that a snapshot loaded inside a transaction that was
//! undone later can never be taken for the market of a later change.
//!
//! - `snapshot.rs`: what it holds and how it is looked up; pure.
//! - `coverage.rs`: which orders reach a place; pure.
//! - `store/`: the queries that make one.

mod coverage;
mod snapshot;
mod store;

#[cfg(test)]
pub(crate) use snapshot::Supplier;
pub(crate) use snapshot::{Business, Product, ProductOrders, Programme, Room, Snapshot, Spent, StandingOrder};

use crate::db::Tx;
use crate::error::ApiResult;
use std::sync::{Arc, RwLock};

/// The newest snapshot this process has seen; cheap to clone, and all clones share it.
#[derive(Clone, Default)]
pub struct SharedMarket {
    newest: Arc<RwLock<Option<Arc<Snapshot>>>>,
}

impl SharedMarket {
    /// The market as it was a moment ago, for work that can be done before a transaction.
    pub(crate) fn newest(&self) -> Option<Arc<Snapshot>> {
        self.newest.read().ok().and_then(|newest| newest.clone())
    }

    /// The market as this transaction sees it: the shared snapshot where it is current (one statement),
    /// else a newly loaded one, which the next caller then finds.
    pub(crate) fn fresh(&self, tx: &mut Tx<'_>) -> ApiResult<Arc<Snapshot>> {
        let version = store::version(tx)?;
        // A sale that was undone may have left word in memory that an order is full.
        let undone = crate::db::undone();
        let known = self.newest();
        if let Some(snapshot) = known
            .as_ref()
            .filter(|snapshot| snapshot.version == version && snapshot.undone == undone)
        {
            return Ok(Arc::clone(snapshot));
        }
        let now = tx.business_now();
        let snapshot = store::snapshot(tx, version, now, known.as_deref())?;
        let snapshot = Arc::new(Snapshot { undone, ..snapshot });
        if let Ok(mut newest) = self.newest.write() {
            *newest = Some(Arc::clone(&snapshot));
        }
        Ok(snapshot)
    }
}

/// Says that the market has changed in this transaction. To be called by every change to a row that
/// the snapshot holds; the sales that follow see it.
pub(crate) fn changed(tx: &mut Tx<'_>) -> ApiResult<()> {
    store::renew_version(tx)
}
