//! Adding a member of staff, and the choice of roles.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::collections::BTreeSet;

use leptos::prelude::*;
use tradepost_contract::auth::SecretText;
use tradepost_contract::people::StaffRole;
use tradepost_contract::users::CreateUser;

use crate::api;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::ui::button::{Button, Look};
use crate::ui::checks::{Checks, words_to_tick};
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;

#[component]
pub(super) fn NewUser(open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let form = Form::new("user");
    let name = form.field("/name", "");
    let email = form.field("/email", "");
    let phone = form.field("/phone", "");
    let password = form.field("/password", "");
    let roles = form.field("/roles", "");
    let chosen = RwSignal::new(BTreeSet::<&'static str>::new());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let picked = read_roles(&chosen.get_untracked());
        if form.refuse(if picked.is_empty() {
            vec![roles.refusal("required", "Choose at least one role.")]
        } else {
            Vec::new()
        }) {
            return;
        }
        let body = CreateUser {
            email: email.text(),
            name: name.text(),
            phone: phone.optional(),
            roles: picked,
            password: Some(password.value.get_untracked())
                .filter(|text| !text.is_empty())
                .map(SecretText::new),
        };
        form.submit(
            move |key| async move { api::users::create_user(&body, &key).await },
            move |user| {
                toast::done(format!("{} may sign in", user.name));
                open.set(false);
                done.run(());
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <TextField field=name label="Name" />
            <TextField field=email label="E-mail" kind="email" />
            <TextField field=phone label="Phone" kind="tel" optional=true />
            <RoleChecks chosen />
            <p class="field-error" role="alert">{move || roles.error()}</p>
            <TextField field=password label="First password" hint="Tell it to them in person; they change it." kind="password" autocomplete="new-password" optional=true />
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Add the person"</Button>
            </div>
        </form>
    }
}

/// The roles of staff, to tick.
#[component]
pub(super) fn RoleChecks(chosen: RwSignal<BTreeSet<&'static str>>) -> impl IntoView {
    view! { <Checks label="Roles" options=words_to_tick(StaffRole::ALL.iter().map(|role| role.as_str())) chosen /> }
}

pub(super) fn read_roles(chosen: &BTreeSet<&'static str>) -> Vec<StaffRole> {
    chosen.iter().filter_map(|word| word.parse().ok()).collect()
}
