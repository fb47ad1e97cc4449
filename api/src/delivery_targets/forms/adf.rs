//! ADF 1.0, as `lead_sources/formats/adf.rs` reads it: one prospect.

use crate::delivery_targets::sheet::Sheet;
use std::fmt::Write as _;
use tradepost_contract::delivery_targets::LeadField as F;

/// The lead as XML. What a form asked and ADF has no element for stands in the comments.
pub(in crate::delivery_targets) fn write(lead: &Sheet) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?adf version=\"1.0\"?>\n<adf>\n<prospect status=\"new\">\n",
    );
    let from = lead.text(F::Programme).unwrap_or("Tradepost");
    let text = |field| escaped(lead.text(field).unwrap_or_default());
    let _ = writeln!(
        xml,
        "<id sequence=\"1\" source=\"{}\">{}</id>",
        escaped(from),
        text(F::DeliveryId)
    );
    element(&mut xml, "requestdate", lead.text(F::EnquiredAt));
    // A prospect has a vehicle, also where a roof is wanted: readers refuse it otherwise.
    xml += "<vehicle interest=\"buy\" status=\"new\">\n";
    for name in ["year", "make", "model"] {
        let _ = writeln!(
            xml,
            "<{name}>{}</{name}>",
            escaped(answer(lead, name).unwrap_or_default())
        );
    }
    element(&mut xml, "comments", lead.text(F::Product));
    xml += "</vehicle>\n<customer>\n<contact>\n";
    let company = lead.text(F::Name).is_none();
    if let Some(first) = lead.text(F::FirstName) {
        let _ = writeln!(xml, "<name part=\"first\">{}</name>", escaped(first));
    }
    if let Some(last) = lead.text(F::LastName) {
        let _ = writeln!(xml, "<name part=\"last\">{}</name>", escaped(last));
    }
    if company {
        let _ = writeln!(xml, "<name part=\"full\" type=\"business\">{}</name>", text(F::Company));
    }
    element(&mut xml, "email", lead.text(F::Email));
    if let Some(phone) = lead.text(F::Phone) {
        let _ = writeln!(xml, "<phone type=\"voice\">{}</phone>", escaped(phone));
    }
    let place = [F::Address, F::City, F::Region, F::Postcode, F::Country];
    if place.iter().any(|field| lead.text(*field).is_some()) {
        xml += "<address>\n";
        if let Some(street) = lead.text(F::Address) {
            let _ = writeln!(xml, "<street line=\"1\">{}</street>", escaped(street));
        }
        element(&mut xml, "city", lead.text(F::City));
        element(&mut xml, "regioncode", lead.text(F::Region));
        element(&mut xml, "postalcode", lead.text(F::Postcode));
        element(&mut xml, "country", lead.text(F::Country));
        xml += "</address>\n";
    }
    xml += "</contact>\n";
    element(
        &mut xml,
        "comments",
        Some(&comments(lead))
            .filter(|text| !text.is_empty())
            .map(String::as_str),
    );
    xml += "</customer>\n<vendor>\n";
    element(&mut xml, "vendorname", lead.text(F::Business));
    let _ = writeln!(
        xml,
        "<contact><name part=\"full\">{}</name></contact>",
        text(F::Business)
    );
    xml += "</vendor>\n<provider>\n";
    let _ = writeln!(xml, "<name part=\"full\">{}</name>", escaped(from));
    element(&mut xml, "service", lead.text(F::Product));
    xml += "</provider>\n</prospect>\n</adf>\n";
    xml
}

fn answer<'a>(lead: &'a Sheet, name: &str) -> Option<&'a str> {
    let answers = lead.answers.iter();
    answers
        .filter(|(question, _)| {
            let question = question.to_ascii_lowercase();
            question == name
                || question
                    .strip_prefix("vehicle")
                    .is_some_and(|rest| &rest[1.min(rest.len())..] == name)
        })
        .map(|(_, text)| text.as_str())
        .next()
}

fn comments(lead: &Sheet) -> String {
    let mut lines: Vec<String> = lead.text(F::Notes).map(str::to_owned).into_iter().collect();
    if lead.text(F::Name).is_some() {
        lines.extend(lead.text(F::Company).map(|company| format!("Company: {company}")));
    }
    lines.extend(
        lead.answers
            .iter()
            .map(|(question, text)| format!("{question}: {text}")),
    );
    lines.join("\n")
}

fn element(xml: &mut String, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        let _ = writeln!(xml, "<{name}>{}</{name}>", escaped(text));
    }
}

/// Text as XML has it. What XML cannot hold at all is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => escaped.push(c),
        }
    }
    escaped
}
