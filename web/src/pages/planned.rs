//! Pages that are not there, or not there yet.

use leptos::prelude::*;

use crate::ui::empty::Empty;
use crate::ui::page::PageHead;

/// A path that means nothing.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <PageHead title="Not found" />
        <Empty title="There is no such page" icon=icondata_lu::LuCompass>"Check the address, or start from the navigation."</Empty>
    }
}

/// A page that comes later.
#[component]
pub fn Planned(
    /// Its title.
    title: &'static str,
) -> impl IntoView {
    view! {
        <PageHead title />
        <Empty title="This page is being built" icon=icondata_lu::LuHammer>"The API has it already; see the documentation at /docs."</Empty>
    }
}
