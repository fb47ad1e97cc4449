//! The one dialog that asks who is there before money, keys or access are touched; see [`step_up::ask`].

use leptos::prelude::*;
use tradepost_contract::auth::{MySecondFactor, SecretText};
use tradepost_contract::second_factors::StepUp;

use crate::api;
use crate::kit::form::Form;
use crate::kit::step_up;
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;

/// The dialog.
#[component]
pub fn StepUpDialog() -> impl IntoView {
    let open = step_up::open();
    // Closing it is an answer too.
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            step_up::settle(false);
        }
        now
    });
    view! { <Dialog open title=Signal::stored("Confirm that it is you".to_owned())><Proof /></Dialog> }
}

#[component]
fn Proof() -> impl IntoView {
    let with_codes = session::me().is_some_and(|me| me.second_factor == MySecondFactor::On);
    let form = Form::new("step-up");
    let proof = form.field(if with_codes { "/code" } else { "/password" }, "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let typed = proof.value.get_untracked();
        if typed.is_empty() {
            let message = if with_codes {
                "The code, please."
            } else {
                "Your password, please."
            };
            form.refuse(vec![proof.refusal("required", message)]);
            return;
        }
        let given = Some(SecretText::new(typed));
        let body = match with_codes {
            true => StepUp {
                code: given,
                ..StepUp::default()
            },
            false => StepUp {
                password: given,
                ..StepUp::default()
            },
        };
        form.submit(
            move |_| async move { api::auth::step_up(&body).await },
            |_| step_up::settle(true),
        );
    };
    let id = proof.id();
    crate::browser::after_render(move || {
        crate::browser::focus(&id);
    });
    let (label, kind, autocomplete, lead) = match with_codes {
        true => (
            "Code",
            "text",
            "one-time-code",
            "Money, keys or access are at stake. Type the code of your authenticator, or a recovery code.",
        ),
        false => (
            "Password",
            "password",
            "current-password",
            "Money, keys or access are at stake, and it is a while since you signed in. Type your password.",
        ),
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">{lead}</p>
            <FormProblem form />
            <TextField field=proof label kind autocomplete />
            <div class="form-actions">
                <Button on_click=Callback::new(|()| step_up::settle(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Confirm"</Button>
            </div>
        </form>
    }
}
