//! Asking for a return: one of the programme's reasons, in the programme's words (R24, R26, R49).

use leptos::prelude::*;
use tradepost_contract::DeliveryId;
use tradepost_contract::deliveries::{DeliveryDetail, RejectDelivery};
use tradepost_contract::return_requests::{CreateReturnRequest, ReturnChannel, ReturnOptions, ReturnReasonOption};

use super::list::lead_name;
use crate::api;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::pages::own::guidelines;
use crate::router;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextArea;
use crate::ui::money::Money;
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Radios;
use crate::ui::time::{Due, Shown, Time};

/// The form in the drawer of a lead.
#[component]
pub fn ReturnForm(
    /// The lead.
    id: DeliveryId,
    /// What to read anew when it was sent.
    lead: Loader<DeliveryDetail>,
    /// The drawer.
    open: RwSignal<bool>,
    /// Whether the programme takes a rejection without a review (R109).
    one_click: bool,
) -> impl IntoView {
    let options = Loader::new(move || api::deliveries::get_return_options(id));
    view! { <Loaded loader=options let:options><ReturnFormBody options lead open one_click /></Loaded> }
}

#[component]
fn ReturnFormBody(
    options: ReturnOptions,
    lead: Loader<DeliveryDetail>,
    open: RwSignal<bool>,
    one_click: bool,
) -> impl IntoView {
    // Where a rejection needs no review there is nothing to ask for: the page has said that it may be made (R109).
    if !options.returnable && !one_click {
        let message = options
            .message
            .unwrap_or_else(|| "It cannot be returned any more.".to_owned());
        return view! { <div class="drawer-content"><Notice tone=Tone::Warn>{message}</Notice></div> }.into_any();
    }
    // Which lead it is and what it costs, before anything is sent.
    let about = untrack(|| lead.get()).map(|detail| {
        let delivery = detail.delivery;
        view! { <p class="return-about"><strong>{lead_name(&delivery)}</strong><span class="muted">{delivery.product_name.clone()}</span><Money amount=delivery.price /></p> }
    });
    let form = Form::new("return");
    let reason = form.field("/reason", "");
    let note = form.field("/note", "");
    let id = options.delivery_id;
    // The rules of the day it was delivered, not of today (R29).
    let guidelines = guidelines::path_of(options.guidelines.policy_version_id);
    let (reasons, not_grounds) = (options.reasons, options.not_grounds);
    let choices = reasons
        .iter()
        .map(|reason| {
            let about = reason.message.clone().unwrap_or_default();
            (reason.code.clone(), reason.label.clone(), about)
        })
        .collect();
    let always = options.note_required;
    let needs_note = {
        let reasons = reasons.clone();
        move |code: &str| always || reasons.iter().any(|reason| reason.code == code && reason.needs_note)
    };
    let required = needs_note.clone();
    // The link in the mail says so itself, and the API wants to know (R31).
    let by_mail = router::address().with_untracked(|address| address.query.get("channel") == Some("email_link"));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let code = reason.text();
        let mut refusals = Vec::new();
        if code.is_empty() {
            refusals.push(reason.refusal("required", "Choose the reason that fits."));
        }
        if needs_note(&code) && note.text().is_empty() {
            refusals.push(note.refusal("required", "Say what is wrong with it; the reviewer decides by this."));
        }
        if form.refuse(refusals) {
            return;
        }
        if one_click {
            let body = RejectDelivery { reason: code };
            form.submit(
                move |key| async move { api::deliveries::reject_delivery(id, &body, &key).await },
                move |_| {
                    toast::done("Rejected; it is not charged");
                    open.set(false);
                    lead.reload();
                },
            );
            return;
        }
        let body = CreateReturnRequest {
            delivery_id: id,
            reason: code,
            note: note.optional(),
            channel: by_mail.then_some(ReturnChannel::EmailLink),
            override_reason: None,
        };
        form.submit(
            move |key| async move { api::return_requests::create_return_request(&body, &key).await },
            move |request| {
                toast::done(format!("Sent for review: {}", request.reason_label));
                open.set(false);
                lead.reload();
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            {about}
            {options.return_deadline_at.map(|at| view! {
                <p class="return-left"><Due at before="Return within" /><span class="muted">"until "<Time at shown=Shown::Until /></span></p>
            })}
            <FormProblem form />
            <Radios field=reason label="What is wrong with it?" options=choices />
            {(!not_grounds.is_empty()).then(|| view! { <NotGrounds reasons=not_grounds /> })}
            {(!one_click).then(|| view! {
                <TextArea field=note label="What happened"
                    hint=if always { "The reviewer decides by this." } else { "What you write helps the reviewer." } optional=!always />
            })}
            {move || (!always && required(&reason.value.get())).then(|| view! { <Notice tone=Tone::Neutral>"This reason needs a note."</Notice> })}
            <p class="guidelines-link"><a href=guidelines target="_blank" rel="noopener">"What counts: the guidelines of this lead"</a></p>
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>{options.action_label}</Button>
            </div>
        </form>
    }
    .into_any()
}

/// Complaints that are no grounds, with what is said to them (R32, R47).
#[component]
fn NotGrounds(reasons: Vec<ReturnReasonOption>) -> impl IntoView {
    let items = reasons
        .into_iter()
        .map(|reason| {
            view! {
                <li>
                    <strong>{reason.label}</strong>
                    {reason.message.map(|message| view! { <p>{message}</p> })}
                    {reason.help_url.and_then(router::safe_link).map(|url| view! { <a href=url target="_blank" rel="noopener noreferrer">"Read more"</a> })}
                </li>
            }
        })
        .collect_view();
    view! { <details class="not-grounds"><summary>"Not a reason to return a lead"</summary><ul>{items}</ul></details> }
}
