//! The command palette (Ctrl or Cmd and K): every page by its name, and for staff everything that the
//! search finds.

use std::time::Duration;

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::search::{Found, FoundKind};

use crate::api;
use crate::format::words::sentence;
use crate::kit::shortcut::shortcut;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::dialog::Dialog;

/// An entry: what it says, what kind it is, where it leads.
#[derive(Clone, PartialEq, Eq)]
struct Entry {
    title: String,
    about: String,
    path: String,
}

/// The palette over these pages.
#[component]
pub fn Palette(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The pages it knows.
    pages: Vec<Route>,
) -> impl IntoView {
    shortcut("mod+k", "Go anywhere, find anything", move || open.set(true));
    let pages = StoredValue::new(pages);
    view! {
        <Dialog open title=Signal::stored("Go to".to_owned()) class="dialog palette">
            <PaletteBody open pages=pages.get_value() />
        </Dialog>
    }
}

#[component]
fn PaletteBody(open: RwSignal<bool>, pages: Vec<Route>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Entry>::new());
    let at = RwSignal::new(0_usize);
    let input = NodeRef::<leptos::html::Input>::new();
    input.on_load(|input| {
        let _ = input.focus();
    });
    let mut search = leptos::leptos_dom::helpers::debounce(Duration::from_millis(180), move |typed: String| {
        if typed.chars().count() < 2 || !untrack(|| session::may(Permission::Search)) {
            found.try_set(Vec::new());
            return;
        }
        wasm_bindgen_futures::spawn_local(async move {
            let results = api::search::search(&typed).await;
            // Only the answer to what stands there now.
            if text.try_get_untracked().is_some_and(|now| now == typed) {
                found.set(
                    results
                        .map(|results| results.data.iter().filter_map(entry_of).collect())
                        .unwrap_or_default(),
                );
            }
        });
    });
    let entries = Memo::new(move |_| {
        let typed = text.get().to_lowercase();
        let pages = pages
            .iter()
            .filter(|route| route.title().to_lowercase().contains(&typed));
        let pages = pages.map(|route| Entry {
            title: route.title().to_owned(),
            about: "Page".to_owned(),
            path: route.path(),
        });
        pages.chain(found.get()).collect::<Vec<_>>()
    });
    let go = move |path: &str| {
        open.set(false);
        router::navigate(path);
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let last = entries.with_untracked(|all| all.len().saturating_sub(1));
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                if let Some(entry) = entries.with_untracked(|all| all.get(at.get_untracked()).cloned()) {
                    go(&entry.path);
                }
            }
            _ => return,
        }
        event.prevent_default();
        crate::browser::show(&format!("palette-{}", at.get_untracked()));
    };
    let items = move || {
        let all = entries.get();
        all.into_iter()
            .enumerate()
            .map(|(index, entry)| {
                let path = entry.path.clone();
                view! {
                    <li class="option" role="option" id=format!("palette-{index}") class:active=move || at.get() == index
                        aria-selected=move || (at.get() == index).to_string() on:click=move |_| go(&path)>
                        <span>{entry.title}</span><small>{entry.about}</small>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <input node_ref=input class="input palette-input" type="text" role="combobox" aria-expanded="true" aria-controls="palette-list"
            aria-label="Page, name, phone, e-mail, id or number" placeholder="Page, name, phone, e-mail, id or number" autocomplete="off"
            aria-activedescendant=move || format!("palette-{}", at.get())
            on:input:target=move |event| { let typed = event.target().value(); at.set(0); text.set(typed.clone()); search(typed); }
            on:keydown=key />
        <ul class="palette-list" role="listbox" id="palette-list" aria-label="Results">{items}</ul>
        <Show when=move || entries.with(Vec::is_empty)><p class="palette-none">"Nothing found"</p></Show>
    }
}

fn entry_of(found: &Found) -> Option<Entry> {
    let route = route_of(found)?;
    let kind = sentence(found.kind.as_str());
    Some(Entry {
        title: found.title.clone(),
        about: found
            .subtitle
            .as_ref()
            .map_or(kind.clone(), |subtitle| format!("{kind} · {subtitle}")),
        path: Route::Console(route).path(),
    })
}

/// The page of what was found; a business and a delivery stand on another's.
fn route_of(found: &Found) -> Option<ConsoleRoute> {
    let id = &found.id;
    match found.kind {
        FoundKind::Supplier => id.parse().ok().map(ConsoleRoute::Supplier),
        FoundKind::User => id.parse().ok().map(ConsoleRoute::User),
        FoundKind::Lead => id.parse().ok().map(ConsoleRoute::Lead),
        FoundKind::Order => id.parse().ok().map(ConsoleRoute::Order),
        FoundKind::ReturnRequest => id.parse().ok().map(ConsoleRoute::Return),
        FoundKind::Invoice => id.parse().ok().map(ConsoleRoute::Invoice),
        FoundKind::CreditNote => id.parse().ok().map(ConsoleRoute::CreditNote),
        FoundKind::Business => found.belongs_to.as_ref()?.parse().ok().map(ConsoleRoute::Supplier),
        FoundKind::Delivery => found.belongs_to.as_ref()?.parse().ok().map(ConsoleRoute::Lead),
    }
}
