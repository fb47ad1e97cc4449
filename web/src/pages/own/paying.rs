//! Paying an invoice: where its payment stands, what to do when it failed, and paying it now with a stored way
//! to pay or a new one.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::invoices::Invoice;
use tradepost_contract::payment_methods::{MethodSession, StoredMethod};
use tradepost_contract::payments::{PayInvoice, Payment, PaymentFailure, PaymentStatus};
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::format::{money, time};
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::account::methods::stored_methods;
use crate::pages::account::new_method::{CameBack, NewMethodForm, kinds, patience, take_session};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Status, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::paying::{failure_text, method_name, stored_name};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Radios;
use crate::ui::time::{Shown, Time};

/// What is to be told of an invoice's payments, the newest first: nothing where all is well.
pub(super) fn latest(payments: &[Payment]) -> Option<&Payment> {
    let matters = |payment: &&Payment| payment.status != PaymentStatus::Void;
    payments.iter().find(matters)
}

/// Whether the invoice can be paid now: something is open, and no money is on its way.
fn is_payable(invoice: &Invoice, payments: &[Payment]) -> bool {
    let waits = |payment: &Payment| payment.status.is_live() && payment.status != PaymentStatus::ScheduledRetry;
    invoice.open.minor > 0 && invoice.status.takes_payments() && !payments.iter().any(waits)
}

/// Where the payment of the invoice stands, and paying it.
#[component]
pub(super) fn PayingNews(
    /// The invoice.
    invoice: Invoice,
    /// Its payments, the newest first.
    payments: Vec<Payment>,
    /// Reads the invoice and its payments anew.
    reload: Callback<()>,
) -> impl IntoView {
    let may = session::may(Permission::PaymentsMake) && is_payable(&invoice, &payments);
    let session_id = take_session();
    let open = RwSignal::new(false);
    let failed = latest(&payments).is_some_and(|payment| payment.failure.is_some());
    let news = latest(&payments).filter(|_| invoice.open.minor > 0).map(told);
    let action = may.then(|| {
        let label = if failed { "Choose how to pay" } else { "Pay now" };
        view! { <div class="pay-now"><Button look=Look::Primary icon=icondata_lu::LuCreditCard on_click=Callback::new(move |()| open.set(true))>{label}</Button></div> }
    });
    let title = format!("Pay invoice {}", invoice.number);
    let came_back = session_id.map(|id| {
        let session = Loader::new(move || api::payment_methods::get_payment_method_session(id));
        // Whoever went to store a card from here came to pay with it.
        let then = move |session: &MethodSession| open.set(session.payment_method_id.is_some() && may);
        let seen = StoredValue::new(false);
        Effect::new(move |_| {
            if let Some(session) = session.get().filter(|_| !seen.get_value()) {
                seen.set_value(true);
                then(&session);
            }
        });
        view! { <Loaded loader=session shape=Shape::Rows(1) let:session><CameBack session methods=Vec::new() /></Loaded> }
    });
    view! {
        {came_back}
        {(news.is_some() || action.is_some()).then(|| view! { <div class="paying">{news}{action}</div> })}
        <Dialog open title=Signal::stored(title)><PayForm invoice=invoice.clone() open done=reload /></Dialog>
    }
}

/// A payment in the words of whoever pays.
fn told(payment: &Payment) -> AnyView {
    let (amount, by) = (money::text(payment.amount), method_name(payment.method).to_lowercase());
    let why = payment.failure.map(failure_text).unwrap_or("it was refused");
    let lasting = payment.failure.is_some_and(PaymentFailure::is_for_good);
    match payment.status {
        PaymentStatus::Created | PaymentStatus::Unknown => view! {
            <Notice tone=Tone::Info><strong>{format!("A payment of {amount} by {by} is being checked.")}</strong><p>"We ask the payment provider what became of it. Nothing is charged twice."</p></Notice>
        }
        .into_any(),
        PaymentStatus::Pending => {
            let by_when = payment.expected_by;
            view! {
                <Notice tone=Tone::Info>
                    <strong>{format!("A payment of {amount} by {by} is on its way.")}</strong>
                    <p>"Banks take up to three days. "{by_when.map(|at| view! { "It should be here by "<Time at shown=Shown::Day />"; " })}"until then nothing else is needed."</p>
                </Notice>
            }
            .into_any()
        }
        PaymentStatus::ScheduledRetry => {
            let again = payment.next_attempt_at;
            view! {
                <Notice tone=Tone::Warn>
                    <strong>{format!("The payment of {amount} by {by} failed: {why}.")}</strong>
                    <p>{again.map(|at| view! { "It is tried again on "<Time at shown=Shown::Day />". " })}"You need not wait: choose how to pay now."</p>
                </Notice>
            }
            .into_any()
        }
        PaymentStatus::Failed | PaymentStatus::Exhausted => {
            let advice = if lasting { "Choose another way to pay." } else { "Try it again, or choose another way to pay." };
            view! { <Notice tone=Tone::Bad><strong>{format!("The payment of {amount} by {by} failed: {why}.")}</strong><p>{advice}</p></Notice> }.into_any()
        }
        PaymentStatus::Disputed => view! {
            <Notice tone=Tone::Warn><strong>{format!("Your bank asks for {amount} back.")}</strong><p>"It has not decided yet. This is between the banks, and has nothing to do with returned leads."</p></Notice>
        }
        .into_any(),
        PaymentStatus::DisputeLost => view! {
            <Notice tone=Tone::Bad><strong>{format!("Your bank took {amount} back.")}</strong><p>"So this invoice is open again. Choose another way to pay."</p></Notice>
        }
        .into_any(),
        PaymentStatus::Succeeded | PaymentStatus::PartRefunded | PaymentStatus::Refunded | PaymentStatus::Void => ().into_any(),
    }
}

/// The word that stands for a way to pay that is not stored yet.
const ANOTHER: &str = "another";

#[component]
fn PayForm(invoice: Invoice, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let supplier = invoice.supplier_id;
    let stored = Loader::new(move || async move {
        let authorisation = api::payment_methods::get_authorisation(supplier);
        futures_util::future::try_join(authorisation, stored_methods(supplier)).await
    });
    view! {
        <Loaded loader=stored shape=Shape::Rows(3) let:stored>
            <Choice invoice=invoice.clone() methods=stored.1 may_add=stored.0.may_change_methods open done />
        </Loaded>
    }
}

#[component]
fn Choice(
    invoice: Invoice,
    methods: Vec<StoredMethod>,
    may_add: bool,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> impl IntoView {
    let terms = session::terms();
    let kinds = terms.as_ref().map(|terms| kinds(&terms.policy)).unwrap_or_default();
    let may_add = may_add && !kinds.is_empty();
    let adding = RwSignal::new(methods.is_empty() && may_add);
    let back = Route::Portal(PortalRoute::Invoice(invoice.id)).path();
    let cancel = Callback::new(move |()| open.set(false));
    if methods.is_empty() && !may_add {
        let contact = session::me().and_then(|me| me.contact.clone());
        let name = contact.map_or_else(|| "the department".to_owned(), |contact| contact.name);
        return view! { <p class="dialog-lead">{format!("No way to pay is stored. Ask {name} to store one, or send the money as the invoice says.")}</p> }.into_any();
    }
    let supplier = invoice.supplier_id;
    view! {
        {move || {
            if adding.get() {
                view! { <NewMethodForm supplier kinds=kinds.clone() back=back.clone() cancel /> }.into_any()
            } else {
                view! { <Stored invoice=invoice.clone() methods=methods.clone() may_add adding open done /> }.into_any()
            }
        }}
    }
    .into_any()
}

#[component]
fn Stored(
    invoice: Invoice,
    methods: Vec<StoredMethod>,
    may_add: bool,
    adding: RwSignal<bool>,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("pay");
    let chosen = methods
        .iter()
        .find(|method| method.is_default)
        .or_else(|| methods.first());
    let field = form.field(
        "/payment_method_id",
        chosen.map(|method| method.id.to_string()).unwrap_or_default(),
    );
    let hours = |method: &StoredMethod| {
        let terms = session::terms();
        terms.and_then(|terms| {
            terms
                .policy
                .payment_methods
                .get(&method.kind)
                .map(|terms| terms.pending_hours)
        })
    };
    let mut options: Vec<(String, String, String)> = methods
        .iter()
        .map(|method| {
            let about = hours(method).map(patience).unwrap_or_default();
            (method.id.to_string(), stored_name(method), about)
        })
        .collect();
    if may_add {
        let about = "Typed into our payment provider's own page.".to_owned();
        options.push((ANOTHER.to_owned(), "Another way to pay".to_owned(), about));
    }
    let (id, amount, number) = (invoice.id, money::text(invoice.open), invoice.number);
    let shown = amount.clone();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let word = field.text();
        if word == ANOTHER {
            adding.set(true);
            return;
        }
        let Some(method) = methods.iter().find(|method| method.id.to_string() == word) else {
            form.refuse(vec![field.refusal("required", "Choose what to pay with.")]);
            return;
        };
        let (method_id, name) = (method.id, stored_name(method));
        let takes = hours(method).map(patience).unwrap_or_default();
        confirm(
            format!("Pay {amount} for invoice {number}?"),
            format!("{name} is charged {amount}. {takes}"),
            format!("Pay {amount}"),
            false,
            move || {
                let body = PayInvoice {
                    payment_method_id: Some(method_id),
                };
                form.submit(
                    move |key| async move { api::invoices::pay_invoice(id, &body, &key).await },
                    move |outcome| {
                        match outcome.payment {
                            None => toast::done("Your credit balance paid it"),
                            Some(payment) if payment.failure.is_none() => {
                                toast::done(format!("{}: {}", money::text(payment.amount), payment.status.label()));
                            }
                            // The page says why, and what to do.
                            Some(_) => toast::failed("The payment failed"),
                        }
                        open.set(false);
                        done.run(());
                    },
                );
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">{format!("{shown} is open, due on {}.", time::date(invoice.due_on))}</p>
            <FormProblem form />
            <Radios field label="Pay with" options />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Continue"</Button>
            </div>
        </form>
    }
}
