//! The account's statement and its next invoice.

use leptos::prelude::*;
use tradepost_contract::SupplierId;

use super::invoices::invoices_come;
use crate::pages::account::next_invoice::NextInvoiceView;
use crate::pages::account::statement::StatementView;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::empty::Empty;
use crate::ui::page::PageHead;

pub(super) fn own_account() -> Option<SupplierId> {
    Some(session::me()?.supplier.as_ref()?.id)
}

pub(super) fn nobody() -> AnyView {
    view! { <Empty title="No account">"Sign in as one of a supplier's people."</Empty> }.into_any()
}

/// What moved on the account, between any two days.
#[component]
pub fn StatementPage() -> impl IntoView {
    let body = match own_account() {
        Some(supplier) => {
            view! { <StatementView supplier link=|id| Route::Portal(PortalRoute::Invoice(id)).path() /> }.into_any()
        }
        None => nobody(),
    };
    view! {
        <PageHead title="Statement" back=(Route::Portal(PortalRoute::Invoices).path(), "Invoices") />
        {body}
    }
}

/// The invoice that comes next.
#[component]
pub fn NextInvoicePage() -> impl IntoView {
    let body = match own_account() {
        Some(_) if !invoices_come() => {
            view! { <Empty title="No invoice comes by itself">"What you buy is charged when you order it, or with your plan. The invoices are in the list."</Empty> }
                .into_any()
        }
        Some(supplier) => {
            view! { <NextInvoiceView supplier link=|_, delivery| Route::Portal(PortalRoute::Lead(delivery)) /> }
                .into_any()
        }
        None => nobody(),
    };
    view! {
        <PageHead title="Next invoice" back=(Route::Portal(PortalRoute::Invoices).path(), "Invoices") subtitle="As it stands now" />
        {body}
    }
}
