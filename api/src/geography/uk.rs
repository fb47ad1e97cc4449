//! Postcodes of the United Kingdom: their syntax, the area and the outcode they lie in.
//!
//! Royal Mail's list of live postcodes is licensed, so existence is checked down to the postcode
//! area (`SW`), and the rest by the letters that may stand in each place.

/// A postcode, normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Postcode {
    outcode: String,
    incode: String,
}

impl Postcode {
    /// The first half, such as `SW1A`.
    pub(crate) fn outcode(&self) -> &str {
        &self.outcode
    }

    /// The letters in front, such as `SW`.
    pub(crate) fn area(&self) -> &str {
        area_of(&self.outcode)
    }
}

impl std::fmt::Display for Postcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.outcode, self.incode)
    }
}

/// Every postcode area, with the Crown dependencies and the forces' BF.
const AREAS: &[&str] = &[
    "AB", "AL", "B", "BA", "BB", "BD", "BF", "BH", "BL", "BN", "BR", "BS", "BT", "CA", "CB", "CF", "CH", "CM", "CO",
    "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL", "DN", "DT", "DY", "E", "EC", "EH", "EN", "EX", "FK",
    "FY", "G", "GL", "GU", "GY", "HA", "HD", "HG", "HP", "HR", "HS", "HU", "HX", "IG", "IM", "IP", "IV", "JE", "KA",
    "KT", "KW", "KY", "L", "LA", "LD", "LE", "LL", "LN", "LS", "LU", "M", "ME", "MK", "ML", "N", "NE", "NG", "NN",
    "NP", "NR", "NW", "OL", "OX", "PA", "PE", "PH", "PL", "PO", "PR", "RG", "RH", "RM", "S", "SA", "SE", "SG", "SK",
    "SL", "SM", "SN", "SO", "SP", "SR", "SS", "ST", "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW", "UB",
    "W", "WA", "WC", "WD", "WF", "WN", "WR", "WS", "WV", "YO", "ZE",
];

/// Overseas territories have one postcode each, which follows no rule.
const OVERSEAS: &[&str] = &[
    "ASCN 1ZZ", "BBND 1ZZ", "BIQQ 1ZZ", "FIQQ 1ZZ", "GX11 1AA", "PCRN 1ZZ", "SIQQ 1ZZ", "STHL 1ZZ", "TDCU 1ZZ",
    "TKCA 1ZZ",
];

/// Whether there is such a postcode area.
pub(crate) fn is_area(text: &str) -> bool {
    AREAS.binary_search(&text).is_ok()
}

/// The letters in front of an outcode.
pub(crate) fn area_of(outcode: &str) -> &str {
    let end = outcode
        .bytes()
        .position(|byte| byte.is_ascii_digit())
        .unwrap_or(outcode.len());
    if outcode == "BFPO" { "BF" } else { &outcode[..end] }
}

/// A postcode in any spelling: `sw1a1aa`, `SW1A 1AA`, ` M1  1AE`, `GIR 0AA`, `BFPO 57`.
pub(crate) fn postcode(text: &str) -> Option<Postcode> {
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect();
    if !compact.is_ascii() || compact.len() > 10 {
        return None;
    }
    if let Some(number) = compact.strip_prefix("BFPO") {
        let number = number.strip_prefix("C/O").unwrap_or(number);
        let plain = (1..=4).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !number.starts_with('0');
        return plain.then(|| Postcode {
            outcode: "BFPO".to_owned(),
            incode: number.to_owned(),
        });
    }
    if !(5..=7).contains(&compact.len()) {
        return None;
    }
    let (out, inc) = compact.split_at(compact.len() - 3);
    if OVERSEAS.contains(&format!("{out} {inc}").as_str()) || compact == "GIR0AA" {
        return Some(Postcode {
            outcode: out.to_owned(),
            incode: inc.to_owned(),
        });
    }
    Some(Postcode {
        outcode: outcode(out)?,
        incode: incode(inc)?,
    })
}

/// An outcode by itself, such as `sw1a` or `M1`.
pub(crate) fn outcode(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    let bytes = code.as_bytes();
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let rest = bytes.get(letters..)?;
    let tail_fits = match (letters, rest) {
        (1 | 2, [a]) => a.is_ascii_digit(),
        (1 | 2, [a, b]) if b.is_ascii_digit() => a.is_ascii_digit() && *a != b'0',
        (1, [a, b]) => a.is_ascii_digit() && b"ABCDEFGHJKPSTUW".contains(b),
        (2, [a, b]) => a.is_ascii_digit() && b"ABEHMNPRVWXY".contains(b),
        _ => false,
    };
    (tail_fits && is_area(&code[..letters])).then_some(code)
}

/// The second half. People type the letter O for the digit in front; it cannot be anything else there.
fn incode(text: &str) -> Option<String> {
    let [digit, a, b] = <[u8; 3]>::try_from(text.as_bytes()).ok()?;
    let digit = match digit {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    let allowed = |letter: u8| letter.is_ascii_uppercase() && !b"CIKMOV".contains(&letter);
    (digit.is_ascii_digit() && allowed(a) && allowed(b)).then(|| [digit, a, b].map(char::from).iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn postcodes_in_any_spelling() {
        let table = [
            ("SW1A 1AA", Some(("SW1A 1AA", "SW1A", "SW"))),
            ("sw1a1aa", Some(("SW1A 1AA", "SW1A", "SW"))),
            (" m1  1ae ", Some(("M1 1AE", "M1", "M"))),
            ("B33 8TH", Some(("B33 8TH", "B33", "B"))),
            ("CR2 6XH", Some(("CR2 6XH", "CR2", "CR"))),
            ("DN55 1PT", Some(("DN55 1PT", "DN55", "DN"))),
            ("W1A 0AX", Some(("W1A 0AX", "W1A", "W"))),
            ("EC1A OBB", Some(("EC1A 0BB", "EC1A", "EC"))),
            ("BT1 1AA", Some(("BT1 1AA", "BT1", "BT"))),
            ("JE2 3AB", Some(("JE2 3AB", "JE2", "JE"))),
            ("GIR 0AA", Some(("GIR 0AA", "GIR", "GIR"))),
            ("bfpo 57", Some(("BFPO 57", "BFPO", "BF"))),
            ("BFPO c/o 105", Some(("BFPO 105", "BFPO", "BF"))),
            ("BF1 3AD", Some(("BF1 3AD", "BF1", "BF"))),
            ("FIQQ 1ZZ", Some(("FIQQ 1ZZ", "FIQQ", "FIQQ"))),
            ("SW1A", None),
            ("QQ1 1AA", None),
            ("SW1A 1AC", None),
            ("SW1I 1AA", None),
            ("M1A 1A", None),
            ("78701", None),
            ("BFPO", None),
            ("BFPO 0", None),
            ("", None),
            ("ＳＷ１Ａ 1AA", None),
        ];
        for (text, expect) in table {
            let found = postcode(text);
            let found = found
                .as_ref()
                .map(|code| (code.to_string(), code.outcode(), code.area()));
            assert_eq!(
                found.as_ref().map(|(full, out, area)| (full.as_str(), *out, *area)),
                expect,
                "{text}"
            );
        }
    }

    #[test]
    fn outcodes_and_areas_stand_alone_in_coverage() {
        assert_eq!(
            [
                outcode("sw1a"),
                outcode("M1"),
                outcode("M"),
                outcode("QQ1"),
                outcode("SW1A 1AA")
            ]
            .map(|code| code.is_some()),
            [true, true, false, false, false]
        );
        assert!(is_area("SW") && !is_area("XX") && AREAS.is_sorted());
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_read_reads_back_the_same(text in "\\PC{0,12}") {
            if let Some(code) = postcode(&text) {
                prop_assert_eq!(postcode(&code.to_string()), Some(code));
            }
        }
    }
}
