//! A button that opens a small list: the `popover` of the platform closes it on Escape and outside clicks.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

thread_local! {
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// A button with a list below it.
#[component]
pub fn Menu<L: IntoView + 'static>(
    /// The class of the button.
    class: Signal<String>,
    /// What the button shows.
    label: impl Fn() -> L + Send + Sync + 'static,
    /// Whether the list ends where the button ends.
    #[prop(optional)]
    at_end: bool,
    /// The entries: buttons or links of the class `menu-item`.
    children: Children,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let number = LAST.get() + 1;
    LAST.set(number);
    let id = format!("menu-{number}");
    let frame = NodeRef::<leptos::html::Div>::new();
    let left = move |event: web_sys::FocusEvent| {
        let to = event
            .related_target()
            .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside = frame.get_untracked().is_some_and(|frame| frame.contains(to.as_ref()));
        if !inside {
            open.set(false);
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let by = match event.key().as_str() {
            "Escape" => {
                open.set(false);
                return;
            }
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        event.prevent_default();
        if let Some(frame) = frame.get_untracked() {
            move_focus(&frame, by);
        }
    };
    view! {
        <div class="menu" class:at-end=at_end node_ref=frame on:focusout=left on:keydown=key>
            <button type="button" class=move || class.get() aria-haspopup="menu" aria-expanded=move || open.get().to_string()
                aria-controls=id.clone() on:click=move |_| open.update(|open| *open = !*open)>
                {move || label()}
            </button>
            <div class="menu-list" id=id role="menu" tabindex="-1" hidden=move || !open.get()>{children()}</div>
        </div>
    }
}

fn move_focus(frame: &web_sys::HtmlElement, by: i32) {
    let Ok(items) = frame.query_selector_all(".menu-item") else {
        return;
    };
    let count = i32::try_from(items.length()).unwrap_or(0);
    let active = crate::browser::document().active_element();
    let at = (0..count).find(|at| {
        let item = items
            .item(at.unsigned_abs())
            .and_then(|node| node.dyn_into::<web_sys::Element>().ok());
        item.is_some() && item == active
    });
    let next = match at {
        Some(at) => (at + by).rem_euclid(count.max(1)),
        None if by > 0 => 0,
        None => count - 1,
    };
    let item = items
        .item(next.unsigned_abs())
        .and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(item) = item {
        let _ = item.focus();
    }
}
