//! A backup that is made while leads come in has every lead that was acknowledged before it, and goes on elsewhere.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{ServerProcess, TestDatabase, postgres_programs, spawn_process, tradepost};

/// Runs the command line and gives what it said.
async fn command(url: &str, arguments: &[&str], folder: &Path) -> Output {
    let mut command = tradepost(url);
    command.args(arguments).arg(folder).env("TRADEPOST_SANDBOX", "true");
    if let Some(programs) = postgres_programs() {
        command.env("TRADEPOST_PG_BIN", programs);
    }
    tokio::task::spawn_blocking(move || command.output().expect("the command line runs"))
        .await
        .expect("a thread waits for it")
}

fn said(output: &Output) -> String {
    format!(
        "{} {}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// S15, F19's neighbour: whole at one instant beside a server under load; sums that are wrong and places that are not
/// empty are refused; people sign in to the restored one with what they know.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_whole_and_goes_on(#[values(Sqlite, Postgres)] on: Database) {
    let app = Arc::new(spawn_process(on).await);
    let market = app.market("b2b-monthly").await;
    market.buyer("Okafor", json!({})).await;
    let send = async |n: usize| {
        let mut lead = market.lead();
        lead["external_source"] = json!("backup");
        lead["external_id"] = json!(n.to_string());
        market.key.post("/leads").json(&lead).send().await.created();
    };
    let mut before = 0;
    while before < 40 {
        send(before).await;
        before += 1;
    }
    if let Some(file) = app.database.url().strip_prefix("sqlite://") {
        // Where the secret is a file, it comes along; this server has it from its environment.
        let secret = Path::new(file).with_extension("secret");
        std::fs::write(secret, "kept beside the database").expect("a file beside the database");
    }
    let space = tempfile::tempdir().expect("a folder for the backups");
    let folder = space.path().join("copy");
    let stop = AtomicBool::new(false);
    let load = async {
        let mut n = before;
        while !stop.load(Ordering::Relaxed) {
            send(n).await;
            n += 1;
        }
        n
    };
    let copy = async {
        let output = command(app.database.url(), &["backup", "--to"], &folder).await;
        stop.store(true, Ordering::Relaxed);
        output
    };
    let (sent, output) = tokio::join!(load, copy);
    assert!(output.status.success(), "{}", said(&output));
    assert!(sent > before, "leads came in meanwhile");
    let again = command(app.database.url(), &["backup", "--to"], &folder).await;
    assert!(!again.status.success(), "a backup is never written over");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&folder).expect("the folder").permissions().mode();
        assert_eq!(mode & 0o077, 0, "nobody else reads it");
    }

    let secret = std::fs::read_to_string(folder.join("tradepost.secret")).ok();
    match on {
        Sqlite => assert_eq!(secret.as_deref(), Some("kept beside the database")),
        Postgres => assert_eq!(secret, None),
    }

    // Not over what is there.
    let over = command(app.database.url(), &["restore", "--from"], &folder).await;
    assert!(!over.status.success(), "{}", said(&over));
    let elsewhere = TestDatabase::empty(on);
    let output = command(elsewhere.url(), &["restore", "--from"], &folder).await;
    assert!(
        output.status.success() && said(&output).contains("invariants hold"),
        "{}",
        said(&output)
    );
    let url = elsewhere.url().to_owned();
    let server = tokio::task::spawn_blocking(move || ServerProcess::start(&url, &[]))
        .await
        .expect("the restored server starts");
    let key = market.key.moved_to(&server.address);
    let there = key.all("/leads?limit=100").await.len();
    assert!(there >= before && there <= sent, "{there} of {before} to {sent}");
    drop(server);

    // One byte is enough to be told.
    let name = match on {
        Sqlite => "tradepost.db",
        Postgres => "tradepost.pgdump",
    };
    let mut bytes = std::fs::read(folder.join(name)).expect("the copy");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(folder.join(name), bytes).expect("the copy can be spoilt");
    let spoilt = TestDatabase::empty(on);
    let refused = command(spoilt.url(), &["restore", "--from"], &folder).await;
    assert!(
        !refused.status.success() && said(&refused).contains("damaged"),
        "{}",
        said(&refused)
    );
}
