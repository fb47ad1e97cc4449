//! Releasing a quarantined lead to the market, with what it lacked.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::LeadId;
use tradepost_contract::leads::{LeadVerification, ReleaseLead, VerificationMethod};

use crate::api;
use crate::clock;
use crate::format::words;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextArea;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

/// The button and its dialog.
#[component]
pub(super) fn ReleaseAction(id: LeadId, version: i64, name: String, reload: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let form = Form::new("release");
    let reason = form.field("/reason", "");
    let method = form.field("/verification", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if form.refuse(if reason.text().is_empty() {
            vec![reason.refusal("required", "Say why it may be sold after all.")]
        } else {
            Vec::new()
        }) {
            return;
        }
        let verification = method
            .text()
            .parse::<VerificationMethod>()
            .ok()
            .map(|method| LeadVerification {
                method,
                verified_at: untrack(clock::now),
                verified_by: session::me().map(|me| me.name.clone()).unwrap_or_default(),
                recording_ref: None,
            });
        let body = ReleaseLead {
            reason: reason.text(),
            consent: None,
            verification,
        };
        form.submit(
            move |key| async move { api::leads::release_lead(id, version, &body, &key).await },
            move |receipt| {
                let buyers: Vec<String> = receipt.sold_to.into_iter().map(|sale| sale.supplier_name).collect();
                toast::done(if buyers.is_empty() {
                    "Released; nobody took it yet".to_owned()
                } else {
                    format!("Released and sold to {}", buyers.join(", "))
                });
                open.set(false);
                reload.run(());
            },
        );
    };
    let methods = StoredValue::new(
        VerificationMethod::ALL
            .iter()
            .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
            .collect::<Vec<_>>(),
    );
    view! {
        <Button look=Look::Primary on_click=Callback::new(move |()| open.set(true))>"Release"</Button>
        <Dialog open title=Signal::stored(format!("Release the lead of {name}?"))>
            <form class="drawer-content" on:submit=send novalidate>
                <p class="dialog-lead">"It is offered to the market at once, and whoever takes it pays for it."</p>
                <FormProblem form />
                <TextArea field=reason label="Reason" limit=500 />
                <Select field=method label="Verified by you" options=methods.get_value() placeholder="Not verified" />
                <div class="form-actions">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Release to the market"</Button>
                </div>
            </form>
        </Dialog>
    }
}
