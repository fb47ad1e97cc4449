//! Places: countries, US ZIP codes, UK postcodes, and what coverage they lie in.
//!
//! A lead's place is normalised once, when it comes in: the country to its ISO code, a ZIP to five
//! digits with its town and state, a UK postcode to its usual spelling. Coverage is then a matter of
//! equal words: `CoverageKeys` says which words a place answers to. Everything here is pure.

pub(crate) mod countries;
pub(crate) mod uk;
pub(crate) mod us;

use tradepost_contract::leads::{CreateLeadPlace, LeadPlace};

/// A place as normalised, and whether its postcode makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    /// The place.
    pub(crate) place: LeadPlace,
    /// Whether the postcode is one of its country; true where there is none, or no rule for it.
    pub(crate) postcode_ok: bool,
}

/// Normalises a place whose texts are trimmed and whose country is known already.
pub(crate) fn locate(country: &str, given: CreateLeadPlace) -> Located {
    let mut place = LeadPlace {
        country: Some(country.to_owned()),
        region: given.region,
        postcode: given.postcode,
        city: given.city,
    };
    let mut postcode_ok = true;
    match country {
        "US" => {
            if let Some(state) = place.region.as_deref().and_then(us::state) {
                place.region = Some(state.to_owned());
            }
            if let Some(text) = place.postcode.take() {
                match us::zip(&text) {
                    Some(zip) => {
                        // The ZIP decides where somebody lives; a drop-down left on another state does not.
                        place.region = Some(zip.state.to_owned());
                        place.postcode = Some(zip.code.to_owned());
                        place.city.get_or_insert_with(|| zip.city.to_owned());
                    }
                    None => {
                        postcode_ok = false;
                        place.postcode = Some(text);
                    }
                }
            }
        }
        "GB" | "GG" | "JE" | "IM" => {
            if let Some(text) = place.postcode.take() {
                let found = uk::postcode(&text);
                postcode_ok = found.is_some();
                place.postcode = Some(found.map_or(text, |code| code.to_string()));
            }
        }
        _ => place.postcode = place.postcode.map(|text| text.to_uppercase()),
    }
    Located { place, postcode_ok }
}

/// The words of each kind of coverage that a place answers to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CoverageKeys {
    /// ISO code.
    pub(crate) country: Option<String>,
    /// Two letters.
    pub(crate) us_state: Option<String>,
    /// Five digits.
    pub(crate) us_zip: Option<String>,
    /// Letters, such as `SW`.
    pub(crate) uk_area: Option<String>,
    /// Such as `SW1A`.
    pub(crate) uk_outcode: Option<String>,
}

/// What coverage a normalised place lies in.
pub(crate) fn coverage_keys(place: &LeadPlace) -> CoverageKeys {
    let mut keys = CoverageKeys {
        country: place.country.clone(),
        ..CoverageKeys::default()
    };
    match place.country.as_deref() {
        Some("US") => {
            keys.us_state = place.region.as_deref().and_then(us::state).map(str::to_owned);
            keys.us_zip = place.postcode.as_deref().and_then(us::zip_digits).map(str::to_owned);
        }
        Some("GB" | "GG" | "JE" | "IM") => {
            if let Some(code) = place.postcode.as_deref().and_then(uk::postcode) {
                keys.uk_area = Some(code.area().to_owned());
                keys.uk_outcode = Some(code.outcode().to_owned());
            }
        }
        _ => {}
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(region: &str, postcode: &str, city: &str) -> CreateLeadPlace {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        CreateLeadPlace {
            country: None,
            region: text(region),
            postcode: text(postcode),
            city: text(city),
        }
    }

    #[test]
    fn a_zip_brings_its_town_and_state() {
        let located = locate("US", given("", "78701-0001", ""));
        let keys = coverage_keys(&located.place);
        assert_eq!(
            (
                located.place.city.as_deref(),
                located.place.region.as_deref(),
                located.postcode_ok
            ),
            (Some("Austin"), Some("TX"), true)
        );
        assert_eq!(
            (keys.us_zip.as_deref(), keys.us_state.as_deref(), keys.uk_area),
            (Some("78701"), Some("TX"), None)
        );
    }

    #[test]
    fn the_zip_wins_over_a_state_that_contradicts_it_and_a_given_town_stays() {
        let located = locate("US", given("Alabama", "78701", "West Lake Hills"));
        assert_eq!(
            (located.place.region.as_deref(), located.place.city.as_deref()),
            (Some("TX"), Some("West Lake Hills"))
        );
    }

    #[test]
    fn a_postcode_that_cannot_be_is_kept_as_given_and_marked() {
        for (country, text) in [("US", "00000"), ("GB", "QQ9 9ZZ")] {
            let located = locate(country, given("", text, ""));
            assert_eq!(
                (located.postcode_ok, located.place.postcode.as_deref()),
                (false, Some(text))
            );
        }
        assert!(locate("IN", given("", "400 001", "")).postcode_ok, "no rule, no fault");
    }

    #[test]
    fn a_uk_postcode_lies_in_its_area_and_outcode() {
        let keys = coverage_keys(&locate("GB", given("", "sw1a1aa", "")).place);
        assert_eq!(
            (
                keys.uk_area.as_deref(),
                keys.uk_outcode.as_deref(),
                keys.country.as_deref()
            ),
            (Some("SW"), Some("SW1A"), Some("GB"))
        );
    }
}
