//! Plans: a minimum of leads paid in advance each month, and what was used above it charged afterwards (R95–R97).
//!
//! **Pay first** (R85). Choosing a plan charges its first period; when that money is here the plan begins, its
//! invoice is issued and paid with it, the account is active, and its owners get their one invitation (R86). What
//! was not paid is no plan and leaves no number. While a payment is under way the plan is not cancelled and not
//! paid a second time; money that comes when no plan waits for it any more goes back by itself (`payments/`).
//!
//! **Periods** M1, M2, … are months from the day the plan began; a plan that began on the 31st renews on the last
//! day of shorter months and on the 31st again. Each renewal is one invoice: the period to come in advance, and a
//! line for what was used above the minimum in the one that ended, at the plan's price. It is collected like any
//! other invoice (`collection/`), with the retries of the policy. An account that gets no service on that day,
//! because it is suspended or over, is charged for no further period: its plan ends.
//!
//! **Usage** (R97). Each of the supplier's own leads that enters the service (R99) is keyed to the period that is
//! running, once; what is refused or repeats another lead is not, and what staff check first is keyed when they
//! let it go. The count of these keys is what is used, at any moment. How overage counts the first leads above
//! the minimum is the policy's (`plan.grace`, R96).
//!
//! **The end** is now or with the period (R93, R94), as the policy offers; what was used above the minimum is
//! charged then, and its leads leave the call queue in the same transaction (`calls/`). What was paid in advance and not used when a plan is cut short lapses, is credited or goes back, as
//! the policy's `cancel.undelivered` says; where that says that it is still delivered, a plan ends with its period
//! only. An account that revokes its authorisation where that charges at once ends its plan with it (R13).
//!
//! A plan keeps the price, minimum and grace that it was chosen with, until another one was asked for and agreed to
//! (`change_requests/`): that one's hold from the renewal on that begins its first period (R90). Each period keeps what
//! it was charged by. **States** (`PlanStatus`): pending_payment →
//! active → cancel_scheduled → ended. Whoever changes a plan, or keys a lead to it, holds the supplier's row.
//!
//! Tests: `rules.rs`, `openapi/src/plans.rs`, `tests/api/plans.rs`.

mod changing;
mod http;
mod ops;
mod periods;
mod rules;
mod store;
mod usage;
mod view;
mod work;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) use changing::{Terms, another, next_renewal};
pub(crate) use ops::end_with_account;
pub(crate) use periods::{WhatEnds, payment_succeeded, renew, what_ends};
pub(crate) use usage::{count_lead, usage_of};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_plan_offers)
        .service(http::list_plan_subscriptions)
        .service(http::create_plan_subscription)
        .service(http::get_plan_subscription)
        .service(http::list_plan_periods)
        .service(http::pay_plan_subscription)
        .service(http::cancel_plan_subscription);
}

/// Renews the plans whose day has come, and ends those that end with it.
pub(crate) const RENEWALS: Job = Job {
    name: "plan_renewals",
    run: work::renew,
};
