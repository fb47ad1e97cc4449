//! A supplier's statement and next invoice, as staff see them.

use leptos::prelude::*;
use tradepost_contract::SupplierId;

use crate::api;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::next_invoice::NextInvoiceView;
use crate::pages::account::statement::StatementView;
use crate::routes::{ConsoleRoute, Route};
use crate::ui::page::PageHead;

/// What moved on the account, and the invoice that comes next.
#[component]
pub fn StatementPage(
    /// Whose.
    id: SupplierId,
) -> impl IntoView {
    let supplier = Loader::new(move || api::suppliers::get_supplier(id));
    let back = format!("{}?tab=invoices", Route::Console(ConsoleRoute::Supplier(id)).path());
    view! {
        <Loaded loader=supplier shape=Shape::Tile let:supplier><PageHead title="Statement" back=(back.clone(), "Invoices") subtitle=supplier.name /></Loaded>
        <StatementView supplier=id link=|id| Route::Console(ConsoleRoute::Invoice(id)).path() />
        <h2 class="section-head">"Next invoice"</h2>
        <NextInvoiceView supplier=id link=|lead, _| Route::Console(ConsoleRoute::Lead(lead)) />
    }
}
