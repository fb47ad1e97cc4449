//! The people of an account after they joined: what they are there, and their leaving (R65, R106).
//!
//! An account keeps one active owner. Whoever is removed is signed out at once, keeps their name in the trail, and may be
//! invited anew with the same e-mail: they begin without a password then.

use super::ops::{self, NewMember};
use super::store::{self, Member};
use crate::access_links;
use crate::auth::Actor;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use serde_json::json;
use tradepost_contract::people::SupplierRole;
use tradepost_contract::problem::{FieldError, ProblemCode};
use tradepost_contract::suppliers::UpdateMember;
use tradepost_contract::{SupplierId, UserId};

/// The last owner stays one.
fn keep_an_owner(tx: &mut Tx<'_>, supplier: SupplierId, user: UserId) -> ApiResult<()> {
    if store::other_owners(tx, supplier, user)? == 0 {
        return Err(ApiError::conflict("This is the account's last owner."));
    }
    Ok(())
}

/// Changes what somebody is in their account. Their open access tokens end.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    member: &Member,
    seen: Option<i64>,
    patch: &UpdateMember,
) -> ApiResult<()> {
    if seen.is_some_and(|seen| seen != member.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let role = patch.role.unwrap_or(member.role);
    let businesses = match &patch.businesses {
        Some(given) => given.clone(),
        // Whoever is more than a member works for the whole account.
        None if role != SupplierRole::Member => None,
        None => member.businesses.clone(),
    };
    let businesses = businesses.map(|mut ids| {
        ids.sort_unstable();
        ids.dedup();
        ids
    });
    if businesses.is_some() && role != SupplierRole::Member {
        let fault = FieldError::new(
            "/businesses",
            "not_for_role",
            "only a member is held to some businesses",
        );
        return Err(ApiError::invalid(vec![fault]));
    }
    if let Some(wanted) = &businesses
        && store::own_businesses(tx, member.supplier_id, wanted)? != wanted.len()
    {
        return Err(ApiError::unknown_id("/businesses"));
    }
    if member.role == SupplierRole::Owner && role != SupplierRole::Owner {
        keep_an_owner(tx, member.supplier_id, member.user_id)?;
    }
    if !store::update_membership(tx, member, role, businesses.as_deref())? {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let before = json!({ "role": member.role, "businesses": member.businesses });
    let after = json!({ "role": role, "businesses": businesses });
    ops::record(
        tx,
        actor,
        member.user_id,
        "member.updated",
        Some(member.supplier_id),
        Some(before),
        after,
    )
}

/// Removes somebody from their account, with all that lets them in.
pub(crate) fn remove(tx: &mut Tx<'_>, actor: &Actor, member: &Member) -> ApiResult<()> {
    if member.role == SupplierRole::Owner {
        keep_an_owner(tx, member.supplier_id, member.user_id)?;
    }
    if !store::remove_membership(tx, member.user_id)? {
        return Err(ApiError::not_found());
    }
    let ended = crate::sessions::store::revoke_others(tx, member.user_id, None, "member_removed")?;
    let links = access_links::end_all(tx, member.user_id)?;
    let before = json!({ "role": member.role, "businesses": member.businesses });
    let after = json!({ "removed": true, "sessions_ended": ended, "links_ended": links });
    let supplier = Some(member.supplier_id);
    ops::record(
        tx,
        actor,
        member.user_id,
        "member.removed",
        supplier,
        Some(before),
        after,
    )
}

/// Takes somebody back who was removed from this very account; nothing where nobody was with this e-mail.
pub(crate) fn take_back(
    tx: &mut Tx<'_>,
    actor: &Actor,
    supplier: SupplierId,
    new: &NewMember,
) -> ApiResult<Option<UserId>> {
    let Some(user) = store::removed_member(tx, supplier, &new.email)? else {
        return Ok(None);
    };
    if let Some(businesses) = &new.businesses
        && store::own_businesses(tx, supplier, businesses)? != businesses.len()
    {
        return Err(ApiError::unknown_id("/businesses"));
    }
    crate::second_factors::forget(tx, user)?;
    store::take_back(tx, user, new)?;
    let after = json!({ "role": new.role, "businesses": new.businesses, "taken_back": true });
    ops::record(tx, actor, user, "user.created", Some(supplier), None, after)?;
    Ok(Some(user))
}
