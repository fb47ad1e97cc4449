//! Making and ending coupons, and codes in place of others.

use super::rules;
use super::store::{self, PastUse, Row};
use crate::audit;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::events::{self, Subject};
use crate::policy;
use crate::suppliers::fields;
use crate::suppliers::store as accounts;
use serde_json::{Value, json};
use tradepost_contract::coupons::{Coupon, CreateAlternative, CreateCoupon, Discount, EndCoupon, RedemptionStatus};
use tradepost_contract::events::EventKind;
use tradepost_contract::{CouponId, Money, ProblemCode};

/// More uses than anybody counts.
const MOST_USES: i64 = 1_000_000_000;
const MOST_PRODUCTS: usize = 200;

/// Makes a coupon.
pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, new: &CreateCoupon) -> ApiResult<Coupon> {
    let programme = accounts::programme(tx, new.programme_id)?
        .filter(|_| caller.scope().allows_programme(new.programme_id))
        .ok_or_else(|| ApiError::unknown_id("/programme_id"))?;
    let rules = policy::of_product(tx, new.programme_id, &json!({}), "")?.coupon;
    if !rules.accepted {
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail("The programme takes no coupons."));
    }
    let now = tx.business_now();
    let valid_from = new.valid_from.unwrap_or(now);
    let mut faults = fields::Faults::default();
    let code = faults.keep(rules::code("/code", &new.code));
    match &new.discount {
        Discount::Percent { rate } if rate.decimal().is_zero() => {
            faults.push("/discount/rate", "out_of_range", "a discount takes something off");
        }
        Discount::Percent { .. } => {}
        Discount::Amount { amount } => check_amount(&mut faults, *amount, programme.currency),
    }
    for (pointer, count) in [
        ("/min_quantity", new.min_quantity),
        ("/max_uses", new.max_uses),
        ("/per_customer", new.per_customer),
    ] {
        if count.is_some_and(|count| !(1..=MOST_USES).contains(&count)) {
            faults.push(pointer, "out_of_range", format!("expected 1 to {MOST_USES}"));
        }
    }
    if new.valid_until.is_some_and(|until| until <= valid_from) {
        faults.push("/valid_until", "out_of_range", "must be later than `valid_from`");
    }
    let mut products = new.products.clone();
    products.sort_unstable();
    products.dedup();
    if products.len() > MOST_PRODUCTS {
        faults.push("/products", "too_many", format!("has at most {MOST_PRODUCTS} products"));
    }
    faults.finish()?;
    if store::own_products(tx, new.programme_id, &products)? != products.len() as i64 {
        return Err(ApiError::unknown_id("/products"));
    }
    if let Some(supplier) = new.supplier_id
        && !store::is_customer(tx, new.programme_id, supplier)?
    {
        return Err(ApiError::unknown_id("/supplier_id"));
    }
    let (kind, rate, amount_minor) = Row::discount_columns(&new.discount);
    let row = Row {
        id: tx.new_id(),
        programme_id: new.programme_id,
        code_key: store::key(&code),
        code,
        kind,
        rate,
        amount_minor,
        currency: programme.currency,
        products: serde_json::to_string(&products)?,
        min_quantity: new.min_quantity,
        valid_from,
        valid_until: new.valid_until,
        max_uses: new.max_uses,
        uses: 0,
        per_customer: new.per_customer.unwrap_or_else(|| i64::from(rules.per_customer)),
        supplier_id: new.supplier_id,
        alternative_of: None,
        ended_at: None,
        created_by: caller.actor().name,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row).map_err(duplicate)?;
    let coupon = store::get(tx, &caller.scope(), row.id)?;
    note(tx, caller, &coupon, "coupon.created", None)?;
    Ok(coupon)
}

fn check_amount(faults: &mut fields::Faults, amount: Money, currency: tradepost_contract::Currency) {
    if amount.minor <= 0 {
        faults.push(
            "/discount/amount/amount",
            "out_of_range",
            "a discount takes something off",
        );
    }
    if amount.currency != currency {
        let message = format!("the programme is paid in {currency}");
        faults.push("/discount/amount/currency", "wrong_currency", message);
    }
}

fn duplicate(cause: diesel::result::Error) -> ApiError {
    if is_unique_violation(&cause) {
        let message = "another coupon of the programme has this code";
        return ApiError::new(ProblemCode::Duplicate).field("/code", "duplicate", message);
    }
    cause.into()
}

/// Ends a coupon before its time; checkouts that hold it keep it.
pub(super) fn end(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: CouponId,
    seen: Option<i64>,
    asked: &EndCoupon,
) -> ApiResult<Coupon> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", asked.reason.as_deref()));
    faults.finish()?;
    let row = store::hold(tx, &caller.scope(), id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if !store::end(tx, id)? {
        return Err(ApiError::conflict("The coupon was ended already."));
    }
    let coupon = store::get(tx, &caller.scope(), id)?;
    note(tx, caller, &coupon, "coupon.ended", reason.as_deref())?;
    Ok(coupon)
}

/// Gives a customer a code of its own in place of one that an attempt has used up (R38).
pub(super) fn replace(tx: &mut Tx<'_>, caller: &Caller, id: CouponId, asked: &CreateAlternative) -> ApiResult<Coupon> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::lines("/reason", &asked.reason, 500));
    faults.finish()?;
    let named = store::hold(tx, &caller.scope(), id)?;
    let supplier = asked.supplier_id;
    if !store::is_customer(tx, named.programme_id, supplier)? {
        return Err(ApiError::unknown_id("/supplier_id"));
    }
    // An alternative of an alternative stands in for the first coupon, whose uses are all looked at.
    let root = match named.alternative_of {
        Some(root) => store::hold(tx, &caller.scope(), root)?,
        None => named,
    };
    // First ended, then looked at: the row is locked, so no checkout can take it up in between.
    store::end_alternatives(tx, root.id, supplier)?;
    let past = store::past_uses(tx, root.id, supplier)?;
    may_replace(&past, root.id).map_err(ApiError::conflict)?;
    let now = tx.business_now();
    let code = format!("{}-{}", root.code.chars().take(24).collect::<String>(), own_part());
    let row = Row {
        id: tx.new_id(),
        code_key: store::key(&code),
        code,
        valid_from: now,
        // The attempt may have been long ago: the customer is not punished for the time support took.
        valid_until: root.valid_until.filter(|until| *until > now),
        max_uses: Some(1),
        uses: 0,
        per_customer: 1,
        supplier_id: Some(supplier),
        alternative_of: Some(root.id),
        ended_at: None,
        created_by: caller.actor().name,
        version: 1,
        created_at: now,
        updated_at: now,
        ..root
    };
    store::insert(tx, &row).map_err(duplicate)?;
    let coupon = store::get(tx, &caller.scope(), row.id)?;
    note(tx, caller, &coupon, "coupon.replaced", Some(&reason))?;
    Ok(coupon)
}

/// Whether a customer with these uses may get another code.
fn may_replace(past: &[PastUse], root: CouponId) -> Result<(), &'static str> {
    if past.iter().any(|one| one.bought) {
        return Err("The customer has used this discount already.");
    }
    if past.iter().any(|one| one.status == RedemptionStatus::Reserved) {
        return Err("The customer has a checkout with this discount; it has to be finished or left first.");
    }
    let burned = |one: &PastUse| one.coupon == root && one.status == RedemptionStatus::Consumed;
    if !past.iter().any(burned) {
        return Err("The customer can still use the code itself.");
    }
    Ok(())
}

/// Eight letters and digits that are not easily taken for each other.
fn own_part() -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    (0..8)
        .map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())]))
        .collect()
}

fn note(tx: &mut Tx<'_>, caller: &Caller, coupon: &Coupon, action: &str, reason: Option<&str>) -> ApiResult<()> {
    // The code is as good as money, so neither the log nor the trail shows it.
    let facts: Value = json!({
        "action": action, "discount": coupon.discount, "products": coupon.products, "min_quantity": coupon.min_quantity,
        "valid_from": coupon.valid_from, "valid_until": coupon.valid_until, "max_uses": coupon.max_uses,
        "per_customer": coupon.per_customer, "supplier_id": coupon.supplier_id,
        "alternative_of": coupon.alternative_of, "ended_at": coupon.ended_at,
    });
    // Another supplier's people follow the log by supplier, so only a customer's own coupon is under its name.
    let mut subject = Subject::of(coupon.id).programme(coupon.programme_id);
    if let Some(supplier) = coupon.supplier_id {
        subject = subject.supplier(supplier);
    }
    events::push(tx, EventKind::CouponChanged, subject, &facts)?;
    let change = audit::Change {
        action,
        object: coupon.id.to_string(),
        supplier: coupon.supplier_id,
        before: None,
        after: Some(facts),
        reason,
    };
    audit::record(tx, &caller.actor(), change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::Id;

    /// R38: only a discount that an attempt has used up is given again.
    #[test]
    fn r38_another_code_stands_in_for_a_lost_one_only() {
        let (root, other) = (CouponId::from_i64(1), CouponId::from_i64(2));
        let used = |coupon, status, bought| PastUse { coupon, status, bought };
        let burned = used(root, RedemptionStatus::Consumed, false);
        assert!(may_replace(&[burned], root).is_ok());
        assert!(may_replace(&[burned, used(other, RedemptionStatus::Consumed, false)], root).is_ok());
        assert!(may_replace(&[], root).is_err());
        assert!(may_replace(&[used(root, RedemptionStatus::Released, false)], root).is_err());
        assert!(may_replace(&[burned, used(other, RedemptionStatus::Reserved, false)], root).is_err());
        assert!(may_replace(&[used(root, RedemptionStatus::Consumed, true)], root).is_err());
        assert!(may_replace(&[burned, used(other, RedemptionStatus::Consumed, true)], root).is_err());
    }
}
