//! Every operation of the API and the permission it needs: the one place that decides who may call
//! what. The extractors of this folder look the matched route up here, so a route without a row is
//! answered to nobody, and a test compares the rows with the OpenAPI document.

use tradepost_contract::permissions::Permission as P;

/// Who may call an operation at all, before permissions are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody; the handler checks its own credentials (a password, a cookie).
    Public,
    /// Whoever holds the permission.
    Needs(P),
}

/// One operation of the API.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The handler's name, which is also the operation id.
    pub id: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path pattern below `/api/v1`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// API keys must send `Idempotency-Key`, because leads or money move.
    pub key_must_be_idempotent: bool,
    /// The session must have proved who it is a short while ago, because money, keys or access are at stake.
    pub step_up: bool,
    /// Also for staff who have to set up their second factor first.
    pub before_enrolment: bool,
    /// About the person who calls, so that nobody sees it who only looks at a supplier's portal.
    pub own_only: bool,
}

impl Operation {
    const fn new(id: &'static str, method: &'static str, path: &'static str, access: Access) -> Self {
        Self {
            id,
            method,
            path,
            access,
            key_must_be_idempotent: false,
            step_up: false,
            before_enrolment: false,
            own_only: false,
        }
    }
}

const fn op(id: &'static str, method: &'static str, path: &'static str, permission: P) -> Operation {
    Operation::new(id, method, path, Access::Needs(permission))
}

const fn public(id: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation::new(id, method, path, Access::Public)
}

const fn moves(operation: Operation) -> Operation {
    Operation {
        key_must_be_idempotent: true,
        ..operation
    }
}

/// Money, keys or access are at stake: the session must have proved who it is a short while ago.
const fn proved(operation: Operation) -> Operation {
    Operation {
        step_up: true,
        ..operation
    }
}

/// One's own affair: open before a second factor is set up, and closed to who looks at a supplier's portal.
const fn own(operation: Operation) -> Operation {
    Operation {
        before_enrolment: true,
        own_only: true,
        ..operation
    }
}

/// Shown to who looks at a portal, too.
const fn shown(operation: Operation) -> Operation {
    Operation {
        own_only: false,
        ..operation
    }
}

/// Hidden from who looks at a portal.
const fn hidden(operation: Operation) -> Operation {
    Operation {
        own_only: true,
        ..operation
    }
}

/// The table.
#[rustfmt::skip]
pub const OPERATIONS: &[Operation] = &[
    public("get_health", "GET", "/health"),
    // auth, sessions, users, api_keys
    public("login", "POST", "/auth/login"),
    public("refresh_session", "POST", "/auth/refresh"),
    public("logout", "POST", "/auth/logout"),
    public("inspect_access_link", "POST", "/auth/access-links/inspect"),
    public("accept_invitation", "POST", "/auth/invitations/accept"),
    public("forgot_password", "POST", "/auth/forgot-password"),
    public("reset_password", "POST", "/auth/reset-password"),
    public("answer_sign_in_challenge", "POST", "/auth/sign-in-challenges/answer"),
    public("confirm_email", "POST", "/auth/email-changes/confirm"),
    own(op("step_up", "POST", "/auth/step-up", P::Self_)),
    shown(own(op("get_me", "GET", "/me", P::Self_))),
    own(op("change_my_password", "POST", "/me/password", P::Self_)),
    proved(own(op("change_my_email", "POST", "/me/email", P::Self_))),
    own(op("get_second_factor", "GET", "/me/second-factor", P::Self_)),
    proved(own(op("enrol_second_factor", "POST", "/me/second-factor", P::Self_))),
    own(op("confirm_second_factor", "POST", "/me/second-factor/confirm", P::Self_)),
    own(op("make_recovery_codes", "POST", "/me/second-factor/recovery-codes", P::Self_)),
    own(op("disable_second_factor", "POST", "/me/second-factor/disable", P::Self_)),
    own(op("get_mail_preferences", "GET", "/me/mail-preferences", P::Self_)),
    own(op("update_mail_preferences", "PATCH", "/me/mail-preferences", P::Self_)),
    own(op("list_sessions", "GET", "/sessions", P::Self_)),
    own(op("end_session", "DELETE", "/sessions/{id}", P::Self_)),
    op("list_users", "GET", "/users", P::UsersRead),
    proved(op("create_user", "POST", "/users", P::UsersWrite)),
    op("get_user", "GET", "/users/{id}", P::UsersRead),
    proved(op("update_user", "PATCH", "/users/{id}", P::UsersWrite)),
    proved(op("reset_second_factor", "POST", "/users/{id}/reset-second-factor", P::UsersWrite)),
    op("resend_access", "POST", "/users/{id}/resend-access", P::AccessResend),
    op("list_api_keys", "GET", "/api-keys", P::ApiKeysWrite),
    proved(op("create_api_key", "POST", "/api-keys", P::ApiKeysWrite)),
    op("get_api_key", "GET", "/api-keys/{id}", P::ApiKeysWrite),
    op("update_api_key", "PATCH", "/api-keys/{id}", P::ApiKeysWrite),
    proved(op("rotate_api_key", "POST", "/api-keys/{id}/rotate", P::ApiKeysWrite)),
    op("list_api_key_requests", "GET", "/api-keys/{id}/requests", P::ApiKeysWrite),
    op("revoke_api_key", "POST", "/api-keys/{id}/revoke", P::ApiKeysWrite),
    // webhooks
    op("list_webhook_endpoints", "GET", "/webhook-endpoints", P::WebhooksRead),
    proved(op("create_webhook_endpoint", "POST", "/webhook-endpoints", P::WebhooksWrite)),
    op("get_webhook_endpoint", "GET", "/webhook-endpoints/{id}", P::WebhooksRead),
    proved(op("update_webhook_endpoint", "PATCH", "/webhook-endpoints/{id}", P::WebhooksWrite)),
    op("pause_webhook_endpoint", "POST", "/webhook-endpoints/{id}/pause", P::WebhooksWrite),
    op("enable_webhook_endpoint", "POST", "/webhook-endpoints/{id}/enable", P::WebhooksWrite),
    op("delete_webhook_endpoint", "DELETE", "/webhook-endpoints/{id}", P::WebhooksWrite),
    proved(op("rotate_webhook_secret", "POST", "/webhook-endpoints/{id}/rotate-secret", P::WebhooksWrite)),
    op("replay_webhooks", "POST", "/webhook-endpoints/{id}/replay", P::WebhooksWrite),
    op("test_webhook_endpoint", "POST", "/webhook-endpoints/{id}/test", P::WebhooksWrite),
    op("list_webhook_deliveries", "GET", "/webhook-endpoints/{id}/deliveries", P::WebhooksRead),
    op("get_webhook_delivery", "GET", "/webhook-deliveries/{id}", P::WebhooksRead),
    // delivery targets
    op("list_delivery_targets", "GET", "/delivery-targets", P::DeliveryTargetsRead),
    proved(op("create_delivery_target", "POST", "/delivery-targets", P::DeliveryTargetsWrite)),
    op("get_delivery_target", "GET", "/delivery-targets/{id}", P::DeliveryTargetsRead),
    proved(op("update_delivery_target", "PATCH", "/delivery-targets/{id}", P::DeliveryTargetsWrite)),
    op("pause_delivery_target", "POST", "/delivery-targets/{id}/pause", P::DeliveryTargetsWrite),
    proved(op("enable_delivery_target", "POST", "/delivery-targets/{id}/enable", P::DeliveryTargetsWrite)),
    op("delete_delivery_target", "DELETE", "/delivery-targets/{id}", P::DeliveryTargetsWrite),
    op("try_delivery_target", "POST", "/delivery-targets/{id}/try", P::DeliveryTargetsWrite),
    op("list_lead_forwards", "GET", "/delivery-targets/{id}/forwards", P::DeliveryTargetsRead),
    op("get_lead_forward", "GET", "/lead-forwards/{id}", P::DeliveryTargetsRead),
    op("replay_lead_forward", "POST", "/lead-forwards/{id}/replay", P::DeliveryTargetsWrite),
    // programmes and policy
    op("list_legal_entities", "GET", "/legal-entities", P::ProgrammesWrite),
    op("create_legal_entity", "POST", "/legal-entities", P::ProgrammesWrite),
    op("list_policy_presets", "GET", "/policy-presets", P::ProgrammesWrite),
    op("list_programmes", "GET", "/programmes", P::ProgrammesRead),
    op("create_programme", "POST", "/programmes", P::ProgrammesWrite),
    op("get_programme", "GET", "/programmes/{id}", P::ProgrammesRead),
    op("update_programme", "PATCH", "/programmes/{id}", P::ProgrammesWrite),
    op("get_programme_policy", "GET", "/programmes/{id}/policy", P::ProgrammesRead),
    op("list_policy_versions", "GET", "/programmes/{id}/policy-versions", P::ProgrammesRead),
    op("get_policy_version", "GET", "/policy-versions/{id}", P::ProgrammesRead),
    op("create_policy_draft", "POST", "/programmes/{id}/policy-drafts", P::ProgrammesWrite),
    op("list_policy_drafts", "GET", "/policy-drafts", P::ProgrammesWrite),
    op("get_policy_draft", "GET", "/policy-drafts/{id}", P::ProgrammesWrite),
    op("update_policy_draft", "PATCH", "/policy-drafts/{id}", P::ProgrammesWrite),
    op("compare_policy_draft", "GET", "/policy-drafts/{id}/comparison", P::ProgrammesWrite),
    op("publish_policy_draft", "POST", "/policy-drafts/{id}/publish", P::ProgrammesWrite),
    op("discard_policy_draft", "POST", "/policy-drafts/{id}/discard", P::ProgrammesWrite),
    op("list_lead_products", "GET", "/lead-products", P::ProductsRead),
    op("create_lead_product", "POST", "/lead-products", P::ProductsWrite),
    op("get_lead_product", "GET", "/lead-products/{id}", P::ProductsRead),
    op("update_lead_product", "PATCH", "/lead-products/{id}", P::ProductsWrite),
    // suppliers and what hangs on them
    op("list_business_associations", "GET", "/business-associations", P::SuppliersRead),
    op("create_business_association", "POST", "/business-associations", P::SuppliersStanding),
    op("list_suppliers", "GET", "/suppliers", P::SuppliersRead),
    op("create_supplier", "POST", "/suppliers", P::SuppliersStanding),
    op("get_supplier", "GET", "/suppliers/{id}", P::SuppliersRead),
    op("update_supplier", "PATCH", "/suppliers/{id}", P::SuppliersWrite),
    op("activate_supplier", "POST", "/suppliers/{id}/activate", P::SuppliersStanding),
    op("suspend_supplier", "POST", "/suppliers/{id}/suspend", P::SuppliersStanding),
    op("close_supplier", "POST", "/suppliers/{id}/close", P::SuppliersStanding),
    proved(op("create_impersonation", "POST", "/suppliers/{id}/impersonations", P::SuppliersImpersonate)),
    op("get_impersonation_token", "POST", "/impersonations/{id}/token", P::SuppliersImpersonate),
    op("end_impersonation", "POST", "/impersonations/{id}/end", P::SuppliersImpersonate),
    op("get_supplier_policy", "GET", "/suppliers/{id}/policy", P::SuppliersRead),
    op("list_businesses", "GET", "/suppliers/{id}/businesses", P::SuppliersRead),
    op("create_business", "POST", "/suppliers/{id}/businesses", P::SuppliersWrite),
    op("get_business", "GET", "/businesses/{id}", P::SuppliersRead),
    op("update_business", "PATCH", "/businesses/{id}", P::SuppliersWrite),
    op("list_contacts", "GET", "/suppliers/{id}/contacts", P::SuppliersRead),
    op("create_contact", "POST", "/suppliers/{id}/contacts", P::SuppliersWrite),
    op("update_contact", "PATCH", "/contacts/{id}", P::SuppliersWrite),
    op("list_members", "GET", "/suppliers/{id}/members", P::SuppliersRead),
    proved(op("create_member", "POST", "/suppliers/{id}/members", P::TeamWrite)),
    proved(op("update_member", "PATCH", "/members/{id}", P::TeamWrite)),
    proved(op("remove_member", "POST", "/members/{id}/remove", P::TeamWrite)),
    op("resend_invitation", "POST", "/members/{id}/resend-invitation", P::TeamWrite),
    op("list_agreements", "GET", "/suppliers/{id}/agreements", P::SuppliersRead),
    op("create_agreement", "POST", "/suppliers/{id}/agreements", P::SuppliersStanding),
    op("get_agreement", "GET", "/agreements/{id}", P::SuppliersRead),
    op("get_agreement_document", "GET", "/agreements/{id}/document", P::SuppliersRead),
    op("list_coverage", "GET", "/suppliers/{id}/coverage", P::SuppliersRead),
    op("create_coverage", "POST", "/suppliers/{id}/coverage", P::SuppliersWrite),
    op("end_coverage", "POST", "/coverage/{id}/end", P::SuppliersWrite),
    op("list_orders", "GET", "/orders", P::OrdersRead),
    op("create_order", "POST", "/orders", P::OrdersWrite),
    op("get_order", "GET", "/orders/{id}", P::OrdersRead),
    op("update_order", "PATCH", "/orders/{id}", P::OrdersWrite),
    op("pause_order", "POST", "/orders/{id}/pause", P::OrdersPause),
    op("resume_order", "POST", "/orders/{id}/resume", P::OrdersPause),
    op("cancel_order", "POST", "/orders/{id}/cancel", P::OrdersWrite),
    op("list_missed_leads", "GET", "/orders/{id}/missed-leads", P::OrdersRead),
    op("list_loyalty_subscriptions", "GET", "/loyalty-subscriptions", P::OrdersRead),
    op("get_loyalty_subscription", "GET", "/loyalty-subscriptions/{id}", P::OrdersRead),
    op("list_loyalty_cycles", "GET", "/loyalty-subscriptions/{id}/cycles", P::OrdersRead),
    op("hold_loyalty_subscription", "POST", "/loyalty-subscriptions/{id}/hold", P::OrdersWrite),
    moves(op("activate_loyalty_subscription", "POST", "/loyalty-subscriptions/{id}/activate", P::OrdersWrite)),
    op("cancel_loyalty_subscription", "POST", "/loyalty-subscriptions/{id}/cancel", P::OrdersWrite),
    op("list_pauses", "GET", "/pauses", P::OrdersRead),
    op("create_pause", "POST", "/pauses", P::OrdersPause),
    op("get_pause", "GET", "/pauses/{id}", P::OrdersRead),
    op("update_pause", "PATCH", "/pauses/{id}", P::OrdersPause),
    op("end_pause", "POST", "/pauses/{id}/end", P::OrdersPause),
    op("get_pause_allowance", "GET", "/suppliers/{id}/pause-allowance", P::OrdersRead),
    op("get_cancellation_preview", "GET", "/suppliers/{id}/cancellation-preview", P::CancellationsRead),
    op("list_cancellations", "GET", "/cancellations", P::CancellationsRead),
    op("create_cancellation", "POST", "/cancellations", P::CancellationsWrite),
    op("get_cancellation", "GET", "/cancellations/{id}", P::CancellationsRead),
    op("get_cancellation_document", "GET", "/cancellations/{id}/document", P::CancellationsRead),
    op("update_cancellation", "PATCH", "/cancellations/{id}", P::CancellationsWrite),
    op("withdraw_cancellation", "POST", "/cancellations/{id}/withdraw", P::CancellationsWrite),
    op("list_change_requests", "GET", "/change-requests", P::SuppliersRead),
    op("create_change_request", "POST", "/change-requests", P::ChangesRequest),
    op("get_change_request", "GET", "/change-requests/{id}", P::SuppliersRead),
    op("approve_change_request", "POST", "/change-requests/{id}/approve", P::ChangesDecide),
    op("decline_change_request", "POST", "/change-requests/{id}/decline", P::ChangesDecide),
    op("withdraw_change_request", "POST", "/change-requests/{id}/withdraw", P::ChangesRequest),
    op("get_change_options", "GET", "/suppliers/{id}/change-options", P::SuppliersRead),
    op("list_checkouts", "GET", "/checkouts", P::OrdersRead),
    moves(op("create_checkout", "POST", "/checkouts", P::OrdersWrite)),
    op("get_checkout", "GET", "/checkouts/{id}", P::OrdersRead),
    op("update_checkout", "PATCH", "/checkouts/{id}", P::OrdersWrite),
    moves(op("submit_checkout", "POST", "/checkouts/{id}/submit", P::OrdersWrite)),
    moves(op("pay_checkout", "POST", "/checkouts/{id}/pay", P::PaymentsMake)),
    op("abandon_checkout", "POST", "/checkouts/{id}/abandon", P::OrdersWrite),
    proved(moves(op("record_checkout_payment", "POST", "/checkouts/{id}/record-payment", P::PaymentsRecord))),
    op("record_checkout_failure", "POST", "/checkouts/{id}/record-failure", P::PaymentsRecord),
    op("list_coupons", "GET", "/coupons", P::CouponsRead),
    op("create_coupon", "POST", "/coupons", P::CouponsWrite),
    op("get_coupon", "GET", "/coupons/{id}", P::CouponsRead),
    op("end_coupon", "POST", "/coupons/{id}/end", P::CouponsWrite),
    op("create_coupon_alternative", "POST", "/coupons/{id}/alternative", P::CouponsReplace),
    public("create_sign_up", "POST", "/sign-ups"),
    public("get_storefront", "GET", "/storefronts/{slug}"),
    op("get_supplier_storefront", "GET", "/suppliers/{id}/storefront", P::OrdersRead),
    // leads
    moves(op("create_lead", "POST", "/leads", P::LeadsSubmit)),
    op("list_leads", "GET", "/leads", P::LeadsRead),
    op("get_lead", "GET", "/leads/{id}", P::LeadsRead),
    op("get_lead_trace", "GET", "/leads/{id}/trace", P::LeadsRead),
    op("release_lead", "POST", "/leads/{id}/release", P::LeadsDecide),
    op("reject_lead", "POST", "/leads/{id}/reject", P::LeadsDecide),
    op("withdraw_lead", "POST", "/leads/{id}/withdraw", P::LeadsDecide),
    moves(op("create_lead_import", "POST", "/lead-imports", P::LeadsSubmit)),
    op("list_lead_imports", "GET", "/lead-imports", P::LeadsSubmit),
    op("get_lead_import", "GET", "/lead-imports/{id}", P::LeadsSubmit),
    moves(op("check_lead_import", "POST", "/lead-imports/{id}/check", P::LeadsSubmit)),
    moves(op("start_lead_import", "POST", "/lead-imports/{id}/start", P::LeadsSubmit)),
    op("cancel_lead_import", "POST", "/lead-imports/{id}/cancel", P::LeadsSubmit),
    // lead sources, and what they send
    op("list_lead_sources", "GET", "/lead-sources", P::LeadSourcesRead),
    proved(op("create_lead_source", "POST", "/lead-sources", P::LeadSourcesWrite)),
    op("get_lead_source", "GET", "/lead-sources/{id}", P::LeadSourcesRead),
    proved(op("update_lead_source", "PATCH", "/lead-sources/{id}", P::LeadSourcesWrite)),
    op("enable_lead_source", "POST", "/lead-sources/{id}/enable", P::LeadSourcesWrite),
    op("disable_lead_source", "POST", "/lead-sources/{id}/disable", P::LeadSourcesWrite),
    proved(op("rotate_lead_source_secret", "POST", "/lead-sources/{id}/rotate-secret", P::LeadSourcesWrite)),
    op("try_lead_source", "POST", "/lead-sources/{id}/try", P::LeadSourcesRead),
    op("list_lead_source_posts", "GET", "/lead-sources/{id}/posts", P::LeadSourcesRead),
    op("get_lead_source_post", "GET", "/lead-source-posts/{id}", P::LeadSourcesRead),
    op("rerun_lead_source_post", "POST", "/lead-source-posts/{id}/rerun", P::LeadSourcesWrite),
    public("verify_lead_source", "GET", "/lead-intake/{token}"),
    public("receive_from_lead_source", "POST", "/lead-intake/{token}"),
    op("list_lead_import_rows", "GET", "/lead-imports/{id}/rows", P::LeadsSubmit),
    op("export_lead_import_rows", "GET", "/lead-imports/{id}/rows.csv", P::LeadsSubmit),
    // calls
    op("list_call_queue", "GET", "/call-queue", P::CallQueueRead),
    moves(op("claim_next_call", "POST", "/call-queue/next", P::CallsWork)),
    op("claim_queued_lead", "POST", "/call-queue/{id}/claim", P::CallsWork),
    op("release_queued_lead", "POST", "/call-queue/{id}/release", P::CallsWork),
    op("list_call_attempts", "GET", "/call-attempts", P::CallsRead),
    moves(op("create_call_attempt", "POST", "/call-attempts", P::CallsWork)),
    op("get_call_attempt", "GET", "/call-attempts/{id}", P::CallsRead),
    op("get_call_report", "GET", "/call-report", P::CallsRead),
    op("export_call_report", "GET", "/call-report.csv", P::CallsRead),
    op("get_call_summary", "GET", "/call-report/summary", P::CallsRead),
    op("stream_call_report", "GET", "/call-report/stream", P::CallsRead),
    op("get_called_lead", "GET", "/call-report/{id}", P::CallsRead),
    op("get_call_script", "GET", "/suppliers/{id}/call-script", P::CallsRead),
    // deliveries and returns
    op("list_deliveries", "GET", "/deliveries", P::DeliveriesRead),
    op("count_deliveries", "GET", "/deliveries/counts", P::DeliveriesRead),
    op("export_deliveries", "GET", "/deliveries.csv", P::DeliveriesRead),
    op("get_delivery", "GET", "/deliveries/{id}", P::DeliveriesRead),
    op("update_delivery", "PATCH", "/deliveries/{id}", P::DeliveriesWork),
    moves(op("reject_delivery", "POST", "/deliveries/{id}/reject", P::DeliveriesWork)),
    moves(op("undo_delivery_rejection", "POST", "/deliveries/{id}/undo-rejection", P::DeliveriesWork)),
    op("get_return_options", "GET", "/deliveries/{id}/return-options", P::DeliveriesRead),
    op("list_return_requests", "GET", "/return-requests", P::ReturnsRead),
    moves(op("create_return_request", "POST", "/return-requests", P::ReturnsSubmit)),
    op("get_return_request", "GET", "/return-requests/{id}", P::ReturnsRead),
    moves(op("approve_return_request", "POST", "/return-requests/{id}/approve", P::ReturnsDecide)),
    moves(op("deny_return_request", "POST", "/return-requests/{id}/deny", P::ReturnsDecide)),
    op("ask_return_request", "POST", "/return-requests/{id}/ask", P::ReturnsDecide),
    op("answer_return_request", "POST", "/return-requests/{id}/answer", P::ReturnsSubmit),
    op("withdraw_return_request", "POST", "/return-requests/{id}/withdraw", P::ReturnsSubmit),
    op("appeal_return_request", "POST", "/return-requests/{id}/appeal", P::ReturnsSubmit),
    op("list_replacements", "GET", "/replacements", P::ReturnsRead),
    op("get_replacement", "GET", "/replacements/{id}", P::ReturnsRead),
    moves(op("convert_replacement", "POST", "/replacements/{id}/convert", P::ReturnsDecide)),
    op("list_support_tickets", "GET", "/support-tickets", P::SupportRead),
    op("create_support_ticket", "POST", "/support-tickets", P::SupportWrite),
    op("get_support_ticket", "GET", "/support-tickets/{id}", P::SupportRead),
    op("assign_support_ticket", "PATCH", "/support-tickets/{id}", P::SupportAssign),
    op("write_support_message", "POST", "/support-tickets/{id}/messages", P::SupportWrite),
    op("close_support_ticket", "POST", "/support-tickets/{id}/close", P::SupportWrite),
    op("get_support_promise", "GET", "/suppliers/{id}/support-promise", P::SupportRead),
    op("list_subject_requests", "GET", "/subject-requests", P::PrivacyRead),
    op("create_subject_request", "POST", "/subject-requests", P::PrivacyWrite),
    op("get_subject_request", "GET", "/subject-requests/{id}", P::PrivacyRead),
    op("find_subject", "GET", "/subject-requests/{id}/findings", P::PrivacyWrite),
    op("allow_subject_export", "POST", "/subject-requests/{id}/allow-export", P::PrivacyWrite),
    op("export_subject", "GET", "/subject-requests/{id}/export", P::PrivacyWrite),
    op("answer_subject_request", "POST", "/subject-requests/{id}/answer", P::PrivacyWrite),
    op("restrict_subject", "POST", "/subject-requests/{id}/restrict", P::PrivacyErase),
    op("erase_subject", "POST", "/subject-requests/{id}/erase", P::PrivacyErase),
    op("refuse_subject_request", "POST", "/subject-requests/{id}/refuse", P::PrivacyWrite),
    op("get_programme_retention", "GET", "/programmes/{id}/retention", P::PrivacyRead),
    op("list_lead_holds", "GET", "/lead-holds", P::PrivacyRead),
    op("create_lead_hold", "POST", "/lead-holds", P::PrivacyWrite),
    op("get_lead_hold", "GET", "/lead-holds/{id}", P::PrivacyRead),
    op("lift_lead_hold", "POST", "/lead-holds/{id}/lift", P::PrivacyWrite),
    op("list_erasure_notices", "GET", "/erasure-notices", P::DeliveriesRead),
    op("get_erasure_notice", "GET", "/erasure-notices/{id}", P::DeliveriesRead),
    op("acknowledge_erasure", "POST", "/erasure-notices/{id}/acknowledge", P::DeliveriesWork),
    op("get_supplier_notices", "GET", "/suppliers/{id}/notices", P::SuppliersRead),
    op("accept_notice", "POST", "/suppliers/{id}/notice-acceptances", P::NoticesAccept),
    op("list_rate_reviews", "GET", "/rate-reviews", P::ReportsRead),
    op("get_rate_review", "GET", "/rate-reviews/{id}", P::ReportsRead),
    op("keep_after_rate_review", "POST", "/rate-reviews/{id}/keep", P::SuppliersStanding),
    op("end_after_rate_review", "POST", "/rate-reviews/{id}/end-account", P::SuppliersStanding),
    // money
    op("preview_billing_run", "GET", "/billing-runs/preview", P::ReportsRead),
    op("list_billing_runs", "GET", "/billing-runs", P::ReportsRead),
    op("create_billing_run", "POST", "/billing-runs", P::BillingRun),
    op("resume_billing_run", "POST", "/billing-runs/{id}/resume", P::BillingRun),
    op("get_billing_run", "GET", "/billing-runs/{id}", P::ReportsRead),
    op("list_invoices", "GET", "/invoices", P::InvoicesRead),
    op("get_invoice", "GET", "/invoices/{id}", P::InvoicesRead),
    op("list_invoice_lines", "GET", "/invoices/{id}/lines", P::InvoicesRead),
    op("export_invoice_lines", "GET", "/invoices/{id}/lines.csv", P::InvoicesRead),
    op("get_invoice_pdf", "GET", "/invoices/{id}/pdf", P::InvoicesRead),
    op("list_invoice_credits", "GET", "/invoices/{id}/credits", P::InvoicesRead),
    op("list_invoice_payments", "GET", "/invoices/{id}/payments", P::InvoicesRead),
    proved(moves(op("record_payment", "POST", "/invoices/{id}/payments", P::PaymentsRecord))),
    moves(op("pay_invoice", "POST", "/invoices/{id}/pay", P::PaymentsMake)),
    proved(op("write_invoice_off", "POST", "/invoices/{id}/write-off", P::PaymentsRecord)),
    op("list_payments", "GET", "/payments", P::InvoicesRead),
    op("get_payment", "GET", "/payments/{id}", P::InvoicesRead),
    proved(op("void_payment", "POST", "/payments/{id}/void", P::PaymentsRecord)),
    op("list_payment_methods", "GET", "/payment-methods", P::PaymentMethodsRead),
    op("get_payment_method", "GET", "/payment-methods/{id}", P::PaymentMethodsRead),
    proved(op("make_payment_method_default", "POST", "/payment-methods/{id}/make-default", P::PaymentMethodsWrite)),
    proved(op("remove_payment_method", "POST", "/payment-methods/{id}/remove", P::PaymentMethodsWrite)),
    proved(op("create_payment_method_session", "POST", "/payment-method-sessions", P::PaymentMethodsWrite)),
    hidden(op("get_payment_method_session", "GET", "/payment-method-sessions/{id}", P::PaymentMethodsWrite)),
    op("get_authorisation", "GET", "/suppliers/{id}/authorisation", P::PaymentMethodsRead),
    proved(op("update_authorisation", "PATCH", "/suppliers/{id}/authorisation", P::PaymentMethodsWrite)),
    proved(op("revoke_authorisation", "POST", "/suppliers/{id}/authorisation/revoke", P::PaymentMethodsWrite)),
    op("list_plan_offers", "GET", "/suppliers/{id}/plan-offers", P::InvoicesRead),
    op("list_plan_subscriptions", "GET", "/plan-subscriptions", P::InvoicesRead),
    moves(op("create_plan_subscription", "POST", "/plan-subscriptions", P::PaymentsMake)),
    op("get_plan_subscription", "GET", "/plan-subscriptions/{id}", P::InvoicesRead),
    op("list_plan_periods", "GET", "/plan-subscriptions/{id}/periods", P::InvoicesRead),
    moves(op("pay_plan_subscription", "POST", "/plan-subscriptions/{id}/pay", P::PaymentsMake)),
    op("cancel_plan_subscription", "POST", "/plan-subscriptions/{id}/cancel", P::OrdersWrite),
    op("list_packages", "GET", "/packages", P::InvoicesRead),
    moves(op("create_package", "POST", "/packages", P::SuppliersStanding)),
    op("get_package", "GET", "/packages/{id}", P::InvoicesRead),
    moves(op("pay_package", "POST", "/packages/{id}/pay", P::PaymentsMake)),
    op("cancel_package", "POST", "/packages/{id}/cancel", P::OrdersWrite),
    op("get_wallet", "GET", "/suppliers/{id}/wallet", P::InvoicesRead),
    moves(op("open_wallet", "POST", "/suppliers/{id}/wallet", P::SuppliersStanding)),
    op("update_wallet", "PATCH", "/suppliers/{id}/wallet", P::SuppliersStanding),
    proved(op("set_auto_recharge", "PATCH", "/suppliers/{id}/wallet/auto-recharge", P::PaymentMethodsWrite)),
    proved(moves(op("close_wallet", "POST", "/suppliers/{id}/wallet/close", P::RefundsWrite))),
    op("list_wallet_entries", "GET", "/suppliers/{id}/wallet/entries", P::InvoicesRead),
    moves(op("top_up_wallet", "POST", "/suppliers/{id}/wallet/top-ups", P::PaymentsMake)),
    proved(moves(op("record_wallet_payment", "POST", "/suppliers/{id}/wallet/payments", P::PaymentsRecord))),
    op("list_refunds", "GET", "/refunds", P::InvoicesRead),
    proved(moves(op("create_refund", "POST", "/refunds", P::RefundsWrite))),
    op("get_refund", "GET", "/refunds/{id}", P::InvoicesRead),
    proved(moves(op("approve_refund", "POST", "/refunds/{id}/approve", P::RefundsWrite))),
    op("refuse_refund", "POST", "/refunds/{id}/refuse", P::RefundsWrite),
    proved(moves(op("send_refund_again", "POST", "/refunds/{id}/send-again", P::RefundsWrite))),
    public("receive_gateway_event", "POST", "/gateway-events"),
    op("list_reconciliations", "GET", "/reconciliations", P::ReportsRead),
    op("list_reconciliation_differences", "GET", "/reconciliation-differences", P::ReportsRead),
    op("resolve_reconciliation_difference", "POST", "/reconciliation-differences/{id}/resolve", P::PaymentsRecord),
    op("list_credit_notes", "GET", "/credit-notes", P::InvoicesRead),
    op("get_credit_note", "GET", "/credit-notes/{id}", P::InvoicesRead),
    op("get_credit_note_pdf", "GET", "/credit-notes/{id}/pdf", P::InvoicesRead),
    op("list_credit_refunds", "GET", "/credit-notes/{id}/refunds", P::InvoicesRead),
    proved(moves(op("record_credit_refund", "POST", "/credit-notes/{id}/refunds", P::PaymentsRecord))),
    op("get_statement", "GET", "/suppliers/{id}/statement", P::InvoicesRead),
    op("export_statement", "GET", "/suppliers/{id}/statement.csv", P::InvoicesRead),
    op("get_statement_pdf", "GET", "/suppliers/{id}/statement.pdf", P::InvoicesRead),
    op("get_next_invoice", "GET", "/suppliers/{id}/next-invoice", P::InvoicesRead),
    op("list_next_invoice_lines", "GET", "/suppliers/{id}/next-invoice/lines", P::InvoicesRead),
    op("export_journal", "GET", "/journal.csv", P::ReportsRead),
    op("list_month_closes", "GET", "/month-closes", P::ReportsRead),
    op("close_month", "POST", "/month-closes", P::BillingRun),
    op("reopen_month", "POST", "/month-closes/{id}/reopen", P::BillingRun),
    // what happened
    op("list_events", "GET", "/events", P::EventsRead),
    op("list_audit_entries", "GET", "/audit-entries", P::AuditRead),
    op("list_notifications", "GET", "/notifications", P::NotificationsRead),
    op("list_mails", "GET", "/mails", P::MailsRead),
    op("get_mail", "GET", "/mails/{id}", P::MailsRead),
    op("resend_mail", "POST", "/mails/{id}/resend", P::MailsSend),
    op("list_mail_templates", "GET", "/programmes/{id}/mail-templates", P::MailsRead),
    op("get_mail_template", "GET", "/programmes/{id}/mail-templates/{kind}", P::MailsRead),
    op("write_mail_template", "PATCH", "/programmes/{id}/mail-templates/{kind}", P::MailsWrite),
    op("reset_mail_template", "DELETE", "/programmes/{id}/mail-templates/{kind}", P::MailsWrite),
    op("preview_mail_template", "POST", "/programmes/{id}/mail-templates/{kind}/preview", P::MailsWrite),
    op("test_mail_template", "POST", "/programmes/{id}/mail-templates/{kind}/test-mails", P::MailsWrite),
    op("search", "GET", "/search", P::Search),
    op("report_leads_by_day", "GET", "/reports/leads-by-day", P::ReportsRead),
    op("report_revenue", "GET", "/reports/revenue", P::ReportsRead),
    op("report_open_invoices", "GET", "/reports/open-invoices", P::ReportsRead),
    op("report_cash", "GET", "/reports/cash", P::ReportsRead),
    op("report_supplier_book", "GET", "/reports/supplier-book", P::ReportsRead),
    op("report_programme_health", "GET", "/reports/programme-health", P::ReportsRead),
    op("report_churn", "GET", "/reports/churn", P::ReportsRead),
    op("report_lead_sources", "GET", "/reports/lead-sources", P::ReportsRead),
    op("report_return_rates", "GET", "/reports/return-rates", P::ReportsRead),
    // sandbox
    public("list_demo_people", "GET", "/sandbox/people"),
    op("get_sandbox_clock", "GET", "/sandbox/clock", P::Self_),
    op("advance_sandbox_clock", "POST", "/sandbox/clock/advance", P::Sandbox),
    op("run_sandbox_jobs", "POST", "/sandbox/jobs/run", P::Sandbox),
];

/// The operation that a matched route is, if it has a row.
pub fn find(method: &str, path: &str) -> Option<&'static Operation> {
    OPERATIONS
        .iter()
        .find(|operation| operation.method == method && operation.path == path)
}

/// The methods that the table has for a path as it was asked for, below `/api/v1`.
pub fn methods_at(path: &str) -> Vec<&'static str> {
    let fits = |pattern: &str| {
        let (mut asked, mut wanted) = (path.split('/'), pattern.split('/'));
        loop {
            match (asked.next(), wanted.next()) {
                (None, None) => return true,
                (Some(segment), Some(name)) if segment == name || (name.starts_with('{') && !segment.is_empty()) => {}
                _ => return false,
            }
        }
    };
    let mut methods: Vec<_> = OPERATIONS
        .iter()
        .filter(|row| fits(row.path))
        .map(|row| row.method)
        .collect();
    methods.dedup();
    methods
}

#[cfg(test)]
mod tests {
    use super::methods_at;

    #[test]
    fn a_path_knows_its_methods() {
        assert_eq!(methods_at("/orders"), ["GET", "POST"]);
        assert_eq!(methods_at("/orders/order_1"), ["GET", "PATCH"]);
        assert_eq!(methods_at("/orders/order_1/pause"), ["POST"]);
        assert!(methods_at("/orders/").is_empty() && methods_at("/nothing").is_empty());
    }
}
