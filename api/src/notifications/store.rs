//! Recording messages, the addresses they go to, and reading what was recorded.

use crate::db::schema::contact_points::dsl as contacts;
use crate::db::schema::notifications::dsl;
use crate::db::schema::{programmes, staff_roles, users};
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::ApiResult;
use crate::lists::Window;
use diesel::prelude::*;
use serde::Serialize;
use tradepost_contract::events::{Notification, NotificationKind};
use tradepost_contract::people::StaffRole;
use tradepost_contract::programmes::Brand;
use tradepost_contract::users::UserStatus;
use tradepost_contract::{Id, NotificationId, Page, ProgrammeId, SupplierId, Timestamp};

/// Records a message where its addresses are known already, as in a sale, whose market snapshot holds
/// them. Answers as `record` does.
pub fn record_to(
    tx: &mut Tx<'_>,
    kind: NotificationKind,
    dedupe_key: &str,
    programme: ProgrammeId,
    supplier: Option<SupplierId>,
    recipients: &[String],
    facts: &impl Serialize,
) -> ApiResult<bool> {
    let id: NotificationId = tx.new_id();
    let row = (
        dsl::id.eq(id),
        dsl::kind.eq(kind),
        dsl::dedupe_key.eq(format!("{kind}:{dedupe_key}")),
        dsl::programme_id.eq(programme),
        dsl::supplier_id.eq(supplier),
        dsl::recipients.eq(serde_json::to_string(recipients)?),
        dsl::facts.eq(serde_json::to_string(facts)?),
        dsl::due_at.eq(tx.business_now()),
        dsl::created_at.eq(tx.business_now()),
    );
    let insert = diesel::insert_into(dsl::notifications).values(row);
    let written = either!(&mut **tx, conn => insert.on_conflict_do_nothing().kept(|| ()).execute(conn))?;
    Ok(written == 1)
}

/// A supplier's active addresses for one purpose.
pub(super) fn addresses(conn: &mut Conn, supplier: SupplierId, purpose: &str) -> ApiResult<Vec<String>> {
    let addresses = contacts::contact_points
        .filter(contacts::supplier_id.eq(supplier).and(contacts::active.eq(true)))
        .filter(contacts::purpose.eq(purpose).and(contacts::email.is_not_null()))
        .order(contacts::id)
        .select(contacts::email.assume_not_null())
        .kept(|| ());
    Ok(either!(conn, conn => addresses.load(conn))?)
}

/// The addresses of the active members of staff who do some work.
pub(super) fn staff(conn: &mut Conn, role: StaffRole) -> ApiResult<Vec<String>> {
    Ok(users::table
        .inner_join(staff_roles::table.on(staff_roles::user_id.eq(users::id)))
        .filter(users::status.eq(UserStatus::Active).and(staff_roles::role.eq(role)))
        .order(users::id)
        .select(users::email_as_typed)
        .load(conn)?)
}

/// The address of a programme's department (R1).
pub(super) fn department(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Option<String>> {
    let brand: Option<String> = programmes::table
        .find(programme)
        .select(programmes::brand)
        .first(conn)
        .optional()?;
    let brand: Option<Brand> = brand.map(|text| serde_json::from_str(&text)).transpose()?;
    Ok(brand.map(|brand| brand.department.email))
}

/// Whether a message was recorded for the occasion.
pub(crate) fn is_recorded(conn: &mut Conn, kind: NotificationKind, dedupe_key: &str) -> ApiResult<bool> {
    let same = dsl::notifications.filter(dsl::dedupe_key.eq(format!("{kind}:{dedupe_key}")));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(conn)?)
}

/// Which messages to read.
pub(super) struct Filter {
    pub(super) kinds: Vec<NotificationKind>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
}

type Row = (
    NotificationId,
    NotificationKind,
    ProgrammeId,
    Option<SupplierId>,
    String,
    String,
    Timestamp,
);

/// Messages, newest first.
pub(super) fn list(conn: &mut Conn, filter: &Filter, window: Window) -> ApiResult<Page<Notification>> {
    let mut query = dsl::notifications
        .select((
            dsl::id,
            dsl::kind,
            dsl::programme_id,
            dsl::supplier_id,
            dsl::recipients,
            dsl::facts,
            dsl::created_at,
        ))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .limit(window.fetch())
        .into_boxed();
    if let Some((at, id)) = window.after() {
        query = query
            .filter(dsl::created_at.le(at))
            .filter(dsl::created_at.lt(at).or(dsl::id.lt(id)));
    }
    if !filter.kinds.is_empty() {
        query = query.filter(dsl::kind.eq_any(filter.kinds.clone()));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(dsl::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(dsl::supplier_id.eq(supplier));
    }
    let rows = query
        .load::<Row>(conn)?
        .into_iter()
        .map(notification)
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(window.finish(rows, |row| (row.due_at, row.id.as_i64())))
}

fn notification((id, kind, programme_id, supplier_id, recipients, facts, due_at): Row) -> ApiResult<Notification> {
    let (recipients, facts) = (serde_json::from_str(&recipients)?, serde_json::from_str(&facts)?);
    Ok(Notification {
        id,
        kind,
        programme_id,
        supplier_id,
        recipients,
        facts,
        due_at,
    })
}
