//! Setting up a supplier.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::suppliers::CreateSupplier;

use crate::api;
use crate::kit::form::Form;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

#[component]
pub(super) fn NewSupplier(open: RwSignal<bool>) -> impl IntoView {
    let form = Form::new("new-supplier");
    let programme = form.field("/programme_id", "");
    let name = form.field("/name", "");
    let legal_name = form.field("/legal_name", "");
    let address = form.field("/address", "");
    let country = form.field("/country", "");
    let tax_id = form.field("/tax_id", "");
    let zone = form.field("/time_zone", "");
    let external = form.field("/external_id", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok(programme_id) = programme.text().parse() else {
            form.refuse(vec![programme.refusal("required", "Choose the programme.")]);
            return;
        };
        let body = CreateSupplier {
            programme_id,
            external_id: external.optional(),
            name: name.text(),
            legal_name: legal_name.optional(),
            country: country.optional(),
            address: address.text(),
            tax_id: tax_id.optional(),
            time_zone: zone.optional(),
            account_manager_id: None,
            policy_override: None,
        };
        form.submit(
            move |key| async move { api::suppliers::create_supplier(&body, &key).await },
            |supplier| router::navigate(&Route::Console(ConsoleRoute::Supplier(supplier.id)).path()),
        );
    };
    let programmes = session::programmes()
        .into_iter()
        .map(|one| (one.id.to_string(), one.name))
        .collect();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">"It gets no leads until it is activated. Next come its business, coverage, people and orders."</p>
            <FormProblem form />
            <Select field=programme label="Programme" options=programmes />
            <TextField field=name label="Name" />
            <TextField field=legal_name label="Invoiced as" hint="Where it differs from the name." optional=true />
            <TextField field=address label="Address" />
            <div class="form-grid">
                <TextField field=country label="Country" hint="The programme's where you give none." optional=true />
                <TextField field=tax_id label="Tax number" optional=true />
                <TextField field=zone label="Time zone" optional=true />
                <TextField field=external label="Their number" optional=true />
            </div>
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Set up the supplier"</Button>
            </div>
        </form>
    }
}
