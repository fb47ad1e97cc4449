//! Why an operation gave nothing.

use tradepost_contract::{FieldError, Problem, ProblemCode};

/// Why an operation gave nothing, as the app tells it apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server refused, and says why.
    Problem(Box<Problem>),
    /// The server could not be reached, or it cannot be known whether it was.
    Offline,
    /// The session is over; the shell already leads to the sign-in page.
    SignedOut,
    /// The answer was none that this app knows: it may be older than the server.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// What to quote to support.
        request_id: Option<String>,
    },
}

impl Failure {
    /// The stable code, where the server gave one.
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Offline | Self::SignedOut | Self::Unreadable { .. } => None,
        }
    }

    /// A line that says what happened.
    pub fn title(&self) -> String {
        match self {
            Self::Problem(problem) => problem.title.clone(),
            Self::Offline => "The server cannot be reached".to_owned(),
            Self::SignedOut => "You were signed out".to_owned(),
            Self::Unreadable { .. } => "The answer could not be read".to_owned(),
        }
    }

    /// What it means or what to do.
    pub fn detail(&self) -> String {
        match self {
            Self::Problem(problem) => problem.detail.clone().unwrap_or_default(),
            Self::Offline => "Check your connection. Nothing you typed is lost, and trying again is safe.".to_owned(),
            Self::SignedOut => "Sign in again to go on.".to_owned(),
            Self::Unreadable { .. } => "Load the page again: a newer version of the app may be there.".to_owned(),
        }
    }

    /// The most telling line there is, for a message that has no room for two.
    pub fn told(&self) -> String {
        match self.detail() {
            detail if detail.is_empty() => self.title(),
            detail => detail,
        }
    }

    /// What to quote to support.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) => Some(&problem.request_id),
            Self::Unreadable { request_id, .. } => request_id.as_deref(),
            Self::Offline | Self::SignedOut => None,
        }
    }

    /// The same with what it says about one pointer said about another: for a form that makes two things.
    pub fn at(mut self, from: &str, to: &str) -> Self {
        if let Self::Problem(problem) = &mut self {
            for error in problem.errors.iter_mut().filter(|error| error.pointer == from) {
                to.clone_into(&mut error.pointer);
            }
        }
        self
    }

    /// What is wrong with which field.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Problem(problem) => &problem.errors,
            Self::Offline | Self::SignedOut | Self::Unreadable { .. } => &[],
        }
    }

    /// Whether trying the same again may help.
    pub fn is_worth_a_retry(&self) -> bool {
        match self {
            Self::Problem(problem) => problem.status >= 500 || matches!(problem.status, 408 | 429),
            Self::Offline | Self::Unreadable { .. } => true,
            Self::SignedOut => false,
        }
    }
}
