use super::*;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;
use tradepost_contract::Currency;

fn pounds(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

/// A British seller of the year's rules: home is charged, businesses abroad account for it themselves.
fn british() -> TaxPolicy {
    serde_json::from_value(json!({
        "rate": "0.20", "label": "VAT",
        "rules": {
            "abroad": {"place": {"where": "abroad"}, "tax_id": "given",
                "charge": {"kind": "reverse_charge", "label": "VAT", "note": "Reverse charge."}},
            "abroad_private": {"place": {"where": "abroad"}, "charge": {"kind": "exempt", "label": "No VAT", "note": "Outside the scope."}},
            "ireland": {"place": {"where": "country", "country": "IE"}, "charge": {"kind": "rate", "rate": "0.23", "label": "VAT IE"}},
            "no_number": {"place": {"where": "anywhere"}, "tax_id": "missing", "charge": {"kind": "rate", "rate": "0.21", "label": "VAT+"}}
        }
    }))
    .expect("a policy")
}

/// R119: nothing but the tax that the rules name is ever on a line.
#[rstest]
#[case("GB", true, "VAT", "0.2", TaxTreatment::Charged)]
#[case("GB", false, "VAT+", "0.21", TaxTreatment::Charged)]
#[case("DE", true, "VAT", "0", TaxTreatment::ReverseCharge)]
#[case("DE", false, "No VAT", "0", TaxTreatment::Exempt)]
#[case("IE", true, "VAT IE", "0.23", TaxTreatment::Charged)]
#[case("IE", false, "VAT IE", "0.23", TaxTreatment::Charged)]
fn r119_the_rule_that_says_most_decides(
    #[case] country: &str,
    #[case] tax_id: bool,
    #[case] label: &str,
    #[case] rate: &str,
    #[case] treatment: TaxTreatment,
) {
    let parties = Parties {
        seller_country: "GB",
        buyer_country: country,
        buyer_has_tax_id: tax_id,
    };
    let tax = resolve(&british(), parties);
    assert_eq!(
        (tax.label.as_str(), tax.rate.to_string().as_str(), tax.treatment),
        (label, rate, treatment)
    );
    assert_eq!(tax.note.is_some(), treatment != TaxTreatment::Charged);
}

/// A preset that only names a rate means what it always meant.
#[test]
fn a_plain_rate_is_charged_to_everybody_on_top_and_by_line() {
    let policy: TaxPolicy = serde_json::from_value(json!({"rate": "0.20", "label": "VAT"})).expect("a policy");
    let parties = Parties {
        seller_country: "GB",
        buyer_country: "US",
        buyer_has_tax_id: false,
    };
    let tax = resolve(&policy, parties);
    assert_eq!((tax.prices, tax.rounding), (TaxPrices::Exclusive, TaxRounding::PerLine));
    assert_eq!(tax.on_line(pounds(1999)).map(|line| line.tax), Ok(pounds(400)));
}

fn tax(rate: &str, prices: TaxPrices, rounding: TaxRounding) -> Tax {
    Tax {
        label: "VAT".to_owned(),
        rate: rate.parse().expect("a rate"),
        treatment: TaxTreatment::Charged,
        note: None,
        prices,
        rounding,
    }
}

#[rstest]
#[case(1999, "0.20", 400)]
#[case(2500, "0.20", 500)]
#[case(10, "0.05", 0)]
#[case(30, "0.05", 2)]
#[case(50, "0.05", 2)]
#[case(0, "0.20", 0)]
#[case(4500, "0", 0)]
#[case(4500, "0.0825", 371)]
#[case(4500, "0.08875", 399)]
fn a_line_is_rounded_half_to_even_once(#[case] net: i64, #[case] rate: &str, #[case] expected: i64) {
    let line = tax(rate, TaxPrices::Exclusive, TaxRounding::PerLine).on_line(pounds(net));
    assert_eq!(line.map(|line| line.tax), Ok(pounds(expected)));
}

/// Worked out by hand: the same three lines come to different taxes under the two roundings.
#[rstest]
// 3 × 3 × 0.05 = 0.45: by line 0 each, as a whole 0.
#[case("0.05", TaxPrices::Exclusive, TaxRounding::PerLine, &[(3, 3)], 9, 0)]
#[case("0.05", TaxPrices::Exclusive, TaxRounding::PerRate, &[(3, 3)], 9, 0)]
// 1999 × 0.20 = 399.8: by line 400 each, as a whole 1199.4.
#[case("0.20", TaxPrices::Exclusive, TaxRounding::PerLine, &[(1999, 3)], 5997, 1200)]
#[case("0.20", TaxPrices::Exclusive, TaxRounding::PerRate, &[(1999, 3)], 5997, 1199)]
// 10 × 0.05 = 0.5: by line to the even 0, as a whole 1.5 to the even 2.
#[case("0.05", TaxPrices::Exclusive, TaxRounding::PerLine, &[(10, 3)], 30, 0)]
#[case("0.05", TaxPrices::Exclusive, TaxRounding::PerRate, &[(10, 3)], 30, 2)]
// 1999 / 6 = 333.17 is in the price; three of them have 999.5, to the even 1000.
#[case("0.20", TaxPrices::Inclusive, TaxRounding::PerLine, &[(1999, 3)], 4998, 999)]
#[case("0.20", TaxPrices::Inclusive, TaxRounding::PerRate, &[(1999, 3)], 4997, 1000)]
// 8.25 %: 100 → 8.25, 250 → 20.625; together 8.25 × 2 + 20.625 = 37.125.
#[case("0.0825", TaxPrices::Exclusive, TaxRounding::PerLine, &[(100, 2), (250, 1)], 450, 37)]
#[case("0.0825", TaxPrices::Exclusive, TaxRounding::PerRate, &[(100, 2), (250, 1)], 450, 37)]
#[case("0", TaxPrices::Exclusive, TaxRounding::PerRate, &[(1999, 1000)], 1_999_000, 0)]
fn sums_by_hand(
    #[case] rate: &str,
    #[case] prices: TaxPrices,
    #[case] rounding: TaxRounding,
    #[case] lines: &[(i64, i64)],
    #[case] net: i64,
    #[case] tax_minor: i64,
) {
    let lines: Vec<_> = lines.iter().map(|(price, count)| (pounds(*price), *count)).collect();
    let sums = tax(rate, prices, rounding).sums(&lines, pounds(0));
    assert_eq!(
        sums,
        Ok(Split {
            net: pounds(net),
            tax: pounds(tax_minor)
        })
    );
}

#[test]
fn the_largest_remainders_get_the_last_units() {
    let tax = tax("0.0825", TaxPrices::Exclusive, TaxRounding::PerRate);
    // 8.25, 20.625, 4.95 (60): down 8 + 20 + 4 = 32, the whole 33.825 → 34: the two above a half get one.
    let shares = tax.shares(&[(pounds(100), 1), (pounds(250), 1), (pounds(60), 1)]);
    assert_eq!(shares, Ok(vec![0, 1, 1]));
    assert_eq!(
        tax.shares(&[(pounds(i64::MAX), i64::MAX)]),
        Err(MoneyError::Overflow),
        "and nothing wraps"
    );
}

proptest! {
    /// However lines are priced, rounding the rate as a whole adds up, and no line is off by a unit.
    #[test]
    fn parts_add_up_to_the_whole(
        lines in prop::collection::vec((0_i64..1_000_000, 1_i64..50), 1..12),
        rate in 0_u32..=1_000_000,
        inclusive: bool,
    ) {
        let prices = if inclusive { TaxPrices::Inclusive } else { TaxPrices::Exclusive };
        let mut tax = tax("0", prices, TaxRounding::PerRate);
        tax.rate = Decimal::new(rate.into(), 6);
        let lines: Vec<_> = lines.into_iter().map(|(price, count)| (pounds(price), count)).collect();
        let shares = tax.shares(&lines).unwrap();
        for ((_, count), more) in lines.iter().zip(&shares) {
            prop_assert!((0..=*count).contains(more));
        }
        let all: i64 = lines.iter().map(|(price, count)| price.minor * count).sum();
        let mut whole = tax.clone();
        whole.rounding = TaxRounding::PerLine;
        let sums = tax.sums(&lines, pounds(0)).unwrap();
        prop_assert_eq!(sums, whole.on_line(pounds(all)).unwrap());
        // Written line by line it is the same.
        let prices: Vec<Money> = lines.iter().map(|(price, _)| *price).collect();
        let once: Vec<_> = prices.iter().map(|price| (*price, 1)).collect();
        let written = tax.on_lines(&prices).unwrap();
        let together = tax.sums(&once, pounds(0)).unwrap();
        prop_assert_eq!(written.iter().map(|line| line.net.minor).sum::<i64>(), together.net.minor);
        prop_assert_eq!(written.iter().map(|line| line.tax.minor).sum::<i64>(), together.tax.minor);
    }
}

/// Splitting a rate's tax between lines is the one place where a sum is taken apart. A million random ways to do it
/// lose no cent, and no line is a whole unit off what it would be by itself.
#[test]
fn a_million_random_splits_lose_no_cent() {
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |end: u64| {
        seed ^= seed >> 12;
        seed ^= seed << 25;
        seed ^= seed >> 27;
        i64::try_from((seed.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end).unwrap()
    };
    let mut tax = tax("0", TaxPrices::Exclusive, TaxRounding::PerRate);
    for _ in 0..1_000_000 {
        tax.rate = Decimal::new(below(1_000_001), 6);
        tax.prices = TaxPrices::ALL[usize::try_from(below(2)).unwrap()];
        let lines: Vec<_> = (0..=below(6))
            .map(|_| (pounds(below(1_000_000)), below(50) + 1))
            .collect();
        let taxes = tax.shares(&lines).unwrap();
        let mut whole = 0;
        for ((price, count), more) in lines.iter().zip(taxes) {
            assert!((0..=*count).contains(&more), "{lines:?} at {}", tax.rate);
            whole += tax.on_line(*price).unwrap().tax.minor * count + more;
        }
        let all: i64 = lines.iter().map(|(price, count)| price.minor * count).sum();
        let exact = tax.exact(all.into()).unwrap();
        let rounded = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
        assert_eq!(Decimal::from(whole), rounded, "{lines:?} at {}", tax.rate);
    }
}
