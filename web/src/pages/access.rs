//! Getting in by a link: an invitation, a forgotten password. Nobody is signed in here, or somebody else is.

use leptos::prelude::*;
use tradepost_contract::access_links::{AccessLink, AccessLinkState, AccessPurpose, ForgotPassword, SetPassword};
use tradepost_contract::auth::SecretText;

use crate::api;
use crate::browser;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::layout::theme::ThemeToggle;
use crate::routes::Route;
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::logo::Logo;
use crate::ui::page::HEADING;
use crate::ui::problem::{FormProblem, Notice};

#[component]
fn Door(children: Children) -> impl IntoView {
    view! {
        <div class="door">
            <div class="door-corner"><ThemeToggle /></div>
            <div class="door-card"><Logo />{children()}</div>
        </div>
    }
}

/// Where one asks for a link to choose another password (R35).
#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let form = Form::new("forgot");
    let email = form.field("/email", "");
    let answer = RwSignal::new(None::<String>);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if email.text().is_empty() {
            form.refuse(vec![
                email.refusal("required", "The e-mail address that you sign in with."),
            ]);
            return;
        }
        let body = ForgotPassword { email: email.text() };
        form.submit(
            move |_| async move { api::access::forgot_password(&body).await },
            move |said| answer.set(Some(said.message)),
        );
    };
    view! {
        <Door>
            <h1 id=HEADING tabindex="-1">"Forgot your password?"</h1>
            {move || match answer.get() {
                Some(said) => view! {
                    <Notice tone=Tone::Good><strong>"Look into your mail"</strong><p>{said}</p></Notice>
                    <p class="door-text">"The link works for an hour. If nothing comes, look among the junk, or write to us."</p>
                    <p><a href=Route::SignIn.path()>"Back to the sign-in"</a></p>
                }.into_any(),
                None => view! {
                    <p class="door-text">"We send you a link to choose a new one. If you were invited and never chose a password, it does that too."</p>
                    <form on:submit=send novalidate>
                        <FormProblem form />
                        <TextField field=email label="E-mail" kind="email" autocomplete="username" />
                        <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Send me a link"</Button>
                    </form>
                    <p><a href=Route::SignIn.path()>"Back to the sign-in"</a></p>
                }.into_any(),
            }}
        </Door>
    }
}

/// Where one chooses a password by a link (R3, R35, R85, R87). The token stands behind `#`, so that no server and no log
/// on the way sees it, and it leaves the address bar at once.
#[component]
pub fn ChoosePasswordPage(
    /// What the link is for.
    purpose: AccessPurpose,
) -> impl IntoView {
    let token = StoredValue::new(browser::take_fragment());
    let link = Loader::new(move || {
        let token = token.get_value();
        async move { api::access::inspect_access_link(&token).await }
    });
    view! { <Door><Loaded loader=link shape=Shape::Rows(3) let:link><Chosen link purpose token /></Loaded></Door> }
}

#[component]
fn Chosen(link: AccessLink, purpose: AccessPurpose, token: StoredValue<String>) -> impl IntoView {
    if link.state != AccessLinkState::Good || link.purpose != Some(purpose) {
        return over(link.state).into_any();
    }
    let form = Form::new("choose");
    let password = form.field("/password", "");
    let done = RwSignal::new(false);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if password.value.with_untracked(String::is_empty) {
            form.refuse(vec![password.refusal("required", "A password of your own.")]);
            return;
        }
        let body = SetPassword {
            token: SecretText::new(token.get_value()),
            password: SecretText::new(password.value.get_untracked()),
        };
        form.submit(
            move |_| async move {
                match purpose {
                    AccessPurpose::Invitation => session::accept_invitation(&body).await.map(Some),
                    AccessPurpose::Reset | AccessPurpose::Email => {
                        api::access::reset_password(&body).await.map(|()| None)
                    }
                }
            },
            move |audience| match audience {
                Some(audience) => browser::load_page(crate::layout::guard::home_of(audience)),
                None => done.set(true),
            },
        );
    };
    let (title, lead, action) = match purpose {
        AccessPurpose::Invitation => (
            format!("Welcome, {}", link.name.unwrap_or_default()),
            "Choose a password for your account.",
            "Accept the invitation",
        ),
        AccessPurpose::Reset | AccessPurpose::Email => (
            "Choose a new password".to_owned(),
            "Everybody who is signed in with the old one is signed out.",
            "Set the password",
        ),
    };
    let email = link.email.unwrap_or_default();
    view! {
        {move || if done.get() {
            view! {
                <h1 id=HEADING tabindex="-1">"Your password is set"</h1>
                <Notice tone=Tone::Good>"Sign in with the new one."</Notice>
                <p><a class="button primary" href=Route::SignIn.path()>"Sign in"</a></p>
            }.into_any()
        } else {
            view! {
                <h1 id=HEADING tabindex="-1">{title.clone()}</h1>
                <p class="door-text">{lead}" You sign in with "<strong>{email.clone()}</strong>"."</p>
                <form on:submit=send novalidate>
                    <FormProblem form />
                    // So that a password manager knows whose password it keeps.
                    <input class="sr-only" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly=true value=email.clone() />
                    <TextField field=password label="Password" kind="password" hint="At least 12 characters; capital letters matter." autocomplete="new-password" />
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>{action}</Button>
                </form>
            }.into_any()
        }}
    }
    .into_any()
}

/// Where another e-mail to sign in with is confirmed by a link. Opening it changes nothing yet, because programs that look
/// through mails open links too.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    let token = StoredValue::new(browser::take_fragment());
    let link = Loader::new(move || {
        let token = token.get_value();
        async move { api::access::inspect_access_link(&token).await }
    });
    view! { <Door><Loaded loader=link shape=Shape::Rows(3) let:link><Confirmed link token /></Loaded></Door> }
}

#[component]
fn Confirmed(link: AccessLink, token: StoredValue<String>) -> impl IntoView {
    if link.state != AccessLinkState::Good || link.purpose != Some(AccessPurpose::Email) {
        return view! {
            <h1 id=HEADING tabindex="-1">"This link does not work"</h1>
            <p class="door-text">"It works once, for an hour, and only until another one is asked for. Nothing was changed by opening it; ask for the change again under Security."</p>
            <p><a class="button primary" href=Route::SignIn.path()>"Sign in"</a></p>
        }
        .into_any();
    }
    let form = Form::new("confirm");
    let done = RwSignal::new(false);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let token = token.get_value();
        form.submit(
            move |_| async move { api::security::confirm_email(&token).await },
            move |()| done.set(true),
        );
    };
    let email = StoredValue::new(link.email.unwrap_or_default());
    view! {
        {move || if done.get() {
            view! {
                <h1 id=HEADING tabindex="-1">"Your e-mail is changed"</h1>
                <Notice tone=Tone::Good>"From now on you sign in with "<strong>{email.get_value()}</strong>"."</Notice>
                <p><a class="button primary" href=Route::SignIn.path()>"Go on"</a></p>
            }.into_any()
        } else {
            view! {
                <h1 id=HEADING tabindex="-1">"Confirm your e-mail"</h1>
                <p class="door-text">"From now on you sign in with "<strong>{email.get_value()}</strong>". Elsewhere you are signed out."</p>
                <form on:submit=send novalidate>
                    <FormProblem form />
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Confirm"</Button>
                </form>
            }.into_any()
        }}
    }
    .into_any()
}

/// A link that does not work, and what to do instead.
fn over(state: AccessLinkState) -> impl IntoView {
    let (title, text) = match state {
        AccessLinkState::Used => (
            "This link was used already",
            "It works once. If that was you, sign in with the password that you chose.",
        ),
        AccessLinkState::Expired => (
            "This link has expired",
            "Ask for another one; it is in your mail in a minute.",
        ),
        AccessLinkState::Replaced => (
            "A newer link took its place",
            "Look for the latest mail from us, or ask for another link.",
        ),
        AccessLinkState::Good | AccessLinkState::Unknown => (
            "This link does not work",
            "Perhaps a part of it is missing: open it from the mail again, or ask for another one.",
        ),
    };
    view! {
        <h1 id=HEADING tabindex="-1">{title}</h1>
        <p class="door-text">{text}</p>
        <p><a class="button primary" href=Route::ForgotPassword.path()>"Send me another link"</a></p>
        <p><a href=Route::SignIn.path()>"Sign in"</a></p>
    }
}
