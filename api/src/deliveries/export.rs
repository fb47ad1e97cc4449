//! The list of deliveries as a file that a spreadsheet opens without running anything in it.

use crate::error::{ApiError, ApiResult};
use tradepost_contract::deliveries::Delivery;

/// So many rows are read at a time.
pub(super) const SLICE: i64 = 1_000;
/// The largest file.
pub(super) const MOST_ROWS: usize = 50_000;

const HEADINGS: [&str; 25] = [
    "delivery_id",
    "lead_id",
    "delivered_at",
    "product",
    "order_id",
    "business_id",
    "price_minor",
    "currency",
    "billing_state",
    "rejection_reason",
    "return_deadline_at",
    "returnable",
    "name",
    "company",
    "email",
    "phone",
    "address",
    "city",
    "region",
    "postcode",
    "country",
    "request",
    "rating",
    "outcome",
    "note",
];

/// A file being written.
pub(super) struct File {
    writer: csv::Writer<Vec<u8>>,
}

impl File {
    pub(super) fn new() -> ApiResult<Self> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(HEADINGS).map_err(ApiError::internal)?;
        Ok(Self { writer })
    }

    pub(super) fn add(&mut self, delivery: &Delivery) -> ApiResult<()> {
        let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
        let word = |word: Option<String>| word.unwrap_or_default();
        let cells = [
            delivery.id.to_string(),
            delivery.lead_id.to_string(),
            delivery.delivered_at.to_string(),
            harmless(&delivery.product_name),
            delivery.order_id.to_string(),
            delivery.business_id.to_string(),
            delivery.price.minor.to_string(),
            delivery.price.currency.to_string(),
            delivery.billing_state.to_string(),
            text(&delivery.rejection_reason),
            word(delivery.return_deadline_at.map(|at| at.to_string())),
            delivery.returnable.to_string(),
            text(&delivery.person.name),
            text(&delivery.person.company),
            text(&delivery.person.email),
            text(&delivery.person.phone),
            text(&delivery.person.address),
            text(&delivery.place.city),
            text(&delivery.place.region),
            text(&delivery.place.postcode),
            text(&delivery.place.country),
            text(&delivery.person.notes),
            word(delivery.rating.map(|rating| rating.to_string())),
            word(delivery.outcome.map(|outcome| outcome.to_string())),
            text(&delivery.note),
        ];
        self.writer.write_record(cells).map_err(ApiError::internal)
    }

    pub(super) fn finish(self) -> ApiResult<Vec<u8>> {
        self.writer
            .into_inner()
            .map_err(|cause| ApiError::internal(cause.to_string()))
    }
}

/// A text cell that no spreadsheet takes for a formula, on any of its lines.
fn harmless(text: &str) -> String {
    let risky = |line: &&str| {
        line.trim_start_matches([' ', '\u{a0}'])
            .starts_with(['=', '+', '-', '@', '\t', '\r', '\0'])
    };
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            Some(line)
                .filter(risky)
                .map_or_else(|| line.to_owned(), |line| format!("'{line}"))
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_lose_their_power() {
        let table = [
            ("=1+1", "'=1+1"),
            ("  @SUM(A1)", "'  @SUM(A1)"),
            ("fine\n-2", "fine\n'-2"),
            ("\tx", "'\tx"),
            ("a=b", "a=b"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(harmless(text), expected);
        }
    }
}
