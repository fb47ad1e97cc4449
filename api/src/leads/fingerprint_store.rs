//! The rows of fingerprints: taken by insert-or-find, then by a guarded update.

use super::fingerprints::Fingerprint;
use crate::db::schema::lead_fingerprints::{self, dsl};
use crate::db::schema::suppressions;
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::{LeadId, ProgrammeId, SubjectRequestId, Timestamp};

/// Takes the fingerprints for a lead until an instant. Where one is alive already, answers the lead
/// it was taken for, and what is free is taken in that lead's name, so that the next enquiry under
/// either is a duplicate, too.
pub(crate) fn take(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    scope: &str,
    fingerprints: &[Fingerprint],
    lead: LeadId,
    live_until: Timestamp,
) -> ApiResult<Option<LeadId>> {
    let mut earlier = None;
    for fingerprint in fingerprints {
        let owner = earlier.unwrap_or(lead);
        if let Some(found) = take_one(tx, programme, scope, fingerprint, owner, live_until)? {
            earlier.get_or_insert(found);
        }
    }
    Ok(earlier)
}

fn take_one(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    scope: &str,
    fingerprint: &Fingerprint,
    owner: LeadId,
    live_until: Timestamp,
) -> ApiResult<Option<LeadId>> {
    let (kind, hash) = (fingerprint.kind.as_str(), fingerprint.hash.as_str());
    let values = (
        dsl::programme_id.eq(programme),
        dsl::scope.eq(scope),
        dsl::kind.eq(kind),
        dsl::hash.eq(hash),
        dsl::lead_id.eq(owner),
        dsl::live_until.eq(live_until),
    );
    loop {
        let insert = diesel::insert_into(lead_fingerprints::table).values(values);
        let inserted = either!(&mut **tx, conn => insert.on_conflict_do_nothing().kept(|| ()).execute(conn))?;
        if inserted == 1 {
            return Ok(None);
        }
        let row = lead_fingerprints::table.find((programme, scope, kind, hash));
        let over = diesel::update(row.filter(dsl::live_until.le(tx.business_now())))
            .set((dsl::lead_id.eq(owner), dsl::live_until.eq(live_until)))
            .execute(&mut **tx)?;
        if over == 1 {
            return Ok(None);
        }
        if let Some(holder) = row.select(dsl::lead_id).first::<LeadId>(&mut **tx).optional()? {
            // Two spellings of one enquiry do not make it its own duplicate.
            return Ok((holder != owner).then_some(holder));
        }
        // On PostgreSQL the earlier lead may be erased between two statements: its place is free again.
    }
}

/// Keeps a person out from now on; whoever is kept out already stays so.
pub(crate) fn keep_out(
    tx: &mut Tx<'_>,
    fingerprints: &[Fingerprint],
    request: Option<SubjectRequestId>,
) -> ApiResult<()> {
    let now = tx.business_now();
    for fingerprint in fingerprints {
        let insert = diesel::insert_into(suppressions::table).values((
            suppressions::kind.eq(fingerprint.kind.as_str()),
            suppressions::hash.eq(fingerprint.hash.as_str()),
            suppressions::subject_request_id.eq(request),
            suppressions::created_at.eq(now),
        ));
        either!(&mut **tx, conn => insert.on_conflict_do_nothing().execute(conn))?;
    }
    Ok(())
}

/// Whether a person is kept out.
pub(crate) fn is_kept_out(conn: &mut Conn, fingerprints: &[Fingerprint]) -> ApiResult<bool> {
    for fingerprint in fingerprints {
        let row = suppressions::table.find((fingerprint.kind.as_str(), fingerprint.hash.as_str()));
        if diesel::select(diesel::dsl::exists(row)).get_result(conn)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets all fingerprints of a lead.
pub(crate) fn forget(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<()> {
    diesel::delete(lead_fingerprints::table.filter(dsl::lead_id.eq(lead))).execute(&mut **tx)?;
    Ok(())
}

/// Lets go of what was taken for a lead, so that the person may ask again.
pub(crate) fn release(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    scope: &str,
    fingerprints: &[Fingerprint],
    lead: LeadId,
) -> ApiResult<()> {
    for fingerprint in fingerprints {
        let row =
            lead_fingerprints::table.find((programme, scope, fingerprint.kind.as_str(), fingerprint.hash.as_str()));
        diesel::update(row.filter(dsl::lead_id.eq(lead)))
            .set(dsl::live_until.eq(tx.business_now()))
            .execute(&mut **tx)?;
    }
    Ok(())
}
