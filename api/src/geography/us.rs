//! ZIP codes and states of the United States.
//!
//! The table is one text, sorted by ZIP and searched by halves: it costs neither start-up time nor
//! memory beyond the binary's own pages. It was made from the crate `zipcodes` (MIT), which a test
//! holds it against.

/// One ZIP a line, sorted: five digits, the state's two letters, the town.
const ZIPS: &str = include_str!("us_zips.txt");

/// Where a ZIP code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zip {
    /// Five digits.
    pub(crate) code: &'static str,
    /// Two letters.
    pub(crate) state: &'static str,
    /// The town.
    pub(crate) city: &'static str,
}

/// The five digits of something written like a ZIP code: `78701`, `78701-1234`, `787011234`.
pub(crate) fn zip_digits(text: &str) -> Option<&str> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let well_formed = match bytes.len() {
        5 | 9 => digits(bytes),
        10 => digits(&bytes[..5]) && matches!(bytes[5], b'-' | b' ') && digits(&bytes[6..]),
        _ => false,
    };
    well_formed.then(|| &text[..5])
}

/// The ZIP code, where there is such a one.
pub(crate) fn zip(text: &str) -> Option<Zip> {
    let wanted = zip_digits(text)?;
    let (mut low, mut high) = (0, ZIPS.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = ZIPS[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = ZIPS[middle..].find('\n').map_or(ZIPS.len(), |at| middle + at);
        let line = &ZIPS[start..end];
        match line.get(..5)?.cmp(wanted) {
            std::cmp::Ordering::Equal => {
                return Some(Zip {
                    code: &line[..5],
                    state: line.get(5..7)?,
                    city: line.get(7..)?,
                });
            }
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

/// States, territories and the armed forces' areas.
const STATES: &[(&str, &str)] = &[
    ("AA", "armed forces americas"),
    ("AE", "armed forces europe"),
    ("AK", "alaska"),
    ("AL", "alabama"),
    ("AP", "armed forces pacific"),
    ("AR", "arkansas"),
    ("AS", "american samoa"),
    ("AZ", "arizona"),
    ("CA", "california"),
    ("CO", "colorado"),
    ("CT", "connecticut"),
    ("DC", "district of columbia"),
    ("DE", "delaware"),
    ("FL", "florida"),
    ("FM", "federated states of micronesia"),
    ("GA", "georgia"),
    ("GU", "guam"),
    ("HI", "hawaii"),
    ("IA", "iowa"),
    ("ID", "idaho"),
    ("IL", "illinois"),
    ("IN", "indiana"),
    ("KS", "kansas"),
    ("KY", "kentucky"),
    ("LA", "louisiana"),
    ("MA", "massachusetts"),
    ("MD", "maryland"),
    ("ME", "maine"),
    ("MH", "marshall islands"),
    ("MI", "michigan"),
    ("MN", "minnesota"),
    ("MO", "missouri"),
    ("MP", "northern mariana islands"),
    ("MS", "mississippi"),
    ("MT", "montana"),
    ("NC", "north carolina"),
    ("ND", "north dakota"),
    ("NE", "nebraska"),
    ("NH", "new hampshire"),
    ("NJ", "new jersey"),
    ("NM", "new mexico"),
    ("NV", "nevada"),
    ("NY", "new york"),
    ("OH", "ohio"),
    ("OK", "oklahoma"),
    ("OR", "oregon"),
    ("PA", "pennsylvania"),
    ("PR", "puerto rico"),
    ("PW", "palau"),
    ("RI", "rhode island"),
    ("SC", "south carolina"),
    ("SD", "south dakota"),
    ("TN", "tennessee"),
    ("TX", "texas"),
    ("UT", "utah"),
    ("VA", "virginia"),
    ("VI", "virgin islands"),
    ("VT", "vermont"),
    ("WA", "washington"),
    ("WI", "wisconsin"),
    ("WV", "west virginia"),
    ("WY", "wyoming"),
];

/// The two letters of a state given by letters or name, in any case.
pub(crate) fn state(text: &str) -> Option<&'static str> {
    let text = text.trim();
    STATES
        .iter()
        .find(|(code, name)| code.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text))
        .map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zips_are_found_by_any_spelling() {
        let table = [
            ("78701", Some(("TX", "Austin"))),
            (" 78701-1234 ", Some(("TX", "Austin"))),
            ("787011234", Some(("TX", "Austin"))),
            ("00501", Some(("NY", "Holtsville"))),
            ("99950", Some(("AK", "Ketchikan"))),
            ("00000", None),
            ("99999", None),
            ("7870", None),
            ("78701-12", None),
            ("SW1A 1AA", None),
            ("７８７０１", None),
            ("", None),
        ];
        for (text, expect) in table {
            assert_eq!(zip(text).map(|zip| (zip.state, zip.city)), expect, "{text}");
        }
    }

    #[test]
    fn the_table_is_the_crates_own() {
        for known in zipcodes::database().iter().step_by(7) {
            let found = zip(&known.zip_code).map(|zip| zip.state);
            assert!(found.is_some(), "{}", known.zip_code);
        }
        assert!(ZIPS.lines().is_sorted(), "the search by halves needs a sorted table");
    }

    #[test]
    fn every_state_of_the_table_has_a_name() {
        assert!(ZIPS.lines().all(|line| state(&line[5..7]).is_some()));
        assert_eq!(
            [state("texas"), state("tx"), state(" New York "), state("Bavaria")],
            [Some("TX"), Some("TX"), Some("NY"), None]
        );
    }
}
