//! What every black-box test stands on: a real server with a database of its own, clients that sign in
//! as anybody, and builders that go through the public API.
//!
//! ```text
//! use tradepost_tests::{Database::{self, *}, rstest, spawn};
//!
//! #[rstest]
//! #[tokio::test]
//! async fn r113_once_invoiced_it_is_too_late(#[values(Sqlite, Postgres)] on: Database) {
//!     let app = spawn(on).await;
//!     let finance = app.staff("finance").await;
//!     finance.get("/invoices").send().await.ok();
//! }
//! ```
//!
//! Databases are copies of a template that the first test of a run makes (`database.rs`); PostgreSQL is
//! a private cluster that ends with the run (`cluster.rs`, `run_folder.rs`). Tests wait for conditions,
//! move business time with [`TestApp::advance`], and never sleep.

mod app;
pub mod books;
pub mod calling;
mod client;
mod cluster;
mod database;
mod dump;
mod market;
pub mod paying;
pub mod post_office;
mod postgres_bin;
mod process;
mod receiver;
mod run_folder;

pub use app::{
    PASSWORD, SECRET, TestApp, settings, spawn, spawn_on, spawn_process, spawn_process_logging, spawn_process_with,
    spawn_with, staff_email,
};
pub use client::{Answer, Call, Client, fresh_key};
pub use cluster::OwnCluster;
pub use database::{Database, TestDatabase};
pub use market::{Buyer, Leads, Market, merged};
pub use process::{ServerProcess, expect_sound_books, tradepost};
pub use receiver::{Received, Receiver};

/// The folder of PostgreSQL's own programs, where there is one.
pub fn postgres_programs() -> Option<std::path::PathBuf> {
    postgres_bin::find()
}
