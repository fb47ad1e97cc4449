//! Light or dark: as the device says, until somebody chooses.

use leptos::prelude::*;

use crate::browser;
use crate::ui::icon::Icon;

fn is_dark() -> bool {
    let chosen = browser::remembered("theme");
    chosen.map_or_else(
        || {
            let asked = browser::window()
                .match_media("(prefers-color-scheme: dark)")
                .ok()
                .flatten();
            asked.is_some_and(|answer| answer.matches())
        },
        |theme| theme == "dark",
    )
}

/// Turns the theme over, and remembers it.
pub fn toggle() {
    let theme = if is_dark() { "light" } else { "dark" };
    browser::remember("theme", Some(theme));
    if let Some(root) = browser::root() {
        let _ = root.set_attribute("data-theme", theme);
    }
}

/// The button that turns the theme over.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    let dark = RwSignal::new(is_dark());
    let click = move |_| {
        toggle();
        dark.set(is_dark());
    };
    view! {
        <button type="button" class="button quiet icon-only" aria-label="Dark theme" aria-pressed=move || dark.get().to_string() on:click=click>
            {move || if dark.get() { view! { <Icon icon=icondata_lu::LuSun /> } } else { view! { <Icon icon=icondata_lu::LuMoon /> } }}
        </button>
    }
}
