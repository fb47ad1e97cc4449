//! A lead in the form that a receiver takes. Pure.

mod adf;
mod mapped;

use super::sheet::Sheet;
use tradepost_contract::delivery_targets::{DeliveryTargetField, DeliveryTargetKind};

/// A body and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) content_type: &'static str,
    pub(super) body: String,
}

/// Writes a lead in the form of a kind.
pub(super) fn write(kind: DeliveryTargetKind, fields: &[DeliveryTargetField], lead: &Sheet) -> Form {
    match kind {
        DeliveryTargetKind::AdfMail => Form {
            content_type: "text/plain; charset=utf-8",
            body: adf::write(lead),
        },
        DeliveryTargetKind::AdfPost => Form {
            content_type: "application/xml; charset=utf-8",
            body: adf::write(lead),
        },
        DeliveryTargetKind::FormPost => Form {
            content_type: "application/x-www-form-urlencoded",
            body: mapped::form(lead, fields),
        },
        DeliveryTargetKind::JsonPost => Form {
            content_type: "application/json",
            body: mapped::json(lead, fields).to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tradepost_contract::delivery_targets::LeadField;

    fn fields(value: Value) -> Vec<DeliveryTargetField> {
        serde_json::from_value(value).expect("a mapping")
    }

    /// What is written as ADF is read as the same enquiry by the source that takes ADF in.
    #[test]
    fn adf_out_is_adf_in() {
        let lead = Sheet::made_up("Okafor <Roofing> & \"Daughters\"", "Trade Introductions", "GBP");
        let form = write(DeliveryTargetKind::AdfPost, &[], &lead);
        let sent = crate::lead_sources::read_adf(form.body.as_bytes()).expect("readable");
        assert_eq!(sent.len(), 1);
        let text = |path: &str| {
            let found = sent[0].iter().find(|(known, _)| known == path);
            found.map(|(_, text)| text.as_str()).unwrap_or_default()
        };
        assert_eq!(text("id"), lead.text(LeadField::DeliveryId).expect("an id"));
        assert_eq!(text("customer.contact.name.full"), "Test Lead");
        assert_eq!(text("customer.contact.email"), "test.lead@example.com");
        assert_eq!(text("customer.contact.phone"), "+12025550147");
        assert_eq!(text("customer.contact.address.street"), "1 Example Street");
        assert_eq!(text("customer.contact.address.postalcode"), "78701");
        assert!(text("customer.comments").contains("When would you like to start?: This month"));
        assert_eq!(text("vendor.vendorname"), "Okafor <Roofing> & \"Daughters\"");
        assert_eq!(text("provider.name.full"), "Trade Introductions");
        let bell = write(
            DeliveryTargetKind::AdfMail,
            &[],
            &Sheet::made_up("a\u{7}\0b]]>", "x", "GBP"),
        );
        assert!(bell.body.contains("ab]]&gt;") && !bell.body.contains('\u{7}'));
    }

    #[test]
    fn a_form_and_json_have_the_receivers_names() {
        let lead = Sheet::made_up("Okafor", "Trade", "GBP");
        let fields = fields(json!([
            { "name": "lead.first", "field": "first_name" },
            { "name": "lead.mail", "field": "email" },
            { "name": "start", "answer": "When would you like to start?" },
            { "name": "oid", "constant": "00D&1 =x" },
            { "name": "gone", "answer": "Never asked" },
            { "name": "why", "field": "consent_text" },
        ]));
        let form = write(DeliveryTargetKind::FormPost, &fields, &lead);
        assert_eq!(
            form.body,
            "lead.first=Test&lead.mail=test.lead%40example.com&start=This+month&oid=00D%261+%3Dx"
        );
        let form = write(DeliveryTargetKind::JsonPost, &fields, &lead);
        let body: Value = serde_json::from_str(&form.body).expect("JSON");
        assert_eq!(
            body,
            json!({
                "lead": { "first": "Test", "mail": "test.lead@example.com" }, "start": "This month", "oid": "00D&1 =x",
            })
        );
    }

    #[test]
    fn without_a_mapping_everything_is_sent_under_our_names() {
        let lead = Sheet::made_up("Okafor", "Trade", "GBP");
        let body: Value = serde_json::from_str(&write(DeliveryTargetKind::JsonPost, &[], &lead).body).expect("JSON");
        assert_eq!(
            (&body["name"], &body["postcode"]),
            (&json!("Test Lead"), &json!("78701"))
        );
        assert_eq!(body["answers"]["When would you like to start?"], "This month");
        let form = write(DeliveryTargetKind::FormPost, &[], &lead).body;
        assert!(form.contains("phone=%2B12025550147") && form.contains("answers.When+would+you+like+to+start%3F="));
    }
}
