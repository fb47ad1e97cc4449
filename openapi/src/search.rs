//! Finding anything by what somebody has in front of them.

text_enum! {
    /// What was found.
    pub enum FoundKind {
        /// A supplier.
        Supplier = "supplier",
        /// A business of a supplier.
        Business = "business",
        /// A person who signs in.
        User = "user",
        /// A lead.
        Lead = "lead",
        /// A delivery.
        Delivery = "delivery",
        /// An order.
        Order = "order",
        /// A return request.
        ReturnRequest = "return_request",
        /// An invoice.
        Invoice = "invoice",
        /// A credit note.
        CreditNote = "credit_note",
    }
}

/// One thing that matches.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Found {
    /// What it is.
    pub kind: FoundKind,
    /// Its id.
    #[schema(example = "lead_00000000000c5")]
    pub id: String,
    /// A line to show: a name, a number.
    pub title: String,
    /// What tells it apart from others with the same title.
    pub subtitle: Option<String>,
    /// The id of the supplier or lead that it belongs to, for what is shown on that one's page: businesses and
    /// deliveries.
    pub belongs_to: Option<String>,
}

/// What a search found: at most ten of a kind.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SearchResults {
    /// The matches, exact ones first.
    pub data: Vec<Found>,
}
