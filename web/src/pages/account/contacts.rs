//! Who is told what: staff change it, and an owner where the programme leaves it to them (R14, R16, R65).

use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::contacts::{ContactPoint, ContactPurpose, CreateContact, UpdateContact};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode};

use crate::api;
use crate::format::{phone, words};
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::list::{Card, Column, List, ListView};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::Badge;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

/// Which purposes whoever is here changes the addresses of.
fn changeable() -> Vec<ContactPurpose> {
    if !session::may(Permission::SuppliersWrite) {
        return Vec::new();
    }
    let of_owner = |purpose: &ContactPurpose| {
        let field = match purpose {
            ContactPurpose::Leads => SelfServiceField::LeadContacts,
            ContactPurpose::Billing => SelfServiceField::BillingContact,
            ContactPurpose::General => SelfServiceField::Profile,
        };
        session::terms().is_some_and(|terms| terms.policy.self_service(field) == SelfServiceMode::Edit)
    };
    let all = ContactPurpose::ALL.iter().copied();
    all.filter(|purpose| session::is_staff() || of_owner(purpose)).collect()
}

/// Who is told what: leads, bills.
#[component]
pub fn Contacts(
    /// Whose.
    id: SupplierId,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let writes = !changeable().is_empty();
    let list = move || {
        round.track();
        let list = List::new("supplier-contacts", move |query| {
            api::suppliers::list_contacts(id, query)
        })
        .empty("No contacts", "Leads and bills need somebody to go to.")
        .column(
            Column::text("purpose", "For", |one: &ContactPoint| {
                words::sentence(one.purpose.as_str())
            })
            .on_card(Card::Title),
        )
        .column(Column::text("name", "Name", |one: &ContactPoint| {
            one.name.clone().unwrap_or_default()
        }))
        .column(Column::text("email", "E-mail", |one: &ContactPoint| {
            one.email.clone().unwrap_or_default()
        }))
        .column(Column::text("phone", "Phone", |one: &ContactPoint| {
            one.phone.as_deref().map(phone::readable).unwrap_or_default()
        }))
        .column(
            Column::new(
                "active",
                "Active",
                move |one: &ContactPoint| active_cell(one.clone(), changeable().contains(&one.purpose), round),
                |one| one.active.to_string(),
            )
            .on_card(Card::Aside),
        );
        view! { <ListView list /> }
    };
    view! {
        {writes.then(|| view! { <div class="tab-bar-actions"><Button icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New contact"</Button></div> })}
        {list}
        <Dialog open title=Signal::stored("New contact".to_owned())><ContactForm id open round /></Dialog>
    }
}

fn active_cell(contact: ContactPoint, writes: bool, round: RwSignal<u32>) -> AnyView {
    if !writes {
        return view! { <Badge text=if contact.active { "Active" } else { "Off" } /> }.into_any();
    }
    let (id, version, active) = (contact.id, contact.version, contact.active);
    let who = contact.email.or(contact.phone).unwrap_or_default();
    let toggle = move |_| {
        let (title, action) = if active {
            (format!("Stop writing to {who}?"), "Stop")
        } else {
            (format!("Write to {who} again?"), "Write again")
        };
        confirm(
            title,
            "What is already on its way is not called back.",
            action,
            active,
            move || {
                wasm_bindgen_futures::spawn_local(async move {
                    let body = UpdateContact {
                        active: Some(!active),
                        ..UpdateContact::default()
                    };
                    match api::suppliers::update_contact(id, version, &body, &crate::browser::random_key()).await {
                        Ok(_) => round.update(|round| *round += 1),
                        Err(failure) => toast::failed(failure.title()),
                    }
                });
            },
        );
    };
    view! { <button type="button" class="button quiet small" on:click=toggle>{if active { "Active" } else { "Off" }}</button> }.into_any()
}

#[component]
fn ContactForm(id: SupplierId, open: RwSignal<bool>, round: RwSignal<u32>) -> impl IntoView {
    let form = Form::new("contact");
    let purpose = form.field(
        "/purpose",
        changeable().first().map(|one| one.as_str()).unwrap_or_default(),
    );
    let name = form.field("/name", "");
    let email = form.field("/email", "");
    let number = form.field("/phone", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok(purpose) = purpose.text().parse::<ContactPurpose>() else {
            return;
        };
        let body = CreateContact {
            purpose,
            business_id: None,
            name: name.optional(),
            email: email.optional(),
            phone: number.optional(),
        };
        form.submit(
            move |key| async move { api::suppliers::create_contact(id, &body, &key).await },
            move |_| {
                toast::done("Added");
                open.set(false);
                round.update(|round| *round += 1);
            },
        );
    };
    let purposes = changeable()
        .into_iter()
        .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
        .collect();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <Select field=purpose label="For" options=purposes />
            <TextField field=name label="Name" optional=true />
            <TextField field=email label="E-mail" kind="email" optional=true />
            <TextField field=number label="Phone" kind="tel" optional=true />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Add the contact"</Button>
            </div>
        </form>
    }
}
