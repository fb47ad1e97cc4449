//! The shape of what is coming.

use leptos::prelude::*;

use crate::kit::load::Shape;

/// Grey bars where the content will stand. Screen readers hear that it is loading.
#[component]
pub fn Skeleton(
    /// What is coming.
    shape: Shape,
) -> impl IntoView {
    let bars = match shape {
        Shape::Rows(count) => (0..count)
            .map(|_| view! { <div class="bone row"></div> })
            .collect_view()
            .into_any(),
        Shape::Page => view! {
            <div class="bone title"></div>
            <div class="bone line"></div>
            <div class="bone block"></div>
            <div class="bone line short"></div>
        }
        .into_any(),
        Shape::Tile => view! { <div class="bone block"></div> }.into_any(),
    };
    view! {
        <div class="skeleton" role="status">
            <span class="sr-only">"Loading"</span>
            {bars}
        </div>
    }
}
