//! A draft beside what is in force: only what differs, before and after.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::programmes::PolicyComparison;

use crate::format::json;
use crate::ui::badge::Tone;
use crate::ui::page::Panel;
use crate::ui::problem::Notice;

#[component]
pub(super) fn Comparison(comparison: PolicyComparison) -> impl IntoView {
    let (outdated, orders) = (comparison.outdated, comparison.orders_affected);
    let none = comparison.changes.is_empty();
    let rows = comparison
        .changes
        .iter()
        .flat_map(|change| {
            let inner = json::changes(&change.before, &change.after);
            inner.into_iter().map(|(below, before, after)| (format!("{}{below}", change.pointer), before, after)).collect::<Vec<_>>()
        })
        .map(|(pointer, before, after)| {
            view! { <tr><td>{json::readable(&pointer)}</td><td><del>{json::line(&before)}</del></td><td><ins>{json::line(&after)}</ins></td></tr> }
        })
        .collect_view();
    let conflicts = comparison
        .conflicts
        .into_iter()
        .map(|conflict| { let pointer = json::readable(&conflict.pointer); view! { <Notice tone=Tone::Bad><strong>{conflict.subject}</strong>" "{pointer}": "{conflict.message}</Notice> } })
        .collect_view();
    view! {
        {outdated.then(|| view! { <Notice tone=Tone::Warn>"Another version was published since this draft was started. Compare with care, or start anew."</Notice> })}
        {conflicts}
        <Panel title="Against what is in force">
            {if none {
                view! { <p class="panel-none">"Nothing differs yet."</p> }.into_any()
            } else {
                view! {
                    <div class="table-frame"><table class="table diff"><thead><tr><th scope="col">"Rule"</th><th scope="col">"In force"</th><th scope="col">"Draft"</th></tr></thead><tbody>{rows}</tbody></table></div>
                    <p class="muted">{format!("{} orders sell by it once it is published.", orders)}</p>
                }.into_any()
            }}
        </Panel>
    }
}
