//! Tabs: parts of one page, by the ARIA pattern. Arrow keys move between them.

use leptos::prelude::*;

/// A tab's word, and how it reads.
pub type Tab = (&'static str, String);

/// The row of tabs; the page shows what belongs to the chosen one.
#[component]
pub fn Tabs(
    /// What they part.
    label: &'static str,
    /// The tabs.
    tabs: Vec<Tab>,
    /// The word of the chosen one.
    chosen: RwSignal<&'static str>,
) -> impl IntoView {
    let words: Vec<&'static str> = tabs.iter().map(|(word, _)| *word).collect();
    let key = move |event: web_sys::KeyboardEvent| {
        let count = words.len();
        let at = words
            .iter()
            .position(|word| *word == chosen.get_untracked())
            .unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        chosen.set(words[next]);
        crate::browser::focus(&format!("tab-{}", words[next]));
    };
    let items = tabs
        .into_iter()
        .map(|(word, text)| {
            let on = move || chosen.get() == word;
            view! {
                <button type="button" role="tab" class="tab" id=format!("tab-{word}") aria-selected=move || on().to_string()
                    tabindex=move || if on() { "0" } else { "-1" } on:click=move |_| chosen.set(word)>{text}</button>
            }
        })
        .collect_view();
    // A row that is wider than the screen is scrolled to the chosen one.
    Effect::new(move |_| {
        let tab = format!("tab-{}", chosen.get());
        crate::browser::after_render(move || crate::browser::show(&tab));
    });
    view! { <div class="tabs" role="tablist" aria-label=label on:keydown=key>{items}</div> }
}
