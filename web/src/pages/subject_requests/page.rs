//! One request: who asks, what is kept of them, and carrying it out.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::subject_requests::{
    ActOnSubject, AllowSubjectExport, RefuseSubject, SubjectCounts, SubjectFindings, SubjectLead, SubjectMatch,
    SubjectRequest, SubjectRequestAction, SubjectRequestKind, SubjectRequestStatus,
};
use tradepost_contract::{LeadId, SubjectRequestId};

use super::{kind_text, who};
use crate::api;
use crate::api::files::File;
use crate::format::phone;
use crate::kit::confirm::confirm;
use crate::kit::download::DownloadButton;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::events::EventTimeline;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::reason::{PlainAction, ReasonAction};
use crate::ui::time::{Due, Shown, Time};

/// One request.
#[component]
pub fn SubjectRequestPage(
    /// Which.
    id: SubjectRequestId,
) -> impl IntoView {
    let loader = Loader::new(move || api::subject_requests::get_subject_request(id));
    view! {
        <Loaded loader let:request><Request request loader /></Loaded>
        {session::may(Permission::EventsRead).then(|| view! { <EventTimeline subject=id.to_string() /> })}
    }
}

#[component]
fn Request(request: SubjectRequest, loader: Loader<SubjectRequest>) -> impl IntoView {
    let reload = Callback::new(move |()| loader.reload());
    let (id, version, programme) = (request.id, request.version, request.programme_id);
    let may = |action| request.allowed_actions.contains(&action);
    let is_open = request.status == SubjectRequestStatus::Open;
    let answer = may(SubjectRequestAction::Answer).then(|| view! {
        <PlainAction label="It was handed over" look=Look::Primary said="Answered" done=reload
            run=Box::new(move |_, key| async move { api::subject_requests::answer_subject_request(id, version, &key).await.map(drop) }.boxed_local()) />
    });
    let refuse = may(SubjectRequestAction::Refuse).then(|| view! {
        <ReasonAction label="Refuse" title="Refuse this request?" text="Say what you told the person, without naming them: the reason is kept, and who they are is not."
            look=Look::Danger said="Refused" done=reload
            run=Box::new(move |reason, key| async move { let body = RefuseSubject { reason: reason.unwrap_or_default() }; api::subject_requests::refuse_subject_request(id, version, &body, &key).await.map(drop) }.boxed_local()) />
    });
    let writes = session::may(Permission::PrivacyWrite);
    let chosen = RwSignal::new(BTreeSet::new());
    let export = (is_open && writes).then(|| match request.export_until {
        Some(_) => view! {
            <DownloadButton file=Signal::stored(File::SubjectExport(id)) name=Signal::stored(format!("{id}.json")) label="Save the file" />
        }
        .into_any(),
        None => view! {
            <PlainAction label="Make the file" look=Look::Quiet said="It can be saved now" done=reload
                run=Box::new(move |_, key| {
                    let body = AllowSubjectExport { leads: Some(chosen.get_untracked().into_iter().collect()) };
                    async move { api::subject_requests::allow_subject_export(id, &body, &key).await.map(drop) }.boxed_local()
                }) />
        }
        .into_any(),
    });
    let findings = (is_open && writes).then(|| view! { <Findings request=request.clone() chosen reload /> });
    let recipients = (request.recipients > 0).then(|| view! { <Recipients id /> });
    view! {
        <PageHead title=who(&request) back=(Route::Console(ConsoleRoute::SubjectRequests).path(), "People's requests") subtitle=kind_text(request.kind)>
            {status_badge(request.status)}
            {request.is_late.then(|| view! { <span class="badge bad">"Late"</span> })}
            <div class="verdicts">{export}{answer}{refuse}</div>
        </PageHead>
        <div class="columns">
            <div>
                {findings}
                {recipients}
                {(!is_open).then(|| view! { <Notice tone=Tone::Info>"The request is over: who asked is not kept any more. Keyed hashes keep them out."</Notice> })}
            </div>
            <Panel title="The request">
                <Facts>
                    {request.phone.clone().map(|number| view! { <Fact name="Phone">{phone::readable(&number)}</Fact> })}
                    {request.email.clone().map(|email| view! { <Fact name="E-mail">{email}</Fact> })}
                    {request.postcode.clone().map(|postcode| view! { <Fact name="Postcode">{postcode}</Fact> })}
                    {request.lead_reference.clone().map(|reference| view! { <Fact name="Reference"><code>{reference}</code></Fact> })}
                    {request.identity_note.clone().map(|note| view! { <Fact name="Known to be them">{note}</Fact> })}
                    <Fact name="Programme">{request.programme_name.clone()}</Fact>
                    <Fact name="Written down by">{request.opened_by_name.clone()}</Fact>
                    <Fact name="Asked"><Time at=request.opened_at shown=Shown::Full programme /></Fact>
                    {is_open.then(|| view! { <Fact name="Answer by"><Due at=request.due_at /></Fact> })}
                    {request.export_until.map(|at| view! { <Fact name="File until"><Time at shown=Shown::Full programme /></Fact> })}
                    {request.decided_at.map(|at| view! { <Fact name="Decided"><Time at shown=Shown::Full programme /></Fact> })}
                    {request.decided_by_name.clone().map(|name| view! { <Fact name="By">{name}</Fact> })}
                    {request.refusal.clone().map(|reason| view! { <Fact name="Refused because">{reason}</Fact> })}
                    {(request.leads > 0).then(|| view! { <Fact name="Leads">{request.leads.to_string()}</Fact> })}
                    <Fact name="Number"><code>{id.to_string()}</code></Fact>
                </Facts>
            </Panel>
        </div>
    }
}

/// What is kept of the person, how much would go, and the button that does it.
#[component]
fn Findings(request: SubjectRequest, chosen: RwSignal<BTreeSet<LeadId>>, reload: Callback<()>) -> impl IntoView {
    let id = request.id;
    let found = Loader::new(move || api::subject_requests::find_subject(id));
    view! {
        <Loaded loader=found shape=Shape::Rows(4) let:findings>
            <Found request=request.clone() findings chosen reload />
        </Loaded>
    }
}

#[component]
fn Found(
    request: SubjectRequest,
    findings: SubjectFindings,
    chosen: RwSignal<BTreeSet<LeadId>>,
    reload: Callback<()>,
) -> impl IntoView {
    let erases = request.kind == SubjectRequestKind::Erasure;
    // What is surely the person's is ticked; who only has the same name and postcode is looked at first, and what is held
    // cannot be erased.
    let sure = findings
        .leads
        .iter()
        .filter(|lead| lead.found_by.iter().any(|by| by.is_sure()) && !(erases && lead.is_held));
    chosen.set(sure.map(|lead| lead.lead_id).collect());
    let count = findings.counts;
    let sales: BTreeMap<LeadId, usize> = findings
        .leads
        .iter()
        .map(|lead| (lead.lead_id, lead.deliveries.len()))
        .collect();
    let acts = [SubjectRequestAction::Erase, SubjectRequestAction::Restrict]
        .into_iter()
        .find(|action| request.allowed_actions.contains(action))
        .map(|_| view! { <Carry request=request.clone() chosen sales reload /> });
    let nobody = findings.leads.is_empty();
    let doubtful = findings
        .leads
        .iter()
        .any(|lead| !lead.found_by.iter().any(|by| by.is_sure()));
    let rows = findings
        .leads
        .into_iter()
        .map(|lead| view! { <LeadRow lead chosen erases /> })
        .collect_view();
    let elsewhere = count.import_rows + count.lead_source_posts > 0;
    view! {
        {findings.kept_out.then(|| view! { <Notice tone=Tone::Info>"An earlier request keeps this person out already."</Notice> })}
        {(erases && (!nobody || elsewhere)).then(|| view! { <Panel title="What would be erased"><Counts count /></Panel> })}
        {doubtful.then(|| view! { <Notice tone=Tone::Warn>"Some leads have the same name and postcode, and may be somebody else's. Tick those that are this person's."</Notice> })}
        <Panel title="What is kept">
            {nobody.then(|| view! { <p class="panel-none">"No lead is this person's."</p> })}
            <ul class="rows-flat">{rows}</ul>
        </Panel>
        {findings.more.then(|| view! { <Notice tone=Tone::Warn>"There are more than 200 leads; do these first, and open another request for the rest."</Notice> })}
        {acts}
    }
}

#[component]
fn Counts(count: SubjectCounts) -> impl IntoView {
    let line =
        |name: &'static str, number: i64| (number > 0).then(|| view! { <Fact name=name>{number.to_string()}</Fact> });
    view! {
        <Facts>
            {line("Leads", count.leads)}
            {line("Suppliers' deliveries", count.deliveries)}
            {line("Return requests", count.return_requests)}
            {line("Rows of files", count.import_rows)}
            {line("Refused posts of lead sources", count.lead_source_posts)}
            {line("Notes of calls", count.call_notes)}
            {line("Messages of tickets", count.support_messages)}
            {line("Answers of other programs", count.webhook_deliveries)}
            {line("Mails that lose the name", count.mails)}
            {line("Recordings to delete elsewhere", count.recordings)}
        </Facts>
        <p class="muted">"Invoices, payments, counts and times stay as they are."</p>
    }
}

#[component]
fn LeadRow(lead: SubjectLead, chosen: RwSignal<BTreeSet<LeadId>>, erases: bool) -> impl IntoView {
    let locked = erases && lead.is_held;
    let (programme, id) = (lead.programme_id, lead.lead_id);
    let found: Vec<&str> = lead.found_by.iter().map(|by| match_text(*by)).collect();
    let found = format!("Found by {}", found.join(", "));
    let name = lead.person.name.clone().unwrap_or_else(|| id.to_string());
    let label = format!("{name} is this person");
    let toggle = move |_| {
        chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    };
    let buyers: Vec<String> = lead.deliveries.iter().map(|sale| sale.supplier_name.clone()).collect();
    let sold = if buyers.is_empty() {
        "sold to nobody".to_owned()
    } else {
        format!("sold to {}", buyers.join(", "))
    };
    let recording = lead.verification.and_then(|one| one.recording_ref);
    view! {
        <li class="row-flat">
            <input type="checkbox" aria-label=label disabled=locked prop:checked=move || chosen.with(|chosen| chosen.contains(&id)) on:change=toggle />
            <span class="row-text">
                <a href=Route::Console(ConsoleRoute::Lead(id)).path()>{name}</a>
                <small>{found}{locked.then_some(" · held, so that it cannot be erased")}</small>
                <small>{format!("{}, {} · {sold}", lead.programme_name, lead.product_name)}</small>
                {recording.map(|place| view! { <small>{format!("Recording: {place}")}</small> })}
            </span>
            <span class="row-side">{status_badge(lead.status)}<Time at=lead.enquired_at shown=Shown::Day programme /></span>
        </li>
    }
}

const fn match_text(by: SubjectMatch) -> &'static str {
    match by {
        SubjectMatch::Phone => "phone number",
        SubjectMatch::Email => "e-mail address",
        SubjectMatch::Reference => "reference",
        SubjectMatch::NameAndPostcode => "name and postcode",
    }
}

/// The one thing that is done with what was chosen, after a question that names it.
#[component]
fn Carry(
    request: SubjectRequest,
    chosen: RwSignal<BTreeSet<LeadId>>,
    /// How often each lead was sold.
    sales: BTreeMap<LeadId, usize>,
    reload: Callback<()>,
) -> impl IntoView {
    let form = Form::new("carry-out");
    let (id, version) = (request.id, request.version);
    let erases = request.kind == SubjectRequestKind::Erasure;
    let name = who(&request);
    let label = if erases {
        "Erase the person"
    } else {
        "Leave the person alone"
    };
    let question = move || {
        let leads = chosen.get_untracked();
        let amount = match leads.len() {
            1 => "1 lead".to_owned(),
            many => format!("{many} leads"),
        };
        let sold: usize = leads.iter().filter_map(|lead| sales.get(lead)).sum();
        if erases {
            let says = format!(
                "It cannot be undone. {sold} suppliers' deliveries lose the person, and each supplier is told to erase them, too."
            );
            (format!("Erase {name} in {amount}?"), says)
        } else {
            let says = "They are sold and called no more, and the person is kept out. Who bought one keeps it.";
            (format!("Withdraw {amount} of {name}?"), says.to_owned())
        }
    };
    let run = move || {
        let body = ActOnSubject {
            leads: chosen.get_untracked().into_iter().collect(),
        };
        form.submit(
            move |key| async move {
                if erases {
                    api::subject_requests::erase_subject(id, version, &body, &key).await
                } else {
                    api::subject_requests::restrict_subject(id, version, &body, &key).await
                }
            },
            move |_| {
                toast::done(if erases { "Erased" } else { "Withdrawn" });
                reload.run(());
            },
        );
    };
    let run = StoredValue::new(run);
    let ask = Callback::new(move |()| {
        let (title, text) = question();
        confirm(title, text, label, true, move || run.with_value(|run| run()));
    });
    view! {
        <div class="form-actions spaced-below">
            <Button look=Look::Danger on_click=ask busy=Signal::derive(move || form.is_busy())>{label}</Button>
        </div>
        <FormProblem form />
    }
}

/// Who was told, until when they have time, and who has done it.
#[component]
fn Recipients(id: SubjectRequestId) -> impl IntoView {
    let told = Loader::new(move || {
        let query = ListQuery::first(100).with("subject_request_id", id.to_string());
        api::erasure_notices::list_erasure_notices(query)
    });
    let reload = Callback::new(move |()| told.reload());
    view! {
        <Loaded loader=told shape=Shape::Rows(3) let:page>
            {
                let rows = page.data.into_iter().map(|notice| {
                    let notice_id = notice.id;
                    let heard = notice.may_acknowledge.then(|| view! {
                        <PlainAction label="They told us" look=Look::Quiet said="Noted" done=reload
                            run=Box::new(move |_, key| async move { api::erasure_notices::acknowledge_erasure(notice_id, &key).await.map(drop) }.boxed_local()) />
                    });
                    view! {
                        <li class="row-flat">
                            <span class="row-text">
                                <a href=Route::Console(ConsoleRoute::Supplier(notice.supplier_id)).path()>{notice.supplier_name.clone()}</a>
                                <small>{notice.lead_id.to_string()}</small>
                                {notice.acknowledged_by.clone().map(|name| view! { <small>{format!("Erased, said {name}")}</small> })}
                            </span>
                            <span class="row-side">{status_badge(notice.status)}{notice.acknowledged_at.is_none().then(|| view! { <Due at=notice.due_at /> })}{heard}</span>
                        </li>
                    }
                }).collect_view();
                view! { <Panel title="Suppliers that were told"><ul class="rows-flat">{rows}</ul></Panel> }
            }
        </Loaded>
    }
}
