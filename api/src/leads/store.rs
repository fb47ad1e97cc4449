//! Leads in the database: the rows of an enquiry, its particulars beside it, and the lists of them.

use crate::auth::Scope;
use crate::db::schema::{deliveries, lead_consents, lead_people, lead_traces, lead_verifications, leads, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::{Many, Window};
use diesel::prelude::*;
use std::collections::BTreeMap;
use tradepost_contract::leads::{
    Lead, LeadChannel, LeadConsent, LeadPerson, LeadPlace, LeadSale, LeadStatus, LeadVerification, TraceAttempt,
    VerificationMethod,
};
use tradepost_contract::{
    BusinessId, Currency, DeliveryId, Id, LeadId, LeadImportId, LeadProductId, Money, OrderId, ProgrammeId, SupplierId,
    Timestamp,
};

/// A lead as it is inserted.
pub(crate) struct NewRow<'a> {
    pub(crate) id: LeadId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) product_id: LeadProductId,
    pub(crate) status: LeadStatus,
    pub(crate) status_reason: Option<&'a str>,
    pub(crate) max_buyers: i32,
    pub(crate) channel: LeadChannel,
    pub(crate) source: Option<&'a str>,
    pub(crate) external_source: &'a str,
    pub(crate) external_id: Option<&'a str>,
    pub(crate) submitted_by: &'a str,
    pub(crate) import_id: Option<LeadImportId>,
    pub(crate) owner_supplier_id: Option<SupplierId>,
    pub(crate) owner_business_id: Option<BusinessId>,
    pub(crate) place: &'a LeadPlace,
    pub(crate) answers: &'a BTreeMap<String, String>,
    pub(crate) enquired_at: Timestamp,
}

/// Inserts a lead; false where its external id is there already, also when the other one came at
/// the same moment.
pub(crate) fn insert(tx: &mut Tx<'_>, row: &NewRow<'_>) -> ApiResult<bool> {
    use leads::dsl;
    let values = (
        (
            dsl::id.eq(row.id.as_i64()),
            dsl::programme_id.eq(row.programme_id),
            dsl::product_id.eq(row.product_id),
            dsl::status.eq(row.status),
            dsl::status_reason.eq(row.status_reason),
            dsl::max_buyers.eq(row.max_buyers),
            dsl::channel.eq(row.channel),
            dsl::source.eq(row.source),
            dsl::external_source.eq(row.external_source),
            dsl::external_id.eq(row.external_id),
        ),
        (
            dsl::submitted_by.eq(row.submitted_by),
            dsl::import_id.eq(row.import_id),
            dsl::owner_supplier_id.eq(row.owner_supplier_id),
            dsl::owner_business_id.eq(row.owner_business_id),
            dsl::country.eq(row.place.country.as_deref()),
            dsl::region.eq(row.place.region.as_deref()),
            dsl::postcode.eq(row.place.postcode.as_deref()),
            dsl::city.eq(row.place.city.as_deref()),
            dsl::answers.eq(serde_json::to_string(row.answers)?),
            dsl::enquired_at.eq(row.enquired_at),
            dsl::created_at.eq(tx.business_now()),
        ),
    );
    let insert = diesel::insert_into(leads::table).values(values);
    let written = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(written == 1)
}

/// Inserts the person's particulars, apart from the lead so that they can go by themselves.
pub(crate) fn insert_person(tx: &mut Tx<'_>, lead: LeadId, person: &LeadPerson) -> ApiResult<()> {
    use lead_people::dsl;
    diesel::insert_into(lead_people::table)
        .values((
            dsl::lead_id.eq(lead.as_i64()),
            dsl::name.eq(person.name.as_deref()),
            dsl::company.eq(person.company.as_deref()),
            dsl::email.eq(person.email.as_deref()),
            dsl::phone.eq(person.phone.as_deref()),
            dsl::phone_as_given.eq(person.phone_as_given.as_deref()),
            dsl::address.eq(person.address.as_deref()),
            dsl::notes.eq(person.notes.as_deref()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Inserts what the person agreed to.
pub(crate) fn insert_consent(tx: &mut Tx<'_>, lead: LeadId, consent: &LeadConsent) -> ApiResult<()> {
    use lead_consents::dsl;
    diesel::insert_into(lead_consents::table)
        .values((
            dsl::lead_id.eq(lead.as_i64()),
            dsl::text.eq(&consent.text),
            dsl::text_version.eq(&consent.text_version),
            dsl::given_at.eq(consent.given_at),
            dsl::ip.eq(consent.ip.as_deref()),
            dsl::recipients.eq(serde_json::to_string(&consent.recipients)?),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Puts a later consent and verification in the place of what was there.
pub(crate) fn replace_proof(
    tx: &mut Tx<'_>,
    lead: LeadId,
    consent: Option<&LeadConsent>,
    verification: Option<&LeadVerification>,
) -> ApiResult<()> {
    if let Some(consent) = consent {
        diesel::delete(lead_consents::table.find(lead)).execute(&mut **tx)?;
        insert_consent(tx, lead, consent)?;
    }
    if let Some(verification) = verification {
        diesel::delete(lead_verifications::table.find(lead)).execute(&mut **tx)?;
        insert_verification(tx, lead, verification)?;
    }
    Ok(())
}

/// Inserts how the person was verified.
pub(crate) fn insert_verification(tx: &mut Tx<'_>, lead: LeadId, given: &LeadVerification) -> ApiResult<()> {
    use lead_verifications::dsl;
    diesel::insert_into(lead_verifications::table)
        .values((
            dsl::lead_id.eq(lead.as_i64()),
            dsl::method.eq(given.method),
            dsl::verified_at.eq(given.verified_at),
            dsl::verified_by.eq(&given.verified_by),
            dsl::recording_ref.eq(given.recording_ref.as_deref()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The lead with this external id.
pub(crate) fn find_external(
    conn: &mut Conn,
    programme: ProgrammeId,
    source: &str,
    id: &str,
) -> ApiResult<Option<LeadId>> {
    use leads::dsl;
    let found = leads::table
        .filter(dsl::programme_id.eq(programme))
        .filter(
            dsl::external_source
                .eq(source.to_owned())
                .and(dsl::external_id.eq(id.to_owned())),
        )
        .select(dsl::id)
        .first::<LeadId>(conn)
        .optional()?;
    Ok(found)
}

/// Moves a lead from one status to another; false where it is not in the one any more.
pub(crate) fn move_status(
    tx: &mut Tx<'_>,
    id: LeadId,
    from: LeadStatus,
    to: LeadStatus,
    reason: Option<&str>,
) -> ApiResult<bool> {
    use leads::dsl;
    let moved = diesel::update(leads::table.find(id).filter(dsl::status.eq(from)))
        .set((
            dsl::status.eq(to),
            dsl::status_reason.eq(reason),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(moved == 1)
}

/// Notes that a lead that has just been inserted repeats an earlier one, and what that makes of it.
pub(crate) fn note_duplicate(
    tx: &mut Tx<'_>,
    id: LeadId,
    earlier: LeadId,
    status: LeadStatus,
    reason: Option<&str>,
) -> ApiResult<()> {
    use leads::dsl;
    diesel::update(leads::table.find(id))
        .set((
            dsl::duplicate_of.eq(earlier),
            dsl::status.eq(status),
            dsl::status_reason.eq(reason),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Takes leads of a product off the market that were not sold out and came in before an instant.
pub(crate) fn expire(tx: &mut Tx<'_>, product: LeadProductId, before: Timestamp, most: i64) -> ApiResult<usize> {
    use leads::dsl;
    let live = [LeadStatus::Available, LeadStatus::PartlySold];
    let due = leads::table
        .filter(dsl::status.eq_any(live))
        .filter(dsl::created_at.lt(before).and(dsl::product_id.eq(product)))
        .order((dsl::created_at, dsl::id))
        .limit(most)
        .select(dsl::id)
        .load::<LeadId>(&mut **tx)?;
    let target = leads::table
        .filter(dsl::id.eq_any(due))
        .filter(dsl::status.eq_any(live));
    let changed = diesel::update(target)
        .set((dsl::status.eq(LeadStatus::Expired), dsl::version.eq(dsl::version + 1)))
        .execute(&mut **tx)?;
    Ok(changed)
}

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
        i64,
    ),
    Option<(
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    )>,
);

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
                leads::version,
            ),
            (
                lead_people::name,
                lead_people::company,
                lead_people::email,
                lead_people::phone,
                lead_people::phone_as_given,
                lead_people::address,
                lead_people::notes,
            )
                .nullable(),
        )
    };
}

fn to_lead(columns: LeadColumns) -> ApiResult<Lead> {
    let (head, (country, region, postcode, city, answers, enquired_at, created_at, version), person) = columns;
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
    let person = match person {
        None => LeadPerson::default(),
        Some((name, company, email, phone, phone_as_given, address, notes)) => LeadPerson {
            name,
            company,
            email,
            phone,
            phone_as_given,
            address,
            notes,
        },
    };
    Ok(Lead {
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
        person,
        place: LeadPlace {
            country,
            region,
            postcode,
            city,
        },
        answers: serde_json::from_str(&answers)?,
        enquired_at,
        created_at,
        version,
        allowed_actions: status.staff_actions(),
    })
}

/// A lead by its id, within the scope: a supplier's caller sees the supplier's own leads only.
pub(crate) fn get(conn: &mut Conn, scope: &Scope, id: LeadId) -> ApiResult<Lead> {
    let mut query = leads::table
        .left_join(lead_people::table)
        .filter(leads::id.eq(id))
        .select(lead_columns!())
        .into_boxed();
    if let Some(supplier) = scope.supplier() {
        query = query.filter(leads::owner_supplier_id.eq(supplier));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(leads::programme_id.eq(programme));
    }
    let found = query.first::<LeadColumns>(conn).optional()?;
    found.map(to_lead).transpose()?.ok_or_else(ApiError::not_found)
}

/// What the person agreed to.
pub(crate) fn consent(conn: &mut Conn, id: LeadId) -> ApiResult<Option<LeadConsent>> {
    use lead_consents::dsl;
    let found = lead_consents::table
        .find(id)
        .select((dsl::text, dsl::text_version, dsl::given_at, dsl::ip, dsl::recipients))
        .first::<(String, String, Timestamp, Option<String>, String)>(conn)
        .optional()?;
    let Some((text, text_version, given_at, ip, recipients)) = found else {
        return Ok(None);
    };
    Ok(Some(LeadConsent {
        text,
        text_version,
        given_at,
        ip,
        recipients: serde_json::from_str(&recipients)?,
    }))
}

/// How the person was verified.
pub(crate) fn verification(conn: &mut Conn, id: LeadId) -> ApiResult<Option<LeadVerification>> {
    use lead_verifications::dsl;
    let found = lead_verifications::table
        .find(id)
        .select((dsl::method, dsl::verified_at, dsl::verified_by, dsl::recording_ref))
        .first::<(VerificationMethod, Timestamp, String, Option<String>)>(conn)
        .optional()?;
    Ok(
        found.map(|(method, verified_at, verified_by, recording_ref)| LeadVerification {
            method,
            verified_at,
            verified_by,
            recording_ref,
        }),
    )
}

/// Whom a lead was sold to, by place.
pub(crate) fn sales(conn: &mut Conn, id: LeadId) -> ApiResult<Vec<LeadSale>> {
    type Row = (
        DeliveryId,
        OrderId,
        SupplierId,
        String,
        BusinessId,
        i32,
        i64,
        Currency,
        Option<DeliveryId>,
    );
    let rows = deliveries::table
        .inner_join(suppliers::table)
        .filter(deliveries::lead_id.eq(id))
        .order(deliveries::slot)
        .select((
            deliveries::id,
            deliveries::order_id,
            deliveries::supplier_id,
            suppliers::name,
            deliveries::business_id,
            deliveries::slot,
            deliveries::price_minor,
            deliveries::currency,
            deliveries::replaces_delivery_id,
        ))
        .load::<Row>(conn)?;
    let sale = |row: Row| {
        let (delivery_id, order_id, supplier_id, supplier_name, business_id, slot, minor, currency, replaces) = row;
        LeadSale {
            delivery_id,
            order_id,
            supplier_id,
            supplier_name,
            business_id,
            slot,
            price: Money::new(minor, currency),
            replacement: replaces.is_some(),
        }
    };
    Ok(rows.into_iter().map(sale).collect())
}

/// Every attempt to sell a lead, oldest first.
pub(crate) fn trace(conn: &mut Conn, id: LeadId) -> ApiResult<Vec<TraceAttempt>> {
    let rows = lead_traces::table
        .filter(lead_traces::lead_id.eq(id))
        .order(lead_traces::attempt)
        .select(lead_traces::trace)
        .load::<String>(conn)?;
    rows.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
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

/// A page of leads, newest first.
pub(crate) fn list(conn: &mut Conn, scope: &Scope, filter: LeadFilter, window: &Window) -> ApiResult<Vec<Lead>> {
    let mut query = leads::table
        .left_join(lead_people::table)
        .select(lead_columns!())
        .into_boxed();
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
    if let Some((at, id)) = window.after() {
        let (at, id) = (at, LeadId::from_i64(id));
        // The first condition lets the index seek; the second drops what the page before had of that instant.
        query = query
            .filter(leads::created_at.le(at))
            .filter(leads::created_at.lt(at).or(leads::id.lt(id)));
    }
    let rows = query
        .order((leads::created_at.desc(), leads::id.desc()))
        .limit(window.fetch())
        .load::<LeadColumns>(conn)?;
    rows.into_iter().map(to_lead).collect()
}
