//! Who else sends leads: a form of Google's, a partner's website, and the system of a car dealer.

use super::api::{Api, text};
use super::market::Market;
use super::people::Staff;
use anyhow::{Context, bail};
use reqwest::Method;
use serde_json::{Value, json};

/// A source that was made.
struct Made {
    secret: String,
    /// Below the API.
    path: String,
}

/// Makes sources, and lets two of them send something.
pub(super) async fn connect(staff: &Staff, market: &Market) -> anyhow::Result<()> {
    let store = product(&staff.admin, market, "prosper-store", 1).await?;
    let google = make(
        &staff.admin,
        &store,
        json!({ "kind": "google_ads", "name": "Google Ads, prospect form", "campaign": "Autumn prospects" }),
    )
    .await?;
    let people = [
        ("gl-301", "Priya Natarajan", "(512) 555-0171"),
        ("gl-302", "Tom Alvarez", "(512) 555-0172"),
    ];
    for (id, name, phone) in people {
        let first = name.split(' ').next().unwrap_or_default().to_lowercase();
        let form = lead_form(&google.secret, id, name, phone, &format!("{first}@{id}.example"), false);
        send(&staff.admin, &google.path, &form).await?;
    }
    let test = lead_form(
        &google.secret,
        "gl-test",
        "Test Lead",
        "(650) 555-0199",
        "test@example.com",
        true,
    );
    send(&staff.admin, &google.path, &test).await?;

    let mapping = json!({ "fields": [
        { "field": "external_id", "column": "request.id" },
        { "field": "person.name", "template": "{first_name} {last_name}" },
        { "field": "person.email", "column": "mail" },
        { "field": "person.phone", "column": "phone" },
        { "field": "place.postcode", "column": "zip" },
        { "field": "answers.homeowner", "column": "owner", "transform": "boolean" },
    ] });
    let partner = make(
        &staff.admin,
        &store,
        json!({ "kind": "mapped", "name": "Partner site", "source": "partner site", "mapping": mapping }),
    )
    .await?;
    let good = [
        ("request.id", "7001"),
        ("first_name", "Ingrid"),
        ("last_name", "Solberg"),
        ("mail", "ingrid@solberg.example"),
        ("phone", "(512) 555-0173"),
        ("zip", "78704"),
        ("owner", "on"),
    ];
    // Their form was changed, and nobody said so: staff find it in the log.
    let changed = [
        ("request.id", "7002"),
        ("full_name", "Omar Haddad"),
        ("e_mail", "omar@haddad.example"),
        ("tel", "(512) 555-0174"),
        ("zip", "78705"),
        ("owner", "off"),
    ];
    for fields in [&good[..], &changed[..]] {
        staff
            .admin
            .send_form(&format!("/api/v1{}", partner.path), Some(&partner.secret), fields)
            .await?;
    }
    make(
        &staff.admin,
        &store,
        json!({ "kind": "adf", "name": "Dealer system", "source": "dealer system" }),
    )
    .await?;
    Ok(())
}

/// Where leads of a programme's product go.
async fn product(admin: &Api, market: &Market, slug: &str, at: usize) -> anyhow::Result<Value> {
    let programme = market.programmes.iter().find(|one| one.brand.slug == slug);
    let product = programme.and_then(|one| one.products.get(at));
    let id = product.with_context(|| format!("{slug} has no such product"))?;
    let product = admin.get(&format!("/lead-products/{id}")).await?;
    Ok(json!({ "programme_id": product["programme_id"], "product_id": product["id"] }))
}

async fn make(admin: &Api, to: &Value, more: Value) -> anyhow::Result<Made> {
    let mut body = more;
    for field in ["programme_id", "product_id"] {
        body[field] = to[field].clone();
    }
    let made = admin.post("/lead-sources", &body).await?;
    let url = text(&made["lead_source"], "intake_url")?;
    let (_, path) = url.split_once("/api/v1").context("an address below the API")?;
    Ok(Made {
        secret: text(&made, "secret")?,
        path: path.to_owned(),
    })
}

fn lead_form(key: &str, id: &str, name: &str, phone: &str, email: &str, is_test: bool) -> Value {
    json!({
        "lead_id": id, "api_version": "1.0", "form_id": 40_000_017_u64, "campaign_id": 7_210_443_u64, "gcl_id": "Cj0KEQjw",
        "google_key": key, "is_test": is_test,
        "user_column_data": [
            { "column_id": "FULL_NAME", "string_value": name }, { "column_id": "EMAIL", "string_value": email },
            { "column_id": "PHONE_NUMBER", "string_value": phone }, { "column_id": "POSTAL_CODE", "string_value": "78701" },
            { "column_name": "When would you like to start?", "string_value": "This month" },
        ],
    })
}

/// What a sender posts; whether a lead comes of it is the market's to say.
async fn send(admin: &Api, path: &str, body: &Value) -> anyhow::Result<()> {
    let (status, answer) = admin.try_call(Method::POST, path, Some(body)).await?;
    if status.is_server_error() {
        bail!("POST to a lead source answered {status}: {answer}");
    }
    Ok(())
}
