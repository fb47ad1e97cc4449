//! Carrying a change out, by the use cases of the direct edit, and trying whether it could be.
//!
//! The use cases run as staff, who may change everything: so each id in a change is looked at here first, and what is
//! not the account's own is unknown (R127).

use super::differences::between;
use super::store::Prepared;
use crate::auth::{Caller, Principal, StaffMember};
use crate::coverage::{self, Wanted};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::policy::Policies;
use crate::suppliers::store::{self as accounts, Account};
use crate::{businesses, contacts, orders, suppliers};
use tradepost_contract::businesses::{CreateBusiness, UpdateBusiness};
use tradepost_contract::change_requests::{AddressChange, Change, Difference, NewAddress};
use tradepost_contract::contacts::{ContactPoint, ContactPurpose, CreateContact, UpdateContact};
use tradepost_contract::orders::{CreateOrder, Order, UpdateOrder};
use tradepost_contract::suppliers::UpdateSupplier;
use tradepost_contract::{BusinessId, ChangeRequestId, ContactPointId, OrderId, ProblemCode, Timestamp, UserId};

const MOST_LISTS: usize = 10;
const MOST_ADDRESSES: usize = 20;
const MOST_ENDED: usize = 500;
const LONGEST_TEXT: usize = 2_000;

/// What an order shows of its volume and hours.
const ORDER: &[&str] = &["quantity", "cap_day", "cap_week", "cap_month", "schedule"];
const NEW_ORDER: &[&str] = &[
    "product_name",
    "business_name",
    "quantity",
    "cap_day",
    "cap_week",
    "cap_month",
];
const ADDRESS: &[&str] = &["name", "email", "phone"];
const PROFILE: &[&str] = &["name", "legal_name", "country", "address", "tax_id", "time_zone"];
const BUSINESS: &[&str] = &["name", "trade", "phone", "website"];

/// Somebody on whose decision a change is carried out; the trail names them and the request.
pub(super) fn in_the_name_of(user: UserId, name: &str, request: ChangeRequestId) -> Caller {
    let member = StaffMember {
        user_id: user,
        name: name.to_owned(),
        roles: Vec::new(),
    };
    Caller::acting(Principal::Staff(member), request.to_string())
}

/// Why a change is made, as the trail says it.
pub(super) fn because_of(request: ChangeRequestId) -> String {
    format!("Change request {request}")
}

/// Refuses lists that are too long, and changes that name nothing.
pub(super) fn check_size(change: &Change) -> ApiResult<()> {
    let too_many = |pointer: &str, most: usize| {
        let message = format!("has at most {most} entries");
        Err(ApiError::new(ProblemCode::Invalid).field(pointer, "too_many", message))
    };
    let names_nothing = match change {
        Change::Coverage { add, end, .. } => {
            if add.len() > MOST_LISTS {
                return too_many("/add", MOST_LISTS);
            }
            if end.len() > MOST_ENDED {
                return too_many("/end", MOST_ENDED);
            }
            add.is_empty() && end.is_empty()
        }
        Change::LeadContacts { add, change, remove } | Change::BillingContact { add, change, remove } => {
            let lists = [
                ("/add", add.len()),
                ("/change", change.len()),
                ("/remove", remove.len()),
            ];
            if let Some((pointer, _)) = lists.iter().find(|(_, length)| *length > MOST_ADDRESSES) {
                return too_many(pointer, MOST_ADDRESSES);
            }
            lists.iter().all(|(_, length)| *length == 0)
        }
        Change::Volume {
            quantity,
            cap_day,
            cap_week,
            cap_month,
            ..
        } => quantity.is_none() && cap_day.is_none() && cap_week.is_none() && cap_month.is_none(),
        Change::Profile {
            name,
            legal_name,
            country,
            address,
            tax_id,
            time_zone,
        } => {
            let texts = [name, legal_name, country, address, time_zone];
            texts.iter().all(|text| text.is_none()) && tax_id.is_none()
        }
        Change::Business {
            name,
            trade,
            phone,
            website,
            ..
        } => name.is_none() && [trade, phone, website].iter().all(|text| text.is_none()),
        Change::Category { .. } | Change::Schedule { .. } | Change::Plan { .. } | Change::Other { .. } => false,
    };
    if names_nothing {
        return Err(unchanged());
    }
    Ok(())
}

/// The change in its one spelling, so that later requests are compared with it.
pub(super) fn normalised(change: &Change) -> ApiResult<Change> {
    check_size(change)?;
    Ok(match change {
        Change::Coverage { order_id, add, end } => {
            let lists = add.iter().enumerate();
            let add = lists.map(|(place, areas)| coverage::read(&format!("/add/{place}"), areas));
            Change::Coverage {
                order_id: *order_id,
                add: add.collect::<ApiResult<Vec<_>>>()?,
                end: end.clone(),
            }
        }
        Change::Other { about, text } => Change::Other {
            about: *about,
            text: suppliers::fields::lines("/text", text, LONGEST_TEXT)
                .map_err(|fault| ApiError::invalid(vec![fault]))?,
        },
        other => other.clone(),
    })
}

/// Tries a change that would take effect then, and says what would be different. Nothing is changed.
pub(super) fn rehearse(
    tx: &mut Tx<'_>,
    policies: &Policies,
    who: &Caller,
    account: &Account,
    change: &Change,
    at: Timestamp,
) -> ApiResult<Vec<Difference>> {
    let mut found = Vec::new();
    // A rehearsal that gives nothing is undone.
    tx.rehearse(|tx| {
        found = match change {
            Change::Coverage { .. } => prepare_areas(tx, who, account, change, at, ("Asked for", false))?.1,
            _ => carry_out(tx, policies, who, account, change, "Asked for")?,
        };
        Ok(None::<()>)
    })?;
    if found.is_empty() {
        return Err(unchanged());
    }
    Ok(found)
}

/// Writes the rows of areas that change then.
pub(super) fn prepare_areas(
    tx: &mut Tx<'_>,
    who: &Caller,
    account: &Account,
    change: &Change,
    at: Timestamp,
    (why, leniently): (&str, bool),
) -> ApiResult<(Prepared, Vec<Difference>)> {
    let Change::Coverage { order_id, add, end } = change else {
        return Err(ApiError::internal("only areas are written beforehand"));
    };
    let wanted = Wanted {
        order_id: *order_id,
        add,
        end,
        at,
        why,
        leniently,
    };
    let (planned, differences) = coverage::plan(tx, who, account, wanted)?;
    Ok((Prepared::Coverage(planned), differences))
}

/// Carries a change out now, and says what is different. Areas and plans are changed elsewhere, and what stands in
/// words is done by hand.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    policies: &Policies,
    who: &Caller,
    account: &Account,
    change: &Change,
    why: &str,
) -> ApiResult<Vec<Difference>> {
    let reason = Some(why.to_owned());
    match change {
        Change::Coverage { .. } | Change::Plan { .. } => Ok(Vec::new()),
        Change::Other { about, text } => Ok(vec![Difference {
            field: about.to_string(),
            before: None,
            after: Some(text.clone()),
        }]),
        Change::Category {
            business_id,
            product_id,
            quantity,
            cap_day,
            cap_week,
            cap_month,
        } => {
            own_business(tx, who, account, *business_id)?;
            let new = CreateOrder {
                business_id: *business_id,
                product_id: *product_id,
                price: None,
                quantity: *quantity,
                cap_day: *cap_day,
                cap_week: *cap_week,
                cap_month: *cap_month,
                schedule: None,
                priority: None,
                weight: None,
                starts_at: None,
                ends_at: None,
            };
            let order = orders::create(tx, policies, who, &new)?;
            between(None, &order, NEW_ORDER)
        }
        Change::Volume {
            order_id,
            quantity,
            cap_day,
            cap_week,
            cap_month,
        } => {
            let patch = UpdateOrder {
                quantity: *quantity,
                cap_day: *cap_day,
                cap_week: *cap_week,
                cap_month: *cap_month,
                reason,
                ..UpdateOrder::default()
            };
            update_order(tx, policies, who, account, *order_id, &patch)
        }
        Change::Schedule { order_id, schedule } => {
            let patch = UpdateOrder {
                schedule: Some(schedule.clone()),
                reason,
                ..UpdateOrder::default()
            };
            update_order(tx, policies, who, account, *order_id, &patch)
        }
        Change::LeadContacts { add, change, remove } => {
            addresses(tx, who, account, ContactPurpose::Leads, (add, change, remove), why)
        }
        Change::BillingContact { add, change, remove } => {
            addresses(tx, who, account, ContactPurpose::Billing, (add, change, remove), why)
        }
        Change::Profile {
            name,
            legal_name,
            country,
            address,
            tax_id,
            time_zone,
        } => {
            let patch = UpdateSupplier {
                name: name.clone(),
                legal_name: legal_name.clone(),
                country: country.clone(),
                address: address.clone(),
                tax_id: tax_id.clone(),
                time_zone: time_zone.clone(),
                reason,
                ..UpdateSupplier::default()
            };
            let before = accounts::get(tx, who, account.id)?;
            let after = suppliers::update(tx, who, account.id, None, &patch)?;
            between(Some(&before), &after, PROFILE)
        }
        Change::Business {
            business_id: Some(id),
            name,
            trade,
            phone,
            website,
        } => {
            own_business(tx, who, account, *id)?;
            let patch = UpdateBusiness {
                name: name.clone(),
                trade: trade.clone(),
                phone: phone.clone(),
                website: website.clone(),
                reason,
                ..UpdateBusiness::default()
            };
            let before = businesses::store::get(tx, &who.scope(), *id)?;
            let after = businesses::update(tx, who, *id, None, &patch)?;
            between(Some(&before), &after, BUSINESS)
        }
        Change::Business {
            business_id: None,
            name,
            trade,
            phone,
            website,
        } => {
            let new = CreateBusiness {
                name: name.clone().unwrap_or_default(),
                association_id: None,
                trade: trade.clone().flatten(),
                phone: phone.clone().flatten(),
                website: website.clone().flatten(),
                tracking_number: None,
                forward_to: Vec::new(),
                licence: None,
            };
            let made = businesses::create(tx, who, account.id, &new)?;
            between(None, &made, BUSINESS)
        }
    }
}

fn update_order(
    tx: &mut Tx<'_>,
    policies: &Policies,
    who: &Caller,
    account: &Account,
    id: OrderId,
    patch: &UpdateOrder,
) -> ApiResult<Vec<Difference>> {
    let before = own_order(tx, policies, who, account, id)?;
    let after = orders::update(tx, policies, who, id, None, patch)?;
    between(Some(&before), &after, ORDER)
}

type Addresses<'a> = (&'a [NewAddress], &'a [AddressChange], &'a [ContactPointId]);

fn addresses(
    tx: &mut Tx<'_>,
    who: &Caller,
    account: &Account,
    purpose: ContactPurpose,
    (add, change, remove): Addresses<'_>,
    why: &str,
) -> ApiResult<Vec<Difference>> {
    let mut differences = Vec::new();
    for (place, address) in add.iter().enumerate() {
        let new = CreateContact {
            purpose,
            business_id: address.business_id,
            name: address.name.clone(),
            email: address.email.clone(),
            phone: address.phone.clone(),
        };
        let made =
            contacts::create(tx, who, account.id, &new).map_err(|error| error.below(&format!("/add/{place}")))?;
        differences.push(Difference {
            field: "address".to_owned(),
            before: None,
            after: Some(reached_at(&made)),
        });
    }
    for (place, address) in change.iter().enumerate() {
        let pointer = format!("/change/{place}");
        let before = own_contact(tx, who, account, purpose, address.contact_id)
            .map_err(|error| error.below(&format!("{pointer}/contact_id")))?;
        let patch = UpdateContact {
            name: address.name.clone(),
            email: address.email.clone(),
            phone: address.phone.clone(),
            active: None,
            reason: Some(why.to_owned()),
        };
        let after =
            contacts::update(tx, who, address.contact_id, None, &patch).map_err(|error| error.below(&pointer))?;
        differences.extend(between(Some(&before), &after, ADDRESS)?);
    }
    for (place, id) in remove.iter().enumerate() {
        let pointer = format!("/remove/{place}");
        let before = own_contact(tx, who, account, purpose, *id).map_err(|error| error.below(&pointer))?;
        let patch = UpdateContact {
            active: Some(false),
            reason: Some(why.to_owned()),
            ..UpdateContact::default()
        };
        contacts::update(tx, who, *id, None, &patch).map_err(|error| error.below(&pointer))?;
        if before.active {
            differences.push(Difference {
                field: "address".to_owned(),
                before: Some(reached_at(&before)),
                after: None,
            });
        }
    }
    Ok(differences)
}

/// An address in words.
fn reached_at(contact: &ContactPoint) -> String {
    let ways = [&contact.name, &contact.email, &contact.phone];
    let ways: Vec<&str> = ways.into_iter().flatten().map(String::as_str).collect();
    ways.join(", ")
}

/// The order, if it is the account's.
pub(super) fn own_order(
    tx: &mut Tx<'_>,
    policies: &Policies,
    who: &Caller,
    account: &Account,
    id: OrderId,
) -> ApiResult<Order> {
    match orders::store::get(tx, policies, who, id) {
        Ok(order) if order.supplier_id == account.id => Ok(order),
        Err(error) if error.code() != ProblemCode::NotFound => Err(error),
        Ok(_) | Err(_) => Err(ApiError::unknown_id("/order_id")),
    }
}

fn own_business(tx: &mut Tx<'_>, who: &Caller, account: &Account, id: BusinessId) -> ApiResult<()> {
    let found = businesses::store::standing(tx, &who.scope(), id)?;
    if found.is_some_and(|found| found.supplier_id == account.id) {
        Ok(())
    } else {
        Err(ApiError::unknown_id("/business_id"))
    }
}

/// The address, if it is the account's and for this purpose. The refusal points at the value itself.
fn own_contact(
    tx: &mut Tx<'_>,
    who: &Caller,
    account: &Account,
    purpose: ContactPurpose,
    id: ContactPointId,
) -> ApiResult<ContactPoint> {
    match contacts::get(tx, &who.scope(), id) {
        Ok(contact) if contact.supplier_id == account.id && contact.purpose == purpose => Ok(contact),
        Err(error) if error.code() != ProblemCode::NotFound => Err(error),
        Ok(_) | Err(_) => Err(ApiError::unknown_id("")),
    }
}

fn unchanged() -> ApiError {
    ApiError::new(ProblemCode::Invalid).field("", "unchanged", "Nothing would be different.")
}
