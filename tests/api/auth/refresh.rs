//! The refresh cookie: good once, for our own pages only.

use super::{SignedIn, refresh, signed_in, with_cookie};
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

#[rstest]
#[tokio::test]
async fn a_refresh_token_is_good_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let first = signed_in(&app, "support").await;
    let second = SignedIn::of(&refresh(&app, &first.cookie).await);
    assert_ne!(first.cookie, second.cookie);
    assert_eq!(first.body["session_id"], second.body["session_id"]);
    second.client(&app).get("/me").send().await.ok();
    let third = SignedIn::of(&refresh(&app, &second.cookie).await);

    // The first one is two turns old now: somebody has a copy, so the whole session ends.
    refresh(&app, &first.cookie)
        .await
        .assert_problem(401, "session_ended", "");
    refresh(&app, &third.cookie)
        .await
        .assert_problem(401, "session_ended", "");
    third
        .client(&app)
        .get("/me")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    let sessions = signed_in(&app, "support").await.client(&app).all("/sessions").await;
    assert_eq!(sessions.len(), 1, "only the new one is open");
    let trail = app
        .staff("auditor")
        .await
        .all("/audit-entries?action=session.ended")
        .await;
    assert_eq!(trail.len(), 1, "{trail:?}");
}

/// A lost answer, or two tabs: the token of a moment ago gets the same successor.
#[rstest]
#[tokio::test]
async fn the_previous_token_gets_the_same_successor_for_ten_seconds(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let first = signed_in(&app, "support").await;
    let second = SignedIn::of(&refresh(&app, &first.cookie).await);
    let again = SignedIn::of(&refresh(&app, &first.cookie).await);
    assert_eq!(second.cookie, again.cookie);
    again.client(&app).get("/me").send().await.ok();
    SignedIn::of(&refresh(&app, &second.cookie).await);
}

/// Many tabs refresh at once: all of them go on, with one successor.
#[rstest]
#[tokio::test]
async fn racing_refreshes_have_one_successor(#[values(Sqlite, Postgres)] on: Database) {
    let app = std::sync::Arc::new(spawn(on).await);
    let first = signed_in(&app, "support").await;
    let racers: Vec<_> = (0..12)
        .map(|_| {
            let (app, cookie) = (app.clone(), first.cookie.clone());
            tokio::spawn(async move { SignedIn::of(&refresh(&app, &cookie).await).cookie })
        })
        .collect();
    let mut successors = std::collections::HashSet::new();
    for racer in racers {
        successors.insert(racer.await.expect("the racer ends well"));
    }
    assert_eq!(successors.len(), 1, "{successors:?}");
}

#[rstest]
#[case::nothing(None)]
#[case::empty(Some(""))]
#[case::nonsense(Some("abc"))]
#[case::right_form_never_ours(Some("sess_0000000000001.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))]
#[tokio::test]
async fn a_token_that_is_none_refreshes_nothing(#[case] cookie: Option<&str>) {
    let app = spawn(Sqlite).await;
    let call = app
        .anonymous()
        .post("/auth/refresh")
        .bytes("application/json", "")
        .header("X-Requested-With", "tradepost");
    let call = match cookie {
        Some(cookie) => call.header("Cookie", &format!("rt={cookie}")),
        None => call,
    };
    call.send().await.assert_problem(401, "session_ended", "");
}

/// A made-up token of somebody's session must not end it.
#[rstest]
#[tokio::test]
async fn a_forged_token_ends_nobodys_session(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let victim = signed_in(&app, "support").await;
    let session = victim.body["session_id"].as_str().expect("an id");
    for rotation in [0, 1, 7] {
        let forged = format!("{session}.{rotation}.{}", "A".repeat(43));
        refresh(&app, &forged).await.assert_problem(401, "session_ended", "");
        with_cookie(&app, "/auth/logout", &forged)
            .send()
            .await
            .assert_status(204);
    }
    victim.client(&app).get("/me").send().await.ok();
    SignedIn::of(&refresh(&app, &victim.cookie).await);
}

#[rstest]
#[case::a_form("application/x-www-form-urlencoded", Some("tradepost"), None, None, 415)]
#[case::plain_text("text/plain", Some("tradepost"), None, None, 415)]
#[case::no_header("application/json", None, None, None, 403)]
#[case::other_header("application/json", Some("fetch"), None, None, 403)]
#[case::other_origin("application/json", Some("tradepost"), Some("https://evil.example"), None, 403)]
#[case::null_origin("application/json", Some("tradepost"), Some("null"), None, 403)]
#[case::other_port("application/json", Some("tradepost"), Some("http://127.0.0.1:1"), None, 403)]
#[case::cross_site("application/json", Some("tradepost"), None, Some("cross-site"), 403)]
#[case::same_site("application/json", Some("tradepost"), None, Some("same-site"), 403)]
#[tokio::test]
async fn other_sites_cannot_use_the_cookie(
    #[case] content_type: &str,
    #[case] requested_with: Option<&str>,
    #[case] origin: Option<&str>,
    #[case] fetch_site: Option<&str>,
    #[case] status: u16,
    #[values("/auth/refresh", "/auth/logout")] path: &str,
) {
    let app = spawn(Sqlite).await;
    let person = signed_in(&app, "support").await;
    let mut call = app
        .anonymous()
        .post(path)
        .bytes(content_type, "")
        .header("Cookie", &format!("rt={}", person.cookie));
    for (name, value) in [
        ("X-Requested-With", requested_with),
        ("Origin", origin),
        ("Sec-Fetch-Site", fetch_site),
    ] {
        if let Some(value) = value {
            call = call.header(name, value);
        }
    }
    assert_eq!(call.send().await.status.as_u16(), status);
    SignedIn::of(&refresh(&app, &person.cookie).await);
}

#[tokio::test]
async fn our_own_pages_can_use_the_cookie() {
    let app = spawn(Sqlite).await;
    let person = signed_in(&app, "support").await;
    let call = with_cookie(&app, "/auth/refresh", &person.cookie)
        .header("Origin", &app.address)
        .header("Sec-Fetch-Site", "same-origin");
    SignedIn::of(&call.send().await);
}
