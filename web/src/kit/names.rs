//! The names of suppliers, for choices and for the event log, which holds numbers only. Read once for
//! whoever is signed in, some hundreds at most; what is not among them shows its number.

use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;
use tradepost_contract::{SupplierId, UserId};

use crate::api;
use crate::kit::list::ListQuery;
use crate::session;

const MOST_PAGES: usize = 5;

/// The names that are known, and for whom they were read.
#[derive(Clone)]
struct Names {
    reader: UserId,
    suppliers: ArcRwSignal<HashMap<SupplierId, String>>,
}

thread_local! {
    static NAMES: RefCell<Option<Names>> = const { RefCell::new(None) };
}

fn names() -> Option<Names> {
    let reader = session::me()?.id;
    let known = NAMES.with_borrow(|names| names.clone().filter(|names| names.reader == reader));
    if known.is_some() {
        return known;
    }
    let names = Names {
        reader,
        suppliers: ArcRwSignal::new(HashMap::new()),
    };
    NAMES.replace(Some(names.clone()));
    let suppliers = names.suppliers.clone();
    wasm_bindgen_futures::spawn_local(async move {
        let mut query = ListQuery::first(100);
        for _ in 0..MOST_PAGES {
            let Ok(page) = api::suppliers::list_suppliers(query.clone()).await else {
                return;
            };
            suppliers.update(|known| known.extend(page.data.into_iter().map(|one| (one.id, one.name))));
            match page.next_cursor {
                Some(cursor) => query = query.with("cursor", cursor),
                None => return,
            }
        }
    });
    Some(names)
}

/// What a supplier is called; tracked.
pub fn supplier(id: SupplierId) -> String {
    let name = names().and_then(|names| names.suppliers.with(|known| known.get(&id).cloned()));
    name.unwrap_or_else(|| id.to_string())
}

/// The suppliers that are known, for a choice; tracked.
pub fn suppliers() -> Vec<(String, String)> {
    let all = names().map(|names| names.suppliers.get()).unwrap_or_default();
    sorted(all.into_iter().map(|(id, name)| (id.to_string(), name)))
}

fn sorted(all: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = all.collect();
    all.sort_by(|one, other| one.1.cmp(&other.1));
    all
}
