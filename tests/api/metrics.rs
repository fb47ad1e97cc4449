//! Figures for operators: on an address of their own, and nothing of anybody in them.

use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn_with;

/// Requests by operation and status, their durations, writes, jobs, mails and webhooks are counted; ids, names and paths are
/// not in it; and the API's own address has no such page.
#[rstest]
#[tokio::test]
async fn operators_read_figures_without_anybody_in_them(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn_with(on, |settings| {
        settings.metrics_bind = Some(([127, 0, 0, 1], 0).into());
    })
    .await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", serde_json::json!({})).await;
    market.sell_to(&buyer).await;
    let lead = format!("/leads/{}", "lead_0000000000zzz");
    market.key.get(&lead).send().await.assert_problem(404, "not_found", "");
    app.anonymous().get("/leads").send().await.assert_status(401);
    app.run_jobs().await;
    let address = app.inside().metrics_address().expect("it listens");
    let page = format!("http://{address}/metrics");
    let answer = reqwest::get(&page).await.expect("it answers");
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.expect("text");
    let figure = |name: &str| -> u64 {
        let line = text
            .lines()
            .find(|line| line.starts_with(name) && line.len() > name.len());
        let line = line.unwrap_or_else(|| panic!("{name} is not in\n{text}"));
        let number = line.rsplit(' ').next().expect("a number");
        number.parse().unwrap_or_else(|_| panic!("{line}"))
    };
    assert_eq!(
        figure("tradepost_requests_total{operation=\"create_lead\",status=\"201\"}"),
        1
    );
    assert_eq!(figure("tradepost_request_seconds_count{operation=\"create_lead\"}"), 1);
    assert_eq!(
        figure("tradepost_requests_total{operation=\"get_lead\",status=\"404\"}"),
        1
    );
    assert_eq!(
        figure("tradepost_requests_total{operation=\"list_leads\",status=\"401\"}"),
        1
    );
    assert!(figure("tradepost_writes_waiting") < 10, "{text}");
    assert!(figure("tradepost_commit_seconds_count") >= 5, "{text}");
    assert!(figure("tradepost_job_slices_total{job=\"housekeeping\"}") > 0);
    for status in ["queued", "dead"] {
        assert_eq!(figure(&format!("tradepost_mails{{status=\"{status}\"}}")), 0);
    }
    assert_eq!(figure("tradepost_webhook_deliveries{status=\"dead\"}"), 0);
    for secret in ["Okafor", "lead_0", "del_0", "sup_0", "reyes", "zzz", "/leads"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    // Each name is described once, before its figures.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().expect("a name");
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .unwrap_or(name);
        let described = |of: &str| text.matches(&format!("# TYPE {of} ")).count() == 1;
        assert!(described(family) || described(name), "{line}");
    }
    // Not on the address that everybody reaches.
    let public = reqwest::get(format!("{}/metrics", app.address))
        .await
        .expect("an answer");
    let public = public.text().await.expect("text");
    assert!(!public.contains("tradepost_requests_total"), "{public}");
}
