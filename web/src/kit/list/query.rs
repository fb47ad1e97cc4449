//! The state of a list as it stands in the address, and the parameters of the API it makes.

use super::plain::ColumnSort;
use crate::router::Query;

/// The parameters of one request of a list: they are the API's own names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery(Query);

impl ListQuery {
    /// Rows of a page.
    pub const LIMIT: u32 = 50;

    /// The first so many rows, unfiltered: for a tile or a count.
    pub fn first(limit: u32) -> Self {
        Self::default().with("limit", limit.to_string())
    }

    /// With one more parameter.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.set(name, Some(&value.into()));
        self
    }

    /// The query behind a path of the API.
    pub fn behind(&self, path: &str) -> String {
        self.0.behind(path)
    }

    /// What the address asks for: only names that the list knows, so that an odd address is no error.
    pub(super) fn of_address(address: &Query, known: &[&str], defaults: &[(&str, &str)]) -> Self {
        let mut query = Query::default();
        for (name, value) in defaults {
            query.set(name, Some(value));
        }
        for (name, value) in address.iter() {
            if known.contains(&name) || matches!(name, "cursor" | "sort") {
                // `any` lifts a default.
                query.set(name, Some(value).filter(|value| *value != ANY));
            }
        }
        query.set("limit", Some(&Self::LIMIT.to_string()));
        Self(query)
    }
}

/// What stands in the address where a default filter was lifted.
pub(super) const ANY: &str = "any";

/// The address after a filter or the sort changed: the first page of the new view.
pub(super) fn changed(address: &Query, name: &str, value: Option<&str>) -> Query {
    let mut query = address.clone();
    query.set(name, value);
    query.set("cursor", None);
    query
}

/// The word by which the list stands sorted.
pub(super) fn sort_of<'a>(address: &'a Query, default: &'a str) -> &'a str {
    address.get("sort").unwrap_or(default)
}

/// The address after a heading was clicked; the default is not said.
pub(super) fn sorted(address: &Query, sort: ColumnSort, default: &'static str) -> Query {
    let next = sort.clicked(sort_of(address, default), default);
    changed(address, "sort", Some(next).filter(|word| *word != default))
}

/// A set filter with a word put in or taken out.
pub(super) fn toggled(current: Option<&str>, word: &str) -> Option<String> {
    let mut words: Vec<&str> = current
        .unwrap_or_default()
        .split(',')
        .filter(|word| !word.is_empty())
        .collect();
    match words.iter().position(|known| *known == word) {
        Some(at) => {
            words.remove(at);
        }
        None => words.push(word),
    }
    (!words.is_empty()).then(|| words.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::list::Order;

    #[test]
    fn the_address_becomes_the_parameters_of_the_api() {
        let address = Query::parse("status=active&q=roof&utm=x&cursor=abc");
        let query = ListQuery::of_address(&address, &["status", "q"], &[]);
        assert_eq!(
            query.behind("/suppliers"),
            "/suppliers?cursor=abc&limit=50&q=roof&status=active"
        );
    }

    #[test]
    fn a_default_holds_until_the_address_lifts_it() {
        let defaults = [("status", "in_review")];
        let of = |text| ListQuery::of_address(&Query::parse(text), &["status"], &defaults).behind("/r");
        assert_eq!(of(""), "/r?limit=50&status=in_review");
        assert_eq!(of("status=denied"), "/r?limit=50&status=denied");
        assert_eq!(of("status=any"), "/r?limit=50");
    }

    #[test]
    fn a_changed_filter_starts_at_the_first_page() {
        let address = Query::parse("status=active&cursor=abc");
        assert_eq!(changed(&address, "q", Some("x")).behind(""), "?q=x&status=active");
        assert_eq!(changed(&address, "status", None).behind(""), "");
    }

    #[test]
    fn a_heading_sorts_turns_round_and_gives_the_default_back() {
        let column = |word, turned| ColumnSort {
            word,
            order: Order::Ascending,
            turned,
        };
        let of = |text, sort| sorted(&Query::parse(text), sort, "newest").behind("");
        let due = column("due", None);
        assert_eq!(of("status=denied&cursor=x", due), "?sort=due&status=denied");
        assert_eq!(of("sort=due", due), "");
        let name = column("name", Some("-name"));
        assert_eq!(of("sort=due", name), "?sort=name");
        assert_eq!(of("sort=name", name), "?sort=-name");
        assert_eq!(of("sort=-name&q=x", name), "?q=x");
        let time = column("newest", Some("oldest"));
        assert_eq!(of("", time), "?sort=oldest");
        assert_eq!(of("sort=oldest", time), "");
        assert_eq!(of("sort=name", time), "");
    }

    #[test]
    fn a_heading_says_which_way_the_list_stands() {
        let time = ColumnSort {
            word: "newest",
            order: Order::Descending,
            turned: Some("oldest"),
        };
        assert_eq!(time.order_under("newest"), Some(Order::Descending));
        assert_eq!(time.order_under("oldest"), Some(Order::Ascending));
        assert_eq!(time.order_under("name"), None);
    }

    #[test]
    fn words_of_a_set_are_put_in_and_taken_out() {
        assert_eq!(toggled(None, "a").as_deref(), Some("a"));
        assert_eq!(toggled(Some("a,b"), "a").as_deref(), Some("b"));
        assert_eq!(toggled(Some("a"), "a"), None);
    }
}
