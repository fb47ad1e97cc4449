//! What stands where there is nothing: what it means, and what to do next.

use leptos::prelude::*;

use super::icon::Icon;
use super::page::HEADING;

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

/// Nothing where a whole page or a part of one would be. A page's title is its heading.
#[component]
pub fn PageEmpty(
    /// Whether it stands for the page.
    page: bool,
    /// What there is not.
    title: &'static str,
    /// A picture for it.
    icon: icondata_core::Icon,
    /// What to do next.
    text: &'static str,
) -> impl IntoView {
    if !page {
        return view! { <Empty title icon>{text}</Empty> }.into_any();
    }
    view! {
        <div class="empty">
            <span class="empty-icon"><Icon icon /></span>
            <h1 id=HEADING tabindex="-1">{title}</h1>
            <p>{text}</p>
        </div>
    }
    .into_any()
}
