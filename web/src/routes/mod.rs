//! Every path of the app: the only place that spells one. `path` and `parse` are each other's inverse,
//! and a test walks all of them.

mod console;
mod portal;

pub use console::ConsoleRoute;
pub use portal::PortalRoute;

use tradepost_contract::web_programs::WebProgram;

use crate::router::{Query, encode};

/// A place in the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Where one signs in; `?to=` brings one back.
    SignIn,
    /// Where a new buyer opens an account; `?programme=` says with which seller (R51).
    SignUp,
    /// Where one asks for a link to choose another password (R35).
    ForgotPassword,
    /// Where one chooses another password by a link; the token stands behind `#`.
    ResetPassword,
    /// Where one accepts an invitation; the token stands behind `#` (R87).
    AcceptInvitation,
    /// Where one confirms another e-mail by a link; the token stands behind `#`.
    ConfirmEmail,
    /// Every component in every state; only in a sandbox, and in the office's program.
    Gallery,
    /// A page of the supplier portal.
    Portal(PortalRoute),
    /// A page of the staff console.
    Console(ConsoleRoute),
}

impl Route {
    /// The path of the address bar.
    pub fn path(self) -> String {
        match self {
            Self::SignIn => "/sign-in".to_owned(),
            Self::SignUp => "/sign-up".to_owned(),
            Self::ForgotPassword => "/forgot-password".to_owned(),
            Self::ResetPassword => "/reset-password".to_owned(),
            Self::AcceptInvitation => "/accept-invitation".to_owned(),
            Self::ConfirmEmail => "/confirm-email".to_owned(),
            Self::Gallery => "/console/gallery".to_owned(),
            Self::Portal(route) => route.path(),
            Self::Console(route) => route.path(),
        }
    }

    /// The place a path means, if it means one.
    pub fn parse(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments.as_slice() {
            ["sign-in"] => Some(Self::SignIn),
            ["sign-up"] => Some(Self::SignUp),
            ["forgot-password"] => Some(Self::ForgotPassword),
            ["reset-password"] => Some(Self::ResetPassword),
            ["accept-invitation"] => Some(Self::AcceptInvitation),
            ["confirm-email"] => Some(Self::ConfirmEmail),
            ["console", "gallery"] => Some(Self::Gallery),
            ["console", rest @ ..] => ConsoleRoute::parse(rest).map(Self::Console),
            rest => PortalRoute::parse(rest).map(Self::Portal),
        }
    }

    /// What the window is called there.
    pub fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Sign in",
            Self::SignUp => "Open an account",
            Self::ForgotPassword => "Forgot your password?",
            Self::ResetPassword => "Choose a new password",
            Self::AcceptInvitation => "Accept your invitation",
            Self::ConfirmEmail => "Confirm your e-mail",
            Self::Gallery => "Gallery",
            Self::Portal(route) => route.title(),
            Self::Console(route) => route.title(),
        }
    }

    /// Whether one needs no session there.
    pub const fn is_public(self) -> bool {
        matches!(
            self,
            Self::SignIn
                | Self::SignUp
                | Self::ForgotPassword
                | Self::ResetPassword
                | Self::AcceptInvitation
                | Self::ConfirmEmail
                | Self::Gallery
        )
    }
}

/// The sign-in page that comes back to `to` afterwards.
pub fn sign_in_and_return(to: &str) -> String {
    let mut query = Query::default();
    query.set("to", (to != "/").then_some(to));
    query.behind(&Route::SignIn.path())
}

/// Where leads are ordered, with a product chosen already.
pub fn buy(product: Option<&str>) -> String {
    let mut query = Query::default();
    query.set("product", product);
    query.behind(&Route::Portal(PortalRoute::Buy).path())
}

/// Whether staff work there.
pub fn is_staffs(path: &str) -> bool {
    matches!(WebProgram::of(path), WebProgram::Console | WebProgram::Office)
}

/// Whether a program shows this path; the documentation and the API are the server's.
pub fn is_in(program: WebProgram, path: &str) -> bool {
    !is_servers(path) && WebProgram::of(path) == program
}

/// Whether no bundle shows it: the documentation and the API are the server's.
pub fn is_servers(path: &str) -> bool {
    ["/docs", "/api", "/openapi.json", "/assets"]
        .iter()
        .any(|own| path == *own || path.strip_prefix(own).is_some_and(|rest| rest.starts_with('/')))
}

/// The path of the API below `/api/v1`, with a query.
pub fn api_path(path: &str, query: &[(&str, Option<String>)]) -> String {
    let pairs: Vec<String> = query
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={}", encode(value))))
        .collect();
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_reads_back() {
        let portal = portal::samples().into_iter().map(Route::Portal);
        let console = console::samples().into_iter().map(Route::Console);
        let public = [
            Route::SignIn,
            Route::SignUp,
            Route::ForgotPassword,
            Route::ResetPassword,
            Route::AcceptInvitation,
            Route::ConfirmEmail,
            Route::Gallery,
        ];
        for route in public.into_iter().chain(portal).chain(console) {
            assert_eq!(Route::parse(&route.path()), Some(route), "{}", route.path());
            assert_eq!(
                is_staffs(&route.path()),
                matches!(route, Route::Console(_) | Route::Gallery)
            );
            assert!(!is_servers(&route.path()) && !route.title().is_empty());
            let shown_by = WebProgram::ALL.map(|program| is_in(program, &route.path()));
            assert_eq!(shown_by.iter().filter(|shows| **shows).count(), 1, "{}", route.path());
        }
    }

    #[test]
    fn ids_of_the_wrong_kind_mean_nothing() {
        assert_eq!(Route::parse("/leads/ret_00000000000c5"), None);
        assert_eq!(Route::parse("/console/nothing"), None);
        assert_eq!(Route::parse("/leads/del_00000000000c5/return/more"), None);
    }

    #[test]
    fn r2_a_deep_link_survives_the_sign_in() {
        let link = "/leads/del_00000000000c5/return?channel=email_link";
        let sign_in = sign_in_and_return(link);
        assert_eq!(crate::router::Address::parse(&sign_in).query.get("to"), Some(link));
    }
}
