//! The one permission table: which role or scope holds which permission. Default deny.
//!
//! Which operation needs which permission stands beside the routes, in `api/src/auth/operations.rs`.

use crate::people::{KeyScope, StaffRole, SupplierRole};

text_enum! {
    /// Something somebody may be allowed to do.
    pub enum Permission {
        /// Use one's own account: profile, sessions, sign-out.
        Self_ = "self",
        /// See programmes, their wording and policies.
        ProgrammesRead = "programmes.read",
        /// Set up programmes and edit, compare and publish policy drafts.
        ProgrammesWrite = "programmes.write",
        /// See lead products.
        ProductsRead = "products.read",
        /// Set up lead products.
        ProductsWrite = "products.write",
        /// See suppliers and what hangs on them.
        SuppliersRead = "suppliers.read",
        /// Change suppliers, businesses, contacts, agreements and coverage.
        SuppliersWrite = "suppliers.write",
        /// Activate, suspend or close a supplier.
        SuppliersStanding = "suppliers.standing",
        /// Look at the portal as a supplier's owner does.
        SuppliersImpersonate = "suppliers.impersonate",
        /// Invite people into an account, change what they are there, and remove them.
        TeamWrite = "team.write",
        /// See standing orders.
        OrdersRead = "orders.read",
        /// Place and change standing orders.
        OrdersWrite = "orders.write",
        /// Pause and resume orders, where the policy lets the supplier do it.
        OrdersPause = "orders.pause",
        /// See cancellations, and what one would mean.
        CancellationsRead = "cancellations.read",
        /// Cancel accounts, and take that back, where the policy lets the supplier do it.
        CancellationsWrite = "cancellations.write",
        /// Ask for changes that are not one's own to make, and take them back.
        ChangesRequest = "changes.request",
        /// Approve and decline changes that were asked for.
        ChangesDecide = "changes.decide",
        /// See support tickets.
        SupportRead = "support.read",
        /// Ask and answer in support tickets, and close them.
        SupportWrite = "support.write",
        /// Hand support tickets on.
        SupportAssign = "support.assign",
        /// See coupons.
        CouponsRead = "coupons.read",
        /// Make and end coupons.
        CouponsWrite = "coupons.write",
        /// Give a customer another code for a discount that was never used (R38).
        CouponsReplace = "coupons.replace",
        /// See leads with all their particulars and selling traces.
        LeadsRead = "leads.read",
        /// See what persons behind leads asked for.
        PrivacyRead = "privacy.read",
        /// Write down what persons behind leads ask for, find them, and make the file for them.
        PrivacyWrite = "privacy.write",
        /// Erase persons, and restrict what is done with their leads.
        PrivacyErase = "privacy.erase",
        /// Accept notices for one's account, where the policy lets one (R82).
        NoticesAccept = "notices.accept",
        /// Submit leads and import files of them.
        LeadsSubmit = "leads.submit",
        /// See lead sources, what they were sent, and what became of it.
        LeadSourcesRead = "lead_sources.read",
        /// Make and change lead sources, and have what was refused read again.
        LeadSourcesWrite = "lead_sources.write",
        /// Release, reject or withdraw leads.
        LeadsDecide = "leads.decide",
        /// See the call report, the calls made and the script.
        CallsRead = "calls.read",
        /// See the call queue.
        CallQueueRead = "call_queue.read",
        /// Take leads of the call queue and record calls.
        CallsWork = "calls.work",
        /// See deliveries.
        DeliveriesRead = "deliveries.read",
        /// Rate deliveries, note outcomes, reject and undo.
        DeliveriesWork = "deliveries.work",
        /// See return requests.
        ReturnsRead = "returns.read",
        /// Ask for a return, withdraw it, appeal.
        ReturnsSubmit = "returns.submit",
        /// Decide returns and appeals.
        ReturnsDecide = "returns.decide",
        /// Accept a return after its window, with a reason (R73).
        ReturnsOverride = "returns.override",
        /// See invoices and credit notes.
        InvoicesRead = "invoices.read",
        /// Start and resume billing runs, close months and open them again. Looking at a run, or at what it would bill, is `reports.read`.
        BillingRun = "billing.run",
        /// Mark invoices paid.
        PaymentsRecord = "payments.record",
        /// Pay an invoice with a stored method.
        PaymentsMake = "payments.make",
        /// See stored ways to pay.
        PaymentMethodsRead = "payment_methods.read",
        /// Add and remove ways to pay, choose the default one, opt into automatic payment.
        PaymentMethodsWrite = "payment_methods.write",
        /// Give money back, and agree to another person's refund.
        RefundsWrite = "refunds.write",
        /// See notifications that were recorded.
        NotificationsRead = "notifications.read",
        /// See mails with their text, and what became of them.
        MailsRead = "mails.read",
        /// Send mails again.
        MailsSend = "mails.send",
        /// Word mails anew.
        MailsWrite = "mails.write",
        /// Send somebody another link to get in (R4).
        AccessResend = "access.resend",
        /// Read the event log.
        EventsRead = "events.read",
        /// See webhook endpoints and what was sent to them.
        WebhooksRead = "webhooks.read",
        /// Make, change and try webhook endpoints, and send past events again.
        WebhooksWrite = "webhooks.write",
        /// See where leads of suppliers are delivered besides the portal, and what became of them.
        DeliveryTargetsRead = "delivery_targets.read",
        /// Say where leads are delivered besides the portal, try it, and send leads again.
        DeliveryTargetsWrite = "delivery_targets.write",
        /// Read the audit trail.
        AuditRead = "audit.read",
        /// Search across the market.
        Search = "search",
        /// See reports.
        ReportsRead = "reports.read",
        /// See people, their roles and sessions.
        UsersRead = "users.read",
        /// Create people and give roles.
        UsersWrite = "users.write",
        /// See, create and revoke API keys.
        ApiKeysWrite = "api_keys.write",
        /// Move the sandbox clock and run due jobs.
        Sandbox = "sandbox",
    }
}

impl Permission {
    /// Whether whoever holds only this changes nothing.
    pub fn only_reads(self) -> bool {
        self.as_str().ends_with(".read") || matches!(self, Self::Search)
    }

    /// Whether a member of staff with this role holds the permission.
    pub const fn held_by_staff(self, role: StaffRole) -> bool {
        use Permission as P;
        use StaffRole as R;
        match self {
            P::Self_ | P::ProgrammesRead | P::ProductsRead => true,
            P::SuppliersRead | P::OrdersRead | P::LeadsRead | P::DeliveriesRead | P::ReturnsRead | P::Search => {
                !matches!(role, R::Caller)
            }
            P::ProgrammesWrite | P::ProductsWrite | P::UsersWrite | P::ApiKeysWrite => matches!(role, R::Admin),
            P::WebhooksRead => matches!(role, R::Admin | R::Support | R::Auditor),
            P::WebhooksWrite => matches!(role, R::Admin),
            P::DeliveryTargetsRead => matches!(role, R::Admin | R::AccountManager | R::Support | R::Auditor),
            P::DeliveryTargetsWrite => matches!(role, R::Admin | R::AccountManager),
            P::UsersRead => matches!(role, R::Admin | R::Auditor | R::Support),
            P::SuppliersWrite | P::OrdersWrite | P::CouponsWrite | P::CancellationsWrite => {
                matches!(role, R::Admin | R::AccountManager)
            }
            P::SuppliersStanding | P::TeamWrite => matches!(role, R::Admin | R::AccountManager | R::Finance),
            P::SuppliersImpersonate => matches!(role, R::Admin | R::AccountManager | R::Support),
            P::OrdersPause | P::CouponsReplace | P::ChangesRequest => {
                matches!(role, R::Admin | R::AccountManager | R::Support)
            }
            P::ChangesDecide => matches!(role, R::Admin | R::AccountManager),
            P::SupportRead => matches!(
                role,
                R::Admin | R::AccountManager | R::Finance | R::Support | R::Auditor
            ),
            P::SupportWrite | P::SupportAssign => {
                matches!(role, R::Admin | R::AccountManager | R::Finance | R::Support)
            }
            P::PrivacyRead => matches!(role, R::Admin | R::AccountManager | R::Support | R::Auditor),
            P::PrivacyWrite => matches!(role, R::Admin | R::Support),
            P::PrivacyErase => matches!(role, R::Admin),
            // A member of staff cannot accept for a supplier.
            P::NoticesAccept => false,
            P::LeadsSubmit => matches!(role, R::Admin | R::AccountManager | R::Support),
            P::LeadSourcesRead => matches!(role, R::Admin | R::AccountManager | R::Support | R::Auditor),
            P::LeadSourcesWrite => matches!(role, R::Admin | R::AccountManager),
            P::LeadsDecide => matches!(role, R::Admin | R::AccountManager | R::ReturnsReviewer),
            P::CallsRead | P::CallQueueRead => {
                matches!(role, R::Admin | R::AccountManager | R::Support | R::Caller | R::Auditor)
            }
            P::CallsWork => matches!(role, R::Admin | R::AccountManager | R::Caller),
            P::DeliveriesWork => matches!(role, R::Admin | R::AccountManager | R::Support),
            P::ReturnsSubmit => matches!(role, R::AccountManager | R::Support),
            P::ReturnsDecide => matches!(role, R::ReturnsReviewer | R::Admin),
            P::ReturnsOverride => matches!(role, R::AccountManager | R::Admin),
            P::InvoicesRead | P::ReportsRead | P::CouponsRead | P::CancellationsRead => matches!(
                role,
                R::Admin | R::AccountManager | R::Finance | R::Auditor | R::Support
            ),
            P::BillingRun | P::PaymentsRecord | P::PaymentsMake | P::RefundsWrite => matches!(role, R::Finance),
            P::PaymentMethodsRead => matches!(
                role,
                R::Admin | R::AccountManager | R::Finance | R::Auditor | R::Support
            ),
            P::PaymentMethodsWrite => matches!(role, R::AccountManager | R::Finance | R::Support),
            P::MailsSend | P::AccessResend => matches!(role, R::Admin | R::AccountManager | R::Support),
            P::MailsWrite => matches!(role, R::Admin | R::AccountManager),
            P::NotificationsRead | P::MailsRead => matches!(
                role,
                R::Admin | R::AccountManager | R::Support | R::Auditor | R::Finance | R::ReturnsReviewer
            ),
            P::EventsRead | P::AuditRead => matches!(role, R::Admin | R::Auditor),
            P::Sandbox => matches!(role, R::Admin | R::Finance),
        }
    }

    /// Whether a supplier's person with this role holds the permission, within their own account.
    pub const fn held_by_supplier(self, role: SupplierRole) -> bool {
        use Permission as P;
        use SupplierRole as R;
        match self {
            P::Self_ | P::ProgrammesRead | P::ProductsRead | P::SuppliersRead | P::OrdersRead => true,
            P::DeliveriesRead | P::ReturnsRead | P::CallsRead => true,
            P::CallQueueRead | P::CallsWork => false,
            P::DeliveriesWork | P::ReturnsSubmit => matches!(role, R::Owner | R::Member),
            P::InvoicesRead | P::PaymentsMake | P::CancellationsRead => matches!(role, R::Owner | R::Billing),
            // Whether they change a method themselves is the policy's to say too (`self_service`, K16).
            P::PaymentMethodsRead | P::PaymentMethodsWrite => matches!(role, R::Owner | R::Billing),
            P::RefundsWrite => false,
            // What of these an owner really changes alone is the policy's to say (`self_service`, R5, R53).
            P::OrdersPause | P::OrdersWrite | P::LeadsSubmit | P::SuppliersWrite => matches!(role, R::Owner),
            // Only the owner leaves (R89).
            P::CancellationsWrite => matches!(role, R::Owner),
            P::ChangesRequest | P::TeamWrite => matches!(role, R::Owner),
            P::ChangesDecide | P::SupportAssign => false,
            P::SupportRead | P::SupportWrite => true,
            P::ProgrammesWrite
            | P::ProductsWrite
            | P::SuppliersStanding
            | P::SuppliersImpersonate
            | P::LeadsRead
            | P::LeadsDecide => false,
            P::ReturnsDecide | P::ReturnsOverride | P::BillingRun | P::PaymentsRecord | P::NotificationsRead => false,
            P::PrivacyRead | P::PrivacyWrite | P::PrivacyErase => false,
            // Whether it takes an owner is the policy's to say.
            P::NoticesAccept => true,
            P::LeadSourcesRead | P::LeadSourcesWrite => false,
            P::MailsRead | P::MailsSend | P::MailsWrite | P::AccessResend => false,
            P::CouponsRead | P::CouponsWrite | P::CouponsReplace => false,
            // Of their own account's events only (R127).
            P::WebhooksRead | P::WebhooksWrite => matches!(role, R::Owner),
            P::DeliveryTargetsRead | P::DeliveryTargetsWrite => matches!(role, R::Owner),
            P::EventsRead
            | P::AuditRead
            | P::Search
            | P::ReportsRead
            | P::UsersRead
            | P::UsersWrite
            | P::ApiKeysWrite
            | P::Sandbox => false,
        }
    }

    /// Whether a key with this scope holds the permission.
    pub const fn held_by_key(self, scope: KeyScope) -> bool {
        use KeyScope as S;
        use Permission as P;
        match scope {
            S::LeadsWrite => matches!(self, P::LeadsSubmit),
            S::LeadsRead => matches!(self, P::LeadsRead),
            S::DeliveriesRead => matches!(self, P::DeliveriesRead),
            S::DeliveriesWrite => matches!(self, P::DeliveriesWork),
            S::ReturnsRead => matches!(self, P::ReturnsRead),
            S::ReturnsWrite => matches!(self, P::ReturnsSubmit),
            S::MarketRead => matches!(
                self,
                P::ProgrammesRead | P::ProductsRead | P::SuppliersRead | P::OrdersRead
            ),
            S::InvoicesRead => matches!(self, P::InvoicesRead),
            S::CallsRead => matches!(self, P::CallsRead),
            S::CallsWrite => matches!(self, P::CallsWork | P::CallQueueRead),
            S::EventsRead => matches!(self, P::EventsRead),
            S::WebhooksWrite => matches!(
                self,
                P::WebhooksRead | P::WebhooksWrite | P::DeliveryTargetsRead | P::DeliveryTargetsWrite
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R123: who moves money cannot give roles, and who gives roles cannot move money.
    #[test]
    fn r123_money_and_people_are_kept_apart() {
        for role in StaffRole::ALL {
            let money = [
                Permission::PaymentsRecord,
                Permission::PaymentsMake,
                Permission::RefundsWrite,
                Permission::BillingRun,
            ];
            let money = money.iter().any(|permission| permission.held_by_staff(*role));
            assert!(!(money && Permission::UsersWrite.held_by_staff(*role)), "{role}");
        }
    }

    /// R123: an auditor sees and changes nothing.
    #[test]
    fn r123_an_auditor_only_reads() {
        for permission in Permission::ALL {
            if permission.held_by_staff(StaffRole::Auditor) {
                let name = permission.as_str();
                assert!(name.ends_with(".read") || name == "self" || name == "search", "{name}");
            }
        }
    }
}
