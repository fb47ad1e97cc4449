//! Imports: files of leads, read as they are, mapped, checked, and taken in row by row.
//!
//! **States**: `uploaded → checking → checked → running → done`; a check may be left out; a fault of
//! the server makes it `failed`, from where it can be started again and goes on; `cancelled` is for good.
//!
//! The upload finds out the encoding, the delimiter and the columns (`detect.rs`) and suggests what the
//! columns mean (`mapping/`); nothing is imported before somebody starts it. Each row then takes the
//! way of every enquiry (`leads::ops::take_in`).
//!
//! **Nothing twice, nothing lost**: rows are done in slices, and a slice's transaction first claims its
//! rows on the import's own row (guarded by how many are done), so that two servers never do the same
//! ones and a crash loses none. A row is known by its external id, or by its cells where it has none: the
//! same file again changes nothing.
//!
//! Tests: tables and properties beside `detect.rs` and `mapping/`; `tests/api/lead_imports.rs`.

mod cards;
pub(crate) mod detect;
mod dry_run;
pub(crate) mod export;
mod http;
pub(crate) mod mapping;
mod ops;
mod store;
mod work;

use crate::jobs::Job;
use crate::routes::Routes;

/// Checks and imports files that somebody has set going.
pub(crate) const IMPORTS: Job = Job {
    name: "lead imports",
    run: work::take_turn,
};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::create_lead_import)
        .service(http::list_lead_imports)
        .service(http::export_lead_import_rows)
        .service(http::list_lead_import_rows)
        .service(http::get_lead_import)
        .service(http::check_lead_import)
        .service(http::start_lead_import)
        .service(http::cancel_lead_import);
}
