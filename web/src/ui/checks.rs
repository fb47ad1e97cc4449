//! Several of some things, to tick.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::format::words;

/// A group of boxes to tick.
#[component]
pub fn Checks<T: Clone + Ord + Send + Sync + 'static>(
    /// What they are.
    label: &'static str,
    /// What there is to tick, and how each reads.
    options: Vec<(T, String)>,
    /// Those that are ticked.
    chosen: RwSignal<BTreeSet<T>>,
    /// What ticking them means.
    #[prop(optional)]
    hint: &'static str,
) -> impl IntoView {
    let toggle = move |one: &T| {
        chosen.update(|chosen| {
            if !chosen.remove(one) {
                chosen.insert(one.clone());
            }
        });
    };
    let boxes = options
        .into_iter()
        .map(|(one, text)| {
            let own = one.clone();
            view! {
                <label class="check">
                    <input type="checkbox" prop:checked=move || chosen.with(|chosen| chosen.contains(&own)) on:change=move |_| toggle(&one) />
                    <span>{text}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend class="field-label">{label}</legend>
            {(!hint.is_empty()).then(|| view! { <p class="field-hint">{hint}</p> })}
            <div class="checks">{boxes}</div>
        </fieldset>
    }
}

/// The words of a contract's enum, as they read.
pub fn words_to_tick(words: impl IntoIterator<Item = &'static str>) -> Vec<(&'static str, String)> {
    let read = |word| (word, words::sentence(word).replace(':', ": "));
    words.into_iter().map(read).collect()
}
