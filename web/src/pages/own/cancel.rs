//! The supplier's own agreement, and leaving.

use leptos::prelude::*;

use super::statement::{nobody, own_account};
use crate::pages::account::cancelling::Cancelling;
use crate::routes::{PortalRoute, Route};
use crate::ui::page::PageHead;

/// What the agreement says, what cancelling would mean, and how it is done (R89).
#[component]
pub fn CancelPage() -> impl IntoView {
    let body = match own_account() {
        Some(supplier) => view! { <Cancelling supplier /> }.into_any(),
        None => nobody(),
    };
    view! {
        <PageHead title="Cancel account" back=(Route::Portal(PortalRoute::Business).path(), "Business") subtitle="Your agreement, and what leaving would mean." />
        {body}
    }
}
