use super::files::{accepts, find, tag};
use super::navigates;
use actix_web::http::header::{ACCEPT, HeaderMap, HeaderValue};

#[test]
fn only_navigations_get_a_page() {
    let asks = |accept: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        navigates(&headers)
    };
    assert!(asks("text/html,application/xhtml+xml,*/*;q=0.8"));
    assert!(!asks("*/*"));
    assert!(!asks("application/json"));
    assert!(!navigates(&HeaderMap::new()));
}

#[test]
fn an_encoding_is_used_when_it_is_named_and_not_refused() {
    assert!(accepts("gzip, deflate, br, zstd", "br"));
    assert!(accepts("br;q=1.0", "br"));
    assert!(!accepts("br;q=0, gzip", "br"));
    assert!(!accepts("", "gzip"));
}

#[test]
fn nothing_outside_the_folder_is_found() {
    for path in [
        "../Cargo.toml",
        "..",
        "",
        "/etc/passwd",
        "assets/../../Cargo.toml",
        ".gitignore",
    ] {
        assert!(find(path).is_none(), "{path}");
    }
}

#[test]
fn a_tag_is_quoted_and_follows_the_content() {
    assert!(tag(b"a").starts_with('"') && tag(b"a").ends_with('"'));
    assert_ne!(tag(b"a"), tag(b"b"));
}
