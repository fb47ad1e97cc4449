//! The journal as a file, for accounting systems: one row a posting, streamed, so that its length is nobody's
//! memory.

use super::store::{self, JournalRow};
use crate::app::App;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::csv_export::{CsvFile, harmless};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Query, invalid_parameter};
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use tradepost_contract::{Id as _, LegalEntityId, LocalDate, Timestamp};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct JournalDays {
    /// Whose books.
    legal_entity_id: LegalEntityId,
    /// The first day, in the legal entity's time zone.
    from: LocalDate,
    /// The last day.
    to: LocalDate,
}

/// So many rows are read at a time.
const SLICE: i64 = 1_000;

const HEADINGS: [&str; 10] = [
    "entry_id",
    "posted_at",
    "date",
    "kind",
    "reference",
    "memo",
    "account",
    "owner",
    "amount_minor",
    "currency",
];

/// What the stream has still to do.
struct Rest {
    app: Data<App>,
    entity: LegalEntityId,
    range: (Timestamp, Timestamp),
    zone: Zone,
    /// The instant, entry and posting of the last row; none before the first.
    after: Option<(Timestamp, i64, i64)>,
    done: bool,
}

/// Export the journal
///
/// As a file: every posting of a legal entity's accounts in a range of days, in the order of the journal. A
/// debit is above zero, a credit below.
#[utoipa::path(tag = "books", params(JournalDays), responses((status = 200, body = String, content_type = "text/csv"), Problems))]
#[get("/journal.csv")]
pub(super) async fn export_journal(
    _caller: Caller,
    query: Query<JournalDays>,
    app: Data<App>,
) -> ApiResult<HttpResponse> {
    let Query(JournalDays {
        legal_entity_id: entity,
        from,
        to,
    }) = query;
    if from > to {
        return Err(invalid_parameter("to", "the last day comes before the first"));
    }
    let zone = app
        .db
        .read(move |conn| store::billing_zone(conn, entity))
        .await?
        .ok_or_else(|| ApiError::unknown_id("?legal_entity_id"))?;
    let zone = Zone::parse(&zone).map_err(ApiError::internal)?;
    let range = (zone.start_of(from), zone.start_of(to.plus_days(1)));
    let rest = Rest {
        app,
        entity,
        range,
        zone,
        after: None,
        done: false,
    };
    let head = CsvFile::new(HEADINGS)?.finish()?;
    let rows = futures_util::stream::try_unfold((rest, Some(head)), |(rest, head)| async move {
        match head {
            Some(head) => Ok::<_, ApiError>(Some((Bytes::from(head), (rest, None)))),
            None => Ok(more(rest).await?.map(|(bytes, rest)| (bytes, (rest, None)))),
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"journal-{from}-{to}.csv\""),
        ))
        .streaming(rows))
}

/// The next slice of the file.
async fn more(mut rest: Rest) -> ApiResult<Option<(Bytes, Rest)>> {
    if rest.done {
        return Ok(None);
    }
    let (entity, range, after) = (rest.entity, rest.range, rest.after);
    let rows = rest
        .app
        .db
        .read(move |conn| store::journal(conn, entity, range, after, SLICE))
        .await?;
    rest.done = i64::try_from(rows.len()).unwrap_or(i64::MAX) < SLICE;
    let Some(last) = rows.last() else {
        return Ok(None);
    };
    rest.after = Some((last.posted_at, last.entry_id.as_i64(), last.posting_id));
    let mut file = CsvFile::without_headings();
    for row in rows {
        file.add(cells(row, &rest.zone))?;
    }
    Ok(Some((Bytes::from(file.finish()?), rest)))
}

fn cells(row: JournalRow, zone: &Zone) -> [String; 10] {
    [
        row.entry_id.to_string(),
        row.posted_at.to_string(),
        zone.date_of(row.posted_at).to_string(),
        row.kind,
        harmless(&row.reference),
        harmless(&row.memo),
        row.account,
        row.owner_key,
        row.minor.to_string(),
        row.currency.to_string(),
    ]
}
