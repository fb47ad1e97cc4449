//! Storing agreements.

use super::store::{self, Row};
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::policy::{self, Layer, Orders};
use crate::suppliers::store as accounts;
use crate::suppliers::{care, fields, trail};
use serde_json::json;
use tradepost_contract::agreements::{Agreement, CreateAgreement};
use tradepost_contract::events::EventKind;
use tradepost_contract::{LocalDate, SupplierId, Timestamp};

const TITLE: usize = 200;
const DOCUMENT: usize = 50_000;

/// Stores an agreement and stamps the supplier's orders again.
pub(super) fn create(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    new: &CreateAgreement,
) -> ApiResult<Agreement> {
    let account = accounts::hold(tx, &caller.scope(), supplier)?;
    care::may_be_changed(tx, &account)?;
    let mut faults = fields::Faults::default();
    let title = faults.keep(fields::line("/title", &new.title, TITLE));
    let document = faults.keep(fields::lines("/document", &new.document, DOCUMENT));
    if new.ends_on.is_some_and(|ends_on| ends_on < new.starts_on) {
        faults.push("/ends_on", "out_of_range", "is before the first day");
    }
    faults.finish()?;
    let amendment = fields::amendment(new.policy_override.as_ref());
    policy::check_amendment(
        tx,
        account.programme_id,
        Layer::Agreement,
        &amendment,
        "/policy_override",
    )?;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let now = tx.business_now();
    let row = Row {
        id: tx.new_id(),
        supplier_id: supplier,
        title,
        term: new.term,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        policy_override: amendment.to_string(),
        document,
        next_change_at: next_change(&zone, new.starts_on, new.ends_on, now),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    let today = zone.date_of(now);
    care::terms_fit(tx, &account, today.max(new.starts_on), "/policy_override")?;
    policy::restamp(
        tx,
        account.programme_id,
        Orders::OfSupplier(supplier),
        "/policy_override",
    )?;
    let in_force = store::in_force(tx, supplier, today)?;
    // The trail names the agreement; its text is kept with it and never changes.
    trail::made(
        tx,
        caller,
        "agreement.created",
        row.id,
        supplier,
        &row.clone().shown(in_force, today, false)?,
    )?;
    let subject = Subject::of(row.id).programme(account.programme_id).supplier(supplier);
    let facts = json!({ "change": "agreement.created", "starts_on": row.starts_on, "ends_on": row.ends_on });
    events::push(tx, EventKind::SupplierDetailsChanged, subject, &facts)?;
    row.shown(in_force, today, true)
}

/// The next instant at which the agreement begins or ceases to be in force.
pub(super) fn next_change(
    zone: &Zone,
    starts_on: LocalDate,
    ends_on: Option<LocalDate>,
    now: Timestamp,
) -> Option<Timestamp> {
    let begins = zone.start_of(starts_on);
    let ends = ends_on.map(|last| zone.start_of(last.plus_days(1)));
    [Some(begins), ends].into_iter().flatten().find(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R125: an agreement starts at midnight of the programme, and ends after its last day there.
    #[test]
    fn r125_an_agreement_begins_and_ends_with_the_programmes_days() {
        let zone = Zone::parse("America/Chicago").unwrap();
        let date = |text: &str| text.parse::<LocalDate>().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let next = |now: &str| next_change(&zone, date("2026-03-01"), Some(date("2026-03-31")), at(now));
        assert_eq!(next("2026-02-28T12:00:00Z"), Some(at("2026-03-01T06:00:00Z")));
        assert_eq!(
            next("2026-03-01T06:00:00Z"),
            Some(at("2026-04-01T05:00:00Z")),
            "summer time by then"
        );
        assert_eq!(next("2026-04-01T05:00:00Z"), None);
        assert_eq!(
            next_change(&zone, date("2026-03-01"), None, at("2026-03-02T00:00:00Z")),
            None
        );
    }
}
