//! Periods, runs, previews and the safety bound, seen through the API.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::programmes::Preset;
use tradepost_contract::{Id, ProgrammeId, Timestamp};
use tradepost_tests::books::{Books, DELIVERIES_FROM};
use tradepost_tests::{Client, Database, Database::*, TestApp};

/// Waits until there are so many events of a kind: on PostgreSQL the log shows them a second later.
pub(crate) async fn assert_events(app: &TestApp, kind: &str, count: usize) {
    for _ in 0..300 {
        if app.events(kind).await.len() == count {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("not {count} events of {kind}: {:#?}", app.events(kind).await);
}

/// The programme that `Books` writes.
pub(crate) fn programme() -> String {
    ProgrammeId::from_i64(7).to_string()
}

async fn runs(finance: &Client) -> Vec<Value> {
    let mut runs = finance.all("/billing-runs").await;
    runs.reverse();
    runs
}

async fn invoices_starting(finance: &Client, day: &str) -> Vec<Value> {
    let all = finance.all("/invoices").await;
    all.into_iter().filter(|invoice| invoice["starts_on"] == day).collect()
}

fn micros(at: &str) -> i64 {
    at.parse::<Timestamp>().expect("an instant").as_micros()
}

/// R6: a month takes 23:59:59 of its last day and leaves 00:00 of the next, in the programme's time
/// zone, in a leap February and in summer time.
#[rstest]
#[tokio::test]
async fn r6_a_month_closes_on_its_last_day(#[values(Sqlite, Postgres)] on: Database) {
    let books = Books {
        preset: Preset::B2bMonthly,
        from: micros("2024-02-10T12:00:00Z"),
        ..Books::weekly(1, 4)
    };
    // London is one hour ahead of UTC in July.
    let touch_up: String = [
        "2024-02-29T23:59:59.999999Z",
        "2024-03-01T00:00:00Z",
        "2024-07-31T22:59:59.999999Z",
        "2024-07-31T23:00:00Z",
    ]
    .iter()
    .enumerate()
    .map(|(n, at)| {
        format!(
            "UPDATE deliveries SET delivered_at = {} WHERE id = {};",
            micros(at),
            DELIVERIES_FROM + n as i64
        )
    })
    .collect();
    let app = books.serve(on, &touch_up).await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let mut months: Vec<_> = finance
        .all("/invoices")
        .await
        .iter()
        .map(|invoice| {
            (
                invoice["starts_on"].to_string(),
                invoice["ends_before"].to_string(),
                invoice["line_count"].to_string(),
            )
        })
        .collect();
    months.sort();
    let expected = [
        ("2024-02-01", "2024-03-01"),
        ("2024-03-01", "2024-04-01"),
        ("2024-07-01", "2024-08-01"),
        ("2024-08-01", "2024-09-01"),
    ];
    let expected = expected.map(|(from, to)| (format!("\"{from}\""), format!("\"{to}\""), "1".to_owned()));
    assert_eq!(months, expected);
    app.audit_is_green().await;
}

/// R78: the run of Monday M takes [M−7d, M); R79: due seven days after issue; R80: collected on a
/// Wednesday after it.
#[rstest]
#[tokio::test]
async fn r78_r79_r80_monday_invoices_the_week_before(#[values(Sqlite, Postgres)] on: Database) {
    let app = Books::weekly(2, 7).serve(on, "").await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let run = runs(&finance).await.into_iter().next().expect("a first run");
    assert_eq!(
        (&run["starts_on"], &run["ends_before"]),
        (&json!("2026-03-02"), &json!("2026-03-09")),
        "{run}"
    );
    assert_eq!(
        (&run["due_at"], &run["status"]),
        (&json!("2026-03-09T00:00:00Z"), &json!("done")),
        "{run}"
    );
    assert_eq!(
        (&run["invoices"], &run["lines"], &run["suppliers_done"]),
        (&json!(2), &json!(14), &json!(2)),
        "{run}"
    );
    assert_eq!(
        run["total"],
        json!({ "amount": 14 * 2399, "currency": "GBP" }),
        "VAT of 3.998 is 4.00 on each line"
    );
    for invoice in invoices_starting(&finance, "2026-03-02").await {
        let issued: Timestamp = invoice["issued_at"]
            .as_str()
            .expect("an instant")
            .parse()
            .expect("an instant");
        // London has no summer time in November and December, so the date is that of UTC.
        let issued_on = issued.to_offset().date();
        let date = |name: &str| {
            invoice[name]
                .as_str()
                .and_then(|text| text.parse::<tradepost_contract::LocalDate>().ok())
                .expect("a date")
                .date()
        };
        assert_eq!((date("due_on") - issued_on).whole_days(), 7, "{invoice}");
        let collected = date("collect_on");
        assert!(
            collected > issued_on && (collected - issued_on).whole_days() <= 14,
            "{invoice}"
        );
        assert_eq!(
            (&invoice["net"]["amount"], &invoice["tax"]["amount"]),
            (&json!(7 * 1999), &json!(7 * 400)),
            "{invoice}"
        );
    }
    app.audit_is_green().await;
}

/// R114: the run of Monday M takes [M−14d, M−7d): it cannot be started before the lag is over, and
/// what it invoices is more than 7 and at most 14 days old.
#[rstest]
#[tokio::test]
async fn r114_a_week_waits_another_week(#[values(Sqlite, Postgres)] on: Database) {
    let books = Books {
        preset: Preset::LocalExclusive,
        from: tradepost::clock::wall_now().as_micros(),
        apart: 1,
        ..Books::weekly(1, 3)
    };
    let app = books.serve(on, "").await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let run = runs(&finance).await.into_iter().next().expect("the current period");
    assert_eq!(run["status"], "scheduled", "{run}");
    let body = json!({ "programme_id": programme() });
    finance
        .post("/billing-runs")
        .json(&body)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let (end, due) = (
        run["period_end_at"].as_str().expect("an end"),
        run["due_at"].as_str().expect("a due time"),
    );
    assert_eq!(
        micros(due) - micros(end),
        7 * 86_400_000_000,
        "no change of the clock lies in the week after this test"
    );
    let to = |at: String| json!({ "to": at, "run_jobs": true });
    finance
        .post("/sandbox/clock/advance")
        .json(&to(end.to_owned()))
        .send()
        .await
        .ok();
    finance
        .post("/billing-runs")
        .json(&body)
        .send()
        .await
        .assert_problem(422, "policy_refuses", "");
    assert_eq!(finance.all("/invoices").await.len(), 0);
    finance
        .post("/sandbox/clock/advance")
        .json(&to(due.to_owned()))
        .send()
        .await
        .ok();
    let invoices = finance.all("/invoices").await;
    assert_eq!((invoices.len(), &invoices[0]["line_count"]), (1, &json!(3)));
    let issued = micros(invoices[0]["issued_at"].as_str().expect("an instant"));
    let lines = finance
        .all(&format!(
            "/invoices/{}/lines",
            invoices[0]["id"].as_str().expect("an id")
        ))
        .await;
    for line in lines {
        let age = (issued - micros(line["delivered_at"].as_str().expect("an instant"))) / 86_400_000_000;
        assert!((7..=14).contains(&age), "{line} is {age} days old");
    }
    app.audit_is_green().await;
}

/// R84: with `defer`, a line whose window is open at the run waits for the next; with
/// `include_then_credit` it is invoiced.
#[rstest]
#[case("defer", 1, 1)]
#[case("include_then_credit", 0, 2)]
#[tokio::test]
async fn r84_open_windows_are_deferred_or_invoiced(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] rule: &str,
    #[case] deferred: i64,
    #[case] billed_at_once: i64,
) {
    let now = tradepost::clock::wall_now().as_micros();
    let books = Books {
        policy: json!({ "billing": { "open_window_lines": rule } }),
        from: now,
        apart: 1,
        ..Books::weekly(1, 2)
    };
    // The second delivery's window closes long after the Monday to come, within the week after it.
    let touch_up = format!(
        "UPDATE deliveries SET return_deadline_at = {} WHERE id = {}",
        now + 8 * 86_400_000_000,
        DELIVERIES_FROM + 1
    );
    let app = books.serve(on, &touch_up).await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let path = format!("/billing-runs/preview?programme_id={}", programme());
    let run = runs(&finance).await.into_iter().next().expect("the current period");
    let end = run["period_end_at"].as_str().expect("an end");
    let clock = json!({ "to": end, "run_jobs": false });
    finance.post("/sandbox/clock/advance").json(&clock).send().await.ok();
    // The server's own job may be quicker; then there is nothing left to preview.
    let preview = finance.get(&path).send().await.ok();
    if preview["starts_on"] == run["starts_on"] && preview["suppliers"].as_array().is_some_and(|rows| !rows.is_empty())
    {
        assert_eq!(
            (&preview["lines"], &preview["suppliers"][0]["deferred"]),
            (&json!(billed_at_once), &json!(deferred)),
            "{preview}"
        );
    }
    app.run_jobs().await;
    let invoices = finance.all("/invoices").await;
    assert_eq!(
        (invoices.len(), &invoices[0]["line_count"]),
        (1, &json!(billed_at_once)),
        "{invoices:#?}"
    );
    app.audit_is_green().await;
    app.advance(7).await;
    let lines: i64 = finance
        .all("/invoices")
        .await
        .iter()
        .filter_map(|invoice| invoice["line_count"].as_i64())
        .sum();
    // After a week its window is over, unless the Monday to come was less than a day away.
    app.advance(7).await;
    let later: i64 = finance
        .all("/invoices")
        .await
        .iter()
        .filter_map(|invoice| invoice["line_count"].as_i64())
        .sum();
    assert!(lines <= later && later == 2, "{lines} lines, then {later}");
    app.audit_is_green().await;
}

/// A preview is what the run then does, and writes nothing.
#[rstest]
#[tokio::test]
async fn a_preview_is_what_the_run_does(#[values(Sqlite, Postgres)] on: Database) {
    let now = tradepost::clock::wall_now().as_micros();
    let books = Books {
        from: now,
        apart: 1,
        ..Books::weekly(3, 5)
    };
    let touch_up = format!(
        "UPDATE deliveries SET price_minor = 2475 WHERE id = {}; UPDATE deliveries SET price_minor = 0 WHERE id = {}; \
         UPDATE deliveries SET billing_state = 'rejected' WHERE id = {}",
        DELIVERIES_FROM,
        DELIVERIES_FROM + 1,
        DELIVERIES_FROM + 2
    );
    let app = books.serve(on, &touch_up).await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let preview = finance
        .get(format!("/billing-runs/preview?programme_id={}", programme()))
        .send()
        .await
        .ok();
    assert_eq!(
        (&preview["lines"], finance.all("/invoices").await.len()),
        (&json!(14), 0),
        "{preview}"
    );
    // Whoever may look at runs may look at what one would bill.
    for role in ["admin", "auditor", "support"] {
        let path = format!("/billing-runs/preview?programme_id={}", programme());
        let seen = app.staff(role).await.get(path).send().await.ok();
        assert_eq!(seen["lines"], preview["lines"], "{role}");
    }
    app.advance(7).await;
    for row in preview["suppliers"].as_array().expect("rows") {
        let found = finance
            .all(&format!(
                "/invoices?supplier_id={}",
                row["supplier_id"].as_str().expect("an id")
            ))
            .await;
        assert_eq!(found.len(), 1);
        for (of_row, of_invoice) in [
            ("lines", "line_count"),
            ("net", "net"),
            ("tax", "tax"),
            ("total", "total"),
        ] {
            assert_eq!(row[of_row], found[0][of_invoice], "{of_row}: {row} {}", found[0]);
        }
    }
    finance
        .get("/billing-runs/preview?programme_id=prog_0000000000001")
        .send()
        .await
        .assert_problem(422, "invalid", "?programme_id");
    finance
        .get("/billing-runs/preview")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "");
    app.audit_is_green().await;
}

/// F8: a total beyond three times the usual parks the run after everybody else was invoiced, until
/// finance accepts it with a reason.
#[rstest]
#[tokio::test]
async fn an_unusual_total_is_parked_until_finance_accepts_it(#[values(Sqlite, Postgres)] on: Database) {
    // Forty deliveries in four weeks from a Monday noon on, ten a week; then prices ten times as high.
    let books = Books {
        apart: 604_800_000_000 / 10,
        ..Books::weekly(2, 40)
    };
    let touch_up = format!(
        "UPDATE deliveries SET price_minor = 19990 WHERE supplier_id = 1000000 AND delivered_at >= {}",
        micros("2026-03-23T00:00:00Z")
    );
    let app = books.serve(on, &touch_up).await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let parked = finance.all("/billing-runs?status=parked").await;
    assert_eq!(parked.len(), 1, "{parked:#?}");
    let run = &parked[0];
    assert_eq!(
        (&run["starts_on"], &run["invoices"]),
        (&json!("2026-03-23"), &json!(1)),
        "{run}"
    );
    assert!(
        run["problem"]
            .as_str()
            .is_some_and(|problem| problem.contains("Supplier 0 (")),
        "{run}"
    );
    assert_events(&app, "billing_run.parked", 1).await;
    // It stays parked, holds the later periods back, and nothing of it was written.
    app.run_jobs().await;
    assert_eq!(finance.all("/invoices").await.len(), 7);
    let path = format!("/billing-runs/{}/resume", run["id"].as_str().expect("an id"));
    let accept = |reason: &str| json!({ "accept_unusual_totals": true, "reason": reason });
    finance
        .post(&path)
        .json(&accept(" "))
        .send()
        .await
        .assert_problem(422, "invalid", "/reason");
    app.staff("admin")
        .await
        .post(&path)
        .json(&accept("storm"))
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    // Without accepting, it parks again.
    let again = json!({ "reason": "looked at it" });
    finance.post(&path).json(&again).send().await.assert_status(202);
    app.run_jobs().await;
    assert_eq!(finance.all("/billing-runs?status=parked").await.len(), 1);
    finance
        .post(&path)
        .json(&accept("Storm season"))
        .send()
        .await
        .assert_status(202);
    finance
        .post(&path)
        .json(&accept("Storm season"))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    app.run_jobs().await;
    let done = finance
        .get(format!("/billing-runs/{}", run["id"].as_str().expect("an id")))
        .send()
        .await
        .ok();
    assert_eq!(
        (&done["status"], &done["invoices"], &done["problem"]),
        (&json!("done"), &json!(2), &Value::Null),
        "{done}"
    );
    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={}", run["id"].as_str().expect("an id")))
        .await;
    assert!(
        trail
            .iter()
            .any(|entry| entry["action"] == "billing_run.resumed" && entry["reason"] == "Storm season"),
        "{trail:#?}"
    );
    app.audit_is_green().await;
}

/// A seller whose leads are charged with their orders has no runs, and says so.
#[rstest]
#[tokio::test]
async fn a_seller_without_a_cycle_has_no_runs(#[values(Sqlite, Postgres)] on: Database) {
    let books = Books {
        preset: Preset::LeadStore,
        ..Books::weekly(1, 2)
    };
    let app = books.serve(on, "").await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    assert_eq!(finance.all("/billing-runs").await.len(), 0);
    let body = json!({ "programme_id": programme() });
    finance
        .post("/billing-runs")
        .json(&body)
        .send()
        .await
        .assert_problem(422, "policy_refuses", "");
    let unknown = json!({ "programme_id": "prog_0000000000001" });
    finance
        .post("/billing-runs")
        .json(&unknown)
        .send()
        .await
        .assert_problem(422, "invalid", "/programme_id");
    let day = json!({ "programme_id": programme(), "starts_on": "2026-03-02" });
    finance
        .post("/billing-runs")
        .json(&day)
        .send()
        .await
        .assert_problem(422, "invalid", "/starts_on");
    app.audit_is_green().await;
}
