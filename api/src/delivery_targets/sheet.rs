//! What may be said of a lead to whoever bought it: our names and their texts. Pure.

use crate::pdf::words::figures;
use std::collections::BTreeMap;
use tradepost_contract::deliveries::DeliveryDetail;
use tradepost_contract::delivery_targets::LeadField;
use tradepost_contract::{DeliveryId, Id as _};

/// A lead as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    fields: BTreeMap<LeadField, String>,
    pub(super) answers: BTreeMap<String, String>,
}

impl Sheet {
    /// The delivery as its buyer sees it.
    pub(super) fn of(detail: &DeliveryDetail) -> Self {
        let delivery = &detail.delivery;
        let (person, place) = (&delivery.person, &delivery.place);
        let (first, last) = names(person.name.as_deref());
        let phone = person.phone.as_ref().or(person.phone_as_given.as_ref());
        let consent = detail.consent.as_ref();
        // Programs read no commas.
        let price = figures(delivery.price).replace(',', "");
        let mut sheet = Self {
            fields: BTreeMap::new(),
            answers: detail.answers.clone(),
        };
        for (field, text) in [
            (LeadField::DeliveryId, Some(delivery.id.to_string())),
            (LeadField::LeadId, Some(delivery.lead_id.to_string())),
            (LeadField::Name, person.name.clone()),
            (LeadField::FirstName, first),
            (LeadField::LastName, last),
            (LeadField::Company, person.company.clone()),
            (LeadField::Email, person.email.clone()),
            (LeadField::Phone, phone.cloned()),
            (LeadField::Address, person.address.clone()),
            (LeadField::City, place.city.clone()),
            (LeadField::Region, place.region.clone()),
            (LeadField::Postcode, place.postcode.clone()),
            (LeadField::Country, place.country.clone()),
            (LeadField::Notes, person.notes.clone()),
            (LeadField::Product, Some(delivery.product_name.clone())),
            (LeadField::Business, Some(delivery.business_name.clone())),
            (LeadField::Programme, Some(delivery.programme_name.clone())),
            (LeadField::Price, Some(price)),
            (LeadField::Currency, Some(delivery.price.currency.to_string())),
            (LeadField::DeliveredAt, Some(delivery.delivered_at.to_string())),
            (LeadField::EnquiredAt, Some(delivery.enquired_at.to_string())),
            (LeadField::Source, detail.source.clone()),
            (LeadField::ConsentText, consent.map(|consent| consent.text.clone())),
            (
                LeadField::ConsentAt,
                consent.map(|consent| consent.given_at.to_string()),
            ),
        ] {
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                sheet.fields.insert(field, text);
            }
        }
        sheet
    }

    /// Somebody who does not exist, for whoever tries a target.
    pub(super) fn made_up(supplier: &str, programme: &str, currency: &str) -> Self {
        let text = [
            (LeadField::DeliveryId, DeliveryId::from_i64(0).to_string()),
            (LeadField::LeadId, tradepost_contract::LeadId::from_i64(0).to_string()),
            (LeadField::Name, "Test Lead".to_owned()),
            (LeadField::FirstName, "Test".to_owned()),
            (LeadField::LastName, "Lead".to_owned()),
            (LeadField::Company, "Nobody & Sons".to_owned()),
            (LeadField::Email, "test.lead@example.com".to_owned()),
            (LeadField::Phone, "+12025550147".to_owned()),
            (LeadField::Address, "1 Example Street".to_owned()),
            (LeadField::City, "Austin".to_owned()),
            (LeadField::Region, "TX".to_owned()),
            (LeadField::Postcode, "78701".to_owned()),
            (LeadField::Country, "US".to_owned()),
            (
                LeadField::Notes,
                "This is a test. Nobody asked for anything.".to_owned(),
            ),
            (LeadField::Product, "Test".to_owned()),
            (LeadField::Business, supplier.to_owned()),
            (LeadField::Programme, programme.to_owned()),
            (LeadField::Price, "0.00".to_owned()),
            (LeadField::Currency, currency.to_owned()),
            (LeadField::DeliveredAt, "2026-03-02T15:00:00Z".to_owned()),
            (LeadField::EnquiredAt, "2026-03-02T14:58:00Z".to_owned()),
            (LeadField::Source, "test".to_owned()),
        ];
        Self {
            fields: text.into_iter().collect(),
            answers: BTreeMap::from([("When would you like to start?".to_owned(), "This month".to_owned())]),
        }
    }

    /// What a field is filled with; nothing where it is not known.
    pub(super) fn text(&self, field: LeadField) -> Option<&str> {
        self.fields.get(&field).map(String::as_str)
    }

    /// Everything that is known, under our own names.
    pub(super) fn all(&self) -> impl Iterator<Item = (LeadField, &str)> {
        self.fields.iter().map(|(field, text)| (*field, text.as_str()))
    }
}

/// The first word of a name, and the rest.
fn names(full: Option<&str>) -> (Option<String>, Option<String>) {
    let Some(full) = full.map(str::trim).filter(|full| !full.is_empty()) else {
        return (None, None);
    };
    match full.split_once(char::is_whitespace) {
        Some((first, rest)) => (Some(first.to_owned()), Some(rest.trim().to_owned())),
        None => (Some(full.to_owned()), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_first_word_and_the_rest() {
        let both = |full| names(full);
        assert_eq!(both(None), (None, None));
        assert_eq!(both(Some("  ")), (None, None));
        assert_eq!(both(Some("Cher")), (Some("Cher".to_owned()), None));
        assert_eq!(
            both(Some(" Ana  Maria Silva ")),
            (Some("Ana".to_owned()), Some("Maria Silva".to_owned()))
        );
    }
}
