//! The queries of the search: each answers from an index or a short prefix scan.

use crate::db::Conn;
use crate::db::schema::{
    businesses, credit_notes, deliveries, invoices, lead_people, leads, orders, return_requests, suppliers, users,
};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::search::{Found, FoundKind};
use tradepost_contract::{
    BusinessId, CreditNoteId, DeliveryId, Id, InvoiceId, LeadId, OrderId, ReturnRequestId, SupplierId, UserId,
};

diesel::define_sql_function! {
    /// Letters made small: SQLite compares ASCII without case by itself, PostgreSQL does not.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Matches of one kind that are shown at most.
const MOST: i64 = 10;

/// What the caller may see.
pub(super) struct Sees {
    pub(super) leads: bool,
    pub(super) invoices: bool,
    pub(super) users: bool,
}

/// Everything that matches, exact matches first.
pub(super) fn search(conn: &mut Conn, text: &str, sees: &Sees) -> ApiResult<Vec<Found>> {
    let by_id = by_id(conn, text, sees)?;
    if !by_id.is_empty() {
        return Ok(by_id);
    }
    let mut found = Vec::new();
    if sees.invoices {
        found.extend(by_number(conn, text)?);
    }
    if sees.leads {
        found.extend(leads_of_person(conn, text)?);
    }
    if sees.users {
        found.extend(people(conn, text)?);
    }
    found.extend(suppliers_by_name(conn, text)?);
    found.extend(businesses_by_name(conn, text)?);
    Ok(found)
}

fn found(kind: FoundKind, id: impl Id, title: String, subtitle: Option<String>) -> Found {
    Found {
        kind,
        id: id.to_string(),
        title,
        subtitle,
        belongs_to: None,
    }
}

/// The same with the supplier or lead on whose page it is shown.
fn belonging(to: impl Id, found: Found) -> Found {
    Found {
        belongs_to: Some(to.to_string()),
        ..found
    }
}

fn by_id(conn: &mut Conn, text: &str, sees: &Sees) -> ApiResult<Vec<Found>> {
    let mut hits = Vec::new();
    if let Ok(id) = text.parse::<SupplierId>() {
        let name = suppliers::table
            .find(id)
            .select(suppliers::name)
            .first::<String>(conn)
            .optional()?;
        hits.extend(name.map(|name| found(FoundKind::Supplier, id, name, None)));
    } else if let Ok(id) = text.parse::<BusinessId>() {
        let row = businesses::table
            .find(id)
            .select((businesses::supplier_id, businesses::name))
            .first::<(SupplierId, String)>(conn)
            .optional()?;
        hits.extend(row.map(|(supplier, name)| belonging(supplier, found(FoundKind::Business, id, name, None))));
    } else if let (true, Ok(id)) = (sees.leads, text.parse::<LeadId>()) {
        let status = leads::table
            .find(id)
            .select(leads::status)
            .first::<String>(conn)
            .optional()?;
        hits.extend(status.map(|status| found(FoundKind::Lead, id, id.to_string(), Some(status))));
    } else if let Ok(id) = text.parse::<DeliveryId>() {
        let row = deliveries::table
            .find(id)
            .select((deliveries::lead_id, deliveries::billing_state))
            .first::<(LeadId, String)>(conn)
            .optional()?;
        hits.extend(
            row.map(|(lead, state)| belonging(lead, found(FoundKind::Delivery, id, id.to_string(), Some(state)))),
        );
    } else if let Ok(id) = text.parse::<OrderId>() {
        let status = orders::table
            .find(id)
            .select(orders::status)
            .first::<String>(conn)
            .optional()?;
        hits.extend(status.map(|status| found(FoundKind::Order, id, id.to_string(), Some(status))));
    } else if let Ok(id) = text.parse::<ReturnRequestId>() {
        let query = return_requests::table.find(id).select(return_requests::status);
        let status = query.first::<String>(conn).optional()?;
        hits.extend(status.map(|status| found(FoundKind::ReturnRequest, id, id.to_string(), Some(status))));
    } else if let (true, Ok(id)) = (sees.users, text.parse::<UserId>()) {
        let name = users::table
            .find(id)
            .select(users::name)
            .first::<String>(conn)
            .optional()?;
        hits.extend(name.map(|name| found(FoundKind::User, id, name, None)));
    } else if let (true, Ok(id)) = (sees.invoices, text.parse::<InvoiceId>()) {
        let query = invoices::table.find(id).select((invoices::number, invoices::status));
        let row = query.first::<(Option<String>, String)>(conn).optional()?;
        hits.extend(row.map(|(number, status)| {
            found(
                FoundKind::Invoice,
                id,
                number.unwrap_or_else(|| id.to_string()),
                Some(status),
            )
        }));
    } else if let (true, Ok(id)) = (sees.invoices, text.parse::<CreditNoteId>()) {
        let number = credit_notes::table
            .find(id)
            .select(credit_notes::number)
            .first::<String>(conn)
            .optional()?;
        hits.extend(number.map(|number| found(FoundKind::CreditNote, id, number, None)));
    }
    Ok(hits)
}

fn by_number(conn: &mut Conn, text: &str) -> ApiResult<Vec<Found>> {
    let number = text.to_uppercase();
    let invoice = invoices::table
        .filter(invoices::number.eq(&number))
        .select((invoices::id, invoices::status))
        .first::<(InvoiceId, String)>(conn)
        .optional()?;
    let credit_note = credit_notes::table
        .filter(credit_notes::number.eq(&number))
        .select(credit_notes::id)
        .first::<CreditNoteId>(conn)
        .optional()?;
    let mut hits = Vec::new();
    hits.extend(invoice.map(|(id, status)| found(FoundKind::Invoice, id, number.clone(), Some(status))));
    hits.extend(credit_note.map(|id| found(FoundKind::CreditNote, id, number, None)));
    Ok(hits)
}

/// A number as people write it, as E.164 stores it: without the punctuation between digits.
fn digits(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let phone_like = text.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    (phone_like && kept.len() >= 5).then_some(kept)
}

fn leads_of_person(conn: &mut Conn, text: &str) -> ApiResult<Vec<Found>> {
    let mut query = lead_people::table
        .select((
            lead_people::lead_id,
            lead_people::name,
            lead_people::email,
            lead_people::phone,
        ))
        .order(lead_people::lead_id.desc())
        .limit(MOST)
        .into_boxed();
    query = if text.contains('@') {
        query.filter(lead_people::email.eq(text.to_lowercase()))
    } else if let Some(digits) = digits(text) {
        let ends = format!("%{}", digits.trim_start_matches(['+', '0']));
        query.filter(lead_people::phone.like(ends))
    } else {
        query.filter(
            lower(lead_people::name.assume_not_null())
                .like(starts_with(text))
                .escape('\\'),
        )
    };
    let rows = query.load::<(LeadId, Option<String>, Option<String>, Option<String>)>(conn)?;
    let line = |(id, name, email, phone): (LeadId, Option<String>, Option<String>, Option<String>)| {
        let title = name.unwrap_or_else(|| id.to_string());
        found(FoundKind::Lead, id, title, email.or(phone))
    };
    Ok(rows.into_iter().map(line).collect())
}

fn people(conn: &mut Conn, text: &str) -> ApiResult<Vec<Found>> {
    let mut query = users::table
        .select((users::id, users::name, users::email))
        .order(users::id)
        .limit(MOST)
        .into_boxed();
    query = if text.contains('@') {
        query.filter(users::email.eq(text.to_lowercase()))
    } else {
        query.filter(lower(users::name).like(starts_with(text)).escape('\\'))
    };
    let rows = query.load::<(UserId, String, String)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, email)| found(FoundKind::User, id, name, Some(email)))
        .collect())
}

fn suppliers_by_name(conn: &mut Conn, text: &str) -> ApiResult<Vec<Found>> {
    let rows = suppliers::table
        .filter(lower(suppliers::name).like(starts_with(text)).escape('\\'))
        .select((suppliers::id, suppliers::name, suppliers::status))
        .order(suppliers::name)
        .limit(MOST)
        .load::<(SupplierId, String, String)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, status)| found(FoundKind::Supplier, id, name, Some(status)))
        .collect())
}

fn businesses_by_name(conn: &mut Conn, text: &str) -> ApiResult<Vec<Found>> {
    let rows = businesses::table
        .inner_join(suppliers::table)
        .filter(lower(businesses::name).like(starts_with(text)).escape('\\'))
        .select((businesses::id, businesses::name, suppliers::id, suppliers::name))
        .order(businesses::name)
        .limit(MOST)
        .load::<(BusinessId, String, SupplierId, String)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, of, supplier)| belonging(of, found(FoundKind::Business, id, name, Some(supplier))))
        .collect())
}

/// A LIKE pattern for names that begin with the text, whose own wildcards are only letters.
fn starts_with(text: &str) -> String {
    let escaped = text
        .to_lowercase()
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("{escaped}%")
}
