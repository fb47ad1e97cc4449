//! How a row becomes an enquiry. Pure.
//!
//! A mapping is compiled against a file's headers (`compile.rs`), and the `Plan` that comes of it makes
//! the enquiry of each row (`enquiry.rs`, with `dates.rs`). Until somebody says what the columns mean,
//! `suggestion.rs` guesses it by their headers. `target.rs` lists what a column can fill.

mod compile;
mod dates;
mod enquiry;
mod suggestion;
mod target;
#[cfg(test)]
mod tests;
mod transform;

pub(crate) use suggestion::{suggested, suggested_fields};

use std::collections::BTreeMap;
use target::Target;
use tradepost_contract::lead_imports::{DateOrder, FieldTransform};
use tradepost_contract::leads::LeadChannel;

/// A mapping that fits a file: every column it names is there, every field is known and filled once.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    steps: Vec<Step>,
    empty_when: Vec<String>,
    dates: DateOrder,
    others: Vec<(usize, String)>,
    headers: Vec<String>,
}

#[derive(Debug, Clone)]
struct Step {
    target: Target,
    origin: Origin,
    empty_when: Vec<String>,
    replace: BTreeMap<String, String>,
    transform: Option<FieldTransform>,
}

/// Where a field's text comes from.
#[derive(Debug, Clone)]
enum Origin {
    Column(usize),
    Template(Vec<Piece>),
    Constant(String),
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Column(usize),
}

/// Where the leads of a file go; the same for all its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowDefaults {
    /// The programme's id.
    pub(crate) programme: String,
    /// The product's id.
    pub(crate) product: String,
    /// The advertising source of rows without one.
    pub(crate) source: Option<String>,
    /// Who the external ids belong to, where the mapping does not say.
    pub(crate) external_source: String,
    /// How the leads come.
    pub(crate) channel: LeadChannel,
    /// What stands in front of the ids of rows without one of their own.
    pub(crate) row_id_prefix: &'static str,
}

/// A header without a byte order mark, quotes, line breaks and blanks at its ends.
pub(crate) fn clean_header(text: &str) -> String {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '"');
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect()
}
