//! Who people are: the roles of staff and of a supplier's people, and the scopes of API keys.

text_enum! {
    /// What a member of the seller's staff may do (R123). One person may hold several.
    pub enum StaffRole {
        /// Sets up programmes, people and keys; moves no money.
        Admin = "admin",
        /// Looks after suppliers, their orders and coverage.
        AccountManager = "account_manager",
        /// Decides return requests.
        ReturnsReviewer = "returns_reviewer",
        /// Runs billing, issues credit notes, records payments.
        Finance = "finance",
        /// Answers questions: sees, changes little.
        Support = "support",
        /// Works the call queue.
        Caller = "caller",
        /// Sees everything, changes nothing.
        Auditor = "auditor",
    }
}

text_enum! {
    /// What a supplier's person may do (R123).
    pub enum SupplierRole {
        /// Everything of the account.
        Owner = "owner",
        /// Invoices and payments, and sees leads.
        Billing = "billing",
        /// Works the leads of the businesses given to them.
        Member = "member",
    }
}

text_enum! {
    /// What an API key may do.
    pub enum KeyScope {
        /// Submit leads and imports.
        LeadsWrite = "leads:write",
        /// Read leads and their selling traces.
        LeadsRead = "leads:read",
        /// Read deliveries.
        DeliveriesRead = "deliveries:read",
        /// Rate deliveries and post outcomes.
        DeliveriesWrite = "deliveries:write",
        /// Read return requests.
        ReturnsRead = "returns:read",
        /// Ask for returns.
        ReturnsWrite = "returns:write",
        /// Read suppliers, orders, coverage, products and programmes.
        MarketRead = "market:read",
        /// Read invoices and credit notes.
        InvoicesRead = "invoices:read",
        /// Read the call report.
        CallsRead = "calls:read",
        /// Take leads of the call queue and record calls.
        CallsWrite = "calls:write",
        /// Read the event log.
        EventsRead = "events:read",
        /// See, make and change webhook endpoints, and so be sent what the key's programme or supplier may see.
        WebhooksWrite = "webhooks:write",
    }
}
