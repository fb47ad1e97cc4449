//! Cancelling the account of a supplier, for staff.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::SupplierId;

use crate::pages::account::cancelling::Cancelling;

/// The tab of a supplier's page.
#[component]
pub(super) fn CancellingTab(id: SupplierId) -> impl IntoView {
    view! { <Cancelling supplier=id /> }
}
