//! The plan of a supplier, with the periods it had.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::plans::{PlanPeriod, PlanSubscription};
use tradepost_contract::{PlanSubscriptionId, SupplierId};

use crate::api;
use crate::format::{money, share, time};
use crate::kit::list::{Card, Column, List, ListView};
use crate::pages::account::plan::PlanView;
use crate::routes::{ConsoleRoute, Route};
use crate::ui::money::Money;

/// The tab of a supplier's page.
#[component]
pub(super) fn PlanTab(id: SupplierId) -> impl IntoView {
    let more = Callback::new(|plan: PlanSubscription| {
        view! { <h2 class="section-head">"Periods"</h2><ListView list=periods(plan.id) /> }.into_any()
    });
    view! { <PlanView supplier=id more /> }
}

fn periods(id: PlanSubscriptionId) -> List<PlanPeriod> {
    List::new("plan-periods", move |query| api::plans::list_plan_periods(id, query))
        .empty("No periods yet", "The first one begins when the plan is paid.")
        .link(|period: &PlanPeriod| Some(Route::Console(ConsoleRoute::Invoice(period.invoice_id))))
        .column(Column::text("key", "Period", |period: &PlanPeriod| period.key.clone()).on_card(Card::Title))
        .column(
            Column::text("days", "Days", |period: &PlanPeriod| {
                let last = period.ends_before.plus_days(-1);
                format!("{} – {}", time::date(period.starts_on), time::date(last))
            })
            .on_card(Card::Below),
        )
        .column(Column::text("used", "Used", |period: &PlanPeriod| share::count(period.used)).numeric())
        .column(
            Column::text("minimum", "Minimum", |period: &PlanPeriod| {
                share::count(period.min_units)
            })
            .numeric(),
        )
        .column(Column::text("above", "Above it", |period: &PlanPeriod| share::count(period.overage)).numeric())
        .column(
            Column::new(
                "price",
                "That comes to",
                |period: &PlanPeriod| view! { <Money amount=period.overage_price /> },
                |period| money::decimal(period.overage_price),
            )
            .numeric()
            .on_card(Card::Aside),
        )
}
