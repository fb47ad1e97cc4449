//! Making and changing an order: price, quantity, caps, hours.

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradepost_contract::lead_products::LeadProduct;
use tradepost_contract::orders::{CreateOrder, Hours, Order, OrderSchedule, UpdateOrder};
use tradepost_contract::policy::Weekday;
use tradepost_contract::{FieldError, Money, SupplierId};

use crate::api;
use crate::format::{money, words};
use crate::kit::form::{Field, Form};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

const DAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// The form in a drawer: a new order where `order` is none.
#[component]
pub fn OrderForm(
    /// The order that is changed.
    order: Option<Order>,
    /// Whose it is.
    supplier: SupplierId,
    /// The drawer.
    open: RwSignal<bool>,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    if let Some(order) = order {
        return view! { <Change order open done /> }.into_any();
    }
    let programme = Loader::new(move || async move {
        let account = api::suppliers::get_supplier(supplier).await?;
        let businesses = api::suppliers::list_businesses(supplier, ListQuery::first(100)).await?;
        let products = api::products::list_lead_products(
            ListQuery::first(100)
                .with("programme_id", account.programme_id.to_string())
                .with("status", "active"),
        )
        .await?;
        let businesses: Vec<(String, String)> = businesses
            .data
            .into_iter()
            .map(|one| (one.id.to_string(), one.name))
            .collect();
        Ok((businesses, products.data))
    });
    view! { <Loaded loader=programme let:found><Create businesses=found.0 products=found.1 open done /></Loaded> }
        .into_any()
}

/// The fields that both have.
#[derive(Clone, Copy)]
struct Shared {
    price: Field,
    quantity: Field,
    cap_day: Field,
    cap_week: Field,
    cap_month: Field,
    priority: Field,
    weight: Field,
    hours: StoredValue<Vec<(Weekday, Field)>>,
}

impl Shared {
    fn new(form: Form, order: Option<&Order>) -> Self {
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let hours = DAYS
            .iter()
            .map(|day| {
                let open = order.and_then(|order| order.schedule.0.get(day));
                let text = open
                    .map(|hours| format!("{}-{}", hours.from, hours.to))
                    .unwrap_or_default();
                (*day, form.field(&format!("/schedule/{}", day.as_str()), text))
            })
            .collect();
        Self {
            price: form.field(
                "/price",
                order.map(|order| money::decimal(order.price)).unwrap_or_default(),
            ),
            quantity: form.field("/quantity", number(order.and_then(|order| order.quantity))),
            cap_day: form.field("/cap_day", number(order.and_then(|order| order.cap_day))),
            cap_week: form.field("/cap_week", number(order.and_then(|order| order.cap_week))),
            cap_month: form.field("/cap_month", number(order.and_then(|order| order.cap_month))),
            priority: form.field(
                "/priority",
                order.map(|order| order.priority.to_string()).unwrap_or_default(),
            ),
            weight: form.field(
                "/weight",
                order.map(|order| order.weight.to_string()).unwrap_or_default(),
            ),
            hours: StoredValue::new(hours),
        }
    }

    fn schedule(self, wrong: &mut Vec<FieldError>) -> OrderSchedule {
        let mut days = BTreeMap::new();
        for (day, field) in self.hours.get_value() {
            let text = field.text();
            if text.is_empty() {
                continue;
            }
            match hours(&text) {
                Some(open) => {
                    days.insert(day, open);
                }
                None => wrong.push(field.refusal("invalid", "Write it like 09:00-17:30.")),
            }
        }
        OrderSchedule(days)
    }
}

/// `09:00-17:30` as hours.
fn hours(text: &str) -> Option<Hours> {
    let (from, to) = text.split_once(['-', '–'])?;
    Some(Hours {
        from: from.trim().parse().ok()?,
        to: to.trim().parse().ok()?,
    })
}

fn whole(field: Field, wrong: &mut Vec<FieldError>) -> Option<i64> {
    let text = field.optional()?;
    let value = text.parse().ok();
    if value.is_none() {
        wrong.push(field.refusal("invalid", "A whole number, or nothing."));
    }
    value
}

fn whole32(field: Field, wrong: &mut Vec<FieldError>) -> Option<i32> {
    whole(field, wrong).and_then(|value| i32::try_from(value).ok())
}

#[component]
fn SharedFields(shared: Shared) -> impl IntoView {
    view! {
        <div class="form-grid">
            <TextField field=shared.price label="Price a lead" />
            <TextField field=shared.quantity label="Quantity" kind="number" optional=true />
            <TextField field=shared.cap_day label="Cap a day" kind="number" optional=true />
            <TextField field=shared.cap_week label="Cap a week" kind="number" optional=true />
            <TextField field=shared.cap_month label="Cap a month" kind="number" optional=true />
            <TextField field=shared.priority label="Priority" kind="number" optional=true />
            <TextField field=shared.weight label="Weight" kind="number" optional=true />
        </div>
        <Times shared />
    }
}

#[component]
fn Buttons(form: Form, open: RwSignal<bool>, action: &'static str) -> impl IntoView {
    view! {
        <div class="form-actions sticky">
            <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
            <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>{action}</Button>
        </div>
    }
}

#[component]
fn Change(order: Order, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let form = Form::new("order");
    let shared = Shared::new(form, Some(&order));
    let reason = form.field("/reason", "");
    let (id, version, currency, before) = (order.id, order.version, order.price.currency, order.schedule.clone());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let price = money::parse(&shared.price.text(), currency);
        if price.is_none() {
            wrong.push(shared.price.refusal("invalid", "An amount such as 45.00."));
        }
        let schedule = shared.schedule(&mut wrong);
        let body = UpdateOrder {
            price,
            quantity: Some(whole(shared.quantity, &mut wrong)),
            cap_day: Some(whole(shared.cap_day, &mut wrong)),
            cap_week: Some(whole(shared.cap_week, &mut wrong)),
            cap_month: Some(whole(shared.cap_month, &mut wrong)),
            schedule: Some(schedule).filter(|schedule| *schedule != before),
            priority: whole32(shared.priority, &mut wrong),
            weight: whole32(shared.weight, &mut wrong),
            reason: reason.optional(),
            ..UpdateOrder::default()
        };
        if form.refuse(wrong) {
            return;
        }
        form.submit(
            move |key| async move { api::orders::update_order(id, version, &body, &key).await },
            move |_| {
                toast::done("Changed");
                open.set(false);
                done.run(());
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <SharedFields shared />
            <TextField field=reason label="Reason" hint="Kept in the audit trail." optional=true />
            <Buttons form open action="Save the order" />
        </form>
    }
}

/// What an owner changes of an order without asking: how many leads, and at which hours, as far as the programme leaves it
/// to them (R53, R77).
#[component]
pub fn OwnOrderForm(
    /// The order as it is.
    order: Order,
    /// How many leads are theirs to change.
    volume: bool,
    /// The hours are.
    times: bool,
    /// The drawer.
    open: RwSignal<bool>,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("own-order");
    let shared = Shared::new(form, Some(&order));
    let (id, version, before) = (order.id, order.version, order.schedule);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let schedule = shared.schedule(&mut wrong);
        let mut body = UpdateOrder {
            schedule: Some(schedule).filter(|schedule| times && *schedule != before),
            ..UpdateOrder::default()
        };
        if volume {
            body.quantity = Some(whole(shared.quantity, &mut wrong));
            body.cap_day = Some(whole(shared.cap_day, &mut wrong));
            body.cap_week = Some(whole(shared.cap_week, &mut wrong));
            body.cap_month = Some(whole(shared.cap_month, &mut wrong));
        }
        if form.refuse(wrong) {
            return;
        }
        form.submit(
            move |key| async move { api::orders::update_order(id, version, &body, &key).await },
            move |_| {
                toast::done("Changed");
                open.set(false);
                done.run(());
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            {volume.then(|| view! {
                <div class="form-grid">
                    <TextField field=shared.cap_day label="At most a day" kind="number" optional=true />
                    <TextField field=shared.cap_week label="At most a week" kind="number" optional=true />
                    <TextField field=shared.cap_month label="At most a month" kind="number" optional=true />
                    <TextField field=shared.quantity label="In all" hint="Nothing means until you stop it." kind="number" optional=true />
                </div>
            })}
            {times.then(|| view! { <Times shared /> })}
            <Buttons form open action="Save" />
        </form>
    }
}

/// The hours of the week.
#[component]
fn Times(shared: Shared) -> impl IntoView {
    let days = shared
        .hours
        .get_value()
        .into_iter()
        .map(|(day, field)| view! { <TextField field label=words::sentence(day.as_str()) optional=true /> })
        .collect_view();
    view! {
        <details class="not-grounds"><summary>"Hours, such as 09:00-17:30; nothing means at any time"</summary><div class="form-grid">{days}</div></details>
    }
}

#[component]
fn Create(
    businesses: Vec<(String, String)>,
    products: Vec<LeadProduct>,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("order");
    let only = if businesses.len() == 1 {
        businesses.first().map(|one| one.0.clone())
    } else {
        None
    };
    let business = form.field("/business_id", only.unwrap_or_default());
    let product = form.field("/product_id", "");
    let shared = Shared::new(form, None);
    let choices = products
        .iter()
        .map(|one| (one.id.to_string(), format!("{}, {}", one.name, money::text(one.price))))
        .collect();
    let currency = products.first().map(|one| one.price.currency);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let typed = shared.price.optional();
        let price: Option<Money> = typed.as_ref().and_then(|text| money::parse(text, currency?));
        if typed.is_some() && price.is_none() {
            wrong.push(
                shared
                    .price
                    .refusal("invalid", "An amount such as 45.00, or nothing for the product's own."),
            );
        }
        let business_id = business.text().parse().ok();
        let product_id = product.text().parse().ok();
        if business_id.is_none() {
            wrong.push(business.refusal("required", "Choose the business."));
        }
        if product_id.is_none() {
            wrong.push(product.refusal("required", "Choose what it buys."));
        }
        let schedule = shared.schedule(&mut wrong);
        let quantity = whole(shared.quantity, &mut wrong);
        let (cap_day, cap_week, cap_month) = (
            whole(shared.cap_day, &mut wrong),
            whole(shared.cap_week, &mut wrong),
            whole(shared.cap_month, &mut wrong),
        );
        let (priority, weight) = (whole32(shared.priority, &mut wrong), whole32(shared.weight, &mut wrong));
        if form.refuse(wrong) {
            return;
        }
        let (Some(business_id), Some(product_id)) = (business_id, product_id) else {
            return;
        };
        let body = CreateOrder {
            business_id,
            product_id,
            price,
            quantity,
            cap_day,
            cap_week,
            cap_month,
            schedule: Some(schedule).filter(|schedule| !schedule.0.is_empty()),
            priority,
            weight,
            starts_at: None,
            ends_at: None,
        };
        form.submit(
            move |key| async move { api::orders::create_order(&body, &key).await },
            move |_| {
                toast::done("The order stands");
                open.set(false);
                done.run(());
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <Select field=business label="Business" options=businesses />
            <Select field=product label="Product" options=choices />
            <SharedFields shared />
            <Buttons form open action="Make the order" />
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn hours_are_read_as_they_are_written() {
        let read = |text| hours(text).map(|hours| format!("{}-{}", hours.from, hours.to));
        assert_eq!(read("09:00 – 17:30").as_deref(), Some("09:00-17:30"));
        assert_eq!(read("9-17"), None);
        assert_eq!(read("always"), None);
    }
}
