//! Replacements: leads that are owed for returned ones (R44).

use crate::{DeliveryId, LeadProductId, OrderId, ProgrammeId, ReplacementId, ReturnRequestId, SupplierId, Timestamp};

text_enum! {
    /// Where a replacement stands.
    pub enum ReplacementStatus {
        /// The next eligible lead goes to the supplier free of charge.
        Owed = "owed",
        /// It was delivered.
        Delivered = "delivered",
        /// None came in time, so the price was credited.
        ConvertedToCredit = "converted_to_credit",
        /// It is no longer owed.
        Void = "void",
    }
}

/// A lead that is owed for a returned one. There is at most one for each returned delivery.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Replacement {
    /// Its id.
    pub id: ReplacementId,
    /// The approved return.
    pub return_request_id: ReturnRequestId,
    /// The delivery that was returned.
    pub original_delivery_id: DeliveryId,
    /// The programme.
    pub programme_id: ProgrammeId,
    /// To whom it is owed.
    pub supplier_id: SupplierId,
    /// The order it fills.
    pub order_id: OrderId,
    /// What kind of lead.
    pub product_id: LeadProductId,
    /// Where it stands.
    pub status: ReplacementStatus,
    /// The delivery that filled it.
    pub filled_delivery_id: Option<DeliveryId>,
    /// Since when it is owed, in business time.
    pub owed_at: Timestamp,
    /// When it was delivered or settled otherwise.
    pub settled_at: Option<Timestamp>,
    /// For how many whole days it was owed, or is.
    pub age_days: i64,
    /// Grows with every change.
    pub version: i64,
}
