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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The pages it knows, by the names that the menu has for them.
    pages: Vec<(String, Route)>,
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
fn PaletteBody(open: RwSignal<bool>, pages: Vec<(String, Route)>) -> impl IntoView {
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
        let mut entries = matching(&pages, &text.get());
        entries.extend(found.get());
        entries
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

/// The pages with these letters in their names; those that begin with them come first.
fn matching(pages: &[(String, Route)], typed: &str) -> Vec<Entry> {
    let typed = typed.trim().to_lowercase();
    let mut hits: Vec<_> = pages
        .iter()
        .filter_map(|(title, route)| title.to_lowercase().find(&typed).map(|at| (at > 0, title, route)))
        .collect();
    hits.sort_by_key(|(inside, ..)| *inside);
    let entry = |(_, title, route): (bool, &String, &Route)| Entry {
        title: title.clone(),
        about: "Page".to_owned(),
        path: route.path(),
    };
    hits.into_iter().map(entry).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::PortalRoute;

    #[test]
    fn pages_are_found_by_what_the_menu_calls_them() {
        let pages = [
            ("Home".to_owned(), Route::Portal(PortalRoute::Home)),
            ("Contact Manager".to_owned(), Route::Portal(PortalRoute::Leads)),
            ("Manage".to_owned(), Route::Portal(PortalRoute::Business)),
        ];
        let found = |typed: &str| {
            let entries = matching(&pages, typed).into_iter();
            entries.map(|entry| entry.path).collect::<Vec<_>>()
        };
        assert_eq!(found(""), ["/", "/leads", "/business"]);
        assert_eq!(found(" MANAGE"), ["/business", "/leads"]);
        assert_eq!(found("leads"), Vec::<String>::new());
    }

    #[test]
    fn what_has_no_page_of_its_own_leads_to_where_it_stands() {
        let found = |kind: &str, id: &str, of: Option<&str>| {
            let found = serde_json::json!({ "kind": kind, "id": id, "title": "x", "subtitle": null, "belongs_to": of });
            entry_of(&serde_json::from_value(found).unwrap()).map(|entry| entry.path)
        };
        let (supplier, lead) = ("sup_059yh9vqp4xy6", "lead_059yh9vqp4xy6");
        assert_eq!(
            found("supplier", supplier, None),
            Some(format!("/console/suppliers/{supplier}"))
        );
        assert_eq!(
            found("business", "biz_059yh9vtgwepn", Some(supplier)),
            Some(format!("/console/suppliers/{supplier}"))
        );
        assert_eq!(
            found("delivery", "del_059yhcghghj4m", Some(lead)),
            Some(format!("/console/leads/{lead}"))
        );
        assert_eq!(found("delivery", "del_059yhcghghj4m", None), None);
    }
}
