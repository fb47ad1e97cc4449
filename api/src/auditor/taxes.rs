//! I6, the other half: what an invoice says about its taxes is what its lines add up to.

use super::Violation;
use crate::db::Conn;
use crate::error::ApiResult;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};
use tradepost_contract::InvoiceId;
use tradepost_contract::invoices::InvoiceTax;

pub(super) const INVARIANT: &str = "I6 the taxes of an invoice are those of its lines";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    invoice_id: InvoiceId,
    #[diesel(sql_type = Text)]
    taxes: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    tax_position: Option<i64>,
    #[diesel(sql_type = BigInt)]
    lines: i64,
    #[diesel(sql_type = BigInt)]
    net_minor: i64,
    #[diesel(sql_type = BigInt)]
    tax_minor: i64,
}

pub(super) fn check(conn: &mut Conn, violations: &mut Vec<Violation>) -> ApiResult<()> {
    let rows: Vec<Row> = sql_query(
        "SELECT i.id AS invoice_id, i.taxes, l.tax_position, CAST(COUNT(*) AS BIGINT) AS lines, \
         CAST(COALESCE(SUM(l.net_minor), 0) AS BIGINT) AS net_minor, CAST(COALESCE(SUM(l.tax_minor), 0) AS BIGINT) AS tax_minor \
         FROM invoices i LEFT JOIN invoice_lines l ON l.invoice_id = i.id WHERE i.status <> 'draft' \
         GROUP BY i.id, i.taxes, l.tax_position ORDER BY i.id",
    )
    .load(conn)?;
    for row in rows {
        let taxes: Vec<InvoiceTax> = serde_json::from_str(&row.taxes)?;
        let said = row
            .tax_position
            .and_then(|place| usize::try_from(place).ok())
            .and_then(|place| taxes.get(place));
        let right = said
            .is_some_and(|tax| (tax.lines, tax.net.minor, tax.tax.minor) == (row.lines, row.net_minor, row.tax_minor));
        if !right {
            violations.push(Violation {
                invariant: INVARIANT,
                row: row.invoice_id.to_string(),
                detail: format!(
                    "has {} lines of {} + {} under its tax {:?}",
                    row.lines, row.net_minor, row.tax_minor, row.tax_position
                ),
            });
        }
    }
    Ok(())
}
