//! What came in and what is owed, by month, from the journal.

use super::store::cash as rows;
use crate::calendar::{Zone, month_start, plus_months};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use std::collections::BTreeMap;
use tradepost_contract::reports::{CashLine, CashReport};
use tradepost_contract::{Currency, LegalEntityId, LocalDate, Money, Timestamp};

/// Sums of one month in minor units, as they moved what is owed.
#[derive(Debug, Default, Clone, Copy)]
struct Moved {
    invoiced: i64,
    credited: i64,
    received: i64,
    refunded: i64,
    other: i64,
}

/// The last `months` months of every legal entity or of one, up to the month of `now`.
pub(super) fn cash(conn: &mut Conn, only: Option<LegalEntityId>, months: u32, now: Timestamp) -> ApiResult<CashReport> {
    let mut lines = Vec::new();
    for entity in rows::entities(conn, only)? {
        let zone = Zone::parse(&entity.billing_zone).map_err(ApiError::internal)?;
        let this = month_start(zone.date_of(now));
        let back = i32::try_from(months).unwrap_or(1) - 1;
        let starts: Vec<LocalDate> = (0..=back).map(|n| plus_months(this, n - back)).collect();
        let bounds: Vec<Timestamp> = starts
            .iter()
            .copied()
            .chain([plus_months(this, 1)])
            .map(|day| zone.start_of(day))
            .collect();
        let mut moved: BTreeMap<Currency, Vec<Moved>> = BTreeMap::new();
        for sum in rows::moved(conn, entity.id, &bounds)? {
            let of = moved
                .entry(sum.currency)
                .or_insert_with(|| vec![Moved::default(); starts.len()]);
            let Some(month) = usize::try_from(sum.month).ok().and_then(|at| of.get_mut(at)) else {
                continue;
            };
            match sum.kind.as_str() {
                "invoice" => month.invoiced += sum.minor,
                "credit_note" => month.credited -= sum.minor,
                "payment" => month.received -= sum.minor,
                "refund" => month.refunded += sum.minor,
                _ => month.other += sum.minor,
            }
        }
        let opening = rows::owed_before(conn, entity.id, bounds[0])?;
        for (currency, _) in &opening {
            moved
                .entry(*currency)
                .or_insert_with(|| vec![Moved::default(); starts.len()]);
        }
        for (currency, months) in moved {
            let mut owed = opening
                .iter()
                .find(|(known, _)| *known == currency)
                .map_or(0, |(_, minor)| *minor);
            for (at, (month, moved)) in starts.iter().zip(months).enumerate() {
                owed += moved.invoiced - moved.credited - moved.received + moved.refunded + moved.other;
                let money = |minor| Money::new(minor, currency);
                lines.push(CashLine {
                    legal_entity_id: entity.id,
                    legal_entity_name: entity.name.clone(),
                    month: *month,
                    invoiced: money(moved.invoiced),
                    credited: money(moved.credited),
                    received: money(moved.received),
                    refunded: money(moved.refunded),
                    other: money(moved.other),
                    owed: money(owed),
                    closed: entity.closed_before.is_some_and(|before| bounds[at + 1] <= before),
                });
            }
        }
    }
    Ok(CashReport { lines })
}
