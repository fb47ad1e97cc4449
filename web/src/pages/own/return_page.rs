//! One return request: where it stands and what that means, the conversation with the reviewer, and what
//! the supplier may do now (R24–R30).

use leptos::prelude::*;
use tradepost_contract::policy::WordingKey;
use tradepost_contract::replacements::ReplacementStatus;
use tradepost_contract::return_requests::{
    AppealReturnRequest, ReasonClass, ReturnAction, ReturnChannel, ReturnMessage, ReturnRemedy, ReturnRequest,
    ReturnStatus, ReturnThreadKind,
};
use tradepost_contract::{ReturnRequestId, Timestamp};

use super::{guidelines, story};
use crate::api;
use crate::kit::confirm::confirm;
use crate::kit::form::{Field, Form};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::deliveries::list::named;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::field::TextArea;
use crate::ui::icon::Icon;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::time::{Due, Shown, Time};

/// One return request.
#[component]
pub fn ReturnPage(
    /// Which.
    id: ReturnRequestId,
) -> impl IntoView {
    let case = Loader::new(move || api::return_requests::get_own_return_request(id));
    view! { <Loaded loader=case let:request><CaseView request case /></Loaded> }
}

#[component]
fn CaseView(request: ReturnRequest, case: Loader<ReturnRequest>) -> impl IntoView {
    let back = (
        Route::Portal(PortalRoute::Returns).path(),
        session::word(WordingKey::ReturnRequests),
    );
    let about = named(request.lead_name.as_deref());
    let delivery_id = request.delivery_id;
    let lead_path = Route::Portal(PortalRoute::Lead(delivery_id)).path();
    let class = match request.reason_class {
        ReasonClass::Valid => "A listed ground, approved once it is verified",
        ReasonClass::Review => "A reviewer judges it",
        ReasonClass::NonValid => "Listed as no ground",
    };
    let guidelines_path = guidelines::path_of(request.guidelines.policy_version_id);
    let (reason, number) = (request.reason_label.clone(), request.id.to_string());
    let due = request.decision_due_at.filter(|_| request.status.awaits_decision());
    let status = request.status;
    let (amount, product) = (request.price, request.product_name.clone());
    let standing = view! { <Standing request=request.clone() /> };
    let actions = view! { <Actions request=request.clone() case /> };
    let timeline = view! { <Timeline request /> };
    view! {
        <PageHead title=reason.clone() back subtitle=about.clone()>
            {status_badge(status)}
        </PageHead>
        <div class="lead">
            <div class="lead-main">
                {standing}
                {actions}
                <Panel title="What happened">{timeline}</Panel>
            </div>
            <div class="lead-side">
                <Panel title=session::word(WordingKey::ReturnRequest)>
                    <Facts>
                        <Fact name="Lead"><a href=lead_path>{about.clone()}</a><br /><span class="muted">{product}</span></Fact>
                        <Fact name="Price"><crate::ui::money::Money amount /></Fact>
                        <Fact name="Reason">{reason}<br /><span class="muted">{class}</span></Fact>
                        {due.map(|at| view! { <Fact name="Decision by"><Time at /></Fact> })}
                        <Fact name="Rules"><a href=guidelines_path>"The guidelines in force then"</a></Fact>
                        <Fact name="Number"><code>{number}</code></Fact>
                    </Facts>
                </Panel>
            </div>
        </div>
    }
}

/// Where it stands, in a sentence or two.
#[component]
fn Standing(request: ReturnRequest) -> impl IntoView {
    let department = session::word(WordingKey::ReturnsDepartment);
    match request.status {
        ReturnStatus::InReview | ReturnStatus::Appealed => {
            let who = if request.status == ReturnStatus::Appealed {
                "A second reviewer looks at it anew. ".to_owned()
            } else {
                format!("It is with the {department}. ")
            };
            view! {
                <Notice tone=Tone::Info>
                    <p>{who}{match request.decision_due_at {
                        Some(at) => view! { "The decision is promised by "<Time at />" – "<Due at />"." }.into_any(),
                        None => view! { "You hear about the decision by mail." }.into_any(),
                    }}</p>
                </Notice>
            }
            .into_any()
        }
        ReturnStatus::InfoNeeded => view! {
            <Notice tone=Tone::Warn><p><strong>"The reviewer has a question."</strong>" Nothing is decided before you have answered."</p></Notice>
        }
        .into_any(),
        ReturnStatus::Approved => {
            let title = request.decision.as_ref().map_or("Approved".to_owned(), |decision| decision.title.clone());
            let gives = request.remedy.map(story::remedy);
            let is_owed = request.remedy == Some(ReturnRemedy::Replacement);
            view! {
                <Notice tone=Tone::Good>
                    <p><strong>{title}</strong>". "{gives}</p>
                    {is_owed.then(|| view! { <Owed request=request.id /> })}
                </Notice>
            }
            .into_any()
        }
        ReturnStatus::Denied | ReturnStatus::FinalDenied => {
            let title = request.decision.as_ref().map_or("Denied".to_owned(), |decision| decision.title.clone());
            let next = match (story::may_appeal(&request), request.status, request.appeal_until) {
                (true, _, Some(at)) => view! { "A second reviewer looks at it when you appeal until "<Time at shown=Shown::Until />" – "<Due at />"." }.into_any(),
                (_, ReturnStatus::FinalDenied, _) => view! { "It was decided twice, so this is final." }.into_any(),
                _ => view! { "No appeal is possible." }.into_any(),
            };
            view! { <Notice tone=Tone::Bad><p><strong>{title}</strong>". "{next}</p></Notice> }.into_any()
        }
        ReturnStatus::Withdrawn => view! {
            <Notice tone=Tone::Neutral><p>"You took it back. While the window is open you can ask again."</p></Notice>
        }
        .into_any(),
    }
}

/// How the lead that is owed stands.
#[component]
fn Owed(request: ReturnRequestId) -> impl IntoView {
    let owed = Loader::new(move || api::replacements::replacement_of(request));
    view! {
        <Loaded loader=owed shape=Shape::Tile let:found>
            {found.map(|row| match (row.status, row.filled_delivery_id) {
                (ReplacementStatus::Owed, _) => view! {
                    <p>{story::waits(row.age_days, row.place_in_order)}{row.credit_due_at.map(|at| view! { " If none has come by "<Time at />", its price is credited." })}</p>
                }
                .into_any(),
                (ReplacementStatus::Delivered, Some(delivery)) => view! {
                    <p><a href=Route::Portal(PortalRoute::Lead(delivery)).path()>"The lead that came for it"</a></p>
                }
                .into_any(),
                (ReplacementStatus::ConvertedToCredit, _) => view! { <p>"No lead came in time, so its price was credited."</p> }.into_any(),
                (ReplacementStatus::Delivered | ReplacementStatus::Void, _) => ().into_any(),
            })}
        </Loaded>
    }
}

/// The buttons and forms of what may be done now.
#[component]
fn Actions(request: ReturnRequest, case: Loader<ReturnRequest>) -> impl IntoView {
    let may = |action| story::may(&request, action);
    let (answer, appeal, withdraw) = (
        may(ReturnAction::Answer),
        may(ReturnAction::Appeal),
        may(ReturnAction::Withdraw),
    );
    let question = request
        .thread
        .iter()
        .rev()
        .find(|entry| entry.kind == ReturnThreadKind::Question)
        .map(|entry| entry.text.clone());
    view! {
        {answer.then(|| view! { <AnswerForm request=request.clone() question=question.unwrap_or_default() case /> })}
        {appeal.then(|| view! { <AppealForm request=request.clone() case /> })}
        {withdraw.then(|| view! { <WithdrawButton request case /> })}
    }
}

#[component]
fn AnswerForm(request: ReturnRequest, question: String, case: Loader<ReturnRequest>) -> impl IntoView {
    let form = Form::new("answer");
    let text = form.field("/text", "");
    let (id, version) = (request.id, request.version);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if refused_empty(form, text, "Write what the reviewer asks for.") {
            return;
        }
        let body = ReturnMessage { text: text.text() };
        form.submit(
            move |key| async move { api::return_requests::answer_return_request(id, version, &body, &key).await },
            move |_| {
                toast::done("Answer sent");
                case.reload();
            },
        );
    };
    view! {
        <Panel title="Your answer">
            <blockquote class="notes">{question}</blockquote>
            <form on:submit=send novalidate>
                <FormProblem form />
                <TextArea field=text label="Answer" />
                <div class="form-actions">
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Send the answer"</Button>
                </div>
            </form>
        </Panel>
    }
}

#[component]
fn AppealForm(request: ReturnRequest, case: Loader<ReturnRequest>) -> impl IntoView {
    let form = Form::new("appeal");
    let note = form.field("/note", "");
    let open = RwSignal::new(false);
    let (id, version) = (request.id, request.version);
    let until = request.appeal_until;
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if refused_empty(form, note, "Say what the first reviewer missed.") {
            return;
        }
        let body = AppealReturnRequest { note: note.text() };
        form.submit(
            move |key| async move { api::return_requests::appeal_return_request(id, version, &body, &key).await },
            move |_| {
                toast::done("Appeal sent");
                case.reload();
            },
        );
    };
    let start = Callback::new(move |()| {
        open.set(true);
        crate::browser::after_render(move || {
            crate::browser::focus(&note.id());
        });
    });
    view! {
        <Panel title="Not right?">
            <Show when=move || !open.get()>
                <p class="panel-text">"You may appeal once. Another person than the first reviewer decides."</p>
                <Button on_click=start icon=icondata_lu::LuScale>"Appeal"</Button>
            </Show>
            <Show when=move || open.get()>
                <form on:submit=send novalidate>
                    <FormProblem form />
                    <TextArea field=note label="What did the first reviewer miss?" />
                    {until.map(|at| view! { <p class="field-hint">"Possible until "<Time at shown=Shown::Until />"."</p> })}
                    <div class="form-actions">
                        <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                        <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Send the appeal"</Button>
                    </div>
                </form>
            </Show>
        </Panel>
    }
}

fn refused_empty(form: Form, field: Field, message: &str) -> bool {
    let refusals = if field.text().is_empty() {
        vec![field.refusal("required", message)]
    } else {
        Vec::new()
    };
    form.refuse(refusals)
}

#[component]
fn WithdrawButton(request: ReturnRequest, case: Loader<ReturnRequest>) -> impl IntoView {
    let form = Form::new("withdraw");
    let (id, version) = (request.id, request.version);
    let label = request.reason_label;
    let (price, lead) = (
        crate::format::money::text(request.price),
        named(request.lead_name.as_deref()),
    );
    let what_follows = format!("Nobody decides it then, and you pay {price} for {lead} as usual.");
    let ask = Callback::new(move |()| {
        confirm(
            format!("Take back “{label}”?"),
            what_follows.clone(),
            "Take it back",
            true,
            move || {
                form.submit(
                    move |key| async move { api::return_requests::withdraw_return_request(id, version, &key).await },
                    move |_| {
                        toast::done("Taken back");
                        case.reload();
                    },
                );
            },
        );
    });
    view! {
        <FormProblem form />
        <p class="withdraw"><Button look=Look::Quiet on_click=ask busy=Signal::derive(move || form.is_busy()) icon=icondata_lu::LuUndo2>"Take it back"</Button></p>
    }
}

/// One step of the story.
struct Step {
    at: Timestamp,
    icon: icondata_core::Icon,
    title: String,
    text: Option<String>,
    aside: Option<String>,
}

/// The steps, oldest first.
fn steps(request: &ReturnRequest) -> Vec<Step> {
    let by = match request.channel {
        ReturnChannel::Portal => "You asked in the portal",
        ReturnChannel::EmailLink => "You asked from the mail that brought the lead",
        ReturnChannel::Api => "Your system asked through the API",
        ReturnChannel::Staff => "Our staff asked for you",
    };
    let mut steps = vec![Step {
        at: request.submitted_at,
        icon: icondata_lu::LuSend,
        title: by.to_owned(),
        text: request.note.clone(),
        aside: None,
    }];
    steps.extend(request.thread.iter().map(|entry| {
        let (icon, title) = match entry.kind {
            ReturnThreadKind::Question => (icondata_lu::LuMessageCircleQuestion, "The reviewer asked"),
            ReturnThreadKind::Answer => (icondata_lu::LuMessageCircle, "You answered"),
            ReturnThreadKind::Appeal => (icondata_lu::LuScale, "You appealed"),
        };
        Step {
            at: entry.at,
            icon,
            title: title.to_owned(),
            text: Some(entry.text.clone()),
            aside: None,
        }
    }));
    if let Some(decision) = &request.decision {
        let who = if decision.automatic {
            "By the rule, without a reviewer"
        } else {
            "By a reviewer"
        };
        let clause = decision
            .clause
            .as_ref()
            .map(|clause| format!(" · clause {clause} of the guidelines"));
        steps.push(Step {
            at: decision.decided_at,
            icon: icondata_lu::LuGavel,
            title: decision.title.clone(),
            text: decision.explanation.clone(),
            aside: Some(format!("{who}{}", clause.unwrap_or_default())),
        });
    }
    if let (Some(at), Some(remedy)) = (request.remedied_at, request.remedy) {
        steps.push(Step {
            at,
            icon: icondata_lu::LuCircleCheck,
            title: story::remedy(remedy).to_owned(),
            text: None,
            aside: None,
        });
    }
    steps.sort_by_key(|step| step.at);
    steps
}

#[component]
fn Timeline(request: ReturnRequest) -> impl IntoView {
    let items = steps(&request)
        .into_iter()
        .map(|step| {
            view! {
                <li class="step">
                    <span class="step-icon"><Icon icon=step.icon /></span>
                    <div class="step-body">
                        <p class="step-head"><strong>{step.title}</strong><span class="muted"><Time at=step.at shown=Shown::Full /></span></p>
                        {step.text.map(|text| view! { <blockquote class="notes">{text}</blockquote> })}
                        {step.aside.map(|aside| view! { <p class="muted">{aside}</p> })}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="steps">{items}</ol> }
}
