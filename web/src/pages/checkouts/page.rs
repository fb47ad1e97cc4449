//! One checkout, as staff see it: its price, its payment, what came of it; and recording money that came by
//! phone or was never good.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::CheckoutId;
use tradepost_contract::checkouts::{Checkout, CheckoutAction, RecordCheckoutPayment};
use tradepost_contract::payments::{PaymentMethod, PaymentStatus};

use crate::api;
use crate::clock;
use crate::format::time::iso_day;
use crate::format::{money, share};
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::poll::poll;
use crate::kit::toast;
use crate::pages::own::checkout::fields::area_kind;
use crate::pages::own::checkout::summary::Price;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::{DateField, TextField};
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::paying::{failure_text, method_name};
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;
use crate::ui::time::{Shown, Time};

/// One checkout.
#[component]
pub fn CheckoutPage(
    /// Which.
    id: CheckoutId,
) -> impl IntoView {
    let loader = Loader::new(move || api::checkouts::get_checkout(id));
    poll(loader, |checkout: &Checkout| {
        let status = checkout.payment.as_ref().map(|payment| payment.status);
        matches!(status, Some(PaymentStatus::Created | PaymentStatus::Unknown))
    });
    view! { <Loaded loader let:checkout><Body checkout loader /></Loaded> }
}

#[component]
fn Body(checkout: Checkout, loader: Loader<Checkout>) -> impl IntoView {
    let title = format!(
        "{} leads for {}",
        share::count(checkout.order_quantity),
        checkout.supplier_name
    );
    let programme = checkout.programme_id;
    let order = checkout
        .order_id
        .map(|id| Route::Console(ConsoleRoute::Order(id)).path());
    let invoice = checkout
        .invoice_id
        .map(|id| Route::Console(ConsoleRoute::Invoice(id)).path());
    let supplier = Route::Console(ConsoleRoute::Supplier(checkout.supplier_id)).path();
    let product = Route::Console(ConsoleRoute::Product(checkout.product_id)).path();
    let ceiling = match (checkout.cap_day, checkout.daily_percent) {
        (Some(cap), Some(percent)) => format!("{} a day, {percent}% of the order", share::count(cap)),
        _ => "No ceiling".to_owned(),
    };
    let loyalty = checkout.loyalty.as_ref().map_or_else(
        || "Not joined".to_owned(),
        |joined| {
            format!(
                "Every {} days, {} extra leads",
                joined.interval_days,
                share::count(joined.bonus)
            )
        },
    );
    let areas = checkout.coverage.as_ref().map_or_else(
        || "The supplier's own".to_owned(),
        |areas| format!("{} {}", area_kind(areas.kind), areas.values.join(", ")),
    );
    let payment = checkout.payment.clone().map(|payment| {
        let why = payment.failure.map(|failure| format!(": {}", failure_text(failure)));
        view! { <Fact name="Payment">{method_name(payment.method)}" "<Badge text=payment.status.label() tone=payment.status.tone() />{why}</Fact> }
    });
    let (held, submitted, ended) = (checkout.expires_at, checkout.submitted_at, checkout.ended_at);
    let live = checkout.status.is_live();
    let (for_verdicts, for_price) = (checkout.clone(), checkout.clone());
    let (coupon, status) = (checkout.coupon.clone(), checkout.status);
    let (product_name, business_name) = (checkout.product_name.clone(), checkout.business_name.clone());
    let (supplier_name, descriptor, number) = (
        checkout.supplier_name.clone(),
        checkout.descriptor.clone(),
        checkout.id.to_string(),
    );
    let (created_at, subtitle) = (checkout.created_at, checkout.product_name);
    view! {
        <PageHead title back=(Route::Console(ConsoleRoute::Checkouts).path(), "Checkouts") subtitle>
            {status_badge(status)}
            <div class="verdicts"><Verdicts checkout=for_verdicts loader /></div>
        </PageHead>
        <div class="columns uneven">
            <Panel title="What is ordered">
                <Facts>
                    <Fact name="Supplier"><a href=supplier>{supplier_name}</a></Fact>
                    <Fact name="Business">{business_name}</Fact>
                    <Fact name="Product"><a href=product>{product_name}</a></Fact>
                    <Fact name="At most">{ceiling}</Fact>
                    <Fact name="Loyalty">{loyalty}</Fact>
                    <Fact name="Areas">{areas}</Fact>
                    {coupon.map(|code| view! { <Fact name="Coupon"><code>{code}</code></Fact> })}
                </Facts>
            </Panel>
            <Panel title="Price"><Price checkout=for_price /></Panel>
            <Panel title="What came of it">
                <Facts>
                    <Fact name="Begun"><Time at=created_at programme /></Fact>
                    {submitted.map(|at| view! { <Fact name="Ordered"><Time at programme /></Fact> })}
                    {ended.map(|at| view! { <Fact name="Ended"><Time at programme /></Fact> })}
                    {live.then(|| view! { <Fact name="Held until"><Time at=held programme shown=Shown::Full /></Fact> })}
                    {payment}
                    {order.map(|href| view! { <Fact name="Order"><a href=href>"Open the order"</a></Fact> })}
                    {invoice.map(|href| view! { <Fact name="Invoice"><a href=href>"Open the invoice"</a></Fact> })}
                    <Fact name="Statement"><code>{descriptor}</code></Fact>
                    <Fact name="Number"><code>{number}</code></Fact>
                </Facts>
            </Panel>
        </div>
    }
}

#[component]
fn Verdicts(checkout: Checkout, loader: Loader<Checkout>) -> impl IntoView {
    let may = |action| checkout.allowed_actions.contains(&action);
    let form = Form::new("checkout");
    let open = RwSignal::new(false);
    let (id, version) = (checkout.id, checkout.version);
    let name = checkout.supplier_name.clone();
    let done = move |said: &'static str| {
        move |checkout: Checkout| {
            toast::done(said);
            loader.put(checkout);
        }
    };
    let busy = Signal::derive(move || form.is_busy());
    let failed_for = name.clone();
    let fail = Callback::new(move |()| {
        confirm(
            format!("Record that {failed_for} did not pay?"),
            "The checkout ends without an order.",
            "Record the failure",
            true,
            move || {
                let send =
                    move |key: String| async move { api::checkouts::record_checkout_failure(id, version, &key).await };
                form.submit(move |key| send(key).boxed_local(), done("Recorded"));
            },
        );
    });
    let leave = Callback::new(move |()| {
        confirm(
            format!("Abandon the checkout of {name}?"),
            "Its price is no longer held, and its coupon is free again where the rules say so.",
            "Abandon it",
            true,
            move || {
                let send = move |key: String| async move { api::checkouts::abandon_checkout(id, version, &key).await };
                form.submit(move |key| send(key).boxed_local(), done("Abandoned"));
            },
        );
    });
    let (pays, fails, leaves) = (
        may(CheckoutAction::Complete),
        may(CheckoutAction::Fail),
        may(CheckoutAction::Abandon),
    );
    let for_form = StoredValue::new(checkout);
    view! {
        <FormProblem form />
        {leaves.then(|| view! { <Button look=Look::Quiet on_click=leave busy>"Abandon"</Button> })}
        {fails.then(|| view! { <Button on_click=fail busy>"Record a failure"</Button> })}
        {pays.then(|| view! { <Button look=Look::Primary on_click=Callback::new(move |()| open.set(true)) busy>"Record a payment"</Button> })}
        <Dialog open title=Signal::stored("Record a payment".to_owned())><PaymentForm checkout=for_form.get_value() open loader /></Dialog>
    }
}

/// Money that came by phone, say: it completes the checkout.
#[component]
fn PaymentForm(checkout: Checkout, open: RwSignal<bool>, loader: Loader<Checkout>) -> impl IntoView {
    let form = Form::new("checkout-payment");
    let zone = session::programme(checkout.programme_id).map_or_else(|| "UTC".to_owned(), |one| one.time_zone);
    let method = form.field("/method", PaymentMethod::Card.as_str());
    let reference = form.field("/reference", "");
    let received = form.field("/received_on", iso_day(untrack(clock::now), &zone));
    let (id, version, amount) = (checkout.id, checkout.version, money::text(checkout.due));
    let methods = PaymentMethod::ALL
        .iter()
        .map(|one| (one.as_str().to_owned(), method_name(*one).to_owned()))
        .collect();
    let lead = format!("{amount} completes the checkout: the order opens, and its invoice is issued and paid.");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        if reference.text().is_empty() {
            wrong.push(reference.refusal("required", "What the bank's or the card's statement says."));
        }
        let (kind, day) = (method.text().parse().ok(), received.text().parse().ok());
        if kind.is_none() {
            wrong.push(method.refusal("required", "Choose how the money came."));
        }
        if day.is_none() {
            wrong.push(received.refusal("invalid", "The day the money was received."));
        }
        if form.refuse(wrong) {
            return;
        }
        let (Some(method), Some(received_on)) = (kind, day) else {
            return;
        };
        let body = RecordCheckoutPayment {
            method,
            reference: reference.text(),
            received_on,
        };
        let (shown, body) = (amount.clone(), StoredValue::new(body));
        confirm(
            format!("Record {shown}?"),
            "The order opens at once.",
            format!("Record {shown}"),
            false,
            move || {
                let body = body.get_value();
                form.submit(
                    move |key| async move { api::checkouts::record_checkout_payment(id, version, &body, &key).await },
                    move |checkout| {
                        toast::done("Recorded");
                        open.set(false);
                        loader.put(checkout);
                    },
                );
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">{lead}</p>
            <FormProblem form />
            <div class="form-grid">
                <Select field=method label="How it came" options=methods />
                <DateField field=received label="Received on" />
            </div>
            <TextField field=reference label="Reference" hint="As on the statement of the bank." />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Record the payment"</Button>
            </div>
        </form>
    }
}
