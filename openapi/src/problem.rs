//! Errors on the wire: RFC 9457 problems with a stable code and pointers to the fields at fault.

/// A word that is none of an enum's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is none of: {}", known.join(", "))]
pub struct UnknownWord {
    /// What was given.
    pub word: String,
    /// What would have been understood.
    pub known: Vec<&'static str>,
}

/// What every error answer holds, as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// A URI that names the kind of problem.
    #[schema(example = "/docs/problems/not_found")]
    pub r#type: String,
    /// The kind of problem in words.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// The stable code to branch on.
    pub code: ProblemCode,
    /// What went wrong this time, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Quote it to support; the server's log has the same.
    pub request_id: String,
    /// The fields at fault, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// A JSON pointer into the body (`/contact/email`), or `?name` for a query parameter.
    #[schema(example = "/contact/email")]
    pub pointer: String,
    /// A stable code for the kind of fault.
    #[schema(example = "required")]
    pub code: String,
    /// The fault in words.
    pub message: String,
}

impl FieldError {
    /// A fault of the field at `pointer`. The message is shown to people under the field, so it is made a
    /// sentence: it begins with a capital letter and ends with a full stop, whoever wrote it.
    pub fn new(pointer: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.to_owned(),
            message: sentence(&message.into()),
        }
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let stop = if text.ends_with(['.', '!', '?', ':', '…']) {
        ""
    } else {
        "."
    };
    format!("{}{}{stop}", first.to_uppercase(), letters.as_str())
}

macro_rules! problem_codes {
    ($($(#[$meta:meta])* $variant:ident = $word:tt, $status:literal, $title:literal;)+) => {
        text_enum! {
            /// The stable code of a problem.
            pub enum ProblemCode { $($(#[$meta])* $variant = $word),+ }
        }
        impl ProblemCode {
            /// The HTTP status that goes with the code.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }
            /// The kind of problem in words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

problem_codes! {
    /// The body is not JSON, or not of the documented shape.
    MalformedBody = "malformed_body", 400, "The body cannot be read";
    /// A query parameter is unknown or of the wrong form.
    InvalidParameter = "invalid_parameter", 400, "A query parameter cannot be read";
    /// The cursor is none that this list gave out.
    InvalidCursor = "invalid_cursor", 400, "The cursor is not from this list";
    /// A header is missing or of the wrong form.
    InvalidHeader = "invalid_header", 400, "A header cannot be read";
    /// API keys must send `Idempotency-Key` here.
    IdempotencyKeyRequired = "idempotency_key_required", 400, "An Idempotency-Key header is required";
    /// No or no valid credentials.
    Unauthenticated = "unauthenticated", 401, "Sign in first";
    /// E-mail and password do not belong together.
    InvalidCredentials = "invalid_credentials", 401, "E-mail or password is wrong";
    /// The refresh token or session is over.
    SessionEnded = "session_ended", 401, "The session has ended";
    /// The challenge of a sign-in was used, is over, or is none of ours: sign in again.
    ChallengeOver = "challenge_over", 401, "Sign in again";
    /// Known, but not allowed.
    Forbidden = "forbidden", 403, "Not allowed";
    /// Staff of this installation sign in with a second factor: set one up first.
    SecondFactorRequired = "second_factor_required", 403, "Set up your second factor first";
    /// It was too long ago that the session proved who it is: `POST /auth/step-up`, and try again.
    StepUpRequired = "step_up_required", 403, "Confirm that it is you";
    /// Somebody who looks at a supplier's portal changes nothing there.
    ImpersonationOnlyReads = "impersonation_only_reads", 403, "You are only looking";
    /// The policy lets only the seller's staff change this; ask for the change instead (R5).
    ChangeThroughStaff = "change_through_staff", 403, "Only the account manager changes this";
    /// There is no such thing, or it is not yours.
    NotFound = "not_found", 404, "Not found";
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, "The method is not allowed here";
    /// The client accepts nothing that the server can send.
    NotAcceptable = "not_acceptable", 406, "No acceptable representation";
    /// The client was too slow.
    RequestTimeout = "request_timeout", 408, "The request took too long";
    /// The state of the thing forbids the action.
    StateConflict = "state_conflict", 409, "The state forbids this";
    /// Something with the same unique value exists.
    Duplicate = "duplicate", 409, "It exists already";
    /// The delivery is on a final invoice, so it is too late to reject it (R113).
    AlreadyInvoiced = "already_invoiced", 409, "Already invoiced";
    /// The same idempotency key is being worked on.
    IdempotencyInProgress = "idempotency_in_progress", 409, "The same request is being worked on";
    /// `If-Match` names an older version.
    Stale = "stale", 412, "Somebody changed it meanwhile";
    /// The body is larger than allowed.
    BodyTooLarge = "body_too_large", 413, "The body is too large";
    /// The content type is none that is understood here.
    UnsupportedMediaType = "unsupported_media_type", 415, "The media type is not supported";
    /// Parsed, but a value is refused; see `errors`.
    Invalid = "invalid", 422, "A value is not acceptable";
    /// The same idempotency key came with another request.
    IdempotencyKeyReused = "idempotency_key_reused", 422, "The Idempotency-Key was used for another request";
    /// The return window has closed (R23, R73).
    ReturnWindowClosed = "return_window_closed", 422, "The return window has closed";
    /// The reason is no ground for a return under this programme (R47, R110).
    ReasonNotValid = "reason_not_valid", 422, "The reason is no ground for a return";
    /// The coupon's code does not count, for whatever reason (R36, R37).
    InvalidCoupon = "invalid_coupon", 422, "The coupon does not count";
    /// A rule of the programme's policy refuses.
    PolicyRefuses = "policy_refuses", 422, "The programme's policy refuses this";
    /// Too many requests, or too many wrong passwords.
    TooManyRequests = "too_many_requests", 429, "Too many requests";
    /// A fault of the server; the log has the cause.
    Internal = "internal", 500, "Something went wrong";
    /// The outcome is unknown or the server is overloaded: retry with the same idempotency key.
    Unavailable = "unavailable", 503, "Not available right now";
    /// The disk is full; reads go on.
    StorageFull = "storage_full", 503, "The storage is full";
}

#[cfg(test)]
mod tests {
    use super::FieldError;

    #[test]
    fn every_fault_is_a_sentence() {
        let said = |text: &str| FieldError::new("/name", "invalid", text).message;
        assert_eq!(said("expected 1 to 100"), "Expected 1 to 100.");
        assert_eq!(said("Say why. "), "Say why.");
        assert_eq!(said("`x` is none of: a, b"), "`x` is none of: a, b.");
        assert_eq!(said("émile?"), "Émile?");
        assert_eq!(said(""), "");
    }
}
