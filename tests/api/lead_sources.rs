//! Lead sources: what senders of four kinds send becomes leads exactly as with `POST /leads`, or an entry of the log
//! that says why not (R107, part 4 of the integrations).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Call, Client, Market, merged, spawn};

/// A source with its secret.
struct Source {
    id: String,
    secret: String,
    /// The end of its address, below `/api/v1`.
    intake: String,
    shown: Value,
}

impl Source {
    fn path(&self) -> String {
        format!("/lead-sources/{}", self.id)
    }

    fn post(&self, client: &Client, content_type: &str, body: impl Into<String>) -> Call {
        client.post(&self.intake).bytes(content_type, body.into())
    }

    /// What it was sent, the latest first.
    async fn log(&self, client: &Client) -> Vec<Value> {
        client.all(&format!("{}/posts", self.path())).await
    }
}

async fn make(client: &Client, market: &Market<'_>, kind: &str, more: Value) -> Answer {
    let body =
        json!({ "kind": kind, "programme_id": market.id(), "product_id": market.product["id"], "name": "A form" });
    client.post("/lead-sources").json(&merged(body, more)).send().await
}

async fn source(client: &Client, market: &Market<'_>, kind: &str, more: Value) -> Source {
    let made = make(client, market, kind, more).await.created();
    let shown = made["lead_source"].clone();
    let url = shown["intake_url"].as_str().expect("an address");
    let (_, path) = url.split_once("/api/v1").expect("below the API");
    Source {
        id: shown["id"].as_str().expect("an id").to_owned(),
        secret: made["secret"].as_str().expect("a secret").to_owned(),
        intake: path.to_owned(),
        shown,
    }
}

/// A lead form as Google sends it.
fn google(secret: &str, id: &str, more: Value) -> String {
    let body = json!({
        "lead_id": id, "api_version": "1.0", "form_id": 40_000_000_001_i64, "campaign_id": 123_456, "gcl_id": "Cj0KEQ", "google_key": secret,
        "user_column_data": [
            {"column_name": "Full name", "column_id": "FULL_NAME", "string_value": format!("Dana {id}")},
            {"column_id": "EMAIL", "string_value": format!("{id}@reyes.example")},
            {"column_id": "PHONE_NUMBER", "string_value": "(512) 555-0142"},
            {"column_id": "POSTAL_CODE", "string_value": "78701"},
            {"column_name": "How many seats?", "string_value": "25"},
        ],
    });
    merged(body, more).to_string()
}

const JSON: &str = "application/json";

/// R107: a lead form of Google's becomes a lead with its source and campaign, sold as any other; the same id is the same
/// lead, a test is ignored, and a wrong key is refused in Google's way and leaves no entry.
#[rstest]
#[tokio::test]
async fn r107_google_lead_forms_become_leads(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (admin, nobody) = (app.staff("admin").await, app.anonymous());
    let source = source(&admin, &market, "google_ads", json!({ "campaign": "spring" })).await;
    assert_eq!(
        (&source.shown["source"], &source.shown["status"]),
        (&json!("google ads"), &json!("active"))
    );

    let answer = source
        .post(&nobody, JSON, google(&source.secret, "gl-1", json!({})))
        .send()
        .await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({})));
    let log = source.log(&admin).await;
    assert_eq!(
        (log.len(), &log[0]["outcome"], &log[0]["external_id"]),
        (1, &json!("accepted"), &json!("gl-1"))
    );
    let lead = admin
        .get(format!("/leads/{}", log[0]["lead_id"].as_str().expect("a lead")))
        .send()
        .await
        .ok();
    assert_eq!(
        (&lead["source"], &lead["submitted_by"]),
        (&json!("google ads"), &json!(source.id))
    );
    assert_eq!(lead["person"]["name"], "Dana gl-1");
    let answers = &lead["answers"];
    assert_eq!(
        (
            &answers["campaign"],
            &answers["campaign_id"],
            &answers["How many seats?"],
            &answers["gcl_id"]
        ),
        (&json!("spring"), &json!("123456"), &json!("25"), &json!("Cj0KEQ"))
    );
    assert!(answers.get("google_key").is_none(), "{answers}");
    assert_eq!(lead["sales"][0]["supplier_id"], json!(buyer.id), "sold at once: {lead}");

    // Google sends again what it is not sure of.
    source
        .post(&nobody, JSON, google(&source.secret, "gl-1", json!({})))
        .send()
        .await
        .ok();
    let test = google(&source.secret, "gl-test", json!({ "is_test": true }));
    assert_eq!(source.post(&nobody, JSON, test).send().await.ok(), json!({}));
    for wrong in [
        google("guessed", "gl-2", json!({})),
        google("", "gl-2", json!({ "google_key": null })),
        "{".to_owned(),
    ] {
        let denied = source.post(&nobody, JSON, wrong).send().await;
        denied.assert_status(401);
        assert!(denied.json()["message"].is_string(), "{denied}");
    }
    let log = source.log(&admin).await;
    let outcomes: Vec<&str> = log.iter().filter_map(|post| post["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["ignored", "unchanged", "accepted"]);
    assert_eq!(log[1]["lead_id"], log[2]["lead_id"]);
    let shown = admin.get(source.path()).send().await.ok();
    assert!(
        shown["last_denied_at"].is_string() && shown["last_received_at"].is_string(),
        "{shown}"
    );
    assert!(!shown.to_string().contains(&source.secret), "the secret is shown once");
    app.audit_is_green().await;
}

/// The checks are those of `POST /leads`: the same person twice is a duplicate, a number that cannot be is quarantined,
/// and what has no field that the programme requires is refused with its pointers, in Google's way.
#[rstest]
#[tokio::test]
async fn the_checks_are_those_of_every_enquiry(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app
        .market_with(
            "lead-store",
            json!({ "intake": { "required_fields": { "email": "required" } } }),
        )
        .await;
    let (admin, nobody) = (app.staff("admin").await, app.anonymous());
    let source = source(&admin, &market, "google_ads", json!({})).await;
    let send = async |id: &str, columns: Value| {
        let body = google(&source.secret, id, json!({ "user_column_data": columns }));
        source.post(&nobody, JSON, body).send().await
    };
    let person = |phone: &str, email: &str| {
        json!([{"column_id": "FULL_NAME", "string_value": "Dana"}, {"column_id": "PHONE_NUMBER", "string_value": phone},
            {"column_id": "EMAIL", "string_value": email}, {"column_id": "POSTAL_CODE", "string_value": "78701"}])
    };
    send("a", person("(512) 555-0142", "dana@reyes.example")).await.ok();
    send("b", person("(512) 555-0142", "dana@reyes.example")).await.ok();
    let refused = send("c", json!([{"column_id": "FULL_NAME", "string_value": "Dana"}])).await;
    refused.assert_status(422);
    assert!(
        refused.json()["message"].as_str().is_some_and(|text| !text.is_empty()),
        "{refused}"
    );
    let log = source.log(&admin).await;
    let by_api = async |id: &str, phone: &str| {
        let lead = json!({
            "programme": market.id(), "product": "main", "external_source": "twin", "external_id": id,
            "person": {"name": "Dana", "phone": phone, "email": format!("{id}@twin.example")}, "place": {"postcode": "78701"},
        });
        market.try_submit(lead).await.ok()["lead"]["status"].clone()
    };
    let status = async |at: usize| {
        let path = format!("/leads/{}", log[at]["lead_id"].as_str().expect("a lead"));
        admin.get(path).send().await.ok()["status"].clone()
    };
    assert_eq!(status(1).await, "duplicate");
    assert_eq!(log[0]["problem"], "invalid");
    assert!(log[0]["errors"].to_string().contains("/person/email"), "{}", log[0]);
    // A bad number has one fate, whichever way it comes.
    send("d", person("12345", "d@reyes.example")).await;
    let twin = by_api("twin-d", "12345").await;
    let log = source.log(&admin).await;
    let path = format!("/leads/{}", log[0]["lead_id"].as_str().expect("a lead"));
    assert_eq!(admin.get(path).send().await.ok()["status"], twin);
}

/// Meta proves the subscription and signs; its answers beside the id are taken, an id alone is refused in the log and
/// answered 200, and nothing is believed that is not signed by the app's secret.
#[rstest]
#[tokio::test]
async fn meta_lead_ads_are_verified_signed_and_taken(#[values(Sqlite, Postgres)] on: Database) {
    use hmac::{Hmac, KeyInit, Mac};
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (admin, nobody) = (app.staff("admin").await, app.anonymous());
    let source = source(&admin, &market, "meta", json!({})).await;
    let verify = |token: &str| {
        nobody.get(format!(
            "{}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444",
            source.intake
        ))
    };
    let proved = verify(&source.secret).send().await;
    assert_eq!((proved.status.as_u16(), proved.text()), (200, "1158201444".to_owned()));
    verify("guessed")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");

    let signed = |secret: &str, body: &str| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(body.as_bytes());
        let hex: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        source
            .post(&nobody, JSON, body)
            .header("X-Hub-Signature-256", &format!("sha256={hex}"))
    };
    let body = |value: Value| {
        json!({"object": "page", "entry": [{"id": "1", "time": 1, "changes": [{"field": "leadgen", "value": value}]}]})
            .to_string()
    };
    let lead = body(json!({
        "leadgen_id": "444", "form_id": "9", "ad_id": "7",
        "field_data": [{"name": "full_name", "values": ["Dana Reyes"]}, {"name": "email", "values": ["dana@reyes.example"]},
            {"name": "phone_number", "values": ["+15125550142"]}, {"name": "zip_code", "values": ["78701"]}],
    }));
    signed("s3cret-of-the-app", &lead)
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    let secret = json!({ "app_secret": "s3cret-of-the-app" });
    let shown = admin.patch(source.path()).json(&secret).send().await.ok();
    assert_eq!(shown["has_app_secret"], true);
    signed("another", &lead)
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    source
        .post(&nobody, JSON, lead.as_str())
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    assert!(source.log(&admin).await.is_empty());

    signed("s3cret-of-the-app", &lead).send().await.ok();
    signed("s3cret-of-the-app", &body(json!({"leadgen_id": "445"})))
        .send()
        .await
        .ok();
    let log = source.log(&admin).await;
    assert_eq!(
        (&log[1]["outcome"], &log[1]["external_id"]),
        (&json!("accepted"), &json!("444"))
    );
    assert_eq!(
        (&log[0]["outcome"], &log[0]["external_id"], &log[0]["may_rerun"]),
        (&json!("refused"), &json!("445"), &json!(false))
    );
    assert!(
        log[0]["detail"]
            .as_str()
            .is_some_and(|text| text.contains("field_data")),
        "{}",
        log[0]
    );
    let lead = admin
        .get(format!("/leads/{}", log[1]["lead_id"].as_str().expect("a lead")))
        .send()
        .await
        .ok();
    assert_eq!(
        (&lead["place"]["postcode"], &lead["source"]),
        (&json!("78701"), &json!("meta"))
    );
    app.audit_is_green().await;
}

/// A sender of any shape: tried first without a trace, mapped, refused for a field that is missing, and read again after
/// the mapping was mended; then what was sent is kept no more.
#[rstest]
#[tokio::test]
async fn a_mapping_is_tried_mended_and_run_again(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app
        .market_with(
            "lead-store",
            json!({ "intake": { "required_fields": { "phone": "required" } } }),
        )
        .await;
    let (admin, support, nobody) = (app.staff("admin").await, app.staff("support").await, app.anonymous());
    let mapping = json!({ "fields": [
        {"field": "external_id", "column": "/meta/id"}, {"field": "person.name", "template": "{contact.first} {contact.last}"},
        {"field": "person.email", "column": "contact.email"}, {"field": "place.postcode", "column": "zip"},
        {"field": "answers.owner", "column": "owner", "transform": "boolean"},
    ] });
    let source = source(
        &admin,
        &market,
        "mapped",
        json!({ "mapping": mapping, "source": "partner x" }),
    )
    .await;
    let sample = json!({
        "meta": {"id": 77}, "contact": {"first": "Dana", "last": "Reyes", "email": "dana@reyes.example", "mobile": "(512) 555-0142"},
        "zip": "78701", "owner": true,
    });

    let tried = support
        .post(format!("{}/try", source.path()))
        .json(&json!({ "body": sample.to_string() }))
        .send()
        .await
        .ok();
    let enquiry = &tried["enquiries"][0];
    assert_eq!(
        (&enquiry["outcome"], &enquiry["lead"]["person"]["name"]),
        (&json!("refused"), &json!("Dana Reyes"))
    );
    assert_eq!(enquiry["errors"][0]["pointer"], "/person/phone", "{tried}");
    assert!(enquiry["fields"].to_string().contains("contact.mobile"), "{tried}");
    let suggested = tried["suggested_mapping"].clone();
    let of = |field: &str| {
        let fields = suggested["fields"].as_array().expect("fields");
        fields
            .iter()
            .find(|one| one["field"] == field)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(of("person.phone")["column"], "contact.mobile", "{suggested}");
    assert!(source.log(&admin).await.is_empty(), "nothing is kept of it");

    let key = |call: Call| call.header("X-Lead-Source-Key", &source.secret);
    let refused = key(source.post(&nobody, JSON, sample.to_string())).send().await;
    refused.assert_problem(422, "invalid", "/person/phone");
    let post = source.log(&admin).await[0].clone();
    assert_eq!(
        (&post["outcome"], &post["external_id"], &post["may_rerun"]),
        (&json!("refused"), &json!("77"), &json!(true))
    );
    let path = format!("/lead-source-posts/{}", post["id"].as_str().expect("an id"));
    let kept = admin.get(&path).send().await.ok();
    assert!(kept["fields"].to_string().contains("(512) 555-0142"), "{kept}");
    let rerun = || admin.post(format!("{path}/rerun")).json(&json!({}));
    assert_eq!(
        rerun().send().await.ok()["outcome"],
        "refused",
        "nothing has changed yet"
    );

    let mut mended = mapping.clone();
    mended["fields"]
        .as_array_mut()
        .expect("fields")
        .push(json!({"field": "person.phone", "column": "contact.mobile"}));
    let version = admin.get(source.path()).send().await.version();
    admin
        .patch(source.path())
        .if_match(version)
        .json(&json!({ "mapping": mended }))
        .send()
        .await
        .ok();
    admin
        .patch(source.path())
        .if_match(version)
        .json(&json!({ "name": "x" }))
        .send()
        .await
        .assert_problem(412, "stale", "");
    let taken = rerun().send().await.ok();
    assert_eq!(
        (&taken["outcome"], &taken["reruns"], &taken["may_rerun"]),
        (&json!("accepted"), &json!(2), &json!(false))
    );
    assert_eq!(admin.get(&path).send().await.ok()["fields"], json!([]));
    rerun().send().await.assert_problem(409, "state_conflict", "");
    let lead = admin
        .get(format!("/leads/{}", taken["lead_id"].as_str().expect("a lead")))
        .send()
        .await
        .ok();
    assert_eq!(
        (&lead["answers"]["owner"], &lead["source"]),
        (&json!("yes"), &json!("partner x"))
    );

    // The same as a form, which says the same, and is the same lead.
    let form = "meta.id=77&contact.first=Dana&contact.last=Reyes&contact.mobile=5125550142&contact.email=dana@reyes.example&zip=78701";
    let answer = key(source.post(&nobody, "application/x-www-form-urlencoded", form))
        .send()
        .await
        .ok();
    assert_eq!(
        (&answer[0]["outcome"], &answer[0]["lead_id"]),
        (&json!("unchanged"), &taken["lead_id"])
    );
    let bad = key(source.post(&nobody, JSON, "{\"a\": ")).send().await;
    bad.assert_problem(400, "malformed_body", "");
    assert_eq!(source.log(&admin).await[0]["problem"], "malformed_body");
    let reruns = app
        .staff("auditor")
        .await
        .all("/audit-entries?action=lead_source_post.rerun")
        .await;
    assert_eq!(reruns.len(), 2);
    app.audit_is_green().await;
}

/// ADF: prospects become leads, and nothing that expands or is fetched is read.
#[rstest]
#[tokio::test]
async fn adf_is_read_and_nothing_dangerous_in_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (admin, nobody) = (app.staff("admin").await, app.anonymous());
    let source = source(
        &admin,
        &market,
        "adf",
        json!({ "requires_secret": false, "source": "dealer site" }),
    )
    .await;
    let prospect = |id: &str, email: &str| {
        format!(
            "<prospect><id source=\"site\">{id}</id><requestdate>2026-01-05T10:00:00-06:00</requestdate>\
             <vehicle interest=\"buy\"><year>2024</year><make>Ford</make><model>F-150</model></vehicle>\
             <customer><contact><name part=\"first\">Dana</name><name part=\"last\">Reyes</name><email>{email}</email>\
             <phone>512-555-0142</phone><address><city>Austin</city><postalcode>78701</postalcode></address></contact>\
             <comments>Trade &amp; buy</comments></customer></prospect>"
        )
    };
    let body = format!(
        "<?xml version=\"1.0\"?><adf>{}{}</adf>",
        prospect("1", "a@x.example"),
        prospect("2", "b@x.example")
    );
    let answer = source
        .post(&nobody, "application/xml", body)
        .header("Accept", "text/xml")
        .send()
        .await
        .ok();
    assert_eq!(answer.as_array().map(Vec::len), Some(2), "{answer}");
    let lead = admin
        .get(format!("/leads/{}", answer[0]["lead_id"].as_str().expect("a lead")))
        .send()
        .await
        .ok();
    assert_eq!(
        (&lead["person"]["name"], &lead["person"]["notes"]),
        (&json!("Dana Reyes"), &json!("Trade & buy"))
    );
    assert_eq!(
        (&lead["answers"]["vehicle.model"], &lead["external_id"]),
        (&json!("F-150"), &json!("1"))
    );
    assert_eq!(lead["enquired_at"], "2026-01-05T16:00:00Z");

    let bomb =
        "<!DOCTYPE adf [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><adf><prospect><id>&b;</id></prospect></adf>";
    let file = "<!DOCTYPE adf [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><adf><prospect><id>&f;</id></prospect></adf>";
    let deep = format!("<adf><prospect>{}</prospect></adf>", "<a>".repeat(5_000));
    for bad in [
        bomb.to_owned(),
        file.to_owned(),
        deep,
        "<html/>".to_owned(),
        String::new(),
    ] {
        let refused = source.post(&nobody, "application/xml", bad).send().await;
        refused.assert_problem(400, "malformed_body", "");
    }
    let large = format!("<adf><prospect><id>{}</id></prospect></adf>", "x".repeat(70_000));
    source
        .post(&nobody, "application/xml", large)
        .send()
        .await
        .assert_problem(413, "body_too_large", "");
}

/// An unknown address is 404, a disabled source 403, one too many 429; a rotated secret counts beside the new one for as
/// long as was said.
#[rstest]
#[tokio::test]
async fn addresses_secrets_and_limits_hold(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (admin, nobody) = (app.staff("admin").await, app.anonymous());
    let source = source(&admin, &market, "mapped", json!({ "requests_per_minute": 8 })).await;
    let with = |secret: &str| {
        let call = source.post(
            &nobody,
            "application/x-www-form-urlencoded",
            "id=1&name=Dana&phone=5125550142&email=d@x.example&postcode=78701",
        );
        call.header("Authorization", &format!("Bearer {secret}"))
    };
    nobody
        .post("/lead-intake/guessed")
        .json(&json!({}))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    nobody
        .get(&source.intake)
        .send()
        .await
        .assert_problem(404, "not_found", "");
    let first = with(&source.secret).send().await;
    assert_eq!(first.ok()[0]["outcome"], "accepted");
    assert_eq!(
        (first.header("RateLimit-Limit"), first.header("RateLimit-Remaining")),
        (Some("8"), Some("6")),
        "{first}"
    );

    let rotate = |hours: i64| {
        admin
            .post(format!("{}/rotate-secret", source.path()))
            .json(&json!({ "overlap_hours": hours }))
    };
    let next = rotate(24).idempotency_key("rotate-once").send().await.ok();
    let again = rotate(24).idempotency_key("rotate-once").send().await.ok();
    assert_eq!(
        (&again["secret"], &again["lead_source"]),
        (&Value::Null, &next["lead_source"])
    );
    let second = next["secret"].as_str().expect("a secret").to_owned();
    with(&source.secret).send().await.ok();
    with(&second).send().await.ok();
    let third = rotate(0).send().await.ok()["secret"]
        .as_str()
        .expect("a secret")
        .to_owned();
    with(&second).send().await.assert_problem(401, "unauthenticated", "");
    with(&third).send().await.ok();

    let turn = |action: &str| admin.post(format!("{}/{action}", source.path())).json(&json!({}));
    assert_eq!(turn("disable").send().await.ok()["status"], "disabled");
    turn("disable").send().await.assert_problem(409, "state_conflict", "");
    with(&third).send().await.assert_problem(403, "forbidden", "");
    turn("enable").send().await.ok();
    for _ in 0..2 {
        with(&third).send().await.ok();
    }
    let refused = with(&third).send().await;
    refused.assert_problem(429, "too_many_requests", "");
    let wait: i64 = refused
        .header("Retry-After")
        .and_then(|text| text.parse().ok())
        .expect("seconds");
    assert!(
        (1..=60).contains(&wait) && refused.header("RateLimit-Remaining") == Some("0"),
        "{refused}"
    );
}

#[rstest]
#[case::no_name("mapped", json!({ "name": " " }), "/name", "required")]
#[case::unknown_field("mapped", json!({ "mapping": { "fields": [{"field": "person.shoe", "column": "x"}] } }), "/mapping/fields/0/field", "unknown_field")]
#[case::no_field("mapped", json!({ "mapping": { "fields": [] } }), "/mapping/fields", "required")]
#[case::own_ids("mapped", json!({ "mapping": { "fields": [{"field": "external_source", "constant": "x"}] } }), "/mapping/fields/0/field", "not_here")]
#[case::open_google("google_ads", json!({ "requires_secret": false }), "/requires_secret", "required_here")]
#[case::app_secret("mapped", json!({ "app_secret": "12345678" }), "/app_secret", "only_for_meta")]
#[case::limit("mapped", json!({ "requests_per_minute": 0 }), "/requests_per_minute", "out_of_range")]
#[case::programme("mapped", json!({ "programme_id": "prog_0000000000001" }), "/programme_id", "unknown_id")]
#[case::product("mapped", json!({ "product_id": "prod_0000000000001" }), "/product_id", "unknown_id")]
#[tokio::test]
async fn a_source_that_cannot_be_is_refused(
    #[case] kind: &str,
    #[case] more: Value,
    #[case] pointer: &str,
    #[case] code: &str,
) {
    let app = spawn(Sqlite).await;
    let market = app.market("lead-store").await;
    let answer = make(&app.staff("admin").await, &market, kind, more).await;
    answer.assert_problem(422, "invalid", pointer);
    assert_eq!(answer.field_code(pointer), code);
}

/// Meta's export in UTF-16 with its prefixes goes through the import: the mapping that is suggested takes them away.
#[rstest]
#[tokio::test]
async fn metas_export_is_imported_without_its_prefixes(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let admin = app.staff("admin").await;
    let text = "id\tcreated_time\tad_id\tform_id\tplatform\tfull_name\temail\tphone_number\tzip_code\n\
                l:1001\t2026-01-05T10:00:00-06:00\tag:7\tf:9\tfb\tDana Reyes\tdana@reyes.example\tp:+15125550142\tz:78701\n\
                l:1002\t2026-01-05T11:00:00-06:00\tag:7\tf:9\tig\tMo Okafor\tmo@okafor.example\tp:+15125550143\tz:78702\n";
    let bytes: Vec<u8> = [0xfeff_u16]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let product = market.product["id"].as_str().expect("an id");
    let path = format!(
        "/lead-imports?programme_id={}&product_id={product}&file_name=meta.tsv",
        market.id()
    );
    let import = admin.post(path).bytes("text/csv", bytes).send().await.created();
    assert_eq!(
        (&import["encoding"], &import["delimiter"]),
        (&json!("utf-16le"), &json!("tab"))
    );
    let id = import["id"].as_str().expect("an id");
    admin
        .post(format!("/lead-imports/{id}/start"))
        .json(&json!({}))
        .send()
        .await
        .assert_status(202);
    app.run_jobs().await;
    let done = admin.get(format!("/lead-imports/{id}")).send().await.ok();
    assert_eq!(
        (&done["status"], &done["counts"]["accepted"]),
        (&json!("done"), &json!(2)),
        "{done}"
    );
    let rows = admin.all(&format!("/lead-imports/{id}/rows")).await;
    let lead = admin
        .get(format!("/leads/{}", rows[0]["lead_id"].as_str().expect("a lead")))
        .send()
        .await
        .ok();
    assert_eq!(
        (
            &lead["external_id"],
            &lead["person"]["phone"],
            &lead["place"]["postcode"],
            &lead["source"]
        ),
        (&json!("1001"), &json!("+15125550142"), &json!("78701"), &json!("fb"))
    );
}
