//! What the guide and the document say is what is sent.

use super::*;
use rstest::rstest;
use serde_json::Value;
use serde_json::json;
use tradepost_tests::Receiver;

/// The Python of the guide, as it stands there, verifies what is sent, and nothing else.
#[tokio::test]
async fn the_guide_verifies_what_is_sent() {
    let guide = include_str!("../../../openapi/README.md");
    let start = guide.find("```python\n").expect("the guide has Python") + "```python\n".len();
    let code = &guide[start..start + guide[start..].find("```").expect("it ends")];
    let app = spawn(Sqlite).await;
    let admin = app.staff("admin").await;
    let receiver = Receiver::willing();
    let hook = hook(&admin, &receiver, json!({})).await;
    hook.act(&admin, "rotate-secret", json!({})).await;
    hook.act(&admin, "test", json!({})).await;
    until_seen(&app, &receiver, "the test arrives", |seen| seen.len() == 1).await;
    let sent = &receiver.seen()[0];
    let verifies = |body: &[u8], timestamp: &str| {
        let given = json!({
            "headers": { "webhook-id": sent.id, "webhook-timestamp": timestamp, "webhook-signature": sent.signature },
            "secret": hook.secret, "body": String::from_utf8_lossy(body),
        });
        let program = format!(
            "{code}\nimport json, sys\ngiven = json.loads(sys.argv[1])\n\
             print(verify(given['secret'], given['headers'], given['body'].encode()))\n"
        );
        let ran = std::process::Command::new("python3")
            .args(["-c", &program, &given.to_string()])
            .output();
        let ran = ran.expect("python3 is there, as for the other suites");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).trim() == "True"
    };
    assert!(
        verifies(&sent.raw, &sent.timestamp),
        "the secret before the rotation still does"
    );
    assert!(!verifies(b"{}", &sent.timestamp));
    assert!(!verifies(&sent.raw, "1600000000"), "too old");
}

/// Each kind of event has a message in the document, and what is sent has the fields of its example.
#[rstest]
#[tokio::test]
async fn the_document_shows_what_is_sent(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (admin, owner) = (app.staff("admin").await, market.owner(&buyer).await);
    let receiver = Receiver::willing();
    hook(&admin, &receiver, json!({})).await;
    let delivery = market.sell_to(&buyer).await;
    owner
        .patch(format!("/deliveries/{delivery}"))
        .json(&json!({ "rating": 3 }))
        .send()
        .await
        .ok();
    let request = json!({ "delivery_id": delivery, "reason": "wrong_number", "note": "Somebody else answers." });
    owner.post("/return-requests").json(&request).send().await.created();
    until_seen(&app, &receiver, "the return arrives", |seen| {
        seen.iter().any(|one| one.kind() == "return.submitted")
    })
    .await;
    let document = app.anonymous().get("//openapi.json").send().await.ok();
    let messages = document["webhooks"].as_object().expect("the document has webhooks");
    assert_eq!(messages.len(), tradepost_contract::events::EventKind::ALL.len());
    let fields = |value: &Value| -> Vec<String> {
        let mut names: Vec<String> = value
            .as_object()
            .into_iter()
            .flat_map(|fields| fields.keys().cloned())
            .collect();
        names.sort();
        names
    };
    for one in receiver.seen() {
        let content = &messages[one.kind()]["post"]["requestBody"]["content"]["application/json"];
        let example = &content["example"];
        assert_eq!(
            fields(&example["data"]["facts"]),
            fields(&one.body["data"]["facts"]),
            "{}",
            one.kind()
        );
        assert_eq!(
            (fields(example), fields(&example["data"])),
            (fields(&one.body), fields(&one.body["data"]))
        );
        assert!(
            content["schema"]["$ref"]
                .as_str()
                .is_some_and(|name| name.ends_with("/WebhookMessage")),
            "{content}"
        );
    }
}
