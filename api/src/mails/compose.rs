//! A mail as its reader sees it, written from the message's facts and from what is known now.

use super::letter::{self, Contact, Letter, Place, Signature};
use super::store::{self, Row, Sender};
use super::{samples, templates};
use crate::access_links;
use crate::app::App;
use crate::calendar::Zone;
use crate::db::Conn;
use crate::delivery_targets;
use crate::error::{ApiError, ApiResult};
use crate::mail_templates;
use crate::notice_acceptances::{self, Acceptances};
use serde_json::{Value, json};
use tradepost_contract::SupplierId;
use tradepost_contract::access_links::AccessPurpose;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::policy::WordingKey;
use tradepost_contract::programmes::Brand;

/// A mail, ready to be sent or shown.
#[derive(Debug, Clone)]
pub(super) struct Composed {
    pub(super) subject: String,
    pub(super) from_name: String,
    pub(super) from_address: String,
    pub(super) reply_to: Option<String>,
    pub(super) message_id: String,
    pub(super) text: String,
    pub(super) html: String,
    /// The link that it brings works no more.
    pub(super) is_over: bool,
}

/// Who may read the link that lets somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// The reader of the mail, and whoever looks around in a sandbox.
    Shown,
    /// Nobody: staff look at what was sent.
    Hidden,
}

/// Writes a mail.
pub(super) fn compose(conn: &mut Conn, app: &App, row: &Row, links: Links) -> ApiResult<Composed> {
    let facts = store::facts(conn, row.notification_id)?;
    if row.kind == NotificationKind::MailTest {
        return samples::test_mail(conn, app, row, &facts);
    }
    let sender = store::sender(conn, row.programme_id)?;
    let brand: Brand = serde_json::from_str(&sender.brand)?;
    if row.kind == NotificationKind::LeadForwarded {
        let written = delivery_targets::mail(conn, app, &facts)?;
        return Ok(for_a_program(row, &sender, &brand, written));
    }
    let base_url = app.settings.public_url.clone().unwrap_or_default();
    // What is for staff names the supplier in its facts.
    let named = facts["supplier_id"]
        .as_str()
        .and_then(|id| id.parse::<SupplierId>().ok());
    let account = match row.supplier_id.or(named) {
        Some(supplier) => store::account(conn, supplier)?,
        None => None,
    };
    let to_staff = templates::is_for_staff(row.kind) || row.supplier_id.is_none();
    let manager = match account.as_ref().and_then(|account| account.manager) {
        Some(id) => store::manager(conn, id)?,
        None => None,
    };
    let contact = match manager {
        _ if to_staff => None,
        Some((name, email, phone)) => Some(Contact {
            name,
            email: Some(email),
            phone,
        }),
        None => Some(department(&brand)),
    };
    let (access, is_over) = access(conn, app, row, &base_url, links)?;
    let context = json!({
        "facts": facts,
        "account": account.map(|account| account.name).unwrap_or_default(),
        "recipient": row.recipient,
        "brand": { "name": sender.name, "descriptor": brand.descriptor },
        "access": access,
        "lead": lead(conn, app, row.kind, &facts)?,
    });
    let place = place(&sender, base_url)?;
    let own = mail_templates::own(conn, row.programme_id, row.kind)?;
    let letter = in_words(row.kind, own.as_deref(), &context, &place)?;
    let mut composed = composed(row, &sender.name, &brand, letter, contact)?;
    composed.is_over = is_over;
    Ok(composed)
}

/// A mail that a program reads: its text as it is, and nothing else. Over where there is nothing to say any more.
fn for_a_program(row: &Row, sender: &Sender, brand: &Brand, written: Option<(String, String)>) -> Composed {
    let is_over = written.is_none();
    let (subject, text) = written.unwrap_or_default();
    Composed {
        subject,
        text,
        html: String::new(),
        from_name: sender.name.clone(),
        from_address: brand.support_email.clone(),
        reply_to: None,
        message_id: message_id(row, brand),
        is_over,
    }
}

/// The same whenever a mail is sent again, unless somebody wished it.
fn message_id(row: &Row, brand: &Brand) -> String {
    let domain = brand.support_email.rsplit_once('@');
    let domain = domain.map_or("localhost", |(_, domain)| domain);
    format!("<{}.{}@{domain}>", row.id, row.edition)
}

/// In the programme's own words where it has some. Where those cannot be filled in with what was recorded, in ours: a
/// mail that arrives is worth more than how it sounds.
fn in_words(kind: NotificationKind, own: Option<&str>, context: &Value, place: &Place) -> ApiResult<Letter> {
    if let Some(own) = own {
        match letter::write(&templates::read(own), context, place) {
            Ok(letter) => return Ok(letter),
            Err(fault) => {
                tracing::warn!(%kind, line = fault.line, fault = fault.message, "a programme's own wording cannot be filled in");
            }
        }
    }
    letter::write(&templates::of(kind), context, place).map_err(|fault| {
        let fault = format!("{kind}, line {}: {}", fault.line, fault.message);
        ApiError::internal(fault)
    })
}

pub(super) fn place(sender: &Sender, base_url: String) -> ApiResult<Place> {
    let zone = Zone::parse(&sender.time_zone).map_err(ApiError::internal)?;
    Ok(Place { zone, base_url })
}

/// Whom a reader turns to who has no manager (R1).
pub(super) fn department(brand: &Brand) -> Contact {
    Contact {
        name: brand.department.name.clone(),
        email: Some(brand.department.email.clone()),
        phone: Some(brand.department.phone.clone()),
    }
}

/// Puts a letter into its envelope.
pub(super) fn composed(
    row: &Row,
    from_name: &str,
    brand: &Brand,
    letter: Letter,
    contact: Option<Contact>,
) -> ApiResult<Composed> {
    let reply_to = contact.as_ref().and_then(|contact| contact.email.clone());
    let signature = signature(from_name, brand, contact);
    Ok(Composed {
        message_id: message_id(row, brand),
        text: letter::as_text(&letter, &signature),
        html: letter::as_html(&letter, &signature)?,
        subject: letter.subject,
        from_name: from_name.to_owned(),
        reply_to: reply_to.filter(|address| *address != brand.support_email),
        from_address: brand.support_email.clone(),
        is_over: false,
    })
}

pub(super) fn signature(from_name: &str, brand: &Brand, contact: Option<Contact>) -> Signature {
    Signature {
        brand: from_name.to_owned(),
        support_email: brand.support_email.clone(),
        support_phone: brand.support_phone.clone(),
        contact,
    }
}

/// What a template may say of the link that lets the reader in, and whether that works no more.
fn access(conn: &mut Conn, app: &App, row: &Row, base_url: &str, links: Links) -> ApiResult<(Value, bool)> {
    let Some(id) = row.access_link_id else {
        return Ok((json!({ "url": "", "expires_at": null, "first": false }), false));
    };
    let link = access_links::written(conn, &app.secrets, id)?;
    let page = match link.purpose {
        AccessPurpose::Invitation => "accept-invitation",
        AccessPurpose::Reset => "reset-password",
        AccessPurpose::Email => "confirm-email",
    };
    let token = match links {
        Links::Shown => link.token.reveal().to_owned(),
        Links::Hidden => "hidden".to_owned(),
    };
    let access = json!({
        "url": format!("{base_url}/{page}#{token}"),
        "expires_at": link.expires_at,
        "first": link.purpose == AccessPurpose::Invitation,
    });
    Ok((access, !link.is_good_at(app.clock.wall_now())))
}

/// What a template may say of the lead that a message is about. The particulars are looked up each time, so that no mail
/// keeps them (invariant 11).
fn lead(conn: &mut Conn, app: &App, kind: NotificationKind, facts: &Value) -> ApiResult<Value> {
    let delivery = facts["delivery_id"].as_str().and_then(|id| id.parse().ok());
    let about_lead = matches!(kind, NotificationKind::Lead | NotificationKind::ReplacementSent);
    let Some(delivery) = delivery.filter(|_| about_lead) else {
        return Ok(Value::Null);
    };
    let Some(lead) = store::lead(conn, delivery)? else {
        return Ok(Value::Null);
    };
    let policy = app.policies.get(conn, lead.policy)?;
    let place: Vec<&str> = [&lead.city, &lead.region, &lead.postcode]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect();
    let accepted = match notice_acceptances::may_hold_back(&policy) {
        true => Some(Acceptances::of(conn, lead.supplier)?),
        false => None,
    };
    let held_back = accepted.and_then(|accepted| accepted.holds_back(&policy, lead.delivered_at).map(str::to_owned));
    if held_back.is_some() {
        // The reader follows the link, accepts, and sees who it is (R82).
        return Ok(json!({
            "name": null, "company": null, "email": null, "phone": null, "city": lead.city, "place": place.join(", "),
            "gone": false, "held_back": true, "return_label": policy.word(WordingKey::ReturnLink),
        }));
    }
    let gone = lead.name.is_none() && lead.email.is_none() && lead.phone.is_none();
    Ok(json!({
        "name": lead.name, "company": lead.company, "email": lead.email, "phone": lead.phone,
        "city": lead.city, "place": place.join(", "), "gone": gone, "held_back": false,
        "return_label": policy.word(WordingKey::ReturnLink),
    }))
}
