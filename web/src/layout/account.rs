//! Who is signed in, and the way out.

use leptos::prelude::*;

use crate::format::words;
use crate::routes::{ConsoleRoute, PortalRoute, Route};
use crate::session;
use crate::ui::icon::Icon;
use crate::ui::menu::Menu;

/// The menu of the person who is here.
#[component]
pub fn AccountMenu() -> impl IntoView {
    let label = || {
        session::me().map(|me| {
            view! { <span class="avatar small" aria-hidden="true">{words::initials(&me.name)}</span><span class="sr-only">{format!("Account of {}", me.name)}</span> }
        })
    };
    let who = || {
        session::me().map(|me| {
            let what = me.supplier.as_ref().map_or_else(
                || me.roles.iter().map(|role| words::sentence(role.as_str())).collect::<Vec<_>>().join(", "),
                |account| account.name.clone(),
            );
            view! { <div class="menu-who"><strong>{me.name.clone()}</strong><small>{me.email.clone()}</small><small>{what}</small></div> }
        })
    };
    let leave = |_| wasm_bindgen_futures::spawn_local(session::sign_out());
    // Whoever looks at somebody's portal has nothing of their own here.
    let looks = || session::me().is_some_and(|me| me.impersonation.is_some());
    let stop = |_| wasm_bindgen_futures::spawn_local(session::look_no_more());
    let security = || match session::is_staff() {
        true => Route::Console(ConsoleRoute::Security).path(),
        false => Route::Portal(PortalRoute::Security).path(),
    };
    let mails = || match session::is_staff() {
        true => Route::Console(ConsoleRoute::MailPreferences).path(),
        false => Route::Portal(PortalRoute::MailPreferences).path(),
    };
    view! {
        <Menu class=Signal::stored("button quiet avatar-button".to_owned()) label at_end=true>
            {who}
            {move || if looks() {
                view! { <button type="button" class="menu-item" role="menuitem" on:click=stop><span class="menu-check"><Icon icon=icondata_lu::LuEyeOff /></span>"Stop looking"</button> }.into_any()
            } else {
                view! {
                    <a class="menu-item" role="menuitem" href=mails()><span class="menu-check"><Icon icon=icondata_lu::LuMail /></span>"Mails"</a>
                    <a class="menu-item" role="menuitem" href=security()><span class="menu-check"><Icon icon=icondata_lu::LuShieldCheck /></span>"Security"</a>
                    <button type="button" class="menu-item" role="menuitem" on:click=leave>
                        <span class="menu-check"><Icon icon=icondata_lu::LuLogOut /></span>"Sign out"
                    </button>
                }.into_any()
            }}
        </Menu>
    }
}
