//! Invoices and credit notes on paper, and their lines as files.

use std::path::PathBuf;
use std::process::Command;

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::Id;
use tradepost_contract::{ReturnRequestId, SupplierId};
use tradepost_tests::books::{Books, DELIVERIES_FROM, SUPPLIERS_FROM};
use tradepost_tests::{Client, Database, Database::*, TestApp};

/// Puts the deliveries of some books under return requests that can be approved.
pub(crate) const ALL_ASKED_BACK: &str = "INSERT INTO return_requests (id, delivery_id, lead_id, programme_id, supplier_id, business_id, resolved_policy_id, status, reason, \
     reason_class, channel, submitted_by, submitted_at) SELECT id, id, lead_id, programme_id, supplier_id, business_id, \
     resolved_policy_id, 'in_review', 'wrong_details', 'review', 'portal', 'user_0000000000001', delivered_at FROM deliveries; \
     UPDATE deliveries SET billing_state = 'return_pending'; \
     INSERT INTO events (id, kind, happened_at, programme_id, subject, data, created_at) \
     SELECT id + 5000000000, 'return.submitted', delivered_at, programme_id, 'books', '{}', delivered_at FROM deliveries";

pub(crate) async fn approve(app: &TestApp, delivery: i64) {
    let id = ReturnRequestId::from_i64(DELIVERIES_FROM + delivery);
    let body = json!({ "explanation": "The number is somebody else's." });
    let reviewer = app.staff("returns_reviewer").await;
    reviewer
        .post(format!("/return-requests/{id}/approve"))
        .json(&body)
        .send()
        .await
        .ok();
}

pub(crate) async fn invoices(app: &TestApp) -> Vec<Value> {
    let mut all = app.staff("finance").await.all("/invoices").await;
    all.sort_by_key(|invoice| invoice["number"].to_string());
    all
}

pub(crate) async fn file(client: &Client, path: &str, kind: &str) -> Vec<u8> {
    let answer = client.get(path).send().await;
    answer.assert_status(200);
    assert_eq!(answer.header("content-type"), Some(kind), "{path}");
    let disposition = answer.header("content-disposition").unwrap_or_default();
    assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
    answer.body
}

/// A folder for what people look at; `TRADEPOST_PAPERS` keeps it.
fn kept(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = std::env::var_os("TRADEPOST_PAPERS").map_or_else(std::env::temp_dir, PathBuf::from);
    let path = folder.join(format!("{name}-{}.pdf", std::process::id()));
    std::fs::write(&path, bytes).expect("the paper can be kept");
    path
}

/// The text of a PDF and how many pages it has, where poppler is at hand.
pub(crate) fn read_back(name: &str, bytes: &[u8]) -> Option<(String, usize)> {
    let path = kept(name, bytes);
    let text = Command::new("pdftotext")
        .args(["-layout"])
        .arg(&path)
        .arg("-")
        .output()
        .ok();
    let info = Command::new("pdfinfo").arg(&path).output().ok();
    if std::env::var_os("TRADEPOST_PAPERS").is_none() {
        std::fs::remove_file(&path).expect("the paper goes");
    }
    let (text, info) = (text?, String::from_utf8_lossy(&info?.stdout).into_owned());
    let pages = info
        .lines()
        .find_map(|line| line.strip_prefix("Pages:"))?
        .trim()
        .parse()
        .ok()?;
    assert!(info.contains("Tagged:") && info.contains("yes"), "{info}");
    Some((String::from_utf8_lossy(&text.stdout).into_owned(), pages))
}

const TOUCHED: &str = "UPDATE legal_entities SET tax_id = 'GB 123 4567 89', address = '12 Main Street\nLondon EC1A 1BB', \
     payment_instructions = 'Example Bank, sort code 12-34-56, account 12345678'; \
     UPDATE programmes SET brand = '{\"descriptor\": \"EXAMPLE MEDIA SOLUTIONS\"}'; \
     UPDATE suppliers SET tax_id = 'PL5260001246', address = 'ul. Piotrkowska 1\n90-001 Łódź', \
     legal_name = 'Przedsiębiorstwo Dachów Łódź i Spółka, z ograniczoną odpowiedzialnością i bardzo długą nazwą';";

/// R40, R91: an invoice prints with both sides, its tax, what is open, and the name that card statements show;
/// it is the same file each time, and names leads and no people.
#[rstest]
#[case(1, 1)]
#[case(60, 2)]
#[case(1000, 15)]
#[tokio::test]
async fn r40_r91_an_invoice_on_paper(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] lines: i64,
    #[case] least_pages: usize,
) {
    let app = Books::weekly(1, lines).serve(on, TOUCHED).await;
    app.run_jobs().await;
    let invoice = &invoices(&app).await[0];
    let finance = app.staff("finance").await;
    let path = format!("/invoices/{}", invoice["id"].as_str().expect("an id"));
    let pdf = file(&finance, &format!("{path}/pdf"), "application/pdf").await;
    assert!(pdf.starts_with(b"%PDF-1.7"), "{} bytes", pdf.len());
    assert_eq!(pdf, file(&finance, &format!("{path}/pdf"), "application/pdf").await);
    if let Some((text, pages)) = read_back(&format!("invoice-{on:?}-{lines}"), &pdf) {
        assert!(pages >= least_pages, "{pages} pages");
        for (page, text) in text.split('\u{c}').take(pages).enumerate() {
            assert!(text.contains(&format!("Page {} of {pages}", page + 1)), "{text}");
            assert_eq!(
                text.contains("lead_"),
                text.contains("Delivered"),
                "the head is on each page with lines: {text}"
            );
        }
        let wanted = [
            "Invoice TP-000001",
            "GB 123 4567 89",
            "PL5260001246",
            "90-001 Łódź",
            "VAT",
            "20 %",
            "19.99",
            "To pay",
            "account 12345678",
            "appears on your statement as EXAMPLE MEDIA SOLUTIONS",
        ];
        for words in wanted {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(text.matches("lead_").count(), usize::try_from(lines).expect("a count"));
    }

    let csv = file(&finance, &format!("{path}/lines.csv"), "text/csv; charset=utf-8").await;
    let mut rows = csv::Reader::from_reader(csv.as_slice());
    let headings = rows.headers().expect("headings").clone();
    let column = |name: &str| headings.iter().position(|heading| heading == name).expect("a column");
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), usize::try_from(lines).expect("a count"));
    let sum = |name: &str| -> i64 {
        rows.iter()
            .map(|row| row[column(name)].parse::<i64>().expect("minor units"))
            .sum()
    };
    assert_eq!(
        json!(sum("net_minor")),
        invoice["net"]["amount"],
        "R91: the totals agree"
    );
    assert_eq!(json!(sum("tax_minor")), invoice["tax"]["amount"]);

    // Whoever may not see the invoice sees no paper of it.
    let stranger = app
        .key(
            &["invoices:read"],
            None,
            Some(&SupplierId::from_i64(SUPPLIERS_FROM).to_string()),
        )
        .await;
    file(&stranger, &format!("{path}/pdf"), "application/pdf").await;
    app.staff("caller")
        .await
        .get(format!("{path}/pdf"))
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    finance
        .get("/invoices/inv_0000000000001/pdf")
        .send()
        .await
        .assert_problem(404, "not_found", "");
    app.audit_is_green().await;
}

/// A formula in a name stays a text, and another supplier's invoice is a missing one.
#[rstest]
#[tokio::test]
async fn r91_files_are_harmless_and_private(#[values(Sqlite, Postgres)] on: Database) {
    let touched =
        "UPDATE lead_products SET name = '=HYPERLINK(\"http://x\")'; UPDATE businesses SET name = '@SUM(A1)';";
    let app = Books::weekly(2, 3).serve(on, touched).await;
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let all = invoices(&app).await;
    let path = |at: usize| format!("/invoices/{}", all[at]["id"].as_str().expect("an id"));
    let csv = file(&finance, &format!("{}/lines.csv", path(0)), "text/csv; charset=utf-8").await;
    let text = String::from_utf8(csv).expect("text");
    assert!(
        text.contains("'=HYPERLINK") && text.contains("'@SUM") && !text.contains(",=HYPER"),
        "{text}"
    );
    let own = app.key(&["invoices:read"], None, all[0]["supplier_id"].as_str()).await;
    for end in ["pdf", "lines.csv", "credits"] {
        own.get(format!("{}/{end}", path(0))).send().await.assert_status(200);
        own.get(format!("{}/{end}", path(1)))
            .send()
            .await
            .assert_problem(404, "not_found", "");
    }
}

/// R30, R91: a credit note prints like the invoice that it names.
#[rstest]
#[tokio::test]
async fn r30_r91_a_credit_note_on_paper(#[values(Sqlite, Postgres)] on: Database) {
    let books = Books {
        from: tradepost::clock::wall_now().as_micros(),
        apart: 1,
        ..Books::weekly(1, 2)
    };
    let app = books.serve(on, &format!("{TOUCHED} {ALL_ASKED_BACK}")).await;
    app.advance(8).await;
    approve(&app, 0).await;
    let finance = app.staff("finance").await;
    let note = &finance.all("/credit-notes").await[0];
    let path = format!("/credit-notes/{}/pdf", note["id"].as_str().expect("an id"));
    let pdf = file(&finance, &path, "application/pdf").await;
    assert_eq!(pdf, file(&finance, &path, "application/pdf").await);
    if let Some((text, pages)) = read_back(&format!("credit-note-{on:?}"), &pdf) {
        assert_eq!(pages, 1);
        for words in [
            "Credit note TP-C-000001",
            "Corrects invoice TP-000001",
            "£23.99",
            "lead_",
            "Page 1 of 1",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    app.audit_is_green().await;
}
