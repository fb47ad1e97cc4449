//! The mark: a signpost with two boards, one for who brings leads and one for who takes them.

use leptos::prelude::*;

/// The mark alone.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect class="mark-ground" x="0" y="0" width="32" height="32" rx="8" />
            <path class="mark-board" d="M6 8.5h14.2L24 11.75 20.2 15H6z" />
            <path class="mark-board second" d="M26 16.5H13.8L10 19.25 13.8 22H26z" />
            <path class="mark-post" d="M15 5.5h2.4v21H15z" />
        </svg>
    }
}

/// The mark with the name.
#[component]
pub fn Logo() -> impl IntoView {
    view! { <span class="logo"><Mark /><span class="logo-name">"Tradepost"</span></span> }
}
