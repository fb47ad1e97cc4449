//! The web app: one crate, three programs. `portal` is what suppliers see, `shop` where they buy and say how they
//! pay, `console` what staff see; a phone downloads only what it shows. Start at `portal.rs`, `shop.rs` and
//! `console.rs`, which say which page a route is.
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

pub mod api;
pub mod browser;
pub mod clock;
pub mod console;
pub mod format;
pub mod kit;
pub mod layout;
pub mod pages;
pub mod portal;
pub mod router;
pub mod routes;
pub mod session;
pub mod shop;
pub mod ui;

use leptos::prelude::*;

/// Starts the ground that all programs stand on, and shows one of them.
pub fn start<V: IntoView + 'static>(owns: fn(&str) -> bool, app: fn() -> V) {
    mount_to_body(move || {
        clock::start();
        router::start_for(owns);
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
