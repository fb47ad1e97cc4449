//! Billing runs: one pass over one billing period of a programme, which makes its invoices.
//!
//! **Periods** are rows laid out ahead, one after the other without a gap (`UNIQUE` on both ends), in
//! the programme's time zone and by its policy's cycle: the calendar month (R6), the week before the
//! Monday (R78), the week before that (R114, a lag of seven days). A run is due when its period and
//! the lag are over; the job starts it, or finance does. A programme whose cycle hangs on orders or
//! subscriptions has no periods and no runs: its deliveries stay unbilled here and are charged where
//! the order or plan is.
//!
//! **What a run takes**: every delivery of the programme made before the end of the period that is
//! not billed yet, also one left over from an earlier period (deferred, or its return was denied
//! meanwhile). What may still come back is invoiced or waits, as the policy stamped on the delivery
//! says (R84); the tax is that policy's too. Suppliers and leads that are not billed in arrears are
//! left out ([`rules::fate`]).
//!
//! **How**: a few suppliers a transaction, each invoice gathered and finalised by set-based SQL
//! (`store/lines.rs`); a supplier with very many lines is gathered into its draft over several
//! transactions. Every slice first locks the run's row, so that any number of runners take turns;
//! `UNIQUE(run, supplier)`, `UNIQUE(delivery)` and the guard on `deliveries.billing_state` make a
//! duplicate impossible even without that. A run that dies goes on where it was: with the suppliers
//! that have something to bill and no final invoice of this run.
//!
//! **Safety bound** (F8): a total more than three times the supplier's recent mean is not invoiced;
//! the other suppliers are, and then the run is parked with the names. Finance looks, and resumes
//! with or without accepting such totals. A count of lines that differs from the deliveries taken
//! parks the run at once and writes nothing.
//!
//! **States** (`BillingRunStatus`): scheduled → running → done; running → parked → running.
//!
//! Tests: `rules.rs` (tables), `tests/api/billing_runs.rs`; crashes and eight runners in `tests/prove`.

mod charges;
mod http;
mod next;
mod ops;
mod preview;
mod revocation;
pub(crate) mod rules;
mod slice;
pub(crate) mod store;

pub(crate) use charges::{expected_line, gross, tax_of};
pub(crate) use next::accrued;

use crate::jobs::Job;
use crate::routes::Routes;
pub(crate) use revocation::final_invoice;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::preview_billing_run)
        .service(http::list_billing_runs)
        .service(http::create_billing_run)
        .service(http::resume_billing_run)
        .service(http::get_billing_run)
        .service(next::get_next_invoice)
        .service(next::list_next_invoice_lines);
}

/// Lays out periods, starts the runs that are due, and does a stretch of the run under way.
pub(crate) const BILLING: Job = Job {
    name: "billing",
    run: ops::work,
};
