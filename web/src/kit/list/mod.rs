//! Lists: a page declares columns, filters and a fetch function, and gets sorting, filters and paging in
//! the address, a column chooser that is remembered, CSV of the current view, cards on phones, and every
//! state. See `pages/suppliers/list.rs` for a small one.

mod filters;
mod query;
mod table;
mod toolbar;
mod view;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use leptos::prelude::*;
use tradepost_contract::Page;

pub use query::ListQuery;
pub use view::ListView;

use crate::api::Result;
use crate::routes::Route;

type Cell<T> = Arc<dyn Fn(&T) -> AnyView + Send + Sync>;
type Words<T> = Arc<dyn Fn(&T) -> String + Send + Sync>;
type Link<T> = Arc<dyn Fn(&T) -> Option<Route> + Send + Sync>;
type Fetch<T> = Arc<dyn Fn(ListQuery) -> LocalBoxFuture<'static, Result<Page<T>>> + Send + Sync>;

/// One column: what it shows and what it is in a CSV file.
pub struct Column<T> {
    id: &'static str,
    title: &'static str,
    cell: Cell<T>,
    csv: Words<T>,
    numeric: bool,
    optional: bool,
    card: Card,
}

/// Where a column stands on a phone's card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    /// The first line.
    Title,
    /// At the end of the first line.
    Aside,
    /// A line of its own below, with the column's title.
    Line,
    /// Not there.
    Hidden,
}

impl<T: 'static> Column<T> {
    /// A column of text.
    pub fn text(id: &'static str, title: &'static str, words: impl Fn(&T) -> String + Send + Sync + 'static) -> Self {
        let csv: Words<T> = Arc::new(words);
        let shown = Arc::clone(&csv);
        Self::new(id, title, move |row| shown(row).into_any(), move |row| csv(row))
    }

    /// A column that shows something else than text; `csv` is the text.
    pub fn new<V: IntoView + 'static>(
        id: &'static str,
        title: &'static str,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
        csv: impl Fn(&T) -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            id,
            title,
            cell: Arc::new(move |row| cell(row).into_any()),
            csv: Arc::new(csv),
            numeric: false,
            optional: false,
            card: Card::Line,
        }
    }

    /// Aligned at the end, with figures of one width.
    pub const fn numeric(mut self) -> Self {
        self.numeric = true;
        self
    }

    /// Not shown until somebody chooses it.
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Where it stands on a phone's card.
    pub const fn on_card(mut self, card: Card) -> Self {
        self.card = card;
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
    name: &'static str,
    columns: Vec<Column<T>>,
    filters: Vec<Filter>,
    sorts: Vec<(&'static str, &'static str)>,
    defaults: Vec<(&'static str, &'static str)>,
    link: Link<T>,
    fetch: Fetch<T>,
    empty: (&'static str, &'static str),
}

impl<T: 'static> List<T> {
    /// A list; the name is what it is remembered by and what its CSV file is called.
    pub fn new<F: Future<Output = Result<Page<T>>> + 'static>(
        name: &'static str,
        fetch: impl Fn(ListQuery) -> F + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            columns: Vec::new(),
            filters: Vec::new(),
            sorts: Vec::new(),
            defaults: Vec::new(),
            link: Arc::new(|_| None),
            fetch: Arc::new(move |query| fetch(query).boxed_local()),
            empty: ("Nothing here yet", ""),
        }
    }

    /// One more column.
    pub fn column(mut self, column: Column<T>) -> Self {
        self.columns.push(column);
        self
    }

    /// One more filter.
    pub fn filter(mut self, filter: Filter) -> Self {
        let pointless = matches!(&filter, Filter::Choice { options, .. } if options.len() < 2);
        if !pointless {
            self.filters.push(filter);
        }
        self
    }

    /// The API's words for `sort` and how they read; the first is the default.
    pub fn sorts(mut self, sorts: &[(&'static str, &'static str)]) -> Self {
        self.sorts = sorts.to_vec();
        self
    }

    /// A parameter that always goes along, unless the address says otherwise: the queue of a queue page.
    pub fn default_parameter(mut self, name: &'static str, value: &'static str) -> Self {
        self.defaults.push((name, value));
        self
    }

    /// Where a row leads.
    pub fn link(mut self, link: impl Fn(&T) -> Option<Route> + Send + Sync + 'static) -> Self {
        self.link = Arc::new(link);
        self
    }

    /// What an empty list says, and what to do next.
    pub const fn empty(mut self, title: &'static str, next: &'static str) -> Self {
        self.empty = (title, next);
        self
    }
}
