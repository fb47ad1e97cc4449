//! One number that matters.

use leptos::prelude::*;

/// A number with its name, and where it leads.
#[component]
pub fn Stat(
    /// What it counts.
    #[prop(into)]
    label: String,
    /// The number.
    #[prop(into)]
    value: String,
    /// A line below: what it is compared with.
    #[prop(optional, into)]
    note: String,
    /// Where the things behind it are.
    #[prop(optional, into)]
    href: Option<String>,
) -> impl IntoView {
    let content = view! {
        <span class="stat-label">{label}</span>
        <span class="stat-value figures">{value}</span>
        {(!note.is_empty()).then(|| view! { <span class="stat-note">{note}</span> })}
    };
    match href {
        Some(href) => view! { <a class="stat" href=href>{content}</a> }.into_any(),
        None => view! { <div class="stat">{content}</div> }.into_any(),
    }
}
