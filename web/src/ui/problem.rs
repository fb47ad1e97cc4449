//! What went wrong, with a way to try again and the number to quote.

use leptos::prelude::*;

use super::button::Button;
use super::icon::Icon;
use crate::api::Failure;
use crate::kit::form::Form;

/// A failure in place of a content.
#[component]
pub fn ProblemNotice(
    /// What happened.
    failure: Failure,
    /// Tries again.
    #[prop(optional)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let request_id = failure.request_id().filter(|id| !id.is_empty()).map(str::to_owned);
    let detail = failure.detail();
    view! {
        <div class="notice bad" role="alert">
            <Icon icon=icondata_lu::LuTriangleAlert />
            <div class="notice-text">
                <strong>{failure.title()}</strong>
                {(!detail.is_empty()).then(|| view! { <p>{detail}</p> })}
                {request_id.map(|id| view! { <p class="request-id">"Request "<code>{id}</code></p> })}
            </div>
            {retry.map(|retry| view! { <Button on_click=retry icon=icondata_lu::LuRotateCw>"Try again"</Button> })}
        </div>
    }
}

/// What the server said about a form that belongs to none of its fields.
#[component]
pub fn FormProblem(
    /// The form.
    form: Form,
) -> impl IntoView {
    move || form.problem().map(|failure| view! { <ProblemNotice failure /> })
}

/// A line that stands out: a rule, a warning, something done.
#[component]
pub fn Notice(
    /// Its colour.
    #[prop(default = super::badge::Tone::Info)]
    tone: super::badge::Tone,
    /// What it says.
    children: Children,
) -> impl IntoView {
    use super::badge::Tone;
    let icon = match tone {
        Tone::Neutral | Tone::Info => icondata_lu::LuInfo,
        Tone::Good => icondata_lu::LuCircleCheck,
        Tone::Warn => icondata_lu::LuClock,
        Tone::Bad => icondata_lu::LuTriangleAlert,
    };
    view! {
        <div class=format!("notice {}", tone.class())>
            <Icon icon />
            <div class="notice-text">{children()}</div>
        </div>
    }
}
