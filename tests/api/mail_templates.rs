//! What mails say: a programme's own words, tried before they hold, and put back (R2, R126).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, Market, TestApp, spawn};

const OWN: &str = "subject: {{ facts.product }} for {{ facts.business }}\n\
    # Ring them today\n\
    - Phone: {{ lead.phone }}\n\
    It costs {{ facts.price | money }}.\n\
    => Open it :: {{ url(\"/leads/\" ~ facts.delivery_id) }}\n\
    -> {{ lead.return_label }} :: {{ url(\"/leads/\" ~ facts.delivery_id ~ \"/return?channel=email_link\") }}";

fn list_path(market: &Market<'_>) -> String {
    format!("/programmes/{}/mail-templates", market.id())
}

fn path(market: &Market<'_>, kind: &str) -> String {
    format!("{}/{kind}", list_path(market))
}

async fn last_mail(app: &TestApp, reader: &Client, query: &str) -> Value {
    app.run_jobs().await;
    app.run_jobs().await;
    let rows = reader.all(&format!("/mails?limit=100&{query}")).await;
    let id = rows.first().expect("a mail")["id"].as_str().expect("an id").to_owned();
    reader.get(format!("/mails/{id}")).send().await.ok()
}

/// R126: a programme words a mail anew; its mails say so from then on, another programme's do not, and put back it says
/// ours again. What was seen of it decides who may write over it, and each change is in the trail.
#[rstest]
#[tokio::test]
async fn r126_a_programme_has_words_of_its_own(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let other = app.market("b2b-monthly").await;
    let (buyer, stranger) = (
        market.buyer("Okafor", json!({})).await,
        other.buyer("Haddad", json!({})).await,
    );
    let (admin, support) = (app.staff("admin").await, app.staff("support").await);
    let manager = app.staff("account_manager").await;
    for (buyer, email) in [(&buyer, "desk@okafor.example"), (&stranger, "desk@haddad.example")] {
        let body = json!({ "purpose": "leads", "name": "Desk", "email": email });
        let path = format!("/suppliers/{}/contacts", buyer.id);
        manager.post(path).json(&body).send().await.created();
    }
    let lead = path(&market, "lead");
    let before = support.get(&lead).send().await.ok();
    assert_eq!((&before["is_own"], &before["version"]), (&json!(false), &json!(0)));
    assert_eq!(before["source"], before["original"]);
    assert_eq!(before["names"]["facts"]["price"]["amount"], 4500);

    let written = admin
        .patch(&lead)
        .json(&json!({ "source": OWN }))
        .if_match(0)
        .send()
        .await
        .ok();
    assert_eq!((&written["is_own"], &written["version"]), (&json!(true), &json!(1)));
    let late = admin
        .patch(&lead)
        .json(&json!({ "source": OWN }))
        .if_match(0)
        .send()
        .await;
    late.assert_problem(412, "stale", "");
    let list = support.get(list_path(&market)).send().await.ok();
    let own: Vec<&Value> = list["data"]
        .as_array()
        .expect("templates")
        .iter()
        .filter(|row| row["is_own"] == true)
        .collect();
    assert_eq!((own.len(), &own[0]["kind"]), (1, &json!("lead")));

    market.sell_to(&buyer).await;
    let ours = |mail: &Value| {
        mail["text"]
            .as_str()
            .is_some_and(|text| text.starts_with("You have a new lead"))
    };
    let mail = last_mail(&app, &support, &format!("kind=lead&supplier_id={}", buyer.id)).await;
    let text = mail["text"].as_str().expect("a text");
    assert!(
        text.starts_with("Ring them today") && text.contains("/return?channel=email_link"),
        "{text}"
    );
    assert!(
        mail["subject"]
            .as_str()
            .is_some_and(|subject| subject.contains(" for ")),
        "{mail}"
    );
    other.sell_to(&stranger).await;
    let theirs = last_mail(&app, &support, &format!("kind=lead&supplier_id={}", stranger.id)).await;
    assert!(ours(&theirs), "{theirs}");

    admin.delete(&lead).if_match(1).send().await.assert_status(204);
    let mail = last_mail(&app, &support, &format!("kind=lead&supplier_id={}", buyer.id)).await;
    assert!(ours(&mail), "what is looked at again says what holds now: {mail}");
    let again = admin.get(&lead).send().await.ok();
    assert_eq!((&again["is_own"], &again["version"]), (&json!(false), &json!(2)));

    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={}", market.id()))
        .await;
    let actions: Vec<&str> = trail.iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert!(
        actions.starts_with(&["mail_template.reset", "mail_template.written"]),
        "{actions:?}"
    );
    app.audit_is_green().await;
}

/// R2, R126: what cannot be filled in, says nothing, or loses what the mail is for is refused with its line, and nothing
/// changes; who may only read mails may not word them.
#[rstest]
#[tokio::test]
async fn r2_a_template_that_would_not_work_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let admin = app.staff("admin").await;
    let lead = path(&market, "lead");
    let bare = |line: &str| OWN.replace("It costs {{ facts.price | money }}.", line);
    for (source, said) in [
        (String::new(), "must not be empty"),
        ("x".repeat(10_001), "has at most"),
        (OWN.replace("subject: ", ""), "line 1: "),
        (OWN.replace("# Ring", "Ring"), "line 2: "),
        (bare("{{ facts.nobody }}"), "line 4: undefined"),
        (bare("{{ lead.phone"), "line 4: "),
        (
            bare("{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}"),
            "line 4: ",
        ),
        (bare("=> Another :: https://example.com"), "line 5: there is one button"),
        (bare("-> Prize :: javascript:alert(1)"), "no address of the web"),
        (
            OWN.lines().take(5).collect::<Vec<_>>().join("\n"),
            "/return?channel=email_link",
        ),
    ] {
        for refused in [
            admin.patch(&lead).json(&json!({ "source": source })).send().await,
            admin
                .post(format!("{lead}/preview"))
                .json(&json!({ "source": source }))
                .send()
                .await,
            admin
                .post(format!("{lead}/test-mails"))
                .json(&json!({ "source": source }))
                .send()
                .await,
        ] {
            assert_eq!(refused.status.as_u16(), 422, "{source}: {}", refused.text());
            let text = refused.text().to_lowercase();
            assert!(text.contains(said) && text.contains("/source"), "{said}: {text}");
        }
    }
    let kept = admin.get(&lead).send().await.ok();
    assert_eq!((&kept["is_own"], &kept["version"]), (&json!(false), &json!(0)));
    for nothing in ["mail_test", "nothing"] {
        admin
            .get(path(&market, nothing))
            .send()
            .await
            .assert_problem(404, "not_found", "");
    }
    let support = app.staff("support").await;
    let body = json!({ "source": OWN });
    support
        .patch(&lead)
        .json(&body)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    support.get(&lead).send().await.ok();
    let buyer = market.buyer("Okafor", json!({})).await;
    market
        .owner(&buyer)
        .await
        .get(&lead)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
}

/// R126: whoever words a mail sees it filled in, and gets it once when they ask for it; nobody else does, and nothing is
/// saved by it.
#[rstest]
#[tokio::test]
async fn r126_a_template_is_tried_on_oneself(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let admin = app.staff("admin").await;
    let lead = path(&market, "lead");
    let body = json!({ "source": OWN });
    let preview = admin.post(format!("{lead}/preview")).json(&body).send().await.ok();
    assert_eq!(preview["subject"], "Kitchen renovation for Okafor & Daughters");
    assert!(
        preview["text"]
            .as_str()
            .is_some_and(|text| text.contains("It costs $45.00.")),
        "{preview}"
    );
    assert!(
        preview["html"]
            .as_str()
            .is_some_and(|html| html.contains("Ring them today")),
        "{preview}"
    );
    app.run_jobs().await;
    assert_eq!(admin.all("/mails?kind=mail_test").await.len(), 0);

    admin
        .post(format!("{lead}/test-mails"))
        .json(&body)
        .send()
        .await
        .assert_status(202);
    let mail = last_mail(&app, &admin, "kind=mail_test").await;
    assert_eq!(admin.all("/mails?kind=mail_test").await.len(), 1);
    let me = admin.get("/me").send().await.ok();
    assert_eq!(mail["recipient"], me["email"]);
    assert_eq!(mail["subject"], "Test: Kitchen renovation for Okafor & Daughters");
    assert_eq!(mail["text"], preview["text"]);
    assert_eq!(admin.get(&lead).send().await.ok()["version"], 0);
}
