//! The office: money, how the market is set up, and what the system did. A program of its own with the console's shell
//! around it, so that whoever works through the queues does not load it.

use leptos::prelude::*;

use crate::console::around;
use crate::pages::{
    api_keys, audit, billing_runs, books, checkouts, coupons, credit_notes, events, finance, gallery, invoices,
    lead_sources, mail_preferences, mail_templates, mails, payments, products, programmes, reconciliations, refunds,
    reports, security, subject_requests, suppliers, users, webhooks,
};
use crate::routes::{ConsoleRoute, Route};

/// The office.
pub fn app() -> impl IntoView {
    around(page, public)
}

/// What anybody sees, in a sandbox.
fn public(route: Option<Route>) -> Option<AnyView> {
    (route == Some(Route::Gallery)).then(|| view! { <main id="main"><gallery::Gallery /></main> }.into_any())
}

fn page(route: ConsoleRoute) -> Option<AnyView> {
    Some(match route {
        ConsoleRoute::Events => view! { <events::Events /> }.into_any(),
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
        ConsoleRoute::MailTemplates(id) => view! { <mail_templates::WordingOfMails id /> }.into_any(),
        ConsoleRoute::MailTemplate(id, kind) => view! { <mail_templates::WordingOfMail id kind /> }.into_any(),
        ConsoleRoute::PolicyDraft(id) => view! { <programmes::draft::DraftPage id /> }.into_any(),
        ConsoleRoute::BillingRuns => view! { <billing_runs::list::BillingRuns /> }.into_any(),
        ConsoleRoute::BillingRun(id) => view! { <billing_runs::page::BillingRunPage id /> }.into_any(),
        ConsoleRoute::CreditNotes => view! { <credit_notes::CreditNotes /> }.into_any(),
        ConsoleRoute::CreditNote(id) => view! { <credit_notes::CreditNotePage id /> }.into_any(),
        ConsoleRoute::Audit => view! { <audit::Audit /> }.into_any(),
        ConsoleRoute::Mails => view! { <mails::Mails /> }.into_any(),
        ConsoleRoute::Mail(id) => view! { <mails::MailPage id /> }.into_any(),
        ConsoleRoute::Users => view! { <users::list::Users /> }.into_any(),
        ConsoleRoute::User(id) => view! { <users::page::UserPage id /> }.into_any(),
        ConsoleRoute::ApiKeys => view! { <api_keys::ApiKeys /> }.into_any(),
        ConsoleRoute::ApiKey(id) => view! { <api_keys::page::ApiKeyPage id /> }.into_any(),
        ConsoleRoute::LeadSources => view! { <lead_sources::list::LeadSources /> }.into_any(),
        ConsoleRoute::LeadSource(id) => view! { <lead_sources::page::LeadSourcePage id /> }.into_any(),
        ConsoleRoute::Webhooks => view! { <webhooks::list::Webhooks /> }.into_any(),
        ConsoleRoute::Webhook(id) => view! { <webhooks::page::WebhookPage id /> }.into_any(),
        ConsoleRoute::MailPreferences => view! { <mail_preferences::MailPreferencesPage /> }.into_any(),
        ConsoleRoute::Security => view! { <security::SecurityPage /> }.into_any(),
        ConsoleRoute::Statement(id) => view! { <suppliers::statement::StatementPage id /> }.into_any(),
        ConsoleRoute::Finance => view! { <finance::Finance /> }.into_any(),
        ConsoleRoute::Payments => view! { <payments::list::Payments /> }.into_any(),
        ConsoleRoute::Payment(id) => view! { <payments::page::PaymentPage id /> }.into_any(),
        ConsoleRoute::FailedPayments => view! { <payments::failed::FailedPayments /> }.into_any(),
        ConsoleRoute::Refunds => view! { <refunds::list::Refunds /> }.into_any(),
        ConsoleRoute::Reconciliations => view! { <reconciliations::Reconciliations /> }.into_any(),
        ConsoleRoute::Books => view! { <books::Books /> }.into_any(),
        ConsoleRoute::Retention => view! { <subject_requests::retention::Retention /> }.into_any(),
        ConsoleRoute::Reports => view! { <reports::page::Reports /> }.into_any(),
        ConsoleRoute::SubjectRequests
        | ConsoleRoute::SubjectRequest(_)
        | ConsoleRoute::Erasures
        | ConsoleRoute::Home
        | ConsoleRoute::CallQueue
        | ConsoleRoute::Returns
        | ConsoleRoute::MySuppliers
        | ConsoleRoute::Suppliers
        | ConsoleRoute::Return(_)
        | ConsoleRoute::Replacements
        | ConsoleRoute::RateReviews
        | ConsoleRoute::RateReview(_)
        | ConsoleRoute::Leads
        | ConsoleRoute::Lead(_)
        | ConsoleRoute::SupportTickets
        | ConsoleRoute::SupportTicket(_)
        | ConsoleRoute::ChangeRequests
        | ConsoleRoute::ChangeRequest(_)
        | ConsoleRoute::Orders
        | ConsoleRoute::Order(_)
        | ConsoleRoute::Supplier(_)
        | ConsoleRoute::Imports
        | ConsoleRoute::Import(_)
        | ConsoleRoute::Sandbox => return None,
    })
}
