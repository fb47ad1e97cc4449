//! The invoice that comes next, as it stands now.

use leptos::prelude::*;
use tradepost_contract::next_invoices::{NextInvoice, NextInvoiceLine, NextLineFate};
use tradepost_contract::{DeliveryId, LeadId, SupplierId};

use crate::api;
use crate::format::{money, share, time};
use crate::kit::list::{Card, Column, List, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::Route;
use crate::ui::badge::{Badge, Tone};
use crate::ui::money::Money;
use crate::ui::page::Panel;
use crate::ui::stat::Stat;
use crate::ui::taxes::{TaxNotes, TaxRows};
use crate::ui::time::{Shown, Time};

/// The next invoice and its lines.
#[component]
pub fn NextInvoiceView(
    /// Whose.
    supplier: SupplierId,
    /// Where a lead stands on this side.
    link: fn(LeadId, DeliveryId) -> Route,
) -> impl IntoView {
    let next = Loader::new(move || api::statements::get_next_invoice(supplier));
    view! { <Loaded loader=next shape=Shape::Tile let:next><Summary next /><Lines supplier link /></Loaded> }
}

#[component]
fn Summary(next: NextInvoice) -> impl IntoView {
    let period = format!(
        "{} – {}",
        time::date(next.starts_on),
        time::date(next.ends_before.plus_days(-1))
    );
    let mut aside = Vec::new();
    for (count, words) in [
        (next.disputed, "disputed"),
        (next.waiting, "wait for a later invoice"),
        (next.later, "delivered after this period"),
    ] {
        if count > 0 {
            aside.push(format!("{} {words}", share::count(count)));
        }
    }
    let row = |name: &'static str, amount, strong: bool| {
        let class = if strong { "total strong" } else { "total" };
        view! { <div class=class><dt>{name}</dt><dd><Money amount /></dd></div> }
    };
    view! {
        <div class="stats">
            <Stat label="Made on" value=time::short_date(next.runs_on) note=period />
            <Stat label="Leads so far" value=share::count(next.lines) note=aside.join(", ") />
            <Stat label="To pay" value=money::text(next.to_pay) note="If nothing changes until then." />
        </div>
        <Panel title="What it comes to">
            <dl class="totals">
                {row("Net", next.net, false)}
                <TaxRows taxes=next.taxes.clone() />
                {row("Total", next.total, true)}
                {(next.prepaid.minor != 0).then(|| row("Paid by the wallet", next.prepaid.negated().unwrap_or(next.prepaid), false))}
                {(next.credit.minor != 0).then(|| row("Credit applied", next.credit.negated().unwrap_or(next.credit), false))}
                {row("To pay", next.to_pay, true)}
            </dl>
            <TaxNotes taxes=next.taxes />
        </Panel>
    }
}

const fn fate(line: &NextInvoiceLine) -> (&'static str, Tone) {
    match (line.disputed, line.fate) {
        (true, NextLineFate::Billed) => ("Disputed", Tone::Warn),
        (true, NextLineFate::Waiting | NextLineFate::Later) => ("Disputed, waits", Tone::Warn),
        (false, NextLineFate::Billed) => ("On the invoice", Tone::Neutral),
        (false, NextLineFate::Waiting) => ("Waits", Tone::Info),
        (false, NextLineFate::Later) => ("Later", Tone::Info),
    }
}

#[component]
fn Lines(supplier: SupplierId, link: fn(LeadId, DeliveryId) -> Route) -> impl IntoView {
    let list = List::new("next-invoice", move |query| {
        api::statements::list_next_invoice_lines(supplier, query)
    })
    .empty(
        "Nothing to invoice",
        "Leads stand here from their delivery to their invoice.",
    )
    .link(move |line: &NextInvoiceLine| Some(link(line.lead_id, line.delivery_id)))
    .column(
        Column::text("lead", "Lead", |line: &NextInvoiceLine| {
            line.lead_name.clone().unwrap_or_else(|| line.description.clone())
        })
        .on_card(Card::Title),
    )
    .column(Column::text("what", "What", |line: &NextInvoiceLine| line.description.clone()).on_card(Card::Below))
    .column(
        Column::text("business", "Business", |line: &NextInvoiceLine| {
            line.business_name.clone()
        })
        .on_card(Card::Below),
    )
    .column(Column::new(
        "delivered",
        "Delivered",
        |line: &NextInvoiceLine| view! { <Time at=line.delivered_at shown=Shown::Day /> },
        |line| line.delivered_at.to_string(),
    ))
    .column(Column::new(
        "fate",
        "Next invoice",
        |line: &NextInvoiceLine| {
            let (text, tone) = fate(line);
            view! { <Badge text tone /> }
        },
        |line| fate(line).0.to_owned(),
    ))
    .column(
        Column::new(
            "price",
            "Price",
            |line: &NextInvoiceLine| view! { <Money amount=line.price /> },
            |line| money::decimal(line.price),
        )
        .numeric()
        .on_card(Card::Aside),
    );
    view! { <h2 class="section-head">"Leads not invoiced yet"</h2><ListView list /> }
}
