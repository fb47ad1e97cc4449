//! Dialogs: the platform's own `<dialog>`, which traps the focus, closes on Escape and gives the focus back.

use leptos::prelude::*;

use super::button::{Button, Look};
use super::icon::Icon;
use crate::kit::confirm;

/// A dialog. While it is closed its content is not there.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// `dialog`, or `drawer` for one at the side.
    #[prop(default = "dialog")]
    class: &'static str,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(dialog), open) = (node.get(), open.get()) else {
            return;
        };
        if open && !dialog.open() {
            let _ = dialog.show_modal();
            // Not the button that closes it: the dialog itself takes the focus then, so that its title is
            // read and nothing looks chosen.
            let first = crate::browser::document().active_element();
            if first.is_some_and(|first| first.closest(".dialog-head").ok().flatten().is_some()) {
                let _ = dialog.focus();
            }
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let outside = move |event: web_sys::MouseEvent| {
        // A click on the backdrop is a click on the dialog itself.
        let dialog = node.get_untracked().map(web_sys::EventTarget::from);
        if event.target() == dialog && event.detail() > 0 {
            open.set(false);
        }
    };
    view! {
        <dialog node_ref=node class=class tabindex="-1" aria-label=move || title.get() on:close=move |_| open.set(false) on:mousedown=outside>
            <Show when=move || open.get()>
                <div class="dialog-body">
                    <header class="dialog-head">
                        <h2>{move || title.get()}</h2>
                        <button type="button" class="button quiet icon-only" aria-label="Close" on:click=move |_| open.set(false)>
                            <Icon icon=icondata_lu::LuX />
                        </button>
                    </header>
                    {children()}
                </div>
            </Show>
        </dialog>
    }
}

/// The one place that asks before money moves; see [`confirm::confirm`].
#[component]
pub fn ConfirmDialog() -> impl IntoView {
    let asked = confirm::asked();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(asked.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && asked.with_untracked(Option::is_some) {
            confirm::answer(false);
        }
    });
    let title =
        Signal::derive(move || asked.with(|question| question.as_ref().map(|q| q.title.clone()).unwrap_or_default()));
    view! {
        <Dialog open title>
            {move || asked.get().map(|question| {
                let look = if question.dangerous { Look::Danger } else { Look::Primary };
                view! {
                    <p class="dialog-text">{question.text}</p>
                    <div class="dialog-actions">
                        <Button on_click=Callback::new(|()| confirm::answer(false))>"Cancel"</Button>
                        <Button look on_click=Callback::new(|()| confirm::answer(true))>{question.action}</Button>
                    </div>
                }
            })}
        </Dialog>
    }
}
