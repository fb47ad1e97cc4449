//! A drawer: a dialog at the side, on phones from below, for what belongs to the page behind it.

use leptos::prelude::*;

use super::dialog::Dialog;

/// A dialog at the side.
#[component]
pub fn Drawer(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    view! { <Dialog open title class="drawer">{children()}</Dialog> }
}
