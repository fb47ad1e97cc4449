//! The one error type of the server, answered as `application/problem+json`.
//!
//! What a caller may know is in the code, the detail and the field errors; the cause goes to the
//! log and nowhere else.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use diesel::result::{DatabaseErrorKind, Error as DbError};
use std::collections::BTreeMap;
use std::fmt;
use tradepost_contract::{FieldError, Problem, ProblemCode};

/// What handlers and use cases return.
pub type ApiResult<T> = Result<T, ApiError>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A refusal or a fault, with what the caller may know of it.
#[derive(Debug)]
pub struct ApiError {
    code: ProblemCode,
    detail: Option<String>,
    errors: Vec<FieldError>,
    retry_after_seconds: Option<u32>,
    cause: Option<Cause>,
}

impl ApiError {
    /// A problem of this kind.
    pub const fn new(code: ProblemCode) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            retry_after_seconds: None,
            cause: None,
        }
    }

    /// There is no such thing, or it is not the caller's: the same answer for both (R127).
    pub const fn not_found() -> Self {
        Self::new(ProblemCode::NotFound)
    }

    /// The values at these pointers are refused.
    pub const fn invalid(errors: Vec<FieldError>) -> Self {
        Self {
            code: ProblemCode::Invalid,
            detail: None,
            errors,
            retry_after_seconds: None,
            cause: None,
        }
    }

    /// The state of the thing forbids the action.
    pub fn conflict(why: impl Into<String>) -> Self {
        Self::new(ProblemCode::StateConflict).detail(why)
    }

    /// An id in a body that is unknown or somebody else's: the same answer for both (R127).
    pub fn unknown_id(pointer: &str) -> Self {
        Self::invalid(vec![FieldError::new(
            pointer,
            "unknown_id",
            "There is nothing with this id.",
        )])
    }

    /// A fault that no input should be able to cause.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(ProblemCode::Internal).caused_by(cause)
    }

    /// Says for a person what went wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Points at a field.
    #[must_use]
    pub fn field(mut self, pointer: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        self.errors.push(FieldError::new(pointer, code, message));
        self
    }

    /// The same refusal where the value at fault stands below `prefix` in the caller's body.
    #[must_use]
    pub fn below(mut self, prefix: &str) -> Self {
        for error in &mut self.errors {
            error.pointer.insert_str(0, prefix);
        }
        self
    }

    /// What a person is told: the detail, or what is wrong with the fields.
    pub fn words(&self) -> String {
        match &self.detail {
            Some(detail) => detail.clone(),
            None if self.errors.is_empty() => self.code.title().to_owned(),
            None => {
                let messages: Vec<&str> = self.errors.iter().map(|error| error.message.as_str()).collect();
                messages.join(" ")
            }
        }
    }

    /// Says when it makes sense to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The kind of problem.
    pub const fn code(&self) -> ProblemCode {
        self.code
    }

    /// The fields at fault.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Another transaction was faster; run again, this one will see what that did.
    pub(crate) fn lost_race(what: &str) -> Self {
        let told = Box::new(what.to_owned());
        Self::internal(DbError::DatabaseError(DatabaseErrorKind::SerializationFailure, told))
    }

    /// Whether the same transaction may well succeed when it is run again: a deadlock or a lost race.
    pub fn is_worth_another_run(&self) -> bool {
        let Some(cause) = self.cause.as_ref().and_then(|cause| cause.downcast_ref::<DbError>()) else {
            return false;
        };
        match cause {
            DbError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
            // Deadlocks arrive as `Unknown`: only the text tells them.
            DbError::DatabaseError(_, info) => {
                info.message().contains("deadlock detected") || info.message().contains("could not serialize access")
            }
            _ => false,
        }
    }

    /// The answer's body.
    pub fn to_problem(&self, request_id: String) -> Problem {
        Problem {
            r#type: format!("/docs/problems/{}", self.code),
            title: self.code.title().to_owned(),
            status: self.code.status(),
            code: self.code,
            detail: self.detail.clone(),
            request_id,
            errors: self.errors.clone(),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        for error in &self.errors {
            write!(f, " [{} {}]", error.pointer, error.code)?;
        }
        if let Some(cause) = &self.cause {
            write!(f, " ({cause})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

impl From<DbError> for ApiError {
    fn from(cause: DbError) -> Self {
        Self::new(code_of_database_error(&cause)).caused_by(cause)
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(cause: serde_json::Error) -> Self {
        Self::internal(cause)
    }
}

impl From<tradepost_contract::MoneyError> for ApiError {
    fn from(cause: tradepost_contract::MoneyError) -> Self {
        Self::new(ProblemCode::Invalid)
            .detail(cause.to_string())
            .caused_by(cause)
    }
}

/// What a caller is told of a database error that no store turned into something better.
pub fn code_of_database_error(cause: &DbError) -> ProblemCode {
    match cause {
        DbError::NotFound => ProblemCode::NotFound,
        DbError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => ProblemCode::Unavailable,
        DbError::DatabaseError(_, info) => match info.message() {
            text if text.contains("disk is full") || text.contains("No space left") => ProblemCode::StorageFull,
            text if text.contains("database is locked")
                || text.contains("statement timeout")
                || text.contains("lock timeout") =>
            {
                ProblemCode::Unavailable
            }
            text if text.contains("the database system is") || text.contains("terminating connection") => {
                ProblemCode::Unavailable
            }
            _ => ProblemCode::Internal,
        },
        _ => ProblemCode::Internal,
    }
}

/// Whether an insert met a row with the same unique value.
pub const fn is_unique_violation(cause: &DbError) -> bool {
    matches!(cause, DbError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if self.code.status() >= 500 {
            tracing::error!(code = %self.code, cause = self.cause.as_ref().map(tracing::field::display), "a request failed");
        }
        let mut response = HttpResponse::build(self.status_code());
        let wait = self.retry_after_seconds.or((self.code.status() == 503).then_some(2));
        if let Some(seconds) = wait {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if self.code == ProblemCode::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        let problem = self.to_problem(crate::request::current_id());
        response
            .content_type("application/problem+json")
            .body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

/// The errors that any operation may answer with, for the OpenAPI document.
pub struct Problems;

impl utoipa::IntoResponses for Problems {
    fn responses() -> BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::response::Response>> {
        use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};
        let mut by_status: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
        for code in ProblemCode::ALL {
            by_status.entry(code.status()).or_default().push(code.as_str());
        }
        by_status
            .into_iter()
            .filter(|(status, _)| *status != 500)
            .map(|(status, codes)| {
                let content = ContentBuilder::new()
                    .schema(Some(Ref::from_schema_name("Problem")))
                    .build();
                let response = ResponseBuilder::new()
                    .description(match status {
                        429 => format!("Problem: {}; come again after `Retry-After` seconds", codes.join(", ")),
                        _ => format!("Problem: {}", codes.join(", ")),
                    })
                    .content("application/problem+json", content)
                    .build();
                (status.to_string(), response.into())
            })
            .collect()
    }
}
