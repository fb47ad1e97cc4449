//! Signing in. In a sandbox with a demo market it offers ready-made people.

use leptos::prelude::*;
use tradepost_contract::ProblemCode;
use tradepost_contract::auth::{Login, SecretText};
use tradepost_contract::sandbox::{DemoPeople, DemoPerson};
use tradepost_contract::second_factors::{AnswerChallenge, SignInChallenge};
use tradepost_contract::users::Audience;

use crate::api;
use crate::browser;
use crate::format::words::initials;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::layout::theme::ThemeToggle;
use crate::router;
use crate::routes::Route;
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::icon::Icon;
use crate::ui::logo::Logo;
use crate::ui::page::HEADING;
use crate::ui::problem::{FormProblem, Notice};

/// The sign-in page. The guard leads on from it once somebody is signed in.
#[component]
pub fn SignIn() -> impl IntoView {
    let form = Form::new("sign-in");
    let email = form.field("/email", "");
    let password = form.field("/password", "");
    let challenge = RwSignal::new(None::<SignInChallenge>);
    let sent_here = move || router::address().with(|address| address.query.get("to").is_some());
    let enter = move |login: Login| {
        form.submit(
            |_| async move {
                let outcome = session::sign_in(&login).await;
                // "Unauthenticated" is the API's word; here it means one thing only.
                outcome.map_err(|failure| match failure.code() {
                    Some(ProblemCode::Unauthenticated) => wrong_pair(failure),
                    _ => failure,
                })
            },
            move |next| challenge.set(next),
        );
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut missing = Vec::new();
        if email.text().is_empty() {
            missing.push(email.refusal("required", "Your e-mail address, please."));
        }
        if password.value.with_untracked(String::is_empty) {
            missing.push(password.refusal("required", "Your password, please."));
        }
        if !form.refuse(missing) {
            enter(Login {
                email: email.text(),
                password: SecretText::new(password.value.get_untracked()),
            });
        }
    };
    let first = move || {
        view! {
            <h1 id=HEADING tabindex="-1">"Sign in"</h1>
            <Show when=sent_here><Notice tone=Tone::Neutral>"Sign in to go on to the page you asked for."</Notice></Show>
            <form on:submit=submit novalidate>
                <FormProblem form />
                <TextField field=email label="E-mail" kind="email" autocomplete="username" />
                <TextField field=password label="Password" kind="password" autocomplete="current-password" />
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Sign in"</Button>
            </form>
            <p class="door-foot"><a href=Route::ForgotPassword.path()>"Forgot your password?"</a></p>
        }
    };
    view! {
        <div class="door">
            <div class="door-corner"><ThemeToggle /></div>
            <div class="door-card">
                <Logo />
                {move || match challenge.get() {
                    Some(asked) => view! { <SecondStep asked back=Callback::new(move |()| challenge.set(None)) /> }.into_any(),
                    None => first().into_any(),
                }}
            </div>
            {browser::is_sandbox().then(|| view! { <DemoDoor enter=Callback::new(enter) busy=Signal::derive(move || form.is_busy()) /> })}
        </div>
    }
}

/// The code of who signs in with codes.
#[component]
fn SecondStep(asked: SignInChallenge, back: Callback<()>) -> impl IntoView {
    let form = Form::new("code");
    let code = form.field("/code", "");
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if code.text().is_empty() {
            form.refuse(vec![code.refusal("required", "The code, please.")]);
            return;
        }
        let answer = AnswerChallenge {
            challenge: asked.challenge.clone(),
            code: SecretText::new(code.text()),
        };
        form.submit(
            move |_| async move { session::answer_challenge(&answer).await },
            |()| {},
        );
    };
    let id = code.id();
    browser::after_render(move || {
        browser::focus(&id);
    });
    view! {
        <h1 id=HEADING tabindex="-1">"Your code"</h1>
        <p class="door-text">"Open your authenticator app and type the six digits for this account. A recovery code does too."</p>
        <form on:submit=submit novalidate>
            <FormProblem form />
            <TextField field=code label="Code" autocomplete="one-time-code" />
            <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Go on"</Button>
        </form>
        <p class="door-foot"><Button look=Look::Quiet on_click=back>"Sign in as somebody else"</Button></p>
    }
}

fn wrong_pair(failure: api::Failure) -> api::Failure {
    match failure {
        api::Failure::Problem(mut problem) => {
            problem.title = "That e-mail and password do not go together".to_owned();
            problem.detail = Some("Check both; the password's case matters.".to_owned());
            api::Failure::Problem(problem)
        }
        other => other,
    }
}

/// The people of the demo, one click each.
#[component]
fn DemoDoor(enter: Callback<Login>, busy: Signal<bool>) -> impl IntoView {
    let people = Loader::new(api::sandbox::list_demo_people);
    view! {
        <section class="door-demo" aria-label="People of the demo">
            <h2>"Look around as"</h2>
            <Loaded loader=people shape=Shape::Rows(4) let:people>
                <DemoPeopleList people enter busy />
            </Loaded>
        </section>
    }
}

#[component]
fn DemoPeopleList(people: DemoPeople, enter: Callback<Login>, busy: Signal<bool>) -> impl IntoView {
    let password = people.password.unwrap_or_else(|| SecretText::new(""));
    let (staff, suppliers): (Vec<_>, Vec<_>) = people
        .people
        .into_iter()
        .partition(|person| person.audience == Audience::Staff);
    let group = move |title: &'static str, people: Vec<DemoPerson>| {
        let password = password.clone();
        let buttons = people.into_iter().map(move |person| {
            let (name, role) = person.who.split_once(", ").unwrap_or((&person.who, ""));
            let (name, role) = match name.strip_prefix("owner of ") {
                Some(account) => (account.to_owned(), role.trim_start_matches("a supplier of ").to_owned()),
                None => (name.to_owned(), role.to_owned()),
            };
            let login = Login {
                email: person.email.clone(),
                password: password.clone(),
            };
            view! {
                <li>
                    <button type="button" class="demo-person" data-email=person.email disabled=move || busy.get() on:click=move |_| enter.run(login.clone())>
                        <span class="avatar" aria-hidden="true">{initials(&name)}</span>
                        <span class="demo-who"><strong>{name}</strong><small>{role}</small></span>
                        <Icon icon=icondata_lu::LuArrowRight />
                    </button>
                </li>
            }
        });
        view! { <h3>{title}</h3><ul class="demo-people">{buttons.collect_view()}</ul> }
    };
    if staff.is_empty() && suppliers.is_empty() {
        return view! { <p class="door-text">"There is no demo market in this database."</p> }.into_any();
    }
    view! { {group("Suppliers", suppliers)} {group("Staff", staff)} }.into_any()
}
