//! Setting a second factor up: the picture for the authenticator, its first code, and the recovery codes.

use leptos::prelude::*;
use tradepost_contract::auth::SecretText;
use tradepost_contract::second_factors::{RecoveryCodes, SecondFactorEnrolment};

use crate::api;
use crate::browser;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::layout::theme::ThemeToggle;
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::logo::Logo;
use crate::ui::page::HEADING;
use crate::ui::problem::{FormProblem, Notice};

/// What staff see who have to set it up before anything else.
#[component]
pub fn EnrolDoor() -> impl IntoView {
    let leave = Callback::new(|()| wasm_bindgen_futures::spawn_local(session::sign_out()));
    let done = Callback::new(|()| browser::load_page(&browser::here()));
    view! {
        <div class="door enrol-door">
            <div class="door-corner"><ThemeToggle /></div>
            <div class="door-card">
                <Logo />
                <h1 id=HEADING tabindex="-1">"Set up your second factor"</h1>
                <p class="door-text">"Staff sign in with a code of an authenticator app besides the password. It takes a minute, once."</p>
                <Enrol done />
                <p class="door-foot"><Button look=Look::Quiet on_click=leave>"Sign out"</Button></p>
            </div>
        </div>
    }
}

/// The steps, one after the other. `done` once the recovery codes were seen.
#[component]
pub fn Enrol(
    /// The codes were seen.
    done: Callback<()>,
) -> impl IntoView {
    let shown = Loader::new(api::security::enrol_second_factor);
    let codes = RwSignal::new(None::<RecoveryCodes>);
    move || match codes.get() {
        Some(made) => view! { <Codes made done /> }.into_any(),
        None => {
            view! { <Loaded loader=shown shape=Shape::Rows(4) let:shown><FirstCode shown codes /></Loaded> }.into_any()
        }
    }
}

#[component]
fn FirstCode(shown: SecondFactorEnrolment, codes: RwSignal<Option<RecoveryCodes>>) -> impl IntoView {
    let form = Form::new("first-code");
    let code = form.field("/code", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if code.text().is_empty() {
            form.refuse(vec![code.refusal("required", "The six digits that your app shows.")]);
            return;
        }
        let typed = code.text();
        form.submit(
            move |_| async move { api::security::confirm_second_factor(typed).await },
            move |made| codes.set(Some(made)),
        );
    };
    let secret = grouped(shown.secret.reveal());
    view! {
        <ol class="steps">
            <li>
                <p>"Scan this with an authenticator app, such as the one of your password manager."</p>
                <QrCode rows=shown.qr />
                <details class="secret">
                    <summary>"Type it instead"</summary>
                    <p>"Choose a time-based code, and type this key: "<code class="secret-key">{secret}</code></p>
                    <p><a href=shown.uri.reveal().to_owned()>"Open it on this device"</a></p>
                </details>
            </li>
            <li>
                <p>"Type the six digits that the app shows."</p>
                <form on:submit=send novalidate>
                    <FormProblem form />
                    <TextField field=code label="Code" autocomplete="one-time-code" />
                    <div class="form-actions"><Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Turn it on"</Button></div>
                </form>
            </li>
        </ol>
    }
}

/// The picture of an address, from its fields: one path of unit squares, with the quiet zone that readers need.
#[component]
fn QrCode(rows: Vec<SecretText>) -> impl IntoView {
    let size = rows.len() + 8;
    let path = path_of(&rows);
    view! {
        <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label="QR code for an authenticator app" shape-rendering="crispEdges">
            <rect width=size height=size fill="#ffffff"></rect>
            <path d=path fill="#000000"></path>
        </svg>
    }
}

fn path_of(rows: &[SecretText]) -> String {
    use std::fmt::Write;
    let mut path = String::new();
    for (y, row) in rows.iter().enumerate() {
        let dark = row.reveal().bytes().enumerate().filter(|(_, field)| *field == b'1');
        for (x, _) in dark {
            let _ = write!(path, "M{} {}h1v1h-1z", x + 4, y + 4);
        }
    }
    path
}

/// A key in groups of four, as people type it.
fn grouped(key: &str) -> String {
    let groups: Vec<&str> = (0..key.len())
        .step_by(4)
        .filter_map(|at| key.get(at..(at + 4).min(key.len())))
        .collect();
    groups.join(" ")
}

/// The recovery codes, for the only time.
#[component]
pub fn Codes(
    /// The codes.
    made: RecoveryCodes,
    /// They were seen.
    done: Callback<()>,
) -> impl IntoView {
    let text = made
        .codes
        .iter()
        .map(|code| code.reveal().to_owned())
        .collect::<Vec<_>>();
    let lines = StoredValue::new(text.join("\r\n"));
    let save = Callback::new(move |()| {
        browser::save_file("tradepost-recovery-codes.txt", "text/plain", &lines.get_value());
    });
    view! {
        <div class="recovery">
            <Notice tone=Tone::Good><strong>"Keep these recovery codes"</strong><p>"Each lets you in once when your authenticator is lost. They are shown now and never again."</p></Notice>
            <ul class="recovery-codes">{text.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}</ul>
            <div class="form-actions">
                <Button on_click=save icon=icondata_lu::LuDownload>"Save as a file"</Button>
                <Button look=Look::Primary on_click=done>"I have kept them"</Button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_a_square_for_each_dark_field() {
        let rows = ["101", "010"].map(SecretText::new);
        assert_eq!(path_of(&rows), "M4 4h1v1h-1zM6 4h1v1h-1zM5 5h1v1h-1z");
    }

    #[test]
    fn a_key_is_read_in_fours() {
        assert_eq!(grouped("GEZDGNBVGY"), "GEZD GNBV GY");
        assert_eq!(grouped(""), "");
    }
}
