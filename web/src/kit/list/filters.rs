//! The filters of a list, as chips that open a menu.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::time::Duration;

use leptos::prelude::*;

use super::Filter;
use super::query::{ANY, changed, toggled};
use crate::kit::shortcut::shortcut;
use crate::router;
use crate::ui::icon::Icon;
use crate::ui::menu::Menu;

/// All filters of a list, and its sort.
#[component]
pub(super) fn FilterBar(
    filters: Vec<Filter>,
    defaults: Vec<(&'static str, &'static str)>,
    sorts: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let names: Vec<&'static str> = filters.iter().map(Filter::name).collect();
    let any_set = move || router::address().with(|address| names.iter().any(|name| address.query.get(name).is_some()));
    let clear = move |_| {
        let address = router::address().get_untracked();
        router::replace(&address.path);
    };
    // `/` goes to the first field; an id stands once on a page.
    let first_text = filters
        .iter()
        .find(|filter| matches!(filter, Filter::Text { .. }))
        .map(Filter::name);
    if first_text.is_some() {
        shortcut("/", "Search this list", || {
            crate::browser::focus("list-search");
        });
    }
    let chips = filters
        .into_iter()
        .map(|filter| match filter {
            Filter::Text { name, placeholder } => {
                let id = if first_text == Some(name) {
                    "list-search".to_owned()
                } else {
                    format!("list-search-{name}")
                };
                view! { <SearchField name placeholder id /> }.into_any()
            }
            Filter::Choice {
                name,
                title,
                options,
                many,
            } => {
                let default = defaults
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| *value);
                view! { <ChoiceChip name title options many default /> }.into_any()
            }
        })
        .collect_view();
    view! {
        <div class="filters" role="group" aria-label="Filters">
            {chips}
            {(!sorts.is_empty()).then(|| view! { <SortChip sorts /> })}
            <Show when=any_set>
                <button type="button" class="button quiet small" on:click=clear>"Clear"</button>
            </Show>
        </div>
    }
}

fn set(name: &str, value: Option<&str>) {
    let address = router::address().get_untracked();
    router::replace(&changed(&address.query, name, value).behind(&address.path));
}

#[component]
fn SearchField(name: &'static str, placeholder: &'static str, id: String) -> impl IntoView {
    let current = move || router::address().with(|address| address.query.get(name).unwrap_or_default().to_owned());
    // The address follows when the typing pauses, so that every letter is not a request.
    let mut later = leptos::leptos_dom::helpers::debounce(Duration::from_millis(250), move |text: String| {
        set(name, Some(text.trim()));
    });
    view! {
        <label class="search-field">
            <Icon icon=icondata_lu::LuSearch />
            <span class="sr-only">{placeholder}</span>
            <input
                type="search"
                class="input"
                id=id
                placeholder=placeholder
                prop:value=current
                on:input:target=move |event| later(event.target().value())
            />
        </label>
    }
}

#[component]
fn ChoiceChip(
    name: &'static str,
    title: &'static str,
    options: Vec<(String, String)>,
    many: bool,
    default: Option<&'static str>,
) -> impl IntoView {
    let current = Memo::new(move |_| {
        let chosen = router::address().with(|address| address.query.get(name).map(str::to_owned));
        chosen.or(default.map(str::to_owned)).filter(|value| value != ANY)
    });
    let labels = options.clone();
    let said = move || {
        current.get().map(|value| {
            let words = value
                .split(',')
                .filter_map(|word| labels.iter().find(|(known, _)| known == word));
            words.map(|(_, label)| label.clone()).collect::<Vec<_>>().join(", ")
        })
    };
    let label = {
        let said = said.clone();
        move || {
            let said = said();
            view! {
                <span>{title}</span>
                {said.map(|said| view! { <strong class="chip-value">{said}</strong> })}
            }
        }
    };
    let choose = move |word: &str| {
        let chosen = current.get_untracked();
        let next = match (many, chosen.as_deref()) {
            (true, chosen) => toggled(chosen, word),
            (false, Some(chosen)) if chosen == word => None,
            (false, _) => Some(word.to_owned()),
        };
        // Where a default holds, no filter has to be said.
        let lifted = default.map(|_| ANY.to_owned());
        set(name, next.or(lifted).as_deref());
    };
    let items = options
        .into_iter()
        .map(|(word, text)| {
            let own = word.clone();
            let on = Memo::new(move |_| current.with(|now| now.as_deref().is_some_and(|now| now.split(',').any(|w| w == own))));
            let role = if many { "menuitemcheckbox" } else { "menuitemradio" };
            view! {
                <button type="button" class="menu-item" role=role aria-checked=move || on.get().to_string() on:click=move |_| choose(&word)>
                    <span class="menu-check"><Show when=move || on.get()><Icon icon=icondata_lu::LuCheck /></Show></span>
                    {text}
                </button>
            }
        })
        .collect_view();
    let set_class = move || if current.get().is_some() { "chip set" } else { "chip" };
    view! { <Menu class=Signal::derive(move || set_class().to_owned()) label>{items}</Menu> }
}

#[component]
fn SortChip(sorts: Vec<(&'static str, &'static str)>) -> impl IntoView {
    let default = sorts.first().map_or("", |(word, _)| *word);
    let current =
        Memo::new(move |_| router::address().with(|address| address.query.get("sort").unwrap_or(default).to_owned()));
    let names = sorts.clone();
    let label = move || {
        let now = current.get();
        let said = names
            .iter()
            .find(|(word, _)| *word == now)
            .map_or("", |(_, label)| *label);
        view! { <Icon icon=icondata_lu::LuArrowUpDown /><span>{said}</span> }
    };
    let items = sorts
        .into_iter()
        .map(|(word, text)| {
            let on = move || current.get() == word;
            view! {
                <button type="button" class="menu-item" role="menuitemradio" aria-checked=move || on().to_string()
                    on:click=move |_| set("sort", Some(word).filter(|word| *word != default))>
                    <span class="menu-check"><Show when=on><Icon icon=icondata_lu::LuCheck /></Show></span>
                    {text}
                </button>
            }
        })
        .collect_view();
    view! { <Menu class=Signal::stored("chip".to_owned()) label>{items}</Menu> }
}
