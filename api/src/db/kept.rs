//! Statements whose prepared form is kept, and that run on the connection itself.
//!
//! diesel prepares every UPDATE and every upsert anew, because their text *may* differ from call to call,
//! and a connection to either database writes the text of every statement several times before it looks
//! for the prepared one. For a statement of a sale that is most of what it costs (the benchmark showed
//! it). So the statements of a sale say with [`Keep::kept`] that their text never changes, and run with
//! `either!` on the SQLite or PostgreSQL connection, where the place in the source is the key: no text is
//! written at all. A debug build checks that the text is indeed always the same.
//!
//! An UPDATE or an upsert of diesel's has to give something back (`returning`, `get_result`) to be kept: `execute`
//! hands diesel a reference, and through that diesel asks the statement inside, which says no. But for `RETURNING`
//! SQLite makes a table of its own each time, with a page cache that is thrown away afterwards; the profile of an
//! intake showed that as its largest single cost. So the few updates of a sale are written as text, as
//! [`KeptText`].

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text};
use diesel::{QueryResult, RunQueryDsl};
use std::marker::PhantomData;

/// A statement with one text, known by where it stands in the source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept<Q, S>(Q, PhantomData<S>);

/// Says of a statement that its text never changes.
pub(crate) trait Keep: Sized {
    /// The same statement, prepared once a connection. `site` is always `|| ()`: the type of a closure
    /// tells the place where it is written from every other.
    fn kept<S: Fn() + 'static>(self, site: S) -> Kept<Self, S> {
        let _ = site;
        Kept(self, PhantomData)
    }

    /// The same for a statement with few texts: each is found by what it says.
    fn kept_by_text(self) -> KeptByText<Self> {
        KeptByText(self)
    }
}

impl<Q> Keep for Q {}

impl<Q, S, DB> QueryFragment<DB> for Kept<Q, S>
where
    Q: QueryFragment<DB>,
    S: 'static,
    DB: Backend + 'static,
    DB::QueryBuilder: Default,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, backend: &DB) -> QueryResult<bool> {
        #[cfg(debug_assertions)]
        {
            let mut text = DB::QueryBuilder::default();
            self.0.to_sql(&mut text, backend)?;
            let text = diesel::query_builder::QueryBuilder::<DB>::finish(text);
            check::same_text((std::any::TypeId::of::<S>(), std::any::TypeId::of::<DB>()), text);
        }
        #[cfg(not(debug_assertions))]
        let _ = backend;
        Ok(true)
    }
}

impl<Q, S: 'static> QueryId for Kept<Q, S> {
    type QueryId = PhantomData<S>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Q: Query, S> Query for Kept<Q, S> {
    type SqlType = Q::SqlType;
}

impl<Q, S, C> RunQueryDsl<C> for Kept<Q, S> {}

/// A statement with few texts: each that it ever has stays prepared on its connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptByText<Q>(Q);

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for KeptByText<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for KeptByText<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for KeptByText<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for KeptByText<Q> {}

/// A value of a statement that is written as text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    /// An id, a number of things, an instant.
    Number(i64),
    /// A word or a date.
    Text(&'a str),
}

/// A statement that is written as text, prepared once a connection: between its pieces stand its values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptText<'a, S> {
    pieces: &'static [&'static str],
    values: &'a [Value<'a>],
    site: PhantomData<S>,
}

/// A statement of these pieces, with a value after each but the last. `site` is always `|| ()`, as for [`Keep::kept`].
pub(crate) fn kept_text<'a, S: Fn() + 'static>(
    pieces: &'static [&'static str],
    values: &'a [Value<'a>],
    site: S,
) -> KeptText<'a, S> {
    let _ = site;
    debug_assert_eq!(pieces.len(), values.len() + 1, "a value stands between two pieces");
    KeptText {
        pieces,
        values,
        site: PhantomData,
    }
}

impl<S, DB> QueryFragment<DB> for KeptText<'_, S>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        in_turn(self.pieces, self.values, pass)
    }
}

/// A piece and a value in turn, and the last piece.
fn in_turn<'b, DB>(
    pieces: &'b [&'static str],
    values: &'b [Value<'b>],
    mut pass: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
{
    for (piece, value) in pieces.iter().zip(values) {
        pass.push_sql(piece);
        match value {
            Value::Number(number) => pass.push_bind_param::<BigInt, i64>(number)?,
            Value::Text(text) => pass.push_bind_param::<Text, str>(text)?,
        }
    }
    pass.push_sql(pieces.last().copied().unwrap_or_default());
    Ok(())
}

impl<S: 'static> QueryId for KeptText<'_, S> {
    type QueryId = PhantomData<S>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<S, C> RunQueryDsl<C> for KeptText<'_, S> {}

/// A statement that is written as text and has few forms: each stays prepared on its connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptWords<'a> {
    pieces: &'a [&'static str],
    values: &'a [Value<'a>],
}

/// A statement of these pieces, with a value after each but the last.
pub(crate) fn kept_words<'a>(pieces: &'a [&'static str], values: &'a [Value<'a>]) -> KeptWords<'a> {
    debug_assert_eq!(pieces.len(), values.len() + 1, "a value stands between two pieces");
    KeptWords { pieces, values }
}

impl<DB> QueryFragment<DB> for KeptWords<'_>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        in_turn(self.pieces, self.values, pass)
    }
}

impl QueryId for KeptWords<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for KeptWords<'_> {}

/// Runs a statement on the connection itself, whichever database it leads to.
macro_rules! either {
    ($on:expr, $conn:ident => $run:expr) => {
        match $on {
            $crate::db::Conn::Sqlite($conn) => $run,
            $crate::db::Conn::Postgres($conn) => $run,
        }
    };
}

pub(crate) use either;

#[cfg(debug_assertions)]
mod check {
    use std::any::TypeId;
    use std::collections::HashMap;
    use std::sync::Mutex;

    static TEXTS: Mutex<Option<HashMap<(TypeId, TypeId), String>>> = Mutex::new(None);

    /// Refuses a second text at one place: the first one's prepared form would be run in its stead.
    pub(super) fn same_text(place: (TypeId, TypeId), text: String) {
        let Ok(mut texts) = TEXTS.lock() else { return };
        let known = texts
            .get_or_insert_default()
            .entry(place)
            .or_insert_with(|| text.clone());
        let same = *known == text;
        drop(texts);
        assert!(same, "a kept statement has another text: {text}");
    }
}
