//! Which orders reach a place: equal words, looked up in one map, each line with its time.

use crate::geography::CoverageKeys;
use std::collections::HashMap;
use tradepost_contract::Timestamp;

fn words(place: &CoverageKeys) -> impl Iterator<Item = (&'static str, &str)> {
    [
        Some(("anywhere", "")),
        place.country.as_deref().map(|word| ("country", word)),
        place.us_state.as_deref().map(|word| ("us_state", word)),
        place.us_zip.as_deref().map(|word| ("us_zip", word)),
        place.uk_area.as_deref().map(|word| ("uk_area", word)),
        place.uk_outcode.as_deref().map(|word| ("uk_outcode", word)),
    ]
    .into_iter()
    .flatten()
}

/// One line of a coverage list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CoverageLine {
    /// The order's place in the product's list.
    pub(crate) order: usize,
    /// From this instant on.
    pub(crate) from: Timestamp,
    /// Up to this instant, exclusive.
    pub(crate) to: Option<Timestamp>,
}

/// The lines of all orders of a product by kind and word.
#[derive(Debug, Default)]
pub(crate) struct CoverageIndex {
    lines: HashMap<(&'static str, String), Vec<CoverageLine>>,
}

const KINDS: [&str; 6] = ["anywhere", "country", "us_state", "us_zip", "uk_area", "uk_outcode"];

impl CoverageIndex {
    /// Adds a line; a kind that is none is ignored, because the database has a list of them.
    pub(crate) fn add(&mut self, kind: &str, word: &str, line: CoverageLine) {
        let Some(kind) = KINDS.into_iter().find(|known| *known == kind) else {
            return;
        };
        let word = if kind == "anywhere" { "" } else { word };
        self.lines.entry((kind, word.to_owned())).or_default().push(line);
    }

    /// The orders that reach the place at that instant, ascending, each once. Coverage that is announced
    /// counts from its day on, and until then the old one does (R69).
    pub(crate) fn reach(&self, place: &CoverageKeys, at: Timestamp) -> Vec<usize> {
        let mut orders: Vec<usize> = words(place)
            .filter_map(|(kind, word)| self.lines.get(&(kind, word.to_owned())))
            .flatten()
            .filter(|line| line.from <= at && line.to.is_none_or(|to| at < to))
            .map(|line| line.order)
            .collect();
        orders.sort_unstable();
        orders.dedup();
        orders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn index(lines: &[(&str, &str, usize, i64, Option<i64>)]) -> CoverageIndex {
        let mut index = CoverageIndex::default();
        for (kind, word, order, from, to) in lines {
            let line = CoverageLine {
                order: *order,
                from: at(*from),
                to: to.map(at),
            };
            index.add(kind, word, line);
        }
        index
    }

    fn austin() -> CoverageKeys {
        let word = |text: &str| Some(text.to_owned());
        CoverageKeys {
            country: word("US"),
            us_state: word("TX"),
            us_zip: word("78701"),
            ..CoverageKeys::default()
        }
    }

    #[test]
    fn every_kind_of_word_reaches_and_each_order_counts_once() {
        let index = index(&[
            ("anywhere", "", 4, 0, None),
            ("country", "US", 3, 0, None),
            ("us_state", "TX", 2, 0, None),
            ("us_zip", "78701", 2, 0, None),
            ("us_zip", "78702", 1, 0, None),
            ("uk_area", "TX", 0, 0, None),
        ]);
        assert_eq!(index.reach(&austin(), at(9)), [2, 3, 4]);
        assert_eq!(
            index.reach(&CoverageKeys::default(), at(9)),
            [4],
            "a lead without a place"
        );
    }

    /// R69: the old areas count until the new ones are in force, and not a moment longer.
    #[test]
    fn r69_the_old_area_counts_until_the_new_one_is_in_force() {
        let index = index(&[("us_zip", "78701", 0, 0, Some(100)), ("us_zip", "78701", 1, 100, None)]);
        assert_eq!(index.reach(&austin(), at(99)), [0]);
        assert_eq!(index.reach(&austin(), at(100)), [1]);
    }
}
