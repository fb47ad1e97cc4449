//! Taxes by where a supplier is, how prices have them, and how they are rounded.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::Id;
use tradepost_contract::SupplierId;
use tradepost_tests::books::{Books, DELIVERIES_FROM, SUPPLIERS_FROM};
use tradepost_tests::{Database, Database::*};

use crate::papers::{ALL_ASKED_BACK, approve, file, invoices, read_back};

fn british(prices: &str, rounding: &str) -> Value {
    json!({ "tax": {
        "rate": "0.20", "label": "VAT", "prices": prices, "rounding": rounding,
        "rules": {
            "abroad": {"place": {"where": "abroad"}, "tax_id": "given",
                "charge": {"kind": "reverse_charge", "label": "VAT", "note": "Reverse charge: the customer accounts for the VAT."}},
            "ireland": {"place": {"where": "country", "country": "IE"}, "charge": {"kind": "rate", "rate": "0.23", "label": "VAT IE"}},
        }
    }})
}

/// R119: home, reverse charge abroad, and a country of its own: each on the invoice with its sum and sentence.
#[rstest]
#[tokio::test]
async fn r119_the_suppliers_country_decides_the_tax(#[values(Sqlite, Postgres)] on: Database) {
    let books = Books {
        policy: british("exclusive", "per_line"),
        ..Books::weekly(4, 3)
    };
    let id = |n: i64| SUPPLIERS_FROM + n;
    let touched = format!(
        "UPDATE suppliers SET country = 'DE', tax_id = 'DE123456789' WHERE id = {}; \
         UPDATE suppliers SET country = 'IE' WHERE id = {}; UPDATE suppliers SET country = 'FR' WHERE id = {};",
        id(1),
        id(2),
        id(3)
    );
    let app = books.serve(on, &touched).await;
    app.run_jobs().await;
    let all = invoices(&app).await;
    let of = |n: i64| {
        let id = SupplierId::from_i64(SUPPLIERS_FROM + n).to_string();
        all.iter()
            .find(|invoice| invoice["supplier_id"] == id.as_str())
            .expect("an invoice")
    };
    let seen: Vec<_> = (0..4)
        .map(|n| {
            let tax = &of(n)["taxes"][0];
            (
                tax["label"].as_str().unwrap_or_default().to_owned(),
                tax["treatment"].as_str().unwrap_or_default().to_owned(),
                of(n)["tax"]["amount"].as_i64(),
                tax["note"].is_string(),
            )
        })
        .collect();
    let expected = [
        ("VAT", "charged", 1200, false),
        ("VAT", "reverse_charge", 0, true),
        ("VAT IE", "charged", 1380, false),
        ("VAT", "charged", 1200, false),
    ]
    .map(|(label, treatment, tax, note)| (label.to_owned(), treatment.to_owned(), Some(tax), note));
    assert_eq!(seen, expected);
    app.audit_is_green().await;
}

/// The two roundings and the two kinds of price, on the same leads at two prices.
#[rstest]
// 1999 and 333 × 0.20 = 399.8 and 66.6; 7 and 3 of them.
#[case("exclusive", "per_line", 14992, 7 * 400 + 3 * 67)]
#[case("exclusive", "per_rate", 14992, 2998)]
// 1999 / 6 = 333.17, 333 / 6 = 55.5: to the even 56; together 14992 / 6 = 2498.67.
#[case("inclusive", "per_line", 14992 - (7 * 333 + 3 * 56), 7 * 333 + 3 * 56)]
#[case("inclusive", "per_rate", 14992 - 2499, 2499)]
#[tokio::test]
async fn prices_and_roundings(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] prices: &str,
    #[case] rounding: &str,
    #[case] net: i64,
    #[case] tax: i64,
) {
    let books = Books {
        policy: british(prices, rounding),
        ..Books::weekly(1, 10)
    };
    let cheaper =
        "UPDATE deliveries SET price_minor = 333 WHERE id IN (SELECT id FROM deliveries ORDER BY id DESC LIMIT 3)";
    let app = books.serve(on, cheaper).await;
    let finance = app.staff("finance").await;
    app.run_jobs().await;
    let invoice = invoices(&app).await.remove(0);
    assert_eq!(
        (&invoice["net"]["amount"], &invoice["tax"]["amount"]),
        (&json!(net), &json!(tax)),
        "{invoice}"
    );
    let lines = finance
        .all(&format!("/invoices/{}/lines", invoice["id"].as_str().expect("an id")))
        .await;
    let sum = |field: &str| -> i64 { lines.iter().filter_map(|line| line[field]["amount"].as_i64()).sum() };
    assert_eq!((sum("net"), sum("tax")), (net, tax), "the lines add up");
    assert_eq!(invoice["taxes"][0]["tax"]["amount"], json!(tax));
    app.audit_is_green().await;
}

/// R30: two taxes of one rate stay two: each line says which is its own, their sums are apart, and a credit note
/// names the tax of the line that it corrects.
#[rstest]
#[tokio::test]
async fn r30_two_taxes_of_one_rate_stay_apart(#[values(Sqlite, Postgres)] on: Database) {
    let books = Books {
        policy: british("exclusive", "per_rate"),
        from: tradepost::clock::wall_now().as_micros(),
        apart: 1,
        ..Books::weekly(1, 5)
    };
    let two = DELIVERIES_FROM + 3;
    let renamed = format!(
        "INSERT INTO resolved_policies (id, programme_id, policy_version_id, document, created_at) \
         SELECT id + 1, programme_id, policy_version_id, REPLACE(document, '\"VAT\"', '\"Sales levy\"'), created_at \
         FROM resolved_policies; \
         UPDATE deliveries SET resolved_policy_id = resolved_policy_id + 1 WHERE id >= {two}; {ALL_ASKED_BACK};"
    );
    let app = books.serve(on, &renamed).await;
    app.advance(8).await;
    app.until("it is invoiced", async || !invoices(&app).await.is_empty())
        .await;
    let invoice = invoices(&app).await.remove(0);
    let taxes = invoice["taxes"].as_array().expect("taxes");
    assert_eq!(taxes.len(), 2, "{invoice}");
    assert_eq!(taxes[0]["rate"], taxes[1]["rate"]);
    let finance = app.staff("finance").await;
    let path = format!("/invoices/{}/lines", invoice["id"].as_str().expect("an id"));
    let lines = finance.all(&path).await;
    for (position, tax) in taxes.iter().enumerate() {
        let own = || lines.iter().filter(|line| line["tax_position"] == json!(position));
        let sum = |field: &str| -> i64 { own().filter_map(|line| line[field]["amount"].as_i64()).sum() };
        assert_eq!(json!(own().count()), tax["lines"]);
        assert_eq!(
            (json!(sum("net")), json!(sum("tax"))),
            (tax["net"]["amount"].clone(), tax["tax"]["amount"].clone())
        );
    }
    let of = |field: &str| -> i64 { taxes.iter().filter_map(|tax| tax[field]["amount"].as_i64()).sum() };
    assert_eq!(json!(of("net") + of("tax")), invoice["total"]["amount"]);
    for (delivery, label) in [(0, "VAT"), (4, "Sales levy")] {
        approve(&app, delivery).await;
        let notes = finance.all("/credit-notes").await;
        let note = &notes[0];
        let minor = |field: &str| note[field]["amount"].as_i64().expect("an amount");
        assert_eq!(minor("net") + minor("tax"), minor("total"));
        let path = format!("/credit-notes/{}/pdf", note["id"].as_str().expect("an id"));
        let pdf = file(&finance, &path, "application/pdf").await;
        if let Some((text, _)) = read_back(&format!("credit-note-{label}-{on:?}"), &pdf) {
            assert!(text.contains(label), "{text}");
            assert_eq!(text.contains("Sales levy"), label == "Sales levy", "{text}");
        }
    }
    app.audit_is_green().await;
}
