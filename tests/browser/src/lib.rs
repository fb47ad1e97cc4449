//! A browser beside a real server: what the journeys of `journeys/` are made with.
//!
//! Each journey gets a server of its own on a random port, with a copy of a demo market that is made once
//! a run, and a Chromium of its own. At its end it fails on any error of the console; violations of the
//! content security policy are among those.
//!
//! Fixtures are made through the API ([`Api`]), never in the database.
//!
//! `TRADEPOST_SCREENSHOTS=<folder>` keeps the pictures that journeys take.

pub mod api;
pub mod axe;
pub mod browser;
pub mod server;
pub mod texts;
pub mod tour;

pub use api::Api;
pub use browser::{Browser, Screen};
pub use server::Server;
pub use texts::Writer;

/// People whom the demo market has.
pub mod people {
    /// Of Meridian Business Leads: ten days, then denied automatically.
    pub const LONESTAR: &str = "owner@lonestartelecom.example";
    /// Of Trade Introductions: 72 hours, then refused.
    pub const PENNINE: &str = "owner@penninewindows.example";
    /// Of Prosper Lead Store: orders at its checkout, one of them not paid yet.
    pub const HORIZON: &str = "owner@horizonwellnessteam.example";
    /// Staff who look after suppliers.
    pub const MANAGER: &str = "manager@tradepost.example";
    /// Staff who book money.
    pub const FINANCE: &str = "finance@tradepost.example";
    /// Staff who may do everything.
    pub const ADMIN: &str = "admin@tradepost.example";
}

/// Whether this machine has what it takes; says so once when it has not.
pub fn can_browse() -> bool {
    let there = |program: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    let can = there("chromium") && there("chromedriver");
    if !can {
        assert!(
            std::env::var_os("TRADEPOST_REQUIRE_BROWSER").is_none(),
            "Chromium is missing: `apt-get install chromium chromium-driver`"
        );
        eprintln!("SKIPPED: `apt-get install chromium chromium-driver`");
    }
    can
}
