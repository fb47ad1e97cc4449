//! Handing in leads: one by a form, many as a file (R99).

use leptos::prelude::*;
use tradepost_contract::lead_products::LeadProduct;
use tradepost_contract::leads::{CreateLead, CreateLeadPerson, CreateLeadPlace, LeadStatus};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::WordingKey;

use super::import::Import;
use crate::api::{self, calls::HandedIn};
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::own::statement::{nobody, own_account};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::empty::Empty;
use crate::ui::field::{TextArea, TextField};
use crate::ui::page::{PageHead, Panel};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Select;

/// Where leads are handed in.
#[component]
pub fn HandInPage() -> impl IntoView {
    let programme = session::own_programme().map(|programme| programme.id);
    let body = match (own_account(), programme) {
        (Some(supplier), Some(programme)) if session::may(Permission::LeadsSubmit) => {
            let known = Loader::new(move || async move {
                let query = ListQuery::first(100)
                    .with("status", "active")
                    .with("programme_id", programme.to_string());
                let both = futures_util::future::try_join(
                    api::products::list_lead_products(query),
                    api::calls::get_call_summary(supplier),
                );
                let (products, summary) = both.await?;
                Ok((products.data, summary.usage.is_some()))
            });
            view! {
                <Loaded loader=known shape=Shape::Rows(6) let:known>
                    {
                        let (products, has_plan) = known;
                        let for_file = products.clone();
                        view! {
                            // Who has a plan is past this step (R99).
                            {(!has_plan).then(|| view! {
                                <Notice tone=Tone::Warn>"No plan runs: leads are kept, but nobody is called. "<a href=Route::Portal(PortalRoute::Plan).path()>"Choose a plan first"</a></Notice>
                            })}
                            <div class="columns">
                                <Panel title="One lead"><OneLead products /></Panel>
                                <Panel title="A file of leads"><Import products=for_file /></Panel>
                            </div>
                        }
                    }
                </Loaded>
            }
            .into_any()
        }
        (Some(_), Some(_)) => view! {
            <Empty title="Not yours to do" icon=icondata_lu::LuLock>"The owner of your account hands in leads."</Empty>
        }
        .into_any(),
        _ => nobody(),
    };
    view! {
        <PageHead title="Hand in leads" back=(Route::Portal(PortalRoute::CallReport).path(), session::word(WordingKey::LeadList))
            subtitle="They are yours alone: we call them for you, and nobody else ever sees them. Each counts against your plan." />
        {body}
    }
}

/// The words of a choice of products.
pub(super) fn choices(products: &[LeadProduct]) -> Vec<(String, String)> {
    products
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect()
}

/// What a customer is told of a lead that it handed in.
const fn told(status: LeadStatus) -> (&'static str, bool) {
    match status {
        LeadStatus::InService => ("Handed in: we call them", true),
        LeadStatus::Quarantined => ("Kept: we check it before we call", true),
        LeadStatus::Duplicate => ("We have this person already", false),
        LeadStatus::Rejected => ("This lead cannot be called", false),
        LeadStatus::Available
        | LeadStatus::PartlySold
        | LeadStatus::SoldOut
        | LeadStatus::Withdrawn
        | LeadStatus::Expired
        | LeadStatus::Erased => ("Handed in", true),
    }
}

#[component]
fn OneLead(products: Vec<LeadProduct>) -> impl IntoView {
    let form = Form::new("lead");
    let first = products.first().map(|one| one.id.to_string()).unwrap_or_default();
    let product = form.field("/product", first);
    let name = form.field("/person/name", "");
    let number = form.field("/person/phone", "");
    let email = form.field("/person/email", "");
    let company = form.field("/person/company", "");
    let city = form.field("/place/city", "");
    let postcode = form.field("/place/postcode", "");
    let notes = form.field("/person/notes", "");
    let source = form.field("/source", "");
    let several = products.len() > 1;
    let options = choices(&products);
    let none = products.is_empty();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let missing = [(name, "Who is to be called?"), (number, "On which number?")];
        let missing = missing.into_iter().filter(|(field, _)| field.text().is_empty());
        if form.refuse(missing.map(|(field, text)| field.refusal("required", text)).collect()) {
            return;
        }
        let Some(programme) = session::own_programme() else {
            return;
        };
        let body = CreateLead {
            programme: programme.id.to_string(),
            product: product.text(),
            external_source: None,
            external_id: None,
            channel: None,
            source: source.optional(),
            person: CreateLeadPerson {
                name: name.optional(),
                company: company.optional(),
                email: email.optional(),
                phone: number.optional(),
                address: None,
                notes: notes.optional(),
            },
            place: CreateLeadPlace {
                country: None,
                region: None,
                postcode: postcode.optional(),
                city: city.optional(),
            },
            answers: Default::default(),
            consent: None,
            verification: None,
            assigned_number: None,
            enquired_at: None,
        };
        form.submit(
            move |key| async move { api::calls::create_own_lead(&body, &key).await },
            move |answer: HandedIn| {
                let (text, well) = told(answer.lead.status);
                if well {
                    toast::done(text);
                    for field in [name, number, email, company, city, postcode, notes] {
                        field.value.set(String::new());
                    }
                } else {
                    toast::failed(text.to_owned());
                }
            },
        );
    };
    view! {
        <form on:submit=send novalidate>
            <FormProblem form />
            {none.then(|| view! { <Notice tone=Tone::Warn>"The programme takes no leads now."</Notice> })}
            {several.then(|| view! { <Select field=product label="Kind of lead" options /> })}
            <TextField field=name label="Name" autocomplete="off" />
            <TextField field=number label="Phone" kind="tel" />
            <TextField field=email label="E-mail" kind="email" optional=true />
            <TextField field=company label="Company" optional=true />
            <TextField field=city label="Town" optional=true />
            <TextField field=postcode label="ZIP or postcode" optional=true />
            <TextField field=source label="Source" hint="Where the lead came from." optional=true />
            <TextArea field=notes label="What we should know" limit=4000 optional=true />
            <div class="form-actions">
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy()) disabled=Signal::stored(none)>"Hand in"</Button>
            </div>
        </form>
    }
}
