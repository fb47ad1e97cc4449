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

/// Inserts what the person agreed to.
pub(crate) fn insert_consent(tx: &mut Tx<'_>, lead: LeadId, consent: &LeadConsent) -> ApiResult<()> {
    use lead_consents::dsl;
    let row = diesel::insert_into(lead_consents::table)
        .values((
            dsl::lead_id.eq(lead.as_i64()),
            dsl::text.eq(&consent.text),
            dsl::text_version.eq(&consent.text_version),
            dsl::given_at.eq(consent.given_at),
            dsl::ip.eq(consent.ip.as_deref()),
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

/// Removes everything that says who a lead is. What stays says nothing of the person: the country and region of the
/// work, when and in which version consent was given, and how the person was verified.
pub(crate) fn erase_particulars(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<()> {
    diesel::delete(lead_people::table.find(lead)).execute(&mut **tx)?;
    diesel::update(lead_consents::table.find(lead))
        .set((
            lead_consents::text.eq(""),
            lead_consents::ip.eq(None::<String>),
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

/// What the person agreed to.
pub(crate) fn consent(conn: &mut Conn, id: LeadId) -> ApiResult<Option<LeadConsent>> {
    use lead_consents::dsl;
    type Row = (String, String, Timestamp, Option<String>, String);
    let row = lead_consents::table
        .find(id)
        .select((dsl::text, dsl::text_version, dsl::given_at, dsl::ip, dsl::recipients))
        .kept(|| ());
    let found: Option<Row> = either!(conn, conn => row.get_result(conn)).optional()?;
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
