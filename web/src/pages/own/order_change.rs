//! What an owner changes of an order without asking: how many leads, and at which hours (R53, R77).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::orders::{Order, OrderStatus};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode};

use crate::pages::orders::form::OwnOrderForm;
use crate::session;
use crate::ui::button::Button;
use crate::ui::dialog::Dialog;

/// The button, where the programme leaves any of it to the owner.
#[component]
pub(super) fn ChangeOwn(
    /// The order as it is.
    order: Order,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let edits = |field| {
        session::terms().is_some_and(|terms| terms.policy.self_service(field) == SelfServiceMode::Edit)
            && session::may(Permission::OrdersWrite)
    };
    let (volume, times) = (edits(SelfServiceField::Volume), edits(SelfServiceField::Schedule));
    if !(volume || times) || order.status == OrderStatus::Cancelled {
        return ().into_any();
    }
    let open = RwSignal::new(false);
    let order = StoredValue::new(order);
    view! {
        <p class="spaced-below"><Button icon=icondata_lu::LuPencil on_click=Callback::new(move |()| open.set(true))>"Change the order"</Button></p>
        <Dialog open title=Signal::stored("Change the order".to_owned()) class="drawer">
            {move || open.get().then(|| view! { <OwnOrderForm order=order.get_value() volume times open done /> })}
        </Dialog>
    }
    .into_any()
}
