//! "Why did I not get this lead": the leads in an order's reach that went elsewhere, in words that give
//! nothing away about other suppliers or the person.

use super::kept_trace::KeptTrace;
use super::missed_store::{self as store, Passed};
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::geography;
use crate::lists::Window;
use tradepost_contract::leads::{MissedLead, RefusalReason};
use tradepost_contract::{Id, OrderId, Page, Timestamp};

/// So many leads of the product are looked through for one page; a page may hold fewer than was asked for.
const LOOKED_THROUGH: i64 = 400;

/// One area of an order: its kind, its word, from when, until when.
pub(super) type Area = (String, String, Timestamp, Option<Timestamp>);

/// The leads that the order did not get, newest first.
pub(super) fn list(conn: &mut Conn, scope: &Scope, order: OrderId, window: &Window) -> ApiResult<Page<MissedLead>> {
    let (of, areas) = store::reach_of(conn, scope, order)?;
    let passed = store::passed(conn, order, &of, window.after(), LOOKED_THROUGH)?;
    let looked_through = i64::try_from(passed.len()).unwrap_or(LOOKED_THROUGH) == LOOKED_THROUGH;
    let last = passed.last().map(|lead| (lead.created_at, lead.id.as_i64()));
    let wanted = usize::try_from(window.fetch()).unwrap_or(1);
    let (mut missed, mut previous) = (Vec::new(), None);
    for lead in &passed {
        if missed.len() == wanted {
            break;
        }
        // Of several attempts the newest counts, and it comes first.
        if previous.replace(lead.id) == Some(lead.id) {
            continue;
        }
        let attempt: KeptTrace = serde_json::from_str(&lead.trace)?;
        if let Some(found) = missed_by(&attempt, order, lead, &areas) {
            missed.push((lead.created_at, found));
        }
    }
    let full = missed.len() == wanted;
    let Page {
        data,
        mut next_cursor,
        mut has_more,
    } = window.finish(missed, |(at, missed)| (*at, missed.lead_id.as_i64()));
    if !full && looked_through {
        // The page ended because enough was looked through: the next one goes on from there.
        next_cursor = last.map(|(at, id)| crate::lists::cursor(at, id));
        has_more = true;
    }
    Ok(Page {
        data: data.into_iter().map(|(_, missed)| missed).collect(),
        next_cursor,
        has_more,
    })
}

/// What the supplier reads of one attempt: nothing where the lead was never in the order's reach.
fn missed_by(attempt: &KeptTrace, order: OrderId, lead: &Passed, areas: &[Area]) -> Option<MissedLead> {
    let reason = match attempt.refusal_of(order) {
        Some(reason) => reason?,
        // Candidates far down are not kept one by one: those in reach were outranked.
        None if attempt.more > 0 && reaches(areas, lead, attempt.traced_at) => RefusalReason::Outranked,
        None => return None,
    };
    let reason = safe(reason)?;
    Some(MissedLead {
        order_id: order,
        lead_id: lead.id,
        traced_at: attempt.traced_at,
        reason,
        explanation: reason.explanation_for_supplier().to_owned(),
    })
}

/// The reason as the supplier may know it. That a sibling of one's association bought, or that somebody was
/// quicker, says something about others; a lead that was never in reach is none of one's business.
const fn safe(reason: RefusalReason) -> Option<RefusalReason> {
    use RefusalReason as R;
    match reason {
        R::OutsideCoverage | R::OtherBusiness => None,
        R::SameAssociation | R::LostRace | R::Outranked => Some(R::Outranked),
        R::OrderNotStarted
        | R::OrderEnded
        | R::OrderPaused
        | R::OrderFilled
        | R::OrderCancelled
        | R::SupplierOnboarding
        | R::SupplierPaused
        | R::SupplierSuspended
        | R::SupplierInNotice
        | R::SupplierClosed
        | R::BusinessClosed
        | R::OutsideSchedule
        | R::NotNamed
        | R::CapDay
        | R::CapWeek
        | R::CapMonth
        | R::NoFunds
        | R::NoPackage
        | R::SameSupplier
        | R::OwnDuplicate => Some(reason),
    }
}

fn reaches(areas: &[Area], lead: &Passed, at: Timestamp) -> bool {
    let keys = geography::coverage_keys(&lead.place);
    let is = |key: &Option<String>, word: &String| key.as_ref() == Some(word);
    areas.iter().any(|(kind, word, from, to)| {
        *from <= at
            && to.is_none_or(|to| at < to)
            && match kind.as_str() {
                "anywhere" => true,
                "country" => is(&keys.country, word),
                "us_state" => is(&keys.us_state, word),
                "us_zip" => is(&keys.us_zip, word),
                "uk_area" => is(&keys.uk_area, word),
                "uk_outcode" => is(&keys.uk_outcode, word),
                _ => false,
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R127: nothing that a supplier reads of a lead it missed says anything about another one.
    #[test]
    fn r127_a_missed_lead_says_nothing_of_others() {
        for reason in RefusalReason::ALL {
            let told = safe(*reason);
            assert!(
                !matches!(told, Some(RefusalReason::SameAssociation | RefusalReason::LostRace)),
                "{reason}"
            );
        }
        assert_eq!(safe(RefusalReason::OtherBusiness), None);
        assert_eq!(safe(RefusalReason::CapDay), Some(RefusalReason::CapDay));
    }
}
