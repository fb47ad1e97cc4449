//! What all lists share: strict query parameters, keyset cursors, and ids in paths.

use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use actix_web::{FromRequest, HttpRequest, dev};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::sql_types::{BigInt, Text};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::str::FromStr;
use tradepost_contract::{Id as TypedId, NameSort, Page, ProblemCode, Timestamp};
use utoipa::IntoParams;

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

/// The page of a list that was asked for. A list is sorted by a key, mostly an instant, and among equals
/// by the id, so that no row is lost or shown twice between two pages.
#[derive(Debug, Clone)]
pub struct Window {
    limit: usize,
    sort: &'static str,
    after: Option<(Key, i64)>,
}

/// What a list is sorted by, of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// An instant, an amount or a count.
    Number(i64),
    /// A name or a day.
    Text(String),
}

impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Timestamp> for Key {
    fn from(at: Timestamp) -> Self {
        Self::Number(at.as_micros())
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Which kind of key a sort has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// [`Key::Number`].
    Number,
    /// [`Key::Text`].
    Text,
}

/// The parameters of a list that has no filters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

impl Paging {
    /// The page of a list that is always sorted by the same instant or number.
    pub fn window(&self) -> ApiResult<Window> {
        Window::new(self.limit, self.cursor.as_deref())
    }
}

const DEFAULT_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 100;

impl Window {
    /// The page that `limit` (1–100, 50 by default) and `cursor` ask for, of a list that is always sorted
    /// by the same instant or number.
    pub fn new(limit: Option<u32>, cursor: Option<&str>) -> ApiResult<Self> {
        Self::sorted(limit, cursor, "", KeyKind::Number)
    }

    /// The same of a list that is sorted by the caller's word. A cursor that was made under another word is
    /// refused: it would point anywhere.
    pub fn sorted(limit: Option<u32>, cursor: Option<&str>, sort: &'static str, kind: KeyKind) -> ApiResult<Self> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=LARGEST_LIMIT).contains(&limit) {
            return Err(invalid_parameter("limit", "expected 1 to 100"));
        }
        Ok(Self {
            limit: limit as usize,
            sort,
            after: cursor.map(|text| decode_cursor(text, sort, kind)).transpose()?,
        })
    }

    /// Everything there is, for files and papers.
    pub(crate) const fn whole() -> Self {
        Self {
            limit: i32::MAX as usize,
            sort: "",
            after: None,
        }
    }

    /// So many rows after a place, for lists that are sorted by place alone.
    pub(crate) const fn after_place(place: i64, limit: usize) -> Self {
        Self {
            limit,
            sort: "",
            after: Some((Key::Number(0), place)),
        }
    }

    /// How many rows to fetch: one more than the page holds, to see whether there are more.
    pub const fn fetch(&self) -> i64 {
        self.limit as i64 + 1
    }

    /// The last row of the page before: its instant and id.
    pub fn after(&self) -> Option<(Timestamp, i64)> {
        self.after_number().map(|(at, id)| (Timestamp::from_micros(at), id))
    }

    /// The last row of the page before: its number and id.
    pub fn after_number(&self) -> Option<(i64, i64)> {
        match self.after {
            Some((Key::Number(number), id)) => Some((number, id)),
            _ => None,
        }
    }

    /// The last row of the page before: its text and id.
    pub fn after_text(&self) -> Option<(String, i64)> {
        match &self.after {
            Some((Key::Text(text), id)) => Some((text.clone(), *id)),
            _ => None,
        }
    }

    /// Makes the page of the fetched rows; `key` gives what a row is sorted by, and its id.
    pub fn finish<T, K: Into<Key>>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> (K, i64)) -> Page<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let cursor_of = |row: &T| {
            let (key, id) = key(row);
            encode_cursor(&key.into(), id, self.sort)
        };
        let next_cursor = has_more.then(|| rows.last().map(cursor_of)).flatten();
        Page {
            data: rows,
            next_cursor,
            has_more,
        }
    }
}

/// A query in the order of a key and, among equals, of the id: from the row after the last one of the page
/// before. `rising` or `falling` says which way.
macro_rules! in_order {
    ($query:expr, $after:expr, rising $key:expr, $id:expr) => {{
        let mut query = $query;
        if let Some((key, id)) = $after {
            // The first condition lets an index seek; the second drops what the page before had of that key.
            query = query.filter($key.ge(key.clone())).filter($key.gt(key).or($id.gt(id)));
        }
        query.order(($key.asc(), $id.asc()))
    }};
    ($query:expr, $after:expr, falling $key:expr, $id:expr) => {{
        let mut query = $query;
        if let Some((key, id)) = $after {
            query = query.filter($key.le(key.clone())).filter($key.lt(key).or($id.lt(id)));
        }
        query.order(($key.desc(), $id.desc()))
    }};
}

pub(crate) use in_order;

/// A column of names as they are sorted: without regard to the case of A to Z, else letter by letter as
/// Unicode numbers them, so that both databases give one order. [`alphabetical_key`] is the same of a row.
pub fn alphabetical(conn: &Conn, column: &str) -> SqlLiteral<Text> {
    match conn {
        Conn::Sqlite(_) => sql(&format!("lower({column})")),
        Conn::Postgres(_) => sql(&format!("lower({column} COLLATE \"C\")")),
    }
}

/// What [`alphabetical`] makes of one name.
pub fn alphabetical_key(name: &str) -> Key {
    Key::Text(name.to_ascii_lowercase())
}

/// A query of what has a name, in the order of a [`NameSort`]; `$name` makes its [`alphabetical`] column.
macro_rules! in_order_of_name {
    ($query:expr, $window:expr, $sort:expr, $created_at:expr, $name:expr, $id:expr) => {
        match $sort {
            NameSort::Newest => in_order!($query, $window.after_number(), falling $created_at, $id),
            NameSort::Oldest => in_order!($query, $window.after_number(), rising $created_at, $id),
            NameSort::Name => in_order!($query, $window.after_text(), rising $name, $id),
            NameSort::NameFalling => in_order!($query, $window.after_text(), falling $name, $id),
        }
    };
}

pub(crate) use in_order_of_name;

/// What a list in the order of a [`NameSort`] is sorted by, of one row.
pub fn name_sort_key(sort: NameSort, name: &str, created_at: Timestamp) -> Key {
    match sort {
        NameSort::Newest | NameSort::Oldest => created_at.into(),
        NameSort::Name | NameSort::NameFalling => alphabetical_key(name),
    }
}

/// The page of a list in the order of a [`NameSort`].
pub fn name_sort_window(limit: Option<u32>, cursor: Option<&str>, sort: NameSort) -> ApiResult<Window> {
    let kind = match sort {
        NameSort::Newest | NameSort::Oldest => KeyKind::Number,
        NameSort::Name | NameSort::NameFalling => KeyKind::Text,
    };
    Window::sorted(limit, cursor, sort.as_str(), kind)
}

/// The last instant that there is: the key of a row that has none.
pub const NEVER: Timestamp = Timestamp::from_micros(253_402_300_799_999_999);

/// A column of instants in which what has none comes last of all.
pub fn or_never(column: &str) -> SqlLiteral<BigInt> {
    sql(&format!("coalesce({column}, {})", NEVER.as_micros()))
}

/// The cursor of a page that ends at this instant and id, for lists that end their pages by themselves.
pub(crate) fn cursor(at: Timestamp, id: i64) -> String {
    encode_cursor(&at.into(), id, "")
}

/// The id, the key, and a check that holds for this sort only.
fn encode_cursor(key: &Key, id: i64, sort: &str) -> String {
    let mut bytes = id.to_be_bytes().to_vec();
    match key {
        Key::Number(number) => bytes.extend(number.to_be_bytes()),
        Key::Text(text) => bytes.extend(text.as_bytes()),
    }
    bytes.extend(check(&bytes, sort));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn check(content: &[u8], sort: &str) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(content);
    hasher.update(sort.as_bytes());
    hasher.finalize().to_be_bytes()
}

fn decode_cursor(text: &str, sort: &str, kind: KeyKind) -> ApiResult<(Key, i64)> {
    read_cursor(text, sort, kind).ok_or_else(|| {
        ApiError::new(ProblemCode::InvalidCursor).field("?cursor", "invalid", "Take it from `next_cursor`.")
    })
}

fn read_cursor(text: &str, sort: &str, kind: KeyKind) -> Option<(Key, i64)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (content, found) = bytes.split_last_chunk::<4>()?;
    if *found != check(content, sort) {
        return None;
    }
    let (id, key) = content.split_first_chunk::<8>()?;
    let key = match kind {
        KeyKind::Number => Key::Number(i64::from_be_bytes(key.try_into().ok()?)),
        // A check can be made up, and PostgreSQL takes no NUL.
        KeyKind::Text => Key::Text(
            String::from_utf8(key.to_vec())
                .ok()
                .filter(|text| !text.contains('\0'))?,
        ),
    };
    Some((key, i64::from_be_bytes(*id)))
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
        let number = Key::from(Timestamp::from_micros(-5));
        let text = encode_cursor(&number, i64::MAX, "newest");
        assert_eq!(
            decode_cursor(&text, "newest", KeyKind::Number).unwrap(),
            (number, i64::MAX)
        );
        for name in ["", "o", "ökonomie \"x\"", &"n".repeat(200)] {
            let key = Key::from(name.to_owned());
            let text = encode_cursor(&key, 7, "name");
            assert_eq!(decode_cursor(&text, "name", KeyKind::Text).unwrap(), (key, 7));
        }
        let nul = encode_cursor(&Key::from("a\0b".to_owned()), 7, "newest");
        for bad in ["", "AAAA", &text[1..], &"A".repeat(27), "❄", &nul] {
            for kind in [KeyKind::Number, KeyKind::Text] {
                let refused = decode_cursor(bad, "newest", kind).unwrap_err();
                assert_eq!(refused.code(), ProblemCode::InvalidCursor, "{bad}");
            }
        }
    }

    #[test]
    fn a_cursor_of_another_sort_is_refused() {
        let text = encode_cursor(&Key::from(12), 7, "total");
        for other in ["-total", "open", "newest", ""] {
            assert!(read_cursor(&text, other, KeyKind::Number).is_none(), "{other}");
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
