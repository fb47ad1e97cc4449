//! The refresh cookie, and the rules that keep other sites from using it.
//!
//! Everything else takes only the `Authorization` header, which no other site can send; so these rules
//! are for `/auth/refresh` and `/auth/logout` alone.

use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};
use tradepost_contract::problem::ProblemCode;

/// How the cookie is called and which origins may use it; follows from the public address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookiePolicy {
    name: &'static str,
    secure: bool,
    origins: Vec<String>,
}

impl CookiePolicy {
    /// The policy for a public address: `__Host-rt` with `Secure` on https; on http at a loopback address
    /// `rt` without it, because browsers take neither there; anything else is refused at start, because
    /// the cookie would travel in the clear.
    pub fn for_public_url(public_url: &str) -> Result<Self, String> {
        let origin = public_url.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, rest) = origin
            .split_once("://")
            .ok_or_else(|| format!("`{public_url}` is not a URL"))?;
        if rest.is_empty() || rest.contains(['/', '?', '#', '@', ' ']) {
            return Err(format!("`{public_url}` should be just scheme, host and port"));
        }
        match scheme {
            "https" => {
                let origin = origin.strip_suffix(":443").unwrap_or(&origin).to_owned();
                Ok(Self {
                    name: "__Host-rt",
                    secure: true,
                    origins: vec![origin],
                })
            }
            "http" if is_loopback(rest) => {
                let (_, port) = split_port(rest);
                // People type either name of their own machine; both are the same server.
                let mut origins: Vec<String> = ["127.0.0.1", "localhost", "[::1]"]
                    .iter()
                    .map(|host| format!("http://{host}{port}"))
                    .collect();
                if !origins.contains(&origin) {
                    origins.push(origin);
                }
                Ok(Self {
                    name: "rt",
                    secure: false,
                    origins,
                })
            }
            "http" => Err(format!(
                "`{public_url}` would send sign-ins in the clear: use https, or a loopback address"
            )),
            _ => Err(format!("`{public_url}` is neither http nor https")),
        }
    }

    /// What the cookie is called.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The cookie that holds `token` for so many seconds.
    pub fn cookie(&self, token: String, seconds: i64) -> Cookie<'static> {
        Cookie::build(self.name, token)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.secure)
            .max_age(CookieDuration::seconds(seconds.max(0)))
            .finish()
    }

    /// The cookie that takes the token away.
    pub fn removal(&self) -> Cookie<'static> {
        self.cookie(String::new(), 0)
    }

    /// Whether a request may use the cookie; else the problem and a word about it.
    pub fn check(&self, request: &Provenance<'_>) -> Result<(), (ProblemCode, &'static str)> {
        let media = request
            .content_type
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        if !media.eq_ignore_ascii_case("application/json") {
            return Err((ProblemCode::UnsupportedMediaType, "send Content-Type: application/json"));
        }
        if request.requested_with != Some("tradepost") {
            return Err((ProblemCode::Forbidden, "send X-Requested-With: tradepost"));
        }
        if request
            .origin
            .is_some_and(|origin| !self.origins.iter().any(|own| own.eq_ignore_ascii_case(origin)))
        {
            return Err((ProblemCode::Forbidden, "this origin may not use the session"));
        }
        if request.fetch_site.is_some_and(|site| site != "same-origin") {
            return Err((ProblemCode::Forbidden, "only the same origin may use the session"));
        }
        Ok(())
    }
}

/// What a request says about where it comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Provenance<'a> {
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// `X-Requested-With`: a header that a form of another site cannot send.
    pub requested_with: Option<&'a str>,
    /// `Origin`: browsers send it with every POST; other programs may leave it out.
    pub origin: Option<&'a str>,
    /// `Sec-Fetch-Site`.
    pub fetch_site: Option<&'a str>,
}

fn split_port(authority: &str) -> (&str, &str) {
    match authority.rfind(':') {
        Some(at) if !authority.ends_with(']') => authority.split_at(at),
        _ => (authority, ""),
    }
}

fn is_loopback(authority: &str) -> bool {
    let (host, _) = split_port(authority);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://leads.example", Some(("__Host-rt", true)))]
    #[case("https://leads.example:8443/", Some(("__Host-rt", true)))]
    #[case("http://127.0.0.1:8080", Some(("rt", false)))]
    #[case("http://localhost:8080/", Some(("rt", false)))]
    #[case("http://[::1]:8080", Some(("rt", false)))]
    #[case("http://127.9.9.9", Some(("rt", false)))]
    #[case("http://192.168.1.20:8080", None)]
    #[case("http://0.0.0.0:8080", None)]
    #[case("http://leads.example", None)]
    #[case("http://localhost.evil.example", None)]
    #[case("http://user@localhost", None)]
    #[case("https://leads.example/app", None)]
    #[case("ftp://localhost", None)]
    #[case("localhost:8080", None)]
    #[case("https://", None)]
    fn the_cookie_follows_from_the_address(#[case] url: &str, #[case] expected: Option<(&str, bool)>) {
        let policy = CookiePolicy::for_public_url(url);
        assert_eq!(
            policy.as_ref().ok().map(|policy| (policy.name, policy.secure)),
            expected,
            "{policy:?}"
        );
    }

    #[test]
    fn the_cookie_is_hidden_from_scripts_and_other_sites() {
        let policy = CookiePolicy::for_public_url("https://leads.example").expect("a policy");
        let cookie = policy.cookie("secret".into(), 60).to_string();
        assert_eq!(
            cookie,
            "__Host-rt=secret; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=60"
        );
        assert_eq!(
            policy.removal().to_string(),
            "__Host-rt=; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=0"
        );
    }

    const GOOD: Provenance<'static> = Provenance {
        content_type: Some("application/json"),
        requested_with: Some("tradepost"),
        origin: Some("https://leads.example"),
        fetch_site: Some("same-origin"),
    };

    #[rstest]
    #[case::browser(GOOD, None)]
    #[case::charset(Provenance { content_type: Some("application/json; charset=utf-8"), ..GOOD }, None)]
    #[case::a_program(Provenance { origin: None, fetch_site: None, ..GOOD }, None)]
    #[case::a_form(Provenance { content_type: Some("application/x-www-form-urlencoded"), ..GOOD }, Some(ProblemCode::UnsupportedMediaType))]
    #[case::plain_text(Provenance { content_type: Some("text/plain"), ..GOOD }, Some(ProblemCode::UnsupportedMediaType))]
    #[case::nothing(Provenance { content_type: None, ..GOOD }, Some(ProblemCode::UnsupportedMediaType))]
    #[case::no_header(Provenance { requested_with: None, ..GOOD }, Some(ProblemCode::Forbidden))]
    #[case::other_header(Provenance { requested_with: Some("XMLHttpRequest"), ..GOOD }, Some(ProblemCode::Forbidden))]
    #[case::other_origin(Provenance { origin: Some("https://evil.example"), ..GOOD }, Some(ProblemCode::Forbidden))]
    #[case::null_origin(Provenance { origin: Some("null"), ..GOOD }, Some(ProblemCode::Forbidden))]
    #[case::http_origin(Provenance { origin: Some("http://leads.example"), ..GOOD }, Some(ProblemCode::Forbidden))]
    #[case::longer_origin(Provenance { origin: Some("https://leads.example.evil.example"), ..GOOD }, Some(ProblemCode::Forbidden))]
    #[case::same_site(Provenance { fetch_site: Some("same-site"), ..GOOD }, Some(ProblemCode::Forbidden))]
    #[case::cross_site(Provenance { fetch_site: Some("cross-site"), ..GOOD }, Some(ProblemCode::Forbidden))]
    fn only_our_own_pages_use_the_cookie(#[case] request: Provenance<'_>, #[case] expected: Option<ProblemCode>) {
        let policy = CookiePolicy::for_public_url("https://leads.example").expect("a policy");
        assert_eq!(policy.check(&request).err().map(|(code, _)| code), expected);
    }
}
