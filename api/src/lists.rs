//! What all lists share: strict query parameters, keyset cursors, and ids in paths.

use crate::error::{ApiError, ApiResult};
use actix_web::{FromRequest, HttpRequest, dev};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::str::FromStr;
use tradepost_contract::{Id as TypedId, Page, ProblemCode, Timestamp};

/// Query parameters of exactly the documented names and types; anything else is a 400.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(parse_query(request.query_string()).map(Self))
    }
}

fn parse_query<T: DeserializeOwned>(query: &str) -> ApiResult<T> {
    if query.contains("%00") {
        return Err(invalid_parameter("", "text with a NUL character is not taken"));
    }
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|cause| {
        let path = cause.path().to_string();
        let message = cause.into_inner().to_string();
        // An unknown parameter is named in the message only.
        let unknown = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split('`').next());
        let name = unknown.map_or(path, str::to_owned);
        let code = if name == "cursor" {
            ProblemCode::InvalidCursor
        } else {
            ProblemCode::InvalidParameter
        };
        ApiError::new(code)
            .detail(message.clone())
            .field(format!("?{name}"), "invalid", message)
    })
}

/// A refused query parameter.
pub fn invalid_parameter(name: &str, message: &str) -> ApiError {
    ApiError::new(ProblemCode::InvalidParameter)
        .detail(message)
        .field(format!("?{name}"), "invalid", message)
}

/// A set filter: words with commas between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Many<T>(pub Vec<T>);

impl<'de, T: FromStr<Err: std::fmt::Display>> Deserialize<'de> for Many<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        // A word that is repeated says nothing more, and would make another statement of the list's.
        let words: BTreeSet<&str> = text.split(',').collect();
        words
            .into_iter()
            .map(|word| word.parse().map_err(serde::de::Error::custom))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// The page of a list that was asked for. Lists are sorted by an instant and the id.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    limit: usize,
    after: Option<(Timestamp, i64)>,
}

const DEFAULT_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 100;

impl Window {
    /// The page that `limit` (1–100, 50 by default) and `cursor` ask for.
    pub fn new(limit: Option<u32>, cursor: Option<&str>) -> ApiResult<Self> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=LARGEST_LIMIT).contains(&limit) {
            return Err(invalid_parameter("limit", "expected 1 to 100"));
        }
        Ok(Self {
            limit: limit as usize,
            after: cursor.map(decode_cursor).transpose()?,
        })
    }

    /// Everything there is, for files and papers.
    pub(crate) const fn whole() -> Self {
        Self {
            limit: i32::MAX as usize,
            after: None,
        }
    }

    /// So many rows after a place, for lists that are sorted by place alone.
    pub(crate) const fn after_place(place: i64, limit: usize) -> Self {
        Self {
            limit,
            after: Some((Timestamp::from_micros(0), place)),
        }
    }

    /// How many rows to fetch: one more than the page holds, to see whether there are more.
    pub const fn fetch(&self) -> i64 {
        self.limit as i64 + 1
    }

    /// The last row of the page before: its instant and id.
    pub const fn after(&self) -> Option<(Timestamp, i64)> {
        self.after
    }

    /// Makes the page of the fetched rows; `key` gives a row's instant and id.
    pub fn finish<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> (Timestamp, i64)) -> Page<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next_cursor = has_more
            .then(|| rows.last().map(|row| encode_cursor(key(row))))
            .flatten();
        Page {
            data: rows,
            next_cursor,
            has_more,
        }
    }
}

/// The cursor of a page that ends at this instant and id, for lists that end their pages by themselves.
pub(crate) fn cursor(at: Timestamp, id: i64) -> String {
    encode_cursor((at, id))
}

fn encode_cursor((at, id): (Timestamp, i64)) -> String {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&at.as_micros().to_be_bytes());
    bytes[8..16].copy_from_slice(&id.to_be_bytes());
    let check = crc32fast::hash(&bytes[..16]);
    bytes[16..].copy_from_slice(&check.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode_cursor(text: &str) -> ApiResult<(Timestamp, i64)> {
    let invalid =
        || ApiError::new(ProblemCode::InvalidCursor).field("?cursor", "invalid", "Take it from `next_cursor`.");
    let bytes: [u8; 20] = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(invalid)?;
    let number = |range: std::ops::Range<usize>| bytes[range].try_into().map(i64::from_be_bytes);
    let (Ok(at), Ok(id), Ok(check)) = (
        number(0..8),
        number(8..16),
        bytes[16..].try_into().map(u32::from_be_bytes),
    ) else {
        return Err(invalid());
    };
    if check != crc32fast::hash(&bytes[..16]) {
        return Err(invalid());
    }
    Ok((Timestamp::from_micros(at), id))
}

/// The `{id}` of the path. A text that is no id of the kind is nobody's: 404.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: TypedId> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let parsed = request.match_info().get("id").and_then(|text| text.parse().ok());
        ready(parsed.map(Self).ok_or_else(ApiError::not_found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        limit: Option<u32>,
        status: Option<Many<ProblemCode>>,
    }

    #[test]
    fn unknown_and_ill_typed_parameters_are_pointed_at() {
        let pointer = |query: &str| parse_query::<Filter>(query).unwrap_err().errors()[0].pointer.clone();
        assert_eq!(pointer("limits=3"), "?limits");
        assert_eq!(pointer("limit=-3"), "?limit");
        assert_eq!(pointer("status=invalid,nonsense"), "?status");
        let good = parse_query::<Filter>("status=invalid,stale&limit=7").unwrap();
        assert_eq!((good.limit, good.status.unwrap().0.len()), (Some(7), 2));
    }

    #[test]
    fn a_cursor_reads_back_and_a_made_up_one_is_refused() {
        let key = (Timestamp::from_micros(-5), i64::MAX);
        let text = encode_cursor(key);
        assert_eq!(decode_cursor(&text).unwrap(), key);
        for bad in ["", "AAAA", &text[1..], &"A".repeat(27), "❄"] {
            assert_eq!(
                decode_cursor(bad).unwrap_err().code(),
                ProblemCode::InvalidCursor,
                "{bad}"
            );
        }
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        let window = Window::new(Some(2), None).unwrap();
        let key = |n: &i64| (Timestamp::from_micros(*n), *n);
        assert_eq!(window.finish(vec![3, 2], key).next_cursor, None);
        let page = window.finish(vec![3, 2, 1], key);
        assert_eq!((page.data, page.has_more), (vec![3, 2], true));
        assert!(Window::new(Some(0), None).is_err() && Window::new(Some(101), None).is_err());
    }
}
