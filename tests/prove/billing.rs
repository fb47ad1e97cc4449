//! Billing runs that die, that race each other, and that would make a mistake.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use rstest::rstest;
use serde_json::json;
use tradepost::app::App;
use tradepost::auditor;
use tradepost::clock::Clock;
use tradepost::db::Conn;
use tradepost::error::ApiResult;
use tradepost::jobs;
use tradepost_contract::{Id, ReturnRequestId};
use tradepost_tests::books::{Books, DELIVERIES_FROM};
use tradepost_tests::{Database, Database::*, ServerProcess, TestDatabase, settings};

use crate::{report, size};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// All that a run leaves behind, without ids and instants of its own making.
fn outcome(conn: &mut Conn) -> ApiResult<Vec<String>> {
    let mut lines = Vec::new();
    for sql in [
        "SELECT supplier_id || ' ' || number || ' ' || status || ' ' || starts_on || ' ' || ends_before || ' ' || line_count || ' ' \
         || net_minor || ' ' || tax_minor || ' ' || total_minor || ' ' || taxes || ' ' || seller || ' ' || buyer AS line FROM invoices ORDER BY supplier_id, starts_on",
        "SELECT i.number || ' ' || l.position || ' ' || l.delivery_id || ' ' || l.description || ' ' || l.net_minor || ' ' || l.tax_minor AS line \
         FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id ORDER BY i.number, l.position",
        "SELECT d.id || ' ' || d.billing_state || ' ' || COALESCE(i.number, '-') AS line FROM deliveries d LEFT JOIN invoices i ON i.id = d.invoice_id ORDER BY d.id",
        "SELECT kind || ' ' || owner_key || ' ' || currency || ' ' || balance_minor AS line FROM ledger_accounts ORDER BY kind, owner_key, currency",
        "SELECT j.kind || ' ' || j.reference || ' ' || j.memo || ' ' || p.amount_minor AS line FROM journal_entries j JOIN postings p ON p.entry_id = j.id \
         ORDER BY j.kind, j.reference, p.amount_minor",
        "SELECT starts_on || ' ' || status || ' ' || suppliers_total || ' ' || suppliers_done || ' ' || invoices || ' ' || lines || ' ' || total_minor AS line \
         FROM billing_runs WHERE lines > 0 ORDER BY starts_on",
        "SELECT kind || ' ' || COUNT(*) AS line FROM notifications GROUP BY kind ORDER BY kind",
        "SELECT kind || ' ' || COUNT(*) AS line FROM events WHERE kind LIKE 'invoice.%' GROUP BY kind ORDER BY kind",
    ] {
        let rows: Vec<Line> = sql_query(sql).load(conn)?;
        lines.extend(rows.into_iter().map(|row| row.line));
        lines.push("--".to_owned());
    }
    Ok(lines)
}

/// Opens the database without a server.
fn open(database: &TestDatabase) -> App {
    App::open(settings(database.url()), Clock::default()).expect("the database opens")
}

fn assert_clean(app: &App) {
    let violations = app.db.read_blocking(auditor::run).expect("the auditor can read");
    assert!(violations.is_empty(), "{violations:#?}");
}

/// The first lines in which two outcomes differ: the whole is too long to read.
fn assert_same(got: &[String], expected: &[String]) {
    let differing: Vec<_> = got.iter().zip(expected).filter(|(a, b)| a != b).take(5).collect();
    assert!(
        differing.is_empty() && got.len() == expected.len(),
        "{} and {} lines, {differing:#?}",
        got.len(),
        expected.len()
    );
}

/// The run as it is when nothing disturbs it.
fn undisturbed(on: Database, books: &Books) -> Vec<String> {
    let database = TestDatabase::create(on);
    let app = open(&database);
    books.write(&app.db).expect("the books can be written");
    jobs::run_all_due(&app).expect("the run goes through");
    assert_clean(&app);
    app.db.read_blocking(outcome).expect("the outcome can be read")
}

/// Whether every run of the books' own week is through.
fn is_billed(app: &App) -> bool {
    let through = app.db.read_blocking(|conn| {
        let rows: Vec<Line> = sql_query(
            "SELECT CASE WHEN status = 'done' THEN 'through' ELSE 'open' END AS line FROM billing_runs \
             WHERE period_end_at < 1773100800000000",
        )
        .load(conn)?;
        Ok(!rows.is_empty() && rows.iter().all(|row| row.line == "through"))
    });
    through.expect("the runs can be read")
}

/// How long a server takes for the run that nothing disturbs, from its first answer on.
fn length_of_a_run(on: Database, books: &Books) -> Duration {
    let database = TestDatabase::create(on);
    books.write(&open(&database).db).expect("the books can be written");
    let mut tried = Duration::from_millis(100);
    loop {
        let mut server = ServerProcess::start(database.url(), &[]);
        std::thread::sleep(tried);
        server.kill();
        let app = open(&database);
        if is_billed(&app) {
            return tried;
        }
        end_leases(&app);
        tried *= 2;
        assert!(tried < Duration::from_secs(60), "the run never ends");
    }
}

/// On PostgreSQL a dead server's leases end after half a minute; here they end with the server.
fn end_leases(app: &App) {
    let ended = app
        .db
        .write_blocking(|tx| Ok(tx.batch_execute("DELETE FROM job_leases")?));
    ended.expect("the leases can be ended");
}

/// F6: a run that is killed at random points and goes on ends like one that nothing disturbed.
#[rstest]
fn a_billing_run_that_is_killed_ends_like_an_undisturbed_one(#[values(Sqlite, Postgres)] on: Database) {
    let rounds = size(30, 3);
    let books = Books::weekly(500, 8);
    let expected = undisturbed(on, &books);
    let length = u64::try_from(length_of_a_run(on, &books).as_millis()).expect("a short while");
    let (mut kills, mut amid) = (0, 0);
    for round in 0..rounds {
        let database = TestDatabase::create(on);
        books.write(&open(&database).db).expect("the books can be written");
        let mut pause = 5 + 7 * round as u64;
        loop {
            let mut server = ServerProcess::start(database.url(), &[]);
            std::thread::sleep(Duration::from_millis(pause % length));
            server.kill();
            kills += 1;
            pause = pause.wrapping_mul(31).wrapping_add(17);
            let app = open(&database);
            if is_billed(&app) {
                break;
            }
            amid += usize::from(app.db.read_blocking(outcome).expect("the outcome can be read")[0] != "--");
            if on == Postgres {
                end_leases(&app);
            }
            assert!(kills < 400 * rounds, "the run never ends");
        }
        let app = open(&database);
        jobs::run_all_due(&app).expect("the rest goes through");
        assert_clean(&app);
        assert_same(
            &app.db.read_blocking(outcome).expect("the outcome can be read"),
            &expected,
        );
    }
    assert!(amid > 0, "no kill of {kills} met a run that was half done");
    report(
        "a billing run killed and resumed",
        on,
        &format!("{kills} kills in {rounds} runs, {amid} amid the invoices"),
        "equal to the undisturbed run",
    );
}

/// F7: eight runners at once, without a lease, make no invoice twice and no number with a gap.
#[rstest]
fn eight_runners_make_no_duplicate(#[values(Sqlite, Postgres)] on: Database) {
    let rounds = size(20, 2);
    let books = Books::weekly(200, 8);
    let expected = undisturbed(on, &books);
    for _ in 0..rounds {
        let database = TestDatabase::create(on);
        let app = open(&database);
        books.write(&app.db).expect("the books can be written");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| jobs::run_all_due(&app).expect("a runner ends well"));
            }
        });
        assert_clean(&app);
        assert_same(
            &app.db.read_blocking(outcome).expect("the outcome can be read"),
            &expected,
        );
    }
    report(
        "eight billing runners at once",
        on,
        &format!("{rounds} runs of 200 invoices"),
        "0 duplicates, 0 gaps",
    );
}

/// A supplier with more lines than a transaction takes is gathered over several, also by several
/// runners.
#[rstest]
fn a_very_long_invoice_is_gathered_in_slices(#[values(Sqlite, Postgres)] on: Database) {
    let books = Books::weekly(2, 5_500);
    let expected = undisturbed(on, &books);
    assert_eq!(
        expected.iter().filter(|line| line.starts_with("TP-000002 ")).count(),
        5_500
    );
    let database = TestDatabase::create(on);
    let app = open(&database);
    books.write(&app.db).expect("the books can be written");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| jobs::run_all_due(&app).expect("a runner ends well"));
        }
    });
    assert_clean(&app);
    assert_same(
        &app.db.read_blocking(outcome).expect("the outcome can be read"),
        &expected,
    );
}

/// F9: returns that are approved while their invoices are being made are each remedied exactly once:
/// by dropping the line or by a credit note.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_return_approved_while_billing_runs_is_remedied_once(#[values(Sqlite, Postgres)] on: Database) {
    let returns = i64::try_from(size(10_000, 1_000)).expect("a number of returns");
    let now = tradepost::clock::wall_now().as_micros();
    let books = Books {
        from: now,
        apart: 1,
        ..Books::weekly(returns / 5, 5)
    };
    let asked = "INSERT INTO return_requests (id, delivery_id, lead_id, programme_id, supplier_id, business_id, resolved_policy_id, status, reason, \
         reason_class, channel, submitted_by, submitted_at) SELECT id, id, lead_id, programme_id, supplier_id, business_id, \
         resolved_policy_id, 'in_review', 'wrong_details', 'review', 'portal', 'user_0000000000001', delivered_at FROM deliveries; \
         UPDATE deliveries SET billing_state = 'return_pending'; \
         INSERT INTO events (id, kind, happened_at, programme_id, subject, data, created_at) \
         SELECT id + 5000000000, 'return.submitted', delivered_at, programme_id, 'books', '{}', delivered_at FROM deliveries";
    let app = books.serve(on, asked).await;
    app.run_jobs().await;
    let runs = app.staff("finance").await.all("/billing-runs").await;
    let end = runs[0]["period_end_at"].as_str().expect("an end").to_owned();

    let reviewer = app.staff("returns_reviewer").await;
    let (next, done) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (reviewer, next, done) = (reviewer.clone(), Arc::clone(&next), Arc::clone(&done));
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= returns {
                        return;
                    }
                    // 7919 is prime, so every return has its turn and neighbours come far apart.
                    let id = ReturnRequestId::from_i64(DELIVERIES_FROM + n * 7919 % returns);
                    let path = format!("/return-requests/{id}/approve");
                    let body = json!({ "explanation": "The number is somebody else's." });
                    reviewer.post(path).json(&body).send().await.ok();
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    // A quarter is decided before the period ends; then the run starts and races the rest.
    while done.load(Ordering::Relaxed) < returns / 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let clock = json!({ "to": end, "run_jobs": false });
    app.staff("finance")
        .await
        .post("/sandbox/clock/advance")
        .json(&clock)
        .send()
        .await
        .ok();
    for client in clients {
        client.await.expect("every return can be approved");
    }
    app.run_jobs().await;
    app.audit_is_green().await;
    let (rows, credited) = app
        .inside()
        .db
        .read(|conn| {
            let remedies =
                "SELECT COALESCE(remedy, 'none') || ' ' || COUNT(*) AS line FROM return_requests GROUP BY remedy";
            let rows: Vec<Line> = sql_query(remedies).load(conn)?;
            let notes = "SELECT COUNT(*) || ' ' || COALESCE(SUM(net_minor), 0) AS line FROM credit_notes";
            let credited: Vec<Line> = sql_query(notes).load(conn)?;
            Ok((rows, credited))
        })
        .await
        .expect("the remedies can be read");
    let count = |word: &str| -> i64 {
        rows.iter()
            .filter_map(|row| row.line.strip_prefix(word))
            .filter_map(|n| n.trim().parse::<i64>().ok())
            .sum()
    };
    let (dropped, credits) = (count("line_dropped"), count("credit_note"));
    assert_eq!(dropped + credits, returns, "each approval has exactly one remedy");
    assert_eq!(
        credited[0].line,
        format!("{credits} {}", credits * books.price),
        "what was credited is what was approved for credit"
    );
    report(
        "approvals race a billing run",
        on,
        &format!("{returns} returns, 8 reviewers"),
        &format!("{dropped} lines dropped, {credits} credit notes, 0 both, 0 neither"),
    );
}
