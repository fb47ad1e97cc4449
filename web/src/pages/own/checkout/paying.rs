//! Paying a checkout: with what is stored, or with a new way that is typed into the provider's own page.

use leptos::prelude::*;
use tradepost_contract::PaymentMethodId;
use tradepost_contract::checkouts::{Checkout, CheckoutStatus, PayCheckout};
use tradepost_contract::payment_methods::{CreateMethodSession, MethodSession, StoredMethod};
use tradepost_contract::payments::PaymentStatus;
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::PaymentMethodKind;

use crate::api;
use crate::browser;
use crate::format::{money, time};
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::router;
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::paying::{failure_text, kind_name, stored_name};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Radios;

/// What a choice of a new way to pay begins with, before the word of its kind.
const NEW: &str = "new:";

/// Whether the provider keeps a way of this kind, so that it can be typed in on its page.
const fn is_kept(kind: PaymentMethodKind) -> bool {
    match kind {
        PaymentMethodKind::Card
        | PaymentMethodKind::Ach
        | PaymentMethodKind::DirectDebit
        | PaymentMethodKind::BankAccount
        | PaymentMethodKind::Paypal
        | PaymentMethodKind::ApplePay
        | PaymentMethodKind::AndroidPay => true,
        PaymentMethodKind::PrepaidCard | PaymentMethodKind::PrepaidAch | PaymentMethodKind::Bacs => false,
    }
}

/// How one pays, and the button.
#[component]
pub fn Paying(
    /// The checkout.
    checkout: Checkout,
    /// What is stored and may be charged, the one to suggest first.
    methods: Vec<StoredMethod>,
    /// The kinds that the programme takes.
    kinds: Vec<PaymentMethodKind>,
    /// The way that was added just now.
    added: Option<PaymentMethodId>,
    /// Where its changes go.
    changed: Callback<Checkout>,
) -> impl IntoView {
    let form = Form::new("pay");
    let busy = Signal::derive(move || form.is_busy());
    let (id, version, due) = (checkout.id, checkout.version, checkout.due);
    if due.minor == 0 {
        let place = Callback::new(move |()| {
            confirm(
                "Place the order?",
                "Nothing is left to be paid.",
                "Place the order",
                false,
                move || {
                    form.submit(
                        move |key| async move { api::checkouts::submit_checkout(id, version, &key).await },
                        move |checkout| changed.run(checkout),
                    );
                },
            );
        });
        return view! {
            <FormProblem form />
            <p class="panel-text">"Nothing is left to be paid."</p>
            <Button look=Look::Primary on_click=place busy>"Place the order"</Button>
        }
        .into_any();
    }
    if !session::may(Permission::PaymentsMake) {
        return view! { <Notice tone=Tone::Neutral><p>"Somebody who may pay for your company pays this order, here."</p></Notice> }
            .into_any();
    }
    let kept: Vec<PaymentMethodKind> = kinds.iter().copied().filter(|kind| is_kept(*kind)).collect();
    let usable: Vec<StoredMethod> = methods
        .into_iter()
        .filter(|method| kinds.contains(&method.kind))
        .collect();
    let options = options(&usable, &kept);
    if options.is_empty() {
        return view! { <ByHand checkout changed /> }.into_any();
    }
    let default = usable.iter().find(|method| method.is_default).map(|method| method.id);
    let suggested = added.or(default).map(|id| id.to_string());
    let first = suggested.or_else(|| options.first().map(|option| option.0.clone()));
    let method = form.field("/payment_method_id", first.unwrap_or_default());
    let names = StoredValue::new(options.clone());
    let descriptor = StoredValue::new(checkout.descriptor.clone());
    let is_new = move || method.value.with(|value| value.starts_with(NEW));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let chosen = method.text();
        if let Some(kind) = chosen.strip_prefix(NEW) {
            let Ok(kind) = kind.parse() else { return };
            let body = CreateMethodSession {
                supplier_id: None,
                kind,
                checkout_id: Some(id),
                return_to: None,
            };
            form.submit(
                move |key| async move { api::payment_methods::create_payment_method_session(&body, &key).await },
                |session: MethodSession| {
                    if let Some(url) = session.url.and_then(router::safe_link) {
                        browser::leave_for(&url);
                    }
                },
            );
            return;
        }
        let Ok(chosen) = chosen.parse::<PaymentMethodId>() else {
            form.refuse(vec![method.refusal("required", "Choose how to pay.")]);
            return;
        };
        let name = names.with_value(|names| {
            let found = names.iter().find(|option| option.0 == chosen.to_string());
            found.map(|option| option.1.clone()).unwrap_or_default()
        });
        confirm(
            format!("Pay {}?", money::text(due)),
            format!("{name} is charged. The statement says {}.", descriptor.get_value()),
            format!("Pay {}", money::text(due)),
            false,
            move || {
                let body = PayCheckout {
                    payment_method_id: Some(chosen),
                };
                form.submit(
                    move |key| async move { api::checkouts::pay_checkout(id, version, &body, &key).await },
                    move |checkout| changed.run(checkout),
                );
            },
        );
    };
    view! {
        <form on:submit=send novalidate>
            <FormProblem form />
            <Radios field=method label="How would you like to pay?" options />
            <Button look=Look::Primary submit=true busy>{move || if is_new() { "Go to the payment page".to_owned() } else { format!("Pay {}", money::text(due)) }}</Button>
            <p class="field-hint pay-hint">{move || if is_new() { "Card and account numbers are typed into our payment provider's own page; you come back here to pay." } else { "" }}</p>
        </form>
    }
    .into_any()
}

/// What is stored, and what can be added.
fn options(methods: &[StoredMethod], kinds: &[PaymentMethodKind]) -> Vec<(String, String, String)> {
    let stored = methods.iter().map(|method| {
        let until = method.expires_on.map(|day| format!("Until {}", time::month(day)));
        (method.id.to_string(), stored_name(method), until.unwrap_or_default())
    });
    let added = kinds.iter().map(|kind| {
        let name = match (methods.is_empty(), kind) {
            (true, PaymentMethodKind::Card) => "Card".to_owned(),
            (false, PaymentMethodKind::Card) => "Another card".to_owned(),
            (_, kind) => kind_name(*kind).to_owned(),
        };
        (format!("{NEW}{}", kind.as_str()), name, String::new())
    });
    stored.chain(added).collect()
}

/// Where nothing is charged here: the order is placed, and the money is sent.
#[component]
fn ByHand(checkout: Checkout, changed: Callback<Checkout>) -> impl IntoView {
    let form = Form::new("by-hand");
    let (id, version) = (checkout.id, checkout.version);
    let amount = money::text(checkout.due);
    if checkout.status != CheckoutStatus::Open {
        let text = format!("Send {amount} by bank transfer and quote {id}. The order begins when the money is here.");
        return view! { <Notice tone=Tone::Info><p>{text}</p></Notice> }.into_any();
    }
    let place = Callback::new(move |()| {
        confirm(
            format!("Order for {amount}?"),
            "The money is sent by bank transfer. The order begins when it is here.",
            "Place the order",
            false,
            move || {
                form.submit(
                    move |key| async move { api::checkouts::submit_checkout(id, version, &key).await },
                    move |checkout| changed.run(checkout),
                );
            },
        );
    });
    view! {
        <FormProblem form />
        <p class="panel-text">"This seller is paid by bank transfer."</p>
        <Button look=Look::Primary on_click=place busy=Signal::derive(move || form.is_busy())>"Place the order"</Button>
    }
    .into_any()
}

/// How the latest payment stands, where there is something to say of it.
#[component]
pub fn PaymentNews(
    /// The checkout.
    checkout: Checkout,
) -> impl IntoView {
    let payment = checkout.payment?;
    let (tone, title, text) = match payment.status {
        PaymentStatus::Created | PaymentStatus::Unknown => (
            Tone::Info,
            "Your payment is being checked",
            "The bank's answer is on its way. Nothing is charged twice; please do not pay again.".to_owned(),
        ),
        PaymentStatus::Pending => (
            Tone::Info,
            "Your payment is on its way",
            "The order begins when the money is here. We write to you then.".to_owned(),
        ),
        PaymentStatus::Failed | PaymentStatus::Exhausted if checkout.status == CheckoutStatus::AwaitingPayment => {
            let why = payment.failure.map_or("the bank refused it", failure_text);
            (
                Tone::Bad,
                "The payment did not go through",
                format!("Nothing was charged: {why}. Please choose another way to pay."),
            )
        }
        _ => return None,
    };
    Some(view! { <Notice tone><strong>{title}</strong><p>{text}</p></Notice> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_provider_does_not_keep_is_not_typed_in() {
        let kinds = [PaymentMethodKind::Card, PaymentMethodKind::Bacs];
        let kept: Vec<_> = kinds.into_iter().filter(|kind| is_kept(*kind)).collect();
        assert_eq!(kept, [PaymentMethodKind::Card]);
        let found = options(&[], &kept);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("new:card", "Card"));
    }
}
