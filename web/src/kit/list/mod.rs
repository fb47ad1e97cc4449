//! Lists: a page declares columns, filters and a fetch function, and gets sorting, filters and paging in
//! the address, a column chooser that is remembered, CSV of the current view, cards on phones, and every
//! state. See `pages/suppliers/list.rs` for a small one.

mod filters;
mod plain;
mod query;
mod table;
mod toolbar;
mod view;

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::Page;

use plain::{ColumnSort, PlainColumn, PlainList, Row};
pub use query::ListQuery;
pub use view::ListView;

use crate::api::Result;
use crate::routes::Route;

/// One column: what it shows and what it is in a CSV file.
pub struct Column<T> {
    plain: PlainColumn,
    of: PhantomData<fn(&T)>,
}

/// The way an API sorts by a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The least or oldest first.
    Ascending,
    /// The most or newest first.
    Descending,
}

impl Order {
    const fn turned(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// The orders of a list of what has a name.
pub const NAME_SORTS: &[(&str, &str)] = &[
    ("newest", "Newest first"),
    ("oldest", "Oldest first"),
    ("name", "Name, A to Z"),
    ("-name", "Name, Z to A"),
];

/// Where a column stands on a phone's card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    /// The first line.
    Title,
    /// At the end of the first line.
    Aside,
    /// In the line below the title, without its name: what explains itself.
    Below,
    /// A line of its own below, with the column's title.
    Line,
    /// Not there.
    Hidden,
}

impl<T: Send + Sync + 'static> Column<T> {
    /// A column of text.
    pub fn text(id: &'static str, title: &'static str, words: impl Fn(&T) -> String + Send + Sync + 'static) -> Self {
        let csv = plain::words(words);
        let shown = Arc::clone(&csv);
        Self::of(PlainColumn::new(
            id,
            title,
            Arc::new(move |row| shown(row).into_any()),
            csv,
        ))
    }

    /// A column that shows something else than text; `csv` is the text.
    pub fn new<V: IntoView + 'static>(
        id: &'static str,
        title: &'static str,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
        csv: impl Fn(&T) -> String + Send + Sync + 'static,
    ) -> Self {
        let cell = move |row: &Row| row.downcast_ref::<T>().map(|row| cell(row).into_any()).into_any();
        Self::of(PlainColumn::new(id, title, Arc::new(cell), plain::words(csv)))
    }

    const fn of(plain: PlainColumn) -> Self {
        Self { plain, of: PhantomData }
    }

    /// Aligned at the end, with figures of one width.
    pub const fn numeric(mut self) -> Self {
        self.plain.numeric = true;
        self
    }

    /// Not shown until somebody chooses it.
    pub const fn optional(mut self) -> Self {
        self.plain.optional = true;
        self
    }

    /// Where it stands on a phone's card.
    pub const fn on_card(mut self, card: Card) -> Self {
        self.plain.card = card;
        self
    }

    /// What the API's word for `sort` does with this column: its heading then sorts by it. Without a word
    /// the list always comes in this order, and the heading only says so.
    pub const fn sorted(mut self, word: &'static str, order: Order) -> Self {
        self.plain.sort = Some(ColumnSort {
            word,
            order,
            turned: None,
        });
        self
    }

    /// The API's word for the other way round, which a second click on the heading asks for.
    pub const fn turned(mut self, word: &'static str) -> Self {
        if let Some(sort) = &mut self.plain.sort {
            sort.turned = Some(word);
        }
        self
    }
}

/// What a filter lets one say. Its name is the API's parameter.
#[derive(Clone)]
pub enum Filter {
    /// One of some words.
    Choice {
        /// The API's parameter.
        name: &'static str,
        /// What the chip says.
        title: &'static str,
        /// The words and how they read.
        options: Vec<(String, String)>,
        /// Whether several may hold, with commas between them.
        many: bool,
    },
    /// A text to search for.
    Text {
        /// The API's parameter.
        name: &'static str,
        /// What the field says while it is empty.
        placeholder: &'static str,
    },
}

impl Filter {
    /// One of the words of a contract's enum.
    pub fn choice(name: &'static str, title: &'static str, words: impl IntoIterator<Item = &'static str>) -> Self {
        let read = |word: &str| (word.to_owned(), crate::format::words::sentence(word));
        Self::Choice {
            name,
            title,
            options: words.into_iter().map(read).collect(),
            many: false,
        }
    }

    /// Several of the words of a contract's enum.
    pub fn choices(name: &'static str, title: &'static str, words: impl IntoIterator<Item = &'static str>) -> Self {
        match Self::choice(name, title, words) {
            Self::Choice {
                name, title, options, ..
            } => Self::Choice {
                name,
                title,
                options,
                many: true,
            },
            text @ Self::Text { .. } => text,
        }
    }

    /// One of the programmes that one may see; nothing where there is only one.
    pub fn programme() -> Self {
        let programmes = crate::session::programmes();
        Self::Choice {
            name: "programme_id",
            title: "Programme",
            options: programmes
                .into_iter()
                .map(|programme| (programme.id.to_string(), programme.name))
                .collect(),
            many: false,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Choice { name, .. } | Self::Text { name, .. } => name,
        }
    }
}

/// A list, declared.
pub struct List<T: 'static> {
    plain: PlainList,
    of: PhantomData<fn(&T)>,
}

impl<T: Send + Sync + 'static> List<T> {
    /// A list; the name is what it is remembered by and what its CSV file is called.
    pub fn new<F: Future<Output = Result<Page<T>>> + 'static>(
        name: &'static str,
        fetch: impl Fn(ListQuery) -> F + Send + Sync + 'static,
    ) -> Self {
        let fetch = move |query| {
            let page = fetch(query);
            async move { page.await.map(plain::page) }.boxed_local()
        };
        Self {
            plain: PlainList::new(name, Arc::new(fetch)),
            of: PhantomData,
        }
    }

    /// One more column.
    pub fn column(mut self, column: Column<T>) -> Self {
        self.plain.columns.push(column.plain);
        self
    }

    /// One more filter.
    pub fn filter(mut self, filter: Filter) -> Self {
        let pointless = matches!(&filter, Filter::Choice { options, .. } if options.len() < 2);
        if !pointless {
            self.plain.filters.push(filter);
        }
        self
    }

    /// The API's words for `sort` and how they read; the first is the default.
    pub fn sorts(mut self, sorts: &[(&'static str, &'static str)]) -> Self {
        self.plain.sorts = sorts.to_vec();
        self
    }

    /// A parameter that always goes along, unless the address says otherwise: the queue of a queue page.
    pub fn default_parameter(mut self, name: &'static str, value: &'static str) -> Self {
        self.plain.defaults.push((name, value));
        self
    }

    /// Where a row leads.
    pub fn link(mut self, link: impl Fn(&T) -> Option<Route> + Send + Sync + 'static) -> Self {
        self.plain.link = Arc::new(move |row| row.downcast_ref::<T>().and_then(&link));
        self
    }

    /// What an empty list says, and what to do next.
    pub const fn empty(mut self, title: &'static str, next: &'static str) -> Self {
        self.plain.empty = (title, next);
        self
    }
}
