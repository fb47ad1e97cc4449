//! Amounts as people read them.

use tradepost_contract::{Currency, Money};
use wasm_bindgen::JsValue;

/// Digits behind the point, where they are not two (ISO 4217).
pub fn digits(currency: Currency) -> u32 {
    match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// The amount as an exact decimal, such as `-1234.50`: what a CSV file and an `<input>` hold.
pub fn decimal(amount: Money) -> String {
    let digits = digits(amount.currency) as usize;
    let minor = amount.minor.unsigned_abs().to_string();
    let padded = format!("{minor:0>width$}", width = digits + 1);
    let (whole, rest) = padded.split_at(padded.len() - digits);
    let sign = if amount.minor < 0 { "-" } else { "" };
    if rest.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    }
}

/// The minor units that a typed amount means; nothing for what is none.
pub fn parse(text: &str, currency: Currency) -> Option<Money> {
    let digits = digits(currency) as usize;
    let text = text.trim().replace(',', "");
    let (sign, number) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || rest.len() > digits || !all_digits(whole) || !all_digits(rest) {
        return None;
    }
    let minor: i64 = format!("{whole}{rest:0<digits$}").parse().ok()?;
    Some(Money::new(sign * minor, currency))
}

/// The amount in whole units, rounded to the nearest: for pictures and head lines.
pub fn whole_units(amount: Money) -> i64 {
    let unit = 10_i64.pow(digits(amount.currency));
    (amount.minor + unit / 2).div_euclid(unit)
}

/// The same in the person's own notation, such as `$1,235`.
pub fn whole(amount: Money) -> String {
    let units = whole_units(amount).to_string();
    let options = [
        ("style", JsValue::from_str("currency")),
        ("currency", JsValue::from_str(amount.currency.as_str())),
        ("currencyDisplay", JsValue::from_str("narrowSymbol")),
        ("maximumFractionDigits", JsValue::from_f64(0.0)),
    ];
    super::intl::number(&units, &options).unwrap_or_else(|| format!("{units} {}", amount.currency))
}

/// The amount in the person's own notation, such as `$1,234.50`.
pub fn text(amount: Money) -> String {
    let decimal = decimal(amount);
    let options = [
        ("style", JsValue::from_str("currency")),
        ("currency", JsValue::from_str(amount.currency.as_str())),
        ("currencyDisplay", JsValue::from_str("narrowSymbol")),
    ];
    super::intl::number(&decimal, &options).unwrap_or_else(|| format!("{decimal} {}", amount.currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpy() -> Currency {
        "JPY".parse().unwrap()
    }

    #[test]
    fn an_amount_is_written_exactly() {
        let usd = |minor| decimal(Money::new(minor, Currency::USD));
        assert_eq!(usd(4500), "45.00");
        assert_eq!(usd(5), "0.05");
        assert_eq!(usd(-123_456), "-1234.56");
        assert_eq!(usd(0), "0.00");
        assert_eq!(usd(i64::MIN), "-92233720368547758.08");
        assert_eq!(decimal(Money::new(1200, jpy())), "1200");
    }

    #[test]
    fn a_typed_amount_is_read_exactly_or_not_at_all() {
        let usd = |text| parse(text, Currency::USD).map(|money| money.minor);
        assert_eq!(usd("45"), Some(4500));
        assert_eq!(usd(" 1,234.5 "), Some(123_450));
        assert_eq!(usd("-0.05"), Some(-5));
        for bad in ["", ".5", "4.567", "1e3", "five", "--1", "99999999999999999999"] {
            assert_eq!(usd(bad), None, "{bad}");
        }
        assert_eq!(parse("12.5", jpy()), None);
    }
}
