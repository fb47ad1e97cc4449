//! The postings of a supplier's receivables, with what caused them.

use super::rules::{balance, kind_of};
use crate::auth::Scope;
use crate::calendar::Zone;
use crate::db::Conn;
use crate::db::schema::{
    credit_notes, invoices, ledger_accounts, legal_entities, payment_attempts, payments, programmes, suppliers,
};
use crate::error::{ApiError, ApiResult};
use crate::lists::invalid_parameter;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use std::collections::{HashMap, HashSet};
use tradepost_contract::statements::{Statement, StatementAccount, StatementEntry, StatementEntryKind};
use tradepost_contract::{
    CreditNoteId, Currency, InvoiceId, LegalEntityId, LocalDate, Money, PaymentAttemptId, PaymentId, ProgrammeId,
    SupplierId, Timestamp,
};

/// The longest statement.
const MOST_ENTRIES: i64 = 10_000;

/// Which days; without them this month so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    pub(super) from: Option<LocalDate>,
    pub(super) to: Option<LocalDate>,
    pub(super) now: Timestamp,
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    minor: i64,
}

#[derive(QueryableByName)]
struct Posting {
    #[diesel(sql_type = BigInt)]
    posted_at: Timestamp,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    memo: String,
    #[diesel(sql_type = BigInt)]
    minor: i64,
}

pub(super) fn read(conn: &mut Conn, scope: &Scope, supplier: SupplierId, days: Days) -> ApiResult<Statement> {
    type Row = (String, ProgrammeId, String, Currency, LegalEntityId, String);
    let mut query = suppliers::table
        .inner_join(programmes::table.on(suppliers::programme_id.eq(programmes::id)))
        .inner_join(legal_entities::table.on(programmes::legal_entity_id.eq(legal_entities::id)))
        .filter(suppliers::id.eq(supplier))
        .into_boxed();
    if let Some(programme) = scope.programme() {
        query = query.filter(suppliers::programme_id.eq(programme));
    }
    let found: Option<Row> = query
        .select((
            suppliers::name,
            suppliers::programme_id,
            programmes::time_zone,
            programmes::currency,
            legal_entities::id,
            legal_entities::name,
        ))
        .first(conn)
        .optional()?;
    // Like an invoice, a statement is the whole account's.
    let seen = scope.allows_supplier(supplier) && scope.businesses().is_none();
    let (supplier_name, programme_id, time_zone, currency, entity, entity_name) =
        found.filter(|_| seen).ok_or_else(ApiError::not_found)?;
    let zone = Zone::parse(&time_zone).map_err(ApiError::internal)?;
    let to = days.to.unwrap_or_else(|| zone.date_of(days.now));
    let from = days.from.unwrap_or_else(|| crate::calendar::month_start(to));
    if from > to {
        return Err(invalid_parameter("to", "the last day comes before the first"));
    }
    let (starts_at, ends_at) = (zone.start_of(from), zone.start_of(to.plus_days(1)));

    // What a supplier owes and what it has in its wallet are one balance: what moves between the two is no entry.
    let mut known: Vec<(LegalEntityId, String, Currency)> = ledger_accounts::table
        .inner_join(legal_entities::table.on(ledger_accounts::legal_entity_id.eq(legal_entities::id)))
        .filter(
            ledger_accounts::kind
                .eq_any(["receivable", "wallet", "drawn"])
                .and(ledger_accounts::supplier_id.eq(supplier)),
        )
        .order(ledger_accounts::id)
        .select((
            ledger_accounts::legal_entity_id,
            legal_entities::name,
            ledger_accounts::currency,
        ))
        .load(conn)?;
    let mut seen = HashSet::new();
    known.retain(|(entity, _, currency)| seen.insert((*entity, *currency)));
    let mut accounts = Vec::with_capacity(known.len().max(1));
    for (entity, entity_name, currency) in &known {
        let of = (*entity, supplier, *currency);
        let opening = opening(conn, of, starts_at)?;
        let mut account = empty(*entity, entity_name.clone(), *currency, opening);
        account.entries = entries(conn, of, &zone, (starts_at, ends_at))?;
        balance(&mut account)?;
        accounts.push(account);
    }
    if accounts.is_empty() {
        accounts.push(empty(entity, entity_name, currency, 0));
    }
    Ok(Statement {
        supplier_id: supplier,
        supplier_name,
        programme_id,
        time_zone,
        from,
        to,
        accounts,
    })
}

fn empty(
    legal_entity_id: LegalEntityId,
    legal_entity_name: String,
    currency: Currency,
    opening: i64,
) -> StatementAccount {
    let zero = Money::zero(currency);
    let opening = Money::new(opening, currency);
    StatementAccount {
        legal_entity_id,
        legal_entity_name,
        currency,
        opening,
        invoiced: zero,
        paid: zero,
        credited: zero,
        refunded: zero,
        other: zero,
        closing: opening,
        entries: Vec::new(),
    }
}

/// Whose balance it is, in which books and currency.
type Of = (LegalEntityId, SupplierId, Currency);

fn opening(conn: &mut Conn, (entity, supplier, currency): Of, before: Timestamp) -> ApiResult<i64> {
    let sum: Sum = sql_query(
        "SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) AS minor FROM ledger_accounts a \
         JOIN postings p ON p.account_id = a.id JOIN journal_entries j ON j.id = p.entry_id \
         WHERE a.legal_entity_id = $1 AND a.supplier_id = $2 AND a.currency = $3 \
         AND a.kind IN ('receivable', 'wallet', 'drawn') AND j.posted_at < $4",
    )
    .bind::<BigInt, _>(entity)
    .bind::<BigInt, _>(supplier)
    .bind::<Text, _>(currency)
    .bind::<BigInt, _>(before)
    .get_result(conn)?;
    Ok(sum.minor)
}

fn entries(
    conn: &mut Conn,
    (entity, supplier, currency): Of,
    zone: &Zone,
    (starts_at, ends_at): (Timestamp, Timestamp),
) -> ApiResult<Vec<StatementEntry>> {
    let postings: Vec<Posting> = sql_query(
        "SELECT j.posted_at, j.kind, j.reference, j.memo, CAST(SUM(p.amount_minor) AS BIGINT) AS minor FROM ledger_accounts a \
         JOIN postings p ON p.account_id = a.id JOIN journal_entries j ON j.id = p.entry_id \
         WHERE a.legal_entity_id = $1 AND a.supplier_id = $2 AND a.currency = $3 AND a.kind IN ('receivable', 'wallet', 'drawn') \
         AND j.posted_at >= $4 AND j.posted_at < $5 \
         GROUP BY j.id, j.posted_at, j.kind, j.reference, j.memo HAVING SUM(p.amount_minor) <> 0 \
         ORDER BY j.posted_at, j.id LIMIT $6",
    )
    .bind::<BigInt, _>(entity)
    .bind::<BigInt, _>(supplier)
    .bind::<Text, _>(currency)
    .bind::<BigInt, _>(starts_at)
    .bind::<BigInt, _>(ends_at)
    .bind::<BigInt, _>(MOST_ENTRIES + 1)
    .load(conn)?;
    if i64::try_from(postings.len()).unwrap_or(i64::MAX) > MOST_ENTRIES {
        return Err(invalid_parameter(
            "from",
            "More than 10,000 movements: narrow the range.",
        ));
    }
    let documents = Documents::find(conn, &postings)?;
    Ok(postings
        .into_iter()
        .map(|posting| {
            let kind = kind_of(&posting.kind);
            let (invoice_id, credit_note_id, text) = documents.of(kind, &posting);
            StatementEntry {
                at: posting.posted_at,
                on: zone.date_of(posting.posted_at),
                kind,
                text,
                invoice_id,
                credit_note_id,
                amount: Money::new(posting.minor, currency),
                balance: Money::zero(currency),
            }
        })
        .collect())
}

/// The documents that entries were made for, by what the journal calls them.
#[derive(Default)]
struct Documents {
    invoices: HashMap<String, InvoiceId>,
    credit_notes: HashMap<String, CreditNoteId>,
    /// By their number, or by that of the try that succeeded: the invoice, and what the payer wrote.
    payments: HashMap<String, (Option<InvoiceId>, Option<String>)>,
}

impl Documents {
    fn find(conn: &mut Conn, postings: &[Posting]) -> ApiResult<Self> {
        let of = |kind: StatementEntryKind| -> Vec<String> {
            let these = postings.iter().filter(|posting| kind_of(&posting.kind) == kind);
            these.map(|posting| posting.reference.clone()).collect()
        };
        let mut found = Self::default();
        // A statement may have more documents than a statement of SQL takes parameters.
        for numbers in of(StatementEntryKind::Invoice).chunks(500) {
            let rows: Vec<(Option<String>, InvoiceId)> = invoices::table
                .filter(invoices::number.eq_any(numbers.to_vec()))
                .select((invoices::number, invoices::id))
                .load(conn)?;
            found
                .invoices
                .extend(rows.into_iter().filter_map(|(number, id)| Some((number?, id))));
        }
        for numbers in of(StatementEntryKind::CreditNote).chunks(500) {
            let rows: Vec<(String, CreditNoteId)> = credit_notes::table
                .filter(credit_notes::number.eq_any(numbers.to_vec()))
                .select((credit_notes::number, credit_notes::id))
                .load(conn)?;
            found.credit_notes.extend(rows);
        }
        for ids in of(StatementEntryKind::Payment).chunks(500) {
            let tries: Vec<PaymentAttemptId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            let rows: Vec<(PaymentAttemptId, Option<InvoiceId>)> = payment_attempts::table
                .inner_join(payments::table)
                .filter(payment_attempts::id.eq_any(tries))
                .select((payment_attempts::id, payments::invoice_id))
                .load(conn)?;
            let rows = rows.into_iter().map(|(id, invoice)| (id.to_string(), (invoice, None)));
            found.payments.extend(rows);
            let ids: Vec<PaymentId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            let rows: Vec<(PaymentId, Option<InvoiceId>, String)> = payments::table
                .filter(payments::id.eq_any(ids))
                .select((payments::id, payments::invoice_id, payments::reference))
                .load(conn)?;
            let rows = rows
                .into_iter()
                .map(|(id, invoice, reference)| (id.to_string(), (invoice, Some(reference))));
            found.payments.extend(rows);
        }
        Ok(found)
    }

    fn of(&self, kind: StatementEntryKind, posting: &Posting) -> (Option<InvoiceId>, Option<CreditNoteId>, String) {
        let memo = || posting.memo.clone();
        match kind {
            StatementEntryKind::Invoice => (self.invoices.get(&posting.reference).copied(), None, memo()),
            StatementEntryKind::CreditNote => (None, self.credit_notes.get(&posting.reference).copied(), memo()),
            StatementEntryKind::Payment => match self.payments.get(&posting.reference) {
                Some((invoice, Some(reference))) => (*invoice, None, format!("{}, {reference}", posting.memo)),
                Some((invoice, None)) => (*invoice, None, memo()),
                None => (None, None, memo()),
            },
            StatementEntryKind::Refund | StatementEntryKind::Other => (None, None, memo()),
        }
    }
}

/// Who the two sides of a statement are, as they stand now.
pub(super) fn parties(
    conn: &mut Conn,
    statement: &Statement,
) -> ApiResult<(
    tradepost_contract::invoices::InvoiceParty,
    tradepost_contract::invoices::InvoiceParty,
)> {
    let seller = crate::billing_runs::store::seller(conn, statement.programme_id)?.ok_or_else(ApiError::not_found)?;
    let buyer = crate::billing_runs::store::buyer(conn, statement.supplier_id)?;
    Ok((seller.party, buyer))
}
