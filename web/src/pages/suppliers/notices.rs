//! What a supplier has accepted (R82).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::SupplierId;

use crate::api;
use crate::kit::load::{Loaded, Loader};
use crate::ui::page::Panel;
use crate::ui::time::{Shown, Time};

/// The notices of today, and all that was accepted.
#[component]
pub(super) fn NoticesTab(id: SupplierId) -> impl IntoView {
    let loader = Loader::new(move || api::notice_acceptances::get_supplier_notices(id));
    view! {
        <Loaded loader let:found>
            {
                let today = found.notices.into_iter().filter(|notice| notice.must_accept).map(|notice| {
                    let (tone, word) = if notice.waits { ("badge warn", "Waits") } else { ("badge good", "Accepted") };
                    view! {
                        <li class="row-flat">
                            <span class="row-text"><strong>{notice.text}</strong>
                                <small>{format!("Version {}", notice.version)}{notice.before_contact.then_some(", before people are shown")}</small></span>
                            <span class="row-side"><span class=tone>{word}</span></span>
                        </li>
                    }
                }).collect_view();
                let none = today.is_empty();
                let past = found.accepted.into_iter().map(|one| view! {
                    <li class="row-flat">
                        <span class="row-text"><strong>{one.accepted_by}</strong><small>{format!("Version {}", one.version)}{one.address.map(|address| format!(", from {address}"))}</small></span>
                        <span class="row-side"><Time at=one.accepted_at shown=Shown::Full /></span>
                    </li>
                }).collect_view();
                let nobody = past.is_empty();
                view! {
                    <Panel title="To accept">
                        {if none { view! { <p class="panel-none">"The policy asks for nothing."</p> }.into_any() } else { view! { <ul class="rows-flat">{today}</ul> }.into_any() }}
                    </Panel>
                    <Panel title="Accepted">
                        {if nobody { view! { <p class="panel-none">"Nobody accepted anything yet."</p> }.into_any() } else { view! { <ul class="rows-flat">{past}</ul> }.into_any() }}
                    </Panel>
                }
            }
        </Loaded>
    }
}
