//! The list of suppliers: a small list, to copy from.

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::suppliers::{Supplier, SupplierStatus};

use super::create::NewSupplier;
use crate::api;
use crate::kit::list::{Card, Column, Filter, List, ListView, NAME_SORTS, Order};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// Who buys leads.
#[component]
pub fn Suppliers() -> impl IntoView {
    let open = RwSignal::new(false);
    let list = List::new("suppliers", api::suppliers::list_suppliers)
        .empty("No suppliers yet", "Set up the first one: a name, an address, a programme.")
        .link(|supplier: &Supplier| Some(Route::Console(ConsoleRoute::Supplier(supplier.id))))
        .filter(Filter::Text {
            name: "q",
            placeholder: "Name",
        })
        .filter(Filter::choice("status", "Status", SupplierStatus::ALL.iter().map(|word| word.as_str())))
        .filter(Filter::programme())
        .sorts(NAME_SORTS)
        .column(Column::text("name", "Supplier", |supplier: &Supplier| supplier.name.clone()).on_card(Card::Title).sorted("name", Order::Ascending).turned("-name"))
        .column(Column::new("status", "Status", |supplier: &Supplier| status_badge(supplier.status), |supplier| supplier.status.label()).on_card(Card::Aside))
        .column(Column::text("programme", "Programme", |supplier: &Supplier| {
            session::programme(supplier.programme_id).map(|programme| programme.name).unwrap_or_default()
        }))
        .column(Column::text("address", "Address", |supplier: &Supplier| supplier.address.clone()))
        .column(Column::text("manager", "Looked after by", |supplier: &Supplier| supplier.contact.name.clone()))
        .column(Column::text("legal_name", "Invoiced as", |supplier: &Supplier| supplier.legal_name.clone()).optional())
        .column(Column::text("time_zone", "Time zone", |supplier: &Supplier| supplier.time_zone.clone()).optional())
        .column(Column::text("id", "Number", |supplier: &Supplier| supplier.id.to_string()).optional())
        .column(Column::new(
            "since",
            "Since",
            |supplier: &Supplier| view! { <Time at=supplier.created_at shown=Shown::Day programme=supplier.programme_id /> },
            |supplier| supplier.created_at.to_string(),
        ).sorted("newest", Order::Descending).turned("oldest"));
    view! {
        <PageHead title="Suppliers">
            {session::may(Permission::SuppliersStanding).then(|| view! { <div class="verdicts"><Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New supplier"</Button></div> })}
        </PageHead>
        <ListView list />
        <Dialog open title=Signal::stored("New supplier".to_owned()) class="drawer"><NewSupplier open /></Dialog>
    }
}
