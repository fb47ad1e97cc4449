//! The supplier's questions: what was asked, what was answered, and asking something new (R34, R83).

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::support_tickets::{SupportThread, SupportTicket, TicketAction, TicketStatus};
use tradepost_contract::{SupplierId, SupportTicketId};

use super::statement::{nobody, own_account};
use crate::api;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::support::{About, Ask, Thread, Write, standing, topic_text};
use crate::router;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::Look;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::reason::PlainAction;
use crate::ui::time::{Shown, Time};

/// The questions of the account.
#[component]
pub fn SupportPage() -> impl IntoView {
    let list = List::new("support-tickets", api::support_tickets::list_support_tickets)
        .empty("Nothing asked yet", "What you ask us is kept here, with our answers.")
        .link(|ticket: &SupportTicket| Some(Route::Portal(PortalRoute::SupportTicket(ticket.id))))
        .filter(Filter::Choice {
            name: "status",
            title: "Status",
            options: TicketStatus::ALL
                .iter()
                .map(|status| (status.as_str().to_owned(), status.label()))
                .collect(),
            many: true,
        })
        .column(Column::text("subject", "Question", |ticket: &SupportTicket| ticket.subject.clone()).on_card(Card::Title))
        .column(
            Column::new(
                "status",
                "Status",
                |ticket: &SupportTicket| status_badge(ticket.status),
                |ticket| ticket.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("topic", "About", |ticket: &SupportTicket| topic_text(ticket.topic).to_owned()).on_card(Card::Below))
        .column(Column::new(
            "written",
            "Last message",
            |ticket: &SupportTicket| view! { <Time at=ticket.last_written_at shown=Shown::Relative programme=ticket.programme_id /> },
            |ticket| ticket.last_written_at.to_string(),
        ));
    view! {
        <PageHead title="Questions" back=(Route::Portal(PortalRoute::Help).path(), "Help") subtitle="What you asked us, and our answers.">
            <a class="button primary" href=Route::Portal(PortalRoute::AskSupport).path()>"Ask a question"</a>
        </PageHead>
        <ListView list />
    }
}

/// A new question.
#[component]
pub fn AskSupportPage() -> impl IntoView {
    let body = match own_account() {
        Some(supplier) => view! { <Asking supplier /> }.into_any(),
        None => nobody(),
    };
    view! {
        <PageHead title="Ask a question" back=(Route::Portal(PortalRoute::Support).path(), "Questions") />
        {body}
    }
}

#[component]
fn Asking(supplier: SupplierId) -> impl IntoView {
    let promise = Loader::new(move || api::support_tickets::get_support_promise(supplier));
    let about = untrack(|| {
        router::address().with(|address| About {
            delivery: address.query.get("lead").and_then(|id| id.parse().ok()),
            invoice: address.query.get("invoice").and_then(|id| id.parse().ok()),
        })
    });
    let done = Callback::new(|ticket: SupportTicket| {
        router::replace(&Route::Portal(PortalRoute::SupportTicket(ticket.id)).path());
    });
    let programme = session::own_programme().map(|programme| programme.id);
    view! { <Loaded loader=promise shape=Shape::Rows(4) let:promise><Ask supplier promise about programme done /></Loaded> }
}

/// One question with its answers.
#[component]
pub fn SupportTicketPage(
    /// Which.
    id: SupportTicketId,
) -> impl IntoView {
    let loader = Loader::new(move || api::support_tickets::get_support_ticket(id));
    view! { <Loaded loader let:thread><Ticket thread loader /></Loaded> }
}

#[component]
fn Ticket(thread: SupportThread, loader: Loader<SupportThread>) -> impl IntoView {
    let ticket = thread.ticket.clone();
    let (id, version, programme) = (ticket.id, ticket.version, ticket.programme_id);
    let reload = Callback::new(move |()| loader.reload());
    let close = thread.allowed_actions.contains(&TicketAction::Close).then(|| view! {
        <PlainAction label="Close" look=Look::Quiet said="Closed" done=reload
            run=Box::new(move |_, key| async move { api::support_tickets::close_support_ticket(id, version, &key).await.map(drop) }.boxed_local()) />
    });
    let lead = ticket.delivery_id.map(|id| {
        view! { <Fact name="Lead"><a href=Route::Portal(PortalRoute::Lead(id)).path()>"The lead it is about"</a></Fact> }
    });
    let invoice = ticket.invoice_id.map(|id| {
        view! { <Fact name="Invoice"><a href=Route::Portal(PortalRoute::Invoice(id)).path()>"The invoice it is about"</a></Fact> }
    });
    let call = ticket.call_back_phone.as_deref().map(crate::format::phone::readable);
    let stands = standing(&ticket);
    view! {
        <PageHead title=ticket.subject.clone() back=(Route::Portal(PortalRoute::Support).path(), "Questions") subtitle=topic_text(ticket.topic)>
            {stands}
            <div class="verdicts">{close}</div>
        </PageHead>
        <div class="columns">
            <section class="panel">
                <Thread thread />
                <Write id status=ticket.status done=reload />
            </section>
            <Panel title="This question">
                <Facts>
                    <Fact name="Asked by">{ticket.opened_by_name.clone()}</Fact>
                    <Fact name="Asked"><Time at=ticket.opened_at shown=Shown::Full programme /></Fact>
                    {ticket.assigned_to_name.clone().map(|name| view! { <Fact name="Looked after by">{name}</Fact> })}
                    {ticket.reply_due_at.map(|at| view! { <Fact name="Answer by"><Time at shown=Shown::Full programme /></Fact> })}
                    {call.map(|number| view! { <Fact name="We call you at">{number}</Fact> })}
                    {lead}
                    {invoice}
                </Facts>
            </Panel>
        </div>
    }
}
