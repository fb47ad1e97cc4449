//! A declared list without the type of its rows: what shows it is then compiled once, not once a page.

use std::any::Any;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use leptos::prelude::*;
use tradepost_contract::Page;

use super::{Card, Filter, ListQuery, Order};
use crate::api::Result;
use crate::routes::Route;

/// A row whose type only its columns know.
pub(super) type Row = Arc<dyn Any + Send + Sync>;

pub(super) type Cell = Arc<dyn Fn(&Row) -> AnyView + Send + Sync>;
pub(super) type Words = Arc<dyn Fn(&Row) -> String + Send + Sync>;
pub(super) type Link = Arc<dyn Fn(&Row) -> Option<Route> + Send + Sync>;
pub(super) type Fetch = Arc<dyn Fn(ListQuery) -> LocalBoxFuture<'static, Result<Page<Row>>> + Send + Sync>;

/// A column of any list.
pub(super) struct PlainColumn {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) cell: Cell,
    pub(super) csv: Words,
    pub(super) numeric: bool,
    pub(super) optional: bool,
    pub(super) card: Card,
    pub(super) sort: Option<ColumnSort>,
}

/// How the API sorts by a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ColumnSort {
    /// The word that a first click on the heading asks for.
    pub(super) word: &'static str,
    /// The order that it makes.
    pub(super) order: Order,
    /// The word for the other way round, where there is one.
    pub(super) turned: Option<&'static str>,
}

impl ColumnSort {
    /// The order in which a list stands under a word, if it is sorted by this column.
    pub(super) fn order_under(self, word: &str) -> Option<Order> {
        if self.word == word {
            Some(self.order)
        } else {
            self.turned
                .filter(|turned| *turned == word)
                .map(|_| self.order.turned())
        }
    }

    /// The word that a click asks for while the list stands under `now`: this way, then the other way, then
    /// as the list comes by itself.
    pub(super) fn clicked(self, now: &str, default: &'static str) -> &'static str {
        if self.word == now {
            self.turned.unwrap_or(default)
        } else if self.turned == Some(now) {
            default
        } else {
            self.word
        }
    }
}

impl PlainColumn {
    pub(super) fn new(id: &'static str, title: &'static str, cell: Cell, csv: Words) -> Self {
        Self {
            id,
            title,
            cell,
            csv,
            numeric: false,
            optional: false,
            card: Card::Line,
            sort: None,
        }
    }
}

/// Any list.
pub(super) struct PlainList {
    pub(super) name: &'static str,
    pub(super) columns: Vec<PlainColumn>,
    pub(super) filters: Vec<Filter>,
    pub(super) sorts: Vec<(&'static str, &'static str)>,
    pub(super) defaults: Vec<(&'static str, &'static str)>,
    pub(super) link: Link,
    pub(super) fetch: Fetch,
    pub(super) empty: (&'static str, &'static str),
}

impl PlainList {
    pub(super) fn new(name: &'static str, fetch: Fetch) -> Self {
        Self {
            name,
            columns: Vec::new(),
            filters: Vec::new(),
            sorts: Vec::new(),
            defaults: Vec::new(),
            link: Arc::new(|_| None),
            fetch,
            empty: ("Nothing here yet", ""),
        }
    }
}

/// The text of a row of type `T`.
pub(super) fn words<T: 'static>(words: impl Fn(&T) -> String + Send + Sync + 'static) -> Words {
    Arc::new(move |row| row.downcast_ref::<T>().map(&words).unwrap_or_default())
}

/// A page whose rows have lost their type.
pub(super) fn page<T: Send + Sync + 'static>(page: Page<T>) -> Page<Row> {
    Page {
        data: page.data.into_iter().map(|row| Arc::new(row) as Row).collect(),
        next_cursor: page.next_cursor,
        has_more: page.has_more,
    }
}
