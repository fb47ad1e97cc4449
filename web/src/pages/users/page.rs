//! One person: roles, and whether they may sign in.

use leptos::prelude::*;
use tradepost_contract::UserId;
use tradepost_contract::permissions::Permission;
use tradepost_contract::users::{Audience, UpdateUser, User, UserStatus};

use super::form::{RoleChecks, read_roles};
use super::list::roles;
use crate::api;
use crate::browser;
use crate::format::words;
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::{Button, Look};
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::FormProblem;
use crate::ui::time::Time;

/// One person.
#[component]
pub fn UserPage(
    /// Who.
    id: UserId,
) -> impl IntoView {
    let user = Loader::new(move || api::users::get_user(id));
    view! { <Loaded loader=user let:found><Body user=found reload=Callback::new(move |()| user.reload()) /></Loaded> }
}

#[component]
fn Body(user: User, reload: Callback<()>) -> impl IntoView {
    let (id, version, name) = (user.id, user.version, user.name.clone());
    let writes = session::may(Permission::UsersWrite);
    let active = user.status == UserStatus::Active;
    let lock = Callback::new(move |()| {
        let (title, text, action, next) = if active {
            (
                format!("Lock {name} out?"),
                "All their sessions end at once, and they cannot sign in.",
                "Lock",
                UserStatus::Disabled,
            )
        } else {
            (
                format!("Let {name} sign in again?"),
                "With the roles below.",
                "Unlock",
                UserStatus::Active,
            )
        };
        confirm(title, text, action, active, move || {
            wasm_bindgen_futures::spawn_local(async move {
                let body = UpdateUser {
                    status: Some(next),
                    ..UpdateUser::default()
                };
                match api::users::update_user(id, version, &body, &browser::random_key()).await {
                    Ok(_) => reload.run(()),
                    Err(failure) => toast::failed(format!("{}. {}", failure.title(), failure.detail())),
                }
            });
        });
    });
    let said = roles(&user);
    // Staff are sent a link by who manages people; suppliers' people by whoever looks after them (R4).
    let sends = active
        && session::may(Permission::AccessResend)
        && (user.audience == Audience::Supplier || session::may(Permission::UsersWrite));
    let resend = resend_access(id, user.name.clone(), user.email.clone());
    let staff = user.audience == Audience::Staff;
    let resets = writes && user.has_second_factor && session::me().is_some_and(|me| me.id != id);
    let reset = reset_second_factor(id, user.name.clone(), reload);
    let form = Form::new("roles");
    let chosen = RwSignal::new(user.roles.iter().map(|role| role.as_str()).collect());
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = UpdateUser {
            roles: Some(read_roles(&chosen.get_untracked())),
            ..UpdateUser::default()
        };
        form.submit(
            move |key| async move { api::users::update_user(id, version, &body, &key).await },
            move |_| {
                toast::done("Saved; they sign in anew with their next click");
                reload.run(());
            },
        );
    };
    view! {
        <PageHead title=user.name back=(Route::Console(ConsoleRoute::Users).path(), "People") subtitle=user.email.clone()>
            {status_badge(user.status)}
            <div class="verdicts">
                {sends.then(|| view! { <Button on_click=resend>"Resend access"</Button> })}
                {resets.then(|| view! { <Button on_click=reset>"Reset second factor"</Button> })}
                {writes.then(|| view! { <Button on_click=lock>{if active { "Lock out" } else { "Unlock" }}</Button> })}
            </div>
        </PageHead>
        <div class="columns">
            <Panel title="The person">
                <Facts>
                    <Fact name="Audience">{words::sentence(user.audience.as_str())}</Fact>
                    <Fact name="Roles">{said}</Fact>
                    {user.supplier_id.map(|supplier| view! { <Fact name="Supplier"><a href=Route::Console(ConsoleRoute::Supplier(supplier)).path()>{user.supplier_name.clone().unwrap_or_default()}</a></Fact> })}
                    {user.phone.map(|phone| view! { <Fact name="Phone">{phone}</Fact> })}
                    <Fact name="Second factor">{if user.has_second_factor { "on" } else { "off" }}</Fact>
                    <Fact name="Password">{if user.has_password { "set" } else { "not set yet" }}</Fact>
                    {user.last_sign_in_at.map(|at| view! { <Fact name="Last here"><Time at /></Fact> })}
                    <Fact name="Since"><Time at=user.created_at /></Fact>
                </Facts>
            </Panel>
            {(writes && staff).then(|| view! {
                <Panel title="Roles">
                    <form on:submit=save novalidate>
                        <FormProblem form />
                        <RoleChecks chosen />
                        <div class="form-actions"><Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save the roles"</Button></div>
                    </form>
                </Panel>
            })}
        </div>
    }
}

/// What "Reset second factor" does.
fn reset_second_factor(id: UserId, name: String, reload: Callback<()>) -> Callback<()> {
    Callback::new(move |()| {
        let title = format!("Take the second factor of {name} away?");
        let text = "For somebody who has lost the authenticator and the recovery codes. Be sure whom you speak to. They are \
            signed out everywhere, and get a mail about it.";
        confirm(title, text, "Take it away", true, move || {
            wasm_bindgen_futures::spawn_local(async move {
                match api::security::reset_second_factor(id, &browser::random_key()).await {
                    Ok(_) => reload.run(()),
                    Err(failure) => toast::failed(format!("{}. {}", failure.title(), failure.detail())),
                }
            });
        });
    })
}

/// What "Resend access" does: it asks first, because the link that somebody has works no more afterwards (R4).
pub fn resend_access(id: UserId, name: String, email: String) -> Callback<()> {
    Callback::new(move |()| {
        let title = format!("Send {name} another link?");
        let text =
            format!("It goes to {email} and lets them choose a password. Links that they got before stop working.");
        confirm(title, text, "Send", false, move || {
            wasm_bindgen_futures::spawn_local(async move {
                match api::users::resend_access(id, &browser::random_key()).await {
                    Ok(user) => toast::done(format!("A link is on its way to {}", user.email)),
                    Err(failure) => toast::failed(format!("{}. {}", failure.title(), failure.detail())),
                }
            });
        });
    })
}
