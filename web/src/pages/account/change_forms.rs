//! Asking for a change: a form a kind, shown what it is now. For the supplier's own people, and for staff who write
//! down what they were asked for.

use std::collections::BTreeSet;

use leptos::prelude::*;
use tradepost_contract::change_requests::{Change, ChangeRequest, CreateChangeRequest, NewAddress};
use tradepost_contract::checkouts::OrderCoverage;
use tradepost_contract::contacts::{ContactPoint, ContactPurpose};
use tradepost_contract::coverage::{Coverage, CoverageKind};
use tradepost_contract::orders::{Order, OrderStatus};
use tradepost_contract::pauses::RequestChannel;
use tradepost_contract::policy::SelfServiceField;
use tradepost_contract::suppliers::Supplier;
use tradepost_contract::{FieldError, OrderId, SupplierId, Timestamp};

use crate::api;
use crate::format::{money, words};
use crate::kit::form::{Field, Form};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::checks::Checks;
use crate::ui::field::{TextArea, TextField};
use crate::ui::problem::FormProblem;
use crate::ui::select::{Radios, Select};
use crate::ui::time::{Shown, Time};

/// What a form gives: the change, or what is wrong with what was typed.
type Wish = Box<dyn Fn() -> Result<Change, Vec<FieldError>> + Send + Sync>;

/// The form for one field of an account.
#[component]
pub fn AskForm(
    /// Whose account.
    supplier: SupplierId,
    /// What is to change.
    field: SelfServiceField,
    /// The order that is meant, where it was said.
    #[prop(optional_no_strip)]
    order: Option<OrderId>,
    /// When it takes effect at the earliest.
    #[prop(optional_no_strip)]
    earliest: Option<Timestamp>,
    /// Afterwards, or when nothing is asked for after all.
    done: Callback<bool>,
) -> impl IntoView {
    let common = Common {
        supplier,
        earliest,
        done,
    };
    let all = || ListQuery::first(100);
    match field {
        SelfServiceField::Coverage => {
            let areas =
                Loader::new(move || async move { Ok(api::suppliers::list_coverage(supplier, all()).await?.data) });
            view! { <Loaded loader=areas shape=Shape::Rows(3) let:areas>{coverage(common, areas)}</Loaded> }.into_any()
        }
        SelfServiceField::Volume => {
            let orders = Loader::new(move || async move {
                let query = all().with("supplier_id", supplier.to_string());
                Ok(api::orders::list_orders(query).await?.data)
            });
            view! { <Loaded loader=orders shape=Shape::Rows(3) let:orders>{volumes(common, orders, order)}</Loaded> }
                .into_any()
        }
        SelfServiceField::LeadContacts | SelfServiceField::BillingContact => {
            let contacts =
                Loader::new(move || async move { Ok(api::suppliers::list_contacts(supplier, all()).await?.data) });
            let purpose = match field {
                SelfServiceField::BillingContact => ContactPurpose::Billing,
                _ => ContactPurpose::Leads,
            };
            view! { <Loaded loader=contacts shape=Shape::Rows(3) let:contacts>{addresses(common, purpose, contacts)}</Loaded> }.into_any()
        }
        SelfServiceField::Profile => {
            let account = Loader::new(move || api::suppliers::get_supplier(supplier));
            view! { <Loaded loader=account shape=Shape::Rows(3) let:account>{profile(common, account)}</Loaded> }
                .into_any()
        }
        SelfServiceField::Plan => {
            let offers = Loader::new(move || api::plans::list_plan_offers(supplier));
            view! { <Loaded loader=offers shape=Shape::Rows(3) let:offers>{plan(common, offers.plans)}</Loaded> }
                .into_any()
        }
        SelfServiceField::Category
        | SelfServiceField::Schedule
        | SelfServiceField::PaymentMethod
        | SelfServiceField::BusinessAssociation
        | SelfServiceField::Businesses
        | SelfServiceField::Notifications
        | SelfServiceField::Orders => in_words(common, field),
    }
}

/// What is the same for all forms.
#[derive(Clone, Copy)]
struct Common {
    supplier: SupplierId,
    earliest: Option<Timestamp>,
    done: Callback<bool>,
}

impl Common {
    /// The form around the fields of one kind.
    fn around(self, form: Form, fields: AnyView, wish: Wish) -> AnyView {
        let Self {
            supplier,
            earliest,
            done,
        } = self;
        let staff = session::is_staff();
        let requested_by = form.field("/requested_by", "");
        let channel = form.field("/channel", "");
        let reason = form.field("/reason", "");
        let send = move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            let change = match wish() {
                Ok(change) => change,
                Err(wrong) => {
                    form.refuse(wrong);
                    return;
                }
            };
            let body = CreateChangeRequest {
                supplier_id: supplier,
                change,
                effective_at: None,
                requested_by: requested_by.optional(),
                channel: channel.optional().and_then(|word| word.parse().ok()),
                reason: reason.optional(),
            };
            form.submit(
                move |key| async move { api::change_requests::create_change_request(&body, &key).await },
                move |_: ChangeRequest| {
                    toast::done("Asked for");
                    done.run(true);
                },
            );
        };
        let channels = RequestChannel::ALL
            .iter()
            .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
            .collect::<Vec<_>>();
        let busy = Signal::derive(move || form.is_busy());
        view! {
            <form class="drawer-content" on:submit=send novalidate>
                <FormProblem form />
                {fields}
                {staff.then(|| view! {
                    <TextField field=requested_by label="Asked for by" hint="Who of the customer's people it was." />
                    <Select field=channel label="How they asked" options=channels />
                })}
                <TextArea field=reason label="Why" limit=500 optional=true />
                {earliest.map(|at| view! { <p class="muted">"It takes effect on "<Time at shown=Shown::Full />" at the earliest, once it is agreed to."</p> })}
                <div class="form-actions">
                    <Button on_click=Callback::new(move |()| done.run(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy>"Ask for it"</Button>
                </div>
            </form>
        }
        .into_any()
    }
}

fn place(area: &Coverage) -> String {
    match area.kind {
        CoverageKind::Anywhere => "Everywhere".to_owned(),
        CoverageKind::Country => words::country(&area.value),
        CoverageKind::UsState | CoverageKind::UsZip | CoverageKind::UkArea | CoverageKind::UkOutcode => {
            area.value.clone()
        }
    }
}

fn coverage(common: Common, areas: Vec<Coverage>) -> AnyView {
    let form = Form::new("ask-coverage");
    let now: Vec<Coverage> = areas
        .into_iter()
        .filter(|area| area.effective_to.is_none() && area.order_id.is_none())
        .collect();
    let options: Vec<_> = now.iter().map(|area| (area.id, place(area))).collect();
    let usual = now
        .iter()
        .map(|area| area.kind)
        .find(|kind| *kind != CoverageKind::Anywhere)
        .or_else(|| {
            let country = session::own_programme().map(|programme| programme.country)?;
            Some(if country == "GB" {
                CoverageKind::UkArea
            } else {
                CoverageKind::UsState
            })
        });
    let kind = form.field(
        "/change/add/0/kind",
        usual.map(|kind| kind.as_str()).unwrap_or_default(),
    );
    let values = form.field("/change/add/0/values", "");
    let ending = RwSignal::new(BTreeSet::new());
    let kinds = CoverageKind::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
        .collect::<Vec<_>>();
    let fields = view! {
        {(!options.is_empty()).then(|| view! { <Checks label="Areas that end" options chosen=ending hint="The others stay." /> })}
        <Select field=kind label="Kind of new areas" options=kinds />
        <TextArea field=values label="New areas" hint="With commas or line breaks between them." optional=true />
    };
    let wish = move || {
        let list = values.text();
        let places: Vec<String> = list
            .split([',', '\n', ';'])
            .map(str::trim)
            .filter(|place| !place.is_empty())
            .map(str::to_owned)
            .collect();
        let kind = kind.text().parse::<CoverageKind>();
        let add = match (kind, places.is_empty()) {
            (Ok(CoverageKind::Anywhere), true) if ending.get_untracked().is_empty() => vec![OrderCoverage {
                kind: CoverageKind::Anywhere,
                values: Vec::new(),
            }],
            (_, true) => Vec::new(),
            (Ok(kind), false) => vec![OrderCoverage { kind, values: places }],
            (Err(_), false) => return Err(vec![values.refusal("required", "Choose the kind of these areas.")]),
        };
        Ok(Change::Coverage {
            order_id: None,
            add,
            end: ending.get_untracked().into_iter().collect(),
        })
    };
    common.around(form, fields.into_any(), Box::new(wish))
}

fn volumes(common: Common, orders: Vec<Order>, wanted: Option<OrderId>) -> AnyView {
    let mut live: Vec<Order> = orders
        .into_iter()
        .filter(|order| order.status != OrderStatus::Cancelled)
        .collect();
    if let Some(order) = live.iter().position(|order| Some(order.id) == wanted) {
        return volume(common, live.swap_remove(order));
    }
    if live.is_empty() {
        return view! { <p class="panel-none">"There is no order yet whose number of leads could change."</p> }
            .into_any();
    }
    if live.len() == 1 {
        return volume(common, live.swap_remove(0));
    }
    let chooser = Form::new("ask-order");
    let chosen = chooser.field("/order", live[0].id.to_string());
    let options = live
        .iter()
        .map(|order| {
            let text = format!("{} · {}", order.product_name, order.business_name);
            (order.id.to_string(), text)
        })
        .collect::<Vec<_>>();
    view! {
        <Select field=chosen label="Order" options />
        {move || {
            let id = chosen.value.get();
            live.iter().find(|order| order.id.to_string() == id).cloned().map(|order| volume(common, order))
        }}
    }
    .into_any()
}

fn volume(common: Common, order: Order) -> AnyView {
    let form = Form::new("ask-volume");
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let cap_day = form.field("/change/cap_day", number(order.cap_day));
    let cap_week = form.field("/change/cap_week", number(order.cap_week));
    let cap_month = form.field("/change/cap_month", number(order.cap_month));
    let fields = view! {
        <p class="dialog-lead">{order.product_name.clone()}" for "{order.business_name.clone()}</p>
        <div class="form-grid">
            <TextField field=cap_day label="Most leads a day" kind="number" optional=true />
            <TextField field=cap_week label="Most leads a week" kind="number" optional=true />
            <TextField field=cap_month label="Most leads a month" kind="number" optional=true />
        </div>
    };
    let (id, before) = (order.id, [order.cap_day, order.cap_week, order.cap_month]);
    let wish = move || {
        let mut wrong = Vec::new();
        let mut read = |field: Field, before: Option<i64>| {
            let now = match field.optional().map(|text| text.parse::<i64>()) {
                None => None,
                Some(Ok(number)) => Some(number),
                Some(Err(_)) => {
                    wrong.push(field.refusal("invalid", "A whole number, or nothing."));
                    return None;
                }
            };
            (now != before).then_some(now)
        };
        let change = Change::Volume {
            order_id: id,
            quantity: None,
            cap_day: read(cap_day, before[0]),
            cap_week: read(cap_week, before[1]),
            cap_month: read(cap_month, before[2]),
        };
        if wrong.is_empty() { Ok(change) } else { Err(wrong) }
    };
    common.around(form, fields.into_any(), Box::new(wish))
}

fn addresses(common: Common, purpose: ContactPurpose, contacts: Vec<ContactPoint>) -> AnyView {
    let form = Form::new("ask-contacts");
    let now: Vec<ContactPoint> = contacts
        .into_iter()
        .filter(|contact| contact.active && contact.purpose == purpose)
        .collect();
    let options: Vec<_> = now
        .iter()
        .map(|contact| {
            let ways = [&contact.name, &contact.email, &contact.phone];
            let ways: Vec<&str> = ways.into_iter().flatten().map(String::as_str).collect();
            (contact.id, ways.join(", "))
        })
        .collect();
    // Another contact for invoices takes the place of the one there is.
    let replaced = purpose == ContactPurpose::Billing;
    let removed: BTreeSet<_> = now.iter().filter(|_| replaced).map(|contact| contact.id).collect();
    let removed = RwSignal::new(removed);
    let name = form.field("/change/add/0/name", "");
    let email = form.field("/change/add/0/email", "");
    let phone = form.field("/change/add/0/phone", "");
    let fields = view! {
        {(!options.is_empty()).then(|| view! { <Checks label="Addresses to remove" options chosen=removed hint="Each address that stays gets every mail." /> })}
        <TextField field=name label="Name of a new one" optional=true />
        <TextField field=email label="E-mail" kind="email" optional=true />
        <TextField field=phone label="Phone" kind="tel" optional=true />
    };
    let wish = move || {
        let new = NewAddress {
            business_id: None,
            name: name.optional(),
            email: email.optional(),
            phone: phone.optional(),
        };
        let none = new.name.is_none() && new.email.is_none() && new.phone.is_none();
        let add = if none { Vec::new() } else { vec![new] };
        let remove = removed.get_untracked().into_iter().collect();
        let change = Vec::new();
        Ok(match purpose {
            ContactPurpose::Billing => Change::BillingContact { add, change, remove },
            ContactPurpose::Leads | ContactPurpose::General => Change::LeadContacts { add, change, remove },
        })
    };
    common.around(form, fields.into_any(), Box::new(wish))
}

fn profile(common: Common, account: Supplier) -> AnyView {
    let form = Form::new("ask-profile");
    let name = form.field("/change/name", account.name.clone());
    let legal_name = form.field("/change/legal_name", account.legal_name.clone());
    let address = form.field("/change/address", account.address.clone());
    let tax_id = form.field("/change/tax_id", account.tax_id.clone().unwrap_or_default());
    let fields = view! {
        <TextField field=name label="Name" />
        <TextField field=legal_name label="Invoiced as" />
        <TextArea field=address label="Address" limit=500 />
        <TextField field=tax_id label="Tax number" optional=true />
    };
    let wish = move || {
        let changed = |field: Field, before: &str| Some(field.text()).filter(|text| text != before);
        Ok(Change::Profile {
            name: changed(name, &account.name),
            legal_name: changed(legal_name, &account.legal_name),
            country: None,
            address: changed(address, &account.address),
            tax_id: Some(tax_id.optional()).filter(|now| *now != account.tax_id),
            time_zone: None,
        })
    };
    common.around(form, fields.into_any(), Box::new(wish))
}

fn plan(common: Common, offers: Vec<tradepost_contract::plans::PlanTierOffer>) -> AnyView {
    let form = Form::new("ask-plan");
    let tier = form.field("/change/tier", "");
    let options = offers
        .into_iter()
        .map(|offer| {
            let about = format!(
                "{} leads a month for {}, {} each",
                offer.min_units,
                money::text(offer.period_price),
                money::text(offer.unit_price)
            );
            (offer.tier, offer.label, about)
        })
        .collect::<Vec<_>>();
    let fields = view! { <Radios field=tier label="Plan from the next period on" options /> };
    let wish = move || match tier.optional() {
        Some(tier) => Ok(Change::Plan { tier }),
        None => Err(vec![tier.refusal("required", "Choose a plan.")]),
    };
    common.around(form, fields.into_any(), Box::new(wish))
}

fn in_words(common: Common, about: SelfServiceField) -> AnyView {
    let form = Form::new("ask-words");
    let text = form.field("/change/text", "");
    let fields = view! { <TextArea field=text label="What is to change" limit=2000 hint="Our staff do it by hand and tell you when it is done." /> };
    let wish = move || {
        Ok(Change::Other {
            about,
            text: text.text(),
        })
    };
    common.around(form, fields.into_any(), Box::new(wish))
}
