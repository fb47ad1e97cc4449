//! The statement of a supplier's account: any range of days, to read and to keep.

use leptos::prelude::*;
use tradepost_contract::statements::{Statement, StatementAccount, StatementEntry};
use tradepost_contract::{InvoiceId, LocalDate, SupplierId};

use crate::api;
use crate::api::files::File;
use crate::clock;
use crate::format::{money, time};
use crate::kit::download::DownloadButton;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::session;
use crate::ui::button::Button;
use crate::ui::field::DateField;
use crate::ui::money::Money;
use crate::ui::page::Panel;
use crate::ui::stat::Stat;

/// The days that are asked for at first: the last three months.
fn usual_days() -> (String, String) {
    let zone = session::own_programme().map_or_else(|| "UTC".to_owned(), |programme| programme.time_zone);
    let to = time::iso_day(untrack(clock::now), &zone);
    let from = to.parse::<LocalDate>().map(|day| day.plus_days(-90).to_string());
    (from.unwrap_or_else(|_| to.clone()), to)
}

/// A statement with its range.
#[component]
pub fn StatementView(
    /// Whose.
    supplier: SupplierId,
    /// Where an invoice stands on this side.
    link: fn(InvoiceId) -> String,
) -> impl IntoView {
    let (from, to) = usual_days();
    let days = RwSignal::new((from.clone(), to.clone()));
    let form = Form::new("statement");
    let (first, last) = (form.field("/from", from), form.field("/to", to));
    let show = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (from, to) = (first.text(), last.text());
        let mut wrong = Vec::new();
        for (field, text) in [(first, &from), (last, &to)] {
            if text.parse::<LocalDate>().is_err() {
                wrong.push(field.refusal("invalid", "A day."));
            }
        }
        if wrong.is_empty() && from > to {
            wrong.push(last.refusal("invalid", "Not before the first day."));
        }
        if !form.refuse(wrong) {
            days.set((from, to));
        }
    };
    let statement = Loader::new(move || {
        let (from, to) = days.get();
        let query = ListQuery::default().with("from", from).with("to", to);
        api::statements::get_statement(supplier, query)
    });
    let name = move |ending: &str| {
        let (from, to) = days.get();
        format!("statement-{from}-{to}.{ending}")
    };
    let pdf = Signal::derive(move || {
        let (from, to) = days.get();
        File::StatementPdf(supplier, from, to)
    });
    let csv = Signal::derive(move || {
        let (from, to) = days.get();
        File::StatementCsv(supplier, from, to)
    });
    view! {
        <form class="range" on:submit=show novalidate>
            <DateField field=first label="From" />
            <DateField field=last label="To" />
            <Button submit=true>"Show"</Button>
            <DownloadButton file=pdf name=Signal::derive(move || name("pdf")) label="PDF" />
            <DownloadButton file=csv name=Signal::derive(move || name("csv")) label="CSV" />
        </form>
        <Loaded loader=statement shape=Shape::Rows(8) let:statement><Accounts statement link /></Loaded>
    }
}

#[component]
fn Accounts(statement: Statement, link: fn(InvoiceId) -> String) -> impl IntoView {
    statement
        .accounts
        .into_iter()
        .map(|account| view! { <Account account link /> })
        .collect_view()
}

#[component]
fn Account(account: StatementAccount, link: fn(InvoiceId) -> String) -> impl IntoView {
    let title = account.legal_entity_name.clone();
    let refunded = (account.refunded.minor != 0).then(|| format!("{} refunded", money::text(account.refunded)));
    let rows = account
        .entries
        .iter()
        .rev()
        .map(|entry| view! { <Row entry=entry.clone() link /> })
        .collect_view();
    let none = account.entries.is_empty();
    view! {
        <div class="stats">
            <Stat label="Opening balance" value=money::text(account.opening) />
            <Stat label="Invoiced" value=money::text(account.invoiced) />
            <Stat label="Paid" value=money::text(account.paid) />
            <Stat label="Credited" value=money::text(account.credited) note=refunded.unwrap_or_default() />
            <Stat label="Closing balance" value=money::text(account.closing) />
        </div>
        <Panel title>
            {if none {
                view! { <p class="panel-none">"Nothing moved in these days."</p> }.into_any()
            } else {
                view! {
                    <div class="table-frame" role="region" aria-label="Movements" tabindex="0">
                        <table class="table statement">
                            <thead><tr><th scope="col">"Date"</th><th scope="col">"What"</th><th scope="col" class="numeric">"Amount"</th><th scope="col" class="numeric">"Balance"</th></tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }
                .into_any()
            }}
        </Panel>
    }
}

#[component]
fn Row(entry: StatementEntry, link: fn(InvoiceId) -> String) -> impl IntoView {
    let text = match entry.invoice_id {
        Some(invoice) => view! { <a href=link(invoice)>{entry.text}</a> }.into_any(),
        None => view! { <span>{entry.text}</span> }.into_any(),
    };
    view! {
        <tr>
            <td>{time::date(entry.on)}</td>
            <th scope="row">{text}</th>
            <td class="numeric"><Money amount=entry.amount /></td>
            <td class="numeric"><Money amount=entry.balance /></td>
        </tr>
    }
}
