//! Trying a target with somebody who does not exist.

use leptos::prelude::*;
use tradepost_contract::DeliveryTargetId;
use tradepost_contract::delivery_targets::DeliveryTargetTrial;

use crate::api;
use crate::kit::toast;
use crate::pages::webhooks::log::Attempt;
use crate::ui::button::{Button, Look};
use crate::ui::page::{Fact, Facts};

/// What would be sent, and what comes back when it is.
#[component]
pub fn Trial(
    /// Of which target.
    id: DeliveryTargetId,
    /// Whether it is a mail.
    is_mail: bool,
) -> impl IntoView {
    let tried = RwSignal::new(None::<(DeliveryTargetTrial, bool)>);
    let busy = RwSignal::new(false);
    let go = move |send: bool| {
        Callback::new(move |()| {
            busy.set(true);
            wasm_bindgen_futures::spawn_local(async move {
                match api::delivery_targets::try_target(id, send).await {
                    Ok(trial) => tried.set(Some((trial, send))),
                    Err(failure) => toast::failed(failure.told()),
                }
                busy.set(false);
            });
        })
    };
    view! {
        <h3>"Try it"</h3>
        <p class="field-hint">"With a made-up lead, so that you see it arrive before a real one does."</p>
        <div class="form-actions">
            <Button on_click=go(false)>"Show what is sent"</Button>
            <Button look=Look::Primary busy=Signal::derive(move || busy.get()) on_click=go(true)>"Send a test lead"</Button>
        </div>
        <div role="status">{move || tried.get().map(|(trial, sent)| view! { <Tried trial sent is_mail /> })}</div>
    }
}

#[component]
fn Tried(trial: DeliveryTargetTrial, sent: bool, is_mail: bool) -> impl IntoView {
    let headers = trial
        .headers
        .into_iter()
        .map(|header| view! { <Fact name=header.name><code>{header.text}</code></Fact> })
        .collect_view();
    let answer = trial
        .answer
        .map(|attempt| view! { <ul class="rows-flat tried-answer"><Attempt attempt /></ul> });
    view! {
        {(sent && is_mail).then(|| view! { <p class="tried-answer">"The mail is on its way. Look whether your CRM has the lead."</p> })}
        {answer}
        <Facts><Fact name="To"><code>{trial.address}</code></Fact>{headers}</Facts>
        <pre class="document code" tabindex="0">{trial.body}</pre>
    }
}
