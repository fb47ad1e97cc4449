//! What stands beside a lead, so that it can go by itself: the person, the consent, the verification.

use crate::db::schema::{lead_consents, lead_people, lead_verifications, leads};
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::leads::{LeadConsent, LeadPerson, LeadVerification, VerificationMethod};
use tradepost_contract::{Id, LeadId, Timestamp};

/// Inserts the person's particulars, apart from the lead so that they can go by themselves.
pub(crate) fn insert_person(tx: &mut Tx<'_>, lead: LeadId, person: &LeadPerson) -> ApiResult<()> {
    use lead_people::dsl;
    let row = diesel::insert_into(lead_people::table)
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
        .kept(|| ());
    either!(&mut **tx, conn => row.execute(conn))?;
    Ok(())
}

/// Inserts what the person agreed to first. Consents are evidence: a later one stands beside it, and nothing but an erasure
/// changes any.
pub(crate) fn insert_consent(tx: &mut Tx<'_>, lead: LeadId, consent: &LeadConsent) -> ApiResult<()> {
    insert_revision(tx, lead, 1, consent)
}

fn insert_revision(tx: &mut Tx<'_>, lead: LeadId, revision: i64, consent: &LeadConsent) -> ApiResult<()> {
    use lead_consents::dsl;
    let row = diesel::insert_into(lead_consents::table)
        .values((
            dsl::lead_id.eq(lead.as_i64()),
            dsl::revision.eq(revision),
            dsl::text.eq(&consent.text),
            dsl::text_version.eq(&consent.text_version),
            dsl::given_at.eq(consent.given_at),
            dsl::ip.eq(consent.ip.as_deref()),
            dsl::page_url.eq(consent.page_url.as_deref()),
            dsl::recipients.eq(serde_json::to_string(&consent.recipients)?),
        ))
        .kept(|| ());
    either!(&mut **tx, conn => row.execute(conn))?;
    Ok(())
}

/// Inserts how the person was verified.
pub(crate) fn insert_verification(tx: &mut Tx<'_>, lead: LeadId, given: &LeadVerification) -> ApiResult<()> {
    use lead_verifications::dsl;
    let row = diesel::insert_into(lead_verifications::table)
        .values((
            dsl::lead_id.eq(lead.as_i64()),
            dsl::method.eq(given.method),
            dsl::verified_at.eq(given.verified_at),
            dsl::verified_by.eq(&given.verified_by),
            dsl::recording_ref.eq(given.recording_ref.as_deref()),
        ))
        .kept(|| ());
    either!(&mut **tx, conn => row.execute(conn))?;
    Ok(())
}

/// Puts a later verification in the place of the one that was there, and a later consent beside those that were.
pub(crate) fn replace_proof(
    tx: &mut Tx<'_>,
    lead: LeadId,
    consent: Option<&LeadConsent>,
    verification: Option<&LeadVerification>,
) -> ApiResult<()> {
    if let Some(consent) = consent {
        let last: Option<i64> = lead_consents::table
            .filter(lead_consents::lead_id.eq(lead))
            .select(diesel::dsl::max(lead_consents::revision))
            .first(&mut **tx)?;
        insert_revision(tx, lead, last.unwrap_or(0) + 1, consent)?;
    }
    if let Some(verification) = verification {
        diesel::delete(lead_verifications::table.find(lead)).execute(&mut **tx)?;
        insert_verification(tx, lead, verification)?;
    }
    Ok(())
}

/// Removes everything that says who a lead is. What stays says nothing of the person: the country and region of the
/// work, when and in which version consent was given, and how the person was verified.
pub(crate) fn erase_particulars(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<()> {
    diesel::delete(lead_people::table.find(lead)).execute(&mut **tx)?;
    diesel::update(lead_consents::table.filter(lead_consents::lead_id.eq(lead)))
        .set((
            lead_consents::text.eq(""),
            lead_consents::ip.eq(None::<String>),
            lead_consents::page_url.eq(None::<String>),
            lead_consents::recipients.eq("[]"),
        ))
        .execute(&mut **tx)?;
    diesel::update(lead_verifications::table.find(lead))
        .set(lead_verifications::recording_ref.eq(None::<String>))
        .execute(&mut **tx)?;
    // A sender that uses an address or a number as its own id must not leave it behind.
    let external: Option<String> = leads::table.find(lead).select(leads::external_id).first(&mut **tx)?;
    let says_who = |id: &String| id.contains('@') || id.chars().filter(char::is_ascii_digit).count() >= 7;
    if external.as_ref().is_some_and(says_who) {
        diesel::update(leads::table.find(lead))
            .set(leads::external_id.eq(format!("erased-{lead}")))
            .execute(&mut **tx)?;
    }
    diesel::update(leads::table.find(lead))
        .set((
            leads::postcode.eq(None::<String>),
            leads::city.eq(None::<String>),
            leads::answers.eq("{}"),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

type ConsentRow = (String, String, Timestamp, Option<String>, Option<String>, String);

fn to_consent((text, text_version, given_at, ip, page_url, recipients): ConsentRow) -> ApiResult<LeadConsent> {
    Ok(LeadConsent {
        text,
        text_version,
        given_at,
        ip,
        page_url,
        recipients: serde_json::from_str(&recipients)?,
    })
}

/// What the person agreed to last.
pub(crate) fn consent(conn: &mut Conn, id: LeadId) -> ApiResult<Option<LeadConsent>> {
    Ok(consents(conn, id)?.into_iter().next())
}

/// All that the person agreed to, the latest first.
pub(crate) fn consents(conn: &mut Conn, id: LeadId) -> ApiResult<Vec<LeadConsent>> {
    use lead_consents::dsl;
    let rows = lead_consents::table
        .filter(dsl::lead_id.eq(id))
        .order(dsl::revision.desc())
        .select((
            dsl::text,
            dsl::text_version,
            dsl::given_at,
            dsl::ip,
            dsl::page_url,
            dsl::recipients,
        ))
        .kept(|| ());
    let found: Vec<ConsentRow> = either!(conn, conn => rows.load(conn))?;
    found.into_iter().map(to_consent).collect()
}

/// How the person was verified.
pub(crate) fn verification(conn: &mut Conn, id: LeadId) -> ApiResult<Option<LeadVerification>> {
    use lead_verifications::dsl;
    type Row = (VerificationMethod, Timestamp, String, Option<String>);
    let row = lead_verifications::table
        .find(id)
        .select((dsl::method, dsl::verified_at, dsl::verified_by, dsl::recording_ref))
        .kept(|| ());
    let found: Option<Row> = either!(conn, conn => row.get_result(conn)).optional()?;
    Ok(
        found.map(|(method, verified_at, verified_by, recording_ref)| LeadVerification {
            method,
            verified_at,
            verified_by,
            recording_ref,
        }),
    )
}
