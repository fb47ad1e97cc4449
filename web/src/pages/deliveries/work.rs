//! What a supplier made of a lead: a rating, an outcome, a note.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::deliveries::{DeliveryDetail, LeadOutcome, UpdateDelivery};
use tradepost_contract::policy::WordingKey;

use crate::api;
use crate::kit::form::Form;
use crate::kit::load::Loader;
use crate::kit::toast;
use crate::session;
use crate::ui::badge::Status;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextArea;
use crate::ui::icon::Icon;
use crate::ui::page::Panel;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

/// The rating, the outcome and the note of a lead.
#[component]
pub(super) fn WorkForm(detail: DeliveryDetail, lead: Loader<DeliveryDetail>) -> impl IntoView {
    let delivery = detail.delivery;
    let (id, version) = (delivery.id, delivery.version);
    let form = Form::new("work");
    let rating = form.field(
        "/rating",
        delivery.rating.map(|stars| stars.to_string()).unwrap_or_default(),
    );
    let outcome = form.field("/outcome", delivery.outcome.map_or("", LeadOutcome::as_str));
    let note = form.field("/note", delivery.note.clone().unwrap_or_default());
    let outcomes = LeadOutcome::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), word.label()))
        .collect();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let patch = UpdateDelivery {
            rating: Some(rating.text().parse().ok()),
            outcome: Some(outcome.text().parse().ok()),
            note: Some(note.optional()),
        };
        form.submit(
            move |key| async move { api::deliveries::update_delivery(id, version, &patch, &key).await },
            move |_| {
                toast::done("Saved");
                lead.reload();
            },
        );
    };
    view! {
        <Panel title=session::word(WordingKey::RateBox)>
            <form on:submit=save novalidate>
                <FormProblem form />
                <div class="form-row">
                    <Stars value=rating.value />
                    <Select field=outcome label="Outcome" options=outcomes placeholder="Not noted yet" />
                </div>
                <TextArea field=note label="Note" hint="Only your account and staff see it." />
                <div class="form-actions">
                    <Button look=Look::Plain submit=true busy=Signal::derive(move || form.is_busy())>"Save"</Button>
                </div>
            </form>
        </Panel>
    }
}

/// One to five stars, as a group of radio buttons.
#[component]
fn Stars(value: RwSignal<String>) -> impl IntoView {
    let stars = (1..=5)
        .map(|star: i32| {
            let lit = move || value.with(|value| value.parse::<i32>().is_ok_and(|value| value >= star));
            let checked = move || value.with(|value| value.parse::<i32>() == Ok(star));
            view! {
                <label class="star" class:lit=lit>
                    <input type="radio" name="rating" prop:checked=checked on:change=move |_| value.set(star.to_string()) />
                    <Icon icon=icondata_lu::LuStar />
                    <span class="sr-only">{format!("{star} of 5")}</span>
                </label>
            }
        })
        .collect_view();
    view! { <fieldset class="field stars"><legend class="field-label">"Rating"</legend><div class="star-row">{stars}</div></fieldset> }
}
