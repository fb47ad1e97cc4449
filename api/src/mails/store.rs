//! Rows of mails, and what their words are taken from.

use crate::db::schema::{
    deliveries, lead_people, leads, mails, memberships, notifications, programmes, suppliers, users,
};
use crate::db::{Conn, Keep as _, Tx, Value, either, kept_text};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::ids::ResolvedPolicyId;
use tradepost_contract::mails::{MailAction, MailStatus};
use tradepost_contract::people::SupplierRole;
use tradepost_contract::users::UserStatus;
use tradepost_contract::{
    Currency, DeliveryId, Id, MailId, NotificationId, Page, ProgrammeId, SupplierId, Timestamp, UserId, UserLinkId,
};

/// A row of `mails`, in the order of its columns.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Row {
    pub(super) id: MailId,
    pub(super) notification_id: NotificationId,
    pub(super) kind: NotificationKind,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: Option<SupplierId>,
    pub(super) recipient: String,
    pub(super) access_link_id: Option<UserLinkId>,
    pub(super) status: MailStatus,
    pub(super) edition: i64,
    pub(super) attempts: i64,
    pub(super) next_attempt_at: Option<Timestamp>,
    pub(super) leased_until: Option<Timestamp>,
    pub(super) lease_token: Option<i64>,
    pub(super) problem: Option<String>,
    pub(super) sent_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
}

/// The partial indexes are spelled so; SQLite uses them for nothing else.
const TO_MAIL: &str = "notifications.mailed_at IS NULL";
const TO_SEND: &str = "mails.status IN ('queued', 'sending')";

/// A message without mails.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Unmailed {
    pub(super) id: NotificationId,
    pub(super) kind: NotificationKind,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: Option<SupplierId>,
    pub(super) recipients: String,
    pub(super) facts: String,
    pub(super) created_at: Timestamp,
}

/// The oldest messages that have no mails yet.
pub(super) fn unmailed(conn: &mut Conn, limit: i64) -> ApiResult<Vec<Unmailed>> {
    let open = notifications::table
        .filter(sql::<Bool>(TO_MAIL))
        .order(notifications::id)
        .limit(limit)
        .select((
            notifications::id,
            notifications::kind,
            notifications::programme_id,
            notifications::supplier_id,
            notifications::recipients,
            notifications::facts,
            notifications::created_at,
        ))
        .kept(|| ());
    Ok(either!(conn, conn => open.load(conn))?)
}

/// Says that a message's mails are made; false where somebody was faster.
pub(super) fn take(tx: &mut Tx<'_>, id: NotificationId) -> ApiResult<bool> {
    let values = [Value::Number(tx.wall_now().as_micros()), Value::Number(id.as_i64())];
    let pieces = &[
        "UPDATE notifications SET mailed_at = ",
        " WHERE id = ",
        " AND mailed_at IS NULL",
    ];
    let update = kept_text(pieces, &values, || ());
    let taken = either!(&mut **tx, conn => update.execute(conn))?;
    Ok(taken == 1)
}

/// Makes a mail.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    of: &Unmailed,
    recipient: &str,
    link: Option<UserLinkId>,
    status: MailStatus,
) -> ApiResult<()> {
    let id: MailId = tx.new_id();
    let due = (status == MailStatus::Queued).then(|| tx.wall_now());
    let mail = diesel::insert_into(mails::table)
        .values((
            mails::id.eq(id),
            mails::notification_id.eq(of.id),
            mails::kind.eq(of.kind),
            mails::programme_id.eq(of.programme_id),
            mails::supplier_id.eq(of.supplier_id),
            mails::recipient.eq(recipient),
            mails::access_link_id.eq(link),
            mails::status.eq(status),
            mails::next_attempt_at.eq(due),
            mails::created_at.eq(of.created_at),
        ))
        .kept(|| ());
    either!(&mut **tx, conn => mail.execute(conn))?;
    Ok(())
}

/// Mails that are due, and those whose sender is gone. Where the database is this server's alone, whatever another
/// token holds was left by a server that died.
pub(super) fn due(conn: &mut Conn, now: Timestamp, alone: Option<i64>, limit: i64) -> ApiResult<Vec<MailId>> {
    let mut query = mails::table
        .filter(sql::<Bool>(TO_SEND))
        .order((mails::next_attempt_at, mails::id))
        .limit(limit)
        .select(mails::id)
        .into_boxed();
    let queued = mails::status.eq(MailStatus::Queued).and(mails::next_attempt_at.le(now));
    let sending = mails::status.eq(MailStatus::Sending);
    query = match alone {
        Some(token) => query.filter(
            queued.assume_not_null().or(sending.and(
                mails::leased_until
                    .le(now)
                    .or(mails::lease_token.ne(token))
                    .assume_not_null(),
            )),
        ),
        None => query.filter(
            queued
                .assume_not_null()
                .or(sending.and(mails::leased_until.le(now).assume_not_null())),
        ),
    };
    Ok(query.load(conn)?)
}

/// Claims a mail until an instant, where nobody else has it meanwhile; gives its row.
pub(super) fn claim(tx: &mut Tx<'_>, id: MailId, token: i64, alone: bool, until: Timestamp) -> ApiResult<Option<Row>> {
    let now = tx.wall_now();
    let found: Option<Row> = mails::table.find(id).first(&mut **tx).optional()?;
    let Some(row) = found else {
        return Ok(None);
    };
    let free = match row.status {
        MailStatus::Queued => row.next_attempt_at.is_some_and(|at| at <= now),
        MailStatus::Sending => row.leased_until.is_none_or(|at| at <= now) || (alone && row.lease_token != Some(token)),
        _ => false,
    };
    let Ok(next) = row.status.after(MailAction::Claim) else {
        return Ok(None);
    };
    if !free {
        return Ok(None);
    }
    // The number of tries names the very state that was read, so that of two servers one gets the row.
    let same = mails::table.filter(
        mails::id
            .eq(id)
            .and(mails::status.eq(row.status))
            .and(mails::attempts.eq(row.attempts)),
    );
    Ok(diesel::update(same)
        .set((
            mails::status.eq(next),
            mails::attempts.eq(mails::attempts + 1),
            mails::lease_token.eq(token),
            mails::leased_until.eq(until),
        ))
        .returning(mails::all_columns)
        .get_result(&mut **tx)
        .optional()?)
}

/// What became of a try.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub(super) action: MailAction,
    pub(super) problem: Option<String>,
    pub(super) next_attempt_at: Option<Timestamp>,
}

/// Writes down what became of a try, where the claim is still ours.
pub(super) fn settle(tx: &mut Tx<'_>, row: &Row, settled: &Settled) -> ApiResult<bool> {
    let Ok(next) = row.status.after(settled.action) else {
        return Ok(false);
    };
    let now = tx.wall_now();
    let ours = mails::table.filter(
        mails::id
            .eq(row.id)
            .and(mails::status.eq(row.status))
            .and(mails::attempts.eq(row.attempts))
            .and(mails::lease_token.eq(row.lease_token)),
    );
    let done = diesel::update(ours)
        .set((
            mails::status.eq(next),
            mails::problem.eq(&settled.problem),
            mails::next_attempt_at.eq(settled.next_attempt_at),
            mails::sent_at.eq((next == MailStatus::Sent).then_some(now)),
            mails::lease_token.eq(None::<i64>),
            mails::leased_until.eq(None::<Timestamp>),
        ))
        .execute(&mut **tx)?;
    Ok(done == 1)
}

/// Sends a mail again, as another edition with an id of its own.
pub(super) fn resend(tx: &mut Tx<'_>, row: &Row, next: MailStatus) -> ApiResult<bool> {
    let now = tx.wall_now();
    let same = mails::table.filter(mails::id.eq(row.id).and(mails::status.eq(row.status)));
    let done = diesel::update(same)
        .set((
            mails::status.eq(next),
            mails::edition.eq(mails::edition + 1),
            mails::attempts.eq(0),
            mails::problem.eq(None::<String>),
            mails::sent_at.eq(None::<Timestamp>),
            mails::next_attempt_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(done == 1)
}

/// Which mails a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) kinds: Option<Vec<NotificationKind>>,
    pub(super) statuses: Option<Vec<MailStatus>>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) recipient: Option<String>,
}

/// A mail with the names of its programme and supplier.
pub(super) type Named = (Row, String, Option<String>);

/// A page of mails, newest first.
pub(super) fn list(conn: &mut Conn, filter: Filter, window: &Window) -> ApiResult<Page<Named>> {
    let mut query = mails::table
        .inner_join(programmes::table)
        .left_join(suppliers::table)
        .select((mails::all_columns, programmes::name, suppliers::name.nullable()))
        .into_boxed();
    if let Some(kinds) = filter.kinds {
        query = query.filter(mails::kind.eq_any(kinds));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(mails::status.eq_any(statuses));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(mails::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(mails::supplier_id.eq(supplier));
    }
    if let Some(recipient) = filter.recipient {
        query = query.filter(mails::recipient.eq(recipient));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(mails::created_at.le(at))
            .filter(mails::created_at.lt(at).or(mails::id.lt(MailId::from_i64(id))));
    }
    let rows: Vec<Named> = query
        .order((mails::created_at.desc(), mails::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    Ok(window.finish(rows, |(row, ..)| (row.created_at, row.id.as_i64())))
}

/// One mail.
pub(super) fn get(conn: &mut Conn, id: MailId) -> ApiResult<Named> {
    mails::table
        .inner_join(programmes::table)
        .left_join(suppliers::table)
        .filter(mails::id.eq(id))
        .select((mails::all_columns, programmes::name, suppliers::name.nullable()))
        .first(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)
}

/// What was recorded of the occasion.
pub(super) fn facts(conn: &mut Conn, id: NotificationId) -> ApiResult<serde_json::Value> {
    let facts: String = notifications::table.find(id).select(notifications::facts).first(conn)?;
    Ok(serde_json::from_str(&facts)?)
}

/// In whose name a mail goes out.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Sender {
    pub(super) name: String,
    pub(super) brand: String,
    pub(super) time_zone: String,
    pub(super) currency: Currency,
}

pub(super) fn sender(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<Sender> {
    Ok(programmes::table
        .find(programme)
        .select((
            programmes::name,
            programmes::brand,
            programmes::time_zone,
            programmes::currency,
        ))
        .first(conn)?)
}

/// A supplier's name and who looks after it.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) manager: Option<UserId>,
}

pub(super) fn account(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<Account>> {
    Ok(suppliers::table
        .find(supplier)
        .select((suppliers::name, suppliers::account_manager_id))
        .first(conn)
        .optional()?)
}

/// The name, address and number of an account manager who may still sign in.
pub(super) fn manager(conn: &mut Conn, id: UserId) -> ApiResult<Option<(String, String, Option<String>)>> {
    Ok(users::table
        .filter(users::id.eq(id).and(users::status.eq(UserStatus::Active)))
        .select((users::name, users::email_as_typed, users::phone))
        .first(conn)
        .optional()?)
}

/// What a mail says of a lead.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Lead {
    pub(super) policy: ResolvedPolicyId,
    pub(super) city: Option<String>,
    pub(super) region: Option<String>,
    pub(super) postcode: Option<String>,
    pub(super) name: Option<String>,
    pub(super) company: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) supplier: SupplierId,
    pub(super) delivered_at: Timestamp,
}

pub(super) fn lead(conn: &mut Conn, delivery: DeliveryId) -> ApiResult<Option<Lead>> {
    Ok(deliveries::table
        .inner_join(leads::table)
        .left_join(lead_people::table.on(lead_people::lead_id.eq(deliveries::lead_id)))
        .filter(deliveries::id.eq(delivery))
        .select((
            deliveries::resolved_policy_id,
            leads::city,
            leads::region,
            leads::postcode,
            lead_people::name.nullable(),
            lead_people::company.nullable(),
            lead_people::email.nullable(),
            lead_people::phone.nullable(),
            deliveries::supplier_id,
            deliveries::delivered_at,
        ))
        .first(conn)
        .optional()?)
}

/// The owner with this e-mail, where they have to choose a password first.
pub(super) fn owner_without_password(conn: &mut Conn, supplier: SupplierId, email: &str) -> ApiResult<Option<UserId>> {
    Ok(users::table
        .inner_join(memberships::table.on(memberships::user_id.eq(users::id)))
        .filter(users::email.eq(email.to_lowercase()))
        .filter(users::password_hash.is_null().and(users::status.eq(UserStatus::Active)))
        .filter(
            memberships::supplier_id
                .eq(supplier)
                .and(memberships::role.eq(SupplierRole::Owner)),
        )
        .select(users::id)
        .first(conn)
        .optional()?)
}
