//! What persons behind leads ask for, and suppliers that are to erase them.

mod create;
pub mod erasures;
pub mod page;
pub mod retention;

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::subject_requests::{SubjectRequest, SubjectRequestKind, SubjectRequestStatus};

use crate::api;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::PageHead;
use crate::ui::time::{Due, Shown, Time};

/// What is asked for, as people say it.
const fn kind_text(kind: SubjectRequestKind) -> &'static str {
    match kind {
        SubjectRequestKind::Access => "See what is kept",
        SubjectRequestKind::Erasure => "Be erased",
        SubjectRequestKind::Objection => "Be left alone",
    }
}

/// Who asks; nobody is named once the request is over.
fn who(request: &SubjectRequest) -> String {
    [&request.name, &request.email, &request.phone, &request.lead_reference]
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_else(|| "Nobody named any more".to_owned())
}

/// All requests, newest first.
#[component]
pub fn SubjectRequests() -> impl IntoView {
    let kinds = SubjectRequestKind::ALL.iter();
    let kinds = kinds.map(|kind| (kind.as_str().to_owned(), kind_text(*kind).to_owned()));
    let statuses = SubjectRequestStatus::ALL.iter();
    let statuses = statuses.map(|status| (status.as_str().to_owned(), status.label()));
    let list = List::new("subject-requests", api::subject_requests::list_subject_requests)
        .empty("Nobody asked yet", "Write down what a person behind a lead asks for: to see what is kept, to be erased, to be left alone.")
        .link(|request: &SubjectRequest| Some(Route::Console(ConsoleRoute::SubjectRequest(request.id))))
        .filter(Filter::Choice { name: "status", title: "Status", options: statuses.collect(), many: true })
        .filter(Filter::Choice { name: "kind", title: "Asks to", options: kinds.collect(), many: true })
        .filter(Filter::Choice { name: "late", title: "Time", options: vec![("true".to_owned(), "Late".to_owned())], many: false })
        .filter(Filter::programme())
        .column(Column::text("who", "Person", who).on_card(Card::Title))
        .column(Column::new("status", "Status", |request: &SubjectRequest| status_badge(request.status), |request| request.status.label()).on_card(Card::Aside))
        .column(Column::text("kind", "Asks to", |request: &SubjectRequest| kind_text(request.kind).to_owned()).on_card(Card::Below))
        .column(Column::text("programme", "Programme", |request: &SubjectRequest| request.programme_name.clone()))
        .column(Column::new(
            "due",
            "Answer by",
            |request: &SubjectRequest| (request.status == SubjectRequestStatus::Open).then(|| view! { <Due at=request.due_at /> }),
            |request| request.due_at.to_string(),
        ))
        .column(Column::text("waiting", "Suppliers waited for", |request: &SubjectRequest| match request.recipients {
            0 => String::new(),
            all => format!("{} of {all}", request.recipients_waiting),
        }))
        .column(Column::new(
            "opened",
            "Asked",
            |request: &SubjectRequest| view! { <Time at=request.opened_at shown=Shown::Day programme=request.programme_id /> },
            |request| request.opened_at.to_string(),
        ));
    let open = RwSignal::new(false);
    let new = session::may(Permission::PrivacyWrite).then(|| {
        view! {
            <Button look=Look::Primary on_click=Callback::new(move |()| open.set(true))>"New request"</Button>
            <Dialog open title=Signal::stored("A person's request".to_owned()) class="drawer"><create::NewRequest open /></Dialog>
        }
    });
    view! {
        <PageHead title="People's requests" subtitle="What the people behind leads ask for. Each has a day by which it is answered.">
            <a class="button quiet" href=Route::Console(ConsoleRoute::Retention).path()>"Kept data"</a>
            <a class="button quiet" href=Route::Console(ConsoleRoute::Erasures).path()>"Suppliers to erase"</a>
            {new}
        </PageHead>
        <ListView list />
    }
}
