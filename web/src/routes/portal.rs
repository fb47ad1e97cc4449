//! The pages of the supplier portal.

use tradepost_contract::{
    CheckoutId, DeliveryId, InvoiceId, LeadId, OrderId, PaymentId, ReturnRequestId, SupportTicketId, WebhookEndpointId,
};

/// A page of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalRoute {
    /// What is new, what is due, what can still be returned.
    Home,
    /// The lead inbox.
    Leads,
    /// One lead.
    Lead(DeliveryId),
    /// The same with its return form open (R2).
    LeadReturn(DeliveryId),
    /// What came of one's own leads that are called (R98).
    CallReport,
    /// One of them with its calls.
    CalledLead(LeadId),
    /// Where leads are handed in (R99).
    HandIn,
    /// What is said on the phone (R100).
    CallScript,
    /// The supplier's return requests.
    Returns,
    /// One return request.
    Return(ReturnRequestId),
    /// The standing orders.
    Orders,
    /// One order.
    Order(OrderId),
    /// Where leads are ordered.
    Buy,
    /// An order on its way to being paid.
    Checkout(CheckoutId),
    /// The invoices.
    Invoices,
    /// One invoice with its lines.
    Invoice(InvoiceId),
    /// What moved on the account, between any two days (R92).
    Statement,
    /// The invoice that comes next, as it stands now.
    NextInvoice,
    /// What was paid, is on its way, or was given back.
    Payments,
    /// One payment: its receipt.
    Payment(PaymentId),
    /// What is paid in advance, and what became of it (R9).
    Wallet,
    /// What invoices are charged to (R15, R41).
    PaymentMethods,
    /// The packages of the businesses (R105, R117).
    Packages,
    /// The plan, or those to choose from (R88, R95).
    Plan,
    /// Orders that are placed again by themselves (R64).
    Loyalty,
    /// The agreement, and leaving with the whole account (R89).
    Cancel,
    /// The account and its businesses.
    Business,
    /// What was asked for, and asking for a change (R5).
    Changes,
    /// Who signs in for the account (R65).
    Team,
    /// Where leads go besides the portal, and what other programs are told (R127).
    Integrations,
    /// One of one's own webhooks.
    Webhook(WebhookEndpointId),
    /// Which mails one gets (R126).
    MailPreferences,
    /// How one signs in, and where one is signed in.
    Security,
    /// What was asked of the seller (R83).
    Support,
    /// People who asked to be erased.
    Erasures,
    /// Asking something new.
    AskSupport,
    /// One question with its answers.
    SupportTicket(SupportTicketId),
    /// How this programme works.
    Help,
    /// What can be returned, and until when (R29).
    Guidelines,
}

impl PortalRoute {
    /// The path of the address bar.
    pub fn path(self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Leads => "/leads".to_owned(),
            Self::Lead(id) => format!("/leads/{id}"),
            Self::LeadReturn(id) => format!("/leads/{id}/return"),
            Self::CallReport => "/call-report".to_owned(),
            Self::CalledLead(id) => format!("/call-report/{id}"),
            Self::HandIn => "/call-report/hand-in".to_owned(),
            Self::CallScript => "/call-report/script".to_owned(),
            Self::Returns => "/returns".to_owned(),
            Self::Return(id) => format!("/returns/{id}"),
            Self::Orders => "/orders".to_owned(),
            Self::Order(id) => format!("/orders/{id}"),
            Self::Buy => "/buy".to_owned(),
            Self::Checkout(id) => format!("/checkouts/{id}"),
            Self::Invoices => "/invoices".to_owned(),
            Self::Invoice(id) => format!("/invoices/{id}"),
            Self::Statement => "/statement".to_owned(),
            Self::NextInvoice => "/next-invoice".to_owned(),
            Self::Payments => "/payments".to_owned(),
            Self::Payment(id) => format!("/payments/{id}"),
            Self::Wallet => "/wallet".to_owned(),
            Self::PaymentMethods => "/payment-methods".to_owned(),
            Self::Packages => "/packages".to_owned(),
            Self::Plan => "/plan".to_owned(),
            Self::Loyalty => "/loyalty".to_owned(),
            Self::Cancel => "/cancel".to_owned(),
            Self::Business => "/business".to_owned(),
            Self::Changes => "/changes".to_owned(),
            Self::Team => "/team".to_owned(),
            Self::Integrations => "/integrations".to_owned(),
            Self::Webhook(id) => format!("/integrations/webhooks/{id}"),
            Self::MailPreferences => "/mail-preferences".to_owned(),
            Self::Security => "/security".to_owned(),
            Self::Support => "/support".to_owned(),
            Self::Erasures => "/erasures".to_owned(),
            Self::AskSupport => "/support/ask".to_owned(),
            Self::SupportTicket(id) => format!("/support/{id}"),
            Self::Help => "/help".to_owned(),
            Self::Guidelines => "/help/return-guidelines".to_owned(),
        }
    }

    pub(super) fn parse(segments: &[&str]) -> Option<Self> {
        match segments {
            [] => Some(Self::Home),
            ["leads"] => Some(Self::Leads),
            ["leads", id] => id.parse().ok().map(Self::Lead),
            ["leads", id, "return"] => id.parse().ok().map(Self::LeadReturn),
            ["call-report"] => Some(Self::CallReport),
            ["call-report", "hand-in"] => Some(Self::HandIn),
            ["call-report", "script"] => Some(Self::CallScript),
            ["call-report", id] => id.parse().ok().map(Self::CalledLead),
            ["returns"] => Some(Self::Returns),
            ["returns", id] => id.parse().ok().map(Self::Return),
            ["orders"] => Some(Self::Orders),
            ["orders", id] => id.parse().ok().map(Self::Order),
            ["buy"] => Some(Self::Buy),
            ["checkouts", id] => id.parse().ok().map(Self::Checkout),
            ["invoices"] => Some(Self::Invoices),
            ["invoices", id] => id.parse().ok().map(Self::Invoice),
            ["statement"] => Some(Self::Statement),
            ["next-invoice"] => Some(Self::NextInvoice),
            ["payments"] => Some(Self::Payments),
            ["payments", id] => id.parse().ok().map(Self::Payment),
            ["wallet"] => Some(Self::Wallet),
            ["payment-methods"] => Some(Self::PaymentMethods),
            ["packages"] => Some(Self::Packages),
            ["plan"] => Some(Self::Plan),
            ["loyalty"] => Some(Self::Loyalty),
            ["cancel"] => Some(Self::Cancel),
            ["business"] => Some(Self::Business),
            ["changes"] => Some(Self::Changes),
            ["team"] => Some(Self::Team),
            ["integrations"] => Some(Self::Integrations),
            ["integrations", "webhooks", id] => id.parse().ok().map(Self::Webhook),
            ["mail-preferences"] => Some(Self::MailPreferences),
            ["security"] => Some(Self::Security),
            ["erasures"] => Some(Self::Erasures),
            ["support"] => Some(Self::Support),
            ["support", "ask"] => Some(Self::AskSupport),
            ["support", id] => id.parse().ok().map(Self::SupportTicket),
            ["help"] => Some(Self::Help),
            // A policy says where its guidelines stand, and each preset in its own words.
            ["help", _] => Some(Self::Guidelines),
            _ => None,
        }
    }

    /// What the window is called there.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Leads => "Leads",
            Self::Lead(_) => "Lead",
            Self::LeadReturn(_) => "Return a lead",
            Self::CallReport => "Call report",
            Self::CalledLead(_) => "Called lead",
            Self::HandIn => "Hand in leads",
            Self::CallScript => "Call script",
            Self::Returns => "Returns",
            Self::Return(_) => "Return",
            Self::Orders => "Orders",
            Self::Order(_) => "Order",
            Self::Buy => "Order leads",
            Self::Checkout(_) => "Checkout",
            Self::Invoices => "Invoices",
            Self::Invoice(_) => "Invoice",
            Self::Statement => "Statement",
            Self::NextInvoice => "Next invoice",
            Self::Payments => "Payments",
            Self::Payment(_) => "Payment",
            Self::Wallet => "Wallet",
            Self::PaymentMethods => "Ways to pay",
            Self::Packages => "Packages",
            Self::Plan => "Plan",
            Self::Loyalty => "Loyalty",
            Self::Cancel => "Cancel account",
            Self::Business => "Business",
            Self::Changes => "Your requests",
            Self::Team => "Team",
            Self::Integrations => "Integrations",
            Self::Webhook(_) => "Webhook",
            Self::MailPreferences => "Mails",
            Self::Security => "Security",
            Self::Support => "Questions",
            Self::Erasures => "People to erase",
            Self::AskSupport => "Ask a question",
            Self::SupportTicket(_) => "Question",
            Self::Help => "Help",
            Self::Guidelines => "Return guidelines",
        }
    }

    /// The entry of the navigation that is lit there.
    pub const fn section(self) -> Self {
        match self {
            Self::Home => Self::Home,
            Self::Leads | Self::Lead(_) | Self::LeadReturn(_) | Self::Erasures => Self::Leads,
            Self::CallReport | Self::CalledLead(_) | Self::HandIn | Self::CallScript => Self::CallReport,
            Self::Returns | Self::Return(_) => Self::Returns,
            Self::Orders | Self::Order(_) | Self::Buy | Self::Checkout(_) | Self::Loyalty => Self::Orders,
            Self::Invoices
            | Self::Invoice(_)
            | Self::Statement
            | Self::NextInvoice
            | Self::Payments
            | Self::Payment(_)
            | Self::PaymentMethods
            | Self::Packages
            | Self::Plan => Self::Invoices,
            Self::Wallet => Self::Wallet,
            Self::Business
            | Self::Cancel
            | Self::Changes
            | Self::Team
            | Self::Integrations
            | Self::Webhook(_)
            | Self::MailPreferences
            | Self::Security => Self::Business,
            Self::Help | Self::Guidelines | Self::Support | Self::AskSupport | Self::SupportTicket(_) => Self::Help,
        }
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<PortalRoute> {
    use PortalRoute as R;
    use tradepost_contract::Id;
    vec![
        R::Home,
        R::Leads,
        R::Lead(DeliveryId::from_i64(7)),
        R::LeadReturn(DeliveryId::from_i64(7)),
        R::CallReport,
        R::CalledLead(LeadId::from_i64(7)),
        R::HandIn,
        R::CallScript,
        R::Returns,
        R::Return(ReturnRequestId::from_i64(7)),
        R::Orders,
        R::Order(OrderId::from_i64(7)),
        R::Buy,
        R::Checkout(CheckoutId::from_i64(7)),
        R::Invoices,
        R::Invoice(InvoiceId::from_i64(7)),
        R::Statement,
        R::NextInvoice,
        R::Payments,
        R::Payment(PaymentId::from_i64(7)),
        R::Wallet,
        R::PaymentMethods,
        R::Packages,
        R::Plan,
        R::Loyalty,
        R::Cancel,
        R::Business,
        R::Changes,
        R::Team,
        R::Integrations,
        R::Webhook(WebhookEndpointId::from_i64(7)),
        R::MailPreferences,
        R::Security,
        R::Support,
        R::Erasures,
        R::AskSupport,
        R::SupportTicket(SupportTicketId::from_i64(7)),
        R::Help,
        R::Guidelines,
    ]
}
