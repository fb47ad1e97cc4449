//! Paying an invoice: where its payment stands, what to do when it failed, and paying it now with a stored way
//! to pay or a new one.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::sync::Arc;

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::invoices::Invoice;
use tradepost_contract::payment_methods::MethodSession;
use tradepost_contract::payments::{PayInvoice, Payment, PaymentStatus};
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::format::{money, time};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::new_method::{CameBack, take_session};
use crate::pages::account::pay_with::{Amount, Bill, PayWith, told};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;

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
    let open = RwSignal::new(false);
    let failed = latest(&payments).is_some_and(|payment| payment.failure.is_some());
    let news = latest(&payments).filter(|_| invoice.open.minor > 0).map(told);
    let action = may.then(|| {
        let label = if failed { "Choose how to pay" } else { "Pay now" };
        view! { <div class="pay-now"><Button look=Look::Primary icon=icondata_lu::LuCreditCard on_click=Callback::new(move |()| open.set(true))>{label}</Button></div> }
    });
    let title = format!("Pay invoice {}", invoice.number);
    let bill = bill(&invoice);
    view! {
        <BackToPay open may />
        {(news.is_some() || action.is_some()).then(|| view! { <div class="paying">{news}{action}</div> })}
        <Dialog open title=Signal::stored(title)>{bill.clone().map(|bill| view! { <PayWith bill open done=reload /> })}</Dialog>
    }
}

fn bill(invoice: &Invoice) -> Option<Bill> {
    let id = invoice.id;
    Some(Bill {
        supplier: invoice.supplier_id,
        terms: session::terms()?.policy.clone(),
        lead: format!(
            "{} is open, due on {}.",
            money::text(invoice.open),
            time::date(invoice.due_on)
        ),
        amount: Amount::Exactly(invoice.open),
        what: format!("for invoice {}", invoice.number),
        back: Route::Portal(PortalRoute::Invoice(id)).path(),
        prepaid: false,
        charge: Arc::new(move |method, _, key| {
            let body = PayInvoice {
                payment_method_id: Some(method),
            };
            async move { Ok(api::invoices::pay_invoice(id, &body, &key).await?.payment) }.boxed_local()
        }),
    })
}

/// Whoever went to store a card from here came to pay with it: the dialog is open again.
#[component]
pub(super) fn BackToPay(
    /// The dialog in which one pays.
    open: RwSignal<bool>,
    /// Whether one may.
    may: bool,
) -> impl IntoView {
    let id = take_session()?;
    let session = Loader::new(move || api::payment_methods::get_payment_method_session(id));
    let seen = StoredValue::new(false);
    Effect::new(move |_| {
        if let Some(session) = session.get().filter(|_: &MethodSession| !seen.get_value()) {
            seen.set_value(true);
            open.set(session.payment_method_id.is_some() && may);
        }
    });
    Some(
        view! { <Loaded loader=session shape=Shape::Rows(1) let:session><CameBack session methods=Vec::new() /></Loaded> },
    )
}
