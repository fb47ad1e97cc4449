//! Several of some words, to tick.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::format::words;

/// A group of boxes to tick.
#[component]
pub fn Checks(
    /// What they are.
    label: &'static str,
    /// The words.
    words: Vec<&'static str>,
    /// Those that are ticked.
    chosen: RwSignal<BTreeSet<&'static str>>,
) -> impl IntoView {
    let toggle = move |word: &'static str| {
        chosen.update(|chosen| {
            if !chosen.remove(word) {
                chosen.insert(word);
            }
        });
    };
    let boxes = words
        .into_iter()
        .map(|word| {
            view! {
                <label class="check">
                    <input type="checkbox" prop:checked=move || chosen.with(|chosen| chosen.contains(word)) on:change=move |_| toggle(word) />
                    <span>{words::sentence(word).replace(':', ": ")}</span>
                </label>
            }
        })
        .collect_view();
    view! { <fieldset class="field"><legend class="field-label">{label}</legend><div class="checks">{boxes}</div></fieldset> }
}
