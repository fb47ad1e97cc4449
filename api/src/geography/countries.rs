//! Countries by ISO 3166 code or English name.

/// One country a line, sorted: the code, a blank, the name.
const COUNTRIES: &str = include_str!("countries.txt");

/// Other spellings that real exports hold, in lower case.
const ALIASES: &[(&str, &str)] = &[
    ("america", "US"),
    ("u.s.", "US"),
    ("u.s.a.", "US"),
    ("united states of america", "US"),
    ("usa", "US"),
    ("britain", "GB"),
    ("england", "GB"),
    ("great britain", "GB"),
    ("northern ireland", "GB"),
    ("scotland", "GB"),
    ("u.k.", "GB"),
    ("uk", "GB"),
    ("wales", "GB"),
    ("czech republic", "CZ"),
    ("holland", "NL"),
    ("ivory coast", "CI"),
    ("korea", "KR"),
    ("macau", "MO"),
    ("russian federation", "RU"),
    ("türkiye", "TR"),
    ("uae", "AE"),
    ("viet nam", "VN"),
];

/// The ISO code of a country given by code, English name or a common other spelling, in any case.
pub(crate) fn code(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if let [a, b] = text.as_bytes()
        && a.is_ascii_alphabetic()
        && b.is_ascii_alphabetic()
    {
        let wanted = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
        let found = lines()
            .find(|(code, _)| code.as_bytes() == wanted)
            .map(|(code, _)| code);
        if found.is_some() {
            return found;
        }
    }
    let wanted = text
        .strip_prefix("The ")
        .or_else(|| text.strip_prefix("the "))
        .unwrap_or(text)
        .to_lowercase();
    let alias = ALIASES.iter().find(|(name, _)| *name == wanted).map(|(_, code)| *code);
    alias.or_else(|| {
        lines()
            .find(|(_, name)| name.to_lowercase() == wanted)
            .map(|(code, _)| code)
    })
}

/// The English name of a country by its ISO code.
pub(crate) fn name(code: &str) -> Option<&'static str> {
    lines().find(|(known, _)| *known == code).map(|(_, name)| name)
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    COUNTRIES.lines().filter_map(|line| line.split_once(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_code_name_and_nickname() {
        let table = [
            ("US", Some("US")),
            ("us", Some("US")),
            (" gb ", Some("GB")),
            ("uk", Some("GB")),
            ("United Kingdom", Some("GB")),
            ("The Netherlands", Some("NL")),
            ("india", Some("IN")),
            ("United Arab Emirates", Some("AE")),
            ("Saudi Arabia", Some("SA")),
            ("russia", Some("RU")),
            ("unknown", None),
            ("Asia/Pacific Region", None),
            ("", None),
            ("XX", None),
            ("é", None),
        ];
        for (text, expect) in table {
            assert_eq!(code(text), expect, "{text}");
        }
        assert_eq!(lines().count(), 249);
    }
}
