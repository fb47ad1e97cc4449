//! Policy: the rules a programme sells by, as data.
//!
//! **What it is.** A [`PolicySet`](tradepost_contract::policy::PolicySet) is one typed document with
//! every rule in which sellers differ (table K of the requirements). A programme has a series of
//! *policy versions*: each holds a whole document, is made as a draft from the version in force, and
//! is never changed after it was published. What applies to one order is *resolved* from five layers,
//! agreement > account > product > programme > default, each a JSON merge patch of what lies below.
//!
//! **States of a version.** `draft → published`, `draft → discarded`; a draft may be edited as often
//! as needed, and every edit leaves a whole policy without faults, or is refused with pointers to
//! them. A draft whose base is no longer in force cannot be published: compare and make a new one.
//!
//! **Stamps.** A resolved policy is a row of `resolved_policies`, addressed by its content (the id is
//! the first 63 bits of SHA-256 over version and document) and never changed. Orders, deliveries and
//! pauses carry its id. So publishing moves no open window: deliveries keep the stamp they were sold
//! with, and their deadline was fixed then. Open and paused orders are *restamped* in the transaction
//! of the publication, and the market version is bumped with them, so that the next sale is made by
//! the new rules. The same happens when the amendment of a product, account or agreement changes.
//!
//! **What the layers may reach.** Invoices are run and days are counted for a programme as a whole,
//! so billing cycle, mode and calendar are the programme's alone; intake and distribution take effect
//! before a supplier is known, so accounts and agreements do not amend them (`layers.rs`).
//!
//! **Reading.** [`Policies`] keeps parsed documents by id; they never change, so it never goes stale.
//!
//! Tests: `layers/tests.rs` (which layer wins), `presets_tests.rs` (table K, row by row), and
//! `tests/api/policy.rs` (drafts, publication, windows that stay).

mod cache;
mod drafts;
mod http;
pub mod layers;
pub mod presets;
mod stamps;
mod store;

pub use cache::Policies;
pub(crate) use drafts::begin;
pub use layers::{Amendments, Layer, Resolved};
pub use presets::document as preset_document;
pub(crate) use stamps::of_product;
pub use stamps::{Orders, check_amendment, of_supplier, restamp, stamp};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_policy_presets)
        .service(http::get_programme_policy)
        .service(http::list_policy_versions)
        .service(http::get_policy_version)
        .service(http::create_policy_draft)
        .service(http::list_policy_drafts)
        .service(http::get_policy_draft)
        .service(http::update_policy_draft)
        .service(http::compare_policy_draft)
        .service(http::publish_policy_draft)
        .service(http::discard_policy_draft);
}
