//! What waits in the database, counted.

use crate::db::Conn;
use crate::db::schema::{mails, webhook_deliveries};
use crate::error::ApiResult;
use diesel::dsl::count_star;
use diesel::prelude::*;

/// What waits for the world outside.
pub(super) struct Backlog {
    pub(super) mails: Vec<(String, i64)>,
    pub(super) webhooks: Vec<(String, i64)>,
}

/// Statuses with their counts; those that nothing has are 0, so that an alarm on them is never without a figure.
fn all_of(words: &[&str], found: Vec<(String, i64)>) -> Vec<(String, i64)> {
    let count = |word: &str| {
        found
            .iter()
            .find(|(status, _)| status == word)
            .map_or(0, |(_, count)| *count)
    };
    words.iter().map(|word| ((*word).to_owned(), count(word))).collect()
}

/// Counts what waits and what was given up.
pub(super) fn backlog(conn: &mut Conn) -> ApiResult<Backlog> {
    const MAILS: &[&str] = &["queued", "sending", "bounced", "dead"];
    const WEBHOOKS: &[&str] = &["pending", "dead"];
    let of_mails = mails::table
        .filter(mails::status.eq_any(MAILS.to_vec()))
        .group_by(mails::status)
        .select((mails::status, count_star()))
        .load(conn)?;
    let of_webhooks = webhook_deliveries::table
        .filter(webhook_deliveries::status.eq_any(WEBHOOKS.to_vec()))
        .group_by(webhook_deliveries::status)
        .select((webhook_deliveries::status, count_star()))
        .load(conn)?;
    Ok(Backlog {
        mails: all_of(MAILS, of_mails),
        webhooks: all_of(WEBHOOKS, of_webhooks),
    })
}
