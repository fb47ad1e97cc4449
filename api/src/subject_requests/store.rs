//! Rows of persons' requests.

use crate::db::schema::{programmes, subject_requests};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use tradepost_contract::subject_requests::{SubjectRequestKind, SubjectRequestStatus};
use tradepost_contract::{Id, Page, ProgrammeId, SubjectRequestId, Timestamp};

/// A row of `subject_requests`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = subject_requests)]
pub(super) struct Row {
    pub(super) id: SubjectRequestId,
    pub(super) programme_id: ProgrammeId,
    pub(super) kind: SubjectRequestKind,
    pub(super) status: SubjectRequestStatus,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
    pub(super) postcode: Option<String>,
    pub(super) lead_reference: Option<String>,
    pub(super) phone_hash: Option<String>,
    pub(super) email_hash: Option<String>,
    pub(super) identity_note: Option<String>,
    pub(super) opened_by: String,
    pub(super) opened_by_name: String,
    pub(super) opened_at: Timestamp,
    pub(super) due_at: Timestamp,
    pub(super) export_until: Option<Timestamp>,
    /// JSON: the leads that go into the file; none where it is those that are surely the person's.
    pub(super) export_leads: Option<String>,
    pub(super) decided_at: Option<Timestamp>,
    pub(super) decided_by_name: Option<String>,
    pub(super) refusal: Option<String>,
    pub(super) leads: i64,
    pub(super) recipients: i64,
    pub(super) recipients_waiting: i64,
    pub(super) version: i64,
}

/// A request with what its programme is called.
pub(super) type Named = (Row, String);

/// The partial index is spelled so; SQLite uses it for nothing else.
const OPEN: &str = "subject_requests.status = 'open'";

/// Which requests a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) kinds: Option<Vec<SubjectRequestKind>>,
    pub(super) statuses: Option<Vec<SubjectRequestStatus>>,
    /// Those that should be answered by this instant and are not.
    pub(super) late_at: Option<Timestamp>,
}

/// A page of requests, the latest first.
pub(super) fn list(conn: &mut Conn, filter: Filter, window: &Window) -> ApiResult<Page<Named>> {
    use subject_requests as s;
    let mut query = s::table
        .inner_join(programmes::table)
        .select((s::all_columns, programmes::name))
        .into_boxed();
    if let Some(programme) = filter.programme {
        query = query.filter(s::programme_id.eq(programme));
    }
    if let Some(kinds) = filter.kinds {
        query = query.filter(s::kind.eq_any(kinds));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(s::status.eq_any(statuses));
    }
    if let Some(now) = filter.late_at {
        query = query.filter(sql::<Bool>(OPEN)).filter(s::due_at.le(now));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(s::opened_at.le(at))
            .filter(s::opened_at.lt(at).or(s::id.lt(id)));
    }
    let rows: Vec<Named> = query
        .order((s::opened_at.desc(), s::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |(row, _)| (row.opened_at, row.id.as_i64())))
}

/// What those who asked and have not been answered are found by.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct Asking {
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
    pub(super) postcode: Option<String>,
    pub(super) lead_reference: Option<String>,
}

/// All who asked and have not been answered.
pub(crate) fn asking(conn: &mut Conn) -> ApiResult<Vec<Asking>> {
    use subject_requests as s;
    Ok(s::table
        .filter(sql::<Bool>(OPEN))
        .select((s::name, s::phone, s::email, s::postcode, s::lead_reference))
        .load(conn)?)
}

/// One request.
pub(super) fn get(conn: &mut Conn, id: SubjectRequestId) -> ApiResult<Named> {
    subject_requests::table
        .inner_join(programmes::table)
        .filter(subject_requests::id.eq(id))
        .select((subject_requests::all_columns, programmes::name))
        .first(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(subject_requests::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what can change, and counts the change; false where somebody else changed the request meanwhile.
pub(super) fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<bool> {
    use subject_requests as s;
    let seen = row.version;
    row.version += 1;
    let target = s::table.find(row.id).filter(s::version.eq(seen));
    let written = diesel::update(target)
        .set((
            s::status.eq(row.status),
            s::name.eq(row.name.as_deref()),
            s::phone.eq(row.phone.as_deref()),
            s::email.eq(row.email.as_deref()),
            s::postcode.eq(row.postcode.as_deref()),
            s::lead_reference.eq(row.lead_reference.as_deref()),
            s::identity_note.eq(row.identity_note.as_deref()),
            s::export_until.eq(row.export_until),
            s::export_leads.eq(row.export_leads.as_deref()),
            s::decided_at.eq(row.decided_at),
            s::decided_by_name.eq(row.decided_by_name.as_deref()),
            s::refusal.eq(row.refusal.as_deref()),
            s::leads.eq(row.leads),
            s::recipients.eq(row.recipients),
            s::recipients_waiting.eq(row.recipients_waiting),
            s::version.eq(row.version),
        ))
        .execute(&mut **tx)?;
    Ok(written == 1)
}

/// Counts a supplier that has erased the person; the last one ends the request. Answers where it stands then.
pub(super) fn one_less_waits(
    tx: &mut Tx<'_>,
    id: SubjectRequestId,
    done: SubjectRequestStatus,
) -> ApiResult<SubjectRequestStatus> {
    use subject_requests as s;
    let target = s::table.find(id).filter(s::recipients_waiting.gt(0_i64));
    // Both words are our own.
    let next = format!("CASE WHEN recipients_waiting > 1 THEN status ELSE '{done}' END");
    diesel::update(target)
        .set((
            s::status.eq(sql::<Text>(&next)),
            s::recipients_waiting.eq(s::recipients_waiting - 1_i64),
            s::version.eq(s::version + 1_i64),
        ))
        .execute(&mut **tx)?;
    Ok(s::table.find(id).select(s::status).first(&mut **tx)?)
}
