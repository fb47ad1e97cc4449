//! What a supplier may do by himself, and how people get in.

text_enum! {
    /// Something of an account that may change (K16, K17).
    pub enum SelfServiceField {
        /// Name, address and other details of the company.
        Profile = "profile",
        /// The categories it buys in (R33).
        Category = "category",
        /// Where it buys (R5, R69).
        Coverage = "coverage",
        /// How many leads it takes: caps and daily quantity (R53, R77).
        Volume = "volume",
        /// When it takes leads.
        Schedule = "schedule",
        /// The addresses that receive leads (R16).
        LeadContacts = "lead_contacts",
        /// Who receives invoices (R14).
        BillingContact = "billing_contact",
        /// The card or account it pays with (R15, R41).
        PaymentMethod = "payment_method",
        /// The association its business belongs to (R65).
        BusinessAssociation = "business_association",
        /// Its businesses (R106).
        Businesses = "businesses",
        /// Which mails it gets (R65).
        Notifications = "notifications",
        /// Its plan (R90).
        Plan = "plan",
        /// New orders.
        Orders = "orders",
    }
}

text_enum! {
    /// What a supplier may do about a field.
    pub enum SelfServiceMode {
        /// Change it.
        Edit = "edit",
        /// Ask for a change.
        Request = "request",
        /// Neither: staff do it.
        None = "none",
    }
}

/// How people get in (K18).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessPolicy {
    /// The case of the e-mail address counts at sign-in (R51, K18).
    pub email_case_sensitive: bool,
    /// When a person is let in first.
    pub first_access: FirstAccess,
}

text_enum! {
    /// When a supplier's person is let in first.
    pub enum FirstAccess {
        /// A link is mailed when the account is activated (R3).
        OnActivation = "on_activation",
        /// The person registers at checkout with a password of their own (R51).
        AtCheckout = "at_checkout",
        /// An invitation is mailed after the first payment, once (R85, R86).
        AfterFirstPayment = "after_first_payment",
        /// The person registers at sign-up.
        AtSignUp = "at_sign_up",
    }
}
