//! The handler of `/storefronts`.

use super::store::{self, ProductRow, ProgrammeRow};
use crate::app::App;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::checkouts::offers_ceiling;
use crate::command::Reply;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::Id;
use crate::policy;
use crate::suppliers::store as suppliers;
use actix_web::get;
use actix_web::web::{Data, Path};
use serde_json::{Value, json};
use tradepost_contract::SupplierId;
use tradepost_contract::lead_products::Exclusivity;
use tradepost_contract::policy::{CheckoutPolicy, LoyaltyPolicy, PolicySet, WordingKey};
use tradepost_contract::programmes::Brand;
use tradepost_contract::storefronts::{LoyaltyInterval, Storefront, StorefrontLoyalty, StorefrontProduct};

/// Shows what a programme sells to new buyers
///
/// By the programme's short name. 404 where buyers do not register by themselves.
#[utoipa::path(
    tag = "auth",
    params(("slug" = String, Path, description = "The programme's short name")),
    responses((status = 200, body = Storefront), Problems)
)]
#[get("/storefronts/{slug}")]
pub(super) async fn get_storefront(slug: Path<String>, app: Data<App>) -> ApiResult<Reply> {
    let slug = slug.into_inner();
    // What no programme can be called is not looked up.
    let plain = slug
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !plain {
        return Err(ApiError::not_found());
    }
    let storefront = app.db.read(move |conn| storefront(conn, &slug)).await?;
    Reply::ok(&storefront)
}

/// Shows what a supplier's programme sells at its checkout
///
/// By the supplier's own terms. 404 where nothing is ordered at a checkout.
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier")),
    responses((status = 200, body = Storefront), Problems)
)]
#[get("/suppliers/{id}/storefront")]
pub(super) async fn get_supplier_storefront(caller: Caller, id: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let today = app.clock.business_now();
    let storefront = app
        .db
        .read(move |conn| {
            let account = suppliers::account(conn, &caller.scope(), id.0)?;
            let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
            let programme = store::programme_of(conn, account.programme_id)?.ok_or_else(ApiError::not_found)?;
            let day = zone.date_of(today);
            let policy_of = |conn: &mut Conn, product: Option<&ProductRow>| {
                let product = product.map(|product| product.id);
                let (_, resolved) = policy::of_supplier(conn, account.programme_id, account.id, product, day)?;
                Ok(resolved.policy)
            };
            let policy = policy_of(conn, None)?;
            if policy.checkout == (CheckoutPolicy::NotOffered {}) {
                return Err(ApiError::not_found());
            }
            shown(conn, programme, &policy, policy_of)
        })
        .await?;
    Reply::ok(&storefront)
}

fn storefront(conn: &mut Conn, slug: &str) -> ApiResult<Storefront> {
    let programme = store::programme(conn, slug)?.ok_or_else(ApiError::not_found)?;
    let id = programme.id;
    let policy = policy::of_product(conn, id, &json!({}), "")?;
    if !policy.checkout.sign_up() {
        return Err(ApiError::not_found());
    }
    shown(conn, programme, &policy, |conn, product| {
        let amendment: Value = match product {
            Some(product) => serde_json::from_str(&product.policy_override)?,
            None => json!({}),
        };
        policy::of_product(conn, id, &amendment, "")
    })
}

/// A programme's storefront, whose products each have a policy of their own.
fn shown(
    conn: &mut Conn,
    programme: ProgrammeRow,
    policy: &PolicySet,
    policy_of: impl Fn(&mut Conn, Option<&ProductRow>) -> ApiResult<PolicySet>,
) -> ApiResult<Storefront> {
    let brand: Brand = serde_json::from_str(&programme.brand)?;
    let products = store::products(conn, programme.id)?
        .into_iter()
        .map(|product| {
            let policy = policy_of(conn, Some(&product))?;
            Ok(StorefrontProduct {
                id: product.id,
                name: product.name,
                category: product.category,
                exclusivity: product.exclusivity,
                max_buyers: u32::try_from(product.max_buyers).unwrap_or_default(),
                timing: product.timing,
                price: tradepost_contract::Money::new(product.price_minor, product.currency),
                eta_text: product.eta_text,
                daily_ceiling: offers_ceiling(&policy, product.timing),
                loyalty: loyalty(&policy, product.exclusivity),
            })
        })
        .collect::<ApiResult<_>>()?;
    Ok(Storefront {
        programme_id: programme.id,
        slug: programme.slug,
        name: programme.name,
        descriptor: brand.descriptor,
        support_email: brand.support_email,
        country: programme.country,
        currency: programme.currency,
        tax_rate: policy.tax.rate.decimal(),
        tax_label: policy.tax.label.clone(),
        payment_methods: policy.payment_methods.keys().copied().collect(),
        loyalty_name: policy.word(WordingKey::Loyalty).to_owned(),
        products,
    })
}

fn loyalty(policy: &PolicySet, exclusivity: Exclusivity) -> Option<StorefrontLoyalty> {
    let LoyaltyPolicy::OptIn { intervals, .. } = &policy.loyalty else {
        return None;
    };
    let mut intervals: Vec<_> = intervals
        .iter()
        .map(|(code, days)| LoyaltyInterval {
            code: code.clone(),
            days: *days,
        })
        .collect();
    intervals.sort_by_key(|interval| interval.days);
    Some(StorefrontLoyalty {
        bonus_rate: policy.loyalty.perk(exclusivity == Exclusivity::Exclusive, 0).decimal(),
        intervals,
    })
}
