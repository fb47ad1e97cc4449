//! Another plan from the next period on (R90).

use super::rules;
use super::store::{self, Row};
use crate::calendar::Zone;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::suppliers::store::Account;
use serde::{Deserialize, Serialize};
use tradepost_contract::change_requests::Difference;
use tradepost_contract::plans::PlanStatus;
use tradepost_contract::policy::{PlanPolicy, PolicySet};
use tradepost_contract::{LocalDate, Money, PlanSubscriptionId, ProblemCode, Timestamp};

/// A hundred years of months.
const MOST_PERIODS: i64 = 1_200;

/// What a plan costs and gives. Its currency is the programme's, which never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub(crate) tier: String,
    pub(crate) label: String,
    pub(crate) min_units: i64,
    pub(crate) unit_price: Money,
    /// How overage counts, as JSON.
    pub(crate) grace: String,
}

/// A step from the plan that runs to another one.
pub(crate) struct Step {
    pub(crate) plan: PlanSubscriptionId,
    pub(crate) terms: Terms,
    now: Terms,
    zone: Zone,
    started_on: LocalDate,
    period: i64,
}

impl Step {
    /// The beginning of the first period that has not begun then.
    pub(crate) fn renewal_from(&self, from: Timestamp) -> ApiResult<Timestamp> {
        first_renewal(&self.zone, self.started_on, self.period, from)
    }

    /// What is different then.
    pub(crate) fn differences(&self) -> ApiResult<Vec<Difference>> {
        let price = |terms: &Terms| terms.unit_price.to_string();
        let sides = [
            ("plan", self.now.label.clone(), self.terms.label.clone()),
            (
                "min_units",
                self.now.min_units.to_string(),
                self.terms.min_units.to_string(),
            ),
            ("unit_price", price(&self.now), price(&self.terms)),
            (
                "period_price",
                self.now.unit_price.times(self.now.min_units)?.to_string(),
                self.terms.unit_price.times(self.terms.min_units)?.to_string(),
            ),
        ];
        Ok(sides
            .into_iter()
            .filter(|(_, before, after)| before != after)
            .map(|(field, before, after)| Difference {
                field: field.to_owned(),
                before: Some(before),
                after: Some(after),
            })
            .collect())
    }
}

fn first_renewal(zone: &Zone, started_on: LocalDate, period: i64, from: Timestamp) -> ApiResult<Timestamp> {
    (period..period + MOST_PERIODS)
        .map(|number| zone.start_of(rules::period_end(started_on, number)))
        .find(|renewal| *renewal >= from)
        .ok_or_else(|| ApiError::internal("a plan renews within a hundred years"))
}

/// The beginning of the first period of the plan that runs which has not begun then; none where no plan renews.
pub(crate) fn next_renewal(conn: &mut Conn, account: &Account, from: Timestamp) -> ApiResult<Option<Timestamp>> {
    let running = store::live_of(conn, account.id)?.filter(|row| row.status == PlanStatus::Active);
    let Some((period, started_on)) = running.and_then(|row| Some((row.period, row.started_on?))) else {
        return Ok(None);
    };
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    first_renewal(&zone, started_on, period, from).map(Some)
}

/// The step to another plan that the policy offers, from the one that runs. Pointers are those of a change.
pub(crate) fn another(conn: &mut Conn, account: &Account, policy: &PolicySet, tier: &str) -> ApiResult<Step> {
    let Some(row) = store::live_of(conn, account.id)? else {
        return Err(ApiError::conflict("The account has no plan."));
    };
    let started_on = match (row.status, row.started_on) {
        (PlanStatus::Active, Some(started_on)) => started_on,
        (PlanStatus::CancelScheduled, _) => return Err(ApiError::conflict("The plan ends with its period.")),
        (PlanStatus::Active | PlanStatus::PendingPayment | PlanStatus::Ended, _) => {
            return Err(ApiError::conflict(format!("The plan is {}.", row.status)));
        }
    };
    let offers = rules::offers(&policy.plan, account.programme.currency)?;
    let (PlanPolicy::Offered { grace, .. }, Some(offer)) =
        (&policy.plan, offers.into_iter().find(|offer| offer.tier == tier))
    else {
        let message = "There is no plan of this code.";
        return Err(ApiError::new(ProblemCode::Invalid).field("/tier", "unknown", message));
    };
    let terms = Terms {
        tier: offer.tier,
        label: offer.label,
        min_units: offer.min_units,
        unit_price: offer.unit_price,
        grace: serde_json::to_string(grace)?,
    };
    let now = of(&row);
    if terms == now {
        let message = "This is the plan that runs.";
        return Err(ApiError::new(ProblemCode::Invalid).field("/tier", "unchanged", message));
    }
    Ok(Step {
        plan: row.id,
        terms,
        now,
        zone: Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?,
        started_on,
        period: row.period,
    })
}

fn of(row: &Row) -> Terms {
    Terms {
        tier: row.tier.clone(),
        label: row.label.clone(),
        min_units: row.min_units,
        unit_price: row.unit_price(),
        grace: row.grace.clone(),
    }
}

/// Gives a plan the terms that hold from the period on that is about to begin, where a change was agreed to.
pub(super) fn take_terms(tx: &mut Tx<'_>, row: &mut Row, begins_at: Timestamp) -> ApiResult<()> {
    if let Some(terms) = crate::change_requests::renewing(tx, row.id, begins_at)? {
        row.tier = terms.tier;
        row.label = terms.label;
        row.min_units = terms.min_units;
        row.unit_price_minor = terms.unit_price.minor;
        row.grace = terms.grace;
    }
    Ok(())
}
