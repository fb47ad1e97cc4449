//! The handler of `/storefronts`.

use super::store;
use crate::app::App;
use crate::checkouts::offers_ceiling;
use crate::command::Reply;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Problems};
use crate::policy;
use actix_web::get;
use actix_web::web::{Data, Path};
use serde_json::{Value, json};
use tradepost_contract::lead_products::Exclusivity;
use tradepost_contract::policy::{LoyaltyPolicy, PolicySet, WordingKey};
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

fn storefront(conn: &mut Conn, slug: &str) -> ApiResult<Storefront> {
    let programme = store::programme(conn, slug)?.ok_or_else(ApiError::not_found)?;
    let policy = policy::of_product(conn, programme.id, &json!({}), "")?;
    if !policy.checkout.sign_up() {
        return Err(ApiError::not_found());
    }
    let brand: Brand = serde_json::from_str(&programme.brand)?;
    let products = store::products(conn, programme.id)?
        .into_iter()
        .map(|product| {
            let amendment: Value = serde_json::from_str(&product.policy_override)?;
            let policy = policy::of_product(conn, programme.id, &amendment, "")?;
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
