//! Where leads go besides the portal, and what other programs are told (R127).

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;

use crate::pages::delivery_targets::Targets;
use crate::pages::webhooks::list::OwnWebhooks;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::empty::Empty;
use crate::ui::page::PageHead;

/// The integrations of the account.
#[component]
pub fn IntegrationsPage() -> impl IntoView {
    let back = (Route::Portal(PortalRoute::Business).path(), "Business");
    let account = session::me().and_then(|me| me.supplier.clone());
    let Some(account) = account.filter(|_| session::may(Permission::DeliveryTargetsRead)) else {
        return view! { <PageHead title="Integrations" back /><Empty title="For owners">"The owner of the account says where its leads are delivered."</Empty> }.into_any();
    };
    view! {
        <PageHead title="Integrations" back subtitle="Where your leads go besides this portal, and what other programs are told." />
        <Targets supplier=account.id />
        {session::may(Permission::WebhooksRead).then(|| view! { <OwnWebhooks /> })}
    }
    .into_any()
}
