//! Questions of suppliers: the list, and answering them (R34, R83).

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::SupportTicketId;
use tradepost_contract::permissions::Permission;
use tradepost_contract::support_tickets::{
    AssignSupportTicket, SupportThread, SupportTicket, TicketAction, TicketStatus, TicketTopic,
};

use crate::api;
use crate::format::phone;
use crate::kit::list::{Card, Column, Filter, List, ListQuery, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::support::{Thread, Write, standing, topic_text};
use crate::pages::events::EventTimeline;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::Status;
use crate::ui::button::Look;
use crate::ui::icon::Icon;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::reason::{Act, PlainAction};
use crate::ui::time::{Due, Shown, Time};

/// All questions, newest first.
#[component]
pub fn SupportTickets() -> impl IntoView {
    let statuses = TicketStatus::ALL
        .iter()
        .map(|status| (status.as_str().to_owned(), status.label()))
        .collect();
    let topics = TicketTopic::ALL
        .iter()
        .map(|topic| (topic.as_str().to_owned(), topic_text(*topic).to_owned()))
        .collect();
    let mut whose = Vec::new();
    if let Some(me) = session::me() {
        whose.push((me.id.to_string(), "Mine".to_owned()));
    }
    let list = List::new("support-tickets", api::support_tickets::list_support_tickets)
        .empty("No questions", "Suppliers ask in their portal; you write down what you are asked on the phone.")
        .link(|ticket: &SupportTicket| Some(Route::Console(ConsoleRoute::SupportTicket(ticket.id))))
        .filter(Filter::Choice { name: "status", title: "Status", options: statuses, many: true })
        .filter(Filter::Choice { name: "assigned_to", title: "Whose", options: whose, many: false })
        .filter(Filter::Choice { name: "late", title: "Time", options: vec![("true".to_owned(), "Late".to_owned())], many: false })
        .filter(Filter::Choice { name: "topic", title: "About", options: topics, many: true })
        .filter(Filter::programme())
        .column(Column::text("subject", "Question", |ticket: &SupportTicket| ticket.subject.clone()).on_card(Card::Title))
        .column(
            Column::new("status", "Status", standing, |ticket: &SupportTicket| ticket.status.label())
                .on_card(Card::Aside),
        )
        .column(Column::text("supplier", "Supplier", |ticket: &SupportTicket| ticket.supplier_name.clone()).on_card(Card::Below))
        .column(Column::text("topic", "About", |ticket: &SupportTicket| topic_text(ticket.topic).to_owned()))
        .column(Column::text("assigned", "Whose", |ticket: &SupportTicket| {
            ticket.assigned_to_name.clone().unwrap_or_default()
        }))
        .column(Column::new(
            "due",
            "Answer by",
            |ticket: &SupportTicket| ticket.reply_due_at.map(|at| view! { <Due at /> }),
            |ticket| ticket.reply_due_at.map(|at| at.to_string()).unwrap_or_default(),
        ))
        .column(Column::new(
            "written",
            "Last message",
            |ticket: &SupportTicket| view! { <Time at=ticket.last_written_at shown=Shown::Relative programme=ticket.programme_id /> },
            |ticket| ticket.last_written_at.to_string(),
        ));
    view! {
        <PageHead title="Questions" subtitle="What suppliers ask. What waits for us has the time by which we promised an answer." />
        <ListView list />
    }
}

/// One question, to be answered.
#[component]
pub fn SupportTicketPage(
    /// Which.
    id: SupportTicketId,
) -> impl IntoView {
    let loader = Loader::new(move || api::support_tickets::get_support_ticket(id));
    view! {
        <Loaded loader let:thread><Ticket thread loader /></Loaded>
        {session::may(Permission::EventsRead).then(|| view! { <EventTimeline subject=id.to_string() /> })}
    }
}

#[component]
fn Ticket(thread: SupportThread, loader: Loader<SupportThread>) -> impl IntoView {
    let reload = Callback::new(move |()| loader.reload());
    let ticket = thread.ticket.clone();
    let programme = ticket.programme_id;
    let supplier = Route::Console(ConsoleRoute::Supplier(ticket.supplier_id)).path();
    let lead = ticket.delivery_id.map(|id| {
        view! { <Fact name="Lead"><code>{id.to_string()}</code></Fact> }
    });
    let invoice = ticket.invoice_id.map(|id| {
        view! { <Fact name="Invoice"><a href=Route::Console(ConsoleRoute::Invoice(id)).path()>"The invoice it is about"</a></Fact> }
    });
    let call = ticket.call_back_phone.clone().map(|number| {
        view! {
            <Fact name="Wants a call"><a href=format!("tel:{number}")>{phone::readable(&number)}</a></Fact>
        }
    });
    let writes = session::may(Permission::SupportWrite)
        .then(|| view! { <Write id=ticket.id status=ticket.status done=reload /> });
    let acts = thread.clone();
    let stands = standing(&ticket);
    view! {
        <PageHead title=ticket.subject.clone() back=(Route::Console(ConsoleRoute::SupportTickets).path(), "Questions") subtitle=ticket.supplier_name.clone()>
            {stands}
            <Acts thread=acts reload />
        </PageHead>
        <div class="columns">
            <section class="panel">
                <Thread thread />
                {writes}
            </section>
            <Panel title="This question">
                <Facts>
                    <Fact name="Supplier"><a href=supplier>{ticket.supplier_name.clone()}</a></Fact>
                    <Fact name="About">{topic_text(ticket.topic)}</Fact>
                    {call}
                    <Fact name="Asked by">{ticket.opened_by_name.clone()}</Fact>
                    <Fact name="Asked"><Time at=ticket.opened_at shown=Shown::Full programme /></Fact>
                    <Fact name="Whose">{ticket.assigned_to_name.clone().unwrap_or_else(|| "Nobody's in particular".to_owned())}</Fact>
                    {ticket.reply_due_at.map(|at| view! { <Fact name="Answer by"><Time at shown=Shown::Full programme /></Fact> })}
                    {ticket.first_answered_at.map(|at| view! { <Fact name="First answered"><Time at shown=Shown::Full programme /></Fact> })}
                    {lead}
                    {invoice}
                </Facts>
            </Panel>
        </div>
    }
}

/// Taking a ticket over, handing it back, closing it.
#[component]
fn Acts(thread: SupportThread, reload: Callback<()>) -> impl IntoView {
    let (id, version) = (thread.ticket.id, thread.ticket.version);
    let me = session::me().map(|me| me.id);
    let to = move |person| -> Act {
        Box::new(move |_, key| {
            async move {
                let body = AssignSupportTicket { assigned_to: person };
                api::support_tickets::assign_support_ticket(id, version, &body, &key)
                    .await
                    .map(drop)
            }
            .boxed_local()
        })
    };
    let may = session::may(Permission::SupportAssign);
    let take = (may && thread.ticket.assigned_to != me).then(|| {
        view! {
            <PlainAction label="Take it" look=Look::Quiet said="It is yours" done=reload run=to(me) />
        }
    });
    let give = (may && thread.ticket.assigned_to.is_some()).then(|| {
        view! {
            <PlainAction label="Hand back" look=Look::Quiet said="Handed back" done=reload run=to(None) />
        }
    });
    let close = thread.allowed_actions.contains(&TicketAction::Close).then(|| view! {
        <PlainAction label="Close" look=Look::Plain said="Closed" done=reload
            run=Box::new(move |_, key| async move { api::support_tickets::close_support_ticket(id, version, &key).await.map(drop) }.boxed_local()) />
    });
    view! { <div class="verdicts">{give}{take}{close}</div> }
}

/// Questions that wait for an answer, among the queues: the earliest promise first.
#[component]
pub fn WaitingQuestions() -> impl IntoView {
    let waiting =
        Loader::new(|| api::support_tickets::list_support_tickets(ListQuery::first(6).with("status", "open")));
    view! {
        <Loaded loader=waiting shape=Shape::Tile let:page>
            {(!page.data.is_empty()).then(|| {
                let rows = page.data.iter().map(|ticket| view! {
                    <li>
                        <a class="row-item" href=Route::Console(ConsoleRoute::SupportTicket(ticket.id)).path()>
                            <span class="row-text"><strong>{ticket.subject.clone()}</strong><small>{ticket.supplier_name.clone()}</small></span>
                            <span class="row-side">{ticket.reply_due_at.map(|at| view! { <Due at /> })}</span>
                            <Icon icon=icondata_lu::LuChevronRight />
                        </a>
                    </li>
                }).collect_view();
                view! {
                    <Panel title="Questions of suppliers" more=(Route::Console(ConsoleRoute::SupportTickets).path(), "All questions")>
                        <ul class="rows">{rows}</ul>
                    </Panel>
                }
            })}
        </Loaded>
    }
}
