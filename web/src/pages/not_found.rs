//! The page of a path that means nothing.

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
