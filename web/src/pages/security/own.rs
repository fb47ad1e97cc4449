//! One's password and e-mail.

use leptos::prelude::*;
use tradepost_contract::auth::{ChangePassword, SecretText};
use tradepost_contract::email_changes::ChangeEmail;

use crate::api;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::page::Panel;
use crate::ui::problem::{FormProblem, Notice};

/// The password.
#[component]
pub fn PasswordPanel() -> impl IntoView {
    let form = Form::new("password");
    let old = form.field("/current_password", "");
    let new = form.field("/new_password", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut missing = Vec::new();
        if old.value.with_untracked(String::is_empty) {
            missing.push(old.refusal("required", "The password that you sign in with now."));
        }
        if new.value.with_untracked(String::is_empty) {
            missing.push(new.refusal("required", "The password from now on."));
        }
        if form.refuse(missing) {
            return;
        }
        let body = ChangePassword {
            current_password: SecretText::new(old.value.get_untracked()),
            new_password: SecretText::new(new.value.get_untracked()),
        };
        form.submit(
            move |_| async move { session::change_password(&body).await },
            move |()| {
                old.value.set(String::new());
                new.value.set(String::new());
                toast::done("Your password is changed; elsewhere you are signed out");
            },
        );
    };
    let email = session::me().map(|me| me.email.clone()).unwrap_or_default();
    view! {
        <Panel title="Password">
            <form on:submit=send novalidate>
                <FormProblem form />
                // So that a password manager knows whose password it keeps.
                <input class="sr-only" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly=true value=email />
                <TextField field=old label="Current password" kind="password" autocomplete="current-password" />
                <TextField field=new label="New password" kind="password" hint="At least 12 characters; capital letters matter." autocomplete="new-password" />
                <div class="form-actions"><Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Change the password"</Button></div>
            </form>
        </Panel>
    }
}

/// The e-mail.
#[component]
pub fn EmailPanel() -> impl IntoView {
    let form = Form::new("email");
    let email = form.field("/email", "");
    let said = RwSignal::new(None::<String>);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if email.text().is_empty() {
            form.refuse(vec![
                email.refusal("required", "The e-mail to sign in with from now on."),
            ]);
            return;
        }
        let body = ChangeEmail { email: email.text() };
        form.submit(
            move |_| async move { api::security::change_my_email(&body).await },
            move |answer| {
                email.value.set(String::new());
                said.set(Some(answer.message));
            },
        );
    };
    let own = session::me().map(|me| me.email.clone()).unwrap_or_default();
    view! {
        <Panel title="E-mail">
            <p>"You sign in with "<strong>{own}</strong>"."</p>
            {move || said.get().map(|message| view! { <Notice tone=Tone::Good>{message}</Notice> })}
            <form on:submit=send novalidate>
                <FormProblem form />
                <TextField field=email label="New e-mail" kind="email" hint="We send a link there; it counts once you followed it." autocomplete="email" />
                <div class="form-actions"><Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Send the link"</Button></div>
            </form>
        </Panel>
    }
}
