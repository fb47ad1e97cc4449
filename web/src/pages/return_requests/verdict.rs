//! The dialog of a verdict: it names the lead, the supplier and the amount before anything happens.

use leptos::prelude::*;
use tradepost_contract::return_requests::{
    ApproveReturnRequest, DenyReturnRequest, ExpectedRemedy, ReturnMessage, ReturnRequest,
};

use super::review::remedy_words;
use crate::api;
use crate::browser;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::{TextArea, TextField};
use crate::ui::problem::FormProblem;

/// What is about to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is granted.
    Approve,
    /// It is refused.
    Deny,
    /// The supplier is asked for more.
    Ask,
}

/// Asks for the words of a verdict, and says it.
#[component]
pub fn VerdictDialog(
    /// Which verdict; nothing while it is closed.
    open: RwSignal<Option<Verdict>>,
    /// The request.
    request: ReturnRequest,
    /// The person of the lead.
    who: String,
    /// The supplier's name.
    supplier: String,
    /// What an approval gives.
    remedy: Option<ExpectedRemedy>,
    /// After a verdict.
    decided: Callback<()>,
    /// After a question.
    reload: Callback<()>,
) -> impl IntoView {
    let (id, version, label, price) = (request.id, request.version, request.reason_label, request.price);
    let remedy = StoredValue::new(remedy);
    let form = Form::new("verdict");
    let explanation = form.field("/explanation", "");
    let question = form.field("/text", "");
    let clause = form.field("/clause", "");
    let evidence = form.field("/evidence", "");
    let shown = RwSignal::new(false);
    Effect::new(move |_| {
        let verdict = open.get();
        shown.set(verdict.is_some());
        if let Some(verdict) = verdict {
            let first = if verdict == Verdict::Ask { question } else { explanation };
            browser::after_render(move || {
                browser::after_render(move || {
                    browser::focus(&first.id());
                })
            });
        }
    });
    Effect::new(move |_| {
        if !shown.get() && open.get_untracked().is_some() {
            open.set(None);
        }
    });
    let names = StoredValue::new((who, supplier, label));
    let title = Signal::derive(move || {
        names.with_value(|(who, supplier, _)| match open.get() {
            Some(Verdict::Approve) => format!("Approve the return of {who}?"),
            Some(Verdict::Deny) => format!("Deny the return of {who}?"),
            Some(Verdict::Ask) | None => format!("Ask {supplier} about {who}"),
        })
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match open.get_untracked() {
            Some(Verdict::Approve) => {
                let body = ApproveReturnRequest {
                    explanation: explanation.optional(),
                    clause: clause.optional(),
                    evidence: evidence.optional(),
                };
                form.submit(
                    move |key| async move { api::return_requests::approve_return_request(id, version, &body, &key).await },
                    move |request| {
                        let remedy = request.remedy.map(|word| crate::format::words::sentence(word.as_str()).to_lowercase());
                        toast::done(format!("Approved{}", remedy.map(|remedy| format!(": {remedy}")).unwrap_or_default()));
                        open.set(None);
                        decided.run(());
                    },
                );
            }
            Some(Verdict::Deny) => {
                let body = DenyReturnRequest {
                    explanation: explanation.optional(),
                    clause: clause.optional(),
                    evidence: evidence.optional(),
                };
                form.submit(
                    move |key| async move { api::return_requests::deny_return_request(id, version, &body, &key).await },
                    move |_| {
                        toast::done("Denied");
                        open.set(None);
                        decided.run(());
                    },
                );
            }
            Some(Verdict::Ask) => {
                if form.refuse(if question.text().is_empty() {
                    vec![question.refusal("required", "Write what you want to know.")]
                } else {
                    Vec::new()
                }) {
                    return;
                }
                let body = ReturnMessage { text: question.text() };
                form.submit(
                    move |key| async move { api::return_requests::ask_about_return_request(id, version, &body, &key).await },
                    move |_| {
                        toast::done("Asked; the clock waits for the answer");
                        open.set(None);
                        reload.run(());
                    },
                );
            }
            None => {}
        }
    };
    let fields = move || {
        let verdict = open.get()?;
        let (about, action, look) = names.with_value(|(_, supplier, label)| match verdict {
            Verdict::Approve => {
                let (action, money) = remedy.with_value(|remedy| remedy_words(remedy.as_ref()));
                (format!("“{label}”. {supplier} gets its remedy at once: {money}"), action, Look::Primary)
            }
            Verdict::Deny => {
                let amount = crate::format::money::text(price);
                (format!("“{label}”. {supplier} still pays {amount}, reads why, and may appeal where the policy allows it."), format!("Deny, keep {amount}"), Look::Danger)
            }
            Verdict::Ask => (format!("{supplier} is asked, and the request waits for the answer."), "Send the question".to_owned(), Look::Primary),
        });
        let inputs = if verdict == Verdict::Ask {
            view! { <TextArea field=question label="Question" limit=2000 /> }.into_any()
        } else {
            view! {
                <TextArea field=explanation label="Explanation" hint="The supplier reads it." limit=2000 optional=verdict == Verdict::Approve />
                <TextField field=clause label="Clause" hint="Of the guidelines; the reason's own where you give none." optional=true />
                <TextArea field=evidence label="What you found out" hint="Only staff read it." limit=2000 optional=true />
            }
            .into_any()
        };
        Some(view! {
            <p class="dialog-lead">{about}</p>
            <FormProblem form />
            {inputs}
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(None))>"Cancel"</Button>
                <Button look submit=true busy=Signal::derive(move || form.is_busy())>{action}</Button>
            </div>
        })
    };
    view! { <Dialog open=shown title><form class="drawer-content" on:submit=send novalidate>{fields}</form></Dialog> }
}
