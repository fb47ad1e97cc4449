//! Writing a person's request down.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::subject_requests::{CreateSubjectRequest, SubjectRequestKind};

use super::kind_text;
use crate::api;
use crate::kit::form::Form;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::field::{TextArea, TextField};
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

#[component]
pub(super) fn NewRequest(open: RwSignal<bool>) -> impl IntoView {
    let form = Form::new("new-subject-request");
    let programme = form.field("/programme_id", "");
    let kind = form.field("/kind", SubjectRequestKind::Erasure.as_str());
    let name = form.field("/name", "");
    let phone = form.field("/phone", "");
    let email = form.field("/email", "");
    let postcode = form.field("/postcode", "");
    let lead_reference = form.field("/lead_reference", "");
    let identity_note = form.field("/identity_note", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok(programme_id) = programme.text().parse() else {
            form.refuse(vec![programme.refusal("required", "Choose the programme.")]);
            return;
        };
        let body = CreateSubjectRequest {
            programme_id,
            kind: kind.text().parse().unwrap_or(SubjectRequestKind::Erasure),
            name: name.optional(),
            phone: phone.optional(),
            email: email.optional(),
            postcode: postcode.optional(),
            lead_reference: lead_reference.optional(),
            identity_note: identity_note.text(),
        };
        form.submit(
            move |key| async move { api::subject_requests::create_subject_request(&body, &key).await },
            |request| router::navigate(&Route::Console(ConsoleRoute::SubjectRequest(request.id)).path()),
        );
    };
    let programmes = session::programmes()
        .into_iter()
        .map(|one| (one.id.to_string(), one.name))
        .collect();
    let kinds = SubjectRequestKind::ALL
        .iter()
        .map(|kind| (kind.as_str().to_owned(), kind_text(*kind).to_owned()))
        .collect();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">"Their leads are found in all programmes: by phone number, e-mail address or reference, or by name and postcode, where you choose which are theirs. What you write here is gone once the request is over."</p>
            <FormProblem form />
            <Select field=programme label="They turned to" options=programmes />
            <Select field=kind label="They ask to" options=kinds />
            <TextField field=phone label="Phone" optional=true />
            <TextField field=email label="E-mail" optional=true />
            <TextField field=name label="Name" optional=true />
            <TextField field=postcode label="Postcode" optional=true />
            <TextField field=lead_reference label="Reference" hint="The number of a lead or of its sale, or the sender's own." optional=true />
            <TextArea field=identity_note label="How you know that it is them" limit=1000 />
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Write it down"</Button>
            </div>
        </form>
    }
}
