//! What makes a product acceptable. Pure.

use crate::programmes::{is_code, text_faults};
use tradepost_contract::lead_products::{CreateLeadProduct, Exclusivity, UpdateLeadProduct};
use tradepost_contract::policy::DistributionPolicy;
use tradepost_contract::{Currency, FieldError, Money};

/// The most buyers of one lead: what was asked for, or the most the policy allows.
pub(super) fn buyer_limit(
    exclusivity: Exclusivity,
    asked: Option<u32>,
    policy: &DistributionPolicy,
) -> Result<u32, FieldError> {
    match (exclusivity, asked) {
        (Exclusivity::Exclusive, None | Some(1)) => Ok(1),
        (Exclusivity::Exclusive, Some(_)) => Err(FieldError::new(
            "/max_buyers",
            "out_of_range",
            "an exclusive product has one buyer",
        )),
        (Exclusivity::Shared, _) if policy.max_buyers < 2 => Err(FieldError::new(
            "/exclusivity",
            "policy",
            "this programme's policy shares no leads",
        )),
        (Exclusivity::Shared, None) => Ok(policy.max_buyers),
        (Exclusivity::Shared, Some(asked)) if (2..=policy.max_buyers).contains(&asked) => Ok(asked),
        (Exclusivity::Shared, Some(_)) => {
            let message = format!(
                "expected 2 to {}, the most that the programme's policy allows",
                policy.max_buyers
            );
            Err(FieldError::new("/max_buyers", "out_of_range", message))
        }
    }
}

pub(super) fn faults_of_new(body: &CreateLeadProduct) -> Vec<FieldError> {
    let mut faults = Vec::new();
    for (pointer, text) in [("/code", &body.code), ("/category", &body.category)] {
        if !is_code(text) {
            let message = "1 to 60 small letters, digits and hyphens, beginning with a letter or digit";
            faults.push(FieldError::new(pointer, "format", message));
        }
    }
    faults.extend(text_faults("/name", &body.name, 200));
    if let Some(text) = &body.eta_text {
        faults.extend(text_faults("/eta_text", text, 500));
    }
    faults
}

pub(super) fn faults_of_change(body: &UpdateLeadProduct) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if let Some(name) = &body.name {
        faults.extend(text_faults("/name", name, 200));
    }
    if let Some(Some(text)) = &body.eta_text {
        faults.extend(text_faults("/eta_text", text, 500));
    }
    faults
}

/// A price nobody would mean: more than ten million of the larger unit.
const DEAREST_MINOR: i64 = 1_000_000_000;

pub(super) fn price_fault(price: Money, currency: Currency) -> Option<FieldError> {
    if price.currency != currency {
        let message = format!("expected the programme's currency, {currency}");
        return Some(FieldError::new("/price/currency", "currency", message));
    }
    let message = format!("expected 0 to {DEAREST_MINOR}");
    (!(0..=DEAREST_MINOR).contains(&price.minor)).then(|| FieldError::new("/price/amount", "out_of_range", message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::policy::{DistinctBy, Ranking, SellingMode};

    fn up_to(max_buyers: u32) -> DistributionPolicy {
        DistributionPolicy {
            mode: SellingMode::Market,
            max_buyers,
            distinct_by: DistinctBy::BusinessAssociation,
            ranking: Ranking::RoundRobin,
            expires_after_days: None,
            daily_percentage: false,
        }
    }

    /// R66, R67, R101: an exclusive product has one buyer, a shared one at most what the policy says.
    #[test]
    fn r66_r67_the_policy_bounds_the_buyers() {
        use Exclusivity::{Exclusive, Shared};
        let cases = [
            (Exclusive, None, 3, Ok(1)),
            (Exclusive, Some(1), 0, Ok(1)),
            (Exclusive, Some(2), 3, Err("/max_buyers")),
            (Shared, None, 3, Ok(3)),
            (Shared, Some(2), 3, Ok(2)),
            (Shared, Some(3), 3, Ok(3)),
            (Shared, Some(4), 3, Err("/max_buyers")),
            (Shared, Some(1), 3, Err("/max_buyers")),
            (Shared, Some(0), 3, Err("/max_buyers")),
            (Shared, None, 1, Err("/exclusivity")),
            (Shared, Some(2), 0, Err("/exclusivity")),
        ];
        for (exclusivity, asked, allowed, expected) in cases {
            let limit = buyer_limit(exclusivity, asked, &up_to(allowed));
            let limit = limit
                .as_ref()
                .map(|limit| *limit)
                .map_err(|fault| fault.pointer.as_str());
            assert_eq!(limit, expected, "{exclusivity} {asked:?} {allowed}");
        }
    }

    #[test]
    fn a_price_is_in_the_programmes_currency_and_sane() {
        let fault =
            |minor, currency| price_fault(Money::new(minor, currency), Currency::USD).map(|fault| fault.pointer);
        assert_eq!(fault(0, Currency::USD), None);
        assert_eq!(fault(4_500, Currency::GBP).as_deref(), Some("/price/currency"));
        for bad in [-1, i64::MIN, i64::MAX, DEAREST_MINOR + 1] {
            assert_eq!(fault(bad, Currency::USD).as_deref(), Some("/price/amount"), "{bad}");
        }
    }
}
