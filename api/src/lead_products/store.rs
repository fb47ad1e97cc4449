//! Rows of lead products.

use crate::auth::Scope;
use crate::db::schema::{lead_products, programmes};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::{Window, alphabetical, in_order, in_order_of_name, name_sort_key};
use crate::programmes::{Visible, visible_programmes};
use diesel::prelude::*;
use tradepost_contract::lead_products::{Exclusivity, LeadProduct, ProductStatus, ProductTiming};
use tradepost_contract::{Currency, Id, LeadProductId, Money, NameSort, Page, ProblemCode, ProgrammeId, Timestamp};

type Row = (
    LeadProductId,
    ProgrammeId,
    String,
    String,
    String,
    Exclusivity,
    i32,
    ProductTiming,
    i64,
    Currency,
    Option<String>,
    String,
    ProductStatus,
    i64,
    Timestamp,
    Timestamp,
);

fn product(row: Row) -> ApiResult<LeadProduct> {
    let (
        id,
        programme_id,
        code,
        name,
        category,
        exclusivity,
        max_buyers,
        timing,
        price_minor,
        currency,
        eta_text,
        policy_override,
        status,
        version,
        created_at,
        updated_at,
    ) = row;
    Ok(LeadProduct {
        id,
        programme_id,
        code,
        name,
        category,
        exclusivity,
        max_buyers: max_buyers.unsigned_abs(),
        timing,
        price: Money::new(price_minor, currency),
        eta_text,
        policy_override: Some(serde_json::from_str(&policy_override)?),
        status,
        version,
        created_at,
        updated_at,
    })
}

pub(super) fn get(conn: &mut Conn, scope: &Scope, id: LeadProductId) -> ApiResult<LeadProduct> {
    let row = lead_products::table
        .filter(lead_products::id.eq(id))
        .select(lead_products::all_columns)
        .first::<Row>(conn)
        .optional()?;
    let product = product(row.ok_or_else(ApiError::not_found)?)?;
    if visible_programmes(conn, scope)?.includes(product.programme_id) {
        Ok(product)
    } else {
        Err(ApiError::not_found())
    }
}

/// Which products to list.
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) category: Option<String>,
    pub(super) code: Option<String>,
    pub(super) statuses: Option<Vec<ProductStatus>>,
}

pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    sort: NameSort,
    window: &Window,
) -> ApiResult<Page<LeadProduct>> {
    let mut query = lead_products::table
        .limit(window.fetch())
        .select(lead_products::all_columns)
        .into_boxed();
    if let Visible::Only(ids) = visible_programmes(conn, scope)? {
        query = query.filter(lead_products::programme_id.eq_any(ids));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(lead_products::programme_id.eq(programme));
    }
    if let Some(category) = &filter.category {
        query = query.filter(lead_products::category.eq(category.clone()));
    }
    if let Some(code) = &filter.code {
        query = query.filter(lead_products::code.eq(code.clone()));
    }
    if let Some(statuses) = &filter.statuses {
        query = query.filter(lead_products::status.eq_any(statuses.clone()));
    }
    let name = || alphabetical(conn, "lead_products.name");
    let query = in_order_of_name!(
        query,
        window,
        sort,
        lead_products::created_at,
        name(),
        lead_products::id
    );
    let rows = query.load::<Row>(conn)?;
    let rows = rows.into_iter().map(product).collect::<ApiResult<_>>()?;
    Ok(window.finish(rows, |product: &LeadProduct| {
        let key = name_sort_key(sort, &product.name, product.created_at);
        (key, product.id.as_i64())
    }))
}

/// The currency of a programme that the body names, or the refusal of an unknown id.
pub(super) fn programme_currency(conn: &mut Conn, scope: &Scope, programme: ProgrammeId) -> ApiResult<Currency> {
    let seen = visible_programmes(conn, scope)?.includes(programme);
    let found = programmes::table
        .filter(programmes::id.eq(programme))
        .select(programmes::currency)
        .first(conn)
        .optional()?
        .filter(|_| seen);
    found.ok_or_else(|| ApiError::unknown_id("/programme_id"))
}

pub(super) fn insert(tx: &mut Tx<'_>, new: &LeadProduct) -> ApiResult<()> {
    diesel::insert_into(lead_products::table)
        .values((
            lead_products::id.eq(new.id),
            lead_products::programme_id.eq(new.programme_id),
            lead_products::code.eq(&new.code),
            lead_products::name.eq(&new.name),
            lead_products::category.eq(&new.category),
            lead_products::exclusivity.eq(new.exclusivity),
            lead_products::max_buyers.eq(new.max_buyers as i32),
            lead_products::timing.eq(new.timing),
            lead_products::price_minor.eq(new.price.minor),
            lead_products::currency.eq(new.price.currency),
            lead_products::eta_text.eq(&new.eta_text),
            lead_products::policy_override.eq(override_text(new)),
            lead_products::status.eq(new.status),
            lead_products::version.eq(new.version),
            lead_products::created_at.eq(new.created_at),
            lead_products::updated_at.eq(new.updated_at),
        ))
        .execute(&mut **tx)
        .map_err(|cause| {
            if is_unique_violation(&cause) {
                let message = "Another product of the programme has this short name.";
                ApiError::new(ProblemCode::Duplicate).field("/code", "taken", message)
            } else {
                cause.into()
            }
        })?;
    Ok(())
}

/// Saves what may change, unless somebody changed the row meanwhile.
pub(super) fn update(tx: &mut Tx<'_>, changed: &LeadProduct) -> ApiResult<()> {
    let now = tx.wall_now();
    let rows = diesel::update(lead_products::table)
        .filter(lead_products::id.eq(changed.id))
        .filter(lead_products::version.eq(changed.version))
        .set((
            lead_products::name.eq(&changed.name),
            lead_products::max_buyers.eq(changed.max_buyers as i32),
            lead_products::price_minor.eq(changed.price.minor),
            lead_products::eta_text.eq(&changed.eta_text),
            lead_products::policy_override.eq(override_text(changed)),
            lead_products::status.eq(changed.status),
            lead_products::version.eq(changed.version + 1),
            lead_products::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    if rows == 1 {
        Ok(())
    } else {
        Err(ApiError::new(ProblemCode::Stale))
    }
}

fn override_text(product: &LeadProduct) -> String {
    product
        .policy_override
        .as_ref()
        .map_or_else(|| "{}".to_owned(), ToString::to_string)
}
