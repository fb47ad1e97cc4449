//! Somebody of the one audience at the other's door.

use leptos::prelude::*;

use crate::routes::{ConsoleRoute, PortalRoute, Route};
use crate::session;
use crate::ui::button::Button;
use crate::ui::logo::Logo;
use crate::ui::page::HEADING;

/// Staff at the portal.
#[component]
pub fn StaffAtThePortal() -> impl IntoView {
    view! {
        <Elsewhere title="This is the portal for suppliers" text="You are signed in as staff; your pages are in the console."
            href=Route::Console(ConsoleRoute::Home).path() action="Open the console" />
    }
}

/// A supplier at the console.
#[component]
pub fn SupplierAtTheConsole() -> impl IntoView {
    view! {
        <Elsewhere title="This is not yours to see" text="The console is for staff. Your leads are in the portal."
            href=Route::Portal(PortalRoute::Home).path() action="Open the portal" />
    }
}

#[component]
fn Elsewhere(title: &'static str, text: &'static str, href: String, action: &'static str) -> impl IntoView {
    let leave = Callback::new(|()| wasm_bindgen_futures::spawn_local(session::sign_out()));
    view! {
        <div class="door">
            <div class="door-card">
                <Logo />
                <h1 id=HEADING tabindex="-1">{title}</h1>
                <p class="door-text">{text}</p>
                <div class="door-actions">
                    <a class="button primary" href=href>{action}</a>
                    <Button on_click=leave>"Sign out"</Button>
                </div>
            </div>
        </div>
    }
}
