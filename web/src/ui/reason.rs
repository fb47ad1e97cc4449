//! An action that wants a reason: the audit trail keeps it, and often the supplier reads it.

use futures_util::future::LocalBoxFuture;
use leptos::prelude::*;

use super::button::{Button, Look};
use super::dialog::Dialog;
use super::field::TextArea;
use super::problem::FormProblem;
use crate::api::Result;
use crate::browser;
use crate::kit::form::Form;
use crate::kit::toast;

/// A button that asks for the reason in a dialog, names what happens, and then does it.
#[component]
pub fn ReasonAction(
    /// What the button says: a verb.
    #[prop(into)]
    label: String,
    /// What happens, as a question that names the object.
    #[prop(into)]
    title: String,
    /// What follows from it.
    #[prop(into)]
    text: String,
    /// How much the button stands out; [`Look::Danger`] only shows in the dialog.
    #[prop(default = Look::Plain)]
    look: Look,
    /// Whether it may be done without a reason.
    #[prop(optional)]
    optional: bool,
    /// Does it, with the reason and an idempotency key.
    run: Act,
    /// What was done, for the toast.
    #[prop(into)]
    said: String,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let form = Form::new("reason");
    let reason = form.field("/reason", "");
    let run = StoredValue::new(run);
    let said = StoredValue::new(said);
    let action = StoredValue::new(label.clone());
    let text = StoredValue::new(text);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if reason.text().is_empty() && !optional {
            form.refuse(vec![
                reason.refusal("required", "Say why; it is kept in the audit trail."),
            ]);
            return;
        }
        form.submit(
            move |key| run.with_value(|run| run(reason.optional(), key)),
            move |()| {
                open.set(false);
                toast::done(said.get_value());
                done.run(());
            },
        );
    };
    let ask = Callback::new(move |()| {
        open.set(true);
        browser::after_render(move || {
            browser::focus(&reason.id());
        });
    });
    let outside = if look == Look::Danger { Look::Plain } else { look };
    view! {
        <Button look=outside on_click=ask>{label}</Button>
        <Dialog open title=Signal::stored(title)>
            <form class="drawer-content" on:submit=send novalidate>
                <p class="dialog-lead">{text.get_value()}</p>
                <FormProblem form />
                <TextArea field=reason label="Reason" limit=500 optional />
                <div class="form-actions">
                    <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                    <Button look=if look == Look::Danger { Look::Danger } else { Look::Primary } submit=true busy=Signal::derive(move || form.is_busy())>{action.get_value()}</Button>
                </div>
            </form>
        </Dialog>
    }
}

/// A button that does something at once that can be undone, so that nobody asks why.
#[component]
pub fn PlainAction(
    /// What the button says: a verb.
    #[prop(into)]
    label: String,
    /// How much the button stands out.
    #[prop(default = Look::Plain)]
    look: Look,
    /// Does it, with an idempotency key.
    run: Act,
    /// What was done, for the toast.
    #[prop(into)]
    said: String,
    /// Afterwards, where it was done.
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("act");
    let run = StoredValue::new(run);
    let said = StoredValue::new(said);
    let act = Callback::new(move |()| {
        form.submit(
            move |key| run.with_value(|run| run(None, key)),
            move |()| {
                toast::done(said.get_value());
                done.run(());
            },
        );
    });
    view! {
        <Button look on_click=act busy=Signal::derive(move || form.is_busy())>{label}</Button>
        <FormProblem form />
    }
}

/// What a [`ReasonAction`] does: the reason, the idempotency key, and what comes of it.
pub type Act = Box<dyn Fn(Option<String>, String) -> LocalBoxFuture<'static, Result<()>> + Send + Sync>;
