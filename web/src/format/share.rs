//! Shares and counts.

use rust_decimal::Decimal;
use wasm_bindgen::JsValue;

/// A share such as `0.0833` as `8.3%`; a dash where there is none.
pub fn percent(share: Option<Decimal>) -> String {
    let Some(share) = share else {
        return "–".to_owned();
    };
    let options = [
        ("style", JsValue::from_str("percent")),
        ("maximumFractionDigits", JsValue::from(1)),
    ];
    super::intl::number(&share.to_string(), &options).unwrap_or_else(|| share.to_string())
}

/// A count with its thousands apart.
pub fn count(number: i64) -> String {
    super::intl::number(&number.to_string(), &[]).unwrap_or_else(|| number.to_string())
}
