//! The staff console: which page a route is.

use leptos::prelude::*;
use tradepost_contract::users::Audience;

use crate::layout::console::ConsoleShell;
use crate::layout::guard::{Guard, Stage};
use crate::pages::{
    api_keys, audit, billing_runs, books, calls, change_requests, checkouts, coupons, credit_notes, events, finance,
    gallery, imports, invoices, leads, mails, not_found, orders, payments, products, programmes, queues, rate_reviews,
    reconciliations, refunds, replacements, reports, return_requests, sandbox, subject_requests, suppliers,
    support_tickets, users, webhooks,
};
use crate::routes::{ConsoleRoute, Route};

/// The console.
pub fn app() -> impl IntoView {
    let route = crate::layout::current_route();
    let stage = Guard::new(Audience::Staff, route);
    crate::layout::follow(route);
    let shell = move || match stage.get() {
        // Signing in is the portal's page; the guard is on its way there.
        Stage::Public if route.get() == Some(Route::Gallery) => {
            view! { <main id="main"><gallery::Gallery /></main> }.into_any()
        }
        Stage::Unknown | Stage::Public => crate::layout::boot().into_any(),
        Stage::Elsewhere => {
            view! { <main id="main"><crate::pages::elsewhere::SupplierAtTheConsole /></main> }.into_any()
        }
        Stage::Inside => view! { <ConsoleShell route>{move || page(route.get())}</ConsoleShell> }.into_any(),
    };
    view! { {shell} <crate::layout::Overlays route /> }
}

fn page(route: Option<Route>) -> AnyView {
    let Some(Route::Console(route)) = route else {
        return view! { <not_found::NotFound /> }.into_any();
    };
    match route {
        ConsoleRoute::Home => view! { <queues::Queues /> }.into_any(),
        ConsoleRoute::CallQueue => view! { <calls::desk::CallDesk /> }.into_any(),
        ConsoleRoute::Returns => view! { <return_requests::queue::ReturnsQueue /> }.into_any(),
        ConsoleRoute::MySuppliers => view! { <reports::standings::MySuppliers /> }.into_any(),
        ConsoleRoute::Suppliers => view! { <suppliers::list::Suppliers /> }.into_any(),
        ConsoleRoute::Return(id) => view! { <return_requests::review::ReturnReview id /> }.into_any(),
        ConsoleRoute::Replacements => view! { <replacements::Replacements /> }.into_any(),
        ConsoleRoute::RateReviews => view! { <rate_reviews::RateReviews /> }.into_any(),
        ConsoleRoute::RateReview(id) => view! { <rate_reviews::RateReviewPage id /> }.into_any(),
        ConsoleRoute::Leads => view! { <leads::list::Leads /> }.into_any(),
        ConsoleRoute::Lead(id) => view! { <leads::page::LeadPage id /> }.into_any(),
        ConsoleRoute::Events => view! { <events::Events /> }.into_any(),
        ConsoleRoute::SubjectRequests => view! { <subject_requests::SubjectRequests /> }.into_any(),
        ConsoleRoute::SubjectRequest(id) => view! { <subject_requests::page::SubjectRequestPage id /> }.into_any(),
        ConsoleRoute::Erasures => view! { <subject_requests::erasures::Erasures /> }.into_any(),
        ConsoleRoute::SupportTickets => view! { <support_tickets::SupportTickets /> }.into_any(),
        ConsoleRoute::SupportTicket(id) => view! { <support_tickets::SupportTicketPage id /> }.into_any(),
        ConsoleRoute::ChangeRequests => view! { <change_requests::list::ChangeRequests /> }.into_any(),
        ConsoleRoute::ChangeRequest(id) => view! { <change_requests::page::ChangeRequestPage id /> }.into_any(),
        ConsoleRoute::Orders => view! { <orders::list::Orders /> }.into_any(),
        ConsoleRoute::Order(id) => view! { <orders::page::OrderPage id /> }.into_any(),
        ConsoleRoute::Supplier(id) => view! { <suppliers::page::SupplierPage id /> }.into_any(),
        ConsoleRoute::Invoices => view! { <invoices::list::Invoices /> }.into_any(),
        ConsoleRoute::Invoice(id) => view! { <invoices::page::InvoicePage id /> }.into_any(),
        ConsoleRoute::Checkouts => view! { <checkouts::list::Checkouts /> }.into_any(),
        ConsoleRoute::Checkout(id) => view! { <checkouts::page::CheckoutPage id /> }.into_any(),
        ConsoleRoute::Coupons => view! { <coupons::list::Coupons /> }.into_any(),
        ConsoleRoute::Coupon(id) => view! { <coupons::page::CouponPage id /> }.into_any(),
        ConsoleRoute::Products => view! { <products::list::Products /> }.into_any(),
        ConsoleRoute::Product(id) => view! { <products::page::ProductPage id /> }.into_any(),
        ConsoleRoute::Programmes => view! { <programmes::list::Programmes /> }.into_any(),
        ConsoleRoute::Programme(id) => view! { <programmes::page::ProgrammePage id /> }.into_any(),
        ConsoleRoute::PolicyDraft(id) => view! { <programmes::draft::DraftPage id /> }.into_any(),
        ConsoleRoute::BillingRuns => view! { <billing_runs::list::BillingRuns /> }.into_any(),
        ConsoleRoute::BillingRun(id) => view! { <billing_runs::page::BillingRunPage id /> }.into_any(),
        ConsoleRoute::CreditNotes => view! { <credit_notes::CreditNotes /> }.into_any(),
        ConsoleRoute::CreditNote(id) => view! { <credit_notes::CreditNotePage id /> }.into_any(),
        ConsoleRoute::Imports => view! { <imports::list::Imports /> }.into_any(),
        ConsoleRoute::Import(id) => view! { <imports::page::ImportPage id /> }.into_any(),
        ConsoleRoute::Audit => view! { <audit::Audit /> }.into_any(),
        ConsoleRoute::Mails => view! { <mails::Mails /> }.into_any(),
        ConsoleRoute::Mail(id) => view! { <mails::MailPage id /> }.into_any(),
        ConsoleRoute::Users => view! { <users::list::Users /> }.into_any(),
        ConsoleRoute::User(id) => view! { <users::page::UserPage id /> }.into_any(),
        ConsoleRoute::ApiKeys => view! { <api_keys::ApiKeys /> }.into_any(),
        ConsoleRoute::Webhooks => view! { <webhooks::list::Webhooks /> }.into_any(),
        ConsoleRoute::Webhook(id) => view! { <webhooks::page::WebhookPage id /> }.into_any(),
        ConsoleRoute::Sandbox => view! { <sandbox::Sandbox /> }.into_any(),
        ConsoleRoute::Statement(id) => view! { <suppliers::statement::StatementPage id /> }.into_any(),
        ConsoleRoute::Finance => view! { <finance::Finance /> }.into_any(),
        ConsoleRoute::Payments => view! { <payments::list::Payments /> }.into_any(),
        ConsoleRoute::Payment(id) => view! { <payments::page::PaymentPage id /> }.into_any(),
        ConsoleRoute::FailedPayments => view! { <payments::failed::FailedPayments /> }.into_any(),
        ConsoleRoute::Refunds => view! { <refunds::list::Refunds /> }.into_any(),
        ConsoleRoute::Reconciliations => view! { <reconciliations::Reconciliations /> }.into_any(),
        ConsoleRoute::Books => view! { <books::Books /> }.into_any(),
        ConsoleRoute::Reports => view! { <reports::page::Reports /> }.into_any(),
    }
}
