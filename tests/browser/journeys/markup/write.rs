//! Writes hostile texts wherever the API takes a text, and says where they are shown.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::texts::{MARK, hostile};
use tradepost_browser_tests::{Api, Writer, tour};
use tradepost_contract::LocalDate;

use super::EXEMPT;

/// What was written, and where one sees it.
pub(super) struct Written {
    /// Fields that were not tried.
    pub(super) forgotten: Vec<String>,
    /// Pages of the supplier.
    pub(super) portal: Vec<String>,
    /// A lead's return form.
    pub(super) lead_return: String,
    /// A return request whose story is hostile.
    pub(super) asked: String,
    /// Pages of staff.
    pub(super) console: Vec<String>,
}

/// The demo's supplier whose account is spoilt.
struct Account {
    programme: String,
    supplier: String,
    product: String,
    business: String,
}

pub(super) async fn everywhere(admin: &Api, manager: &Api, finance: [&Api; 2], owner: &Api) -> Result<Written> {
    let mut staff = Writer::new(admin, EXEMPT)?;
    let me = owner.get("/me").await?;
    let supplier = text(&me["supplier"], "id")?;
    let programme = text(&me["supplier"], "programme_id")?;
    let of_supplier = |name: &str| format!("/suppliers/{supplier}/{name}?limit=5");
    let business = text(&admin.first(&of_supplier("businesses"), |_| true).await?, "id")?;
    let order = admin.first("/orders?limit=100", |one| one["supplier_id"] == supplier.as_str());
    let order = order.await?;
    let product = text(&order, "product_id")?;
    let account = Account {
        programme,
        supplier,
        product,
        business,
    };
    let mut console: Vec<String> = tour::CONSOLE.iter().map(|page| format!("/console{page}")).collect();
    let mut portal: Vec<String> = tour::PORTAL.iter().map(|page| (*page).to_owned()).collect();

    console.extend(catalogue(&mut staff, admin, &account).await?);
    console.extend(suppliers(&mut staff, admin, &account).await?);
    console.extend(people(&mut staff, &account).await?);
    // Whose turn it is differs with the day on which the demo was made; this supplier goes first.
    let order = text(&order, "id")?;
    staff
        .write("PATCH /orders/{id}", &order, json!({ "cap_day": 50, "priority": 100 }))
        .await?;
    console.extend(mail_templates(&mut staff, &account.programme).await?);
    console.extend(leads(&mut staff, admin, &account).await?);
    console.extend(import(&mut staff, admin, &account).await?);
    console.extend(shop(&mut staff, admin, finance[0]).await?);
    console.extend(wallet(&mut staff, admin, finance[0]).await?);

    let lead = owner.first("/deliveries?limit=20", |one| {
        one["person"]["name"].to_string().contains(MARK)
    });
    let lead = text(
        &lead
            .await
            .context("none of the hostile leads was sold to the supplier")?,
        "id",
    )?;
    let mut supplier = Writer::new(owner, EXEMPT)?;
    supplier
        .write("PATCH /deliveries/{id}", &lead, json!({ "outcome": "contacted" }))
        .await?;
    portal.push(format!("/leads/{lead}"));
    let mut manager = Writer::new(manager, EXEMPT)?;
    let asked = returns(&mut staff, &mut manager, &mut supplier, owner, &lead).await?;
    staff.adopt(manager.written());
    portal.extend(asked.iter().map(|id| format!("/returns/{id}")));
    console.extend(asked.iter().map(|id| format!("/console/returns/{id}")));

    for (operation, body) in [
        ("POST /orders/{id}/pause", json!({})),
        ("POST /orders/{id}/resume", json!({})),
        ("POST /orders/{id}/cancel", json!({})),
    ] {
        staff.write(operation, &order, body).await?;
    }
    let pause = json!({ "supplier_id": account.supplier, "channel": "phone" });
    let pause = staff.write("POST /pauses", "", pause).await?;
    let id = text(&pause, "id")?;
    let same = json!({ "returns_on": pause["returns_on"] });
    staff.write("PATCH /pauses/{id}", &id, same).await?;
    staff.write("POST /pauses/{id}/end", &id, json!({})).await?;
    changes(&mut staff, &account).await?;
    let case = text(
        &admin.first("/rate-reviews?case_status=open&limit=1", |_| true).await?,
        "id",
    )?;
    staff.write("POST /rate-reviews/{id}/keep", &case, json!({})).await?;
    console.push(format!("/console/rate-reviews/{case}"));
    let question = json!({ "supplier_id": account.supplier, "topic": "other" });
    let thread = staff.write("POST /support-tickets", "", question).await?;
    let ticket = text(&thread["ticket"], "id")?;
    staff
        .write("POST /support-tickets/{id}/messages", &ticket, json!({}))
        .await?;
    let programme = admin.first("/programmes?limit=1", |_| true).await?["id"].clone();
    let access = json!({ "programme_id": programme, "kind": "access", "email": "mallory@example.com" });
    let request = text(&staff.write("POST /subject-requests", "", access).await?, "id")?;
    console.push(format!("/console/subject-requests/{request}"));
    let refused = json!({ "programme_id": programme, "kind": "objection", "email": "mallory@example.com", "name": "Mallory Miller" });
    let refused = text(&staff.write("POST /subject-requests", "", refused).await?, "id")?;
    staff
        .write("POST /subject-requests/{id}/refuse", &refused, json!({}))
        .await?;
    console.push(format!("/console/subject-requests/{refused}"));
    let lead = admin
        .first("/leads?status=sold_out,partly_sold&limit=1", |_| true)
        .await?["id"]
        .clone();
    let hold = text(
        &staff.write("POST /lead-holds", "", json!({ "lead_id": lead })).await?,
        "id",
    )?;
    console.push(format!("/console/leads/{}", lead.as_str().unwrap_or_default()));
    staff.write("POST /lead-holds/{id}/lift", &hold, json!({})).await?;
    portal.push(format!("/support/{ticket}"));
    console.push(format!("/console/support/{ticket}"));
    console.push(format!("/console/suppliers/{}?tab=changes", account.supplier));
    console.push(format!("/console/suppliers/{}?tab=pauses", account.supplier));
    let preview = format!("/suppliers/{}/cancellation-preview", account.supplier);
    let today = admin.get(&preview).await?["received_on"].clone();
    let notice = json!({
        "supplier_id": account.supplier, "channel": "letter", "received_on": today, "reason": "other", "document": {},
    });
    let notice = text(&staff.write("POST /cancellations", "", notice).await?, "id")?;
    staff.write("PATCH /cancellations/{id}", &notice, json!({})).await?;
    staff
        .write("POST /cancellations/{id}/withdraw", &notice, json!({}))
        .await?;
    console.push(format!("/console/suppliers/{}?tab=cancelling", account.supplier));
    let loyal = admin.first("/loyalty-subscriptions?status=active", |_| true).await?;
    let loyal = text(&loyal, "id")?;
    for action in ["hold", "activate", "cancel"] {
        let operation = format!("POST /loyalty-subscriptions/{{id}}/{action}");
        staff.write(&operation, &loyal, json!({})).await?;
    }
    portal.push(format!("/orders/{order}"));
    console.push(format!("/console/orders/{order}"));
    let called = text(
        &admin.first("/call-queue?state=waiting&limit=1", |_| true).await?,
        "lead_id",
    )?;
    let call = json!({ "lead_id": called, "duration_seconds": 20, "disposition": "voicemail" });
    staff.write("POST /call-attempts", "", call).await?;
    let plan = text(&admin.first("/plan-subscriptions?status=active", |_| true).await?, "id")?;
    staff
        .write("POST /plan-subscriptions/{id}/cancel", &plan, json!({}))
        .await?;
    let package = admin.first("/packages?status=pending_payment", |_| true).await?;
    staff
        .write("POST /packages/{id}/cancel", &text(&package, "id")?, json!({}))
        .await?;
    let invoice = admin.unpaid_invoice("open,overdue,partly_paid").await?;
    let invoice_id = text(&invoice, "id")?;
    let amount = json!({ "amount": 100, "currency": invoice["total"]["currency"] });
    let paid =
        json!({ "amount": amount, "method": "bank_transfer", "received_on": day_before(&invoice["issued_at"])? });
    let [finance, second] = finance;
    let mut writer = Writer::new(finance, EXEMPT)?;
    let payment = writer.write("POST /invoices/{id}/payments", &invoice_id, paid).await?;
    console.extend(money(&mut writer, finance, &text(&payment, "id")?).await?);
    staff.adopt(writer.written());
    let mut second = Writer::new(second, EXEMPT)?;
    let waits = admin
        .first("/refunds?status=awaiting_approval&limit=1", |_| true)
        .await?;
    second
        .write("POST /refunds/{id}/refuse", &text(&waits, "id")?, json!({}))
        .await?;
    console.push(format!("/console/payments/{}", text(&waits, "payment_id")?));
    staff.adopt(second.written());
    console.push(format!("/console/invoices/{invoice_id}"));
    let own = text(&owner.first("/invoices?limit=1", |_| true).await?, "id")?;
    portal.push(format!("/invoices/{own}"));

    let by_supplier = supplier.written();
    staff.adopt(by_supplier);
    let leads = owner.get("/deliveries?returnable=true&limit=1").await?;
    Ok(Written {
        forgotten: staff.forgotten(&["PolicySet"])?,
        portal,
        lead_return: format!("/leads/{}/return", text(&leads["data"][0], "id")?),
        asked: format!("/returns/{}", asked[0]),
        console,
    })
}

/// The checkout: a buyer who signs up, codes, an order that is paid by phone, and one that is left.
async fn shop(staff: &mut Writer<'_>, admin: &Api, finance: &Api) -> Result<Vec<String>> {
    let mut finance = Writer::new(finance, EXEMPT)?;
    let product = admin
        .first("/lead-products?limit=100", |one| one["code"] == "shared")
        .await?;
    let programme = text(&product, "programme_id")?;
    let applicant = json!({ "programme": "prosper-store", "email": "xss@sign-up.example", "phone": "+1 512 555 0177",
        "country": "US", "password": "tulip-hatter-99-lake", "terms_accepted": true });
    staff.write("POST /sign-ups", "", applicant).await?;
    let newest = format!("/suppliers?programme_id={programme}&limit=100");
    let supplier = admin
        .first(&newest, |one| one["name"].to_string().contains(MARK))
        .await?;
    let supplier = text(&supplier, "id")?;
    let of_supplier = format!("/suppliers/{supplier}/businesses?limit=1");
    let business = text(&admin.first(&of_supplier, |_| true).await?, "id")?;
    let half = json!({ "kind": "percent", "rate": "0.50" });
    let coupon = json!({ "programme_id": programme, "discount": half });
    let coupon = staff.write("POST /coupons", "", coupon).await?;
    let id = text(&coupon, "id")?;
    // An attempt uses the code up, so that its customer may get another one.
    let wanted =
        |code: &Value| json!({ "business_id": business, "product_id": product["id"], "quantity": 20, "coupon": code });
    let left = text(&admin.post("/checkouts", wanted(&coupon["code"])).await?, "id")?;
    admin.post(&format!("/checkouts/{left}/abandon"), json!({})).await?;
    let own = json!({ "supplier_id": supplier });
    let own = staff.write("POST /coupons/{id}/alternative", &id, own).await?;
    let checkout = text(&admin.post("/checkouts", wanted(&own["code"])).await?, "id")?;
    let own = text(&own, "id")?;
    admin.post(&format!("/checkouts/{checkout}/submit"), json!({})).await?;
    let now = admin.get("/sandbox/clock").await?;
    let paid = json!({ "method": "card", "received_on": day_before(&now["business_now"])? });
    let paid = finance
        .write("POST /checkouts/{id}/record-payment", &checkout, paid)
        .await?;
    staff.adopt(finance.written());
    staff.write("POST /coupons/{id}/end", &id, json!({})).await?;
    Ok(vec![
        format!("/console/coupons/{id}"),
        format!("/console/coupons/{own}"),
        format!("/console/checkouts/{checkout}"),
        format!("/console/invoices/{}", text(&paid, "invoice_id")?),
        format!("/console/suppliers/{supplier}"),
    ])
}

/// A wallet whose terms change, that is paid into, closed and opened again: each with its reason.
async fn wallet(staff: &mut Writer<'_>, admin: &Api, finance: &Api) -> Result<Vec<String>> {
    let mut finance = Writer::new(finance, EXEMPT)?;
    let supplier = admin
        .first("/suppliers?limit=100", |one| one["name"] == "Gulf Coast Phones")
        .await?;
    let id = text(&supplier, "id")?;
    let usd = |minor: i64| json!({ "amount": minor, "currency": "USD" });
    let terms = json!({ "notice_below": usd(30_000) });
    staff.write("PATCH /suppliers/{id}/wallet", &id, terms).await?;
    let now = admin.get("/sandbox/clock").await?;
    let received_on = day_before(&now["business_now"])?;
    let sent = json!({ "amount": usd(9_900), "method": "bank_transfer", "received_on": received_on });
    let sent = finance.write("POST /suppliers/{id}/wallet/payments", &id, sent).await?;
    finance
        .write("POST /suppliers/{id}/wallet/close", &id, json!({}))
        .await?;
    staff.adopt(finance.written());
    let form = json!({ "refill": "manual" });
    staff.write("POST /suppliers/{id}/wallet", &id, form).await?;
    Ok(vec![
        format!("/console/suppliers/{id}?tab=wallet"),
        format!("/console/payments/{}", text(&sent, "id")?),
    ])
}

/// What is done about payments: each with its reason.
async fn money(finance: &mut Writer<'_>, api: &Api, recorded: &str) -> Result<Vec<String>> {
    finance.write("POST /payments/{id}/void", recorded, json!({})).await?;
    let overdue = text(&api.unpaid_invoice("overdue").await?, "id")?;
    finance
        .write("POST /invoices/{id}/write-off", &overdue, json!({}))
        .await?;
    let taken = "/payments?status=succeeded&channel=gateway&limit=100";
    let taken = api.first(taken, |one| one["purpose"] == "invoice").await?;
    let amount = json!({ "amount": 100, "currency": taken["amount"]["currency"] });
    let refund = json!({ "payment_id": taken["id"], "amount": amount });
    finance.write("POST /refunds", "", refund).await?;
    let open = api
        .first("/reconciliation-differences?open=true&limit=1", |_| true)
        .await?;
    let resolve = "POST /reconciliation-differences/{id}/resolve";
    finance.write(resolve, &text(&open, "id")?, json!({})).await?;
    Ok(vec![
        format!("/console/payments/{recorded}"),
        format!("/console/invoices/{overdue}"),
        format!("/console/payments/{}", text(&taken, "id")?),
    ])
}

/// What a programme's mails say. Braces are the templates' own, so the text is without the payload that has them.
async fn mail_templates(staff: &mut Writer<'_>, programme: &str) -> Result<Vec<String>> {
    let bad = "<img src=x onerror=ran=1> \"><svg onload=ran=1>";
    let source = format!("subject: {bad}\n# {bad}\n{bad}\n- {bad}: {bad}\n> {bad}\n=> {bad} :: {{{{ url(\"/\") }}}}");
    for operation in [
        "PATCH /programmes/{id}/mail-templates/{kind}",
        "POST /programmes/{id}/mail-templates/{kind}/preview",
        "POST /programmes/{id}/mail-templates/{kind}/test-mails",
    ] {
        staff.write(operation, programme, json!({ "source": source })).await?;
    }
    let mails = format!("/console/programmes/{programme}/mails");
    Ok(vec![format!("{mails}/suspension_lifted"), mails])
}

/// Brands, their rules, and what is sold.
async fn catalogue(staff: &mut Writer<'_>, admin: &Api, account: &Account) -> Result<Vec<String>> {
    let entity = json!({ "invoice_prefix": "XSS", "country": "US", "billing_zone": "America/New_York" });
    let entity = text(&staff.write("POST /legal-entities", "", entity).await?, "id")?;
    let department = json!({ "email": "help@example.com", "phone": "+1 512 555 0188" });
    let brand = json!({ "department": department, "support_email": "help@example.com" });
    let programme = json!({ "preset": "b2b-monthly", "slug": "xss", "legal_entity_id": entity, "country": "US",
        "currency": "USD", "time_zone": "America/New_York", "brand": brand });
    let made = text(&staff.write("POST /programmes", "", programme).await?, "id")?;
    staff
        .write("PATCH /programmes/{id}", &account.programme, json!({ "brand": brand }))
        .await?;

    // The rules of the supplier's own programme, with each of their texts spoilt.
    let draft = staff
        .write("POST /programmes/{id}/policy-drafts", &account.programme, json!({}))
        .await?;
    let id = text(&draft, "id")?;
    let mut policy = staff.spoil("PolicySet", draft["policy"].clone());
    policy["notices"]["xss"] = json!({ "text": hostile(400), "version": hostile(30), "must_accept": false });
    policy["tax"]["rules"]["xss"] = json!({ "place": { "where": "country", "country": "IS" },
        "charge": { "kind": "reverse_charge", "label": hostile(40), "note": hostile(300) } });
    for key in [
        "lead_list",
        "return_request",
        "return_requests",
        "returns_department",
        "rate_box",
    ] {
        policy["wording"][key] = hostile(60).into();
    }
    staff
        .write("PATCH /policy-drafts/{id}", &id, json!({ "policy": policy }))
        .await?;
    staff.took("PolicySet", &policy);
    admin.post(&format!("/policy-drafts/{id}/publish"), json!({})).await?;

    let product = json!({ "programme_id": account.programme, "category": "xss", "code": "xss",
        "exclusivity": "exclusive", "timing": "real_time", "price": { "amount": 100, "currency": "USD" } });
    let product = text(&staff.write("POST /lead-products", "", product).await?, "id")?;
    staff
        .write("PATCH /lead-products/{id}", &account.product, json!({}))
        .await?;
    Ok(vec![
        format!("/console/programmes/{made}"),
        format!("/console/programmes/{}", account.programme),
        format!("/console/policy-drafts/{id}"),
        format!("/console/products/{product}"),
        format!("/console/products/{}", account.product),
    ])
}

/// A supplier with everything that hangs on it, and the account of the demo's.
async fn suppliers(staff: &mut Writer<'_>, admin: &Api, account: &Account) -> Result<Vec<String>> {
    let association = json!({});
    let association = text(
        &staff.write("POST /business-associations", "", association).await?,
        "id",
    )?;
    let made = json!({ "programme_id": account.programme, "country": "US", "time_zone": "America/New_York" });
    let made = text(&staff.write("POST /suppliers", "", made).await?, "id")?;
    let business = json!({ "association_id": association, "licence": {}, "phone": null });
    staff.write("POST /suppliers/{id}/businesses", &made, business).await?;
    let contact = json!({ "purpose": "general", "email": "eve@example.com" });
    let contact = text(
        &staff.write("POST /suppliers/{id}/contacts", &made, contact).await?,
        "id",
    )?;
    staff.write("PATCH /contacts/{id}", &contact, json!({})).await?;
    let area = json!({ "kind": "us_state", "values": ["TX"] });
    let area = staff.write("POST /suppliers/{id}/coverage", &made, area).await?;
    let area = area["data"][0]["id"]
        .as_str()
        .or(area[0]["id"].as_str())
        .or(area["id"].as_str());
    let area = area.context("an area")?.to_owned();
    staff.write("POST /coverage/{id}/end", &area, json!({})).await?;
    let agreement = json!({ "starts_on": "2026-01-01", "term": "rolling" });
    staff.write("POST /suppliers/{id}/agreements", &made, agreement).await?;
    let member = json!({ "email": "member@example.com", "role": "owner", "password": "try the trading post" });
    staff.write("POST /suppliers/{id}/members", &made, member).await?;
    for action in ["activate", "suspend", "close"] {
        staff
            .write(&format!("POST /suppliers/{{id}}/{action}"), &made, json!({}))
            .await?;
    }
    staff
        .write("POST /suppliers/{id}/impersonations", &account.supplier, json!({}))
        .await?;
    // A name that cannot be broken, and an id that no other supplier has.
    let long = format!("{} {}", "W".repeat(120), hostile(60));
    let change = json!({ "name": long, "external_id": format!("2 {}", hostile(60)) });
    staff.write("PATCH /suppliers/{id}", &account.supplier, change).await?;
    staff
        .write("PATCH /businesses/{id}", &account.business, json!({ "licence": {} }))
        .await?;
    let own = admin
        .first(&format!("/suppliers/{}/contacts?limit=1", account.supplier), |_| true)
        .await?;
    staff
        .write("PATCH /contacts/{id}", &text(&own, "id")?, json!({}))
        .await?;
    Ok(vec![
        format!("/console/suppliers/{made}"),
        format!("/console/suppliers/{}", account.supplier),
    ])
}

/// Staff and keys.
async fn people(staff: &mut Writer<'_>, account: &Account) -> Result<Vec<String>> {
    let user = json!({ "email": "mallory@example.com", "roles": ["support"], "password": "try the trading post" });
    let user = text(&staff.write("POST /users", "", user).await?, "id")?;
    staff.write("PATCH /users/{id}", &user, json!({})).await?;
    let key = json!({ "scopes": ["leads:read"], "programme_id": account.programme });
    let key = text(&staff.write("POST /api-keys", "", key).await?["api_key"], "id")?;
    staff.write("PATCH /api-keys/{id}", &key, json!({})).await?;
    let path = hostile(60).replace(['{', '}'], "");
    let mapping = json!({ "dates": "ymd", "keep_other_columns": true, "empty_when": [hostile(60)], "fields": [
        { "field": "answers.heading", "column": path, "replace": { hostile(60): hostile(60) }, "empty_when": [hostile(60)],
            "constant": null, "template": null },
        { "field": "answers.constant", "constant": hostile(100), "column": null, "template": null },
        { "field": "answers.template", "template": format!("{{name}} {path}"), "column": null, "constant": null },
    ] });
    let source = json!({ "kind": "mapped", "programme_id": account.programme, "product_id": account.product, "mapping": mapping });
    let source = text(
        &staff.write("POST /lead-sources", "", source).await?["lead_source"],
        "id",
    )?;
    staff
        .write("PATCH /lead-sources/{id}", &source, json!({ "mapping": mapping }))
        .await?;
    staff
        .write("POST /lead-sources/{id}/try", &source, json!({ "mapping": mapping }))
        .await?;
    let hook = staff.write(
        "POST /webhook-endpoints",
        "",
        json!({ "url": "http://127.0.0.1:9/hooks" }),
    );
    let hook = text(&hook.await?["endpoint"], "id")?;
    staff.write("PATCH /webhook-endpoints/{id}", &hook, json!({})).await?;
    let target = json!({
        "supplier_id": account.supplier, "business_id": null, "order_id": null, "kind": "json_post",
        "address": "http://127.0.0.1:9/crm", "auth": "basic", "auth_name": hostile(60).replace(':', ""), "auth_secret": "k",
        "fields": [
            { "name": hostile(60).replace('.', ""), "constant": hostile(100), "field": null, "answer": null },
            { "name": "asked", "answer": hostile(60), "field": null, "constant": null },
        ],
    });
    let target = text(&staff.write("POST /delivery-targets", "", target.clone()).await?, "id")?;
    let again = json!({
        "address": "http://127.0.0.1:9/crm", "auth": "basic", "auth_name": hostile(60).replace(':', ""), "auth_secret": "k",
        "fields": [
            { "name": hostile(60).replace('.', ""), "constant": hostile(100), "field": null, "answer": null },
            { "name": "asked", "answer": hostile(60), "field": null, "constant": null },
        ],
    });
    staff.write("PATCH /delivery-targets/{id}", &target, again).await?;
    Ok(vec![
        format!("/console/suppliers/{}?tab=targets", account.supplier),
        format!("/console/users/{user}"),
        format!("/console/api-keys/{key}"),
        "/console/lead-sources".to_owned(),
        format!("/console/lead-sources/{source}"),
        "/console/webhooks".to_owned(),
        format!("/console/webhooks/{hook}"),
    ])
}

/// Who enquires, and what staff say to it.
async fn leads(staff: &mut Writer<'_>, admin: &Api, account: &Account) -> Result<Vec<String>> {
    let at = admin.get("/sandbox/clock").await?["business_now"].clone();
    let page = format!("https://example.com/quotes?{}", hostile(60).replace(' ', "+"));
    let enquiry = |number: u32, phone: String| {
        json!({
            "programme": account.programme, "product": account.product,
            "external_id": format!("xss-{number} {}", hostile(60)),
            "person": { "name": format!("{} {}", "W".repeat(100), hostile(60)), "phone": phone, "email": format!("eve{number}@example.com") },
            "place": { "region": "TX", "postcode": "78701", "country": "US" },
            "consent": { "given_at": at, "page_url": page },
            "verification": { "method": "phone_call", "verified_at": at },
        })
    };
    let mut pages = Vec::new();
    for number in 0..4 {
        let lead = enquiry(number, format!("+1 512 555 01{}", 60 + number));
        let lead = text(&staff.write("POST /leads", "", lead).await?["lead"], "id")?;
        pages.push(format!("/console/leads/{lead}"));
    }
    let withdrawn = pages[3].rsplit('/').next().unwrap_or_default().to_owned();
    staff.write("POST /leads/{id}/withdraw", &withdrawn, json!({})).await?;
    for (number, action) in ["reject", "release"].into_iter().enumerate() {
        // A number that nobody can call waits for staff.
        let lead = enquiry(10 + u32::try_from(number)?, format!("+1 512 000 000{number}"));
        let lead = text(&staff.write("POST /leads", "", lead).await?["lead"], "id")?;
        let body = if action == "release" {
            json!({ "consent": { "given_at": at, "page_url": page }, "verification": { "method": "phone_call", "verified_at": at } })
        } else {
            json!({})
        };
        staff
            .write(&format!("POST /leads/{{id}}/{action}"), &lead, body)
            .await?;
        pages.push(format!("/console/leads/{lead}"));
    }
    Ok(pages)
}

/// A file whose name, headings and cells are hostile.
async fn import(staff: &mut Writer<'_>, admin: &Api, account: &Account) -> Result<Vec<String>> {
    let heading = hostile(60);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let file = format!(
        "phone,name,postcode,{}\n+1 512 555 0171,{},78701,{}\n+1 512 555 0172,{},nowhere,x\n",
        quoted(&heading),
        quoted(&hostile(150)),
        quoted(&hostile(300)),
        quoted(&hostile(150)),
    );
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let path = format!(
        "/lead-imports?programme_id={}&product_id={}&file_name={}&source={}",
        account.programme,
        account.product,
        encoded(&hostile(120)),
        encoded(&hostile(60))
    );
    let made = text(&admin.upload(&path, file).await?, "id")?;
    let field =
        |field: &str, column: &str| json!({ "field": field, "column": column, "constant": null, "template": null });
    let hostile_words = json!({ hostile(60): hostile(60) });
    let mapping = json!({ "mapping": { "dates": "ymd", "keep_other_columns": true, "empty_when": [hostile(60)], "fields": [
        field("person.phone", "phone"), field("person.name", "name"), field("place.postcode", "postcode"),
        { "field": "answers.heading", "column": heading, "replace": hostile_words, "empty_when": [hostile(60)], "constant": null, "template": null },
        { "field": "answers.constant", "constant": hostile(100), "column": null, "template": null },
        { "field": "answers.template", "template": format!("{{name}} {}", hostile(60).replace(['{', '}'], "")), "column": null, "constant": null },
    ] } });
    staff
        .write("POST /lead-imports/{id}/check", &made, mapping.clone())
        .await?;
    for _ in 0..100 {
        let import: Value = admin.get(&format!("/lead-imports/{made}")).await?;
        if import["status"] == "checked" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    staff.write("POST /lead-imports/{id}/start", &made, mapping).await?;
    Ok(vec![format!("/console/imports/{made}")])
}

/// Requests in all their words: asked about and answered, denied and appealed, approved.
async fn returns(
    staff: &mut Writer<'_>,
    manager: &mut Writer<'_>,
    supplier: &mut Writer<'_>,
    owner: &Api,
    hostile_lead: &str,
) -> Result<Vec<String>> {
    let mut others = Vec::new();
    let more = owner.get("/deliveries?returnable=true&limit=20").await?;
    for lead in more["data"].as_array().context("leads")? {
        let id = text(lead, "id")?;
        if id != hostile_lead {
            others.push(id);
        }
    }
    let mut asked = Vec::new();
    for lead in [others[0].as_str(), hostile_lead] {
        let options = owner.get(&format!("/deliveries/{lead}/return-options")).await?;
        let reason = text(&options["reasons"][0], "code")?;
        let body = json!({ "delivery_id": lead, "reason": reason, "override_reason": null });
        let made = supplier.write("POST /return-requests", "", body).await?;
        asked.push(text(&made, "id")?);
    }
    // One that staff ask for, with the reason why they may.
    let body = json!({ "delivery_id": others[1], "reason": "wrong_person" });
    asked.push(text(&manager.write("POST /return-requests", "", body).await?, "id")?);
    staff
        .write("POST /return-requests/{id}/ask", &asked[0], json!({}))
        .await?;
    supplier
        .write("POST /return-requests/{id}/answer", &asked[0], json!({}))
        .await?;
    staff
        .write("POST /return-requests/{id}/deny", &asked[0], json!({}))
        .await?;
    supplier
        .write("POST /return-requests/{id}/appeal", &asked[0], json!({}))
        .await?;
    staff
        .write("POST /return-requests/{id}/approve", &asked[1], json!({}))
        .await?;
    Ok(asked)
}

/// Changes that are asked for, of every kind with texts, and what is said to them.
async fn changes(staff: &mut Writer<'_>, account: &Account) -> Result<()> {
    let of = |kind: &str, more: Value| {
        let mut change = json!({ "kind": kind });
        if let (Some(change), Value::Object(more)) = (change.as_object_mut(), more) {
            change.extend(more);
        }
        json!({ "supplier_id": account.supplier, "channel": "phone", "change": change })
    };
    let all = [
        of("profile", json!({})),
        // Another one: what its own has says the same already.
        of("business", json!({})),
        of("lead_contacts", json!({ "add": [{ "email": "added@example.com" }] })),
        of("other", json!({ "about": "orders" })),
    ];
    let mut made = Vec::new();
    for body in all {
        made.push(text(&staff.write("POST /change-requests", "", body).await?, "id")?);
    }
    let [withdrawn, declined, approved, _] = made.as_slice() else {
        anyhow::bail!("four requests were made");
    };
    staff
        .write("POST /change-requests/{id}/withdraw", withdrawn, json!({}))
        .await?;
    staff
        .write("POST /change-requests/{id}/decline", declined, json!({}))
        .await?;
    staff
        .write("POST /change-requests/{id}/approve", approved, json!({}))
        .await?;
    Ok(())
}

/// The day before an instant's, which has begun in every time zone.
fn day_before(instant: &Value) -> Result<String> {
    let day: LocalDate = instant.as_str().context("an instant")?[..10].parse()?;
    Ok(day.plus_days(-1).to_string())
}
