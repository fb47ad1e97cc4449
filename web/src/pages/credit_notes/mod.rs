//! Credit notes: what was taken off an invoice.

use leptos::prelude::*;
use tradepost_contract::CreditNoteId;
use tradepost_contract::credit_notes::{CreditNote, CreditRefund, RecordCreditRefund};
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::api::files::File;
use crate::clock;
use crate::format::money;
use crate::format::time::{date, iso_day};
use crate::kit::confirm::confirm;
use crate::kit::download::DownloadButton;
use crate::kit::form::Form;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::{DateField, TextField};
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::FormProblem;
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
                |note: &CreditNote| (note.left.minor != 0).then(|| view! { <Money amount=note.left /> }),
                |note| money::decimal(note.left),
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
    let refunds = Loader::new(move || api::credit_notes::list_credit_refunds(id));
    let reload = Callback::new(move |()| {
        note.reload();
        refunds.reload();
    });
    view! {
        <Loaded loader=note let:note><Body note reload /></Loaded>
        <Loaded loader=refunds shape=Shape::Tile let:refunds><Refunds refunds=refunds.data /></Loaded>
    }
}

#[component]
fn Body(note: CreditNote, reload: Callback<()>) -> impl IntoView {
    let supplier = note.supplier_id;
    let open = RwSignal::new(false);
    let refundable = note.left.minor > 0 && session::may(Permission::PaymentsRecord);
    let for_form = note.clone();
    view! {
        <PageHead title=format!("Credit note {}", note.number) back=(Route::Console(ConsoleRoute::CreditNotes).path(), "Credit notes") subtitle=note.reason>
            <DownloadButton file=File::CreditNotePdf(note.id) name=format!("{}.pdf", note.number) label="PDF" />
            <div class="verdicts">{refundable.then(|| view! { <Button on_click=Callback::new(move |()| open.set(true))>"Record a refund"</Button> })}</div>
        </PageHead>
        <div class="stats">
            <Stat label="Credited" value=money::text(note.total) note=format!("{} net, {} tax", money::text(note.net), money::text(note.tax)) />
            <Stat label="Taken off its invoice" value=money::text(note.applied) />
            <Stat label="Used by later invoices" value=money::text(note.used) />
            <Stat label="Refunded" value=money::text(note.refunded) />
            <Stat label="Left" value=money::text(note.left) note="Used up by the next invoice." />
        </div>
        <Panel title="What it corrects">
            <Facts>
                <Fact name="Supplier"><a href=Route::Console(ConsoleRoute::Supplier(supplier)).path()>{note.supplier_name}</a></Fact>
                <Fact name="Invoice"><a href=Route::Console(ConsoleRoute::Invoice(note.invoice_id)).path()>{note.invoice_number}</a></Fact>
                {note.return_request_id.map(|id| view! { <Fact name="Return"><a href=Route::Console(ConsoleRoute::Return(id)).path()>"Open the return"</a></Fact> })}
                <Fact name="Issued"><Time at=note.issued_at programme=note.programme_id /></Fact>
            </Facts>
        </Panel>
        <Dialog open title=Signal::stored(format!("Refund of {}", for_form.number))><RefundForm note=for_form.clone() open done=reload /></Dialog>
    }
}

/// What was paid out of it.
#[component]
fn Refunds(refunds: Vec<CreditRefund>) -> impl IntoView {
    let rows = refunds
        .iter()
        .map(|refund| {
            let about = format!("{} · sent on {}", refund.reason, date(refund.refunded_on));
            view! { <li class="row-flat"><span class="row-text"><strong>{refund.reference.clone()}</strong><small>{about}</small></span><Money amount=refund.amount /></li> }
        })
        .collect_view();
    (!refunds.is_empty()).then(|| view! { <Panel title="Refunds"><ul class="rows-flat">{rows}</ul></Panel> })
}

#[component]
fn RefundForm(note: CreditNote, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let form = Form::new("credit-refund");
    let zone = session::programme(note.programme_id).map_or_else(|| "UTC".to_owned(), |programme| programme.time_zone);
    let amount = form.field("/amount", money::decimal(note.left));
    let reference = form.field("/reference", "");
    let sent = form.field("/refunded_on", iso_day(untrack(clock::now), &zone));
    let reason = form.field("/reason", "");
    let (id, currency, supplier) = (note.id, note.left.currency, note.supplier_name);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let money = money::parse(&amount.text(), currency);
        if money.is_none() {
            wrong.push(amount.refusal("invalid", "An amount such as 45.00."));
        }
        if reference.text().is_empty() {
            wrong.push(reference.refusal("required", "What the bank's statement says."));
        }
        if reason.text().is_empty() {
            wrong.push(reason.refusal("required", "Why it is paid out and not kept for the next invoice."));
        }
        let day = sent.text().parse().ok();
        if day.is_none() {
            wrong.push(sent.refusal("invalid", "The day the money was sent."));
        }
        if form.refuse(wrong) {
            return;
        }
        let (Some(money), Some(refunded_on)) = (money, day) else {
            return;
        };
        let shown = money::text(money);
        let body = RecordCreditRefund {
            amount: Some(money),
            reference: reference.text(),
            refunded_on,
            reason: reason.text(),
        };
        confirm(
            format!("Record a refund of {shown} to {supplier}?"),
            "The money was sent by bank transfer. A refund is not taken back.",
            format!("Record {shown}"),
            false,
            move || {
                let body = body.clone();
                form.submit(
                    move |key| async move { api::credit_notes::record_credit_refund(id, &body, &key).await },
                    move |_| {
                        toast::done("Recorded");
                        open.set(false);
                        done.run(());
                    },
                );
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <div class="form-grid">
                <TextField field=amount label=format!("Amount in {currency}") />
                <DateField field=sent label="Sent on" />
            </div>
            <TextField field=reference label="Reference" hint="As on the statement of the bank." />
            <TextField field=reason label="Why" />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Record the refund"</Button>
            </div>
        </form>
    }
}
