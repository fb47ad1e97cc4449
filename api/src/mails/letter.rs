//! A mail's words: a template filled in with what was recorded, as text and as HTML.

use super::templates::{Fault, Line, Template};
use crate::calendar::Zone;
use crate::error::{ApiError, ApiResult};
use crate::pdf::words;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, escape_formatter};
use serde::Serialize;
use std::sync::Arc;
use tradepost_contract::{LocalDate, Money, Timestamp};

/// A part of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Part {
    /// A heading.
    Heading { text: String },
    /// A paragraph.
    Text { text: String },
    /// Facts with their names.
    Facts { rows: Vec<(String, String)> },
    /// Words of somebody.
    Quote { text: String },
    /// The one thing to do.
    Button { label: String, address: String },
    /// Something else to look at.
    Link { label: String, address: String },
}

/// A mail's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Letter {
    /// Its subject.
    pub(super) subject: String,
    /// What it says, from top to bottom.
    pub(super) parts: Vec<Part>,
}

/// Who writes, as it stands at the end of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Signature {
    /// The brand.
    pub(super) brand: String,
    /// Where to write to (R122).
    pub(super) support_email: String,
    /// Where to call (R122).
    pub(super) support_phone: Option<String>,
    /// Who looks after the reader (R1); nobody for the seller's own people.
    pub(super) contact: Option<Contact>,
}

/// Whom to turn to (R1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Contact {
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
}

/// What the filters depend on.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The programme's time zone.
    pub(super) zone: Zone,
    /// What stands in front of a path.
    pub(super) base_url: String,
}

fn refused(what: &str, value: &Value) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("{value} is no {what}"))
}

/// The value as text; `None` for null.
fn text<'a>(what: &str, value: &'a Value) -> Result<Option<&'a str>, Error> {
    match value {
        value if value.is_none() => Ok(None),
        value => value.as_str().map(Some).ok_or_else(|| refused(what, value)),
    }
}

fn money(value: Value) -> Result<String, Error> {
    if value.is_none() {
        return Ok(String::new());
    }
    let minor = value.get_attr("amount")?.as_i64();
    let currency = value.get_attr("currency")?;
    let currency = currency.as_str().and_then(|code| code.parse().ok());
    match (minor, currency) {
        (Some(minor), Some(currency)) => Ok(words::amount(Money::new(minor, currency))),
        _ => Err(refused("amount", &value)),
    }
}

fn day(value: Value) -> Result<String, Error> {
    let Some(written) = text("day", &value)? else {
        return Ok(String::new());
    };
    let day: LocalDate = written.parse().map_err(|_| refused("day", &value))?;
    Ok(words::date(day))
}

fn instant(value: &Value) -> Result<Option<Timestamp>, Error> {
    let written = text("instant", value)?;
    written
        .map(|written| written.parse().map_err(|_| refused("instant", value)))
        .transpose()
}

/// The date and time on the programme's clock, with its zone.
fn moment(at: Timestamp, zone: &Zone) -> String {
    let local = zone.local(at);
    let (hour, minute) = (local.minute_of_day / 60, local.minute_of_day % 60);
    format!("{}, {hour:02}:{minute:02} ({})", words::date(local.date), zone.name())
}

/// How many steps one line may take; ours take a few dozen.
const FUEL: u64 = 10_000;

fn environment(place: &Place) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    // Staff write templates too, and one that counts without end must not hold the sender up.
    env.set_fuel(Some(FUEL));
    env.set_formatter(|out, state, value| {
        if value.is_none() {
            Ok(())
        } else {
            escape_formatter(out, state, value)
        }
    });
    env.add_filter("money", money);
    env.add_filter("day", day);
    let zone = Arc::new(place.zone.clone());
    let moments = Arc::clone(&zone);
    env.add_filter("moment", move |value: Value| -> Result<String, Error> {
        Ok(instant(&value)?.map(|at| moment(at, &moments)).unwrap_or_default())
    });
    env.add_filter("date", move |value: Value| -> Result<String, Error> {
        let at = instant(&value)?;
        Ok(at.map(|at| words::date(zone.date_of(at))).unwrap_or_default())
    });
    env.add_filter("words", |value: Value| -> Result<String, Error> {
        Ok(text("word", &value)?
            .map(|word| word.replace('_', " "))
            .unwrap_or_default())
    });
    let base = place.base_url.clone();
    env.add_function("url", move |path: Value| -> Result<String, Error> {
        Ok(match text("path", &path)? {
            None | Some("") => String::new(),
            Some(whole) if whole.starts_with("https://") || whole.starts_with("http://") => whole.to_owned(),
            Some(path) => format!("{base}{path}"),
        })
    });
    env
}

/// Fills a template in. `facts` is everything that it may name; a name that is not there is an error, so that a test
/// sees it, and whoever writes a template does.
pub(super) fn write(template: &Template<'_>, facts: &serde_json::Value, place: &Place) -> Result<Letter, Fault> {
    let env = environment(place);
    let facts = Value::from(Serde(facts));
    let fill = |at: usize, source: &str| {
        let filled = env
            .render_str(source, facts.clone())
            .map_err(|error| Fault::new(at, why(&error)))?;
        Ok::<_, Fault>(filled.trim().to_owned())
    };
    let line = |at: usize, source: &str| Ok::<_, Fault>(one_line(&fill(at, source)?));
    let subject = line(template.subject.0, template.subject.1)?;
    let mut parts: Vec<Part> = Vec::new();
    for (at, source) in &template.lines {
        let at = *at;
        let part = match source {
            Line::Heading(source) => Part::Heading {
                text: line(at, source)?,
            },
            Line::Text(source) => Part::Text {
                text: fill(at, source)?,
            },
            Line::Quote(source) => Part::Quote {
                text: fill(at, source)?,
            },
            Line::Fact(name, source) => Part::Facts {
                rows: vec![((*name).to_owned(), line(at, source)?)],
            },
            Line::Button(label, source) => Part::Button {
                label: line(at, label)?,
                address: line(at, source)?,
            },
            Line::Link(label, source) => Part::Link {
                label: line(at, label)?,
                address: line(at, source)?,
            },
        };
        if part.is_empty() {
            continue;
        }
        match (parts.last_mut(), part) {
            (Some(Part::Facts { rows }), Part::Facts { rows: more }) => rows.extend(more),
            (_, part) => parts.push(part),
        }
    }
    Ok(Letter { subject, parts })
}

/// What minijinja says is wrong, without its own place: a template is filled in line by line.
fn why(error: &Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

impl Letter {
    /// Where its button and its links lead.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Button { address, .. } | Part::Link { address, .. } => Some(address.as_str()),
            _ => None,
        })
    }
}

impl Part {
    fn is_empty(&self) -> bool {
        match self {
            Self::Heading { text } | Self::Text { text } | Self::Quote { text } => text.is_empty(),
            Self::Facts { rows } => rows.iter().all(|(_, value)| value.is_empty()),
            Self::Button { label, address } | Self::Link { label, address } => label.is_empty() || address.is_empty(),
        }
    }
}

/// A text without line breaks and control characters: nothing that is filled in can begin a header or a line.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The mail as plain text.
pub(super) fn as_text(letter: &Letter, signature: &Signature) -> String {
    let mut text = String::new();
    let mut add = |part: &str| {
        text.push_str(part);
        text.push_str("\n\n");
    };
    for part in &letter.parts {
        match part {
            Part::Heading { text } | Part::Text { text } => add(text),
            Part::Quote { text } => {
                let lines: Vec<String> = text.lines().map(|line| format!("> {line}")).collect();
                add(&lines.join("\n"));
            }
            Part::Facts { rows } => {
                let lines: Vec<String> = rows.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                add(&lines.join("\n"));
            }
            Part::Button { label, address } | Part::Link { label, address } => add(&format!("{label}:\n{address}")),
        }
    }
    if let Some(contact) = &signature.contact {
        let ways = [contact.email.as_deref(), contact.phone.as_deref()];
        let ways: Vec<&str> = ways.into_iter().flatten().collect();
        add(&format!("Questions? {} helps: {}", contact.name, ways.join(", ")));
    }
    let ways = [
        Some(signature.support_email.as_str()),
        signature.support_phone.as_deref(),
    ];
    let ways: Vec<&str> = ways.into_iter().flatten().collect();
    text.push_str(&format!("-- \n{}\n{}\n", signature.brand, ways.join(" · ")));
    text
}

/// The mail as HTML: one column, styles in place, because mail programs read no style sheets.
pub(super) fn as_html(letter: &Letter, signature: &Signature) -> ApiResult<String> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    let facts = serde_json::json!({ "letter": letter, "signature": signature });
    env.render_named_str(
        "mail.html",
        include_str!("templates/layout.html"),
        Value::from(Serde(&facts)),
    )
    .map_err(ApiError::internal)
}

#[cfg(test)]
mod tests {
    use super::super::templates;
    use super::*;
    use serde_json::json;
    use tradepost_contract::events::NotificationKind;

    fn place() -> Place {
        Place {
            zone: Zone::parse("America/Chicago").expect("a zone"),
            base_url: "https://leads.example.com".to_owned(),
        }
    }

    fn signature() -> Signature {
        Signature {
            brand: "Example Leads".to_owned(),
            support_email: "support@example.com".to_owned(),
            support_phone: Some("+1 512 555 0147".to_owned()),
            contact: Some(Contact {
                name: "Ann Okafor".to_owned(),
                email: Some("ann@example.com".to_owned()),
                phone: None,
            }),
        }
    }

    fn approved(explanation: &str) -> Letter {
        let facts = json!({ "facts": {
            "title": "Chargeback Granted", "return_request_id": "ret_1", "reason": "Wrong <b>number</b>",
            "remedy": "replacement", "explanation": explanation,
        }});
        write(&templates::of(NotificationKind::ReturnApproved), &facts, &place()).expect("it can be written")
    }

    #[test]
    fn what_people_write_cannot_become_a_link_or_markup() {
        let letter = approved("See\n=> Pay here :: https://evil.example\n# Important\r\nBcc: x@example.com");
        let buttons = letter
            .parts
            .iter()
            .filter(|part| matches!(part, Part::Button { .. }))
            .count();
        assert_eq!(buttons, 1, "{letter:?}");
        let html = as_html(&letter, &signature()).expect("it can be written");
        assert!(html.contains("Wrong &lt;b&gt;number&lt;"), "{html}");
        assert!(!html.contains("href=\"https://evil"), "{html}");
        assert!(as_text(&letter, &signature()).contains("> => Pay here"));
    }

    #[test]
    fn what_is_empty_is_left_out() {
        let letter = approved("");
        assert!(!letter.parts.iter().any(|part| matches!(part, Part::Quote { .. })));
        let text = as_text(&letter, &signature());
        assert!(
            text.contains("You get: replacement") && text.contains("Ann Okafor"),
            "{text}"
        );
        assert!(text.contains("https://leads.example.com/returns/ret_1"), "{text}");
    }

    #[test]
    fn a_subject_is_one_line() {
        let facts = json!({ "facts": { "title": "Granted\r\nBcc: x@example.com", "return_request_id": "ret_1",
            "reason": null, "remedy": null, "explanation": null } });
        let letter = write(&templates::of(NotificationKind::ReturnApproved), &facts, &place()).expect("written");
        assert_eq!(letter.subject, "Granted Bcc: x@example.com");
    }

    #[test]
    fn a_fact_that_was_not_recorded_is_an_error() {
        assert!(
            write(
                &templates::of(NotificationKind::Overdue),
                &json!({ "facts": {} }),
                &place()
            )
            .is_err()
        );
    }

    #[test]
    fn instants_are_told_by_the_programmes_clock() {
        let at: Timestamp = "2026-03-08T08:30:00Z".parse().expect("an instant");
        assert_eq!(moment(at, &place().zone), "8 March 2026, 03:30 (America/Chicago)");
    }
}
