//! Collecting an invoice: charging the stored way to pay now, and giving an overdue one up.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::invoices::{Invoice, InvoiceStatus, WriteInvoiceOff};
use tradepost_contract::payments::PayInvoice;
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::browser;
use crate::format::money;
use crate::kit::confirm::confirm;
use crate::kit::toast;
use crate::session;
use crate::ui::badge::Status;
use crate::ui::button::{Button, Look};
use crate::ui::reason::ReasonAction;

/// What can be done about what is open.
#[component]
pub(super) fn Collecting(
    /// The invoice.
    invoice: Invoice,
    /// Reads it anew.
    reload: Callback<()>,
) -> impl IntoView {
    let payable = invoice.open.minor > 0 && invoice.status.takes_payments();
    let charge = (payable && session::may(Permission::PaymentsMake))
        .then(|| view! { <Charge invoice=invoice.clone() reload /> });
    let overdue = invoice.status == InvoiceStatus::Overdue && session::may(Permission::PaymentsRecord);
    let give_up = overdue.then(|| {
        let (id, version) = (invoice.id, invoice.version);
        let run = move |reason: Option<String>, key: String| {
            let body = WriteInvoiceOff { reason: reason.unwrap_or_default() };
            async move { api::invoices::write_invoice_off(id, version, &body, &key).await.map(drop) }.boxed_local()
        };
        let title = format!("Give {} of invoice {} up?", money::text(invoice.open), invoice.number);
        view! {
            <ReasonAction label="Give up" title text="The invoice becomes uncollectible, and the journal takes what is open off what the books expect to come. It stays owed, and a late payment is still taken." look=Look::Danger said="Given up" done=reload run=Box::new(run) />
        }
    });
    view! { {charge}{give_up} }
}

#[component]
fn Charge(invoice: Invoice, reload: Callback<()>) -> impl IntoView {
    let (id, amount, number, name) = (
        invoice.id,
        money::text(invoice.open),
        invoice.number,
        invoice.supplier_name,
    );
    let ask = Callback::new(move |()| {
        confirm(
            format!("Charge {amount} to {name}?"),
            format!(
                "What is open of invoice {number} is charged to the supplier's default way to pay now. Its credit balance pays first."
            ),
            format!("Charge {amount}"),
            false,
            move || {
                wasm_bindgen_futures::spawn_local(async move {
                    match api::invoices::pay_invoice(id, &PayInvoice::default(), &browser::random_key()).await {
                        Ok(outcome) => {
                            match outcome.payment {
                                Some(payment) if payment.failure.is_some() => toast::failed("The payment failed"),
                                Some(payment) => toast::done(payment.status.label()),
                                None => toast::done("The credit balance paid it"),
                            }
                            reload.run(());
                        }
                        Err(failure) => toast::failed(failure.told()),
                    }
                });
            },
        );
    });
    view! { <Button on_click=ask>"Charge now"</Button> }
}
