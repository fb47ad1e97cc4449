//! Leaving with the whole account: what it would mean, asking for it, and what was asked before (R20, R21, R72, R89,
//! R94). For the supplier's own people and for staff.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::cancellations::{
    CancelReason, Cancellation, CancellationAction, CancellationPreview, CancellationStatus, CreateCancellation,
    NoticeDocument, UpdateCancellation, WithdrawCancellation,
};
use tradepost_contract::pauses::RequestChannel;
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::CancelEffective;
use tradepost_contract::{LocalDate, SupplierId};

use super::cancel_words::{because, between, choice_text, lost, question, reason_text, term, when};
use crate::api::{self, files::File};
use crate::format::{time, words};
use crate::kit::confirm::confirm;
use crate::kit::download::DownloadButton;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::{DateField, TextArea, TextField};
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::reason::ReasonAction;
use crate::ui::select::{Radios, Select};
use crate::ui::time::{Shown, Time};

/// The word of a form for "they would rather not say".
const SKIPPED: &str = "skipped";

/// What cancelling means, the form that does it, and the cancellations there were.
#[component]
pub fn Cancelling(
    /// Whose account.
    supplier: SupplierId,
) -> impl IntoView {
    // What is chosen in the form changes what it would mean, and the form itself stays as it is.
    let known = Loader::new(move || api::cancellations::get_cancellation_preview(supplier, ListQuery::default()));
    let effective = RwSignal::new(None::<CancelEffective>);
    let received_on = RwSignal::new(None::<LocalDate>);
    let chosen = Loader::new(move || {
        let mut query = ListQuery::default();
        if let Some(word) = effective.get() {
            query = query.with("effective", word.as_str());
        }
        if let Some(day) = received_on.get() {
            query = query.with("received_on", day.to_string());
        }
        api::cancellations::get_cancellation_preview(supplier, query)
    });
    let past = Loader::new(move || async move {
        let query = ListQuery::first(20).with("supplier_id", supplier.to_string());
        Ok(api::cancellations::list_cancellations(query).await?.data)
    });
    let reload = Callback::new(move |()| {
        effective.set(None);
        received_on.set(None);
        known.reload();
        chosen.reload();
        past.reload();
    });
    let choice = Choice {
        effective,
        received_on,
        chosen,
    };
    view! {
        <Loaded loader=past shape=Shape::Rows(1) let:past>
            {past.iter().find(|one| one.status == CancellationStatus::Scheduled).cloned().map(|one| view! { <Scheduled cancellation=one reload /> })}
        </Loaded>
        <Loaded loader=chosen shape=Shape::Rows(6) let:preview>
            <div class="columns">
                <AgreementPanel preview=preview.clone() />
                <Meaning preview />
            </div>
        </Loaded>
        <Loaded loader=known shape=Shape::Rows(4) let:preview><Ask preview choice reload /></Loaded>
        <Loaded loader=past shape=Shape::Rows(2) let:past>
            {(!past.is_empty()).then(|| {
                let rows = past.into_iter().map(|cancellation| view! { <Past cancellation reload /> }).collect_view();
                view! { <Panel title="Cancellations so far"><ul class="rows-flat">{rows}</ul></Panel> }
            })}
        </Loaded>
    }
}

/// What is chosen in the form, and what it would mean.
#[derive(Clone, Copy)]
struct Choice {
    effective: RwSignal<Option<CancelEffective>>,
    received_on: RwSignal<Option<LocalDate>>,
    chosen: Loader<CancellationPreview>,
}

/// A cancellation that waits for its day, above everything else.
#[component]
fn Scheduled(cancellation: Cancellation, reload: Callback<()>) -> impl IntoView {
    let when = match (cancellation.last_day, cancellation.effective_at) {
        (Some(day), _) => format!("The last day is {}; then the account is switched off.", time::date(day)),
        (None, Some(_)) | (None, None) => {
            "The account ends with the last lead that is paid and still to come.".to_owned()
        }
    };
    let (id, version) = (cancellation.id, cancellation.version);
    let withdraw = cancellation.allowed_actions.contains(&CancellationAction::Withdraw).then(|| view! {
        <div class="panel-actions">
            <ReasonAction label="Take it back" title="Take the cancellation back?" text="The account goes on as before." optional=true said="The account stays" done=reload
                run=Box::new(move |reason, key| async move {
                    let body = WithdrawCancellation { reason };
                    api::cancellations::withdraw_cancellation(id, version, &body, &key).await.map(drop)
                }.boxed_local()) />
        </div>
    });
    view! {
        <Notice tone=Tone::Warn>"This account is cancelled. " {when}</Notice>
        {withdraw}
    }
}

/// What was agreed on, and when it renews (R21).
#[component]
fn AgreementPanel(preview: CancellationPreview) -> impl IntoView {
    let title = preview
        .agreement_title
        .clone()
        .unwrap_or_else(|| "No agreement with a term".to_owned());
    let window = preview
        .window
        .map(|window| view! { <Fact name="Notice counts">{between(window)}</Fact> });
    view! {
        <Panel title="Agreement">
            <Facts>
                <Fact name="Agreement">{title}</Fact>
                <Fact name="Term">{term(preview.term)}</Fact>
                {preview.agreement_starts_on.map(|day| view! { <Fact name="Since">{time::date(day)}</Fact> })}
                {preview.renews_on.map(|day| view! { <Fact name="Renews on">{time::date(day)}</Fact> })}
                {preview.notice_days.map(|days| view! { <Fact name="Notice">{time::plural(i64::from(days), "day")}</Fact> })}
                {window}
            </Facts>
        </Panel>
    }
}

/// What cancelling would mean (R94).
#[component]
fn Meaning(preview: CancellationPreview) -> impl IntoView {
    let why = preview
        .rule
        .map(|rule| view! { <p class="dialog-lead">{because(rule)}</p> });
    let losses = preview
        .losses
        .iter()
        .map(|loss| view! { <li>{lost(loss)}</li> })
        .collect_view();
    let frozen = (preview.freezes && preview.outcome == Some(CancellationStatus::Scheduled))
        .then(|| view! { <Notice tone=Tone::Info>"Until then nothing of the account can be changed. Leads keep coming."</Notice> });
    let collected = if preview.charged_at_once {
        "charged when the account ends"
    } else {
        "invoiced when the account ends, and collected as usual"
    };
    let (due, nothing_due) = (preview.due, preview.due.minor == 0);
    let (nothing_lost, ends) = (preview.losses.is_empty(), when(&preview));
    view! {
        <Panel title="What cancelling means">
            {why}
            <Facts>
                <Fact name="The account ends">{ends}</Fact>
                <Fact name="Not invoiced yet"><Money amount=preview.accrued /></Fact>
                <Fact name="Open invoices"><Money amount=preview.open /></Fact>
                {(preview.credit.minor > 0).then(|| view! { <Fact name="Paid from credit"><Money amount=preview.credit /></Fact> })}
                <Fact name="Due as of today"><strong><Money amount=due /></strong></Fact>
            </Facts>
            {(!nothing_due).then(|| view! { <p class="muted">"It is " {collected} ". Leads that come until then are added."</p> })}
            {(!nothing_lost).then(|| view! { <h3 class="section-head">"What ends with it"</h3><ul>{losses}</ul> })}
            {frozen}
        </Panel>
    }
}

/// The question why, and the button that does it (R20, R89).
#[component]
fn Ask(preview: CancellationPreview, choice: Choice, reload: Callback<()>) -> impl IntoView {
    if let Some(refused) = preview.refused.clone() {
        return view! { <Notice tone=Tone::Warn>{refused.detail}</Notice> }.into_any();
    }
    let staff = session::is_staff();
    if !preview.may_cancel {
        let text = if preview.written && !staff {
            "Cancelling takes a written notice, by letter or e-mail. Send it to whoever looks after your account; the help page says who that is."
        } else {
            "Only the account's owner can cancel it."
        };
        return view! { <Notice tone=Tone::Info>{text}</Notice> }.into_any();
    }
    view! { <AskForm preview choice reload staff /> }.into_any()
}

#[component]
fn AskForm(preview: CancellationPreview, choice: Choice, reload: Callback<()>, staff: bool) -> impl IntoView {
    let form = Form::new("cancelling");
    let at = form.field("/effective", preview.effective.as_str());
    let reason = form.field("/reason", "");
    let comment = form.field("/comment", "");
    let requested_by = form.field("/requested_by", "");
    let channel = form.field("/channel", "");
    let received = form.field("/received_on", preview.received_on.as_str());
    let name = form.field("/document/name", "");
    let text = form.field("/document/text", "");
    let note = form.field("/retention_note", "");
    // What it would mean follows what is chosen.
    Effect::new(move |before: Option<()>| {
        let word = at.value.with(|word| word.parse().ok());
        if before.is_some() {
            choice.effective.set(word);
        }
    });
    Effect::new(move |before: Option<()>| {
        let day = received.value.with(|day| day.parse().ok());
        if before.is_some() && staff {
            choice.received_on.set(day);
        }
    });
    let (supplier, asks, written) = (preview.supplier_id, preview.asks_reason, preview.written);
    let several = preview.choices.len() > 1;
    let asked = preview.clone();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let day = received.optional().map(|day| day.parse()).transpose();
        let mut wrong = Vec::new();
        if day.is_err() {
            wrong.push(received.refusal("malformed", "Choose a day."));
        }
        if asks && reason.text().is_empty() {
            wrong.push(reason.refusal("required", "Say why, or choose that you would rather not."));
        }
        if form.refuse(wrong) {
            return;
        }
        let document = text.optional().map(|text| NoticeDocument {
            name: name.optional().unwrap_or_else(|| "notice.txt".to_owned()),
            text,
        });
        let body = CreateCancellation {
            supplier_id: supplier,
            effective: several.then(|| at.text().parse().ok()).flatten(),
            received_on: day.ok().flatten().filter(|_| staff),
            requested_by: requested_by.optional(),
            channel: channel.optional().and_then(|word| word.parse().ok()),
            document,
            reason: reason.optional().and_then(|word| word.parse().ok()),
            comment: comment.optional(),
            skip_reason: reason.text() == SKIPPED,
            retention_note: note.optional(),
        };
        let (title, text) = question(&untrack(|| choice.chosen.get()).unwrap_or_else(|| asked.clone()));
        confirm(title, text, "Cancel the account", true, move || {
            let body = body.clone();
            form.submit(
                move |key| async move { api::cancellations::create_cancellation(&body, &key).await },
                move |made: Cancellation| {
                    toast::done(match made.status {
                        CancellationStatus::Renewed => "The notice is kept: the agreement renews",
                        CancellationStatus::Effective => "The account has ended",
                        _ => "The account is in notice",
                    });
                    reload.run(());
                },
            );
        });
    };
    let reasons = CancelReason::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), reason_text(*word).to_owned()))
        .chain([(SKIPPED.to_owned(), "I would rather not say".to_owned())])
        .collect::<Vec<_>>();
    let channels = RequestChannel::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
        .collect::<Vec<_>>();
    let choices = preview
        .choices
        .iter()
        .map(|word| (word.as_str().to_owned(), choice_text(*word).to_owned(), String::new()))
        .collect::<Vec<_>>();
    let busy = Signal::derive(move || form.is_busy());
    let title = if staff {
        "Write a cancellation down"
    } else {
        "Before you go"
    };
    view! {
        <Panel title>
            <form class="form" on:submit=send novalidate>
                <p class="dialog-lead">{if staff { "As the supplier asked for it." } else { "Tell us why, so that we can do better. Your account manager would like to find a way, too." }}</p>
                <FormProblem form />
                {several.then(|| view! { <Radios field=at label="When" options=choices /> })}
                {staff.then(|| view! {
                    <div class="form-grid">
                        <TextField field=requested_by label="Asked for by" />
                        <Select field=channel label="How they asked" options=channels />
                        <DateField field=received label="Received on" />
                    </div>
                })}
                <Select field=reason label="Why" options=reasons placeholder="Choose…" />
                <TextArea field=comment label="In their own words" limit=500 optional=true />
                {staff.then(|| view! {
                    <TextField field=name label="Name of the notice" optional=true hint="Such as the name of its file." />
                    <TextArea field=text label="The notice itself" limit=50_000 optional={!written} />
                    <TextArea field=note label="What came of a talk about staying" limit=500 optional=true hint="The supplier does not see it." />
                })}
                <div class="form-actions"><Button look=Look::Danger submit=true busy>"Cancel the account…"</Button></div>
            </form>
        </Panel>
    }
}

#[component]
fn Past(cancellation: Cancellation, reload: Callback<()>) -> impl IntoView {
    let one = cancellation;
    let asked = one.requested_by.clone().map(|name| match one.channel {
        Some(channel) => format!(
            "Asked for by {name}, {}. ",
            words::sentence(channel.as_str()).to_lowercase()
        ),
        None => format!("Asked for by {name}. "),
    });
    let why = match (one.reason, one.reason_skipped) {
        (Some(reason), _) => Some(format!("{}. ", reason_text(reason))),
        (None, true) => Some("They would rather not say why. ".to_owned()),
        (None, false) => None,
    };
    let end = match (one.status, one.last_day, one.window) {
        (CancellationStatus::Renewed, _, Some(window)) => {
            format!("The agreement renews; notice counts {}.", between(window))
        }
        (CancellationStatus::Scheduled, Some(day), _) => format!("The last day is {}.", time::date(day)),
        _ => String::new(),
    };
    let file = one.document_name.clone().map(|name| {
        let id = one.id;
        view! { <DownloadButton file=Signal::stored(File::CancellationDocument(id)) name=Signal::stored(name) label="The notice" /> }
    });
    let note = session::is_staff().then(|| view! { <RetentionNote cancellation=one.clone() reload /> });
    view! {
        <li class="row-flat">
            <span class="row-text">
                <span>"Received on " {time::date(one.received_on)} {one.ended_at.filter(|_| one.status == CancellationStatus::Effective).map(|at| view! { ", ended " <Time at shown=Shown::Day /> })}</span>
                <small>{asked}{why}{one.comment.clone().map(|text| format!("“{text}” "))}{end}</small>
                {one.retention_note.clone().map(|text| view! { <small>"Talk about staying: " {text}</small> })}
            </span>
            <span class="row-side">{file}{note}{status_badge(one.status)}</span>
        </li>
    }
}

/// What came of a talk about staying; staff keep it (R20).
#[component]
fn RetentionNote(cancellation: Cancellation, reload: Callback<()>) -> impl IntoView {
    let may = session::may(Permission::CancellationsWrite);
    let open = RwSignal::new(false);
    let form = Form::new("retention");
    let note = form.field(
        "/retention_note",
        cancellation.retention_note.clone().unwrap_or_default(),
    );
    let (id, version) = (cancellation.id, cancellation.version);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = UpdateCancellation {
            retention_note: note.text(),
        };
        form.submit(
            move |key| async move { api::cancellations::update_cancellation(id, version, &body, &key).await },
            move |_| {
                open.set(false);
                toast::done("Kept");
                reload.run(());
            },
        );
    };
    may.then(|| view! {
        <Button look=Look::Quiet on_click=Callback::new(move |()| open.set(true))>"Note a talk"</Button>
        <Dialog open title=Signal::stored("A talk about staying".to_owned())>
            <form class="drawer-content" on:submit=send novalidate>
                <FormProblem form />
                <TextArea field=note label="What came of it" limit=500 hint="The supplier does not see it." />
                <div class="form-actions">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Keep"</Button>
                </div>
            </form>
        </Dialog>
    })
}
