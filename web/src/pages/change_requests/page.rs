//! One change request: what is different then, who asked, and the decision.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::ChangeRequestId;
use tradepost_contract::change_requests::{
    ApproveChangeRequest, ChangeRequest, ChangeRequestAction as Action, ChangeRequestStatus, DeclineChangeRequest,
    WithdrawChangeRequest,
};

use crate::api;
use crate::clock;
use crate::format::words;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::pages::account::changes::{Differences, When, kind_title};
use crate::pages::events::EventTimeline;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::{TextArea, TextField};
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::reason::ReasonAction;
use crate::ui::select::Radios;
use crate::ui::time::{Shown, Time};
use tradepost_contract::permissions::Permission;

/// One change request.
#[component]
pub fn ChangeRequestPage(
    /// Which.
    id: ChangeRequestId,
) -> impl IntoView {
    let loader = Loader::new(move || api::change_requests::get_change_request(id));
    view! {
        <Loaded loader let:request><Request request loader /></Loaded>
        {session::may(Permission::EventsRead).then(|| view! { <EventTimeline subject=id.to_string() /> })}
    }
}

#[component]
fn Request(request: ChangeRequest, loader: Loader<ChangeRequest>) -> impl IntoView {
    let reload = Callback::new(move |()| loader.reload());
    let supplier = format!(
        "{}?tab=changes",
        Route::Console(ConsoleRoute::Supplier(request.supplier_id)).path()
    );
    let programme = request.programme_id;
    let who = match (&request.requested_by, request.channel) {
        (Some(name), Some(channel)) => format!("{name}, {}", words::sentence(channel.as_str()).to_lowercase()),
        (Some(name), None) => name.clone(),
        (None, _) if request.asked_by == tradepost_contract::change_requests::ChangeAsker::Staff => {
            "Our staff".to_owned()
        }
        (None, _) => "In the portal".to_owned(),
    };
    let order = request.order_id.map(|id| {
        view! { <Fact name="Order"><a href=Route::Console(ConsoleRoute::Order(id)).path()><code>{id.to_string()}</code></a></Fact> }
    });
    let (decided, timed) = (request.clone(), request.clone());
    let differences = request.differences.clone();
    let trouble = request
        .failure
        .clone()
        .map(|text| view! { <Notice tone=Tone::Bad>{text}</Notice> });
    view! {
        <PageHead title=kind_title(request.kind) back=(Route::Console(ConsoleRoute::ChangeRequests).path(), "Change requests") subtitle=request.supplier_name.clone()>
            {status_badge(request.status)}
            <Verdicts request=decided reload />
        </PageHead>
        {trouble}
        <div class="columns">
            <Panel title="What changes">
                <Differences differences />
                <p class="muted"><When request=timed /></p>
            </Panel>
            <Panel title="The request">
                <Facts>
                    <Fact name="Supplier"><a href=supplier>{request.supplier_name.clone()}</a></Fact>
                    {order}
                    <Fact name="Asked for by">{who}</Fact>
                    <Fact name="Asked for"><Time at=request.requested_at shown=Shown::Full programme /></Fact>
                    <Fact name="Earliest, by the notice"><Time at=request.earliest_at shown=Shown::Full programme /></Fact>
                    {request.reason.clone().map(|text| view! { <Fact name="Why">{text}</Fact> })}
                    {request.override_reason.clone().map(|text| view! { <Fact name="Sooner, because">{text}</Fact> })}
                    {request.answer.clone().map(|text| view! { <Fact name="Our answer">{text}</Fact> })}
                    {request.superseded_by_id.map(|id| view! { <Fact name="Replaced by"><a href=Route::Console(ConsoleRoute::ChangeRequest(id)).path()>"a later request"</a></Fact> })}
                    <Fact name="Number"><code>{request.id.to_string()}</code></Fact>
                </Facts>
            </Panel>
        </div>
    }
}

/// What staff may do with it.
#[component]
fn Verdicts(request: ChangeRequest, reload: Callback<()>) -> impl IntoView {
    let may = |action| request.allowed_actions.contains(&action);
    let (id, version, name) = (request.id, request.version, request.supplier_name.clone());
    let decline = may(Action::Decline).then(|| view! {
        <ReasonAction label="Decline" title=format!("Decline this request of {name}?") text="The supplier reads your reason." look=Look::Danger said="Declined" done=reload
            run=Box::new(move |reason, key| async move {
                let body = DeclineChangeRequest { answer: reason.unwrap_or_default() };
                api::change_requests::decline_change_request(id, version, &body, &key).await.map(drop)
            }.boxed_local()) />
    });
    let scheduled = request.status == ChangeRequestStatus::Scheduled;
    let withdraw = (may(Action::Withdraw) && scheduled).then(|| view! {
        <ReasonAction label="Take back" title=format!("Take back this change of {name}?") text="It does not take effect; what was prepared for it is undone." look=Look::Danger optional=true said="Taken back" done=reload
            run=Box::new(move |reason, key| async move {
                api::change_requests::withdraw_change_request(id, version, &WithdrawChangeRequest { reason }, &key).await.map(drop)
            }.boxed_local()) />
    });
    let approve = may(Action::Approve).then(|| view! { <Approve request=request.clone() reload /> });
    view! { <div class="verdicts">{withdraw}{decline}{approve}</div> }
}

/// Agrees: at its time, or sooner with a reason.
#[component]
fn Approve(request: ChangeRequest, reload: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let form = Form::new("approve");
    let when = form.field("/effective_at", "planned");
    let why = form.field("/override_reason", "");
    let answer = form.field("/answer", "");
    let (id, version) = (request.id, request.version);
    let waits = request.plan_subscription_id.is_none() && request.effective_at > untrack(clock::now);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let sooner = when.text() == "now";
        if sooner && why.text().is_empty() {
            form.refuse(vec![why.refusal(
                "required",
                "Say why it may be sooner; it is kept in the audit trail.",
            )]);
            return;
        }
        let body = ApproveChangeRequest {
            effective_at: None,
            override_reason: why.optional().filter(|_| sooner),
            answer: answer.optional(),
        };
        form.submit(
            move |key| async move { api::change_requests::approve_change_request(id, version, &body, &key).await },
            move |request: ChangeRequest| {
                open.set(false);
                toast::done(match request.status {
                    ChangeRequestStatus::Applied => "Approved, and in force",
                    _ => "Approved, and scheduled",
                });
                reload.run(());
            },
        );
    };
    let send = StoredValue::new(send);
    let request = StoredValue::new(request);
    let title = format!("Approve: {}", kind_title(request.with_value(|request| request.kind)));
    let at = crate::format::time::full(
        request.with_value(|request| request.effective_at),
        session::programme(request.with_value(|request| request.programme_id))
            .map(|programme| programme.time_zone)
            .as_deref(),
    );
    let options = StoredValue::new(vec![
        (
            "planned".to_owned(),
            format!("On {at}"),
            "As asked, by the notice.".to_owned(),
        ),
        (
            "now".to_owned(),
            "At once".to_owned(),
            "With a reason, before the notice is over.".to_owned(),
        ),
    ]);
    view! {
        <Button look=Look::Primary on_click=Callback::new(move |()| open.set(true))>"Approve"</Button>
        <Dialog open title=Signal::stored(title)>
            <form class="drawer-content" on:submit=move |event| send.with_value(|send| send(event)) novalidate>
                <FormProblem form />
                {request.with_value(|request| view! { <Differences differences=request.differences.clone() /> })}
                {if waits {
                    view! { <Radios field=when label="Takes effect" options=options.get_value() /> }.into_any()
                } else {
                    request.with_value(|request| view! { <p class="dialog-lead"><When request=request.clone() /></p> }).into_any()
                }}
                {move || (when.value.get() == "now").then(|| view! { <TextField field=why label="Why sooner" /> })}
                <TextArea field=answer label="Answer to the supplier" limit=500 optional=true />
                <div class="form-actions">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Approve"</Button>
                </div>
            </form>
        </Dialog>
    }
}
