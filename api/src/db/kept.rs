//! Statements whose prepared form is kept.
//!
//! diesel prepares every UPDATE and every upsert anew, and on a connection to either database every
//! INSERT, too, because their text *may* differ from call to call: an optional change or a default value
//! leaves a column out. Where the text is always the same that is most of what a statement costs (the
//! benchmark showed it), so the statements of a sale say so with [`Keep::kept`].

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// A statement with one text, or with few: each text it ever has stays prepared on its connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept<Q>(Q);

/// Says of a statement that its text never changes.
pub(crate) trait Keep: Sized {
    /// The same statement, prepared once a connection.
    fn kept(self) -> Kept<Self> {
        Kept(self)
    }
}

impl<Q> Keep for Q {}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Kept<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Kept<Q> {
    type QueryId = ();

    // The cache finds it by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Kept<Q> {}
