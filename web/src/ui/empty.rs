//! What stands where there is nothing: what it means, and what to do next.

use leptos::prelude::*;

use super::icon::Icon;

/// Nothing, explained.
#[component]
pub fn Empty(
    /// What there is not.
    #[prop(into)]
    title: String,
    /// A picture for it.
    #[prop(default = icondata_lu::LuInbox)]
    icon: icondata_core::Icon,
    /// What to do next.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-icon"><Icon icon /></span>
            <h2>{title}</h2>
            <p>{children()}</p>
        </div>
    }
}
