//! What may be covered, and how soon a change takes effect. Pure.

use crate::error::{ApiError, ApiResult};
use crate::geography::{countries, uk, us};
use time::Duration;
use tradepost_contract::coverage::CoverageKind;
use tradepost_contract::policy::ChangeNotice;
use tradepost_contract::{FieldError, Timestamp};

/// The value of a coverage of everywhere.
const EVERYWHERE: &str = "*";

/// The values of a new coverage in their one spelling, each once; all faults at once.
pub(super) fn values(kind: CoverageKind, given: &[String]) -> Result<Vec<String>, Vec<FieldError>> {
    if kind == CoverageKind::Anywhere {
        return match given {
            [] => Ok(vec![EVERYWHERE.to_owned()]),
            [one] if one == EVERYWHERE => Ok(vec![EVERYWHERE.to_owned()]),
            _ => Err(vec![FieldError::new(
                "/values",
                "not_allowed",
                "everywhere has no values",
            )]),
        };
    }
    if given.is_empty() {
        return Err(vec![FieldError::new("/values", "required", "at least one is needed")]);
    }
    let (mut read, mut faults) = (Vec::with_capacity(given.len()), Vec::new());
    for (at, text) in given.iter().enumerate() {
        match value(kind, text) {
            Some(value) if read.contains(&value) => {}
            Some(value) => read.push(value),
            None => {
                let message = format!("there is no such {}", described(kind));
                faults.push(FieldError::new(format!("/values/{at}"), "unknown_area", message));
            }
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

fn value(kind: CoverageKind, text: &str) -> Option<String> {
    match kind {
        CoverageKind::Anywhere => None,
        CoverageKind::Country => countries::code(text).map(str::to_owned),
        CoverageKind::UsState => us::state(text).map(str::to_owned),
        CoverageKind::UsZip => us::zip(text).map(|zip| zip.code.to_owned()),
        CoverageKind::UkArea => {
            let area = text.trim().to_ascii_uppercase();
            uk::is_area(&area).then_some(area)
        }
        CoverageKind::UkOutcode => uk::outcode(text),
    }
}

const fn described(kind: CoverageKind) -> &'static str {
    match kind {
        CoverageKind::Anywhere => "area",
        CoverageKind::Country => "country",
        CoverageKind::UsState => "state of the US",
        CoverageKind::UsZip => "ZIP code",
        CoverageKind::UkArea => "UK postcode area",
        CoverageKind::UkOutcode => "UK outcode",
    }
}

/// Whether a change waits for its notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice<'a> {
    /// It does, as the policy says (R69).
    Due(&'a ChangeNotice),
    /// Staff let it take effect sooner, or there is nothing yet to give notice of.
    Waived,
}

/// The instant a change takes effect: the one asked for, or the earliest. `pointer` is its field.
pub(crate) fn takes_effect(
    notice: Notice<'_>,
    asked: Option<Timestamp>,
    now: Timestamp,
    pointer: &str,
) -> ApiResult<Timestamp> {
    let earliest = match notice {
        Notice::Due(notice) => now.plus(Duration::hours(i64::from(notice.hours()))),
        Notice::Waived => now,
    };
    match asked {
        None => Ok(earliest),
        Some(at) if at >= earliest => Ok(at),
        Some(_) => {
            let message = format!("takes effect at {earliest} at the earliest");
            Err(ApiError::invalid(vec![FieldError::new(pointer, "too_early", message)]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(CoverageKind::Country, "gb", Some("GB"))]
    #[case(CoverageKind::Country, "Atlantis", None)]
    #[case(CoverageKind::UsState, "texas", Some("TX"))]
    #[case(CoverageKind::UsState, "tx", Some("TX"))]
    #[case(CoverageKind::UsState, "ZZ", None)]
    #[case(CoverageKind::UsZip, "78701", Some("78701"))]
    #[case(CoverageKind::UsZip, "78701-1234", Some("78701"))]
    #[case(CoverageKind::UsZip, "00000", None)]
    #[case(CoverageKind::UkArea, " sw ", Some("SW"))]
    #[case(CoverageKind::UkArea, "QQ", None)]
    #[case(CoverageKind::UkOutcode, "sw1a", Some("SW1A"))]
    #[case(CoverageKind::UkOutcode, "SW1A 1AA", None)]
    fn areas_have_one_spelling(#[case] kind: CoverageKind, #[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(value(kind, text).as_deref(), expected);
    }

    #[test]
    fn faults_are_pointed_at_and_repeats_are_read_once() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let faults = values(CoverageKind::UsZip, &texts(&["78701", "nowhere", "787011234", "1"])).unwrap_err();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/values/1", "/values/3"]);
        let read = values(CoverageKind::UsZip, &texts(&["78701", "78701-1234", "78702"]));
        assert_eq!(read, Ok(texts(&["78701", "78702"])));
        assert_eq!(values(CoverageKind::Anywhere, &[]), Ok(texts(&["*"])));
        assert!(values(CoverageKind::Anywhere, &texts(&["GB"])).is_err());
        assert!(values(CoverageKind::Country, &[]).is_err());
    }

    /// R69: 72 hours' notice; the earliest instant is named.
    #[test]
    fn r69_a_change_takes_effect_after_its_notice() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (now, notice) = (at("2026-03-28T12:00:00Z"), ChangeNotice::Hours { amount: 72 });
        let due = |asked: Option<&str>| takes_effect(Notice::Due(&notice), asked.map(at), now, "/effective_from");
        assert_eq!(
            due(None).unwrap(),
            at("2026-03-31T12:00:00Z"),
            "hours are exact across summer time"
        );
        assert_eq!(due(Some("2026-03-31T12:00:00Z")).unwrap(), at("2026-03-31T12:00:00Z"));
        let refused = due(Some("2026-03-31T11:59:59Z")).unwrap_err();
        assert_eq!(refused.errors()[0].code, "too_early");
        assert!(refused.errors()[0].message.contains("2026-03-31T12:00:00Z"));
        let waived = takes_effect(Notice::Waived, Some(at("2026-03-28T13:00:00Z")), now, "/effective_from");
        assert_eq!(waived.unwrap(), at("2026-03-28T13:00:00Z"));
        assert!(takes_effect(Notice::Waived, Some(at("2026-03-28T11:00:00Z")), now, "/effective_from").is_err());
    }
}
