//! One invoice: who owes whom what, a line a lead, what was credited and paid. Printed, it is the invoice.

use leptos::prelude::*;
use tradepost_contract::credit_notes::CreditNote;
use tradepost_contract::invoices::{Invoice, InvoiceLine, InvoiceParty};
use tradepost_contract::payments::Payment;
use tradepost_contract::{InvoiceId, Money as Amount};

use super::invoices::period;
use super::paying::PayingNews;
use crate::api;
use crate::api::files::File;
use crate::browser;
use crate::format::{money, share, time};
use crate::kit::download::DownloadButton;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{PortalRoute, Route};
use crate::ui::badge::status_badge;
use crate::ui::button::{Button, Look};
use crate::ui::money::Money;
use crate::ui::page::{PageHead, Panel};
use crate::ui::paying::method_name;
use crate::ui::taxes::{TaxNotes, TaxRows};
use crate::ui::time::{Shown, Time};

/// Lines come a hundred at a time; an invoice with more than this many pages of them is none of ours.
const MOST_PAGES: usize = 100;

/// One invoice.
#[component]
pub fn InvoicePage(
    /// Which.
    id: InvoiceId,
) -> impl IntoView {
    // Both at once, so that what is open and what is on its way never contradict each other on the page.
    let both = Loader::new(move || async move {
        let payments = api::invoices::list_invoice_payments(id);
        let (invoice, payments) = futures_util::future::try_join(api::invoices::get_invoice(id), payments).await?;
        Ok((invoice, payments.data))
    });
    let reload = Callback::new(move |()| both.reload());
    view! { <Loaded loader=both let:both><InvoiceView invoice=both.0 payments=both.1 reload /></Loaded> }
}

/// All lines: a printed invoice has no pager.
async fn all_lines(id: InvoiceId) -> api::Result<Vec<InvoiceLine>> {
    let mut lines = Vec::new();
    let mut query = ListQuery::first(100);
    for _ in 0..MOST_PAGES {
        let page = api::invoices::list_invoice_lines(id, query).await?;
        lines.extend(page.data);
        match page.next_cursor {
            Some(cursor) => query = ListQuery::first(100).with("cursor", cursor),
            None => break,
        }
    }
    Ok(lines)
}

#[component]
fn InvoiceView(invoice: Invoice, payments: Vec<Payment>, reload: Callback<()>) -> impl IntoView {
    let id = invoice.id;
    let lines = Loader::new(move || all_lines(id));
    let credits = Loader::new(move || async move {
        let query = ListQuery::first(100).with("invoice_id", id.to_string());
        Ok(api::credit_notes::list_credit_notes(query).await?.data)
    });
    let print = Callback::new(|()| {
        // A browser that cannot print does nothing.
        let _ = browser::window().print();
    });
    let for_lines = invoice.clone();
    let (pdf_name, csv_name) = (
        format!("{}.pdf", invoice.number),
        format!("{}-lines.csv", invoice.number),
    );
    view! {
        <PageHead title=format!("Invoice {}", invoice.number) back=(Route::Portal(PortalRoute::Invoices).path(), "Invoices") subtitle=period(&invoice)>
            {status_badge(invoice.status)}
            <DownloadButton file=File::InvoicePdf(id) name=pdf_name label="PDF" />
            <DownloadButton file=File::InvoiceLines(id) name=csv_name label="CSV" />
            <Button look=Look::Quiet on_click=print icon=icondata_lu::LuPrinter>"Print"</Button>
        </PageHead>
        <PayingNews invoice=invoice.clone() payments=payments.clone() reload />
        <article class="sheet">
            <div class="parties">
                <Party role="From" party=invoice.seller.clone() />
                <Party role="To" party=invoice.buyer.clone() />
                <dl class="party sheet-dates">
                    <div><dt>"Issued"</dt><dd><Time at=invoice.issued_at shown=Shown::Day /></dd></div>
                    <div><dt>"Due"</dt><dd>{time::date(invoice.due_on)}</dd></div>
                    {invoice.collect_on.map(|day| view! { <div><dt>"Collection day"</dt><dd>{time::date(day)}</dd></div> })}
                    <div><dt>"Leads"</dt><dd>{share::count(invoice.line_count)}</dd></div>
                </dl>
            </div>
            <Loaded loader=lines shape=Shape::Rows(8) let:lines><Lines lines invoice=for_lines.clone() /></Loaded>
            <Totals invoice=invoice.clone() />
        </article>
        <div class="columns">
            <Loaded loader=credits shape=Shape::Tile let:notes><Credits notes /></Loaded>
            <Payments payments />
        </div>
    }
}

#[component]
fn Party(role: &'static str, party: InvoiceParty) -> impl IntoView {
    view! {
        <div class="party">
            <h2>{role}</h2>
            <p><strong>{party.name}</strong></p>
            {party.trading_as.map(|name| view! { <p>{name}</p> })}
            <p class="party-address">{party.address}</p>
            {party.tax_id.map(|number| view! { <p class="muted">"Tax number "{number}</p> })}
        </div>
    }
}

#[component]
fn Lines(lines: Vec<InvoiceLine>, invoice: Invoice) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let (text, credited) = (line.description, line.credited.minor != 0);
            let text = match (line.delivery_id, line.lead_name) {
                (Some(delivery), Some(name)) => view! {
                    <a class="line-lead" href=Route::Portal(PortalRoute::Lead(delivery)).path()>{name}</a>
                    <small class="line-what">{text}</small>
                }
                .into_any(),
                (Some(delivery), None) => view! { <a class="line-lead" href=Route::Portal(PortalRoute::Lead(delivery)).path()>{text}</a> }.into_any(),
                (None, _) => view! { <span>{text}</span> }.into_any(),
            };
            view! {
                <tr>
                    <td class="numeric line-position">{line.position}</td>
                    <th scope="row">{text}</th>
                    <td>{line.delivered_at.map(|at| view! { <Time at shown=Shown::Day /> })}</td>
                    <td class="numeric">{credited.then(|| view! { <span class="muted">"credited "</span><Money amount=line.credited /> })}</td>
                    <td class="numeric"><Money amount=line.net /></td>
                </tr>
            }
        })
        .collect_view();
    let caption = format!("The lines of invoice {}", invoice.number);
    view! {
        <div class="table-frame" role="region" aria-label=caption tabindex="0">
            <table class="table lines">
                <thead><tr><th scope="col" class="numeric line-position">"No."</th><th scope="col">"Lead"</th><th scope="col">"Delivered"</th><th scope="col" class="numeric"><span class="sr-only">"Credited"</span></th><th scope="col" class="numeric">"Net"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Totals(invoice: Invoice) -> impl IntoView {
    let pay = invoice.clone();
    let row = |name: &'static str, amount: Amount, strong: bool| {
        let class = if strong { "total strong" } else { "total" };
        view! { <div class=class><dt>{name}</dt><dd><Money amount /></dd></div> }
    };
    view! {
        <dl class="totals">
            {row("Net", invoice.net, false)}
            <TaxRows taxes=invoice.taxes.clone() />
            {row("Total", invoice.total, true)}
            {(invoice.credit_applied.minor != 0).then(|| row("Credit applied", invoice.credit_applied, false))}
            {(invoice.credited.minor != 0).then(|| row("Credited", invoice.credited, false))}
            {(invoice.paid.minor != 0).then(|| row("Paid", invoice.paid, false))}
            {row("Open", invoice.open, true)}
        </dl>
        <TaxNotes taxes=invoice.taxes />
        {(invoice.open.minor > 0).then(|| view! { <HowToPay invoice=pay /> })}
    }
}

/// How to pay, and what a card statement will say (R40).
#[component]
fn HowToPay(invoice: Invoice) -> impl IntoView {
    let seller = invoice.seller;
    view! {
        <div class="party">
            <h2>"How to pay"</h2>
            {seller.payment_instructions.map(|text| view! { <p class="party-address">{text}</p> })}
            <p>{format!("Quote {} with your payment.", invoice.number)}</p>
            {seller.statement_descriptor.map(|name| view! { <p class="muted">{format!("A card payment appears on your statement as {name}.")}</p> })}
        </div>
    }
}

#[component]
fn Credits(notes: Vec<CreditNote>) -> impl IntoView {
    if notes.is_empty() {
        return ().into_any();
    }
    let rows = notes
        .into_iter()
        .map(|note| {
            let text = view! { <span class="row-text"><strong>{note.number}</strong><small>{note.reason}" · "<Time at=note.issued_at shown=Shown::Day /></small></span><span class="row-side"><Money amount=note.total /></span> };
            let href = match (note.return_request_id, note.delivery_id) {
                (Some(request), _) => Some(Route::Portal(PortalRoute::Return(request)).path()),
                (None, Some(delivery)) => Some(Route::Portal(PortalRoute::Lead(delivery)).path()),
                (None, None) => None,
            };
            match href {
                Some(href) => view! { <li><a class="row-item" href=href>{text}</a></li> }.into_any(),
                None => view! { <li><span class="row-item">{text}</span></li> }.into_any(),
            }
        })
        .collect_view();
    view! { <Panel title="Credit notes"><ul class="rows">{rows}</ul></Panel> }.into_any()
}

#[component]
fn Payments(payments: Vec<Payment>) -> impl IntoView {
    if payments.is_empty() {
        return ().into_any();
    }
    let rows = payments
        .into_iter()
        .map(|payment| {
            let about = match payment.received_on {
                Some(day) => format!("{} · {}", payment.reference, time::date(day)),
                None => payment.reference,
            };
            let refunded = (payment.refunded.minor != 0).then(|| format!("{} given back", money::text(payment.refunded)));
            view! {
                <li><a class="row-item" href=Route::Portal(PortalRoute::Payment(payment.id)).path()>
                    <span class="row-text"><strong>{method_name(payment.method)}</strong><small>{about}</small></span>
                    <span class="row-side"><Money amount=payment.amount />{status_badge(payment.status)}{refunded}</span>
                </a></li>
            }
        })
        .collect_view();
    view! { <Panel title="Payments"><ul class="rows">{rows}</ul></Panel> }.into_any()
}
