//! How a mail looks before there is one: a template filled in with made-up facts, for whoever writes it.

use super::compose::{self, Composed};
use super::letter::{self, Letter};
use super::store::{self, Row, Sender};
use super::templates::{self, Fault};
use crate::app::App;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use serde_json::{Value, json};
use tradepost_contract::ProgrammeId;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::mail_templates::MailPreview;
use tradepost_contract::programmes::Brand;

/// Everything that a template of this kind may name, made up.
pub(crate) fn sample_names(
    conn: &mut Conn,
    app: &App,
    programme: ProgrammeId,
    kind: NotificationKind,
) -> ApiResult<Value> {
    let (sender, brand) = sender(conn, programme)?;
    let base_url = app.settings.public_url.clone().unwrap_or_default();
    names(kind, &sender, &brand.descriptor, &base_url)
}

fn names(kind: NotificationKind, sender: &Sender, descriptor: &str, base_url: &str) -> ApiResult<Value> {
    let samples = include_str!("templates/samples.json").replace("\"USD\"", &format!("\"{}\"", sender.currency));
    let all: Value = serde_json::from_str(&samples)?;
    let lead = match kind {
        NotificationKind::Lead | NotificationKind::ReplacementSent => json!({
            "name": "Maria Lindqvist", "company": "Lindqvist Interiors", "email": "maria@example.com",
            "phone": "+1 512 555 0148", "city": "Austin", "place": "Austin, TX, 78701", "gone": false, "held_back": false,
            "return_label": "Submit For Review",
        }),
        _ => Value::Null,
    };
    Ok(json!({
        "facts": all[kind.as_str()],
        "account": "Okafor & Daughters",
        "recipient": "ann@example.com",
        "brand": { "name": sender.name, "descriptor": descriptor },
        "access": {
            "url": format!("{base_url}/accept-invitation#a-link-for-one-person"),
            "expires_at": "2026-03-05T15:00:00Z", "first": true,
        },
        "lead": lead,
    }))
}

/// A template as a mail of the programme, or what is wrong with it.
pub(crate) fn preview(
    conn: &mut Conn,
    app: &App,
    programme: ProgrammeId,
    kind: NotificationKind,
    source: &str,
) -> ApiResult<Result<MailPreview, Vec<Fault>>> {
    let (sender, brand) = sender(conn, programme)?;
    let letter = match filled(app, &sender, &brand, kind, source)? {
        Ok(letter) => letter,
        Err(faults) => return Ok(Err(faults)),
    };
    let signature = compose::signature(&sender.name, &brand, contact(kind, &brand));
    Ok(Ok(MailPreview {
        text: letter::as_text(&letter, &signature),
        html: letter::as_html(&letter, &signature)?,
        subject: letter.subject,
        from: format!("{} <{}>", sender.name, brand.support_email),
    }))
}

/// The mail that somebody asked for to see how a template arrives: its facts name the kind and hold the template.
pub(super) fn test_mail(conn: &mut Conn, app: &App, row: &Row, facts: &Value) -> ApiResult<Composed> {
    let (sender, brand) = sender(conn, row.programme_id)?;
    let kind: NotificationKind = serde_json::from_value(facts["of"].clone())?;
    let source = facts["source"].as_str().unwrap_or_default();
    let mut letter = match filled(app, &sender, &brand, kind, source)? {
        Ok(letter) => letter,
        // It was tried before it was recorded, so this is a brand or an address of the server that changed meanwhile.
        Err(_) => filled(
            app,
            &sender,
            &brand,
            NotificationKind::MailTest,
            templates::original(NotificationKind::MailTest),
        )?
        .map_err(|faults| ApiError::internal(format!("the test mail: {faults:?}")))?,
    };
    letter.subject = format!("Test: {}", letter.subject);
    compose::composed(row, &sender.name, &brand, letter, contact(kind, &brand))
}

fn sender(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<(Sender, Brand)> {
    let sender = store::sender(conn, programme)?;
    let brand = serde_json::from_str(&sender.brand)?;
    Ok((sender, brand))
}

fn contact(kind: NotificationKind, brand: &Brand) -> Option<letter::Contact> {
    (!templates::is_for_staff(kind)).then(|| compose::department(brand))
}

fn filled(
    app: &App,
    sender: &Sender,
    brand: &Brand,
    kind: NotificationKind,
    source: &str,
) -> ApiResult<Result<Letter, Vec<Fault>>> {
    let template = templates::read(source);
    let mut faults = template.faults();
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let base_url = app.settings.public_url.clone().unwrap_or_default();
    let names = names(kind, sender, &brand.descriptor, &base_url)?;
    let place = compose::place(sender, base_url)?;
    let letter = match letter::write(&template, &names, &place) {
        Ok(letter) => letter,
        Err(fault) => return Ok(Err(vec![fault])),
    };
    let original = letter::write(&templates::of(kind), &names, &place)
        .map_err(|fault| ApiError::internal(format!("{kind}, line {}: {}", fault.line, fault.message)))?;
    for address in missing(&letter, &original) {
        faults.push(Fault::new(0, format!("it has to lead to {address}, as ours does")));
    }
    for address in letter
        .addresses()
        .filter(|address| !is_address(address, &place.base_url))
    {
        faults.push(Fault::new(
            0,
            format!("{address} is no address of the web and no mail address"),
        ));
    }
    Ok(if faults.is_empty() { Ok(letter) } else { Err(faults) })
}

/// Where every mail of the kind has to lead: where its button does, because without that nobody gets in, pays or answers;
/// and to a lead's return form (R2).
fn missing<'a>(letter: &'a Letter, original: &'a Letter) -> impl Iterator<Item = &'a str> {
    let button = original.parts.iter().find_map(|part| match part {
        letter::Part::Button { address, .. } => Some(address.as_str()),
        _ => None,
    });
    let form = original.addresses().find(|address| address.contains("/return?"));
    let there = move |wanted: &&str| letter.addresses().any(|address| address == *wanted);
    button.into_iter().chain(form).filter(move |wanted| !there(wanted))
}

fn is_address(address: &str, base_url: &str) -> bool {
    let on_the_web = ["https://", "http://", "mailto:", "tel:"];
    on_the_web.iter().any(|start| address.starts_with(start)) || (base_url.is_empty() && address.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Zone;

    fn written(kind: NotificationKind, source: &str) -> Result<Letter, Fault> {
        let base_url = "https://leads.example.com".to_owned();
        let sender = Sender {
            name: "Example Leads".to_owned(),
            brand: String::new(),
            time_zone: "America/Chicago".to_owned(),
            currency: "GBP".parse().expect("a currency"),
        };
        let names = names(kind, &sender, "EXAMPLE LEADS", &base_url).expect("the samples are JSON");
        let zone = Zone::parse("America/Chicago").expect("a zone");
        letter::write(&templates::read(source), &names, &letter::Place { zone, base_url })
    }

    /// R126: every kind of message can be filled in with its sample, and its button leads to this site.
    #[test]
    fn r126_every_kind_has_a_sample_that_fills_it_in() {
        for kind in NotificationKind::ALL {
            let letter = written(*kind, templates::original(*kind)).unwrap_or_else(|fault| panic!("{kind}: {fault:?}"));
            assert!(!letter.subject.is_empty(), "{kind}");
            for address in letter.addresses() {
                assert!(address.starts_with("https://leads.example.com/"), "{kind}: {address}");
            }
            assert_eq!(missing(&letter, &letter).count(), 0, "{kind}");
        }
    }

    /// R2: whoever words the mail of a lead anew cannot lose the link to its return form, nor a reset its link.
    #[test]
    fn r2_what_a_mail_is_for_stays_in_it() {
        let bare = "subject: Hi\n# Hi\nText.\n=> Go :: {{ url(\"/\") }}";
        let lacks = |kind: NotificationKind| {
            let original = written(kind, templates::original(kind)).expect("ours can be filled in");
            let letter = written(kind, bare).expect("it can be filled in");
            missing(&letter, &original).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            lacks(NotificationKind::Lead),
            [
                "https://leads.example.com/leads/del_00000000000c5",
                "https://leads.example.com/leads/del_00000000000c5/return?channel=email_link",
            ]
        );
        assert_eq!(
            lacks(NotificationKind::PasswordReset),
            ["https://leads.example.com/accept-invitation#a-link-for-one-person"]
        );
        assert_eq!(lacks(NotificationKind::SuspensionLifted), Vec::<String>::new());
    }

    #[test]
    fn a_template_that_cannot_be_filled_in_says_where() {
        let with = |text: &str| format!("subject: Hi\n# Hi\n\n{text}\n=> Go :: {{{{ url(\"/\") }}}}");
        for text in [
            "{{ facts.nobody }}",
            "{{ lead.phone",
            "{{ 1 | money }}",
            "{% for a in range(100) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}",
            "{% include \"/etc/passwd\" %}",
        ] {
            let fault = written(NotificationKind::Lead, &with(text)).expect_err(text);
            assert!(fault.line == 4 && !fault.message.is_empty(), "{text}: {fault:?}");
        }
    }
}
