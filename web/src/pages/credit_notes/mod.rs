//! Credit notes: what was taken off an invoice.

use leptos::prelude::*;
use tradepost_contract::CreditNoteId;
use tradepost_contract::credit_notes::CreditNote;

use crate::api;
use crate::format::money;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::kit::load::{Loaded, Loader};
use crate::routes::{ConsoleRoute, Route};
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::stat::Stat;
use crate::ui::time::{Shown, Time};

/// All credit notes.
#[component]
pub fn CreditNotes() -> impl IntoView {
    let list = List::new("credit-notes", api::credit_notes::list_credit_notes)
        .empty(
            "No credit notes yet",
            "An approved return of an invoiced lead makes one.",
        )
        .link(|note: &CreditNote| Some(Route::Console(ConsoleRoute::CreditNote(note.id))))
        .filter(Filter::Text {
            name: "number",
            placeholder: "Number",
        })
        .filter(Filter::programme())
        .column(Column::text("number", "Number", |note: &CreditNote| note.number.clone()).on_card(Card::Title))
        .column(Column::text("supplier", "Supplier", |note: &CreditNote| {
            note.supplier_name.clone()
        }))
        .column(Column::text("reason", "Reason", |note: &CreditNote| {
            note.reason.clone()
        }))
        .column(Column::text("invoice", "Invoice", |note: &CreditNote| {
            note.invoice_number.clone()
        }))
        .column(Column::new(
            "issued",
            "Issued",
            |note: &CreditNote| view! { <Time at=note.issued_at shown=Shown::Day /> },
            |note| note.issued_at.to_string(),
        ))
        .column(
            Column::new(
                "total",
                "Total",
                |note: &CreditNote| view! { <Money amount=note.total /> },
                |note| money::decimal(note.total),
            )
            .numeric()
            .on_card(Card::Aside),
        )
        .column(
            Column::new(
                "balance",
                "Left",
                |note: &CreditNote| (note.balance.minor != 0).then(|| view! { <Money amount=note.balance /> }),
                |note| money::decimal(note.balance),
            )
            .numeric(),
        );
    view! {
        <PageHead title="Credit notes" />
        <ListView list />
    }
}

/// One credit note.
#[component]
pub fn CreditNotePage(
    /// Which.
    id: CreditNoteId,
) -> impl IntoView {
    let note = Loader::new(move || api::credit_notes::get_credit_note(id));
    view! { <Loaded loader=note let:note><Body note /></Loaded> }
}

#[component]
fn Body(note: CreditNote) -> impl IntoView {
    let supplier = note.supplier_id;
    view! {
        <PageHead title=format!("Credit note {}", note.number) back=(Route::Console(ConsoleRoute::CreditNotes).path(), "Credit notes") subtitle=note.reason />
        <div class="stats">
            <Stat label="Credited" value=money::text(note.total) note=format!("{} net, {} tax", money::text(note.net), money::text(note.tax)) />
            <Stat label="Set off" value=money::text(note.applied) />
            <Stat label="Left" value=money::text(note.balance) />
        </div>
        <Panel title="What it corrects">
            <Facts>
                <Fact name="Supplier"><a href=Route::Console(ConsoleRoute::Supplier(supplier)).path()>{note.supplier_name}</a></Fact>
                <Fact name="Invoice"><a href=Route::Console(ConsoleRoute::Invoice(note.invoice_id)).path()>{note.invoice_number}</a></Fact>
                {note.return_request_id.map(|id| view! { <Fact name="Return"><a href=Route::Console(ConsoleRoute::Return(id)).path()>"Open the return"</a></Fact> })}
                <Fact name="Issued"><Time at=note.issued_at programme=note.programme_id /></Fact>
            </Facts>
        </Panel>
    }
}
