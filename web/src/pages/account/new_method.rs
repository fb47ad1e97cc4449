//! Adding a way to pay: the kind is chosen here, the number is typed into the payment provider's own page, and
//! the person comes back with the session's id in the address.

use leptos::prelude::*;
use tradepost_contract::payment_methods::{CreateMethodSession, MethodSession, MethodSessionStatus, StoredMethod};
use tradepost_contract::policy::PaymentMethodKind;
use tradepost_contract::{PaymentMethodSessionId, SupplierId};

use crate::api;
use crate::api::terms::Terms;
use crate::browser;
use crate::kit::form::Form;
use crate::router;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::paying::{kind_name, stored_name};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Radios;

/// The kinds that can be stored under these terms, and how many hours each may take.
pub fn kinds(terms: &Terms) -> Vec<(PaymentMethodKind, u32)> {
    let all = terms.payment_methods.iter();
    all.filter(|(kind, _)| kind.is_stored())
        .map(|(kind, terms)| (*kind, terms.pending_hours))
        .collect()
}

/// How long money takes, as one is told before choosing.
pub fn patience(hours: u32) -> String {
    match hours {
        0 => "Charged at once.".to_owned(),
        hours => format!("Banks take up to {hours} hours."),
    }
}

/// Asks for the kind, and goes to the provider's page.
#[component]
pub fn NewMethodForm(
    /// For whom.
    supplier: SupplierId,
    /// What can be stored, and how many hours each takes.
    kinds: Vec<(PaymentMethodKind, u32)>,
    /// The page to come back to.
    #[prop(into)]
    back: String,
    /// Gives the dialog up.
    cancel: Callback<()>,
) -> impl IntoView {
    let form = Form::new("new-method");
    let first = kinds.first().map(|(kind, _)| kind.as_str()).unwrap_or_default();
    let kind = form.field("/kind", first);
    let options = kinds
        .iter()
        .map(|(kind, hours)| (kind.as_str().to_owned(), kind_name(*kind).to_owned(), patience(*hours)))
        .collect();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok(kind) = kind.text().parse() else { return };
        let body = CreateMethodSession {
            supplier_id: Some(supplier),
            kind,
            checkout_id: None,
            return_to: Some(back.clone()),
        };
        form.submit(
            move |key| async move { api::payment_methods::create_payment_method_session(&body, &key).await },
            |session: MethodSession| {
                if let Some(url) = session.url.and_then(router::safe_link) {
                    browser::leave_for(&url);
                }
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">"The number is typed into our payment provider's own page, and you come back here. We never see it."</p>
            <FormProblem form />
            <Radios field=kind label="What would you like to add?" options />
            <div class="form-actions">
                <Button on_click=cancel>"Cancel"</Button>
                <Button look=Look::Primary submit=true icon=icondata_lu::LuExternalLink busy=Signal::derive(move || form.is_busy())>"Go to the provider's page"</Button>
            </div>
        </form>
    }
}

/// The session with which somebody has come back, taken out of the address so that it is asked for once.
pub fn take_session() -> Option<PaymentMethodSessionId> {
    let mut address = router::address().get_untracked();
    let session = address.query.get("session")?.parse().ok();
    address.query.set("session", None);
    router::replace(&address.query.behind(&address.path));
    session
}

/// What came of the page, once.
#[component]
pub fn CameBack(
    /// The session, as it stands now.
    session: MethodSession,
    /// The stored ways to pay.
    methods: Vec<StoredMethod>,
) -> impl IntoView {
    let stored = methods
        .iter()
        .find(|method| Some(method.id) == session.payment_method_id);
    match (session.status, stored) {
        (MethodSessionStatus::Complete, Some(method)) => {
            let text = format!("{} is stored. It is charged unless you choose another.", stored_name(method));
            view! { <Notice tone=Tone::Good><strong>{text}</strong></Notice> }.into_any()
        }
        (MethodSessionStatus::Complete, None) => {
            view! { <Notice tone=Tone::Good><strong>"It is stored."</strong></Notice> }.into_any()
        }
        (MethodSessionStatus::Open | MethodSessionStatus::Expired, _) => view! {
            <Notice tone=Tone::Warn><strong>"Nothing was stored."</strong><p>"The provider's page was left before it was finished. You can start again."</p></Notice>
        }
        .into_any(),
    }
}
