//! Opening an account for a new buyer, in one transaction.

use super::store;
use crate::auth::Actor;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::suppliers::sign_up::{self, NewAccount};
use crate::suppliers::{fields, store as accounts};
use crate::users::ops::{self as users, NewMember};
use crate::{businesses, contacts, coverage, notifications, policy};
use serde_json::json;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::people::SupplierRole;
use tradepost_contract::programmes::ProgrammeStatus;
use tradepost_contract::sign_ups::SignUp;
use tradepost_contract::{FieldError, ProgrammeId};

/// What was sent, read and checked as far as that needs no database.
#[derive(Debug, Clone)]
pub(super) struct Applicant {
    slug: String,
    owner: NewMember,
    name: String,
    email: String,
    company: String,
    address: String,
    country: Option<String>,
    phone: Option<String>,
}

impl Applicant {
    /// Reads what was sent; all faults at once.
    pub(super) fn parse(body: &SignUp) -> ApiResult<Self> {
        let mut faults = Vec::new();
        let mut keep = |parsed: Result<String, FieldError>| {
            parsed.unwrap_or_else(|fault| {
                faults.push(fault);
                String::new()
            })
        };
        let company = keep(fields::line("/company", &body.company, 200));
        let address = keep(fields::lines("/address", &body.address, 500));
        let country = body
            .country
            .as_deref()
            .map(|text| keep(fields::country("/country", text)));
        if !body.terms_accepted {
            faults.push(FieldError::new(
                "/terms_accepted",
                "required",
                "the terms have to be accepted",
            ));
        }
        let owner = NewMember::parse(
            &body.email,
            &body.name,
            body.phone.as_deref(),
            SupplierRole::Owner,
            None,
            Some(body.password.reveal()),
        );
        match owner {
            Ok(owner) if faults.is_empty() => Ok(Self {
                slug: body.programme.clone(),
                owner,
                name: body.name.trim().to_owned(),
                email: body.email.trim().to_owned(),
                company,
                address,
                country,
                phone: body.phone.clone(),
            }),
            Ok(_) => Err(ApiError::invalid(faults)),
            Err(more) => {
                faults.extend(more);
                Err(ApiError::invalid(faults))
            }
        }
    }
}

/// Opens the account, unless the e-mail signs in already; then its owner is told.
pub(super) fn sign_up(tx: &mut Tx<'_>, new: &Applicant, password_hash: &str) -> ApiResult<()> {
    let unknown = || {
        let fault = FieldError::new("/programme", "unknown", "nobody signs up to such a programme");
        ApiError::invalid(vec![fault])
    };
    let id = store::programme(tx, &new.slug)?.ok_or_else(unknown)?;
    let programme = accounts::programme(tx, id)?.ok_or_else(unknown)?;
    let signs_up = policy::of_product(tx, id, &json!({}), "")?.checkout.sign_up();
    if programme.status == ProgrammeStatus::Closed || !signs_up {
        return Err(unknown());
    }
    if let Some(known) = store::known(tx, &new.email)? {
        return tell_owner(tx, id, &known);
    }
    let actor = Actor::system("sign-up");
    let account = NewAccount {
        programme: id,
        name: new.company.clone(),
        country: new.country.clone().unwrap_or_else(|| programme.country.clone()),
        address: new.address.clone(),
        time_zone: programme.time_zone.clone(),
    };
    let supplier = sign_up::open(tx, &actor, &account)?;
    businesses::add_first(tx, &actor, supplier, &new.company)?;
    let phone = new.phone.as_deref();
    let phone = phone.and_then(|text| fields::phone("/phone", text, &account.country).ok());
    contacts::add_first(tx, supplier, &new.name, &new.email, phone)?;
    coverage::everywhere(tx, supplier)?;
    users::create_member(tx, &actor, supplier, &new.owner, Some(password_hash))?;
    Ok(())
}

/// Tells the person whose e-mail was used, once a day: it may have been a slip of their own.
fn tell_owner(tx: &mut Tx<'_>, programme: ProgrammeId, known: &store::Known) -> ApiResult<()> {
    let day = tx.business_now().to_offset().date();
    let occasion = format!("{}:{day}", known.user);
    let facts = json!({ "user_id": known.user, "at": tx.business_now() });
    let programme = known.programme.unwrap_or(programme);
    let to = [known.email.clone()];
    let kind = NotificationKind::SignUpRepeated;
    notifications::record_to(tx, kind, &occasion, programme, known.supplier, &to, &facts)?;
    Ok(())
}
