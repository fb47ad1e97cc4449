//! One invoice: who owes whom what, a line a lead, what was credited and paid. Printed, it is the invoice.

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradepost_contract::credit_notes::CreditNote;
use tradepost_contract::invoices::{Invoice, InvoiceLine, InvoiceParty};
use tradepost_contract::payments::Payment;
use tradepost_contract::{DeliveryId, InvoiceId, Money as Amount, Timestamp};

use super::invoices::period;
use crate::api;
use crate::browser;
use crate::format::{share, time, words};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::deliveries::list::lead_name;
use crate::routes::{PortalRoute, Route};
use crate::ui::badge::status_badge;
use crate::ui::button::Button;
use crate::ui::money::Money;
use crate::ui::page::{PageHead, Panel};
use crate::ui::time::{Shown, Time};

/// Lines come a hundred at a time; an invoice with more than this many pages of them is none of ours.
const MOST_PAGES: usize = 100;

/// One invoice.
#[component]
pub fn InvoicePage(
    /// Which.
    id: InvoiceId,
) -> impl IntoView {
    let invoice = Loader::new(move || api::invoices::get_invoice(id));
    view! { <Loaded loader=invoice let:invoice><InvoiceView invoice /></Loaded> }
}

/// The lines, and who the leads behind them are.
#[derive(Debug, Clone, PartialEq)]
struct Content {
    lines: Vec<InvoiceLine>,
    names: BTreeMap<DeliveryId, String>,
}

async fn content(id: InvoiceId) -> api::Result<Content> {
    let lines = all_lines(id).await?;
    // An invoice is worth reading without the names, by those who may see money and no leads.
    let names = names(&lines).await.unwrap_or_default();
    Ok(Content { lines, names })
}

/// The names of the leads of some lines: the API's lines have ids only, so the leads that were delivered in
/// the same span are read.
async fn names(lines: &[InvoiceLine]) -> api::Result<BTreeMap<DeliveryId, String>> {
    let days = || lines.iter().filter_map(|line| line.delivered_at);
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return Ok(BTreeMap::new());
    };
    let mut names = BTreeMap::new();
    let after_the_last = Timestamp::from_seconds(last.as_seconds() + 1);
    let span = ListQuery::first(100)
        .with("delivered_from", first.to_string())
        .with("delivered_before", after_the_last.to_string());
    let mut query = span.clone();
    for _ in 0..MOST_PAGES {
        let page = api::deliveries::list_deliveries(query).await?;
        names.extend(page.data.iter().map(|lead| (lead.id, lead_name(lead))));
        match page.next_cursor {
            Some(cursor) => query = span.clone().with("cursor", cursor),
            None => break,
        }
    }
    Ok(names)
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
fn InvoiceView(invoice: Invoice) -> impl IntoView {
    let id = invoice.id;
    let lines = Loader::new(move || content(id));
    let credits = Loader::new(move || async move {
        let query = ListQuery::first(100).with("invoice_id", id.to_string());
        Ok(api::credit_notes::list_credit_notes(query).await?.data)
    });
    let payments = Loader::new(move || async move { Ok(api::invoices::list_invoice_payments(id).await?.data) });
    let print = Callback::new(|()| {
        // A browser that cannot print does nothing.
        let _ = browser::window().print();
    });
    let for_lines = invoice.clone();
    view! {
        <PageHead title=format!("Invoice {}", invoice.number) back=(Route::Portal(PortalRoute::Invoices).path(), "Invoices") subtitle=period(&invoice)>
            {status_badge(invoice.status)}
            <Button on_click=print icon=icondata_lu::LuPrinter>"Print"</Button>
        </PageHead>
        <article class="sheet">
            <div class="parties">
                <Party role="From" party=invoice.seller.clone() />
                <Party role="To" party=invoice.buyer.clone() />
                <dl class="party sheet-dates">
                    <div><dt>"Issued"</dt><dd><Time at=invoice.issued_at shown=Shown::Day /></dd></div>
                    <div><dt>"Due"</dt><dd>{time::date(invoice.due_on)}</dd></div>
                    {invoice.collect_on.map(|day| view! { <div><dt>"Collected"</dt><dd>{time::date(day)}</dd></div> })}
                    <div><dt>"Leads"</dt><dd>{share::count(invoice.line_count)}</dd></div>
                </dl>
            </div>
            <Loaded loader=lines shape=Shape::Rows(8) let:content><Lines content invoice=for_lines.clone() /></Loaded>
            <Totals invoice=invoice.clone() />
        </article>
        <div class="columns">
            <Loaded loader=credits shape=Shape::Tile let:notes><Credits notes /></Loaded>
            <Loaded loader=payments shape=Shape::Tile let:payments><Payments payments /></Loaded>
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
fn Lines(content: Content, invoice: Invoice) -> impl IntoView {
    let Content { lines, names } = content;
    let rows = lines
        .into_iter()
        .map(|line| {
            let (text, credited) = (line.description, line.credited.minor != 0);
            let name = line.delivery_id.and_then(|delivery| names.get(&delivery).cloned());
            let text = match (line.delivery_id, name) {
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
    let tax = format!("{} {}", invoice.tax_label, share::percent(Some(invoice.tax_rate)));
    let row = |name: String, amount: Amount, strong: bool| {
        let class = if strong { "total strong" } else { "total" };
        view! { <div class=class><dt>{name}</dt><dd><Money amount /></dd></div> }
    };
    view! {
        <dl class="totals">
            {row("Net".to_owned(), invoice.net, false)}
            {row(tax, invoice.tax, false)}
            {row("Total".to_owned(), invoice.total, true)}
            {(invoice.credited.minor != 0).then(|| row("Credited".to_owned(), invoice.credited, false))}
            {(invoice.paid.minor != 0).then(|| row("Paid".to_owned(), invoice.paid, false))}
            {row("Open".to_owned(), invoice.open, true)}
        </dl>
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
            let method = words::sentence(payment.method.as_str());
            view! {
                <li><span class="row-item">
                    <span class="row-text"><strong>{method}</strong><small>{payment.reference}" · "{payment.received_on.map_or_else(|| words::sentence(payment.status.as_str()), time::date)}</small></span>
                    <span class="row-side"><Money amount=payment.amount /></span>
                </span></li>
            }
        })
        .collect_view();
    view! { <Panel title="Payments"><ul class="rows">{rows}</ul></Panel> }.into_any()
}
