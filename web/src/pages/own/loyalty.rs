//! The supplier's own loyalty subscriptions.

use leptos::prelude::*;
use tradepost_contract::policy::WordingKey;

use super::statement::{nobody, own_account};
use crate::pages::account::loyalty::LoyaltyView;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::page::PageHead;

/// What is placed again, and what to do with it.
#[component]
pub fn LoyaltyPage() -> impl IntoView {
    let body = match own_account() {
        Some(supplier) => view! { <LoyaltyView supplier /> }.into_any(),
        None => nobody(),
    };
    view! {
        <PageHead title=session::word(WordingKey::Loyalty) back=(Route::Portal(PortalRoute::Orders).path(), "Orders") subtitle="Orders that are placed again by themselves, with extra leads." />
        {body}
    }
}
