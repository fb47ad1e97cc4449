//! Rows of suppliers, and of the programme and people they are shown with.

use crate::auth::{Caller, Scope};
use crate::db::schema::{lead_products, memberships, programmes, staff_roles, suppliers, users};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::{Window, alphabetical, in_order, in_order_of_name};
use crate::wallets;
use diesel::prelude::*;
use std::collections::HashMap;
use tradepost_contract::auth::{HelpContact, HelpContactKind};
use tradepost_contract::programmes::{Brand, ProgrammeStatus};
use tradepost_contract::suppliers::{Supplier, SupplierStatus};
use tradepost_contract::{Currency, LeadProductId, NameSort, ProgrammeId, SupplierId, Timestamp, UserId};

diesel::define_sql_function! {
    /// Letters made small: SQLite compares ASCII without case by itself, PostgreSQL does not.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// What a supplier takes from its programme.
#[derive(Debug, Clone)]
pub(crate) struct ProgrammeFacts {
    pub(crate) status: ProgrammeStatus,
    pub(crate) time_zone: String,
    pub(crate) currency: Currency,
    pub(crate) country: String,
    pub(crate) brand: String,
}

/// What the rules around an account need to know of it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: SupplierId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) status: SupplierStatus,
    pub(crate) activated_at: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) programme: ProgrammeFacts,
    account_manager_id: Option<UserId>,
}

/// The programme of this id.
pub(crate) fn programme(conn: &mut Conn, id: ProgrammeId) -> ApiResult<Option<ProgrammeFacts>> {
    let row = programmes::table
        .find(id)
        .select((
            programmes::status,
            programmes::time_zone,
            programmes::currency,
            programmes::country,
            programmes::brand,
        ))
        .first::<(ProgrammeStatus, String, Currency, String, String)>(conn)
        .optional()?;
    Ok(row.map(|(status, time_zone, currency, country, brand)| ProgrammeFacts {
        status,
        time_zone,
        currency,
        country,
        brand,
    }))
}

/// The account, where the caller may see it.
pub(crate) fn account(conn: &mut Conn, scope: &Scope, id: SupplierId) -> ApiResult<Account> {
    let row = suppliers::table
        .find(id)
        .select((
            suppliers::programme_id,
            suppliers::status,
            suppliers::activated_at,
            suppliers::version,
            suppliers::account_manager_id,
        ))
        .first::<(ProgrammeId, SupplierStatus, Option<Timestamp>, i64, Option<UserId>)>(conn)
        .optional()?;
    let (programme_id, status, activated_at, version, account_manager_id) = row
        .filter(|(programme, ..)| scope.allows_supplier(id) && scope.allows_programme(*programme))
        .ok_or_else(ApiError::not_found)?;
    let programme = programme(conn, programme_id)?.ok_or_else(ApiError::not_found)?;
    Ok(Account {
        id,
        programme_id,
        status,
        activated_at,
        version,
        programme,
        account_manager_id,
    })
}

/// The account, kept as it is until this transaction ends: whoever else changes it waits.
pub(crate) fn hold(tx: &mut Tx<'_>, scope: &Scope, id: SupplierId) -> ApiResult<Account> {
    if !scope.allows_supplier(id) {
        return Err(ApiError::not_found());
    }
    diesel::update(suppliers::table.find(id))
        .set(suppliers::version.eq(suppliers::version))
        .execute(&mut **tx)?;
    account(tx, scope, id)
}

/// Who looks after the account (R1).
pub(crate) fn contact_of(conn: &mut Conn, account: &Account) -> ApiResult<HelpContact> {
    let managers = managers(conn, account.account_manager_id.into_iter().collect())?;
    let manager = account.account_manager_id.and_then(|id| managers.get(&id));
    match manager {
        Some(manager) => Ok(manager.clone()),
        None => department(&account.programme.brand),
    }
}

/// The person who looks after an account, if there is one who is still there.
pub(crate) fn manager_of(conn: &mut Conn, account: &Account) -> ApiResult<Option<UserId>> {
    let managers = managers(conn, account.account_manager_id.into_iter().collect())?;
    Ok(account.account_manager_id.filter(|id| managers.contains_key(id)))
}

/// Who looks after each of these accounts.
pub(crate) fn contacts_of(conn: &mut Conn, ids: &[SupplierId]) -> ApiResult<HashMap<SupplierId, HelpContact>> {
    let rows = suppliers::table
        .inner_join(programmes::table)
        .filter(suppliers::id.eq_any(ids.to_vec()))
        .select((suppliers::id, suppliers::account_manager_id, programmes::brand))
        .load::<(SupplierId, Option<UserId>, String)>(conn)?;
    let managers = managers(conn, rows.iter().filter_map(|(_, manager, _)| *manager).collect())?;
    rows.into_iter()
        .map(|(id, manager, brand)| {
            let contact = match manager.and_then(|manager| managers.get(&manager)) {
                Some(contact) => contact.clone(),
                None => department(&brand)?,
            };
            Ok((id, contact))
        })
        .collect()
}

/// An account manager who has left is no help: the department is.
fn managers(conn: &mut Conn, ids: Vec<UserId>) -> ApiResult<HashMap<UserId, HelpContact>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = users::table
        .filter(users::id.eq_any(ids).and(users::status.eq("active")))
        .select((users::id, users::name, users::email_as_typed, users::phone))
        .load::<(UserId, String, String, Option<String>)>(conn)?;
    let contacts = rows.into_iter().map(|(id, name, email, phone)| {
        let contact = HelpContact {
            kind: HelpContactKind::AccountManager,
            name,
            email: Some(email),
            phone,
        };
        (id, contact)
    });
    Ok(contacts.collect())
}

fn department(brand: &str) -> ApiResult<HelpContact> {
    let department = serde_json::from_str::<Brand>(brand)?.department;
    Ok(HelpContact {
        kind: HelpContactKind::Department,
        name: department.name,
        email: Some(department.email),
        phone: Some(department.phone),
    })
}

/// Whether the product belongs to the programme.
pub(super) fn sells(conn: &mut Conn, programme: ProgrammeId, product: LeadProductId) -> ApiResult<bool> {
    let found = lead_products::table
        .find(product)
        .select(lead_products::programme_id)
        .first::<ProgrammeId>(conn)
        .optional()?;
    Ok(found == Some(programme))
}

/// Whether this is an active member of staff.
pub(super) fn is_staff(conn: &mut Conn, id: UserId) -> ApiResult<bool> {
    let found = users::table
        .inner_join(staff_roles::table.on(staff_roles::user_id.eq(users::id)))
        .filter(users::id.eq(id))
        .filter(users::audience.eq("staff").and(users::status.eq("active")))
        .select(users::id)
        .first::<UserId>(conn)
        .optional()?;
    Ok(found.is_some())
}

/// The sign-in addresses of the account's owners.
pub(super) fn owners(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<String>> {
    Ok(memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::supplier_id.eq(supplier).and(memberships::role.eq("owner")))
        .filter(users::status.eq("active"))
        .order(users::id)
        .select(users::email_as_typed)
        .load(conn)?)
}

/// A supplier's row, as it stands.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = suppliers)]
pub(super) struct Row {
    pub(super) id: SupplierId,
    pub(super) programme_id: ProgrammeId,
    pub(super) external_id: Option<String>,
    pub(super) name: String,
    pub(super) legal_name: String,
    pub(super) country: String,
    pub(super) address: String,
    pub(super) tax_id: Option<String>,
    pub(super) time_zone: String,
    pub(super) account_manager_id: Option<UserId>,
    pub(super) status: SupplierStatus,
    pub(super) status_reason: Option<String>,
    pub(super) policy_override: String,
    pub(super) activated_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// Which suppliers.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) statuses: Vec<SupplierStatus>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) account_manager: Option<UserId>,
    pub(super) external_id: Option<String>,
    pub(super) text: Option<String>,
}

/// A page of suppliers.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    sort: NameSort,
    window: &Window,
) -> ApiResult<Vec<Row>> {
    let mut query = suppliers::table.limit(window.fetch()).into_boxed();
    if let Some(own) = scope.supplier() {
        query = query.filter(suppliers::id.eq(own));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(suppliers::programme_id.eq(programme));
    }
    if !filter.statuses.is_empty() {
        query = query.filter(suppliers::status.eq_any(filter.statuses));
    }
    if let Some(manager) = filter.account_manager {
        query = query.filter(suppliers::account_manager_id.eq(manager));
    }
    if let Some(external) = filter.external_id {
        query = query.filter(suppliers::external_id.eq(external));
    }
    if let Some(text) = filter.text {
        let text = text
            .to_lowercase()
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        query = query.filter(lower(suppliers::name).like(format!("%{text}%")).escape('\\'));
    }
    let name = || alphabetical(conn, "suppliers.name");
    let query = in_order_of_name!(query, window, sort, suppliers::created_at, name(), suppliers::id);
    Ok(query.load(conn)?)
}

/// One supplier, where the caller may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: SupplierId) -> ApiResult<Row> {
    let row = suppliers::table.find(id).first::<Row>(conn).optional()?;
    row.filter(|row| scope.allows_supplier(id) && scope.allows_programme(row.programme_id))
        .ok_or_else(ApiError::not_found)
}

/// Rows as the caller sees them: what is between staff is left out for everybody else.
pub(super) fn shown(conn: &mut Conn, caller: &Caller, rows: Vec<Row>) -> ApiResult<Vec<Supplier>> {
    let managers = managers(conn, rows.iter().filter_map(|row| row.account_manager_id).collect())?;
    let mut brands: HashMap<ProgrammeId, HelpContact> = HashMap::new();
    let ids: Vec<ProgrammeId> = rows.iter().map(|row| row.programme_id).collect();
    let found = programmes::table
        .filter(programmes::id.eq_any(ids))
        .select((programmes::id, programmes::brand))
        .load::<(ProgrammeId, String)>(conn)?;
    for (id, brand) in found {
        brands.insert(id, department(&brand)?);
    }
    let ids: Vec<SupplierId> = rows.iter().map(|row| row.id).collect();
    let wallets = wallets::statuses(conn, &ids)?;
    let staff = caller.is_staff();
    rows.into_iter()
        .map(|row| {
            let manager = row.account_manager_id.and_then(|id| managers.get(&id));
            let contact = manager.or_else(|| brands.get(&row.programme_id)).cloned();
            let contact = contact.ok_or_else(|| ApiError::internal("a supplier without a programme"))?;
            let policy_override = serde_json::from_str(&row.policy_override)?;
            Ok(Supplier {
                id: row.id,
                programme_id: row.programme_id,
                external_id: row.external_id,
                name: row.name,
                legal_name: row.legal_name,
                country: row.country,
                address: row.address,
                tax_id: row.tax_id,
                time_zone: row.time_zone,
                status: row.status,
                status_reason: row.status_reason.filter(|_| staff),
                allowed_actions: if staff {
                    row.status.allowed_actions()
                } else {
                    Vec::new()
                },
                account_manager_id: row.account_manager_id,
                contact,
                policy_override: staff.then_some(policy_override),
                wallet: wallets.get(&row.id).copied(),
                activated_at: row.activated_at,
                version: row.version,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

/// One supplier as the caller sees it.
pub(crate) fn get(conn: &mut Conn, caller: &Caller, id: SupplierId) -> ApiResult<Supplier> {
    let row = find(conn, &caller.scope(), id)?;
    shown(conn, caller, vec![row])?.pop().ok_or_else(ApiError::not_found)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    diesel::insert_into(suppliers::table)
        .values(row.clone())
        .execute(&mut **tx)
}

/// Writes everything that can be edited; zero rows when somebody else did so meanwhile.
pub(super) fn update(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    let now = tx.business_now();
    diesel::update(suppliers::table.find(row.id).filter(suppliers::version.eq(row.version)))
        .set((
            suppliers::external_id.eq(row.external_id.clone()),
            suppliers::name.eq(row.name.clone()),
            suppliers::legal_name.eq(row.legal_name.clone()),
            suppliers::country.eq(row.country.clone()),
            suppliers::address.eq(row.address.clone()),
            suppliers::tax_id.eq(row.tax_id.clone()),
            suppliers::time_zone.eq(row.time_zone.clone()),
            suppliers::account_manager_id.eq(row.account_manager_id),
            suppliers::policy_override.eq(row.policy_override.clone()),
            suppliers::version.eq(suppliers::version + 1),
            suppliers::updated_at.eq(now),
        ))
        .execute(&mut **tx)
}

/// Changes the standing; zero rows when it is no longer what was decided upon.
pub(super) fn set_status(
    tx: &mut Tx<'_>,
    account: &Account,
    to: SupplierStatus,
    reason: Option<&str>,
    activated_at: Option<Timestamp>,
) -> QueryResult<usize> {
    let now = tx.business_now();
    let guarded = suppliers::table
        .find(account.id)
        .filter(suppliers::status.eq(account.status));
    diesel::update(guarded)
        .set((
            suppliers::status.eq(to),
            suppliers::status_reason.eq(reason),
            suppliers::activated_at.eq(activated_at),
            suppliers::version.eq(suppliers::version + 1),
            suppliers::updated_at.eq(now),
        ))
        .execute(&mut **tx)
}
