//! The return guidelines in force: what counts, until when, and what comes of it, in words made of the
//! policy itself (R29, R32). `?version=` shows those of another day, such as the day a lead was delivered.

use leptos::prelude::*;
use tradepost_contract::PolicyVersionId;
use tradepost_contract::policy::{
    DecisionMode, EvidenceNeed, LateRule, ReasonClass, Remedy, ReturnReason, ReturnWindow, WindowStart, WordingKey,
};

use crate::api;
use crate::api::terms::{ReturnTerms, Terms, VersionTerms};
use crate::format::time::plural;
use crate::kit::load::{Loaded, Loader};
use crate::router::{self, Query};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::empty::Empty;
use crate::ui::page::{PageHead, Panel};
use crate::ui::time::{Shown, Time};

/// Where the guidelines of a version are.
pub(crate) fn path_of(version: PolicyVersionId) -> String {
    let mut query = Query::default();
    query.set("version", Some(&version.to_string()));
    query.behind(&Route::Portal(PortalRoute::Guidelines).path())
}

/// The guidelines.
#[component]
pub fn Guidelines() -> impl IntoView {
    let asked = Memo::new(|_| {
        router::address().with(|address| {
            address
                .query
                .get("version")
                .and_then(|text| text.parse::<PolicyVersionId>().ok())
        })
    });
    let terms = Loader::new(move || {
        let version = asked.get();
        async move {
            match (version, session::terms()) {
                (Some(version), _) => api::terms::get_policy_version(version).await.map(Some),
                // Those of the account itself, with what was agreed with it.
                (None, Some(own)) => Ok(Some(VersionTerms {
                    id: own.policy_version_id,
                    number: None,
                    published_at: None,
                    policy: own.policy.clone(),
                })),
                (None, None) => Ok(None),
            }
        }
    });
    view! {
        <Loaded loader=terms let:terms>
            {match terms {
                Some(terms) => view! { <Rules terms /> }.into_any(),
                None => view! { <PageHead title="Return guidelines" /><Empty title="Not yours to see">"Ask the owner of your account."</Empty> }.into_any(),
            }}
        </Loaded>
    }
}

#[component]
fn Rules(terms: VersionTerms) -> impl IntoView {
    let policy = terms.policy;
    let title = format!("{}: the guidelines", policy.word(WordingKey::ReturnRequests));
    let about = match (terms.number, terms.published_at) {
        (Some(number), Some(at)) => view! { <p class="page-subtitle guidelines-version">"Version "{number}", in force since "<Time at shown=Shown::Day /></p> }.into_any(),
        _ => view! { <p class="page-subtitle guidelines-version">"As they are in force for your account today. A lead keeps the rules of the day it was delivered."</p> }.into_any(),
    };
    let back = (Route::Portal(PortalRoute::Help).path(), "Help");
    if policy.returns.window == (ReturnWindow::None {}) {
        return view! {
            <PageHead title back />
            <Empty title="Nothing is taken back" icon=icondata_lu::LuBan>"This programme does not take leads back. Your account manager can say more."</Empty>
        }
        .into_any();
    }
    let returns = policy.returns.clone();
    let lines = short(&policy)
        .into_iter()
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    view! {
        <PageHead title back />
        {about}
        <Panel title="In short"><ul class="plain-list">{lines}</ul></Panel>
        <Grounds title="What counts" about="Granted once it is verified." returns=returns.clone() class=ReasonClass::Valid />
        <Grounds title="What a reviewer judges" about="It depends on the case, so write down what happened." returns=returns.clone() class=ReasonClass::Review />
        <Grounds title="What does not count" about="These are refused, each with its reason." returns class=ReasonClass::NonValid />
        <Answers policy />
    }
    .into_any()
}

/// The rules in sentences.
fn short(terms: &Terms) -> Vec<String> {
    let returns = &terms.returns;
    let mut lines = vec![window(&returns.window)];
    match (returns.late, &returns.late_message) {
        (_, Some(message)) => lines.push(message.clone()),
        (LateRule::AutoDeny, None) => lines.push("What comes later is denied automatically.".to_owned()),
        (LateRule::Refuse, None) => lines.push("What comes later is not taken.".to_owned()),
    }
    if returns.note_required {
        lines.push("Every request needs a note that says what is wrong.".to_owned());
    }
    lines.push(match (returns.decision_mode, returns.sla_hours) {
        (DecisionMode::Instant, _) => "It is granted at once, and looked at later.".to_owned(),
        (DecisionMode::Reviewer, Some(hours)) => format!(
            "The {} decides within {}.",
            terms.word(WordingKey::ReturnsDepartment).to_lowercase(),
            span(hours)
        ),
        (DecisionMode::Reviewer, None) => format!(
            "The {} decides.",
            terms.word(WordingKey::ReturnsDepartment).to_lowercase()
        ),
    });
    lines.push(
        match returns.remedy {
            Remedy::Credit => {
                "A granted request gives the price back: the lead leaves the next invoice, or a credit note follows."
            }
            Remedy::Replacement => "A granted request gives you another lead, free of charge.",
            Remedy::LineDropped => "A granted request takes the lead off the next invoice.",
        }
        .to_owned(),
    );
    if returns.appeal.allowed {
        let days = plural(i64::from(returns.appeal.days), "day");
        lines.push(format!(
            "After a denial you may appeal once within {days}; another person decides then."
        ));
    }
    lines
}

/// The window in words.
pub(super) fn window(window: &ReturnWindow) -> String {
    let from = |starts: WindowStart| match starts {
        WindowStart::DeliveredAt => "from its delivery",
        WindowStart::FirstSuccessfulTransport => "from its first arrival with you",
    };
    match window {
        ReturnWindow::None {} => "Nothing is taken back.".to_owned(),
        ReturnWindow::CalendarDays { amount, starts } => format!(
            "A lead can be returned for {} {}, to the end of the last day.",
            plural(i64::from(*amount), "calendar day"),
            from(*starts)
        ),
        ReturnWindow::Hours { amount, starts } => {
            format!(
                "A lead can be returned for {} {}, to the minute.",
                span(*amount),
                from(*starts)
            )
        }
        ReturnWindow::UntilInvoiced {} => "A lead can be returned until it stands on an invoice.".to_owned(),
    }
}

/// `72 hours`, `5 days`.
pub(super) fn span(hours: u32) -> String {
    let hours = i64::from(hours);
    if hours > 72 && hours % 24 == 0 {
        plural(hours / 24, "day")
    } else {
        plural(hours, "hour")
    }
}

#[component]
fn Grounds(title: &'static str, about: &'static str, returns: ReturnTerms, class: ReasonClass) -> impl IntoView {
    let reasons: Vec<ReturnReason> = returns
        .reasons
        .into_values()
        .filter(|reason| reason.class == class)
        .collect();
    if reasons.is_empty() {
        return ().into_any();
    }
    let items = reasons
        .into_iter()
        .map(|reason| view! { <Ground reason /> })
        .collect_view();
    view! { <Panel title><p class="panel-text">{about}</p><ul class="grounds">{items}</ul></Panel> }.into_any()
}

#[component]
fn Ground(reason: ReturnReason) -> impl IntoView {
    let aliases = reason.aliases.into_values().collect::<Vec<_>>().join(", ");
    let evidence = match reason.evidence {
        EvidenceNeed::None => None,
        EvidenceNeed::Helpful => Some("Proof helps"),
        EvidenceNeed::Required => Some("Proof needed"),
    };
    view! {
        <li>
            <p class="ground-head"><strong>{reason.label}</strong>
                {reason.needs_note.then(|| view! { <Badge text="Note needed" tone=Tone::Info /> })}
                {evidence.map(|text| view! { <Badge text tone=Tone::Info /> })}
                {reason.clause.map(|clause| view! { <span class="muted">"Clause "{clause}</span> })}
            </p>
            {(!aliases.is_empty()).then(|| view! { <p class="muted">"Also: "{aliases}</p> })}
            {reason.message.map(|message| view! { <p>{message}</p> })}
        </li>
    }
}

/// Complaints that get help instead (R32).
#[component]
fn Answers(policy: Terms) -> impl IntoView {
    let articles: Vec<_> = policy
        .help
        .into_values()
        .filter(|article| !article.answers.is_empty())
        .collect();
    if articles.is_empty() {
        return ().into_any();
    }
    let items = articles
        .into_iter()
        .map(|article| {
            let complaints = article.answers.into_values().collect::<Vec<_>>().join(" · ");
            view! { <li><p class="ground-head"><strong>{complaints}</strong></p><p>{article.title}</p><p>{article.text}</p></li> }
        })
        .collect_view();
    view! { <Panel title="What we help with instead"><p class="panel-text">"No ground for a return, but there is something to do about it."</p><ul class="grounds">{items}</ul></Panel> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_read_like_speech() {
        let starts = WindowStart::DeliveredAt;
        assert_eq!(
            window(&ReturnWindow::CalendarDays { amount: 10, starts }),
            "A lead can be returned for 10 calendar days from its delivery, to the end of the last day."
        );
        assert_eq!(
            window(&ReturnWindow::Hours { amount: 72, starts }),
            "A lead can be returned for 72 hours from its delivery, to the minute."
        );
        assert_eq!(span(120), "5 days");
        assert_eq!(span(1), "1 hour");
    }
}
