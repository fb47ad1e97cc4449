//! The packages of a supplier's businesses, and the offer of another one (R105, R117, R118).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::businesses::{Business, BusinessStatus};
use tradepost_contract::packages::{CreatePackage, PackageKind};
use tradepost_contract::permissions::Permission;
use tradepost_contract::{Currency, SupplierId};

use crate::api;
use crate::format::money;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::pages::account::packages::PackagesView;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::{Radios, Select};

/// The tab of a supplier's page.
#[component]
pub(super) fn PackagesTab(id: SupplierId) -> impl IntoView {
    let methods = format!("{}?tab=payment", Route::Console(ConsoleRoute::Supplier(id)).path());
    let actions = Callback::new(move |reload| {
        let may = session::may(Permission::SuppliersStanding);
        may.then(|| view! { <Offer id done=reload /> }).into_any()
    });
    view! { <PackagesView supplier=id methods actions /> }
}

/// The businesses, what is paid in, and which kind of package is likely.
type Known = (Vec<Business>, Currency, PackageKind);

#[component]
fn Offer(id: SupplierId, done: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <p class="spaced-below"><Button icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"Offer a package"</Button></p>
        <Dialog open title=Signal::stored("Offer a package".to_owned())>
            {
                let known: Loader<Known> = Loader::new(move || async move {
                    let businesses = api::suppliers::list_businesses(id, ListQuery::first(100));
                    let supplier = api::suppliers::get_supplier(id);
                    let begun = ListQuery::first(1)
                        .with("supplier_id", id.to_string())
                        .with("status", "running,complete");
                    let begun = api::packages::list_packages(begun);
                    let (mut businesses, supplier, begun) =
                        futures_util::future::try_join3(businesses, supplier, begun).await?;
                    businesses.data.retain(|business| business.status == BusinessStatus::Active);
                    let programme = api::programmes::get_programme(supplier.programme_id).await?;
                    let likely = if begun.data.is_empty() {
                        PackageKind::Introductory
                    } else {
                        PackageKind::Running
                    };
                    Ok((businesses.data, programme.currency, likely))
                });
                view! { <Loaded loader=known let:known><OfferForm known open done /></Loaded> }
            }
        </Dialog>
    }
}

#[component]
fn OfferForm(known: Known, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (businesses, currency, likely) = known;
    let form = Form::new("package");
    let only = match businesses.as_slice() {
        [only] => only.id.to_string(),
        _ => String::new(),
    };
    let business = form.field("/business_id", only);
    let kind = form.field("/kind", likely.as_str());
    let leads = form.field("/leads", "");
    let price = form.field("/price", "");
    let setup = form.field("/setup_fee", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let introductory = kind.text() == PackageKind::Introductory.as_str();
        let (asked_for, committed, each) = (
            business.text().parse().ok(),
            leads.text().parse::<i64>().ok(),
            money::parse(&price.text(), currency),
        );
        let setup_fee = setup.optional().filter(|_| introductory);
        let setup_read = setup_fee.as_deref().map(|typed| money::parse(typed, currency));
        let mut wrong = Vec::new();
        if asked_for.is_none() {
            wrong.push(business.refusal("required", "Choose the business."));
        }
        if committed.is_none() {
            wrong.push(leads.refusal("invalid", "A number such as 20."));
        }
        if each.is_none() {
            wrong.push(price.refusal("invalid", "An amount such as 45.00."));
        }
        if setup_read == Some(None) {
            wrong.push(setup.refusal("invalid", "An amount such as 150.00, or nothing."));
        }
        let (false, Some(business_id), Some(leads), Some(price)) = (form.refuse(wrong), asked_for, committed, each)
        else {
            return;
        };
        let body = CreatePackage {
            business_id,
            kind: if introductory {
                PackageKind::Introductory
            } else {
                PackageKind::Running
            },
            leads,
            price,
            setup_fee: setup_read.flatten(),
        };
        form.submit(
            move |key| async move { api::packages::create_package(&body, &key).await },
            move |_| {
                toast::done("Offered: it begins when it is paid");
                open.set(false);
                done.run(());
            },
        );
    };
    let options = businesses
        .into_iter()
        .map(|business| (business.id.to_string(), business.name))
        .collect();
    let kinds = [
        (
            PackageKind::Introductory,
            "Introductory",
            "The first one: set-up and all of its leads are paid before it begins.",
        ),
        (
            PackageKind::Running,
            "Later",
            "A small part is paid in advance, the rest as its leads are invoiced.",
        ),
    ];
    let kinds = kinds
        .map(|(kind, name, about)| (kind.to_string(), name.to_owned(), about.to_owned()))
        .to_vec();
    let introductory = move || kind.value.with(|word| word == PackageKind::Introductory.as_str());
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <Select field=business label="Business" options />
            <Radios field=kind label="Which package" options=kinds />
            <div class="form-grid">
                <TextField field=leads label="Leads" />
                <TextField field=price label=format!("Price of a lead, in {currency}") />
                <Show when=introductory><TextField field=setup label=format!("Set-up, in {currency}") /></Show>
            </div>
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Offer"</Button>
            </div>
        </form>
    }
}
