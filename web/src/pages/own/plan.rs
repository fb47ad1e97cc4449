//! The supplier's own plan.

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode};

use super::statement::{nobody, own_account};
use crate::pages::account::plan::PlanView;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::page::PageHead;

/// The plan, or those to choose from.
#[component]
pub fn PlanPage() -> impl IntoView {
    let body = match own_account() {
        Some(supplier) => view! { <PlanView supplier /> }.into_any(),
        None => nobody(),
    };
    let mode = session::terms().map(|terms| terms.policy.self_service(SelfServiceField::Plan));
    let asks = mode == Some(SelfServiceMode::Request) && session::may(Permission::ChangesRequest);
    view! {
        <PageHead title="Plan" back=(Route::Portal(PortalRoute::Invoices).path(), "Invoices") subtitle="Leads paid for by the month.">
            {asks.then(|| view! { <a class="button" href=format!("{}?ask=plan", Route::Portal(PortalRoute::Changes).path())>"Ask for another plan"</a> })}
            {session::may(Permission::PaymentMethodsRead).then(|| view! { <a class="button quiet" href=Route::Portal(PortalRoute::PaymentMethods).path()>"Ways to pay"</a> })}
            {session::may(Permission::CancellationsRead).then(|| view! { <a class="button quiet" href=Route::Portal(PortalRoute::Cancel).path()>"Cancel the account"</a> })}
        </PageHead>
        {body}
    }
}
