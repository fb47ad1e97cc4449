//! ADF 1.0: `adf/prospect` with `customer`, `vehicle`, `vendor` and `provider`.
//!
//! Elements become dotted paths below the prospect, such as `customer.contact.email`; the `part` of a name stands behind
//! it (`customer.contact.name.first`), other attributes behind an `@`. Of elements that are repeated the second is
//! `vehicle.2`. No document type and no entity of its own is read, so that nothing expands and nothing is fetched.

use super::{DEEPEST, MOST_FIELDS, Sent, Unreadable, call, field, join_name};
use encoding_rs::WINDOWS_1252;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;
use std::collections::HashMap;
use tradepost_contract::lead_sources::SentField;

/// Attributes that make other paths, or say nothing.
const LEFT_OUT: &[&str] = &["part", "sequence"];

/// An element that is open.
struct Open {
    path: String,
    text: String,
    has_children: bool,
    seen: HashMap<String, usize>,
}

pub(crate) fn read(body: &[u8]) -> Result<Vec<Sent>, Unreadable> {
    let text = text_of(body);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let broken = |_| "The body is not well-formed XML.".to_owned();
    let (mut open, mut found): (Vec<Open>, Vec<Sent>) = (Vec::new(), Vec::new());
    let mut fields: Vec<SentField> = Vec::new();
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Start(start) => {
                if open.len() > DEEPEST {
                    return Err(format!("The body is nested deeper than {DEEPEST}."));
                }
                let element = opened(&start, open.last_mut(), &mut fields)?;
                expect_place(open.len(), &element.path)?;
                if fields.len() > MOST_FIELDS {
                    return Err(format!("At most {MOST_FIELDS} fields are read."));
                }
                open.push(element);
            }
            Event::End(_) => {
                let Some(element) = open.pop() else { continue };
                let text = element.text.trim();
                if !element.has_children && !text.is_empty() && open.len() > 1 {
                    fields.push(field(&element.path, text));
                }
                if open.len() == 1 {
                    found.push(prospect(std::mem::take(&mut fields)));
                }
            }
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::CData(text) => add(&mut open, &text.xml10_content()),
            Event::GeneralRef(entity) => add(&mut open, &meant_by(&entity)?),
            Event::DocType(_) => return Err("A document type is not read.".to_owned()),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof if open.is_empty() && !found.is_empty() => return Ok(found),
            Event::Eof => return Err("There is no prospect in it.".to_owned()),
            Event::Empty(_) => unreachable!("empty elements are read as a start and an end"),
        }
    }
}

/// Senders that do not write UTF-8 write what Windows calls Latin-1.
fn text_of(body: &[u8]) -> Cow<'_, str> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    std::str::from_utf8(body).map_or_else(|_| WINDOWS_1252.decode_without_bom_handling(body).0, Cow::Borrowed)
}

fn add(open: &mut [Open], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Only the five that XML itself knows, and characters by number.
fn meant_by(entity: &BytesRef<'_>) -> Result<String, Unreadable> {
    let refused = || "Entities are not read.".to_owned();
    if let Some(character) = entity.resolve_char_ref().map_err(|_| refused())? {
        return Ok(character.to_string());
    }
    let text = match &*entity.xml10_content() {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        _ => return Err(refused()),
    };
    Ok(text.to_owned())
}

/// The root is `adf`, and prospects stand below it.
fn expect_place(depth: usize, path: &str) -> Result<(), Unreadable> {
    match (depth, path) {
        (0, "adf") | (1, "") | (2.., _) => Ok(()),
        (0, _) => Err("The body is not ADF.".to_owned()),
        (1, _) => Err("Only prospects stand below adf.".to_owned()),
    }
}

fn opened(start: &BytesStart<'_>, parent: Option<&mut Open>, fields: &mut Vec<SentField>) -> Result<Open, Unreadable> {
    let broken = || "The body is not well-formed XML.".to_owned();
    let name = start.local_name().into_inner().to_ascii_lowercase();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| broken())?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|_| "Entities are not read.".to_owned())?;
        attributes.push((
            attribute.key.local_name().into_inner().to_ascii_lowercase(),
            value.into_owned(),
        ));
    }
    let part = attributes.iter().find(|(name, _)| name == "part");
    let path = match parent {
        None => name,
        // The prospect itself has no name in paths; there may be several.
        Some(parent) if parent.path == "adf" && name == "prospect" => String::new(),
        Some(parent) => {
            parent.has_children = true;
            let own = match part {
                Some((_, part)) => format!("{name}.{}", part.trim().to_ascii_lowercase()),
                None => name,
            };
            let seen = parent.seen.entry(own.clone()).or_insert(0);
            *seen += 1;
            let own = if *seen > 1 { format!("{own}.{seen}") } else { own };
            match parent.path.as_str() {
                "" => own,
                above => format!("{above}.{own}"),
            }
        }
    };
    if path != "adf" {
        for (name, value) in &attributes {
            let said = !LEFT_OUT.contains(&name.as_str()) && !name.starts_with("xml") && !value.trim().is_empty();
            if said {
                fields.push(field(&format!("{path}@{name}"), value.trim()));
            }
        }
    }
    Ok(Open {
        path,
        text: String::new(),
        has_children: false,
        seen: HashMap::new(),
    })
}

fn prospect(mut fields: Vec<SentField>) -> Sent {
    let name = "customer.contact.name";
    call(&mut fields, &format!("{name}.full"), &[name]);
    join_name(
        &mut fields,
        &format!("{name}.full"),
        &format!("{name}.first"),
        &format!("{name}.last"),
    );
    Sent {
        fields,
        ignored: None,
        incomplete: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::text;
    use super::*;
    use rstest::rstest;

    const SAMPLE: &str = r#"<?xml version="1.0"?><?adf version="1.0"?>
        <adf><prospect status="new"><id sequence="1" source="dealer-site">77</id><requestdate>2026-03-01T09:30:00-06:00</requestdate>
        <vehicle interest="buy" status="used"><year>2024</year><make>Ford</make><model>F&amp;150 &#233;</model></vehicle>
        <vehicle interest="trade-in"><year>2016</year></vehicle>
        <customer><contact><name part="first" type="individual">Dana</name><name part="last">Reyes</name>
        <email>dana@reyes.example</email><phone type="voice" time="day">512-555-0142</phone><phone>512-555-0143</phone>
        <address><street line="1">5 Main St</street><city>Austin</city><postalcode>78701</postalcode></address></contact>
        <comments><![CDATA[Call <after> five]]></comments></customer>
        <vendor><vendorname>Reyes Ford</vendorname></vendor><provider><name part="full">Site</name></provider></prospect></adf>"#;

    #[test]
    fn a_prospect_is_read_by_paths() {
        let sent = read(SAMPLE.as_bytes()).expect("readable");
        let [sent] = sent.as_slice() else { panic!("{sent:?}") };
        assert_eq!((text(sent, "id"), text(sent, "id@source")), ("77", "dealer-site"));
        assert_eq!(text(sent, "customer.contact.name.full"), "Dana Reyes");
        assert_eq!(
            (text(sent, "vehicle.model"), text(sent, "vehicle.2.year")),
            ("F&150 é", "2016")
        );
        assert_eq!(text(sent, "customer.contact.phone.2"), "512-555-0143");
        assert_eq!(text(sent, "customer.comments"), "Call <after> five");
        assert_eq!(text(sent, "provider.name.full"), "Site");
    }

    #[test]
    fn several_prospects_are_several_enquiries_and_latin_1_is_read() {
        let body = b"<adf><prospect><id>1</id></prospect><prospect><id>Caf\xe9</id></prospect></adf>";
        let sent = read(body).expect("readable");
        assert_eq!((sent.len(), text(&sent[1], "id")), (2, "Café"));
    }

    #[rstest]
    #[case::doctype(r#"<!DOCTYPE adf [<!ENTITY a "b">]><adf><prospect><id>1</id></prospect></adf>"#)]
    #[case::outside(r#"<!DOCTYPE adf SYSTEM "file:///etc/passwd"><adf><prospect/></adf>"#)]
    #[case::entity("<adf><prospect><id>&a;</id></prospect></adf>")]
    #[case::entity_in_an_attribute(r#"<adf><prospect><id source="&a;">1</id></prospect></adf>"#)]
    #[case::not_closed("<adf><prospect><id>1</id>")]
    #[case::crossed("<adf><prospect><id>1</prospect></id></adf>")]
    #[case::not_adf("<html><prospect/></html>")]
    #[case::no_prospect("<adf/>")]
    #[case::something_else("<adf><lead/></adf>")]
    #[case::nothing("")]
    #[case::json(r#"{"a": 1}"#)]
    fn what_is_no_safe_adf_is_refused(#[case] body: &str) {
        assert!(read(body.as_bytes()).is_err(), "{body}");
    }

    #[test]
    fn depth_and_number_have_bounds() {
        let deep = format!(
            "<adf><prospect>{}{}</prospect></adf>",
            "<a>".repeat(40),
            "</a>".repeat(40)
        );
        assert!(read(deep.as_bytes()).is_err());
        let many = format!("<adf><prospect>{}</prospect></adf>", "<a>1</a>".repeat(600));
        assert!(read(many.as_bytes()).is_err());
    }
}
