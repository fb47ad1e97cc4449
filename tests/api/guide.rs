//! The guides of `openapi/README.md` are run as they stand there, against a real server.

use serde_json::{Value, json};
use std::process::{Command, Output};
use tradepost_tests::Database::Sqlite;
use tradepost_tests::{Receiver, TestApp, spawn};

const GUIDE: &str = include_str!("../../openapi/README.md");

/// The code blocks of a language, below a heading.
fn blocks(heading: &str, language: &str) -> Vec<&'static str> {
    let start = GUIDE.find(heading).unwrap_or_else(|| panic!("no {heading}")) + heading.len();
    let section = &GUIDE[start..];
    let section = &section[..section.find("\n## ").unwrap_or(section.len())];
    let fence = format!("```{language}\n");
    let blocks = section.split(fence.as_str()).skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect()
}

fn succeeded(what: &str, ran: std::io::Result<Output>) -> String {
    let ran = ran.unwrap_or_else(|error| panic!("{what}: {error}"));
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(
        ran.status.success(),
        "{what}: {said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    said
}

/// Where the server is, below which `/api/v1` lies.
fn base(app: &TestApp) -> String {
    app.anonymous().address().to_owned()
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// The quickstart, the errors and the idempotency are shell that works, in the order in which one reads it.
#[tokio::test(flavor = "multi_thread")]
async fn the_shell_of_the_guides_works() {
    let app = spawn(Sqlite).await;
    let market = app.market("lead-store").await;
    market.buyer("Okafor", json!({})).await;
    let key = app
        .key(&["market:read", "leads:write", "leads:read"], Some(market.id()), None)
        .await;
    let mut script = String::from("set -euo pipefail\n");
    for heading in ["## Quickstart", "## Errors", "## Idempotency"] {
        let found = blocks(heading, "bash");
        assert!(!found.is_empty(), "{heading} has shell");
        script.extend(found);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut bash = Command::new("bash");
    bash.arg("-c").arg(&script).current_dir(folder.path());
    bash.env("TRADEPOST", base(&app)).env("KEY", key.bearer());
    bash.env("PROGRAMME", market.programme["slug"].as_str().expect("a slug"));
    let ran = tokio::task::spawn_blocking(move || bash.output())
        .await
        .expect("it ran");
    let said = succeeded("the guides' shell", ran);
    assert!(
        said.contains("\"code\":\"main\"") && said.contains("\"external_id\":\"form-8841\""),
        "{said}"
    );
    let leads = app.staff("admin").await.all("/leads").await;
    assert_eq!(leads.len(), 2, "the third was refused, and the fourth was the same");
}

/// The lists are read to their end by the Python and the JavaScript of the guide, through a limit that makes them wait.
#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_to_their_end() {
    let app = spawn(Sqlite).await;
    let market = app.market("lead-store").await;
    for _ in 0..7 {
        market.submit(market.lead()).await;
    }
    let key = app.key(&["leads:read"], Some(market.id()), None).await;
    let wanted: Vec<Value> = app
        .staff("admin")
        .await
        .all("/leads")
        .await
        .iter()
        .map(|lead| lead["id"].clone())
        .collect();
    assert_eq!(wanted.len(), 7);
    let (base, key) = (base(&app), key.bearer().to_owned());
    let python = blocks("## Pagination", "py").concat();
    let program = format!(
        "{python}\nimport sys\nprint(json.dumps([row['id'] for row in all_of(sys.argv[1], sys.argv[2], '/leads?limit=3')]))\n"
    );
    let mut run = Command::new("python3");
    run.args(["-c", &program, &base, &key]);
    let ran = tokio::task::spawn_blocking(move || run.output()).await.expect("it ran");
    let said: Vec<Value> = serde_json::from_str(&succeeded("python", ran)).expect("JSON");
    assert_eq!(said, wanted);
    if !is_there("node") {
        return;
    }
    let script = blocks("## Pagination", "mjs").concat();
    let script = format!(
        "{script}\nconst found = []; for await (const row of allOf(process.argv[1], process.argv[2], '/leads?limit=3')) found.push(row.id);\nconsole.log(JSON.stringify(found));"
    );
    let mut run = Command::new("node");
    run.args(["--input-type=module", "-e", &script, &base, &key]);
    let ran = tokio::task::spawn_blocking(move || run.output()).await.expect("it ran");
    let said: Vec<Value> = serde_json::from_str(&succeeded("node", ran)).expect("JSON");
    assert_eq!(said, wanted);
}

/// What is sent is verified by the shell and the JavaScript of the guide, and what is not ours is not. (Python:
/// `webhooks/guide.rs`.)
#[tokio::test(flavor = "multi_thread")]
async fn every_snippet_verifies_what_is_sent() {
    let app = spawn(Sqlite).await;
    let admin = app.staff("admin").await;
    let receiver = Receiver::willing();
    let made = admin
        .post("/webhook-endpoints")
        .json(&json!({ "name": "Our CRM", "url": receiver.url }))
        .send()
        .await
        .created();
    let secret = made["secret"].as_str().expect("a secret");
    let path = format!("/webhook-endpoints/{}", made["endpoint"]["id"].as_str().expect("an id"));
    admin
        .post(format!("{path}/rotate-secret"))
        .json(&json!({}))
        .send()
        .await
        .ok();
    admin
        .post(format!("{path}/test"))
        .json(&json!({}))
        .send()
        .await
        .assert_status(202);
    app.until("the test arrives", async || {
        receiver.seen().iter().any(|one| one.kind() == "webhook.test")
    })
    .await;
    let seen = receiver.seen();
    let sent = seen
        .iter()
        .find(|one| one.kind() == "webhook.test")
        .expect("it arrived");
    let folder = tempfile::tempdir().expect("a folder");
    let body = folder.path().join("body");
    let shell = format!("{}\nverify \"$@\"", blocks("## Webhooks", "bash").concat());
    let by_shell = |timestamp: &str, content: &[u8]| {
        std::fs::write(&body, content).expect("a file can be written");
        let mut run = Command::new("bash");
        run.args(["-c", &shell, "bash", secret, &sent.id, timestamp, &sent.signature])
            .arg(&body);
        run.output().expect("bash is there").status.success()
    };
    assert!(
        by_shell(&sent.timestamp, &sent.raw),
        "the secret before the rotation still does"
    );
    assert!(!by_shell(&sent.timestamp, b"{}") && !by_shell("1600000000", &sent.raw));
    if !is_there("node") {
        return;
    }
    let script = blocks("## Webhooks", "js").concat();
    let script = format!(
        "{script}\nconst [secret, headers, body] = JSON.parse(process.argv[1]);\nconsole.log(verify(secret, headers, Buffer.from(body)));"
    );
    let by_node = |timestamp: &str, content: &[u8]| {
        let headers =
            json!({ "webhook-id": sent.id, "webhook-timestamp": timestamp, "webhook-signature": sent.signature });
        let given = json!([secret, headers, String::from_utf8_lossy(content)]).to_string();
        let ran = Command::new("node")
            .args(["--input-type=module", "-e", &script, &given])
            .output();
        succeeded("node", ran).trim() == "true"
    };
    assert!(by_node(&sent.timestamp, &sent.raw));
    assert!(!by_node(&sent.timestamp, b"{}") && !by_node("1600000000", &sent.raw));
}

/// A key of a supplier has its leads delivered by the shell of the guide, and tries it: the receiver has the form.
#[tokio::test(flavor = "multi_thread")]
async fn the_shell_of_the_crm_guide_works() {
    let app = spawn(Sqlite).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let key = app
        .key(&["webhooks:write", "deliveries:read"], None, Some(&buyer.id))
        .await;
    let crm = Receiver::willing();
    let script = format!("set -euo pipefail\n{}", blocks("## Delivery to a CRM", "bash").concat());
    let mut bash = Command::new("bash");
    bash.arg("-c").arg(&script).env("TRADEPOST", base(&app));
    bash.env("KEY", key.bearer()).env("CRM", &crm.url).env("CRM_KEY", "k3y");
    let ran = tokio::task::spawn_blocking(move || bash.output())
        .await
        .expect("it ran");
    let said = succeeded("the guide's shell", ran);
    assert!(said.contains("\"status_code\":200"), "{said}");
    let seen = crm.seen();
    assert_eq!(seen.len(), 1);
    let body = String::from_utf8_lossy(&seen[0].raw).into_owned();
    assert_eq!(
        body,
        "first_name=Test&last_name=Lead&phone=%2B12025550147&oid=00D000000000062"
    );
    assert_eq!(
        (seen[0].header("x-api-key"), seen[0].header("x-delivery-test")),
        (Some("k3y"), Some("true"))
    );
}
