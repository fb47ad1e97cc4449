//! What stands around the pages, and what happens when one goes from one to another.

pub mod account;
pub mod console;
pub mod guard;
pub mod help;
pub mod notices;
pub mod palette;
pub mod portal;
pub mod step_up;
pub mod theme;

use leptos::prelude::*;

use crate::browser;
use crate::router;
use crate::routes::Route;
use crate::ui::dialog::ConfirmDialog;
use crate::ui::page::HEADING;
use crate::ui::toasts::Toasts;

/// The place that the address means.
pub fn current_route() -> Memo<Option<Route>> {
    Memo::new(|_| Route::parse(&router::address().get().path))
}

/// Before anything is known of who is here.
pub fn boot() -> impl IntoView {
    view! { <div class="boot" role="status"><span class="boot-mark"></span><span class="sr-only">"Loading"</span></div> }
}

/// Follows the route: names the window, moves the focus to the new page's heading and scrolls to its top.
pub fn follow(route: Memo<Option<Route>>) {
    Effect::new(move |before: Option<Option<Route>>| {
        let now = route.get();
        browser::document().set_title(&format!("{} · Tradepost", title(now)));
        if before.is_some_and(|before| before != now) {
            browser::window().scroll_to_with_x_and_y(0.0, 0.0);
            browser::after_render(|| {
                if !browser::focus(HEADING) {
                    browser::focus("main");
                }
            });
        }
        now
    });
}

fn title(route: Option<Route>) -> &'static str {
    route.map_or("Not found", Route::title)
}

/// What can stand above any page.
#[component]
pub fn Overlays(
    /// Where one is.
    route: Memo<Option<Route>>,
) -> impl IntoView {
    view! {
        <div class="sr-only" aria-live="polite" role="status">{move || title(route.get())}</div>
        <notices::Notices />
        <Toasts />
        <ConfirmDialog />
        <step_up::StepUpDialog />
        <help::HelpSheet />
    }
}

/// The first thing the Tab key reaches.
#[component]
pub fn SkipLink() -> impl IntoView {
    let skip = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        browser::focus("main");
    };
    view! { <a class="skip-link" href="#main" on:click=skip>"Skip to the content"</a> }
}
