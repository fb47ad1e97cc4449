//! Setting up a programme with the company behind it, and editing its brand.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::LegalEntityId;
use tradepost_contract::programmes::{
    Brand, CreateLegalEntity, CreateProgramme, DepartmentContact, LegalEntity, Preset, Programme, ProgrammeStatus,
    UpdateProgramme,
};

use super::list::preset_name;
use crate::api;
use crate::format::words;
use crate::kit::form::{Field, Form};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

/// The fields of a brand, which a new and an old programme share.
#[derive(Clone, Copy)]
struct BrandFields {
    descriptor: Field,
    email: Field,
    phone: Field,
    department: Field,
    department_email: Field,
    department_phone: Field,
}

impl BrandFields {
    fn new(form: Form, brand: Option<&Brand>) -> Self {
        let of = |get: fn(&Brand) -> String| brand.map(get).unwrap_or_default();
        Self {
            descriptor: form.field("/brand/descriptor", of(|brand| brand.descriptor.clone())),
            email: form.field("/brand/support_email", of(|brand| brand.support_email.clone())),
            phone: form.field(
                "/brand/support_phone",
                of(|brand| brand.support_phone.clone().unwrap_or_default()),
            ),
            department: form.field("/brand/department/name", of(|brand| brand.department.name.clone())),
            department_email: form.field("/brand/department/email", of(|brand| brand.department.email.clone())),
            department_phone: form.field("/brand/department/phone", of(|brand| brand.department.phone.clone())),
        }
    }

    fn read(self) -> Brand {
        Brand {
            descriptor: self.descriptor.text(),
            support_email: self.email.text(),
            support_phone: self.phone.optional(),
            department: DepartmentContact {
                name: self.department.text(),
                email: self.department_email.text(),
                phone: self.department_phone.text(),
            },
        }
    }
}

#[component]
fn BrandInputs(brand: BrandFields) -> impl IntoView {
    view! {
        <h3 class="form-section">"The brand"</h3>
        <TextField field=brand.descriptor label="On card statements" hint="In capitals, as the bank prints it." />
        <div class="form-grid">
            <TextField field=brand.email label="Support e-mail" kind="email" />
            <TextField field=brand.phone label="Support phone" kind="tel" optional=true />
        </div>
        <h3 class="form-section">"Whom suppliers ask"</h3>
        <TextField field=brand.department label="Department" />
        <div class="form-grid">
            <TextField field=brand.department_email label="Its e-mail" kind="email" />
            <TextField field=brand.department_phone label="Its phone" kind="tel" />
        </div>
    }
}

/// Name, brand and status of a programme that is there.
#[component]
pub(super) fn EditProgramme(programme: Programme, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let form = Form::new("programme");
    let (id, version) = (programme.id, programme.version);
    let name = form.field("/name", programme.name);
    let status = form.field("/status", programme.status.as_str());
    let brand = BrandFields::new(form, Some(&programme.brand));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = UpdateProgramme {
            name: Some(name.text()),
            brand: Some(brand.read()),
            status: status.text().parse().ok(),
        };
        form.submit(
            move |key| async move { api::programmes::update_programme(id, version, &body, &key).await },
            move |programme| {
                toast::done(format!("{} saved", programme.name));
                session::programmes_changed();
                open.set(false);
                done.run(());
            },
        );
    };
    let statuses = ProgrammeStatus::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
        .collect();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <TextField field=name label="Name" />
            <Select field=status label="Status" options=statuses hint="A closed programme takes no leads." />
            <BrandInputs brand />
            <Actions form open action="Save the programme" />
        </form>
    }
}

/// A new programme, once it is known which companies there are.
#[component]
pub(super) fn NewProgramme(open: RwSignal<bool>) -> impl IntoView {
    let companies = Loader::new(api::programmes::list_legal_entities);
    view! { <Loaded loader=companies shape=Shape::Rows(8) let:page><NewFields companies=page.data open /></Loaded> }
}

#[component]
fn NewFields(companies: Vec<LegalEntity>, open: RwSignal<bool>) -> impl IntoView {
    let form = Form::new("programme");
    let name = form.field("/name", "");
    let slug = form.field("/slug", "");
    let preset = form.field("/preset", "");
    let company = form.field("/legal_entity_id", "");
    let country = form.field("/country", "");
    let currency = form.field("/currency", "");
    let zone = form.field("/time_zone", "");
    let brand = BrandFields::new(form, None);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (kind, entity) = (
            preset.text().parse::<Preset>().ok(),
            company.text().parse::<LegalEntityId>().ok(),
        );
        let money = currency.text().to_uppercase().parse().ok();
        let mut wrong = Vec::new();
        if kind.is_none() {
            wrong.push(preset.refusal("required", "Choose how it sells; every rule can be changed later."));
        }
        if entity.is_none() {
            wrong.push(company.refusal("required", "Choose who issues its invoices."));
        }
        if money.is_none() {
            wrong.push(currency.refusal("invalid", "An ISO code such as USD."));
        }
        if form.refuse(wrong) {
            return;
        }
        let (Some(preset), Some(legal_entity_id), Some(currency)) = (kind, entity, money) else {
            return;
        };
        let body = CreateProgramme {
            slug: slug.text(),
            name: name.text(),
            preset,
            legal_entity_id,
            brand: brand.read(),
            time_zone: zone.text(),
            currency,
            country: country.text().to_uppercase(),
            policy: None,
        };
        form.submit(
            move |key| async move { api::programmes::create_programme(&body, &key).await },
            |programme| {
                session::programmes_changed();
                router::navigate(&Route::Console(ConsoleRoute::Programme(programme.id)).path());
            },
        );
    };
    let presets = Preset::ALL
        .iter()
        .map(|preset| (preset.as_str().to_owned(), preset_name(*preset).to_owned()))
        .collect();
    let companies = companies
        .into_iter()
        .map(|one| (one.id.to_string(), format!("{}, {}", one.name, one.country)))
        .collect();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <div class="form-grid">
                <TextField field=name label="Name" />
                <TextField field=slug label="Short name" hint="Small letters and hyphens; it never changes." />
            </div>
            <Select field=preset label="Sells like" options=presets hint="The rules it starts with." />
            <Select field=company label="Invoices come from" options=companies />
            <div class="form-grid">
                <TextField field=country label="Country" hint="ISO code, such as US." />
                <TextField field=currency label="Currency" hint="ISO code, such as USD." />
                <TextField field=zone label="Time zone" hint="Such as America/Chicago." />
            </div>
            <BrandInputs brand />
            <Actions form open action="Set up the programme" />
        </form>
    }
}

/// A company that issues invoices.
#[component]
pub(super) fn NewCompany(open: RwSignal<bool>) -> impl IntoView {
    let form = Form::new("company");
    let name = form.field("/name", "");
    let address = form.field("/address", "");
    let country = form.field("/country", "");
    let tax_id = form.field("/tax_id", "");
    let zone = form.field("/billing_zone", "");
    let prefix = form.field("/invoice_prefix", "");
    let pay = form.field("/payment_instructions", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = CreateLegalEntity {
            name: name.text(),
            country: country.text().to_uppercase(),
            tax_id: tax_id.optional(),
            address: address.text(),
            billing_zone: zone.text(),
            invoice_prefix: prefix.text(),
            payment_instructions: pay.optional(),
        };
        form.submit(
            move |key| async move { api::programmes::create_legal_entity(&body, &key).await },
            move |entity| {
                toast::done(format!("{} can issue invoices", entity.name));
                open.set(false);
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">"Invoices are numbered without a gap within a company."</p>
            <FormProblem form />
            <TextField field=name label="Legal name" />
            <TextField field=address label="Address" />
            <div class="form-grid">
                <TextField field=country label="Country" hint="ISO code, such as US." />
                <TextField field=tax_id label="Tax number" optional=true />
                <TextField field=zone label="Time zone" hint="Such as America/Chicago." />
                <TextField field=prefix label="Invoice prefix" hint="Capitals and digits, such as EXL." />
            </div>
            <TextField field=pay label="How to pay by bank transfer" hint="As invoices say it." optional=true />
            <Actions form open action="Set up the company" />
        </form>
    }
}

#[component]
fn Actions(form: Form, open: RwSignal<bool>, action: &'static str) -> impl IntoView {
    view! {
        <div class="form-actions sticky">
            <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
            <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>{action}</Button>
        </div>
    }
}
