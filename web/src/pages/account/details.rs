//! What is basic of a supplier: staff change all of it, an owner what the programme leaves to them (R65, R106).

use leptos::prelude::*;
use tradepost_contract::suppliers::{Supplier, UpdateSupplier};

use crate::api;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;

/// The form in a drawer.
#[component]
pub fn SupplierForm(
    /// The account as it is.
    supplier: Supplier,
    /// The drawer.
    open: RwSignal<bool>,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let staff = session::is_staff();
    let (id, version) = (supplier.id, supplier.version);
    let form = Form::new("supplier");
    let name = form.field("/name", supplier.name);
    let legal_name = form.field("/legal_name", supplier.legal_name);
    let address = form.field("/address", supplier.address);
    let country = form.field("/country", supplier.country);
    let tax_id = form.field("/tax_id", supplier.tax_id.unwrap_or_default());
    let zone = form.field("/time_zone", supplier.time_zone);
    let external = form.field("/external_id", supplier.external_id.unwrap_or_default());
    let reason = form.field("/reason", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = UpdateSupplier {
            name: Some(name.text()),
            legal_name: Some(legal_name.text()),
            address: Some(address.text()),
            country: Some(country.text()),
            tax_id: Some(tax_id.optional()),
            time_zone: Some(zone.text()),
            external_id: staff.then(|| external.optional()),
            reason: reason.optional(),
            ..UpdateSupplier::default()
        };
        form.submit(
            move |key| async move { api::suppliers::update_supplier(id, version, &body, &key).await },
            move |_| {
                toast::done("Saved");
                open.set(false);
                done.run(());
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <TextField field=name label="Name" />
            <TextField field=legal_name label="Invoiced as" />
            <TextField field=address label="Address" />
            <div class="form-grid">
                <TextField field=country label="Country" />
                <TextField field=tax_id label="Tax number" optional=true />
                <TextField field=zone label="Time zone" />
                {staff.then(|| view! { <TextField field=external label="Their number" optional=true /> })}
            </div>
            {staff.then(|| view! { <TextField field=reason label="Reason" hint="Kept in the audit trail." optional=true /> })}
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>{if staff { "Save the supplier" } else { "Save" }}</Button>
            </div>
        </form>
    }
}
