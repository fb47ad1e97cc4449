use super::files::{accepts, find, tag};
use super::{names_a_file, takes_html};
use actix_web::http::header::{ACCEPT, HeaderMap, HeaderValue};

#[test]
fn who_takes_html_gets_a_page() {
    let asks = |accept: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        takes_html(&headers)
    };
    for takes in [
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "*/*",
        "text/*;q=0.5",
        "application/json, */*",
        "Text/HTML",
    ] {
        assert!(asks(takes), "{takes}");
    }
    for refuses in [
        "application/json",
        "application/problem+json, application/json",
        "text/html;q=0",
        "text/plain",
        "",
    ] {
        assert!(!asks(refuses), "{refuses}");
    }
    assert!(takes_html(&HeaderMap::new()));
}

#[test]
fn what_names_a_file_is_no_page() {
    for file in [
        "/assets/app-0000.js",
        "/assets/nothing",
        "/favicon.ico",
        "/console/robots.txt",
    ] {
        assert!(names_a_file(file), "{file}");
    }
    for page in [
        "/",
        "/leads",
        "/leads/del_1a2b",
        "/console",
        "/console/queues/",
        "/v1.2/leads",
    ] {
        assert!(!names_a_file(page), "{page}");
    }
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
