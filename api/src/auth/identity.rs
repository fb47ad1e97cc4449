//! Who calls: the caller, what they may do, and whose rows they may see.

use tradepost_contract::people::{KeyScope, StaffRole, SupplierRole};
use tradepost_contract::permissions::Permission;
use tradepost_contract::problem::ProblemCode;
use tradepost_contract::{ApiKeyId, BusinessId, ImpersonationId, ProgrammeId, SessionId, SupplierId, UserId};

use super::operations::Operation;
use crate::error::{ApiError, ApiResult};

/// A caller whose credentials were checked and who may call the matched operation.
///
/// As an extractor it refuses with 401 who is nobody, and with 403 who lacks the permission that
/// `operations.rs` demands, so that a handler with a `Caller` in its signature needs no check of its own.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person or key.
    pub principal: Principal,
    /// The request, as the log and the answers name it.
    pub request_id: String,
    pub(super) operation: Option<&'static Operation>,
    pub(super) session_id: Option<SessionId>,
    pub(super) impersonation: Option<ImpersonationId>,
}

/// The three kinds of callers.
#[derive(Debug, Clone)]
pub enum Principal {
    /// One of the seller's own people.
    Staff(StaffMember),
    /// One of a supplier's people.
    Supplier(SupplierPerson),
    /// A program with an API key.
    Key(ApiKeyHolder),
}

/// One of the seller's own people.
#[derive(Debug, Clone)]
pub struct StaffMember {
    /// Their user.
    pub user_id: UserId,
    /// Their name, for the audit trail.
    pub name: String,
    /// Everything they are; permissions add up.
    pub roles: Vec<StaffRole>,
}

/// One of a supplier's people.
#[derive(Debug, Clone)]
pub struct SupplierPerson {
    /// Their user.
    pub user_id: UserId,
    /// Their name, for the audit trail.
    pub name: String,
    /// The account they belong to.
    pub supplier_id: SupplierId,
    /// What they are in it.
    pub role: SupplierRole,
    /// The businesses they work for; `None` means all of the account.
    pub businesses: Option<Vec<BusinessId>>,
}

/// A program with an API key.
#[derive(Debug, Clone)]
pub struct ApiKeyHolder {
    /// The key.
    pub key_id: ApiKeyId,
    /// What the key is called, for the audit trail.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// The programme it is bound to, if it is.
    pub programme_id: Option<ProgrammeId>,
    /// The supplier it is bound to, if it is.
    pub supplier_id: Option<SupplierId>,
}

impl Principal {
    /// Whether any role or scope of theirs holds the permission.
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Self::Staff(staff) => staff.roles.iter().any(|role| permission.held_by_staff(*role)),
            Self::Supplier(person) => permission.held_by_supplier(person.role),
            Self::Key(key) => key.scopes.iter().any(|scope| permission.held_by_key(*scope)),
        }
    }

    /// The id of the user or key, as the audit trail writes it.
    pub fn id_text(&self) -> String {
        match self {
            Self::Staff(staff) => staff.user_id.to_string(),
            Self::Supplier(person) => person.user_id.to_string(),
            Self::Key(key) => key.key_id.to_string(),
        }
    }

    /// The name of the person or key.
    pub fn name(&self) -> &str {
        match self {
            Self::Staff(staff) => &staff.name,
            Self::Supplier(person) => &person.name,
            Self::Key(key) => &key.name,
        }
    }

    /// The user, unless it is a key.
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::Staff(staff) => Some(staff.user_id),
            Self::Supplier(person) => Some(person.user_id),
            Self::Key(_) => None,
        }
    }
}

impl Caller {
    /// A caller without a request: the command line, the demo market and tests act for somebody.
    pub fn acting(principal: Principal, request_id: impl Into<String>) -> Self {
        Self {
            principal,
            request_id: request_id.into(),
            operation: None,
            session_id: None,
            impersonation: None,
        }
    }

    /// Whether any role or scope of theirs holds the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.principal.may(permission)
    }

    /// 403 unless they hold the permission: for the parts of an operation that need more than its row says.
    pub fn need(&self, permission: Permission) -> ApiResult<()> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(ApiError::new(ProblemCode::Forbidden))
        }
    }

    /// Whose rows they may see and change.
    pub fn scope(&self) -> Scope {
        match &self.principal {
            Principal::Staff(_) => Scope::system(),
            Principal::Supplier(person) => Scope {
                supplier: Some(person.supplier_id),
                businesses: person.businesses.clone(),
                programme: None,
            },
            Principal::Key(key) => Scope {
                supplier: key.supplier_id,
                businesses: None,
                programme: key.programme_id,
            },
        }
    }

    /// Who they are to the audit trail.
    pub fn actor(&self) -> Actor {
        let channel = match &self.principal {
            Principal::Staff(_) => "console",
            Principal::Supplier(_) => "portal",
            Principal::Key(_) => "api",
        };
        Actor {
            id_text: self.principal.id_text(),
            name: self.principal.name().to_owned(),
            channel,
            request_id: self.request_id.clone(),
        }
    }

    /// The member of staff, or 403.
    pub fn staff(&self) -> ApiResult<&StaffMember> {
        match &self.principal {
            Principal::Staff(staff) => Ok(staff),
            Principal::Supplier(_) | Principal::Key(_) => Err(ApiError::new(ProblemCode::Forbidden)),
        }
    }

    /// The supplier's person, or 403.
    pub fn supplier(&self) -> ApiResult<&SupplierPerson> {
        match &self.principal {
            Principal::Supplier(person) => Ok(person),
            Principal::Staff(_) | Principal::Key(_) => Err(ApiError::new(ProblemCode::Forbidden)),
        }
    }

    /// The user, or 403 for a key.
    pub fn user_id(&self) -> ApiResult<UserId> {
        self.principal
            .user_id()
            .ok_or_else(|| ApiError::new(ProblemCode::Forbidden))
    }

    /// The key, if it is one.
    pub fn key(&self) -> Option<&ApiKeyHolder> {
        match &self.principal {
            Principal::Key(key) => Some(key),
            Principal::Staff(_) | Principal::Supplier(_) => None,
        }
    }

    /// Whether one of the seller's own people calls.
    pub fn is_staff(&self) -> bool {
        matches!(self.principal, Principal::Staff(_))
    }

    /// The operation that was matched; none for a caller without a request.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.operation
    }

    /// Set where somebody of the staff looks at a supplier's portal.
    pub fn impersonation(&self) -> Option<ImpersonationId> {
        self.impersonation
    }

    /// The session a person called with.
    pub fn session_id(&self) -> Option<SessionId> {
        self.session_id
    }
}

/// Whose rows a query may touch. Store functions for supplier-owned data take one, so that nobody
/// forgets the tenant. Only a [`Caller`] makes a narrow one, and only jobs and staff have the wide one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    supplier: Option<SupplierId>,
    businesses: Option<Vec<BusinessId>>,
    programme: Option<ProgrammeId>,
}

impl Scope {
    /// Everything: for jobs and for staff.
    pub const fn system() -> Self {
        Self {
            supplier: None,
            businesses: None,
            programme: None,
        }
    }

    /// Only rows of this supplier, if any is named.
    pub const fn supplier(&self) -> Option<SupplierId> {
        self.supplier
    }

    /// Only rows of these businesses, if any are named; an empty list means none at all.
    pub fn businesses(&self) -> Option<&[BusinessId]> {
        self.businesses.as_deref()
    }

    /// Only rows of this programme, if any is named.
    pub const fn programme(&self) -> Option<ProgrammeId> {
        self.programme
    }

    /// Whether a row of this supplier may be seen.
    pub fn allows_supplier(&self, supplier: SupplierId) -> bool {
        self.supplier.is_none_or(|own| own == supplier)
    }

    /// Whether a row of this business may be seen.
    pub fn allows_business(&self, business: BusinessId) -> bool {
        self.businesses.as_ref().is_none_or(|own| own.contains(&business))
    }

    /// Whether a row of this programme may be seen.
    pub fn allows_programme(&self, programme: ProgrammeId) -> bool {
        self.programme.is_none_or(|own| own == programme)
    }
}

/// Who made a change, as the audit trail writes it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The id of the user or key, or the name of the job.
    pub id_text: String,
    /// The name at the time.
    pub name: String,
    /// How they came: `console`, `portal`, `api`, `command line` or `system`.
    pub channel: &'static str,
    /// The request, or the run of the job.
    pub request_id: String,
}

impl Actor {
    /// The program itself, for changes that a rule makes without a person, such as `billing run`.
    pub fn system(what: &str) -> Self {
        Self {
            id_text: "system".to_owned(),
            name: what.to_owned(),
            channel: "system",
            request_id: String::new(),
        }
    }

    /// The operator at the command line of the server.
    pub fn command_line(what: &str) -> Self {
        Self {
            id_text: "operator".to_owned(),
            name: what.to_owned(),
            channel: "command line",
            request_id: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::ids::Id;

    fn member(businesses: Option<Vec<BusinessId>>) -> Caller {
        let person = SupplierPerson {
            user_id: UserId::from_i64(1),
            name: "Mo".to_owned(),
            supplier_id: SupplierId::from_i64(7),
            role: SupplierRole::Member,
            businesses,
        };
        Caller::acting(Principal::Supplier(person), "req")
    }

    /// R127: a supplier's scope names the supplier, so that no query can forget it.
    #[test]
    fn r127_a_suppliers_scope_is_their_own_account() {
        let scope = member(Some(vec![BusinessId::from_i64(3)])).scope();
        assert_eq!(scope.supplier(), Some(SupplierId::from_i64(7)));
        assert!(!scope.allows_supplier(SupplierId::from_i64(8)));
        assert!(scope.allows_business(BusinessId::from_i64(3)));
        assert!(!scope.allows_business(BusinessId::from_i64(4)));
        assert!(member(None).scope().allows_business(BusinessId::from_i64(4)));
        assert!(!member(Some(vec![])).scope().allows_business(BusinessId::from_i64(4)));
    }

    /// R123: permissions of several roles add up, and a kind of caller is never taken for another.
    #[test]
    fn r123_roles_add_up() {
        let staff = StaffMember {
            user_id: UserId::from_i64(2),
            name: "Fin".to_owned(),
            roles: vec![StaffRole::Finance, StaffRole::ReturnsReviewer],
        };
        let caller = Caller::acting(Principal::Staff(staff), "req");
        assert!(caller.may(Permission::BillingRun) && caller.may(Permission::ReturnsDecide));
        assert!(caller.need(Permission::UsersWrite).is_err());
        assert!(caller.supplier().is_err() && caller.staff().is_ok());
        assert!(member(None).staff().is_err());
    }
}
