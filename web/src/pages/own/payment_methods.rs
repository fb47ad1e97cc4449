//! The supplier's own ways to pay: stored, added on the provider's page, made the default, removed (R15); or
//! whom to ask, where the programme leaves that to staff (R41).

use leptos::prelude::*;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode};

use super::statement::{nobody, own_account};
use crate::pages::account::methods::MethodsView;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::icon::Icon;
use crate::ui::page::PageHead;

/// The ways to pay.
#[component]
pub fn PaymentMethodsPage() -> impl IntoView {
    let body = match (own_account(), session::terms()) {
        (Some(supplier), Some(terms)) => {
            let back = Route::Portal(PortalRoute::PaymentMethods).path();
            let ask = || view! { <WhoChanges /> };
            view! { <MethodsView supplier terms=terms.policy.clone() back ask /> }.into_any()
        }
        _ => nobody(),
    };
    view! {
        <PageHead title="Ways to pay" back=(Route::Portal(PortalRoute::Invoices).path(), "Invoices") subtitle="What your invoices are charged to. Card and account numbers stay with our payment provider." />
        {body}
    }
}

/// Who changes the way to pay here, and what else one can do (R41).
#[component]
fn WhoChanges() -> impl IntoView {
    let mode = session::terms().map(|terms| terms.policy.self_service(SelfServiceField::PaymentMethod));
    let contact = session::me().and_then(|me| me.contact.clone());
    let name = contact.map_or_else(|| "the department".to_owned(), |contact| contact.name);
    let text = match mode {
        Some(SelfServiceMode::None) => format!(
            "The way to pay of an order that was placed is not changed here. Cancel the order and place a new one with the new card, or ask {name} to change it for you."
        ),
        _ => format!("Ask {name} to change the way you pay. It takes a minute on the phone."),
    };
    view! { <p class="who-changes"><Icon icon=icondata_lu::LuUserRound /><span>{text}</span></p> }
}
