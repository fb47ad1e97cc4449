//! The billing run beside the bare SQL that it cannot do without, and intake while it goes on.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tradepost::app::App;
use tradepost::clock::Clock;
use tradepost::settings::Settings;
use tradepost_tests::books::Books;

use crate::Outcome;
use crate::sample;
use crate::server::{self, Process, set_up};
use crate::wire::{Measured, open_loop};

/// How many suppliers are billed.
const INVOICES: i64 = 1_000;
/// How many of their deliveries each invoice has.
const LINES_EACH: i64 = 100;
/// Suppliers of one commit of the bare SQL.
const SLICE: i64 = 20;
/// How many leads a second arrive meanwhile.
const LEADS_A_SECOND: u64 = 250;

/// What the benchmark says of billing.
pub(crate) struct Billing {
    /// Lines a second: the product's and the bare SQL's, round by round.
    pub(crate) lines: Vec<(u64, u64)>,
    /// Intake while a run went on.
    pub(crate) meanwhile: Measured,
}

/// Measures both in turn.
pub(crate) async fn measure(folder: &Path, rounds: usize) -> Outcome<Billing> {
    let mut lines = Vec::new();
    let mut longest = Duration::ZERO;
    for round in 0..rounds {
        let file = folder.join(format!("billing-{round}.db"));
        write_books(&file).await?;
        let server = Process::product(file.as_ref())?;
        let took = run_is_through(&file).await?;
        drop(server);
        longest = longest.max(took);
        lines.push((
            a_second(took),
            a_second(bare(&folder.join(format!("bare-{round}.db")))?),
        ));
    }
    let file = folder.join("billing-and-intake.db");
    server::create_admin(file.as_ref())?;
    let server = Process::product(file.as_ref())?;
    let market = set_up(&server.address, 100).await?;
    drop(server);
    write_books(&file).await?;
    let server = Process::product(file.as_ref())?;
    let to = crate::wire::Target {
        address: server.address.clone(),
        ..market
    };
    let interval = Duration::from_micros(1_000_000 / LEADS_A_SECOND);
    let target = to.clone();
    let meanwhile = open_loop(&target, 16, interval, longest, move |_| sample::post_lead(&to)).await?;
    Ok(Billing { lines, meanwhile })
}

fn a_second(took: Duration) -> u64 {
    let lines = u128::try_from(INVOICES * LINES_EACH).unwrap_or(0);
    u64::try_from(lines * 1_000_000 / took.as_micros().max(1)).unwrap_or(u64::MAX)
}

async fn write_books(file: &Path) -> Outcome<()> {
    let url = file.display().to_string();
    tokio::task::spawn_blocking(move || {
        let app = App::open(Settings::for_database(url), Clock::default()).map_err(|error| error.to_string())?;
        let books = Books::weekly(INVOICES, LINES_EACH);
        books.write(&app.db).map(|_| ()).map_err(|error| error.to_string())
    })
    .await?
    .map_err(Into::into)
}

/// Waits for the end of the run and gives its length, as the run itself recorded it.
async fn run_is_through(file: &Path) -> Outcome<Duration> {
    let reader = Connection::open(file)?;
    let began = Instant::now();
    loop {
        let done = reader.query_row(
            "SELECT MAX(finished_at) - MIN(started_at) FROM billing_runs WHERE status = 'done' AND lines > 0",
            [],
            |row| row.get::<_, Option<i64>>(0),
        )?;
        if let Some(micros) = done {
            return Ok(Duration::from_micros(u64::try_from(micros)?));
        }
        if began.elapsed() > Duration::from_secs(300) {
            return Err("the billing run does not end".into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The least that can be done: an invoice, its lines, and the mark on each delivery, slice by slice.
fn bare(file: &Path) -> Outcome<Duration> {
    let mut connection = Connection::open(file)?;
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE deliveries (id INTEGER PRIMARY KEY, supplier_id INTEGER NOT NULL, price_minor INTEGER NOT NULL,
             billing_state TEXT NOT NULL, invoice_id INTEGER) STRICT;
         CREATE INDEX deliveries_unbilled ON deliveries (supplier_id) WHERE billing_state = 'unbilled';
         CREATE TABLE invoices (id INTEGER PRIMARY KEY, supplier_id INTEGER NOT NULL, total_minor INTEGER NOT NULL) STRICT;
         CREATE TABLE invoice_lines (id INTEGER PRIMARY KEY, invoice_id INTEGER NOT NULL, delivery_id INTEGER NOT NULL UNIQUE,
             net_minor INTEGER NOT NULL) STRICT;
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {INVOICES} * {LINES_EACH} - 1)
         INSERT INTO deliveries SELECT i + 1, i / {LINES_EACH}, 1999, 'unbilled', NULL FROM n;"
    ))?;
    let began = Instant::now();
    for slice in 0..INVOICES / SLICE {
        let transaction = connection.transaction()?;
        for supplier in slice * SLICE..(slice + 1) * SLICE {
            transaction.prepare_cached(
                "INSERT INTO invoices SELECT ?1 + 1, ?1, SUM(price_minor) FROM deliveries WHERE supplier_id = ?1 AND billing_state = 'unbilled'",
            )?.execute([supplier])?;
            transaction
                .prepare_cached(
                    "INSERT INTO invoice_lines (invoice_id, delivery_id, net_minor) \
                 SELECT ?1 + 1, id, price_minor FROM deliveries WHERE supplier_id = ?1 AND billing_state = 'unbilled'",
                )?
                .execute([supplier])?;
            transaction.prepare_cached(
                "UPDATE deliveries SET billing_state = 'invoiced', invoice_id = ?1 + 1 WHERE supplier_id = ?1 AND billing_state = 'unbilled'",
            )?.execute([supplier])?;
        }
        transaction.commit()?;
    }
    Ok(began.elapsed())
}
