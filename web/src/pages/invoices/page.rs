//! One invoice: who owes whom what, line by line, what was paid and credited; marking it paid.

use std::sync::Arc;

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::credit_notes::{CreditAllocation, CreditNote};
use tradepost_contract::invoices::{Invoice, InvoiceLine, InvoiceParty};
use tradepost_contract::payments::Payment;
use tradepost_contract::permissions::Permission;
use tradepost_contract::{InvoiceId, Page};

use super::collecting::Collecting;
use crate::api;
use crate::api::files::File;
use crate::format::money;
use crate::format::time::date;
use crate::kit::download::DownloadButton;
use crate::kit::list::{Card, Column, List, ListQuery, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::payments::record::{Received, RecordForm};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::paying::method_name;
use crate::ui::stat::Stat;
use crate::ui::taxes::{self, TaxNotes};
use crate::ui::time::{Shown, Time};

/// One invoice.
#[component]
pub fn InvoicePage(
    /// Which.
    id: InvoiceId,
) -> impl IntoView {
    let invoice = Loader::new(move || api::invoices::get_invoice(id));
    let payments = Loader::new(move || api::invoices::list_invoice_payments(id));
    let credits = Loader::new(move || {
        api::credit_notes::list_credit_notes(ListQuery::first(100).with("invoice_id", id.to_string()))
    });
    let used = Loader::new(move || api::credit_notes::list_invoice_credits(id));
    let reload = Callback::new(move |()| {
        invoice.reload();
        payments.reload();
    });
    let lines = List::new("invoice-lines", move |query| {
        api::invoices::list_invoice_lines(id, query)
    })
    .link(|line: &InvoiceLine| line.lead_id.map(|lead| Route::Console(ConsoleRoute::Lead(lead))))
    .column(
        Column::text("lead", "Lead", |line: &InvoiceLine| {
            line.lead_name.clone().unwrap_or_else(|| line.description.clone())
        })
        .on_card(Card::Title),
    )
    .column(Column::text("what", "Line", |line: &InvoiceLine| line.description.clone()).on_card(Card::Below))
    .column(Column::new(
        "when",
        "Delivered",
        // The programme is looked up where the time is shown: there it is reactive.
        move |line: &InvoiceLine| {
            line.delivered_at.map(|at| {
                move || {
                    let programme = invoice.get().map(|invoice| invoice.programme_id);
                    view! { <Time at shown=Shown::Day programme /> }
                }
            })
        },
        |line| line.delivered_at.map(|at| at.to_string()).unwrap_or_default(),
    ))
    .column(
        Column::new(
            "net",
            "Net",
            |line: &InvoiceLine| view! { <Money amount=line.net /> },
            |line| money::decimal(line.net),
        )
        .numeric()
        .on_card(Card::Aside),
    )
    .column(
        Column::new(
            "tax",
            "Tax",
            |line: &InvoiceLine| view! { <Money amount=line.tax /> },
            |line| money::decimal(line.tax),
        )
        .numeric(),
    )
    .column(
        Column::new(
            "credited",
            "Credited",
            |line: &InvoiceLine| (line.credited.minor != 0).then(|| view! { <Money amount=line.credited /> }),
            |line| money::decimal(line.credited),
        )
        .numeric(),
    );
    view! {
        <Loaded loader=invoice let:invoice><Body invoice reload /></Loaded>
        <h2 class="section-head">"Lines"</h2>
        <ListView list=lines />
        <div class="columns">
            <Loaded loader=payments shape=Shape::Tile let:page><Payments page /></Loaded>
            <Loaded loader=credits shape=Shape::Tile let:page><Credits page /></Loaded>
            <Loaded loader=used shape=Shape::Tile let:used><Used used=used.data /></Loaded>
        </div>
    }
}

#[component]
fn Body(invoice: Invoice, reload: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let takes = invoice.status.takes_payments() && session::may(Permission::PaymentsRecord);
    let (paid, collected) = (invoice.clone(), invoice.clone());
    let supplier = Route::Console(ConsoleRoute::Supplier(invoice.supplier_id)).path();
    let run = invoice
        .billing_run_id
        .map(|run| (Route::Console(ConsoleRoute::BillingRun(run)).path(), "Its billing run"));
    let (pdf_name, csv_name) = (
        format!("{}.pdf", invoice.number),
        format!("{}-lines.csv", invoice.number),
    );
    let earlier = if invoice.credit_applied.minor == 0 {
        String::new()
    } else {
        format!("and {} of earlier credit", money::text(invoice.credit_applied))
    };
    let tax_facts = invoice
        .taxes
        .iter()
        .map(|tax| {
            let (name, net, amount) = (taxes::name(tax), tax.net, tax.tax);
            view! { <Fact name="Tax">{name}" on "<Money amount=net />": "<Money amount /></Fact> }
        })
        .collect_view();
    view! {
        <PageHead title=format!("Invoice {}", invoice.number) back=(Route::Console(ConsoleRoute::Invoices).path(), "Invoices")
            subtitle=format!("{} · {} to {}", invoice.supplier_name, date(invoice.starts_on), date(invoice.ends_before.plus_days(-1)))>
            {status_badge(invoice.status)}
            <DownloadButton file=File::InvoicePdf(invoice.id) name=pdf_name label="PDF" />
            <DownloadButton file=File::InvoiceLines(invoice.id) name=csv_name label="CSV" />
            <div class="verdicts"><Collecting invoice=collected reload />{takes.then(|| view! { <Button look=Look::Primary on_click=Callback::new(move |()| open.set(true))>"Record a payment"</Button> })}</div>
        </PageHead>
        <div class="stats">
            <Stat label="Total" value=money::text(invoice.total) note=format!("{} net, {} tax", money::text(invoice.net), money::text(invoice.tax)) />
            <Stat label="Paid" value=money::text(invoice.paid) />
            <Stat label="Credited" value=money::text(invoice.credited) note=earlier />
            <Stat label="Open" value=money::text(invoice.open) note=format!("due on {}", date(invoice.due_on)) />
        </div>
        <div class="columns">
            <Panel title="To" more=(supplier, "The supplier")><Party party=invoice.buyer.clone() /></Panel>
            <Panel title="From"><Party party=invoice.seller.clone() /></Panel>
            <Panel title="When" more=run>
                <Facts>
                    <Fact name="Issued"><Time at=invoice.issued_at programme=invoice.programme_id /></Fact>
                    <Fact name="Due">{date(invoice.due_on)}</Fact>
                    {invoice.collect_on.map(|day| view! { <Fact name="Collection day">{date(day)}</Fact> })}
                    {tax_facts}
                </Facts>
            </Panel>
        </div>
        <TaxNotes taxes=invoice.taxes.clone() />
        <Dialog open title=Signal::stored(format!("Payment of {}", invoice.number))><RecordForm received=received(&paid) open done=reload /></Dialog>
    }
}

#[component]
fn Party(party: InvoiceParty) -> impl IntoView {
    view! {
        <p><strong>{party.name}</strong></p>
        {party.trading_as.map(|name| view! { <p class="muted">"trading as "{name}</p> })}
        <p>{party.address}", "{party.country}</p>
        {party.tax_id.map(|tax| view! { <p class="muted">"Tax number "{tax}</p> })}
    }
}

#[component]
fn Payments(page: Page<Payment>) -> impl IntoView {
    let rows = page.data.iter().map(|payment| view! {
        <li><a class="row-item" href=Route::Console(ConsoleRoute::Payment(payment.id)).path()><span class="row-text"><strong>{method_name(payment.method)}</strong><small>{payment.received_on.map_or_else(|| payment.reference.clone(), |day| format!("{}, received on {}", payment.reference, date(day)))}</small></span><span class="row-side"><Money amount=payment.amount />{status_badge(payment.status)}</span></a></li>
    }).collect_view();
    view! { <Panel title="Payments">{if page.data.is_empty() { view! { <p class="panel-none">"None yet."</p> }.into_any() } else { view! { <ul class="rows">{rows}</ul> }.into_any() }}</Panel> }
}

#[component]
fn Credits(page: Page<CreditNote>) -> impl IntoView {
    let rows = page.data.iter().map(|note| view! {
        <li class="row-flat"><span class="row-text"><a href=Route::Console(ConsoleRoute::CreditNote(note.id)).path()>{note.number.clone()}</a><small>{note.reason.clone()}</small></span><Money amount=note.total /></li>
    }).collect_view();
    view! { <Panel title="Credit notes">{if page.data.is_empty() { view! { <p class="panel-none">"None."</p> }.into_any() } else { view! { <ul class="rows-flat">{rows}</ul> }.into_any() }}</Panel> }
}

/// The credits that earlier credit notes left and this invoice used.
#[component]
fn Used(used: Vec<CreditAllocation>) -> impl IntoView {
    let rows = used.iter().map(|part| view! {
        <li class="row-flat"><span class="row-text"><a href=Route::Console(ConsoleRoute::CreditNote(part.credit_note_id)).path()>{part.credit_note_number.clone()}</a><small>"used when it was issued"</small></span><Money amount=part.amount /></li>
    }).collect_view();
    (!used.is_empty()).then(|| view! { <Panel title="Credit applied"><ul class="rows-flat">{rows}</ul></Panel> })
}

/// What is recorded of money that came for an invoice.
fn received(invoice: &Invoice) -> Received {
    let id = invoice.id;
    Received {
        programme: invoice.programme_id,
        from: invoice.buyer.name.clone(),
        currency: invoice.open.currency,
        suggested: Some(invoice.open),
        then: format!("Invoice {} is paid", invoice.number),
        record: Arc::new(move |body, key| {
            async move { api::invoices::record_payment(id, &body, &key).await }.boxed_local()
        }),
    }
}
