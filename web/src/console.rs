//! The staff console: which page a route is, and what stands around the pages of staff.

use leptos::prelude::*;
use tradepost_contract::users::Audience;

use crate::layout::console::ConsoleShell;
use crate::layout::guard::{Guard, Stage};
use crate::pages::{
    calls, change_requests, imports, leads, not_found, orders, queues, rate_reviews, replacements, reports,
    return_requests, sandbox, security, subject_requests, suppliers, support_tickets,
};
use crate::routes::{ConsoleRoute, Route};

/// The console.
pub fn app() -> impl IntoView {
    around(page, |_| None)
}

/// What stands around the pages of staff: the console's and the office's. `public` is what somebody sees there who is
/// not signed in; signing in is the portal's page, and the guard is on its way there.
pub(crate) fn around(
    page: fn(ConsoleRoute) -> Option<AnyView>,
    public: fn(Option<Route>) -> Option<AnyView>,
) -> impl IntoView {
    let route = crate::layout::current_route();
    let stage = Guard::new(Audience::Staff, route);
    crate::layout::follow(route);
    let shell = move || match stage.get() {
        Stage::Public => public(route.get()).unwrap_or_else(|| crate::layout::boot().into_any()),
        Stage::Unknown => crate::layout::boot().into_any(),
        Stage::Elsewhere => {
            view! { <main id="main"><crate::pages::elsewhere::SupplierAtTheConsole /></main> }.into_any()
        }
        Stage::MustEnrol => view! { <main id="main"><security::enrol::EnrolDoor /></main> }.into_any(),
        Stage::Inside => view! { <ConsoleShell route>{move || shown(page, route.get())}</ConsoleShell> }.into_any(),
    };
    view! { {shell} <crate::layout::Overlays route /> }
}

fn shown(page: fn(ConsoleRoute) -> Option<AnyView>, route: Option<Route>) -> AnyView {
    let found = match route {
        Some(Route::Console(route)) => page(route),
        _ => None,
    };
    found.unwrap_or_else(|| view! { <not_found::NotFound /> }.into_any())
}

fn page(route: ConsoleRoute) -> Option<AnyView> {
    Some(match route {
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
        ConsoleRoute::Imports => view! { <imports::list::Imports /> }.into_any(),
        ConsoleRoute::Import(id) => view! { <imports::page::ImportPage id /> }.into_any(),
        ConsoleRoute::Sandbox => view! { <sandbox::Sandbox /> }.into_any(),
        ConsoleRoute::Events
        | ConsoleRoute::Invoices
        | ConsoleRoute::Invoice(_)
        | ConsoleRoute::Checkouts
        | ConsoleRoute::Checkout(_)
        | ConsoleRoute::Coupons
        | ConsoleRoute::Coupon(_)
        | ConsoleRoute::Products
        | ConsoleRoute::Product(_)
        | ConsoleRoute::Programmes
        | ConsoleRoute::Programme(_)
        | ConsoleRoute::MailTemplates(_)
        | ConsoleRoute::MailTemplate(..)
        | ConsoleRoute::PolicyDraft(_)
        | ConsoleRoute::BillingRuns
        | ConsoleRoute::BillingRun(_)
        | ConsoleRoute::CreditNotes
        | ConsoleRoute::CreditNote(_)
        | ConsoleRoute::Audit
        | ConsoleRoute::Mails
        | ConsoleRoute::Mail(_)
        | ConsoleRoute::Users
        | ConsoleRoute::User(_)
        | ConsoleRoute::ApiKeys
        | ConsoleRoute::ApiKey(_)
        | ConsoleRoute::LeadSources
        | ConsoleRoute::LeadSource(_)
        | ConsoleRoute::Webhooks
        | ConsoleRoute::Webhook(_)
        | ConsoleRoute::Statement(_)
        | ConsoleRoute::Finance
        | ConsoleRoute::Payments
        | ConsoleRoute::Payment(_)
        | ConsoleRoute::FailedPayments
        | ConsoleRoute::Refunds
        | ConsoleRoute::Reconciliations
        | ConsoleRoute::Books
        | ConsoleRoute::Reports
        | ConsoleRoute::Retention
        | ConsoleRoute::MailPreferences
        | ConsoleRoute::Security => return None,
    })
}
