//! The list of deliveries as a file that a spreadsheet opens without running anything in it.

use crate::csv_export::{CsvFile, harmless};
use crate::error::ApiResult;
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

/// The file being written.
pub(super) struct File(CsvFile);

impl File {
    pub(super) fn new() -> ApiResult<Self> {
        CsvFile::new(HEADINGS).map(Self)
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
        self.0.add(cells)
    }

    pub(super) fn finish(self) -> ApiResult<Vec<u8>> {
        self.0.finish()
    }
}
