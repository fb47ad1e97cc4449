//! The web app: one crate, five programs. `portal` is what suppliers see of their leads, `shop` where they buy, `account`
//! where they look after their account; `console` is where staff work through what waits for them, `office` their money,
//! set-up and system pages. Nobody downloads more than they look at. Which program shows a path says the contract's
//! `web_programs`; which page a route is say `portal.rs`, `shop.rs`, `account.rs`, `console.rs` and `office.rs`.
//!
//! | where | what |
//! |---|---|
//! | `routes/` | every path, typed |
//! | `session.rs` | who is here; tokens and their renewal |
//! | `api/` | one function an operation |
//! | `kit/` | loading, lists, forms, confirmation, shortcuts, toasts |
//! | `ui/` | components that know nothing of the business |
//! | `layout/` | what stands around the pages |
//! | `pages/<resource>/` | the pages |
//! | `format/` | how values read |

pub mod account;
pub mod api;
pub mod browser;
pub mod clock;
pub mod console;
pub mod format;
pub mod kit;
pub mod layout;
pub mod office;
pub mod pages;
pub mod portal;
pub mod router;
pub mod routes;
pub mod session;
pub mod shop;
pub mod ui;

use leptos::prelude::*;
use tradepost_contract::web_programs::WebProgram;

/// Starts the ground that all programs stand on, and shows one of them.
pub fn start<V: IntoView + 'static>(program: WebProgram, app: fn() -> V) {
    mount_to_body(move || {
        clock::start();
        router::start_for(program);
        session::start();
        session::before_the_end(kit::form::keep_drafts);
        kit::toast::start();
        kit::confirm::start();
        kit::step_up::start();
        kit::shortcut::start();
        if let Some(boot) = browser::document().get_element_by_id("boot") {
            boot.remove();
        }
        app()
    });
}
