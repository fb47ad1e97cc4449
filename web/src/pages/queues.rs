//! The console's home: the queues, each with how much waits in it.

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::return_requests::ReturnRequest;

use crate::api;
use crate::clock;
use crate::format::words;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::changes::kind_title;
use crate::pages::deliveries::list::named;
use crate::pages::leads::list::quarantine_path;
use crate::pages::rate_reviews::OpenCases;
use crate::pages::reports::pictures::Pictures;
use crate::pages::reports::standings::Health;
use crate::pages::return_requests::review::person_name;
use crate::pages::support_tickets::WaitingQuestions;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::icon::Icon;
use crate::ui::page::{PageHead, Panel};
use crate::ui::stat::Stat;
use crate::ui::time::{Due, Shown, Time};

/// The first page that staff see.
#[component]
pub fn Queues() -> impl IntoView {
    let name = session::me().map(|me| me.name.split(' ').next().unwrap_or_default().to_owned());
    view! {
        <PageHead title="Queues" subtitle=format!("What waits for a decision, {}.", name.unwrap_or_default()) />
        {session::may(Permission::ReturnsRead).then(|| view! { <ReturnsDue /> })}
        {session::may(Permission::LeadsRead).then(|| view! { <Quarantine /> })}
        {session::may(Permission::SupportWrite).then(|| view! { <WaitingQuestions /> })}
        {session::may(Permission::ReportsRead).then(|| view! { <OpenCases /> })}
        {session::may(Permission::ReportsRead).then(|| view! { <Health /> })}
        {session::may(Permission::ChangesDecide).then(|| view! { <ChangesToDecide /> })}
        <Pictures />
    }
}

/// What suppliers ask to have changed.
#[component]
fn ChangesToDecide() -> impl IntoView {
    let requests =
        Loader::new(|| api::change_requests::list_change_requests(ListQuery::first(6).with("status", "open")));
    let queue = format!("{}?status=open", Route::Console(ConsoleRoute::ChangeRequests).path());
    view! {
        <Loaded loader=requests shape=Shape::Tile let:page>
            <Panel title="Change requests to decide" more=(queue.clone(), "All of them")>
                {if page.data.is_empty() {
                    view! { <p class="panel-none">"Nobody asks for anything."</p> }.into_any()
                } else {
                    let rows = page.data.iter().map(|request| view! {
                        <li>
                            <a class="row-item" href=Route::Console(ConsoleRoute::ChangeRequest(request.id)).path()>
                                <span class="row-text"><strong>{kind_title(request.kind)}</strong><small>{request.supplier_name.clone()}</small></span>
                                <span class="row-side"><Time at=request.requested_at shown=Shown::Relative programme=request.programme_id /></span>
                                <Icon icon=icondata_lu::LuChevronRight />
                            </a>
                        </li>
                    }).collect_view();
                    view! { <ul class="rows">{rows}</ul> }.into_any()
                }}
            </Panel>
        </Loaded>
    }
}

#[component]
fn ReturnsDue() -> impl IntoView {
    let query = || {
        ListQuery::first(100)
            .with("sort", "due")
            .with("status", "in_review,info_needed,appealed")
    };
    let returns = Loader::new(move || api::return_requests::list_return_requests(query()));
    let queue = Route::Console(ConsoleRoute::Returns).path();
    view! {
        <Loaded loader=returns shape=Shape::Tile let:page>
            {
                let more = if page.has_more { "+" } else { "" };
                let now = untrack(clock::now);
                let due_in = |hours: i64| {
                    let by = now.as_seconds() + hours * 3600;
                    page.data.iter().filter(|request| request.decision_due_at.is_some_and(|at| at.as_seconds() <= by)).count()
                };
                let overdue = due_in(0);
                view! {
                    <div class="stats">
                        <Stat label="Returns to decide" value=format!("{}{more}", page.data.len()) note="open and appealed" href=queue.clone() />
                        <Stat label="Due within a day" value=due_in(24).to_string() note="by their promise" href=queue.clone() />
                        <Stat label="Overdue" value=overdue.to_string() note="promise passed" href=format!("{queue}?overdue=true") />
                    </div>
                    <Panel title="Next returns" more=(queue.clone(), "The whole queue")>
                        {if page.data.is_empty() {
                            view! { <p class="panel-none">"Nothing waits. Well done."</p> }.into_any()
                        } else {
                            view! { <ul class="rows">{page.data.iter().take(8).map(row).collect_view()}</ul> }.into_any()
                        }}
                    </Panel>
                }
            }
        </Loaded>
    }
}

/// The leads that somebody must look at before they are sold.
#[component]
fn Quarantine() -> impl IntoView {
    let leads = Loader::new(|| api::leads::list_leads(ListQuery::first(6).with("status", "quarantined")));
    view! {
        <Loaded loader=leads shape=Shape::Tile let:page>
            <Panel title="In quarantine" more=(quarantine_path(), "All of it")>
                {if page.data.is_empty() {
                    view! { <p class="panel-none">"Nothing waits."</p> }.into_any()
                } else {
                    let rows = page.data.iter().map(|lead| {
                        let why = lead.status_reason.as_deref().map(words::sentence);
                        view! {
                            <li>
                                <a class="row-item" href=Route::Console(ConsoleRoute::Lead(lead.id)).path()>
                                    <span class="row-text"><strong>{person_name(&lead.person)}</strong><small>{format!("{} · {}", lead.product_name, lead.programme_name)}</small></span>
                                    <span class="row-side">{why}<Time at=lead.created_at shown=Shown::Relative programme=lead.programme_id /></span>
                                    <Icon icon=icondata_lu::LuChevronRight />
                                </a>
                            </li>
                        }
                    }).collect_view();
                    view! { <ul class="rows">{rows}</ul> }.into_any()
                }}
            </Panel>
        </Loaded>
    }
}

fn row(request: &ReturnRequest) -> impl IntoView + use<> {
    let about = format!("{} · {}", named(request.lead_name.as_deref()), request.supplier_name);
    let (at, of) = (request.decision_due_at, request.programme_id);
    view! {
        <li>
            <a class="row-item" href=Route::Console(ConsoleRoute::Return(request.id)).path()>
                <span class="row-text"><strong>{request.reason_label.clone()}</strong><small>{about}</small></span>
                <span class="row-side">{status_badge(request.status)}{at.map(|at| view! { <Due at programme=of /> })}</span>
                <Icon icon=icondata_lu::LuChevronRight />
            </a>
        </li>
    }
}
