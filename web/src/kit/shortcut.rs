//! Keyboard shortcuts: single keys and sequences such as `g d`. Pages add theirs while they are shown;
//! `?` lists all of them.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::browser::window;
use crate::clock::device_seconds;

/// A shortcut as the help sheet lists it.
#[derive(Clone)]
pub struct Shortcut {
    id: u32,
    /// The keys, with a blank between the keys of a sequence.
    pub keys: &'static str,
    /// What they do.
    pub label: String,
    run: Callback<()>,
}

thread_local! {
    static KNOWN: Cell<Option<RwSignal<Vec<Shortcut>>>> = const { Cell::new(None) };
    static LAST: Cell<u32> = const { Cell::new(0) };
    static TYPED: RefCell<(String, i64)> = const { RefCell::new((String::new(), 0)) };
}

/// Listens; once, when the app starts.
pub fn start() {
    KNOWN.set(Some(RwSignal::new(Vec::new())));
    let on_key = Closure::<dyn Fn(web_sys::KeyboardEvent)>::new(|event: web_sys::KeyboardEvent| pressed(&event));
    let _ = window().add_event_listener_with_callback("keydown", on_key.into_js_value().unchecked_ref());
}

/// Adds a shortcut for as long as the component that calls this is shown.
pub fn shortcut(keys: &'static str, label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) {
    let Some(known) = KNOWN.get() else { return };
    let id = LAST.get() + 1;
    LAST.set(id);
    let shortcut = Shortcut {
        id,
        keys,
        label: label.into(),
        run: Callback::new(move |()| run()),
    };
    known.update(|all| all.push(shortcut));
    on_cleanup(move || known.update(|all| all.retain(|shortcut| shortcut.id != id)));
}

/// All that work now. Of equal keys only the newest work: they belong to the page on top.
pub fn all() -> Vec<Shortcut> {
    let all = KNOWN.get().map(|known| known.get()).unwrap_or_default();
    let hidden = |at: usize, keys: &str| all.iter().skip(at + 1).any(|later| later.keys == keys);
    all.iter()
        .enumerate()
        .filter(|(at, shortcut)| !hidden(*at, shortcut.keys))
        .map(|(_, shortcut)| shortcut.clone())
        .collect()
}

fn pressed(event: &web_sys::KeyboardEvent) {
    let Some(known) = KNOWN.get() else { return };
    let palette = (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k");
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    if !palette && (modified || types_text(event) || in_dialog(event)) {
        return;
    }
    let key = if palette { "mod+k".to_owned() } else { event.key() };
    let shortcuts = known.get_untracked();
    let sequences: Vec<&'static str> = shortcuts.iter().map(|shortcut| shortcut.keys).collect();
    let found = TYPED.with_borrow_mut(|(typed, at)| {
        let now = device_seconds();
        let recent = if now - *at <= 1 { typed.as_str() } else { "" };
        let step = step(recent, &key, &sequences);
        (*typed, *at) = (step.pending, now);
        step.hit
    });
    // The newest of equal ones belongs to the page on top.
    if let Some(shortcut) = found.and_then(|keys| shortcuts.iter().rev().find(|shortcut| shortcut.keys == keys)) {
        event.prevent_default();
        shortcut.run.run(());
    }
}

/// What a key leads to after the keys before it.
struct Step {
    hit: Option<&'static str>,
    pending: String,
}

fn step(typed: &str, key: &str, known: &[&'static str]) -> Step {
    let longer = format!("{typed} {key}");
    for candidate in [longer.trim(), key] {
        if let Some(hit) = known.iter().find(|keys| **keys == candidate) {
            return Step {
                hit: Some(hit),
                pending: String::new(),
            };
        }
        let begins = |keys: &&&str| keys.strip_prefix(candidate).is_some_and(|rest| rest.starts_with(' '));
        if known.iter().any(|keys| begins(&keys)) {
            return Step {
                hit: None,
                pending: candidate.to_owned(),
            };
        }
    }
    Step {
        hit: None,
        pending: String::new(),
    }
}

fn target(event: &web_sys::KeyboardEvent) -> Option<web_sys::Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

/// Keys belong to the field that is being typed in.
fn types_text(event: &web_sys::KeyboardEvent) -> bool {
    target(event).is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.has_attribute("contenteditable")
    })
}

fn in_dialog(event: &web_sys::KeyboardEvent) -> bool {
    target(event).is_some_and(|element| element.closest("dialog[open]").ok().flatten().is_some())
}

#[cfg(test)]
mod tests {
    use super::step;

    const KNOWN: [&str; 4] = ["g d", "g l", "?", "d"];

    #[test]
    fn a_sequence_is_found_key_by_key() {
        let first = step("", "g", &KNOWN);
        assert_eq!((first.hit, first.pending.as_str()), (None, "g"));
        assert_eq!(step("g", "d", &KNOWN).hit, Some("g d"));
        assert_eq!(step("", "?", &KNOWN).hit, Some("?"));
    }

    #[test]
    fn a_key_that_does_not_go_on_starts_anew() {
        assert_eq!(step("g", "?", &KNOWN).hit, Some("?"));
        assert_eq!(step("g", "g", &KNOWN).pending, "g");
        let nothing = step("g", "x", &KNOWN);
        assert!(nothing.hit.is_none() && nothing.pending.is_empty());
    }
}
