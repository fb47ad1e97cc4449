//! temporary
use super::Caller;
use crate::error::ApiError;
use actix_web::{FromRequest, HttpRequest, dev};
impl FromRequest for Caller {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;
    fn from_request(_: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        std::future::ready(Err(ApiError::new(tradepost_contract::ProblemCode::Unauthenticated)))
    }
}
