//! The table: answers a second on both sides, and their ratio with its spread over the rounds.

use std::fmt;

use crate::wire::Measured;

/// What was measured, by scenario: the product in place 0, the floor in place 1.
#[derive(Default)]
pub(crate) struct Table {
    scenarios: Vec<(String, [Vec<Measured>; 2])>,
}

impl Table {
    pub(crate) fn add(&mut self, scenario: &str, place: usize, measured: &Measured) {
        if !self.scenarios.iter().any(|(name, _)| name == scenario) {
            self.scenarios.push((scenario.to_owned(), [Vec::new(), Vec::new()]));
        }
        for (name, sides) in &mut self.scenarios {
            if name == scenario {
                sides[place].push(measured.clone());
            }
        }
    }

    /// The middle of the answers a second of one side.
    pub(crate) fn median(&self, scenario: &str, place: usize) -> u64 {
        let found = self.scenarios.iter().find(|(name, _)| name == scenario);
        found.map_or(0, |(_, sides)| {
            middle(sides[place].iter().map(Measured::per_second).collect())
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| scenario | product /s | p50 | p99 | floor /s | ratio (lowest – highest) |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        for (name, [product, floor]) in &self.scenarios {
            // Each round's ratio by itself, since the two sides of a round were measured side by side.
            let mut ratios: Vec<u64> = product
                .iter()
                .zip(floor)
                .map(|(one, two)| one.per_second() * 100 / two.per_second().max(1))
                .collect();
            ratios.sort_unstable();
            let latency = |share| middle(product.iter().map(|one| micros(one, share)).collect());
            writeln!(
                f,
                "| {name} | {} | {} | {} | {} | **{}** ({} – {}) |",
                middle(product.iter().map(Measured::per_second).collect()),
                millis(latency(500)),
                millis(latency(990)),
                middle(floor.iter().map(Measured::per_second).collect()),
                hundredths(middle(ratios.clone())),
                hundredths(ratios.first().copied().unwrap_or(0)),
                hundredths(ratios.last().copied().unwrap_or(0)),
            )?;
        }
        Ok(())
    }
}

fn middle(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

fn micros(measured: &Measured, share: usize) -> u64 {
    u64::try_from(measured.permille(share).as_micros()).unwrap_or(u64::MAX)
}

fn millis(micros: u64) -> String {
    format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100)
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}
