//! How one signs in, for both audiences: the second factor, the password, the e-mail, and where one is signed in.

pub mod enrol;
pub mod factor;
pub mod own;
pub mod sessions;

use leptos::prelude::*;
use tradepost_contract::auth::MySecondFactor;

use crate::session;
use crate::ui::page::PageHead;

/// The page.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let looks = session::me().is_some_and(|me| me.impersonation.is_some());
    if looks {
        return view! {
            <PageHead title="Security" />
            <crate::ui::empty::Empty title="Theirs alone">"How the people of this account sign in is not shown to anybody else."</crate::ui::empty::Empty>
        }
        .into_any();
    }
    // The forms ask again for what the person has just changed, so the page is made anew.
    let round = RwSignal::new(0_u32);
    let changed = Callback::new(move |()| {
        wasm_bindgen_futures::spawn_local(async move {
            session::changed().await;
            round.update(|round| *round += 1);
        });
    });
    view! {
        <PageHead title="Security" subtitle="How you sign in, and where you are signed in." />
        <div class="columns">
            {move || { round.track(); view! { <factor::FactorPanel changed /> } }}
            <own::PasswordPanel />
            <own::EmailPanel />
            {move || { round.track(); view! { <sessions::SessionsPanel /> } }}
        </div>
    }
    .into_any()
}

/// Whether the person here has to set up a second factor before anything else.
fn must_enrol() -> bool {
    session::me().is_some_and(|me| me.second_factor == MySecondFactor::Required)
}
