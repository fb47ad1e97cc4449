//! Coupons.

use tradepost_contract::coupons::{Coupon, CreateAlternative, CreateCoupon, EndCoupon};
use tradepost_contract::{CouponId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /coupons`
pub async fn list_coupons(query: ListQuery) -> Result<Page<Coupon>> {
    Call::get(query.behind("/coupons")).send().await
}

/// `GET /coupons/{id}`
pub async fn get_coupon(id: CouponId) -> Result<Coupon> {
    Call::get(format!("/coupons/{id}")).send().await
}

/// `POST /coupons`
pub async fn create_coupon(body: &CreateCoupon, key: &str) -> Result<Coupon> {
    Call::post("/coupons").once(key).json(body).send().await
}

/// `POST /coupons/{id}/end`
pub async fn end_coupon(id: CouponId, body: &EndCoupon, key: &str) -> Result<Coupon> {
    Call::post(format!("/coupons/{id}/end"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /coupons/{id}/alternative`
pub async fn create_coupon_alternative(id: CouponId, body: &CreateAlternative, key: &str) -> Result<Coupon> {
    Call::post(format!("/coupons/{id}/alternative"))
        .once(key)
        .json(body)
        .send()
        .await
}
