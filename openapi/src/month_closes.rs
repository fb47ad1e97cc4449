//! Closing the books of a month, and opening them again.

use crate::{LegalEntityId, LocalDate, MonthCloseId, Timestamp};

/// A month of a legal entity's books that was closed. While it is, nothing is posted in it or before it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MonthClose {
    /// Its id.
    pub id: MonthCloseId,
    /// Whose books.
    pub legal_entity_id: LegalEntityId,
    /// What that legal entity is called.
    pub legal_entity_name: String,
    /// The month's first day.
    pub month: LocalDate,
    /// The first instant after it, in the legal entity's time zone.
    pub ends_at: Timestamp,
    /// How many entries the journal had up to then.
    pub entries: i64,
    /// Who closed it.
    pub closed_by: String,
    /// When.
    pub closed_at: Timestamp,
    /// Who opened it again.
    pub reopened_by: Option<String>,
    /// When.
    pub reopened_at: Option<Timestamp>,
    /// Why.
    pub reopen_reason: Option<String>,
}

/// Closes the books of a month.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseMonth {
    /// Whose books.
    pub legal_entity_id: LegalEntityId,
    /// The first day of the month, which is over. Months are closed one after the other; the first one that is
    /// closed may be any.
    pub month: LocalDate,
}

/// Opens a closed month again, and those after it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenMonth {
    /// Why, 1 to 500 characters.
    #[schema(example = "A payment of March was found.")]
    pub reason: String,
}
