//! Who gets a page, who gets a problem, and what HEAD says.

use reqwest::Method;
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

#[rstest]
#[tokio::test]
async fn whoever_takes_html_gets_the_page(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let client = app.anonymous();
    for accept in [
        Some("text/html,*/*;q=0.8"),
        Some("*/*"),
        Some("application/json, */*"),
        None,
    ] {
        for path in ["///", "//console", "//leads/del_1a2b/return", "//console/queues"] {
            for method in [Method::GET, Method::HEAD] {
                // reqwest says `*/*` by itself; an empty header is none.
                let call = client.call(method.clone(), path);
                let answer = match accept {
                    Some(accept) => call.header("Accept", accept).send().await,
                    None => call.send().await,
                };
                answer.assert_status(200);
                assert_eq!(
                    answer.header("Content-Type"),
                    Some("text/html; charset=utf-8"),
                    "{answer}"
                );
                assert!(answer.header("Content-Security-Policy").is_some(), "{answer}");
                assert_eq!(answer.body.is_empty(), method == Method::HEAD, "{answer}");
            }
        }
    }
}

/// A client that says nothing at all of what it takes, as HTTP/1.0 tools do.
#[rstest]
#[tokio::test]
async fn who_says_nothing_gets_the_page(#[values(Sqlite)] on: Database) {
    use std::io::{Read as _, Write as _};
    let app = spawn(on).await;
    let address = app.address.trim_start_matches("http://").to_owned();
    let head = tokio::task::spawn_blocking(move || {
        let mut answers = Vec::new();
        for method in ["GET", "HEAD"] {
            let mut socket = std::net::TcpStream::connect(&address).expect("the server listens");
            write!(
                socket,
                "{method} / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
            )
            .expect("sent");
            let mut text = String::new();
            socket.read_to_string(&mut text).expect("an answer");
            answers.push(text);
        }
        answers
    });
    let answers = head.await.expect("both are answered");
    for answer in &answers {
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(answer.to_lowercase().contains("content-type: text/html"), "{answer}");
    }
    let (_, body) = answers[1].split_once("\r\n\r\n").expect("a head ends");
    assert_eq!(body, "");
}

#[rstest]
#[tokio::test]
async fn what_is_mistyped_stays_a_problem(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let client = app.anonymous();
    for path in [
        "//assets/portal-000000000000.js",
        "//assets/nothing",
        "//favicon.ico",
        "//console/logo.png",
        "//api",
        "//api/v1",
        "//api/v2/leads",
        "//api/v1/no-such-thing",
    ] {
        for accept in ["text/html,*/*;q=0.8", "*/*"] {
            let answer = client.get(path).header("Accept", accept).send().await;
            answer.assert_problem(404, "not_found", "");
        }
    }
    // Who wants JSON mistyped the address.
    for path in ["//v1/leads", "//health"] {
        let answer = client.get(path).header("Accept", "application/json").send().await;
        answer.assert_problem(404, "not_found", "");
    }
    client.post("//leads").send().await.assert_problem(404, "not_found", "");
}

/// HEAD is GET without the body: the same status, the same headers, and as closed to strangers.
#[rstest]
#[tokio::test]
async fn head_answers_as_get_does(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let stranger = app.anonymous();
    let user = admin.all("/users").await[0]["id"].as_str().expect("an id").to_owned();
    let one = format!("/users/{user}");
    for (who, path, status) in [
        (&stranger, "/health", 200),
        (&admin, "/users", 200),
        (&admin, one.as_str(), 200),
        (&admin, "/users/user_0", 404),
        (&admin, "/users?nonsense=1", 400),
        (&stranger, "/users", 401),
        (&stranger, "//openapi.json", 200),
    ] {
        let got = who.get(path).send().await;
        let headed = who.call(Method::HEAD, path).send().await;
        got.assert_status(status);
        headed.assert_status(status);
        assert!(headed.body.is_empty() && !got.body.is_empty(), "{headed}");
        for header in ["Content-Type", "Content-Length", "ETag", "Cache-Control"] {
            assert_eq!(headed.header(header), got.header(header), "{header} of {path}");
        }
    }
    let refused = stranger.call(Method::HEAD, "/auth/login").send().await;
    refused.assert_status(405);
    let told = stranger.delete("/users").send().await;
    told.assert_status(405);
    assert_eq!(told.header("Allow"), Some("GET, POST, HEAD"), "{told}");
}
