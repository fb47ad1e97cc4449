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
    /// Of Hometown Connect: the card it has stored no longer works.
    pub const SUNRISE: &str = "owner@sunriselandscaping.example";
    /// Of Hometown Connect: pays by hand from its bank account.
    pub const OAK_STREET: &str = "owner@oakstreetplumbing.example";
    /// Of Hometown Connect: works its leads.
    pub const RELIABLE: &str = "owner@reliablegaragedoors.example";
    /// Of Dialwell ISA: has a plan that runs.
    pub const FRONT_RANGE: &str = "owner@frontrangerealty.example";
    /// Of the same: has not chosen a plan yet.
    pub const LAKESHORE: &str = "owner@lakeshorebrokers.example";
    /// Of Hometown Connect: its second package is offered and not paid.
    pub const CAPITAL_CITY: &str = "owner@capitalcitylocksmiths.example";
    /// Of Meridian Business Leads: pays in advance, and tops its wallet up by hand.
    pub const GULF_COAST: &str = "owner@gulfcoastphones.example";
    /// Of the same: its wallet is filled by itself when it is low.
    pub const BEANLINE: &str = "owner@beanlinecoffee.example";
    /// Staff who look after suppliers.
    pub const MANAGER: &str = "manager@tradepost.example";
    /// Staff who call.
    pub const CALLER: &str = "caller@tradepost.example";
    /// Staff who book money.
    pub const FINANCE: &str = "finance@tradepost.example";
    /// The second person of finance, whom a large refund needs.
    pub const SECOND_FINANCE: &str = "finance2@tradepost.example";
    /// Staff who may do everything.
    pub const ADMIN: &str = "admin@tradepost.example";
}

/// The program that makes pictures of PDFs; says so where there is none.
pub fn pdf_renderer() -> Option<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&path).any(|folder| folder.join("pdftoppm").is_file());
    if !there {
        eprintln!("SKIPPED: pictures of PDFs: `apt-get install poppler-utils`");
    }
    there.then_some("pdftoppm")
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
