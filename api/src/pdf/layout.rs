//! Breaks a paper into pages of text and rules, each text with its place in the document's structure.

use super::face::{Weight, width, wrap};
use super::{Align, Block, Column, Paper, Passage, Sum, Table};

/// What a part of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Heading,
    Paragraph,
    Table,
    Row,
    Head,
    Cell,
}

/// A part of the document; `parent` is one before it in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) role: Role,
    pub(super) parent: Option<usize>,
}

/// Something to draw.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A line of text, by the left end of its base line.
    Text {
        x: f32,
        y: f32,
        size: f32,
        weight: Weight,
        grey: bool,
        text: String,
        /// The part of the document that it belongs to; none for what is repeated on each page.
        part: Option<usize>,
    },
    /// A horizontal rule.
    Rule { x: f32, y: f32, width: f32, thick: f32 },
}

/// A paper, broken into pages.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pages {
    pub(super) size: (f32, f32),
    pub(super) pages: Vec<Vec<Mark>>,
    pub(super) parts: Vec<Part>,
}

const MARGIN: f32 = 48.0;
const FOOT: f32 = 64.0;
const GAP: f32 = 14.0;
const TEXT: f32 = 9.0;
const SMALL: f32 = 8.0;
const LEADING: f32 = 1.4;
const CELL_GAP: f32 = 8.0;

pub(super) fn lay_out(paper: &Paper) -> Pages {
    let size = if paper.letter { (612.0, 792.0) } else { (595.28, 841.89) };
    let mut press = Press {
        size,
        y: MARGIN,
        pages: vec![Vec::new()],
        parts: Vec::new(),
    };
    press.head(paper);
    for block in &paper.blocks {
        press.y += GAP;
        match block {
            Block::Beside(passages) => press.beside(passages),
            Block::Passage(passage) => press.beside(std::slice::from_ref(passage)),
            Block::Table(table) => press.table(table),
            Block::Sums(sums) => press.sums(sums),
        }
    }
    press.feet(paper);
    Pages {
        size,
        pages: press.pages,
        parts: press.parts,
    }
}

struct Press {
    size: (f32, f32),
    y: f32,
    pages: Vec<Vec<Mark>>,
    parts: Vec<Part>,
}

impl Press {
    fn inner(&self) -> f32 {
        self.size.0 - 2.0 * MARGIN
    }

    fn part(&mut self, role: Role, parent: Option<usize>) -> usize {
        self.parts.push(Part { role, parent });
        self.parts.len() - 1
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    /// Whether so much still fits on this page.
    fn fits(&self, height: f32) -> bool {
        self.y + height <= self.size.1 - FOOT
    }

    fn rule(&mut self, thick: f32) {
        let (y, width) = (self.y, self.inner());
        self.mark(Mark::Rule {
            x: MARGIN,
            y,
            width,
            thick,
        });
    }

    #[expect(clippy::too_many_arguments, reason = "a line of text is where, how, and what")]
    fn text(
        &mut self,
        (x, y): (f32, f32),
        room: f32,
        align: Align,
        size: f32,
        weight: Weight,
        grey: bool,
        text: String,
        part: Option<usize>,
    ) {
        if text.is_empty() {
            return;
        }
        let x = match align {
            Align::Left => x,
            Align::Right => x + room - width(&text, weight, size),
        };
        self.mark(Mark::Text {
            x,
            y,
            size,
            weight,
            grey,
            text,
            part,
        });
    }

    /// Who issues it at the left, what it is at the right.
    fn head(&mut self, paper: &Paper) {
        let title = self.part(Role::Title, None);
        let half = self.inner() / 2.0 - CELL_GAP;
        let (top, right) = (self.y, MARGIN + self.inner() / 2.0 + CELL_GAP);
        let titles = wrap(&paper.title, Weight::Strong, 17.0, half);
        let mut y = top + 17.0;
        for line in titles {
            self.text(
                (right, y),
                half,
                Align::Right,
                17.0,
                Weight::Strong,
                false,
                line,
                Some(title),
            );
            y += 17.0 * 1.25;
        }
        let mut below = top + 17.0;
        let author = self.part(Role::Paragraph, None);
        for line in wrap(&paper.author, Weight::Strong, 11.0, half) {
            self.text(
                (MARGIN, below),
                half,
                Align::Left,
                11.0,
                Weight::Strong,
                false,
                line,
                Some(author),
            );
            below += 11.0 * LEADING;
        }
        self.y = y.max(below) - 8.0;
        self.rule(1.0);
    }

    fn beside(&mut self, passages: &[Passage]) {
        let count = passages.len().max(1);
        #[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
        let room = (self.inner() - CELL_GAP * 2.0 * (count as f32 - 1.0)) / count as f32;
        let wrapped: Vec<Vec<String>> = passages
            .iter()
            .map(|passage| {
                let lines = passage.lines.iter().filter(|line| !line.trim().is_empty());
                lines.flat_map(|line| wrap(line, Weight::Regular, TEXT, room)).collect()
            })
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
        let height = |lines: &Vec<String>| (lines.len() as f32 + 1.0) * TEXT * LEADING;
        let tallest = wrapped.iter().map(height).fold(0.0, f32::max);
        if !self.fits(tallest) && self.y > MARGIN + GAP {
            self.turn();
        }
        let (top, mut x, mut lowest) = (self.y, MARGIN, self.y);
        for (passage, lines) in passages.iter().zip(wrapped) {
            let mut y = top + TEXT;
            if !passage.heading.is_empty() {
                let heading = self.part(Role::Heading, None);
                for line in wrap(&passage.heading, Weight::Strong, SMALL, room) {
                    self.text(
                        (x, y),
                        room,
                        Align::Left,
                        SMALL,
                        Weight::Strong,
                        true,
                        line,
                        Some(heading),
                    );
                    y += TEXT * LEADING;
                }
            }
            let part = self.part(Role::Paragraph, None);
            for line in lines {
                // A passage longer than a page goes on on the next; only a lone one can be that long.
                if count == 1 && y > self.size.1 - FOOT {
                    self.turn();
                    y = self.y + TEXT;
                }
                self.text(
                    (x, y),
                    room,
                    Align::Left,
                    TEXT,
                    Weight::Regular,
                    false,
                    line,
                    Some(part),
                );
                y += TEXT * LEADING;
            }
            lowest = if count == 1 { y - TEXT } else { lowest.max(y - TEXT) };
            x += room + CELL_GAP * 2.0;
        }
        self.y = lowest;
    }

    fn table(&mut self, table: &Table) {
        let places = places(&table.columns, self.inner());
        // A head alone at the foot of a page helps nobody.
        if !self.fits(SMALL * LEADING * 6.0) {
            self.turn();
        }
        if !table.heading.is_empty() {
            let heading = self.part(Role::Heading, None);
            let (y, room) = (self.y + TEXT, self.inner());
            let text = super::face::printable(&table.heading);
            self.text(
                (MARGIN, y),
                room,
                Align::Left,
                TEXT,
                Weight::Strong,
                false,
                text,
                Some(heading),
            );
            self.y += TEXT * LEADING + 4.0;
        }
        let whole = self.part(Role::Table, None);
        let row = self.part(Role::Row, Some(whole));
        let heads: Vec<_> = table.columns.iter().map(|_| self.part(Role::Head, Some(row))).collect();
        self.table_head(table, &places, Some(&heads));
        for cells in &table.rows {
            let wrapped: Vec<Vec<String>> = cells
                .iter()
                .zip(&places)
                .map(|(cell, (_, room))| wrap(cell, Weight::Regular, SMALL, *room))
                .collect();
            let lines = wrapped.iter().map(Vec::len).max().unwrap_or(1);
            #[expect(clippy::cast_precision_loss, reason = "a cell has a handful of lines")]
            let height = lines as f32 * SMALL * LEADING + 3.0;
            if !self.fits(height) {
                self.turn();
                self.table_head(table, &places, None);
            }
            let row = self.part(Role::Row, Some(whole));
            let top = self.y + SMALL + 2.0;
            for ((lines, (x, room)), column) in wrapped.into_iter().zip(&places).zip(&table.columns) {
                let cell = self.part(Role::Cell, Some(row));
                let mut y = top;
                for line in lines {
                    self.text(
                        (*x, y),
                        *room,
                        column.align,
                        SMALL,
                        Weight::Regular,
                        false,
                        line,
                        Some(cell),
                    );
                    y += SMALL * LEADING;
                }
            }
            self.y += height;
            self.rule(0.25);
        }
    }

    /// The head of a table; on later pages it is a repetition and no part of the document.
    fn table_head(&mut self, table: &Table, places: &[(f32, f32)], parts: Option<&[usize]>) {
        let y = self.y + SMALL;
        for (at, (column, (x, room))) in table.columns.iter().zip(places).enumerate() {
            let part = parts.and_then(|parts| parts.get(at).copied());
            let name = column.name.to_owned();
            self.text((*x, y), *room, column.align, SMALL, Weight::Strong, true, name, part);
        }
        self.y += SMALL * LEADING + 2.0;
        self.rule(0.75);
    }

    fn sums(&mut self, sums: &[Sum]) {
        let line = TEXT * LEADING + 3.0;
        #[expect(clippy::cast_precision_loss, reason = "a handful of sums")]
        if !self.fits(line * sums.len() as f32) {
            self.turn();
        }
        let room = self.inner() * 0.5;
        let x = MARGIN + self.inner() - room;
        let whole = self.part(Role::Table, None);
        for sum in sums {
            let weight = if sum.strong { Weight::Strong } else { Weight::Regular };
            let row = self.part(Role::Row, Some(whole));
            let (name, amount) = (self.part(Role::Head, Some(row)), self.part(Role::Cell, Some(row)));
            if sum.strong {
                let y = self.y + 1.0;
                self.mark(Mark::Rule {
                    x,
                    y,
                    width: room,
                    thick: 0.75,
                });
            }
            let names = wrap(&sum.name, weight, TEXT, room * 0.68);
            let figures = super::face::printable(&sum.amount);
            let top = self.y + TEXT + 3.0;
            self.text((x, top), room, Align::Right, TEXT, weight, false, figures, Some(amount));
            let mut y = top;
            for line in names {
                self.text((x, y), room, Align::Left, TEXT, weight, false, line, Some(name));
                y += TEXT * LEADING;
            }
            self.y = y - TEXT;
        }
    }

    /// What stands at the foot, once it is known how many pages there are.
    fn feet(&mut self, paper: &Paper) {
        let (width, height) = self.size;
        let count = self.pages.len();
        let foot = wrap(&paper.foot, Weight::Regular, SMALL, self.inner() - 80.0)
            .into_iter()
            .next();
        for (at, page) in self.pages.iter_mut().enumerate() {
            page.push(Mark::Rule {
                x: MARGIN,
                y: height - 50.0,
                width: width - 2.0 * MARGIN,
                thick: 0.25,
            });
            let number = format!("Page {} of {count}", at + 1);
            let room = super::face::width(&number, Weight::Regular, SMALL);
            for (x, text) in [(MARGIN, foot.clone()), (width - MARGIN - room, Some(number))] {
                let Some(text) = text.filter(|text| !text.is_empty()) else {
                    continue;
                };
                page.push(Mark::Text {
                    x,
                    y: height - 38.0,
                    size: SMALL,
                    weight: Weight::Regular,
                    grey: true,
                    text,
                    part: None,
                });
            }
        }
    }
}

/// Where the columns of a table begin and how wide they are.
fn places(columns: &[Column], inner: f32) -> Vec<(f32, f32)> {
    let all: f32 = columns.iter().map(|column| f32::from(column.share)).sum();
    let gaps = CELL_GAP * f32::from(u16::try_from(columns.len().saturating_sub(1)).unwrap_or(0));
    let mut x = MARGIN;
    columns
        .iter()
        .map(|column| {
            let room = (inner - gaps) * f32::from(column.share) / all;
            let place = (x, room);
            x += room + CELL_GAP;
            place
        })
        .collect()
}
