//! Leads with the people behind them: one by its id, and the list.

use super::person::{PersonRow, person_columns, person_of};
use crate::auth::Scope;
use crate::db::schema::{lead_people, lead_products, leads, programmes, suppliers};
use crate::db::{Conn, Keep as _, either};
use crate::error::{ApiError, ApiResult};
use crate::lists::{Many, Window, in_order};
use diesel::prelude::*;
use tradepost_contract::leads::{Lead, LeadChannel, LeadPlace, LeadStatus};
use tradepost_contract::{
    BusinessId, LeadId, LeadImportId, LeadProductId, ProgrammeId, SupplierId, TimeSort, Timestamp,
};

type LeadColumns = (
    (
        LeadId,
        ProgrammeId,
        LeadProductId,
        LeadStatus,
        Option<String>,
        i32,
        i32,
        LeadChannel,
        Option<String>,
        String,
        Option<String>,
        String,
        Option<LeadImportId>,
        Option<SupplierId>,
        Option<BusinessId>,
        Option<LeadId>,
    ),
    (
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        String,
        Timestamp,
        Timestamp,
        Option<Timestamp>,
        i64,
    ),
    Option<PersonRow>,
    // The names of programme, product and owner.
    (String, String, Option<String>),
);

/// Leads with what they name.
macro_rules! leads_with_names {
    () => {
        leads::table
            .left_join(lead_people::table)
            .inner_join(programmes::table.on(programmes::id.eq(leads::programme_id)))
            .inner_join(lead_products::table.on(lead_products::id.eq(leads::product_id)))
            .left_join(suppliers::table.on(leads::owner_supplier_id.eq(suppliers::id.nullable())))
    };
}

macro_rules! lead_columns {
    () => {
        (
            (
                leads::id,
                leads::programme_id,
                leads::product_id,
                leads::status,
                leads::status_reason,
                leads::sold,
                leads::max_buyers,
                leads::channel,
                leads::source,
                leads::external_source,
                leads::external_id,
                leads::submitted_by,
                leads::import_id,
                leads::owner_supplier_id,
                leads::owner_business_id,
                leads::duplicate_of,
            ),
            (
                leads::country,
                leads::region,
                leads::postcode,
                leads::city,
                leads::answers,
                leads::enquired_at,
                leads::created_at,
                leads::erased_at,
                leads::version,
            ),
            person_columns!(),
            (programmes::name, lead_products::name, suppliers::name.nullable()),
        )
    };
}

fn to_lead(columns: LeadColumns) -> ApiResult<Lead> {
    let (head, (country, region, postcode, city, answers, enquired_at, created_at, erased_at, version), person, names) =
        columns;
    let (programme_name, product_name, owner_supplier_name) = names;
    let (
        id,
        programme_id,
        product_id,
        status,
        status_reason,
        sold,
        max_buyers,
        channel,
        source,
        external_source,
        external_id,
        submitted_by,
        import_id,
        owner_supplier_id,
        owner_business_id,
        duplicate_of,
    ) = head;
    Ok(Lead {
        id,
        programme_id,
        programme_name,
        product_id,
        product_name,
        status,
        status_reason,
        sold,
        max_buyers,
        channel,
        source,
        external_source,
        external_id,
        submitted_by,
        import_id,
        owner_supplier_id,
        owner_supplier_name,
        owner_business_id,
        duplicate_of,
        person: person_of(person),
        place: LeadPlace {
            country,
            region,
            postcode,
            city,
        },
        answers: serde_json::from_str(&answers)?,
        enquired_at,
        created_at,
        erased_at,
        version,
        allowed_actions: status.staff_actions(),
    })
}

/// A lead by its id, within the scope: a supplier's caller sees the supplier's own leads only.
pub(crate) fn get(conn: &mut Conn, scope: &Scope, id: LeadId) -> ApiResult<Lead> {
    let row = leads_with_names!()
        .filter(leads::id.eq(id))
        .select(lead_columns!())
        .kept(|| ());
    let found: Option<LeadColumns> = either!(conn, conn => row.get_result(conn)).optional()?;
    let lead = found.map(to_lead).transpose()?.ok_or_else(ApiError::not_found)?;
    let own = scope
        .supplier()
        .is_none_or(|supplier| lead.owner_supplier_id == Some(supplier));
    let here = scope.programme().is_none_or(|programme| lead.programme_id == programme);
    if own && here {
        Ok(lead)
    } else {
        Err(ApiError::not_found())
    }
}

/// The filters of the list of leads.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LeadFilter {
    /// How many rows, 1 to 100; 50 by default.
    pub(crate) limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
    /// `newest` first unless said otherwise.
    #[param(inline)]
    pub(crate) sort: Option<TimeSort>,
    /// Statuses, with commas between them.
    #[param(value_type = Option<String>, example = "quarantined,duplicate")]
    pub(crate) status: Option<Many<LeadStatus>>,
    /// One programme.
    pub(crate) programme_id: Option<ProgrammeId>,
    /// One product.
    pub(crate) product_id: Option<LeadProductId>,
    /// The advertising source, exactly (R107).
    pub(crate) source: Option<String>,
    /// How they came, with commas between them.
    #[param(value_type = Option<String>, example = "api,csv")]
    pub(crate) channel: Option<Many<LeadChannel>>,
    /// One import.
    pub(crate) import_id: Option<LeadImportId>,
    /// The sender's own id, exactly.
    pub(crate) external_id: Option<String>,
    /// Came in at or after this instant.
    pub(crate) received_from: Option<Timestamp>,
    /// Came in before this instant.
    pub(crate) received_before: Option<Timestamp>,
}

/// A page of leads.
pub(crate) fn list(conn: &mut Conn, scope: &Scope, filter: LeadFilter, window: &Window) -> ApiResult<Vec<Lead>> {
    // A page has two thousand values; read on the connection itself, none of them is wrapped for either database.
    let rows: Vec<LeadColumns> = either!(conn, conn => {
        let mut query = leads_with_names!().select(lead_columns!()).into_boxed();
        if let Some(supplier) = scope.supplier() {
            query = query.filter(leads::owner_supplier_id.eq(supplier));
        }
        if let Some(programme) = scope.programme() {
            query = query.filter(leads::programme_id.eq(programme));
        }
        if let Some(Many(statuses)) = filter.status {
            query = query.filter(leads::status.eq_any(statuses));
        }
        if let Some(programme) = filter.programme_id {
            query = query.filter(leads::programme_id.eq(programme));
        }
        if let Some(product) = filter.product_id {
            query = query.filter(leads::product_id.eq(product));
        }
        if let Some(source) = filter.source {
            query = query.filter(leads::source.eq(source));
        }
        if let Some(Many(channels)) = filter.channel {
            query = query.filter(leads::channel.eq_any(channels));
        }
        if let Some(import) = filter.import_id {
            query = query.filter(leads::import_id.eq(import));
        }
        if let Some(external) = filter.external_id {
            query = query.filter(leads::external_id.eq(external));
        }
        if let Some(from) = filter.received_from {
            query = query.filter(leads::created_at.ge(from));
        }
        if let Some(before) = filter.received_before {
            query = query.filter(leads::created_at.lt(before));
        }
        let query = match filter.sort.unwrap_or(TimeSort::Newest) {
            TimeSort::Newest => in_order!(query, window.after_number(), falling leads::created_at, leads::id),
            TimeSort::Oldest => in_order!(query, window.after_number(), rising leads::created_at, leads::id),
        };
        // Which filters are set makes the text; of those there are few.
        query.limit(window.fetch()).kept_by_text().load(conn)
    })?;
    rows.into_iter().map(to_lead).collect()
}
