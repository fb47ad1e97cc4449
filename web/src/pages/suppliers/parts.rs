//! The lists of a supplier's page.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::contacts::{ContactPoint, ContactPurpose, CreateContact, UpdateContact};
use tradepost_contract::deliveries::Delivery;
use tradepost_contract::invoices::Invoice;
use tradepost_contract::permissions::Permission;
use tradepost_contract::return_requests::ReturnRequest;

use crate::api;
use crate::format::{money, phone, words};
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::list::{Card, Column, List, ListView};
use crate::kit::toast;
use crate::pages::deliveries::list::{lead_name, named};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::money::Money;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;
use crate::ui::time::Time;

pub(super) fn deliveries(id: SupplierId) -> List<Delivery> {
    List::new("supplier-deliveries", move |query| {
        api::deliveries::list_deliveries(query.with("supplier_id", id.to_string()))
    })
    .empty("No leads yet", "They appear here as soon as an order takes one.")
    .link(|one: &Delivery| Some(Route::Console(ConsoleRoute::Lead(one.lead_id))))
    .column(Column::text("name", "Person", lead_name).on_card(Card::Title))
    .column(Column::text("product", "Product", |one: &Delivery| {
        one.product_name.clone()
    }))
    .column(
        Column::new(
            "billing",
            "Billing",
            |one: &Delivery| status_badge(one.billing_state),
            |one| one.billing_state.label(),
        )
        .on_card(Card::Aside),
    )
    .column(Column::new(
        "outcome",
        "Outcome",
        |one: &Delivery| one.outcome.map(status_badge),
        |one| one.outcome.map(|outcome| outcome.label()).unwrap_or_default(),
    ))
    .column(
        Column::new(
            "price",
            "Price",
            |one: &Delivery| view! { <Money amount=one.price /> },
            |one| money::decimal(one.price),
        )
        .numeric(),
    )
    .column(Column::new(
        "when",
        "Delivered",
        |one: &Delivery| view! { <Time at=one.delivered_at /> },
        |one| one.delivered_at.to_string(),
    ))
}

pub(super) fn returns(id: SupplierId) -> List<ReturnRequest> {
    List::new("supplier-returns", move |query| {
        api::return_requests::list_return_requests(query.with("supplier_id", id.to_string()))
    })
    .empty("No returns", "It has not asked for one.")
    .link(|one: &ReturnRequest| Some(Route::Console(ConsoleRoute::Return(one.id))))
    .column(Column::text("lead", "Lead", |one: &ReturnRequest| named(one.lead_name.as_deref())).on_card(Card::Title))
    .column(Column::text("reason", "Reason", |one: &ReturnRequest| one.reason_label.clone()).on_card(Card::Below))
    .column(
        Column::new(
            "status",
            "Status",
            |one: &ReturnRequest| status_badge(one.status),
            |one| one.status.label(),
        )
        .on_card(Card::Aside),
    )
    .column(Column::text("note", "Note", |one: &ReturnRequest| {
        one.note.clone().unwrap_or_default()
    }))
    .column(Column::new(
        "asked",
        "Asked",
        |one: &ReturnRequest| view! { <Time at=one.submitted_at /> },
        |one| one.submitted_at.to_string(),
    ))
}

pub(super) fn invoices(id: SupplierId) -> List<Invoice> {
    crate::pages::invoices::list::columns(List::new("supplier-invoices", move |query| {
        api::invoices::list_invoices(query.with("supplier_id", id.to_string()))
    }))
}

/// Who is told what: leads, bills.
#[component]
pub(super) fn Contacts(id: SupplierId) -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let writes = session::may(Permission::SuppliersWrite);
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
                move |one: &ContactPoint| active_cell(one.clone(), writes, round),
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
    let purpose = form.field("/purpose", "leads");
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
    let purposes = ContactPurpose::ALL
        .iter()
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
