//! The web app: the files that `cargo xtask run` builds into `web/dist`, served to browsers.
//!
//! A release build has them inside; a debug build reads them from the disk, so that the app can be
//! rebuilt under a running server. Without them a plain page says how to build them, and the API is
//! whole either way.
//!
//! - Files below `/assets/` carry a hash in their name and are cached for ever; the pages are asked for
//!   anew each time and answered with 304 where nothing changed.
//! - Files are compressed when they are built, never while they are served.
//! - Any other path gets the page of its audience where the client takes HTML, and the app finds out what
//!   the path means: below `/console` the console, else the portal. What names a file or lies below `/api`
//!   is no page: mistyped, it stays a problem.
//! - The policy of the pages lets nothing run or style that is not a file of ours.

mod files;
#[cfg(test)]
mod tests;

use crate::app::App;
use crate::request::nothing_here;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use files::{Encoding, File, is_refusal};

/// What a page may load and do.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; object-src 'none'";

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("no-cache");
const MARK_OF_THE_SANDBOX: (&str, &str) = ("<html ", "<html data-sandbox ");

/// Answers what no route of the API matched.
pub async fn serve(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let path = request.path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) || path == "/api" || path.starts_with("/api/") {
        return nothing_here(request).await;
    }
    if let Some(file) = files::find(path.trim_start_matches('/')) {
        return asset(&request, &file);
    }
    if !names_a_file(path) && takes_html(request.headers()) {
        return page(&request, &app);
    }
    nothing_here(request).await
}

/// A file that is gone is not a page, even for somebody who opens its address: an app of last week that asks
/// for a part of itself must not get HTML. No path of the app has a dot in its end.
fn names_a_file(path: &str) -> bool {
    path.starts_with("/assets/") || path.rsplit('/').next().is_some_and(|end| end.contains('.'))
}

/// Whether the client takes HTML: it says so, or takes anything, or says nothing.
fn takes_html(headers: &HeaderMap) -> bool {
    let mut said = headers.get_all(header::ACCEPT).peekable();
    said.peek().is_none()
        || said
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|range| {
                let mut words = range.split(';').map(str::trim);
                let kind = words.next().unwrap_or_default().to_ascii_lowercase();
                let html = matches!(kind.as_str(), "text/html" | "text/*" | "*/*" | "*");
                html && !words.any(is_refusal)
            })
}

fn asset(request: &HttpRequest, file: &File) -> HttpResponse {
    let accepted = request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (encoding, content) = file.best(accepted);
    let lasting = if request.path().starts_with("/assets/") {
        FOR_EVER
    } else {
        ASK_EACH_TIME
    };
    let mut headers = vec![
        (header::CONTENT_TYPE, HeaderValue::from_static(file.media_type())),
        (header::CACHE_CONTROL, lasting),
        (header::VARY, HeaderValue::from_static("Accept-Encoding")),
    ];
    if let Some(encoding) = encoding {
        headers.push((
            header::CONTENT_ENCODING,
            HeaderValue::from_static(Encoding::name(encoding)),
        ));
    }
    answer(request, headers, content)
}

/// The paths of the shop's program, where suppliers buy and say how they pay, by how they begin. The app's own list
/// is `is_shop` in `web/src/routes/mod.rs`.
const SHOP: [&str; 20] = [
    "sign-up",
    "forgot-password",
    "reset-password",
    "accept-invitation",
    "confirm-email",
    "security",
    "team",
    "mail-preferences",
    "buy",
    "checkouts",
    "payments",
    "wallet",
    "payment-methods",
    "plan",
    "loyalty",
    "packages",
    "cancel",
    "changes",
    "call-report",
    "support",
];

fn page(request: &HttpRequest, app: &App) -> HttpResponse {
    let first = request.path().split('/').find(|segment| !segment.is_empty());
    let name = match first {
        Some("console") => "console.html",
        Some(first) if SHOP.contains(&first) => "shop.html",
        _ => "portal.html",
    };
    let Some(file) = files::find(name) else {
        return HttpResponse::build(StatusCode::OK)
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CACHE_CONTROL, ASK_EACH_TIME))
            .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
            .body(include_str!("not_built.html"));
    };
    let mut html = String::from_utf8_lossy(file.plain()).into_owned();
    if app.settings.sandbox {
        // So that the app knows before its first request that it may offer ready-made people.
        html = html.replacen(MARK_OF_THE_SANDBOX.0, MARK_OF_THE_SANDBOX.1, 1);
    }
    let mut headers = vec![
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, ASK_EACH_TIME),
        // Who asks for JSON at the same address gets a problem.
        (header::VARY, HeaderValue::from_static("Accept")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_SECURITY_POLICY),
        ),
    ];
    if app
        .settings
        .public_url
        .as_deref()
        .is_some_and(|url| url.starts_with("https://"))
    {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.push((header::STRICT_TRANSPORT_SECURITY, two_years));
    }
    answer(request, headers, html.into_bytes().into())
}

/// The content, or 304 where the browser has it already.
fn answer(
    request: &HttpRequest,
    headers: Vec<(header::HeaderName, HeaderValue)>,
    content: std::borrow::Cow<'static, [u8]>,
) -> HttpResponse {
    let tag = files::tag(&content);
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag));
    let status = if known {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    let mut response = HttpResponse::build(status);
    for (name, value) in headers {
        response.insert_header((name, value));
    }
    response.insert_header((header::ETAG, tag));
    if known {
        response.finish()
    } else {
        response.body(content.into_owned())
    }
}
