//! The card of whom a supplier turns to (R1, R122): the same card in the same place everywhere.

use leptos::prelude::*;
use tradepost_contract::auth::HelpContactKind;

use super::icon::Icon;
use crate::format::{phone, words};
use crate::routes::{PortalRoute, Route};
use crate::session;

/// The account manager, or the department while there is none. One tap calls or writes.
#[component]
pub fn ContactCard() -> impl IntoView {
    move || {
        let contact = session::me()?.contact.clone()?;
        let role = match contact.kind {
            HelpContactKind::AccountManager => "Your account manager",
            HelpContactKind::Department => "Your contact",
        };
        Some(view! {
            <section class="contact-card" aria-label=role>
                <span class="avatar" aria-hidden="true">{words::initials(&contact.name)}</span>
                <div class="contact-who">
                    <small>{role}</small>
                    <strong>{contact.name}</strong>
                </div>
                <div class="contact-ways">
                    <a class="button quiet icon-only" href=Route::Portal(PortalRoute::AskSupport).path() aria-label="Ask a question" title="Ask a question">
                        <Icon icon=icondata_lu::LuMessageCircleQuestion />
                    </a>
                    {contact.phone.map(|number| view! {
                        <a class="button quiet icon-only" href=format!("tel:{number}") aria-label=format!("Call {}", phone::readable(&number)) title=phone::readable(&number)>
                            <Icon icon=icondata_lu::LuPhone />
                        </a>
                    })}
                    {contact.email.map(|email| view! {
                        <a class="button quiet icon-only" href=format!("mailto:{email}") aria-label=format!("Write to {email}") title=email>
                            <Icon icon=icondata_lu::LuMail />
                        </a>
                    })}
                </div>
            </section>
        })
    }
}
