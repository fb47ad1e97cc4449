//! The account: how a supplier gets in, pays, asks and leaves. A program of its own with the portal's shell around it.

use leptos::prelude::*;
use tradepost_contract::access_links::AccessPurpose;

use crate::pages::{access, mail_preferences, own, security, sign_up, webhooks};
use crate::portal::around;
use crate::router;
use crate::routes::{PortalRoute, Route};

/// The account.
pub fn app() -> impl IntoView {
    around(page, door)
}

/// What somebody sees who is not signed in, or who holds a link that lets somebody in.
fn door() -> AnyView {
    let path = router::address().with_untracked(|address| address.path.clone());
    match Route::parse(&path) {
        Some(Route::ForgotPassword) => view! { <access::ForgotPasswordPage /> }.into_any(),
        Some(Route::ResetPassword) => view! { <access::ChoosePasswordPage purpose=AccessPurpose::Reset /> }.into_any(),
        Some(Route::AcceptInvitation) => {
            view! { <access::ChoosePasswordPage purpose=AccessPurpose::Invitation /> }.into_any()
        }
        Some(Route::ConfirmEmail) => view! { <access::ConfirmEmailPage /> }.into_any(),
        _ => view! { <sign_up::SignUpPage /> }.into_any(),
    }
}

fn page(route: PortalRoute) -> Option<AnyView> {
    Some(match route {
        PortalRoute::PaymentMethods => view! { <own::payment_methods::PaymentMethodsPage /> }.into_any(),
        PortalRoute::Business => view! { <own::business::BusinessPage /> }.into_any(),
        PortalRoute::Cancel => view! { <own::cancel::CancelPage /> }.into_any(),
        PortalRoute::Changes => view! { <own::changes::ChangesPage /> }.into_any(),
        PortalRoute::Team => view! { <own::team::TeamPage /> }.into_any(),
        PortalRoute::Integrations => view! { <own::integrations::IntegrationsPage /> }.into_any(),
        PortalRoute::Webhook(id) => view! { <webhooks::page::WebhookPage id /> }.into_any(),
        PortalRoute::MailPreferences => view! { <mail_preferences::MailPreferencesPage /> }.into_any(),
        PortalRoute::Security => view! { <security::SecurityPage /> }.into_any(),
        PortalRoute::Erasures => view! { <own::erasures::ErasuresPage /> }.into_any(),
        PortalRoute::Support => view! { <own::support::SupportPage /> }.into_any(),
        PortalRoute::AskSupport => view! { <own::support::AskSupportPage /> }.into_any(),
        PortalRoute::SupportTicket(id) => view! { <own::support::SupportTicketPage id /> }.into_any(),
        _ => return None,
    })
}
