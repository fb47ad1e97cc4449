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
pub mod layers;
pub mod presets;
mod stamps;
mod store;

pub use cache::Policies;
pub use layers::{Amendments, Layer, Resolved};
pub use stamps::{Orders, check_amendment, of_supplier, restamp, stamp};

use stamps::refusal;
