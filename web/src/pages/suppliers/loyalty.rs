//! The loyalty subscriptions and the pauses of a supplier.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::permissions::Permission;

use crate::pages::account::loyalty::LoyaltyView;
use crate::pages::account::pauses::{PauseButton, PauseList};
use crate::session;
use crate::ui::page::Panel;

/// What is placed again by itself.
#[component]
pub(super) fn LoyaltyTab(id: SupplierId) -> impl IntoView {
    view! { <LoyaltyView supplier=id /> }
}

/// The pauses of the account and of its orders, and a new one.
#[component]
pub(super) fn PausesTab(id: SupplierId) -> impl IntoView {
    let round = RwSignal::new(0_u32);
    let done = Callback::new(move |()| round.update(|round| *round += 1));
    let may = session::may(Permission::OrdersPause);
    view! {
        <Panel title="Pausing the account">
            <p class="panel-none">"While an account takes a pause, none of its orders takes a lead. An order is paused on its own page."</p>
            {may.then(|| view! { <div class="panel-actions"><PauseButton supplier=id what="the whole account" done /></div> })}
        </Panel>
        {move || {
            round.track();
            view! { <PauseList supplier=id done=Callback::new(|()| ()) /> }
        }}
    }
}
