//! The refunds of one payment: asked for, agreed to by a second person, or refused.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::payments::{Payment, PaymentPurpose};
use tradepost_contract::permissions::Permission;
use tradepost_contract::refunds::{CreateRefund, DecideRefund, Refund, RefundStatus};
use tradepost_contract::{Money as Amount, RefundId};

use crate::api;
use crate::browser;
use crate::format::money;
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::field::{TextArea, TextField};
use crate::ui::page::Panel;
use crate::ui::problem::FormProblem;
use crate::ui::reason::ReasonAction;
use crate::ui::time::{Shown, Time};

/// The refunds, each with what can be decided about it.
#[component]
pub fn Refunds(
    /// The newest first.
    refunds: Vec<Refund>,
    /// Reads them anew.
    reload: Callback<()>,
) -> impl IntoView {
    if refunds.is_empty() {
        return view! { <Panel title="Refunds"><p class="panel-none">"Nothing was given back."</p></Panel> }.into_any();
    }
    let rows = refunds
        .into_iter()
        .map(|refund| {
            let decided = refund.decided_by.clone().map(|by| {
                format!("{by}: {}", refund.decision_note.clone().unwrap_or_default())
            });
            let waits = refund.status == RefundStatus::AwaitingApproval && session::may(Permission::RefundsWrite);
            let own = session::me().is_some_and(|me| me.name == refund.requested_by);
            let stuck = refund.status == RefundStatus::Failed && refund.sent_again_as.is_none();
            let verdict = match (waits, own) {
                _ if stuck && session::may(Permission::RefundsWrite) => view! { <span class="method-actions"><SendAgain id=refund.id amount=refund.amount reload /><Decide id=refund.id amount=refund.amount approves=false reload /></span> }.into_any(),
                (true, false) => view! { <span class="method-actions"><Decide id=refund.id amount=refund.amount approves=true reload /><Decide id=refund.id amount=refund.amount approves=false reload /></span> }.into_any(),
                // The badge says that somebody else has to.
                (true, true) | (false, _) => ().into_any(),
            };
            view! {
                <li class="row-flat wrapping">
                    <span class="row-text">
                        <strong>{money::text(refund.amount)}</strong>
                        <small>{format!("{}: {}", refund.requested_by, refund.reason)}</small>
                        {decided.map(|text| view! { <small>{text}</small> })}
                        {refund.failure.clone().map(|text| view! { <small>{text}</small> })}
                        <small><Time at=refund.created_at shown=Shown::Relative programme=refund.programme_id /></small>
                    </span>
                    {status_badge(refund.status)}
                    {verdict}
                </li>
            }
        })
        .collect_view();
    view! { <Panel title="Refunds"><ul class="rows-flat">{rows}</ul></Panel> }.into_any()
}

/// Sends a refund again that the gateway could not make.
#[component]
fn SendAgain(id: RefundId, amount: Amount, reload: Callback<()>) -> impl IntoView {
    let title = format!("Give {} back again?", money::text(amount));
    let ask = Callback::new(move |()| {
        let text = "The gateway could not do it the first time. It is asked again at once; nobody has to agree anew.";
        confirm(title.clone(), text, "Send again", false, move || {
            wasm_bindgen_futures::spawn_local(async move {
                match api::refunds::send_refund_again(id, &browser::random_key()).await {
                    Ok(refund) => toast::done(refund.status.label()),
                    Err(failure) => toast::failed(failure.told()),
                }
                reload.run(());
            });
        });
    });
    view! { <Button look=Look::Primary on_click=ask>"Send again"</Button> }
}

#[component]
fn Decide(id: RefundId, amount: Amount, approves: bool, reload: Callback<()>) -> impl IntoView {
    let shown = money::text(amount);
    let (label, title, text, look, said) = if approves {
        (
            "Agree",
            format!("Give {shown} back?"),
            "The gateway is asked at once. What you say stays with the refund.",
            Look::Primary,
            "Agreed",
        )
    } else {
        (
            "Refuse",
            format!("Refuse to give {shown} back?"),
            "The money stays, and can be asked for again.",
            Look::Plain,
            "Refused",
        )
    };
    let run = move |note: Option<String>, key: String| {
        let body = DecideRefund {
            note: note.unwrap_or_default(),
        };
        async move {
            let answer = if approves {
                api::refunds::approve_refund(id, &body, &key).await
            } else {
                api::refunds::refuse_refund(id, &body, &key).await
            };
            answer.map(drop)
        }
        .boxed_local()
    };
    view! { <ReasonAction label title text look said done=reload run=Box::new(run) /> }
}

/// Asks for a refund of a payment.
#[component]
pub fn RefundForm(
    /// Of which.
    payment: Payment,
    /// What is left of it.
    left: Amount,
    /// The dialog around it.
    open: RwSignal<bool>,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("refund");
    let amount = form.field("/amount", money::decimal(left));
    let reason = form.field("/reason", "");
    let text = match payment.purpose {
        PaymentPurpose::WalletTopUp => {
            "It comes out of the wallet that it was paid into. Above the programme's limit a second person agrees first."
        }
        _ => {
            "It uses up the supplier's credit balance first, and opens the invoice again for the rest. Above the programme's limit a second person agrees first."
        }
    };
    let (id, supplier, currency) = (payment.id, payment.supplier_name, left.currency);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let asked = money::parse(&amount.text(), currency).filter(|asked| asked.minor > 0 && asked.minor <= left.minor);
        if asked.is_none() {
            let most = format!("At most {}, which is what is left of it.", money::text(left));
            wrong.push(amount.refusal("out_of_range", &most));
        }
        if reason.text().is_empty() {
            wrong.push(reason.refusal("required", "Say why; it stays with the refund."));
        }
        if form.refuse(wrong) {
            return;
        }
        let Some(asked) = asked else { return };
        let (shown, why) = (money::text(asked), reason.text());
        confirm(
            format!("Give {shown} back to {supplier}?"),
            text,
            format!("Refund {shown}"),
            true,
            move || {
                let body = CreateRefund {
                    payment_id: id,
                    amount: Some(asked),
                    reason: why.clone(),
                };
                form.submit(
                    move |key| async move { api::refunds::create_refund(&body, &key).await },
                    move |refund: Refund| {
                        toast::done(refund.status.label());
                        open.set(false);
                        done.run(());
                    },
                );
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <TextField field=amount label=format!("Amount in {currency}") />
            <TextArea field=reason label="Reason" limit=500 />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Continue"</Button>
            </div>
        </form>
    }
}
