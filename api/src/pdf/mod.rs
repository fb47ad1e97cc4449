//! Papers: invoices, credit notes and statements as PDF.
//!
//! A paper is blocks in reading order (`Paper`); `layout.rs` breaks them into pages of text and rules,
//! and `write.rs` makes the file of them. It is PDF/A-2a and PDF/UA-1: text that can be selected and
//! searched, tagged as headings, paragraphs and tables, in a named language. The file of the same paper
//! is the same to the byte: nothing in it comes from a clock or from chance.
//!
//! The typeface is Inter (OFL, `fonts/LICENSE-inter.txt`), cut to Latin, Greek and Cyrillic with figures
//! of one width; what it has no letter for is printed as a question mark. Only the letters that a paper
//! uses are in its file.

#![expect(
    clippy::float_arithmetic,
    reason = "places on a sheet are fractions of a point; amounts come here as texts"
)]

mod face;
mod layout;
pub(crate) mod words;
mod write;

use crate::error::ApiResult;
use tradepost_contract::Timestamp;

/// What is to be printed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Paper {
    /// What it is: the file's title and the first heading.
    pub(crate) title: String,
    /// Who issues it: the file's author, and what stands at the top of the first page.
    pub(crate) author: String,
    /// What stands at the foot of every page, beside its number.
    pub(crate) foot: String,
    /// The instant that the file says it was made at: of the paper, not of its printing.
    pub(crate) dated: Timestamp,
    /// American letter, rather than A4.
    pub(crate) letter: bool,
    pub(crate) blocks: Vec<Block>,
}

/// A part of a paper.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// Texts beside each other, each under its own small heading.
    Beside(Vec<Passage>),
    /// A heading and a table; its head is repeated on each page that it runs on to.
    Table(Table),
    /// Amounts at the right edge, each with its name.
    Sums(Vec<Sum>),
    /// A text under its own small heading.
    Passage(Passage),
}

/// A small heading with lines of text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Passage {
    pub(crate) heading: String,
    pub(crate) lines: Vec<String>,
}

impl Passage {
    pub(crate) fn new(heading: &str, lines: Vec<String>) -> Self {
        Self {
            heading: heading.to_owned(),
            lines,
        }
    }
}

/// A name and an amount.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sum {
    pub(crate) name: String,
    pub(crate) amount: String,
    /// What it all comes to.
    pub(crate) strong: bool,
}

impl Sum {
    pub(crate) fn new(name: impl Into<String>, amount: String) -> Self {
        Self {
            name: name.into(),
            amount,
            strong: false,
        }
    }

    pub(crate) fn strong(name: impl Into<String>, amount: String) -> Self {
        Self {
            strong: true,
            ..Self::new(name, amount)
        }
    }
}

/// Rows under a head.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    pub(crate) heading: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// Its share of the width.
    pub(crate) share: u16,
    pub(crate) align: Align,
}

impl Column {
    pub(crate) const fn text(name: &'static str, share: u16) -> Self {
        Self {
            name,
            share,
            align: Align::Left,
        }
    }

    pub(crate) const fn number(name: &'static str, share: u16) -> Self {
        Self {
            name,
            share,
            align: Align::Right,
        }
    }
}

/// To which edge a text keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Prints a paper.
pub(crate) fn print(paper: &Paper) -> ApiResult<Vec<u8>> {
    write::write(paper, &layout::lay_out(paper))
}

#[cfg(test)]
mod tests;
