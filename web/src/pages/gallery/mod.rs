//! Every component in every state: what a change of a token is looked at with. Only in a sandbox.

mod data;
mod forms;

use leptos::prelude::*;

use crate::layout::theme::ThemeToggle;
use crate::ui::logo::Logo;
use crate::ui::page::PageHead;

/// The gallery.
#[component]
pub fn Gallery() -> impl IntoView {
    if !crate::browser::is_sandbox() {
        return view! { <crate::pages::not_found::NotFound /> }.into_any();
    }
    view! {
        <div class="gallery">
            <header class="top"><Logo /><div class="top-tools"><ThemeToggle /></div></header>
            <PageHead title="Gallery" subtitle="Every component in every state." />
            <forms::Forms />
            <data::Data />
        </div>
    }
    .into_any()
}
