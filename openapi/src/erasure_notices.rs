//! What a supplier that bought a lead is told when the person is erased, and that it was acted on.

use crate::{DeliveryId, ErasureNoticeId, LeadId, ProgrammeId, SubjectRequestId, SupplierId, Timestamp};

text_enum! {
    /// Where an erasure notice stands.
    pub enum ErasureNoticeStatus {
        /// The supplier was told and has not said that it erased the person, too.
        Waiting = "waiting",
        /// The same, and its time is over.
        Late = "late",
        /// The supplier has erased the person.
        Acknowledged = "acknowledged",
    }
}

/// That a supplier was told to erase a person that it was sold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ErasureNotice {
    /// Its id.
    pub id: ErasureNoticeId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Who was told.
    pub supplier_id: SupplierId,
    /// What that supplier is called now.
    pub supplier_name: String,
    /// The lead that was erased.
    pub lead_id: LeadId,
    /// Its delivery to this supplier.
    pub delivery_id: DeliveryId,
    /// The person's request; suppliers are not told it.
    pub subject_request_id: Option<SubjectRequestId>,
    /// Where it stands.
    pub status: ErasureNoticeStatus,
    /// When the lead was sold to this supplier.
    pub delivered_at: Timestamp,
    /// When the supplier was told.
    pub told_at: Timestamp,
    /// Until when it is to have erased the person, too.
    pub due_at: Timestamp,
    /// When it was reminded.
    pub reminded_at: Option<Timestamp>,
    /// When it said that it did.
    pub acknowledged_at: Option<Timestamp>,
    /// Who said so.
    pub acknowledged_by: Option<String>,
    /// Whether the caller may say so now.
    pub may_acknowledge: bool,
}

/// Says that the person was erased here, too. Nothing else is to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeErasure {}
