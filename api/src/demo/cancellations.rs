//! Who leaves: a trade supplier that has left, one in notice, and one of Meridian whose letter came too early, so that
//! its agreement renews (R21, R72).

use super::api::text;
use super::market::{Buyer, Market};
use super::people::Staff;
use anyhow::Context;
use serde_json::json;
use time::Duration;
use tradepost_contract::{LocalDate, Timestamp};

/// The day on which one leaves, whose two weeks of notice are over at the end.
const LEAVES: i64 = 45;
/// The day on which a letter comes outside of its window.
const TOO_EARLY: i64 = 58;
/// The day on which another one gives notice.
const IN_NOTICE: i64 = 66;

fn buyer<'a>(market: &'a Market, seller: &str, buyer: usize) -> anyhow::Result<&'a Buyer> {
    let found = market.programmes.iter().find(|one| one.brand.slug == seller);
    found
        .and_then(|one| one.buyers.get(buyer))
        .context("a buyer of the demo")
}

/// So many days after a midnight in UTC, on a calendar that may be behind it.
fn day(midnight: Timestamp, days: i64) -> LocalDate {
    LocalDate::new(midnight.plus(Duration::days(days)).to_offset().date())
}

/// Signs the agreements of Meridian and of some trade suppliers, some time before the demo begins.
pub(super) async fn sign(staff: &Staff, market: &Market, begin: Timestamp) -> anyhow::Result<()> {
    let signed: &[(&str, usize, &str, i64)] = &[
        ("meridian", 0, "year_1", 270),
        ("meridian", 1, "months_6", 40),
        ("meridian", 2, "days_90", 30),
        ("meridian", 8, "year_1", 120),
        ("trade-introductions", 0, "year_1", 400),
        ("trade-introductions", 8, "days_30", 200),
    ];
    for (seller, place, term, ago) in signed {
        let one = buyer(market, seller, *place)?;
        let starts_on = day(begin, -ago);
        let body = json!({
            "title": format!("Supplier agreement {}", &starts_on.as_str()[..4]), "term": term, "starts_on": starts_on,
            "document": format!(
                "Supplier agreement with {}.\n\nLeads are delivered as ordered and paid as invoiced. The agreement runs \
                 from {starts_on} and renews for the same term unless notice is given in time.",
                one.name
            ),
        });
        let path = format!("/suppliers/{}/agreements", one.id);
        staff.manager.post(&path, &body).await?;
    }
    Ok(())
}

/// What happens on this day.
pub(super) async fn morning(staff: &Staff, market: &Market, midnight: Timestamp, number: i64) -> anyhow::Result<()> {
    match number {
        LEAVES => {
            let one = buyer(market, "trade-introductions", 9)?;
            let body = json!({
                "supplier_id": one.id, "requested_by": "The owner", "channel": "phone", "reason": "closing_business",
                "comment": "Retiring, and nobody takes the firm over.",
                "retention_note": "Congratulated; nothing to offer here.",
            });
            staff.manager.post("/cancellations", &body).await?;
        }
        TOO_EARLY => {
            let one = buyer(market, "meridian", 8)?;
            let body = json!({
                "supplier_id": one.id, "requested_by": "The office manager", "channel": "letter",
                "received_on": day(midnight, -1), "reason": "lead_quality",
                "comment": "Too many enquiries are about a single container.",
                "document": {
                    "name": "notice-by-letter.txt",
                    "text": format!("To account management\n\n{} hereby gives notice of its agreement.", one.name),
                },
                "retention_note": "Called: open to staying if the form asks for the number of containers.",
            });
            let made = staff.manager.post("/cancellations", &body).await?;
            anyhow::ensure!(text(&made, "status")? == "renewed", "the letter came too early: {made}");
        }
        IN_NOTICE => {
            let one = buyer(market, "trade-introductions", 8)?;
            let body = json!({ "supplier_id": one.id, "reason": "no_capacity", "comment": "The books are full until spring." });
            one.owner.post("/cancellations", &body).await?;
        }
        _ => {}
    }
    Ok(())
}
