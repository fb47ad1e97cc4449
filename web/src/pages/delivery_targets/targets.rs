//! The targets of an account, and what can be done with each in a drawer.

use leptos::prelude::*;
use tradepost_contract::delivery_targets::DeliveryTarget;
use tradepost_contract::permissions::Permission;
use tradepost_contract::{Page, SupplierId};

use super::detail::TargetDetail;
use super::form::NewTarget;
use super::kind_name;
use crate::api;
use crate::format::share;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::poll::poll;
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::Panel;

/// The targets of a supplier.
#[component]
pub fn Targets(
    /// Whose leads.
    supplier: SupplierId,
) -> impl IntoView {
    let loader: Loader<Page<DeliveryTarget>> = Loader::new(move || {
        let query = ListQuery::first(50).with("supplier_id", supplier.to_string());
        api::delivery_targets::list_targets(query)
    });
    poll(loader, |page: &Page<DeliveryTarget>| {
        page.data.iter().any(|target| target.waiting > 0)
    });
    let adding = RwSignal::new(false);
    let opened = RwSignal::new(None);
    let open = RwSignal::new(false);
    let reload = Callback::new(move |()| loader.reload());
    let show = Callback::new(move |target: DeliveryTarget| {
        opened.set(Some(target.id));
        open.set(true);
    });
    let may = session::may(Permission::DeliveryTargetsWrite);
    view! {
        <Panel title="Where leads are delivered">
            <Loaded loader shape=Shape::Rows(2) let:page><Rows targets=page.data show /></Loaded>
            {may.then(|| view! { <div class="form-actions"><Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| adding.set(true))>"Add a target"</Button></div> })}
        </Panel>
        <Dialog open=adding title=Signal::stored("Deliver leads elsewhere, too".to_owned()) class="drawer">
            <NewTarget supplier open=adding made=Callback::new(move |target: DeliveryTarget| { reload.run(()); show.run(target); }) />
        </Dialog>
        <Dialog open title=Signal::stored("Delivery target".to_owned()) class="drawer">
            {move || opened.get().map(|id| view! { <TargetDetail id open changed=reload /> })}
        </Dialog>
    }
}

#[component]
fn Rows(targets: Vec<DeliveryTarget>, show: Callback<DeliveryTarget>) -> impl IntoView {
    if targets.is_empty() {
        return view! { <p class="panel-none">"Leads are in the portal, and in the mails to the account's contacts. A CRM can get them as well, in the form that it takes."</p> }
            .into_any();
    }
    let rows = targets
        .into_iter()
        .map(|target| {
            let name = target.name.clone();
            let part = target.business_name.clone();
            let waiting = (target.waiting > 0).then(|| format!(" · {} waiting", share::count(target.waiting)));
            let (status, kind, address) = (target.status, target.kind, target.address.clone());
            let open = move |_| show.run(target.clone());
            view! {
                <li class="row-flat wrapping">
                    <span class="row-text wrapped">
                        <strong>{name.clone()}</strong>
                        <small>{kind_name(kind)}{part.map(|part| format!(" · only {part}"))}{waiting}</small>
                        <small><code>{address}</code></small>
                    </span>
                    {status_badge(status)}
                    <button type="button" class="button quiet small" on:click=open>"Details"<span class="sr-only">" of "{name}</span></button>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="rows-flat targets">{rows}</ul> }.into_any()
}
