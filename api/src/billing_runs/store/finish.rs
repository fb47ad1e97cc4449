//! The set-based SQL that makes a draft final: its lines by tax and amount, the units of tax that some of
//! them are short of, and the totals.

use crate::db::schema::invoices;
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use tradepost_contract::invoices::{InvoiceStatus, InvoiceTax};
use tradepost_contract::{InvoiceId, LocalDate, Timestamp};

/// Lines of a draft that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub(crate) struct Alike {
    #[diesel(sql_type = BigInt)]
    pub(crate) tax_position: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) net_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) tax_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) lines: i64,
}

/// The lines of a draft by tax and amount.
pub(crate) fn alike(conn: &mut Conn, invoice: InvoiceId) -> ApiResult<Vec<Alike>> {
    let alike = sql_query(
        "SELECT tax_position, net_minor, tax_minor, CAST(COUNT(*) AS BIGINT) AS lines FROM invoice_lines \
         WHERE invoice_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    )
    .bind::<BigInt, _>(invoice)
    .kept_by_text();
    Ok(either!(conn, conn => alike.load(conn))?)
}

/// Gives the first `more` of some lines that are alike one minor unit of tax more, which the price
/// keeps in it where `inside`.
pub(crate) fn add_unit(tx: &mut Tx<'_>, invoice: InvoiceId, these: &Alike, more: i64, inside: bool) -> ApiResult<()> {
    let taken_off = i64::from(inside);
    let changed = sql_query(
        "UPDATE invoice_lines SET tax_minor = tax_minor + 1, net_minor = net_minor - $1 \
         WHERE id IN (SELECT l.id FROM invoice_lines l WHERE l.invoice_id = $2 AND l.tax_position = $3 \
         AND l.net_minor = $4 AND l.tax_minor = $5 ORDER BY l.position LIMIT $6)",
    )
    .bind::<BigInt, _>(taken_off)
    .bind::<BigInt, _>(invoice)
    .bind::<BigInt, _>(these.tax_position)
    .bind::<BigInt, _>(these.net_minor)
    .bind::<BigInt, _>(these.tax_minor)
    .bind::<BigInt, _>(more)
    .execute(&mut **tx)?;
    if i64::try_from(changed) == Ok(more) {
        Ok(())
    } else {
        Err(ApiError::internal(
            "the lines of a draft changed while it was finalised",
        ))
    }
}

/// What makes a draft final.
#[derive(Debug)]
pub(crate) struct Finalised {
    pub(crate) number: String,
    pub(crate) sequence: i64,
    pub(crate) status: InvoiceStatus,
    pub(crate) lines: i64,
    pub(crate) taxes: Vec<InvoiceTax>,
    pub(crate) net_minor: i64,
    pub(crate) tax_minor: i64,
    pub(crate) total_minor: i64,
    /// What earlier credits pay of it.
    pub(crate) credit_applied_minor: i64,
    pub(crate) issued_at: Timestamp,
    pub(crate) due_on: LocalDate,
    pub(crate) collect_on: Option<LocalDate>,
}

pub(crate) fn finalise(tx: &mut Tx<'_>, id: InvoiceId, with: &Finalised) -> ApiResult<()> {
    use invoices::dsl;
    let draft = dsl::invoices.find(id).filter(dsl::status.eq(InvoiceStatus::Draft));
    let update = diesel::update(draft)
        .set((
            dsl::number.eq(&with.number),
            dsl::sequence.eq(with.sequence),
            dsl::status.eq(with.status),
            dsl::line_count.eq(with.lines),
            dsl::taxes.eq(serde_json::to_string(&with.taxes)?),
            dsl::net_minor.eq(with.net_minor),
            dsl::tax_minor.eq(with.tax_minor),
            dsl::total_minor.eq(with.total_minor),
            dsl::credit_applied_minor.eq(with.credit_applied_minor),
            dsl::issued_at.eq(with.issued_at),
            dsl::due_on.eq(with.due_on),
            dsl::collect_on.eq(with.collect_on),
            dsl::updated_at.eq(with.issued_at),
        ))
        .returning(dsl::id)
        .kept(|| ());
    let done: Option<InvoiceId> = either!(&mut **tx, conn => update.get_result(conn)).optional()?;
    if done.is_some() {
        Ok(())
    } else {
        Err(ApiError::internal("a draft was finalised by two"))
    }
}
