//! What the supplier paid: by what, when and for what, what was given back, and a receipt of each.

use leptos::prelude::*;
use tradepost_contract::invoices::{Invoice, InvoiceParty};
use tradepost_contract::payments::{Payment, PaymentPurpose, PaymentStatus};
use tradepost_contract::refunds::Refund;
use tradepost_contract::{Money as Amount, PaymentId};

use crate::api;
use crate::api::files::File;
use crate::browser;
use crate::format::{money, time};
use crate::kit::download::DownloadButton;
use crate::kit::list::{Card, Column, Filter, List, ListQuery, ListView, Order};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{PortalRoute, Route};
use crate::ui::badge::{Status, Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::money::Money;
use crate::ui::page::{PageHead, Panel};
use crate::ui::paying::{failure_text, method_name};
use crate::ui::problem::Notice;
use crate::ui::time::{Shown, Time};

/// All payments, newest first.
#[component]
pub fn Payments() -> impl IntoView {
    let list = List::new("own-payments", api::payments::list_payments)
        .empty("No payments yet", "What you pay for your leads is listed here.")
        .link(|payment: &Payment| Some(Route::Portal(PortalRoute::Payment(payment.id))))
        .filter(Filter::Choice {
            name: "status",
            title: "Status",
            options: PaymentStatus::ALL
                .iter()
                .map(|status| (status.as_str().to_owned(), status.label()))
                .collect(),
            many: true,
        })
        .column(Column::text("for", "For", pays_for).on_card(Card::Title))
        .column(Column::new(
            "status",
            "Status",
            |payment: &Payment| status_badge(payment.status),
            |payment| payment.status.label(),
        ))
        .column(
            Column::text("by", "By", |payment: &Payment| method_name(payment.method).to_owned()).on_card(Card::Below),
        )
        .column(
            Column::new(
                "begun",
                "Begun",
                |payment: &Payment| view! { <Time at=payment.created_at shown=Shown::Day /> },
                |payment| payment.created_at.to_string(),
            )
            .sorted("newest", Order::Descending)
            .on_card(Card::Hidden),
        )
        .column(Column::new(
            "received",
            "Received",
            |payment: &Payment| payment.received_on.map(time::date),
            |payment| payment.received_on.map(|day| day.to_string()).unwrap_or_default(),
        ))
        .column(
            Column::new(
                "refunded",
                "Given back",
                |payment: &Payment| given_back(payment).map(|amount| view! { <Money amount /> }),
                |payment| given_back(payment).map(money::decimal).unwrap_or_default(),
            )
            .numeric(),
        )
        .column(
            Column::new(
                "amount",
                "Amount",
                |payment: &Payment| view! { <Money amount=payment.amount /> },
                |payment| money::decimal(payment.amount),
            )
            .numeric()
            .on_card(Card::Aside),
        );
    view! {
        <PageHead title="Payments" back=(Route::Portal(PortalRoute::Invoices).path(), "Invoices")
            subtitle="What you paid, by what and for what, and what was given back." />
        <ListView list />
    }
}

/// What was given back of a payment, or is on its way back.
fn given_back(payment: &Payment) -> Option<Amount> {
    (payment.refunded.minor != 0).then_some(payment.refunded)
}

/// What a payment is for, in words: the invoice where there is one.
fn pays_for(payment: &Payment) -> String {
    match (&payment.invoice_number, payment.purpose) {
        (Some(number), _) => format!("Invoice {number}"),
        (None, PaymentPurpose::Invoice) => "An invoice".to_owned(),
        (None, PaymentPurpose::Checkout) => "An order".to_owned(),
        (None, PaymentPurpose::WalletTopUp) => "Your wallet".to_owned(),
        (None, PaymentPurpose::FirstPeriod) => "Your first period, on account".to_owned(),
        (None, PaymentPurpose::Plan) => "Your plan".to_owned(),
        (None, PaymentPurpose::Package) => "A package of leads".to_owned(),
    }
}

/// One payment, with what was given back of it. Printed, it is the receipt.
#[component]
pub fn PaymentPage(
    /// Which.
    id: PaymentId,
) -> impl IntoView {
    let known = Loader::new(move || async move {
        let refunds = api::refunds::list_refunds(ListQuery::first(100).with("payment_id", id.to_string()));
        let ((payment, _), refunds) = futures_util::future::try_join(api::payments::get_payment(id), refunds).await?;
        let invoice = match payment.invoice_id {
            Some(invoice) => Some(api::invoices::get_invoice(invoice).await?),
            None => None,
        };
        Ok((payment, refunds.data, invoice))
    });
    view! { <Loaded loader=known shape=Shape::Tile let:known><Receipt payment=known.0 refunds=known.1 invoice=known.2 /></Loaded> }
}

/// Whether money of it came, so that there is something to print.
const fn came(status: PaymentStatus) -> bool {
    match status {
        PaymentStatus::Succeeded
        | PaymentStatus::PartRefunded
        | PaymentStatus::Refunded
        | PaymentStatus::Disputed
        | PaymentStatus::DisputeLost => true,
        PaymentStatus::Created
        | PaymentStatus::Pending
        | PaymentStatus::Unknown
        | PaymentStatus::Failed
        | PaymentStatus::ScheduledRetry
        | PaymentStatus::Exhausted
        | PaymentStatus::Void => false,
    }
}

#[component]
fn Receipt(payment: Payment, refunds: Vec<Refund>, invoice: Option<Invoice>) -> impl IntoView {
    let print = Callback::new(|()| {
        // A browser that cannot print does nothing.
        let _ = browser::window().print();
    });
    let came = came(payment.status);
    let for_what = pays_for(&payment);
    let pdf = invoice
        .as_ref()
        .map(|invoice| view! { <DownloadButton file=File::InvoicePdf(invoice.id) name=format!("{}.pdf", invoice.number) label="Invoice PDF" /> });
    let parties = invoice.map(|invoice| {
        view! {
            <Party role="Paid to" party=invoice.seller />
            <Party role="Paid by" party=invoice.buyer />
        }
    });
    let what = match payment.invoice_id {
        Some(id) => {
            let href = Route::Portal(PortalRoute::Invoice(id)).path();
            view! { <a href=href>{for_what}</a> }.into_any()
        }
        None => for_what.into_any(),
    };
    let (amount, given) = (payment.amount, given_back(&payment));
    let kept = given.and_then(|given| payment.captured.minus(given).ok());
    view! {
        <PageHead title=if came { "Receipt" } else { "Payment" } back=(Route::Portal(PortalRoute::Payments).path(), "Payments")>
            {status_badge(payment.status)}
            {pdf}
            {came.then(|| view! { <Button look=Look::Quiet on_click=print icon=icondata_lu::LuPrinter>"Print"</Button> })}
        </PageHead>
        {standing(&payment)}
        <article class="sheet">
            <div class="parties">
                {parties}
                <dl class="party sheet-dates">
                    <div><dt>"For"</dt><dd>{what}</dd></div>
                    <div><dt>"By"</dt><dd>{method_name(payment.method)}</dd></div>
                    <div><dt>"Reference"</dt><dd>{payment.reference}</dd></div>
                    <div><dt>"Begun"</dt><dd><Time at=payment.created_at shown=Shown::Day /></dd></div>
                    {payment.received_on.map(|day| view! { <div><dt>"Received"</dt><dd>{time::date(day)}</dd></div> })}
                </dl>
            </div>
            <dl class="totals">
                <div class="total strong"><dt>{if came { "Paid" } else { "Amount" }}</dt><dd><Money amount /></dd></div>
                {given.map(|amount| view! { <div class="total"><dt>"Given back"</dt><dd><Money amount /></dd></div> })}
                {kept.map(|amount| view! { <div class="total strong"><dt>"Kept"</dt><dd><Money amount /></dd></div> })}
            </dl>
        </article>
        <GivenBack refunds />
    }
}

/// What one has to know about a payment that is not simply here.
fn standing(payment: &Payment) -> Option<AnyView> {
    let (tone, text) = match payment.status {
        PaymentStatus::Succeeded | PaymentStatus::PartRefunded | PaymentStatus::Refunded => return None,
        PaymentStatus::Created | PaymentStatus::Pending | PaymentStatus::Unknown => (
            Tone::Info,
            "The money is on its way; nothing has to be done.".to_owned(),
        ),
        PaymentStatus::ScheduledRetry => (Tone::Warn, "It was refused, and is tried again by itself.".to_owned()),
        PaymentStatus::Failed | PaymentStatus::Exhausted => {
            let why = payment.failure.map(failure_text).unwrap_or("it was refused");
            (Tone::Bad, format!("Nothing was paid: {why}."))
        }
        PaymentStatus::Disputed => (Tone::Warn, "Your bank asks for the money back.".to_owned()),
        PaymentStatus::DisputeLost => (Tone::Warn, "Your bank took the money back.".to_owned()),
        PaymentStatus::Void => (
            Tone::Info,
            "It was recorded by mistake, and counts for nothing.".to_owned(),
        ),
    };
    Some(view! { <Notice tone>{text}</Notice> }.into_any())
}

#[component]
fn Party(role: &'static str, party: InvoiceParty) -> impl IntoView {
    view! {
        <div class="party">
            <h2>{role}</h2>
            <p><strong>{party.name}</strong></p>
            {party.trading_as.map(|name| view! { <p>{name}</p> })}
            <p class="party-address">{party.address}</p>
        </div>
    }
}

/// What of it was asked back for, and where that stands.
#[component]
fn GivenBack(refunds: Vec<Refund>) -> impl IntoView {
    if refunds.is_empty() {
        return ().into_any();
    }
    let rows = refunds
        .into_iter()
        .map(|refund| {
            view! {
                <li><span class="row-item">
                    <span class="row-text"><strong><Time at=refund.created_at shown=Shown::Day /></strong><small>{refund.reason}</small></span>
                    <span class="row-side"><Money amount=refund.amount />{status_badge(refund.status)}</span>
                </span></li>
            }
        })
        .collect_view();
    view! { <Panel title="Refunds"><ul class="rows">{rows}</ul></Panel> }.into_any()
}
