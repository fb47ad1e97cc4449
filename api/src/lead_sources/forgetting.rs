//! Forgets what sources were sent long ago, what was sent by a person who is erased, and secrets whose time is over.

use super::store::{self, posts};
use crate::app::App;
use crate::auth::secrets::Secrets;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::policy;
use crate::retention;
use serde_json::json;
use std::collections::BTreeMap;
use time::Duration;
use tradepost_contract::lead_sources::SentField;
use tradepost_contract::retention::RetentionKind;
use tradepost_contract::{LeadSourcePostId, ProgrammeId, Timestamp};

/// What became of an enquiry is kept for so long.
const KEPT: Duration = Duration::days(30);
/// So many are forgotten at once.
const SLICE: i64 = 200;

pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.wall_now();
    let (rows, fields, secrets) = app.db.read_blocking(|conn| {
        Ok((
            posts::before(conn, now.plus(-KEPT), SLICE)?,
            refused_before(conn, now)?,
            store::has_old_secrets(conn, now)?,
        ))
    })?;
    if rows.is_empty() && fields.is_empty() && !secrets {
        return Ok(0);
    }
    app.db.write_blocking(move |tx| {
        let mut did = 0;
        for (programme, ids) in &fields {
            let forgotten = posts::forget_fields(tx, ids.clone())?;
            retention::removed(tx, *programme, RetentionKind::RefusedPosts, forgotten)?;
            did += forgotten;
        }
        did += posts::forget(tx, rows.clone())?;
        if secrets {
            did += store::forget_previous_secrets(tx, now)?;
        }
        Ok(did)
    })
}

/// What was refused and is over the time that its programme gives. These times are the wall's, like all of intake's.
fn refused_before(conn: &mut Conn, now: Timestamp) -> ApiResult<BTreeMap<ProgrammeId, Vec<LeadSourcePostId>>> {
    let mut found = BTreeMap::new();
    for programme in posts::programmes_with_fields(conn)? {
        let days = policy::of_product(conn, programme, &json!({}), "")?
            .retention
            .refused_posts();
        let ids = posts::with_fields_before(conn, programme, now.plus(-Duration::days(i64::from(days))), SLICE)?;
        if !ids.is_empty() {
            found.insert(programme, ids);
        }
    }
    Ok(found)
}

/// How much of a programme was refused and is kept, and how much of it came before an instant.
pub(crate) fn count_refused(conn: &mut Conn, programme: ProgrammeId, before: Timestamp) -> ApiResult<(i64, i64)> {
    posts::count_with_fields(conn, programme, before)
}

/// What was refused, is still kept, and is about somebody.
pub(crate) fn refused_about(
    conn: &mut Conn,
    secrets: &Secrets,
    is_about: impl Fn(&[&str]) -> bool,
) -> ApiResult<Vec<LeadSourcePostId>> {
    let about = |fields: &[SentField]| {
        let cells: Vec<&str> = fields.iter().map(|field| field.text.as_str()).collect();
        is_about(&cells)
    };
    let kept = posts::refused(conn, secrets)?.into_iter();
    Ok(kept.filter(|(_, fields)| about(fields)).map(|(id, _)| id).collect())
}

/// Forgets what was refused and is about somebody.
pub(crate) fn forget_refused_about(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    is_about: impl Fn(&[&str]) -> bool,
) -> ApiResult<()> {
    let ids = refused_about(tx, secrets, is_about)?;
    if !ids.is_empty() {
        posts::forget_person(tx, ids)?;
    }
    Ok(())
}
