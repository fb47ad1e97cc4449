//! Use cases that make and change people.

use serde_json::json;
use tradepost_contract::auth::SecretText;
use tradepost_contract::events::EventKind;
use tradepost_contract::people::{StaffRole, SupplierRole};
use tradepost_contract::problem::{FieldError, ProblemCode};
use tradepost_contract::users::{Audience, CreateUser, UpdateUser, User, UserStatus};
use tradepost_contract::{BusinessId, SupplierId, UserId};

use super::rules::{self, Email};
use super::store::{self, Changed, Membership, NewUser};
use crate::access_links;
use crate::audit;
use crate::auth::{Actor, passwords};
use crate::db::{Database, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};

/// A member of staff to be made.
#[derive(Debug, Clone)]
pub struct NewStaff {
    email: Email,
    name: String,
    phone: Option<String>,
    roles: Vec<StaffRole>,
}

impl NewStaff {
    /// Reads what was sent, and the password with it; all faults at once.
    pub fn parse(body: &CreateUser) -> Result<Self, Vec<FieldError>> {
        let mut faults = Faults::default();
        let email = faults.keep(Email::parse("/email", &body.email));
        let name = faults.keep(rules::name("/name", &body.name));
        let phone = faults.keep(
            body.phone
                .as_deref()
                .map(|text| rules::phone("/phone", text))
                .transpose(),
        );
        let roles = faults.keep(rules::roles("/roles", &body.roles));
        let refused = body
            .password
            .as_ref()
            .and_then(|text| passwords::refuse("/password", text.reveal(), &body.email));
        faults.0.extend(refused);
        match (email, name, phone, roles) {
            (Some(email), Some(name), Some(phone), Some(roles)) if faults.0.is_empty() => Ok(Self {
                email,
                name,
                phone,
                roles,
            }),
            _ => Err(faults.0),
        }
    }
}

/// A supplier's person to be made.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub(super) email: Email,
    pub(super) name: String,
    pub(super) phone: Option<String>,
    pub(super) role: SupplierRole,
    pub(super) businesses: Option<Vec<BusinessId>>,
}

impl NewMember {
    /// Reads what was sent; all faults at once. `businesses` narrows a `member` to some of them (R106).
    pub fn parse(
        email: &str,
        name: &str,
        phone: Option<&str>,
        role: SupplierRole,
        businesses: Option<Vec<BusinessId>>,
        password: Option<&str>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut faults = Faults::default();
        faults
            .0
            .extend(password.and_then(|text| passwords::refuse("/password", text, email)));
        if businesses.is_some() && role != SupplierRole::Member {
            faults.0.push(FieldError::new(
                "/businesses",
                "not_for_role",
                "only a member is held to some businesses",
            ));
        }
        let email = faults.keep(Email::parse("/email", email));
        let name = faults.keep(rules::name("/name", name));
        let phone = faults.keep(phone.map(|text| rules::phone("/phone", text)).transpose());
        let businesses = businesses.map(|mut ids| {
            ids.sort_unstable();
            ids.dedup();
            ids
        });
        match (email, name, phone) {
            (Some(email), Some(name), Some(phone)) if faults.0.is_empty() => Ok(Self {
                email,
                name,
                phone,
                role,
                businesses,
            }),
            _ => Err(faults.0),
        }
    }
}

#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn keep<T>(&mut self, parsed: Result<T, FieldError>) -> Option<T> {
        parsed.map_err(|fault| self.0.push(fault)).ok()
    }
}

/// Makes a member of staff.
pub fn create_staff(tx: &mut Tx<'_>, actor: &Actor, new: &NewStaff, password_hash: Option<&str>) -> ApiResult<User> {
    let row = NewUser {
        audience: Audience::Staff,
        email: &new.email,
        name: &new.name,
        phone: new.phone.as_deref(),
        password_hash,
    };
    let id = store::insert(tx, &row)?;
    store::set_roles(tx, id, &new.roles)?;
    let after = json!({ "audience": Audience::Staff, "roles": new.roles, "has_password": password_hash.is_some() });
    record(tx, actor, id, "user.created", None, None, after)?;
    if password_hash.is_none() {
        access_links::invite(tx, id)?;
    }
    reread(tx, id)
}

/// Makes one of a supplier's people. The caller has checked that the supplier is in their scope.
pub fn create_member(
    tx: &mut Tx<'_>,
    actor: &Actor,
    supplier: SupplierId,
    new: &NewMember,
    password_hash: Option<&str>,
) -> ApiResult<User> {
    if let Some(businesses) = &new.businesses
        && store::own_businesses(tx, supplier, businesses)? != businesses.len()
    {
        return Err(ApiError::unknown_id("/businesses"));
    }
    let row = NewUser {
        audience: Audience::Supplier,
        email: &new.email,
        name: &new.name,
        phone: new.phone.as_deref(),
        password_hash,
    };
    let id = store::insert(tx, &row)?;
    let membership = Membership {
        supplier_id: supplier,
        role: new.role,
        businesses: new.businesses.clone(),
    };
    store::insert_membership(tx, id, &membership)?;
    let after = json!({
        "audience": Audience::Supplier, "role": new.role, "businesses": new.businesses,
        "has_password": password_hash.is_some(),
    });
    record(tx, actor, id, "user.created", Some(supplier), None, after)?;
    reread(tx, id)
}

/// Changes a user. Other roles or another status end the open access tokens, and `disabled` the sessions.
pub fn update(tx: &mut Tx<'_>, actor: &Actor, id: UserId, seen: Option<i64>, patch: &UpdateUser) -> ApiResult<User> {
    let user = store::get(tx, id)?.ok_or_else(ApiError::not_found)?;
    if seen.is_some_and(|seen| seen != user.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let mut faults = Faults::default();
    let name = faults.keep(
        patch
            .name
            .as_deref()
            .map_or(Ok(user.name.clone()), |text| rules::name("/name", text)),
    );
    let phone = match &patch.phone {
        None => Some(user.phone.clone()),
        Some(None) => Some(None),
        Some(Some(text)) => faults.keep(rules::phone("/phone", text)).map(Some),
    };
    let roles = match &patch.roles {
        None => Some(user.roles.clone()),
        Some(_) if user.audience == Audience::Supplier => {
            faults.0.push(FieldError::new(
                "/roles",
                "not_for_audience",
                "these are roles of staff",
            ));
            None
        }
        Some(wanted) => faults.keep(rules::roles("/roles", wanted)),
    };
    let (Some(name), Some(phone), Some(roles)) = (name, phone, roles) else {
        return Err(ApiError::invalid(faults.0));
    };
    let status = patch.status.unwrap_or(user.status);

    let was_admin = user.status == UserStatus::Active && user.roles.contains(&StaffRole::Admin);
    let stays_admin = status == UserStatus::Active && roles.contains(&StaffRole::Admin);
    if was_admin && !stays_admin && store::other_admins(tx, id)? == 0 {
        return Err(ApiError::conflict("this is the last active admin"));
    }
    let ends_tokens = roles != user.roles || status != user.status;
    let changed = Changed {
        name: &name,
        phone: phone.as_deref(),
        status,
        ends_tokens,
    };
    if store::update(tx, id, user.version, &changed)?.is_none() {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if roles != user.roles {
        store::set_roles(tx, id, &roles)?;
    }
    if status == UserStatus::Disabled && user.status == UserStatus::Active {
        crate::sessions::store::revoke_others(tx, id, None, "user_disabled")?;
    }
    // The trail names what changed, but holds no names or phones, so that it can outlive them.
    let before = json!({ "roles": user.roles, "status": user.status });
    let after = json!({
        "roles": roles, "status": status,
        "name_changed": name != user.name, "phone_changed": phone != user.phone,
    });
    record(tx, actor, id, "user.updated", user.supplier_id, Some(before), after)?;
    reread(tx, id)
}

/// An administrator made at the command line.
#[derive(Debug)]
pub struct MadeAdmin {
    /// The user.
    pub user: User,
    /// The password, where none was given.
    pub made_up_password: Option<String>,
}

/// Makes an administrator from the command line of the server; it is how the first one comes to be.
pub fn create_first_admin(
    db: &Database,
    email: String,
    name: String,
    password: Option<String>,
) -> ApiResult<MadeAdmin> {
    let made_up_password = password.is_none().then(made_up_password);
    let password = password.or_else(|| made_up_password.clone()).unwrap_or_default();
    let body = CreateUser {
        email,
        name,
        phone: None,
        roles: vec![StaffRole::Admin],
        password: Some(SecretText::new(password.clone())),
    };
    let new = NewStaff::parse(&body).map_err(ApiError::invalid)?;
    let hash = passwords::hash(&password, Audience::Staff)?;
    let actor = Actor::command_line("tradepost admin create");
    let user = db.write_blocking(move |tx| create_staff(tx, &actor, &new, Some(&hash)))?;
    Ok(MadeAdmin { user, made_up_password })
}

/// Twenty letters and digits that are not easily taken for each other: 116 bits.
fn made_up_password() -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    (0..20)
        .map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())]))
        .collect()
}

fn reread(tx: &mut Tx<'_>, id: UserId) -> ApiResult<User> {
    store::get(tx, id)?.ok_or_else(ApiError::not_found)
}

pub(super) fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: UserId,
    action: &str,
    supplier: Option<SupplierId>,
    before: Option<serde_json::Value>,
    after: serde_json::Value,
) -> ApiResult<()> {
    let subject = match supplier {
        Some(supplier) => Subject::of(id).supplier(supplier),
        None => Subject::of(id),
    };
    events::push(tx, EventKind::AccessChanged, subject, &json!({ "action": action }))?;
    let change = audit::Change {
        action,
        object: id.to_string(),
        supplier,
        before,
        after: Some(after),
        reason: None,
    };
    audit::record(tx, actor, change)
}
