//! A choice from a short list: the browser's own select, which every phone and screen reader knows.

use leptos::prelude::*;

use super::field::{FieldFrame, described_by};
use crate::kit::form::Field;

/// A choice from a short list.
#[component]
pub fn Select(
    /// The field.
    field: Field,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// The words and how they read.
    options: Vec<(String, String)>,
    /// What stands there while nothing is chosen.
    #[prop(default = "Choose…")]
    placeholder: &'static str,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let described = described_by(field, hint.is_some());
    let options = options
        .into_iter()
        .map(|(word, text)| {
            let own = word.clone();
            view! { <option value=word selected=move || field.value.get() == own>{text}</option> }
        })
        .collect_view();
    view! {
        <FieldFrame field label hint=hint.unwrap_or_default()>
            <select
                class="input select"
                id=field.id()
                aria-describedby=described
                aria-invalid=move || field.error().is_some().to_string()
                on:change:target=move |event| field.value.set(event.target().value())
            >
                <option value="" selected=move || field.value.get().is_empty()>{placeholder}</option>
                {options}
            </select>
        </FieldFrame>
    }
}

/// One of a few, all in sight: for a choice that one should think about.
#[component]
pub fn Radios(
    /// The field.
    field: Field,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// The word, how it reads, and a line about it.
    options: Vec<(String, String, String)>,
) -> impl IntoView {
    let id = field.id();
    let items = options
        .into_iter()
        .enumerate()
        .map(|(at, (word, text, about))| {
            let (own, value) = (word.clone(), word);
            // The first stands for the group: it takes the focus when the group is wrong.
            let input_id = if at == 0 { id.clone() } else { format!("{id}-{at}") };
            view! {
                <label class="radio">
                    <input type="radio" id=input_id name=id.clone() value=value.clone()
                        prop:checked=move || field.value.get() == own
                        on:change=move |_| field.value.set(value.clone()) />
                    <span class="radio-text">
                        <span>{text}</span>
                        {(!about.is_empty()).then(|| view! { <small>{about}</small> })}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field radios" aria-describedby=described_by(field, false) class:wrong=move || field.error().is_some()>
            <legend class="field-label">{label}</legend>
            {items}
            <p class="field-error" id=format!("{}-error", field.id()) role="alert">{move || field.error()}</p>
        </fieldset>
    }
}
