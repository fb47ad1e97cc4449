//! The pages of the staff console, all below `/console`.

use tradepost_contract::events::NotificationKind;
use tradepost_contract::{
    ApiKeyId, BillingRunId, ChangeRequestId, CheckoutId, CouponId, CreditNoteId, InvoiceId, LeadId, LeadImportId,
    LeadProductId, LeadSourceId, MailId, OrderId, PaymentId, PolicyVersionId, ProgrammeId, RateReviewId,
    ReturnRequestId, SubjectRequestId, SupplierId, SupportTicketId, UserId, WebhookEndpointId,
};

/// A page of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsoleRoute {
    /// What waits for a decision.
    Home,
    /// The return requests.
    Returns,
    /// One return request.
    Return(ReturnRequestId),
    /// The leads that are owed for returned ones.
    Replacements,
    /// What regular looks at the suppliers' returns found.
    RateReviews,
    /// One of them.
    RateReview(RateReviewId),
    /// Who is called next (R98).
    CallQueue,
    /// The leads.
    Leads,
    /// One lead with its selling trace.
    Lead(LeadId),
    /// How the suppliers that one looks after stand today.
    MySuppliers,
    /// Who buys leads.
    Suppliers,
    /// One supplier from all sides.
    Supplier(SupplierId),
    /// What suppliers asked to have changed.
    ChangeRequests,
    /// What persons behind leads ask for.
    SubjectRequests,
    /// One of these requests.
    SubjectRequest(SubjectRequestId),
    /// Suppliers that were told to erase a person.
    Erasures,
    /// What goes by time.
    Retention,
    /// What suppliers ask.
    SupportTickets,
    /// One question.
    SupportTicket(SupportTicketId),
    /// One request.
    ChangeRequest(ChangeRequestId),
    /// The standing orders.
    Orders,
    /// One order.
    Order(OrderId),
    /// Orders on their way to being paid.
    Checkouts,
    /// One of them.
    Checkout(CheckoutId),
    /// Codes that make an order cheaper.
    Coupons,
    /// One code.
    Coupon(CouponId),
    /// What is sold.
    Products,
    /// One product.
    Product(LeadProductId),
    /// The brands and their rules.
    Programmes,
    /// One programme with its policy.
    Programme(ProgrammeId),
    /// What its mails say (R126).
    MailTemplates(ProgrammeId),
    /// One of them.
    MailTemplate(ProgrammeId, NotificationKind),
    /// A policy that is being written.
    PolicyDraft(PolicyVersionId),
    /// Senders with a format of their own.
    LeadSources,
    /// One of them, and what it was sent.
    LeadSource(LeadSourceId),
    /// Files of leads.
    Imports,
    /// One file of leads.
    Import(LeadImportId),
    /// Passes over a billing period.
    BillingRuns,
    /// One pass.
    BillingRun(BillingRunId),
    /// What suppliers owe.
    Invoices,
    /// One invoice.
    Invoice(InvoiceId),
    /// Corrections of invoices.
    CreditNotes,
    /// One credit note.
    CreditNote(CreditNoteId),
    /// What moved on a supplier's account, and its next invoice (R92).
    Statement(SupplierId),
    /// What finance looks at first.
    Finance,
    /// Money that came, is on its way, or failed.
    Payments,
    /// One payment with its tries.
    Payment(PaymentId),
    /// The queue of payments that failed while their invoice is open.
    FailedPayments,
    /// Money that is given back.
    Refunds,
    /// What the gateway says of each day, compared with the books.
    Reconciliations,
    /// Cash, the journal, and months that are closed.
    Books,
    /// Numbers and pictures.
    Reports,
    /// What happened.
    Events,
    /// Who changed what.
    Audit,
    /// What was written to whom.
    Mails,
    /// One mail.
    Mail(MailId),
    /// Who signs in.
    Users,
    /// One person.
    User(UserId),
    /// The keys of integrators.
    ApiKeys,
    /// One key, and what it asked for.
    ApiKey(ApiKeyId),
    /// Addresses that events are sent to.
    Webhooks,
    /// One of them, and what was sent to it.
    Webhook(WebhookEndpointId),
    /// The clock that can be moved.
    Sandbox,
    /// Which mails one gets (R126).
    MailPreferences,
    /// How one signs in, and where one is signed in.
    Security,
}

impl ConsoleRoute {
    /// The path of the address bar.
    pub fn path(self) -> String {
        match self {
            Self::Home => "/console".to_owned(),
            Self::CallQueue => "/console/call-queue".to_owned(),
            Self::Returns => "/console/returns".to_owned(),
            Self::Return(id) => format!("/console/returns/{id}"),
            Self::Replacements => "/console/replacements".to_owned(),
            Self::RateReviews => "/console/rate-reviews".to_owned(),
            Self::RateReview(id) => format!("/console/rate-reviews/{id}"),
            Self::Leads => "/console/leads".to_owned(),
            Self::Lead(id) => format!("/console/leads/{id}"),
            Self::MySuppliers => "/console/my-suppliers".to_owned(),
            Self::Suppliers => "/console/suppliers".to_owned(),
            Self::Supplier(id) => format!("/console/suppliers/{id}"),
            Self::SubjectRequests => "/console/subject-requests".to_owned(),
            Self::SubjectRequest(id) => format!("/console/subject-requests/{id}"),
            Self::Erasures => "/console/erasures".to_owned(),
            Self::Retention => "/console/retention".to_owned(),
            Self::SupportTickets => "/console/support".to_owned(),
            Self::SupportTicket(id) => format!("/console/support/{id}"),
            Self::ChangeRequests => "/console/change-requests".to_owned(),
            Self::ChangeRequest(id) => format!("/console/change-requests/{id}"),
            Self::Orders => "/console/orders".to_owned(),
            Self::Order(id) => format!("/console/orders/{id}"),
            Self::Checkouts => "/console/checkouts".to_owned(),
            Self::Checkout(id) => format!("/console/checkouts/{id}"),
            Self::Coupons => "/console/coupons".to_owned(),
            Self::Coupon(id) => format!("/console/coupons/{id}"),
            Self::Products => "/console/products".to_owned(),
            Self::Product(id) => format!("/console/products/{id}"),
            Self::Programmes => "/console/programmes".to_owned(),
            Self::Programme(id) => format!("/console/programmes/{id}"),
            Self::MailTemplates(id) => format!("/console/programmes/{id}/mails"),
            Self::MailTemplate(id, kind) => format!("/console/programmes/{id}/mails/{kind}"),
            Self::PolicyDraft(id) => format!("/console/policy-drafts/{id}"),
            Self::LeadSources => "/console/lead-sources".to_owned(),
            Self::LeadSource(id) => format!("/console/lead-sources/{id}"),
            Self::Imports => "/console/imports".to_owned(),
            Self::Import(id) => format!("/console/imports/{id}"),
            Self::BillingRuns => "/console/billing-runs".to_owned(),
            Self::BillingRun(id) => format!("/console/billing-runs/{id}"),
            Self::Invoices => "/console/invoices".to_owned(),
            Self::Invoice(id) => format!("/console/invoices/{id}"),
            Self::CreditNotes => "/console/credit-notes".to_owned(),
            Self::CreditNote(id) => format!("/console/credit-notes/{id}"),
            Self::Statement(id) => format!("/console/suppliers/{id}/statement"),
            Self::Finance => "/console/finance".to_owned(),
            Self::Payments => "/console/payments".to_owned(),
            Self::Payment(id) => format!("/console/payments/{id}"),
            Self::FailedPayments => "/console/failed-payments".to_owned(),
            Self::Refunds => "/console/refunds".to_owned(),
            Self::Reconciliations => "/console/reconciliations".to_owned(),
            Self::Books => "/console/books".to_owned(),
            Self::Reports => "/console/reports".to_owned(),
            Self::Events => "/console/events".to_owned(),
            Self::Audit => "/console/audit".to_owned(),
            Self::Mails => "/console/mails".to_owned(),
            Self::Mail(id) => format!("/console/mails/{id}"),
            Self::Users => "/console/users".to_owned(),
            Self::User(id) => format!("/console/users/{id}"),
            Self::ApiKeys => "/console/api-keys".to_owned(),
            Self::ApiKey(id) => format!("/console/api-keys/{id}"),
            Self::Webhooks => "/console/webhooks".to_owned(),
            Self::Webhook(id) => format!("/console/webhooks/{id}"),
            Self::Sandbox => "/console/sandbox".to_owned(),
            Self::MailPreferences => "/console/mail-preferences".to_owned(),
            Self::Security => "/console/security".to_owned(),
        }
    }

    pub(super) fn parse(segments: &[&str]) -> Option<Self> {
        match segments {
            [] => Some(Self::Home),
            ["call-queue"] => Some(Self::CallQueue),
            ["returns"] => Some(Self::Returns),
            ["returns", id] => id.parse().ok().map(Self::Return),
            ["replacements"] => Some(Self::Replacements),
            ["rate-reviews"] => Some(Self::RateReviews),
            ["rate-reviews", id] => id.parse().ok().map(Self::RateReview),
            ["leads"] => Some(Self::Leads),
            ["leads", id] => id.parse().ok().map(Self::Lead),
            ["my-suppliers"] => Some(Self::MySuppliers),
            ["suppliers"] => Some(Self::Suppliers),
            ["suppliers", id] => id.parse().ok().map(Self::Supplier),
            ["subject-requests"] => Some(Self::SubjectRequests),
            ["subject-requests", id] => id.parse().ok().map(Self::SubjectRequest),
            ["erasures"] => Some(Self::Erasures),
            ["retention"] => Some(Self::Retention),
            ["support"] => Some(Self::SupportTickets),
            ["support", id] => id.parse().ok().map(Self::SupportTicket),
            ["change-requests"] => Some(Self::ChangeRequests),
            ["change-requests", id] => id.parse().ok().map(Self::ChangeRequest),
            ["orders"] => Some(Self::Orders),
            ["orders", id] => id.parse().ok().map(Self::Order),
            ["checkouts"] => Some(Self::Checkouts),
            ["checkouts", id] => id.parse().ok().map(Self::Checkout),
            ["coupons"] => Some(Self::Coupons),
            ["coupons", id] => id.parse().ok().map(Self::Coupon),
            ["products"] => Some(Self::Products),
            ["products", id] => id.parse().ok().map(Self::Product),
            ["programmes"] => Some(Self::Programmes),
            ["programmes", id] => id.parse().ok().map(Self::Programme),
            ["programmes", id, "mails"] => id.parse().ok().map(Self::MailTemplates),
            ["programmes", id, "mails", kind] => {
                let (id, kind) = (id.parse().ok()?, kind.parse().ok()?);
                Some(Self::MailTemplate(id, kind))
            }
            ["policy-drafts", id] => id.parse().ok().map(Self::PolicyDraft),
            ["lead-sources"] => Some(Self::LeadSources),
            ["lead-sources", id] => id.parse().ok().map(Self::LeadSource),
            ["imports"] => Some(Self::Imports),
            ["imports", id] => id.parse().ok().map(Self::Import),
            ["billing-runs"] => Some(Self::BillingRuns),
            ["billing-runs", id] => id.parse().ok().map(Self::BillingRun),
            ["invoices"] => Some(Self::Invoices),
            ["invoices", id] => id.parse().ok().map(Self::Invoice),
            ["credit-notes"] => Some(Self::CreditNotes),
            ["credit-notes", id] => id.parse().ok().map(Self::CreditNote),
            ["suppliers", id, "statement"] => id.parse().ok().map(Self::Statement),
            ["finance"] => Some(Self::Finance),
            ["payments"] => Some(Self::Payments),
            ["payments", id] => id.parse().ok().map(Self::Payment),
            ["failed-payments"] => Some(Self::FailedPayments),
            ["refunds"] => Some(Self::Refunds),
            ["reconciliations"] => Some(Self::Reconciliations),
            ["books"] => Some(Self::Books),
            ["reports"] => Some(Self::Reports),
            ["events"] => Some(Self::Events),
            ["audit"] => Some(Self::Audit),
            ["mails"] => Some(Self::Mails),
            ["mails", id] => id.parse().ok().map(Self::Mail),
            ["users"] => Some(Self::Users),
            ["users", id] => id.parse().ok().map(Self::User),
            ["api-keys"] => Some(Self::ApiKeys),
            ["api-keys", id] => id.parse().ok().map(Self::ApiKey),
            ["webhooks"] => Some(Self::Webhooks),
            ["webhooks", id] => id.parse().ok().map(Self::Webhook),
            ["sandbox"] => Some(Self::Sandbox),
            ["mail-preferences"] => Some(Self::MailPreferences),
            ["security"] => Some(Self::Security),
            _ => None,
        }
    }

    /// What the window is called there.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Home => "Queues",
            Self::CallQueue => "Call queue",
            Self::Returns => "Returns",
            Self::Return(_) => "Return",
            Self::Replacements => "Replacements",
            Self::RateReviews => "Rate reviews",
            Self::RateReview(_) => "Rate review",
            Self::Leads => "Leads",
            Self::Lead(_) => "Lead",
            Self::MySuppliers => "My suppliers",
            Self::Suppliers => "Suppliers",
            Self::Supplier(_) => "Supplier",
            Self::SubjectRequests => "People's requests",
            Self::SubjectRequest(_) => "Person's request",
            Self::Erasures => "Suppliers to erase",
            Self::Retention => "Kept data",
            Self::SupportTickets => "Questions",
            Self::SupportTicket(_) => "Question",
            Self::ChangeRequests => "Change requests",
            Self::ChangeRequest(_) => "Change request",
            Self::Orders => "Orders",
            Self::Order(_) => "Order",
            Self::Checkouts => "Checkouts",
            Self::Checkout(_) => "Checkout",
            Self::Coupons => "Coupons",
            Self::Coupon(_) => "Coupon",
            Self::Products => "Products",
            Self::Product(_) => "Product",
            Self::Programmes => "Programmes",
            Self::Programme(_) => "Programme",
            Self::MailTemplates(_) => "Wording of mails",
            Self::MailTemplate(..) => "Wording of a mail",
            Self::PolicyDraft(_) => "Policy draft",
            Self::LeadSources => "Lead sources",
            Self::LeadSource(_) => "Lead source",
            Self::Imports => "Imports",
            Self::Import(_) => "Import",
            Self::BillingRuns => "Billing runs",
            Self::BillingRun(_) => "Billing run",
            Self::Invoices => "Invoices",
            Self::Invoice(_) => "Invoice",
            Self::CreditNotes => "Credit notes",
            Self::CreditNote(_) => "Credit note",
            Self::Statement(_) => "Statement",
            Self::Finance => "Finance",
            Self::Payments => "Payments",
            Self::Payment(_) => "Payment",
            Self::FailedPayments => "Failed payments",
            Self::Refunds => "Refunds",
            Self::Reconciliations => "Reconciliation",
            Self::Books => "Books",
            Self::Reports => "Reports",
            Self::Events => "Events",
            Self::Audit => "Audit trail",
            Self::Mails => "Mails",
            Self::Mail(_) => "Mail",
            Self::Users => "People",
            Self::User(_) => "Person",
            Self::ApiKeys => "API keys",
            Self::ApiKey(_) => "API key",
            Self::Webhooks => "Webhooks",
            Self::Webhook(_) => "Webhook",
            Self::Sandbox => "Sandbox",
            Self::MailPreferences => "Mails to you",
            Self::Security => "Security",
        }
    }

    /// The entry of the navigation that is lit there.
    pub const fn section(self) -> Self {
        match self {
            Self::Home => Self::Home,
            Self::CallQueue => Self::CallQueue,
            Self::Returns | Self::Return(_) => Self::Returns,
            Self::Replacements => Self::Replacements,
            Self::RateReviews | Self::RateReview(_) => Self::RateReviews,
            Self::Leads | Self::Lead(_) => Self::Leads,
            Self::MySuppliers => Self::MySuppliers,
            Self::Suppliers | Self::Supplier(_) | Self::Statement(_) => Self::Suppliers,
            Self::SubjectRequests | Self::SubjectRequest(_) | Self::Erasures | Self::Retention => Self::SubjectRequests,
            Self::SupportTickets | Self::SupportTicket(_) => Self::SupportTickets,
            Self::ChangeRequests | Self::ChangeRequest(_) => Self::ChangeRequests,
            Self::Orders | Self::Order(_) => Self::Orders,
            Self::Checkouts | Self::Checkout(_) => Self::Checkouts,
            Self::Coupons | Self::Coupon(_) => Self::Coupons,
            Self::Products | Self::Product(_) => Self::Products,
            Self::Programmes
            | Self::Programme(_)
            | Self::MailTemplates(_)
            | Self::MailTemplate(..)
            | Self::PolicyDraft(_) => Self::Programmes,
            Self::LeadSources | Self::LeadSource(_) => Self::LeadSources,
            Self::Imports | Self::Import(_) => Self::Imports,
            Self::BillingRuns | Self::BillingRun(_) => Self::BillingRuns,
            Self::Invoices | Self::Invoice(_) => Self::Invoices,
            Self::CreditNotes | Self::CreditNote(_) => Self::CreditNotes,
            Self::Finance => Self::Finance,
            Self::Payments | Self::Payment(_) => Self::Payments,
            Self::FailedPayments => Self::FailedPayments,
            Self::Refunds => Self::Refunds,
            Self::Reconciliations => Self::Reconciliations,
            Self::Books => Self::Books,
            Self::Reports => Self::Reports,
            Self::Events => Self::Events,
            Self::Audit => Self::Audit,
            Self::Mails | Self::Mail(_) => Self::Mails,
            Self::Users | Self::User(_) => Self::Users,
            Self::ApiKeys | Self::ApiKey(_) => Self::ApiKeys,
            Self::Webhooks | Self::Webhook(_) => Self::Webhooks,
            Self::Sandbox => Self::Sandbox,
            // They are in the menu of the person.
            Self::Security | Self::MailPreferences => Self::Home,
        }
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<ConsoleRoute> {
    use ConsoleRoute as R;
    use tradepost_contract::Id;
    vec![
        R::Home,
        R::CallQueue,
        R::Returns,
        R::Return(ReturnRequestId::from_i64(7)),
        R::Replacements,
        R::RateReviews,
        R::RateReview(RateReviewId::from_i64(7)),
        R::Leads,
        R::Lead(LeadId::from_i64(7)),
        R::MySuppliers,
        R::Suppliers,
        R::Supplier(SupplierId::from_i64(7)),
        R::SubjectRequests,
        R::SubjectRequest(SubjectRequestId::from_i64(7)),
        R::Erasures,
        R::Retention,
        R::SupportTickets,
        R::SupportTicket(SupportTicketId::from_i64(7)),
        R::ChangeRequests,
        R::ChangeRequest(ChangeRequestId::from_i64(7)),
        R::Orders,
        R::Order(OrderId::from_i64(7)),
        R::Checkouts,
        R::Checkout(CheckoutId::from_i64(7)),
        R::Coupons,
        R::Coupon(CouponId::from_i64(7)),
        R::Products,
        R::Product(LeadProductId::from_i64(7)),
        R::Programmes,
        R::Programme(ProgrammeId::from_i64(7)),
        R::MailTemplates(ProgrammeId::from_i64(7)),
        R::MailTemplate(ProgrammeId::from_i64(7), NotificationKind::Lead),
        R::PolicyDraft(PolicyVersionId::from_i64(7)),
        R::LeadSources,
        R::LeadSource(LeadSourceId::from_i64(7)),
        R::Imports,
        R::Import(LeadImportId::from_i64(7)),
        R::BillingRuns,
        R::BillingRun(BillingRunId::from_i64(7)),
        R::Invoices,
        R::Invoice(InvoiceId::from_i64(7)),
        R::CreditNotes,
        R::CreditNote(CreditNoteId::from_i64(7)),
        R::Statement(SupplierId::from_i64(7)),
        R::Finance,
        R::Payments,
        R::Payment(PaymentId::from_i64(7)),
        R::FailedPayments,
        R::Refunds,
        R::Reconciliations,
        R::Books,
        R::Reports,
        R::Events,
        R::Audit,
        R::Mails,
        R::Mail(MailId::from_i64(7)),
        R::Users,
        R::User(UserId::from_i64(7)),
        R::ApiKeys,
        R::ApiKey(ApiKeyId::from_i64(7)),
        R::Webhooks,
        R::Webhook(WebhookEndpointId::from_i64(7)),
        R::Sandbox,
        R::MailPreferences,
        R::Security,
    ]
}
