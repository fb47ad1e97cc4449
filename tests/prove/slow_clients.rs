//! Clients that are slow on purpose are cut, and nobody else notices (reliability S10).

use std::time::{Duration, Instant};

use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tradepost_tests::Database::{self, Sqlite};
use tradepost_tests::spawn;

/// The longest that any slow client may hold a connection.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a slow client sends before it falls silent.
const SILENCES: [(&str, &str); 3] = [
    ("nothing", ""),
    ("half a head", "GET /api/v1/health HTTP/1.1\r\nHost: local"),
    (
        "half a body",
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"em",
    ),
];

#[rstest]
#[tokio::test]
async fn slow_clients_are_cut(#[values(Sqlite)] on: Database) {
    let app = spawn(on).await;
    let address = app.address.trim_start_matches("http://").to_owned();
    let sockets = super::size(500, 40);
    let began = Instant::now();
    let mut slow = Vec::new();
    for n in 0..sockets {
        let (address, (kind, bytes)) = (address.clone(), SILENCES[n % SILENCES.len()]);
        slow.push(tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.expect("the server accepts");
            stream.write_all(bytes.as_bytes()).await.expect("the server reads");
            let mut rest = Vec::new();
            let cut = tokio::time::timeout(2 * PATIENCE, stream.read_to_end(&mut rest))
                .await
                .is_ok();
            (kind, cut, began.elapsed())
        }));
    }
    // Meanwhile everybody else is served.
    let mut worst = Duration::ZERO;
    for _ in 0..50 {
        let asked = Instant::now();
        app.anonymous().get("/health").send().await.assert_status(200);
        worst = worst.max(asked.elapsed());
    }
    assert!(worst < Duration::from_secs(2), "somebody else waited {worst:?}");
    let mut longest = Duration::ZERO;
    for task in slow {
        let (kind, cut, after) = task.await.expect("the slow client ends");
        assert!(
            cut && after <= PATIENCE,
            "a client that sent {kind} was still there after {after:?}"
        );
        longest = longest.max(after);
    }
    super::report(
        "slow clients cut",
        on,
        &format!("{sockets} sockets"),
        &format!("all within {} s", longest.as_secs() + 1),
    );
}
