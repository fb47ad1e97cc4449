//! Where one is: the address bar as a signal, and the only ways to change it.
//!
//! Links are plain `<a href>`; one listener turns a click on a link of this bundle into a navigation
//! without a load. What a path means is decided in `routes`.

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradepost_contract::web_programs::WebProgram;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::{document, window};

/// The query of an address: names and values, in a stable order, so that equal views have equal addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(BTreeMap<String, String>);

impl Query {
    /// Reads `a=1&b=two+words`, with or without a question mark.
    pub fn parse(text: &str) -> Self {
        let pairs = text.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// A value, unless it is missing or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Puts a value, or takes the name away.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        match value.filter(|value| !value.is_empty()) {
            Some(value) => self.0.insert(name.to_owned(), value.to_owned()),
            None => self.0.remove(name),
        };
    }

    /// The names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The query behind a path, with its question mark; nothing when it is empty.
    pub fn behind(&self, path: &str) -> String {
        let pairs: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        if pairs.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", pairs.join("&"))
        }
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// An address out of data, if it leads to the web or to a page of this site: a policy is written by people,
/// and `javascript:` is an address too.
pub fn safe_link(address: String) -> Option<String> {
    let known = ["https://", "http://", "/"]
        .iter()
        .any(|start| address.starts_with(start));
    (known && !address.starts_with("//") && !address.contains('\\')).then_some(address)
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let decoded = match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<u8> = rest.clone().take(2).collect();
                match std::str::from_utf8(&digits)
                    .ok()
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok())
                {
                    Some(value) if digits.len() == 2 => {
                        rest.next();
                        rest.next();
                        value
                    }
                    _ => b'%',
                }
            }
            other => other,
        };
        bytes.push(decoded);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An address within the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The path, without a slash at its end.
    pub path: String,
    /// The query.
    pub query: Query,
}

impl Address {
    /// Reads a path with its query.
    pub fn parse(text: &str) -> Self {
        let text = text.split('#').next().unwrap_or_default();
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let path = match path.trim_end_matches('/') {
            "" => "/",
            path => path,
        };
        Self {
            path: path.to_owned(),
            query: Query::parse(query),
        }
    }
}

#[derive(Clone, Copy)]
struct Router {
    address: RwSignal<Address>,
    /// Before a program has started every path counts as shown here.
    program: Option<WebProgram>,
}

impl Router {
    /// Whether an address can be shown without a load.
    fn shows(&self, address: &str) -> bool {
        let path = Address::parse(address).path;
        self.program.is_none_or(|program| crate::routes::is_in(program, &path))
    }
}

thread_local! {
    // One tab has one address bar.
    static ROUTER: std::cell::Cell<Option<Router>> = const { std::cell::Cell::new(None) };
}

fn router() -> Router {
    ROUTER.get().unwrap_or_else(|| start(None))
}

/// Follows the address bar from now on, within the paths of a program; a path of another one is a load.
pub fn start_for(program: WebProgram) {
    start(Some(program));
}

fn start(program: Option<WebProgram>) -> Router {
    let router = Router {
        address: RwSignal::new(Address::parse(&crate::browser::here())),
        program,
    };
    ROUTER.set(Some(router));
    let on_pop = Closure::<dyn Fn()>::new(move || router.address.set(Address::parse(&crate::browser::here())));
    let on_click = Closure::<dyn Fn(web_sys::MouseEvent)>::new(move |event| follow(&router, &event));
    // The listeners live as long as the tab.
    let _ = window().add_event_listener_with_callback("popstate", on_pop.into_js_value().unchecked_ref());
    let _ = document().add_event_listener_with_callback("click", on_click.into_js_value().unchecked_ref());
    router
}

/// Turns a plain click on a link of this bundle into a navigation.
fn follow(router: &Router, event: &web_sys::MouseEvent) {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if modified || event.button() != 0 || event.default_prevented() {
        return;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let Some(link) = target.and_then(|target| target.closest("a[href]").ok().flatten()) else {
        return;
    };
    if link.has_attribute("target") || link.has_attribute("download") {
        return;
    }
    let Some(href) = link.get_attribute("href").filter(|href| href.starts_with('/')) else {
        return;
    };
    if router.shows(&href) {
        event.prevent_default();
        navigate(&href);
    }
}

/// The address bar, followed.
pub fn address() -> Signal<Address> {
    router().address.into()
}

/// Goes to a path, as a click on a link does.
pub fn navigate(to: &str) {
    go(to, |history, to| {
        history.push_state_with_url(&JsValue::NULL, "", Some(to))
    });
}

/// Changes the address without a step in the history: a filter, a redirect.
pub fn replace(to: &str) {
    go(to, |history, to| {
        history.replace_state_with_url(&JsValue::NULL, "", Some(to))
    });
}

fn go(to: &str, step: impl Fn(&web_sys::History, &str) -> Result<(), JsValue>) {
    let router = router();
    if !router.shows(to) {
        crate::browser::load_page(to);
        return;
    }
    if let Ok(history) = window().history() {
        let _ = step(&history, to);
    }
    router.address.set(Address::parse(to));
}

/// A path that a link may bring one back to: of this site, and nothing that a browser reads as another.
pub fn safe_return_path(path: &str) -> Option<&str> {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\t']);
    own.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_and_this_site_are_linked_to() {
        let safe = |text: &str| safe_link(text.to_owned()).is_some();
        assert!(safe("https://example.com/x") && safe("/help/return-guidelines"));
        for bad in [
            "javascript:alert(1)",
            "//evil.example",
            "data:text/html,x",
            "/\\evil.example",
            "JaVaScRiPt:1",
            "",
        ] {
            assert!(!safe(bad), "{bad}");
        }
    }

    #[test]
    fn a_query_reads_back_what_it_wrote() {
        let mut query = Query::default();
        query.set("q", Some("Ann & Bob + 100%"));
        query.set("status", Some("in_review,appealed"));
        query.set("empty", Some(""));
        let text = query.behind("/leads");
        assert_eq!(
            text,
            "/leads?q=Ann%20%26%20Bob%20%2B%20100%25&status=in_review%2Cappealed"
        );
        assert_eq!(Address::parse(&text).query, query);
        assert_eq!(Query::default().behind("/leads"), "/leads");
    }

    #[test]
    fn a_broken_query_is_read_as_far_as_it_goes() {
        assert_eq!(Query::parse("?a=%zz&b&=c&d=%E2%9C%93").get("d"), Some("✓"));
        assert_eq!(Query::parse("a=%").get("a"), Some("%"));
    }

    #[test]
    fn paths_end_without_a_slash() {
        assert_eq!(Address::parse("/console/").path, "/console");
        assert_eq!(Address::parse("/").path, "/");
        assert_eq!(Address::parse("").path, "/");
    }

    #[test]
    fn only_paths_of_this_site_are_returned_to() {
        assert_eq!(safe_return_path("/leads/del_1?x=1"), Some("/leads/del_1?x=1"));
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "leads",
            "",
            "/\t/evil.example",
        ] {
            assert_eq!(safe_return_path(bad), None, "{bad}");
        }
    }
}
