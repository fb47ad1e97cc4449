//! Questions and their answers, as both sides read and write them (R34, R83).

use leptos::prelude::*;
use tradepost_contract::support_tickets::{
    CreateSupportTicket, SupportMessage, SupportPromise, SupportThread, SupportTicket, TicketAuthor, TicketStatus,
    TicketTopic, WriteSupportMessage,
};
use tradepost_contract::{DeliveryId, InvoiceId, ProgrammeId, SupplierId, SupportTicketId};

use crate::api;
use crate::format::time;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::field::{TextArea, TextField};
use crate::ui::icon::Icon;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;
use crate::ui::time::{Shown, Time};

/// A topic as people say it.
pub const fn topic_text(topic: TicketTopic) -> &'static str {
    match topic {
        TicketTopic::Leads => "The leads",
        TicketTopic::Returns => "Returned leads",
        TicketTopic::Billing => "Invoices and payments",
        TicketTopic::Orders => "Orders and plans",
        TicketTopic::Account => "The account",
        TicketTopic::Other => "Something else",
    }
}

/// Where a ticket stands, for whoever reads it: a supplier's people wait while staff are to answer.
pub fn standing(ticket: &SupportTicket) -> AnyView {
    let late = (ticket.is_late && session::is_staff()).then(|| view! { <span class="badge bad">"Late"</span> });
    view! { {late}{status_badge(ticket.status)} }.into_any()
}

/// What was written, the oldest first.
#[component]
pub fn Thread(
    /// The ticket.
    thread: SupportThread,
) -> impl IntoView {
    let programme = thread.ticket.programme_id;
    let messages = thread
        .messages
        .into_iter()
        .map(|message| view! { <Message message programme /> })
        .collect_view();
    view! { <ol class="thread">{messages}</ol> }
}

#[component]
fn Message(message: SupportMessage, programme: ProgrammeId) -> impl IntoView {
    let own = (message.author == TicketAuthor::Staff) == session::is_staff();
    let class = match (message.internal, own) {
        (true, _) => "message internal",
        (false, true) => "message own",
        (false, false) => "message",
    };
    let kind = match (message.internal, message.by_phone) {
        (true, _) => Some((icondata_lu::LuLock, "Only staff read this")),
        (false, true) => Some((icondata_lu::LuPhone, "On the phone")),
        (false, false) => None,
    };
    view! {
        <li class=class>
            <header>
                <strong>{message.author_name}</strong>
                <Time at=message.written_at shown=Shown::Relative programme />
                {kind.map(|(icon, text)| view! { <span class="message-kind"><Icon icon />{text}</span> })}
            </header>
            <p>{message.text}</p>
        </li>
    }
}

/// The form below a thread.
#[component]
pub fn Write(
    /// In which ticket.
    id: SupportTicketId,
    /// Where it stands.
    status: TicketStatus,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("write");
    let text = form.field("/text", "");
    let staff = session::is_staff();
    let how = form.field("/internal", "answer");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let how = how.text();
        let body = WriteSupportMessage {
            text: text.text(),
            by_phone: how == "phone",
            internal: how == "note",
        };
        form.submit(
            move |key| async move { api::support_tickets::write_support_message(id, &body, &key).await },
            move |_: SupportThread| {
                toast::done(if how == "note" { "Noted" } else { "Sent" });
                text.value.set(String::new());
                done.run(());
            },
        );
    };
    let label = match (staff, status) {
        (true, _) => "Your answer",
        (false, TicketStatus::Closed) => "Write again",
        (false, _) => "Your message",
    };
    // What is closed is not answered any more; a note for each other is still left.
    let ways: Vec<(String, String)> = [
        ("answer", "To the supplier"),
        ("phone", "Said on the phone"),
        ("note", "A note for staff"),
    ]
    .into_iter()
    .filter(|(word, _)| status != TicketStatus::Closed || *word == "note")
    .map(|(word, text)| (word.to_owned(), text.to_owned()))
    .collect();
    if staff && status == TicketStatus::Closed {
        how.value.set("note".to_owned());
    }
    view! {
        <form class="thread-form" on:submit=send novalidate>
            <FormProblem form />
            <TextArea field=text label limit=5000 />
            {staff.then(|| view! { <Select field=how label="How" options=ways /> })}
            <div class="form-actions">
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>
                    {move || if how.value.get() == "note" { "Keep the note" } else { "Send" }}
                </Button>
            </div>
        </form>
    }
}

/// What a question is about, where it is asked from a page of that.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// A lead.
    pub delivery: Option<DeliveryId>,
    /// An invoice.
    pub invoice: Option<InvoiceId>,
}

impl About {
    const fn topic(self) -> &'static str {
        match (self.delivery, self.invoice) {
            (Some(_), _) => "leads",
            (None, Some(_)) => "billing",
            (None, None) => "",
        }
    }
}

/// The form of a new question.
#[component]
pub fn Ask(
    /// Whose.
    supplier: SupplierId,
    /// What is promised.
    promise: SupportPromise,
    /// What it is about.
    about: About,
    /// Where the programme is.
    #[prop(optional_no_strip)]
    programme: Option<ProgrammeId>,
    /// Afterwards, with what was asked.
    done: Callback<SupportTicket>,
) -> impl IntoView {
    let form = Form::new("ask");
    let topic = form.field("/topic", about.topic());
    let subject = form.field("/subject", "");
    let text = form.field("/text", "");
    let phone = form.field("/call_back_phone", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok(chosen) = topic.text().parse::<TicketTopic>() else {
            form.refuse(vec![topic.refusal("required", "Choose what it is about.")]);
            return;
        };
        let body = CreateSupportTicket {
            supplier_id: supplier,
            topic: chosen,
            subject: subject.text(),
            text: text.text(),
            delivery_id: about.delivery,
            invoice_id: about.invoice,
            call_back_phone: phone.optional(),
        };
        form.submit(
            move |key| async move { api::support_tickets::create_support_ticket(&body, &key).await },
            move |thread: SupportThread| {
                toast::done("Sent");
                done.run(thread.ticket);
            },
        );
    };
    let topics = TicketTopic::ALL
        .iter()
        .map(|topic| (topic.as_str().to_owned(), topic_text(*topic).to_owned()))
        .collect::<Vec<_>>();
    let zone = programme
        .and_then(session::programme)
        .map(|programme| programme.time_zone);
    let promised = promise
        .reply_due_at
        .map(|at| format!("An answer comes by {}.", time::full(at, zone.as_deref())));
    view! {
        <form class="narrow-form" on:submit=send novalidate>
            <FormProblem form />
            <Select field=topic label="What is it about?" options=topics />
            <TextField field=subject label="In a line" />
            <TextArea field=text label="Your question" limit=5000 />
            {promise.call_back.then(|| view! {
                <TextField field=phone label="Call me back at" kind="tel" autocomplete="tel" optional=true hint="Where you would rather talk about it." />
            })}
            {promised.map(|text| view! { <p class="muted">{text}</p> })}
            <div class="form-actions"><Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Send"</Button></div>
        </form>
    }
}

impl Status for TicketStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> crate::ui::badge::Tone {
        use crate::ui::badge::Tone;
        match self {
            Self::Open => Tone::Warn,
            Self::Answered => Tone::Good,
            Self::Closed => Tone::Neutral,
        }
    }
    fn label(&self) -> String {
        match (self, session::is_staff()) {
            (Self::Open, true) => "Waits for us",
            (Self::Open, false) => "We will answer",
            (Self::Answered, _) => "Answered",
            (Self::Closed, _) => "Closed",
        }
        .to_owned()
    }
}
