//! A choice from a long list, found by typing (the ARIA combobox pattern).

use leptos::prelude::*;

use super::field::{FieldFrame, described_by};
use crate::kit::form::Field;

const MOST_SHOWN: usize = 30;

/// A choice from a long list. The field holds the chosen word.
#[component]
pub fn Combobox(
    /// The field.
    field: Field,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// The words and how they read.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let typed = RwSignal::new(None::<String>);
    let at = RwSignal::new(0_usize);
    let id = StoredValue::new(field.id());
    let shown = move || {
        typed.get().unwrap_or_else(|| {
            let chosen = field.value.get();
            let label = options.with(|all| {
                all.iter()
                    .find(|(word, _)| *word == chosen)
                    .map(|(_, text)| text.clone())
            });
            label.unwrap_or_default()
        })
    };
    let matches = Memo::new(move |_| {
        let text = typed.get().unwrap_or_default().to_lowercase();
        options.with(|all| {
            let found = all.iter().filter(|(_, label)| label.to_lowercase().contains(&text));
            found.take(MOST_SHOWN).cloned().collect::<Vec<_>>()
        })
    });
    let open = move || typed.with(Option::is_some);
    let choose = move |word: String| {
        field.value.set(word);
        typed.set(None);
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let last = matches.with_untracked(|found| found.len().saturating_sub(1));
        match event.key().as_str() {
            "ArrowDown" if typed.with_untracked(Option::is_none) => typed.set(Some(String::new())),
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" if typed.with_untracked(Option::is_some) => {
                if let Some((word, _)) = matches.with_untracked(|found| found.get(at.get_untracked()).cloned()) {
                    choose(word);
                }
            }
            "Escape" => typed.set(None),
            _ => return,
        }
        event.prevent_default();
    };
    let items = move || {
        let found = matches.get();
        if found.is_empty() {
            return view! { <li class="option none">"Nothing matches"</li> }.into_any();
        }
        found
            .into_iter()
            .enumerate()
            .map(|(index, (word, label))| {
                let chosen = word.clone();
                view! {
                    <li class="option" role="option" id=format!("{}-option-{index}", id.get_value())
                        class:active=move || at.get() == index
                        aria-selected=move || (field.value.get() == chosen).to_string()
                        on:mousedown=move |event| { event.prevent_default(); choose(word.clone()); }>
                        {label}
                    </li>
                }
            })
            .collect_view()
            .into_any()
    };
    let described = described_by(field, hint.is_some());
    view! {
        <FieldFrame field label hint=hint.unwrap_or_default()>
            <div class="combobox">
                <input class="input" id=field.id() role="combobox" autocomplete="off" aria-autocomplete="list"
                    aria-expanded=move || open().to_string()
                    aria-controls=format!("{}-list", field.id())
                    aria-activedescendant=move || open().then(|| format!("{}-option-{}", id.get_value(), at.get()))
                    aria-describedby=described
                    aria-invalid=move || field.error().is_some().to_string()
                    prop:value=shown
                    on:input:target=move |event| { at.set(0); typed.set(Some(event.target().value())); }
                    on:keydown=key
                    on:blur=move |_| typed.set(None) />
                <ul class="options" role="listbox" id=format!("{}-list", field.id()) hidden=move || !open()>{items}</ul>
            </div>
        </FieldFrame>
    }
}
