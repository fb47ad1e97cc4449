//! Every page of both apps, of the demo market: what is looked at on each is the journey's own business.

use anyhow::{Context, Result, anyhow};
use serde_json::json;

use crate::Api;
use crate::api::text;

/// The portal's pages that stand by themselves.
pub const PORTAL: &[&str] = &[
    "/",
    "/leads",
    "/returns",
    "/orders",
    "/buy",
    "/invoices",
    "/statement",
    "/next-invoice",
    "/payments",
    "/payment-methods",
    "/plan",
    "/packages",
    "/cancel",
    "/call-report",
    "/call-report/hand-in",
    "/call-report/script",
    "/business",
    "/changes",
    "/team",
    "/integrations",
    "/mail-preferences",
    "/security",
    "/support",
    "/support/ask",
    "/erasures",
    "/help",
    "/help/return-guidelines",
];

/// The console's pages that stand by themselves, below `/console`.
pub const CONSOLE: &[&str] = &[
    "",
    "/returns",
    "/replacements",
    "/rate-reviews",
    "/call-queue",
    "/leads",
    "/my-suppliers",
    "/suppliers",
    "/change-requests",
    "/support",
    "/subject-requests",
    "/erasures",
    "/retention",
    "/mails",
    "/orders",
    "/checkouts",
    "/coupons",
    "/products",
    "/programmes",
    "/imports",
    "/billing-runs",
    "/invoices",
    "/finance",
    "/payments",
    "/failed-payments",
    "/refunds",
    "/reconciliations",
    "/books",
    "/credit-notes",
    "/reports",
    "/events",
    "/audit",
    "/users",
    "/lead-sources",
    "/api-keys",
    "/webhooks",
    "/security",
    "/mail-preferences",
    "/sandbox",
];

/// Every page of the portal for this owner, with one of each thing that has a page.
pub async fn portal(owner: &Api) -> Result<Vec<String>> {
    let id = async |path: &str| text(&owner.first(path, |_| true).await?, "id");
    let mut paths: Vec<String> = PORTAL.iter().map(|page| (*page).to_owned()).collect();
    paths.push(format!("/leads/{}", owner.returnable_lead().await?));
    for status in ["denied", "approved"] {
        let one = id(&format!("/return-requests?status={status}&limit=1")).await?;
        paths.push(format!("/returns/{one}"));
    }
    paths.push(format!("/returns/{}", asked(owner).await?));
    paths.push(format!("/orders/{}", id("/orders?limit=1").await?));
    paths.push(format!("/invoices/{}", id("/invoices?limit=1").await?));
    paths.push(format!("/payments/{}", id("/payments?limit=1").await?));
    paths.push(format!("/support/{}", id("/support-tickets?limit=1").await?));
    paths.push("/no-such-page".to_owned());
    Ok(paths)
}

/// A return that nobody has decided, made with the reason that a person has to look at.
async fn asked(owner: &Api) -> Result<String> {
    let options = format!("/deliveries/{}/return-options", owner.returnable_lead().await?);
    let options = owner.get(&options).await?;
    let reasons = options["reasons"].as_array().context("reasons")?;
    let mut last = None;
    for reason in reasons {
        // A reason that is decided at once uses its lead up.
        let lead = owner.returnable_lead().await?;
        let body = json!({ "delivery_id": lead, "reason": reason["code"], "note": "Nobody knows of an enquiry." });
        match owner.post("/return-requests", body).await {
            Ok(made) if made["status"] == "in_review" => return text(&made, "id"),
            Ok(made) => last = Some(anyhow!("{} is {} at once", reason["code"], made["status"])),
            Err(refused) => last = Some(refused),
        }
    }
    Err(last.context("no reason")?)
}

/// The pages on which somebody pays in advance, and those that say more to them than to others.
pub const PREPAID: [&str; 4] = ["/", "/wallet", "/orders", "/next-invoice"];

/// A file with a good row, one that cannot be called, and one from nowhere.
const FILE: &str = "name,phone,email,postcode,Campaign\nDana Reyes,512 555 0142,dana@reyes.example,78701,autumn\n\
    Ann Lee,none,ann@lee.example,78702,autumn\n,512 555 0144,,99,\n";

/// Where a new buyer opens an account.
pub const SIGN_UP: &str = "/sign-up?programme=prosper-store";

/// The pages on which this owner orders and pays: a checkout in every state, and what came of one.
pub async fn shop(owner: &Api) -> Result<Vec<String>> {
    let mut paths = vec!["/orders".to_owned(), "/buy".to_owned(), "/loyalty".to_owned()];
    let paid = owner.first("/checkouts?status=completed&limit=1", |_| true).await?;
    for (field, page) in [("id", "checkouts"), ("order_id", "orders"), ("invoice_id", "invoices")] {
        paths.push(format!("/{page}/{}", text(&paid, field)?));
    }
    let unpaid = owner
        .first("/checkouts?status=awaiting_payment&limit=1", |_| true)
        .await?;
    paths.push(format!("/checkouts/{}", text(&unpaid, "id")?));
    let body = json!({ "business_id": paid["business_id"], "product_id": paid["product_id"], "quantity": 30 });
    for leaves in [false, true] {
        let id = text(&owner.post("/checkouts", body.clone()).await?, "id")?;
        if leaves {
            owner.post(&format!("/checkouts/{id}/abandon"), json!({})).await?;
        }
        paths.push(format!("/checkouts/{id}"));
    }
    Ok(paths)
}

/// Every page of the console, with one of each thing that has a page. What the demo has none of is made.
pub async fn console(admin: &Api) -> Result<Vec<String>> {
    let id = async |path: &str| text(&admin.first(path, |_| true).await?, "id");
    let mut paths: Vec<String> = CONSOLE.iter().map(|page| format!("/console{page}")).collect();
    for (list, page) in [
        ("/return-requests?status=in_review,appealed&sort=due&limit=1", "returns"),
        ("/return-requests?status=approved&limit=1", "returns"),
        ("/leads?status=sold_out,partly_sold&limit=1", "leads"),
        ("/leads?status=quarantined&limit=1", "leads"),
        ("/suppliers?limit=1", "suppliers"),
        ("/change-requests?status=open&limit=1", "change-requests"),
        ("/change-requests?status=scheduled&limit=1", "change-requests"),
        ("/support-tickets?status=answered&limit=1", "support"),
        ("/subject-requests?status=open&limit=1", "subject-requests"),
        (
            "/subject-requests?status=awaiting_recipients&limit=1",
            "subject-requests",
        ),
        ("/mails?limit=1", "mails"),
        ("/orders?limit=1", "orders"),
        ("/checkouts?status=completed&limit=1", "checkouts"),
        ("/checkouts?status=awaiting_payment&limit=1", "checkouts"),
        ("/coupons?limit=1", "coupons"),
        ("/lead-products?limit=1", "products"),
        ("/programmes?limit=1", "programmes"),
        ("/billing-runs?limit=1", "billing-runs"),
        ("/invoices?limit=1", "invoices"),
        ("/credit-notes?limit=1", "credit-notes"),
        ("/payments?status=succeeded&channel=gateway&limit=1", "payments"),
        ("/payments?status=failed,exhausted,scheduled_retry&limit=1", "payments"),
        ("/payments?status=disputed,dispute_lost&limit=1", "payments"),
        ("/payments?status=void&limit=1", "payments"),
        ("/users?audience=staff&limit=1", "users"),
    ] {
        paths.push(format!("/console/{page}/{}", id(list).await?));
    }
    let waits = admin
        .first("/refunds?status=awaiting_approval&limit=1", |_| true)
        .await?;
    paths.push(format!("/console/payments/{}", text(&waits, "payment_id")?));
    let payer = admin.first("/payments?status=exhausted&limit=1", |_| true).await?;
    let supplier = text(&payer, "supplier_id")?;
    paths.push(format!("/console/suppliers/{supplier}?tab=payment"));
    paths.push(format!("/console/suppliers/{supplier}?tab=pauses"));
    paths.push(format!("/console/suppliers/{supplier}?tab=loyalty"));
    paths.push(format!("/console/suppliers/{supplier}?tab=cancelling"));
    paths.push(format!("/console/suppliers/{supplier}?tab=notices"));
    paths.push(format!("/console/suppliers/{supplier}/statement"));
    let prepaid = admin
        .first("/payments?status=succeeded&limit=100", |one| {
            one["purpose"] == "wallet_top_up"
        })
        .await?;
    let prepaid = text(&prepaid, "supplier_id")?;
    paths.push(format!("/console/suppliers/{prepaid}?tab=wallet"));
    let package = admin.first("/packages?status=running&limit=1", |_| true).await?;
    paths.push(format!(
        "/console/suppliers/{}?tab=packages",
        text(&package, "supplier_id")?
    ));
    let product = admin.first("/lead-products?limit=1", |_| true).await?;
    let (product, programme) = (text(&product, "id")?, text(&product, "programme_id")?);
    paths.push(format!("/console/programmes/{programme}/mails"));
    paths.push(format!("/console/programmes/{programme}/mails/lead"));
    let drafts = format!("/programmes/{programme}/policy-drafts");
    let draft = admin.post(&drafts, json!({ "note": "Two more days" })).await?;
    paths.push(format!("/console/policy-drafts/{}", text(&draft, "id")?));
    let of = format!("programme_id={programme}&product_id={product}&file_name=october.csv");
    let import = admin.upload(&format!("/lead-imports?{of}"), FILE.to_owned()).await?;
    paths.push(format!("/console/imports/{}", text(&import, "id")?));
    paths.push("/console/no-such-page".to_owned());
    Ok(paths)
}
