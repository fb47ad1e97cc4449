//! One's second factor, and what can be done about it.

use leptos::prelude::*;
use tradepost_contract::second_factors::{RecoveryCodes, SecondFactor, SecondFactorState};

use super::enrol::{Codes, Enrol};
use crate::api;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::page::Panel;
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::time::{Shown, Time};

/// The second factor.
#[component]
pub fn FactorPanel(
    /// Something of it was changed.
    changed: Callback<()>,
) -> impl IntoView {
    let factor = Loader::new(api::security::get_second_factor);
    view! {
        <Panel title="Second factor">
            <Loaded loader=factor shape=Shape::Rows(3) let:factor><Standing factor changed /></Loaded>
        </Panel>
    }
}

#[component]
fn Standing(factor: SecondFactor, changed: Callback<()>) -> impl IntoView {
    let enrolling = RwSignal::new(super::must_enrol());
    if factor.state != SecondFactorState::On {
        return view! {
            {move || if enrolling.get() {
                view! { <Enrol done=changed /> }.into_any()
            } else {
                view! {
                    <p>"With a code of an authenticator app besides the password, nobody gets in who only knows the password."</p>
                    <div class="form-actions"><Button look=Look::Primary on_click=Callback::new(move |()| enrolling.set(true))>"Set up a second factor"</Button></div>
                }.into_any()
            }}
        }
        .into_any();
    }
    let left = factor.recovery_codes_left;
    let few = left < 3;
    let made = RwSignal::new(None::<RecoveryCodes>);
    let (remaking, disabling) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        {move || match made.get() {
            Some(codes) => view! { <Codes made=codes done=changed /> }.into_any(),
            None => view! {
                <p class="factor-state"><Badge tone=Tone::Good text="On" />{factor.confirmed_at.map(|at| view! { <span>"since "<Time at shown=Shown::Day /></span> })}</p>
                {if few {
                    view! { <Notice tone=Tone::Warn>{format!("{left} of your recovery codes are left. Make new ones before you need them.")}</Notice> }.into_any()
                } else {
                    view! { <p>{format!("{left} of 10 recovery codes are left.")}</p> }.into_any()
                }}
                <div class="form-actions">
                    <Button on_click=Callback::new(move |()| remaking.set(true))>"New recovery codes"</Button>
                    {(!factor.required).then(|| view! { <Button on_click=Callback::new(move |()| disabling.set(true))>"Turn it off"</Button> })}
                </div>
            }.into_any(),
        }}
        <Dialog open=remaking title=Signal::stored("Make new recovery codes?".to_owned())>
            <WithCode lead="Those from before stop working." action="Make new codes" close=Callback::new(move |()| remaking.set(false))
                done=Callback::new(move |codes: Option<RecoveryCodes>| { remaking.set(false); made.set(codes); }) disables=false />
        </Dialog>
        <Dialog open=disabling title=Signal::stored("Turn your second factor off?".to_owned())>
            <WithCode lead="Your password alone lets you in then, and you are signed out everywhere else." action="Turn it off" close=Callback::new(move |()| disabling.set(false))
                done=Callback::new(move |_| { disabling.set(false); toast::done("Your second factor is off"); changed.run(()); }) disables=true />
        </Dialog>
    }
    .into_any()
}

/// Something that a code proves one may do.
#[component]
fn WithCode(
    lead: &'static str,
    action: &'static str,
    disables: bool,
    close: Callback<()>,
    done: Callback<Option<RecoveryCodes>>,
) -> impl IntoView {
    let form = Form::new("with-code");
    let code = form.field("/code", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if code.text().is_empty() {
            form.refuse(vec![
                code.refusal("required", "A code of your authenticator, or a recovery code."),
            ]);
            return;
        }
        let typed = code.text();
        form.submit(
            move |_| async move {
                match disables {
                    true => api::security::disable_second_factor(typed).await.map(|()| None),
                    false => api::security::make_recovery_codes(typed).await.map(Some),
                }
            },
            move |codes| done.run(codes),
        );
    };
    let look = if disables { Look::Danger } else { Look::Primary };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">{lead}</p>
            <FormProblem form />
            <TextField field=code label="Code" hint="Of your authenticator; a recovery code does too." autocomplete="one-time-code" />
            <div class="form-actions">
                <Button on_click=close>"Cancel"</Button>
                <Button look submit=true busy=Signal::derive(move || form.is_busy())>{action}</Button>
            </div>
        </form>
    }
}
