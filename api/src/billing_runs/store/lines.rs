//! The set-based SQL that turns deliveries into the lines of an invoice.
//!
//! The statements are the same text for both databases: `$1` is a parameter of PostgreSQL and a
//! named one of SQLite, which numbers names in the order of their first use.
//!
//! What is to be billed has a partial index by programme and time, `deliveries_to_bill`, to which each sale adds at the
//! end; by supplier it would cost each sale a page of its own. So the programme's oldest open delivery is found there,
//! and from it on those of one supplier by `deliveries_by_supplier`. SQLite uses the former only where
//! `billing_state IN ('unbilled', 'return_pending')` is spelled as in the index, and not where a column has a `+`.

use super::{RunRow, Seller};
use crate::db::schema::{deliveries, invoice_lines, invoices, legal_entities};
use crate::db::{Conn, Keep as _, Tx, Value, either, kept_text, kept_words};
use crate::error::ApiResult;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text};
use tradepost_contract::invoices::{InvoiceParty, InvoiceStatus, InvoiceTax};
use tradepost_contract::{Currency, Id as _, InvoiceId, Money, ProgrammeId, ResolvedPolicyId, SupplierId, Timestamp};

/// Deliveries of one supplier that share what decides their lines.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct Group {
    #[diesel(sql_type = BigInt)]
    pub(crate) supplier_id: SupplierId,
    #[diesel(sql_type = BigInt)]
    pub(crate) policy_id: ResolvedPolicyId,
    #[diesel(sql_type = BigInt)]
    pub(crate) price_minor: i64,
    #[diesel(sql_type = Text)]
    pub(crate) currency: Currency,
    /// Whether their return window or a return request was open when the run started.
    #[diesel(sql_type = BigInt)]
    may_come_back: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) deliveries: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) latest_at: Timestamp,
}

impl Group {
    pub(crate) const fn may_come_back(&self) -> bool {
        self.may_come_back != 0
    }

    pub(crate) const fn price(&self) -> Money {
        Money::new(self.price_minor, self.currency)
    }
}

/// The instant of the programme's oldest delivery that is still to be billed; now where there is none.
pub(crate) fn oldest_open(tx: &mut Tx<'_>, programme: ProgrammeId) -> ApiResult<Timestamp> {
    let oldest = deliveries::table
        .filter(sql::<Bool>("billing_state IN ('unbilled', 'return_pending')"))
        .filter(deliveries::programme_id.eq(programme))
        .order(deliveries::delivered_at)
        .limit(1)
        .select(deliveries::delivered_at)
        .kept(|| ());
    let found: Option<Timestamp> = either!(&mut **tx, conn => oldest.get_result(conn)).optional()?;
    Ok(found.unwrap_or(tx.business_now()))
}

/// What a supplier has to be billed for, after the deliveries that earlier slices have looked at.
pub(crate) fn groups(
    conn: &mut Conn,
    run: &RunRow,
    run_at: Timestamp,
    supplier: SupplierId,
    after: Timestamp,
) -> ApiResult<Vec<Group>> {
    let groups = sql_query(
        "SELECT supplier_id, resolved_policy_id AS policy_id, price_minor, currency, \
         CAST(CASE WHEN billing_state = 'return_pending' OR return_deadline_at > $1 THEN 1 ELSE 0 END AS BIGINT) AS may_come_back, \
         CAST(COUNT(*) AS BIGINT) AS deliveries, MAX(delivered_at) AS latest_at FROM deliveries \
         WHERE billing_state IN ('unbilled', 'return_pending') AND +programme_id = $2 AND supplier_id = $3 \
         AND delivered_at > $4 AND delivered_at < $5 \
         GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 5",
    )
    .bind::<BigInt, _>(run_at)
    .bind::<BigInt, _>(run.programme_id)
    .bind::<BigInt, _>(supplier)
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(run.period_end_at)
    .kept_by_text();
    Ok(either!(conn, conn => groups.load(conn))?)
}

/// The same for all suppliers of the programme, for a preview.
pub(crate) fn all_groups(conn: &mut Conn, run: &RunRow, run_at: Timestamp) -> ApiResult<Vec<Group>> {
    Ok(sql_query(
        "SELECT supplier_id, resolved_policy_id AS policy_id, price_minor, currency, \
         CAST(CASE WHEN billing_state = 'return_pending' OR return_deadline_at > $1 THEN 1 ELSE 0 END AS BIGINT) AS may_come_back, \
         CAST(COUNT(*) AS BIGINT) AS deliveries, MAX(delivered_at) AS latest_at FROM deliveries \
         WHERE billing_state IN ('unbilled', 'return_pending') AND programme_id = $2 AND delivered_at < $3 \
         AND supplier_id NOT IN (SELECT supplier_id FROM invoices WHERE billing_run_id = $4 AND status <> 'draft') \
         GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 5",
    )
    .bind::<BigInt, _>(run_at)
    .bind::<BigInt, _>(run.programme_id)
    .bind::<BigInt, _>(run.period_end_at)
    .bind::<BigInt, _>(run.id)
    .load(conn)?)
}

/// The instant of the last delivery that a slice takes: of the `most`th one, if there are more.
pub(crate) fn slice_end(
    conn: &mut Conn,
    run: &RunRow,
    supplier: SupplierId,
    after: Timestamp,
    most: i64,
) -> ApiResult<Option<Timestamp>> {
    let end = deliveries::table
        .filter(sql::<Bool>("billing_state IN ('unbilled', 'return_pending')"))
        .filter(sql::<Bool>("+programme_id = ").bind::<BigInt, _>(run.programme_id))
        .filter(deliveries::supplier_id.eq(supplier))
        .filter(
            deliveries::delivered_at
                .gt(after)
                .and(deliveries::delivered_at.lt(run.period_end_at)),
        )
        .order(deliveries::delivered_at)
        .limit(1)
        .offset(most)
        .select(deliveries::delivered_at)
        .kept(|| ());
    Ok(either!(conn, conn => end.get_result(conn)).optional()?)
}

/// A draft that is being gathered.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) id: InvoiceId,
    /// The position of its last line.
    pub(crate) last: i64,
    /// The taxes that its lines name so far.
    pub(crate) taxes: Vec<InvoiceTax>,
}

/// The draft of a supplier's invoice in a run. `None` when the invoice is final already.
pub(crate) fn open_draft(
    tx: &mut Tx<'_>,
    run: &RunRow,
    seller: &Seller,
    supplier: SupplierId,
    buyer: &InvoiceParty,
) -> ApiResult<Option<Draft>> {
    use invoices::dsl;
    let id: InvoiceId = tx.new_id();
    let now = tx.business_now();
    let row = (
        (
            dsl::id.eq(id),
            dsl::billing_run_id.eq(run.id),
            dsl::legal_entity_id.eq(seller.legal_entity),
            dsl::programme_id.eq(run.programme_id),
            dsl::supplier_id.eq(supplier),
            dsl::status.eq(InvoiceStatus::Draft),
            dsl::starts_on.eq(run.starts_on),
            dsl::ends_before.eq(run.ends_before),
            dsl::currency.eq(seller.currency),
        ),
        (
            dsl::taxes.eq("[]"),
            dsl::seller.eq(serde_json::to_string(&seller.party)?),
            dsl::buyer.eq(serde_json::to_string(buyer)?),
            dsl::created_at.eq(now),
            dsl::updated_at.eq(now),
        ),
    );
    let insert = diesel::insert_into(dsl::invoices).values(row);
    let made = either!(&mut **tx, conn => insert.on_conflict_do_nothing().kept(|| ()).execute(conn))?;
    if made == 1 {
        return Ok(Some(Draft {
            id,
            last: 0,
            taxes: Vec::new(),
        }));
    }
    // A slice before this one, or another runner, has made it.
    find_draft(tx, run, supplier)
}

/// The draft that an earlier slice has left, locked for the rest of the transaction.
pub(crate) fn find_draft(tx: &mut Tx<'_>, run: &RunRow, supplier: SupplierId) -> ApiResult<Option<Draft>> {
    use invoices::dsl;
    let draft = dsl::invoices.filter(
        dsl::billing_run_id
            .eq(run.id)
            .and(dsl::supplier_id.eq(supplier))
            .and(dsl::status.eq(InvoiceStatus::Draft)),
    );
    let locked: Option<(InvoiceId, String)> = diesel::update(draft)
        .set((dsl::version.eq(dsl::version + 1), dsl::updated_at.eq(tx.business_now())))
        .returning((dsl::id, dsl::taxes))
        .get_result(&mut **tx)
        .optional()?;
    let Some((id, taxes)) = locked else {
        return Ok(None);
    };
    let last: Option<i64> = invoice_lines::table
        .filter(invoice_lines::invoice_id.eq(id))
        .select(diesel::dsl::max(invoice_lines::position))
        .first(&mut **tx)?;
    Ok(Some(Draft {
        id,
        last: last.unwrap_or(0),
        taxes: serde_json::from_str(&taxes)?,
    }))
}

/// Writes down which taxes the lines of a draft name.
pub(crate) fn save_taxes(tx: &mut Tx<'_>, id: InvoiceId, taxes: &[InvoiceTax]) -> ApiResult<()> {
    let draft = invoices::table
        .find(id)
        .filter(invoices::status.eq(InvoiceStatus::Draft));
    let update = diesel::update(draft)
        .set(invoices::taxes.eq(serde_json::to_string(taxes)?))
        .returning(invoices::id)
        .kept(|| ());
    let _: Option<InvoiceId> = either!(&mut **tx, conn => update.get_result(conn)).optional()?;
    Ok(())
}

/// A stretch of a supplier's deliveries, ends included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    pub(crate) programme: ProgrammeId,
    pub(crate) supplier: SupplierId,
    pub(crate) after: Timestamp,
    pub(crate) until: Timestamp,
}

/// Calls the deliveries of a stretch invoiced: those under `all` whatever their window, those under
/// `settled` once nothing can come back any more. Answers how many there were.
pub(crate) fn take_deliveries(
    tx: &mut Tx<'_>,
    stretch: Stretch,
    invoice: InvoiceId,
    run_at: Timestamp,
    all: &[ResolvedPolicyId],
    settled: &[ResolvedPolicyId],
) -> ApiResult<usize> {
    let (of, now) = (stretch, tx.business_now());
    let of_stretch = |policy: &ResolvedPolicyId| {
        [
            Value::Number(invoice.as_i64()),
            Value::Number(now.as_micros()),
            Value::Number(of.programme.as_i64()),
            Value::Number(of.supplier.as_i64()),
            Value::Number(of.after.as_micros()),
            Value::Number(of.until.as_micros()),
            Value::Number(policy.as_i64()),
        ]
    };
    let mut taken = 0;
    for policy in all {
        let values = of_stretch(policy);
        let update = kept_text(&TAKE_ALL, &values, || ());
        taken += either!(&mut **tx, conn => update.execute(conn))?;
    }
    for policy in settled {
        let mut values = of_stretch(policy).to_vec();
        values.push(Value::Number(run_at.as_micros()));
        let update = kept_text(&TAKE_SETTLED, &values, || ());
        taken += either!(&mut **tx, conn => update.execute(conn))?;
    }
    Ok(taken)
}

const TAKE: [&str; 7] = [
    "UPDATE deliveries SET billing_state = 'invoiced', version = version + 1, invoice_id = ",
    ", updated_at = ",
    " WHERE billing_state IN ('unbilled', 'return_pending') AND +programme_id = ",
    " AND supplier_id = ",
    " AND delivered_at > ",
    " AND delivered_at <= ",
    " AND resolved_policy_id = ",
];
static TAKE_ALL: [&str; 8] = [TAKE[0], TAKE[1], TAKE[2], TAKE[3], TAKE[4], TAKE[5], TAKE[6], ""];
static TAKE_SETTLED: [&str; 9] = [
    TAKE[0],
    TAKE[1],
    TAKE[2],
    TAKE[3],
    TAKE[4],
    TAKE[5],
    TAKE[6],
    " AND billing_state = 'unbilled' AND (return_deadline_at IS NULL OR return_deadline_at <= ",
    ")",
];

/// What a line is written with, by the policy stamped on its delivery and its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineTerms {
    pub(crate) policy: ResolvedPolicyId,
    pub(crate) price_minor: i64,
    /// Which of the invoice's taxes it has.
    pub(crate) tax_position: i64,
    pub(crate) net_minor: i64,
    pub(crate) tax_minor: i64,
}

/// Writes a line for every delivery of a stretch that was taken for the invoice and has none yet, in
/// the order of delivery after position `last`. A line has the number of its delivery as its id:
/// both come from one sequence, so that no other line can have it. `terms` says what a line is written
/// with at each policy and price; the rule is Rust's, SQL only looks it up.
pub(crate) fn insert_lines(
    tx: &mut Tx<'_>,
    stretch: Stretch,
    invoice: InvoiceId,
    last: i64,
    terms: &[LineTerms],
) -> ApiResult<usize> {
    // Only the number of rows of the lookup varies, and it is small, so that few texts are kept.
    let mut pieces = Vec::with_capacity(5 * terms.len() + 6);
    let mut values = Vec::with_capacity(5 * terms.len() + 5);
    for (n, line) in terms.iter().enumerate() {
        pieces.push(if n == 0 {
            "WITH terms (policy_id, price_minor, tax_position, net_minor, tax_minor) AS (VALUES ("
        } else {
            "), ("
        });
        pieces.extend([", "; 4]);
        let row = [
            line.policy.as_i64(),
            line.price_minor,
            line.tax_position,
            line.net_minor,
            line.tax_minor,
        ];
        values.extend(row.map(Value::Number));
    }
    pieces.extend([
        ")) INSERT INTO invoice_lines \
         (id, invoice_id, position, delivery_id, kind, description, tax_position, net_minor, tax_minor, credited_minor) \
         SELECT d.id, d.invoice_id, ",
        " + row_number() OVER (ORDER BY d.delivered_at, d.id), d.id, 'lead', p.name, \
         t.tax_position, t.net_minor, t.tax_minor, 0 FROM deliveries d \
         JOIN terms t ON t.policy_id = d.resolved_policy_id AND t.price_minor = d.price_minor \
         JOIN lead_products p ON p.id = d.product_id WHERE d.supplier_id = ",
        " AND d.delivered_at > ",
        " AND d.delivered_at <= ",
        " AND d.invoice_id = ",
        " AND d.billing_state = 'invoiced' AND NOT EXISTS (SELECT 1 FROM invoice_lines l WHERE l.delivery_id = d.id)",
    ]);
    let of_stretch = [
        last,
        stretch.supplier.as_i64(),
        stretch.after.as_micros(),
        stretch.until.as_micros(),
        invoice.as_i64(),
    ];
    values.extend(of_stretch.map(Value::Number));
    let insert = kept_words(&pieces, &values);
    Ok(either!(&mut **tx, conn => insert.execute(conn))?)
}

/// The policy of the last line of a draft, for a draft that got its lines before this transaction.
pub(crate) fn latest_policy(conn: &mut Conn, invoice: InvoiceId) -> ApiResult<ResolvedPolicyId> {
    Ok(invoice_lines::table
        .inner_join(deliveries::table.on(invoice_lines::delivery_id.eq(deliveries::id.nullable())))
        .filter(invoice_lines::invoice_id.eq(invoice))
        .order((deliveries::delivered_at.desc(), deliveries::id.desc()))
        .select(deliveries::resolved_policy_id)
        .first(conn)?)
}

/// The next number of a legal entity's invoices, and its prefix. The row stays locked until the
/// transaction ends, so that numbers have no gaps.
pub(crate) fn take_number(tx: &mut Tx<'_>, seller: &Seller) -> ApiResult<(i64, String)> {
    use legal_entities::dsl;
    let update = diesel::update(dsl::legal_entities.find(seller.legal_entity))
        .set(dsl::next_invoice_number.eq(dsl::next_invoice_number + 1))
        .returning((dsl::next_invoice_number, dsl::invoice_prefix))
        .kept(|| ());
    let (next, prefix): (i64, String) = either!(&mut **tx, conn => update.get_result(conn))?;
    Ok((next - 1, prefix))
}

/// Removes a draft that got no line.
pub(crate) fn discard(tx: &mut Tx<'_>, id: InvoiceId) -> ApiResult<()> {
    let empty = invoices::table
        .find(id)
        .filter(invoices::status.eq(InvoiceStatus::Draft));
    diesel::delete(empty).execute(&mut **tx)?;
    Ok(())
}
