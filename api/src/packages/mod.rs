//! Packages: the leads that a business commits to, the first of them prepaid (R105, R117–R120).
//!
//! **Each business has its own** (R105). Staff offer a package for one business: so many leads at a price. The
//! supplier's people, or staff for them, pay what it costs in advance, and with that money it begins: its invoice
//! is issued and paid in the same transaction, and the account is active. What was not paid is no package and
//! leaves no number. While a payment is under way the package is not cancelled and not paid a second time; money
//! that comes when no package waits for it goes back by itself (`payments/`).
//!
//! **Introductory** (R117): all its leads and the set-up are paid before it begins; its leads then cost nothing on
//! the weekly invoices. **Running** (R118): a part of each lead's price is paid in advance (`billing.advance_pct`
//! when it was offered), rounded half to even a lead, so that every lead carries the same part; it is delivered at
//! the rest. Advance and weekly lines therefore come to the whole price to the cent, whatever comes back meanwhile.
//! There is no running package before the introductory one is complete, where the policy says so.
//!
//! **Selling.** In a programme with packages a lead is sold to a business only when a package of it runs (trace:
//! `no_package`), and the sale counts it there with a guarded UPDATE, the oldest package first: never more than
//! were committed. With the last one the package is complete and selling stops, unless `package.when_complete`
//! goes on at the price of the order.
//!
//! **A lead that comes back** (rejected before it is invoiced, or returned) does not use the package up: another
//! lead is to come, and a complete package runs again for it. A rejection cannot be undone once that other lead
//! was delivered.
//!
//! **The end** (R120). What nobody paid is cancelled at any time, and a complete package, at once. One with leads
//! to come is not, unless the policy cancels at once (`cancel.effective`); what was paid then lapses
//! (`cancel.undelivered` cannot give it back).
//!
//! **States** (`PackageStatus`): pending_payment → running ⇄ complete, any → cancelled. Lock order: supplier →
//! package; a sale comes from the order, and takes packages by rising business.
//!
//! Tests: `rules.rs`, `openapi/src/packages.rs`, `tests/api/packages.rs`.

mod http;
mod leads;
mod ops;
mod rules;
mod store;
mod view;

use crate::routes::Routes;

pub(crate) use leads::{Offer, Taken, delivered, lead_came_back, lead_kept_after_all, take_lead};
pub(crate) use ops::{end_with_account, payment_succeeded};
pub(crate) use store::leads_to_come;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_packages)
        .service(http::create_package)
        .service(http::get_package)
        .service(http::pay_package)
        .service(http::cancel_package);
}
