//! What one acts with.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::FieldError;

use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::ui::button::{Button, Look};
use crate::ui::combobox::Combobox;
use crate::ui::dialog::Dialog;
use crate::ui::drawer::Drawer;
use crate::ui::field::{DateField, TextArea, TextField};
use crate::ui::page::Panel;
use crate::ui::select::{Radios, Select};

fn words(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter()
        .map(|(word, text)| ((*word).to_owned(), (*text).to_owned()))
        .collect()
}

/// Buttons, fields, dialogs.
#[component]
pub(super) fn Forms() -> impl IntoView {
    let form = Form::new("gallery");
    let name = form.field("/name", "Okafor Roofing");
    let wrong = form.field("/email", "not an address");
    let day = form.field("/day", "2026-11-22");
    let status = form.field("/status", "active");
    let manager = form.field("/manager", "ann");
    let reason = form.field("/reason", "number");
    let note = form.field("/note", "");
    form.refuse(vec![FieldError::new(
        "/email",
        "invalid",
        "An e-mail address has an @ in it.",
    )]);
    let (dialog, drawer) = (RwSignal::new(false), RwSignal::new(false));
    let managers = words(&[
        ("ann", "Ann Okafor"),
        ("ben", "Ben Ruiz"),
        ("cho", "Cho Park"),
        ("dee", "Dee Novak"),
    ]);
    let ask = Callback::new(|()| {
        confirm(
            "Credit $45.00 to Okafor Roofing?",
            "A credit note is made for the lead of Jane Cooper on invoice INV-000214. It cannot be taken back.",
            "Credit $45.00",
            true,
            || toast::done("Credited $45.00 to Okafor Roofing"),
        );
    });
    view! {
        <Panel title="Buttons">
            <div class="gallery-row">
                <Button look=Look::Primary>"Primary"</Button>
                <Button>"Plain"</Button>
                <Button look=Look::Quiet>"Quiet"</Button>
                <Button look=Look::Danger>"Danger"</Button>
                <Button look=Look::Primary icon=icondata_lu::LuPlus>"With icon"</Button>
                <Button look=Look::Primary busy=Signal::stored(true)>"Busy"</Button>
                <Button disabled=Signal::stored(true)>"Disabled"</Button>
            </div>
        </Panel>
        <Panel title="Fields">
            <div class="gallery-grid">
                <TextField field=name label="Name" hint="As it stands on invoices." />
                <TextField field=wrong label="E-mail" kind="email" />
                <DateField field=day label="Day" />
                <Select field=status label="Status" options=words(&[("active", "Active"), ("suspended", "Suspended")]) />
                <Combobox field=manager label="Account manager" options=Signal::stored(managers) hint="Type to find." />
                <TextArea field=note label="Note" optional=true />
                <Radios field=reason label="What is wrong with it?" options=vec![
                    ("number".into(), "Wrong number".into(), "Nobody of that name answers.".into()),
                    ("spam".into(), "Spam".into(), String::new()),
                ] />
            </div>
        </Panel>
        <Panel title="Dialogs and messages">
            <div class="gallery-row">
                <Button on_click=Callback::new(move |()| dialog.set(true))>"Dialog"</Button>
                <Button on_click=Callback::new(move |()| drawer.set(true))>"Drawer"</Button>
                <Button on_click=ask>"Confirm"</Button>
                <Button on_click=Callback::new(|()| toast::done("Saved"))>"Toast"</Button>
                <Button on_click=Callback::new(|()| toast::failed("The file could not be saved"))>"Bad toast"</Button>
            </div>
        </Panel>
        <Dialog open=dialog title=Signal::stored("A dialog".to_owned())><p class="dialog-text">"It closes on Escape and gives the focus back."</p></Dialog>
        <Drawer open=drawer title=Signal::stored("A drawer".to_owned())><p class="dialog-text">"For what belongs to the page behind it."</p></Drawer>
    }
}
