//! Texts that people type about suppliers, read into their one spelling or refused with a pointer.

use crate::calendar::Zone;
use crate::error::{ApiError, ApiResult};
use crate::geography::countries;
use crate::leads::contact;
use serde_json::Value;
use tradepost_contract::{FieldError, ProblemCode};

/// The longest reason for the audit trail.
const REASON: usize = 500;

/// Collects the faults of a body, so that all of them are answered at once.
#[derive(Default)]
pub(crate) struct Faults(Vec<FieldError>);

impl Faults {
    /// The parsed value; where it is refused, a placeholder that `finish` keeps from being used.
    pub(crate) fn keep<T: Default>(&mut self, parsed: Result<T, FieldError>) -> T {
        parsed.unwrap_or_else(|fault| {
            self.0.push(fault);
            T::default()
        })
    }

    /// Adds a fault.
    pub(crate) fn push(&mut self, pointer: impl Into<String>, code: &str, message: impl Into<String>) {
        self.0.push(FieldError::new(pointer, code, message));
    }

    /// Refuses with every fault found, if any.
    pub(crate) fn finish(self) -> ApiResult<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid(self.0))
        }
    }
}

/// A text on one line: blanks at the ends gone, 1 to `longest` characters.
pub(crate) fn line(pointer: &str, text: &str, longest: usize) -> Result<String, FieldError> {
    let read = lines(pointer, text, longest)?;
    if read.contains('\n') {
        return Err(FieldError::new(pointer, "invalid", "stands on one line"));
    }
    Ok(read)
}

/// A text of several lines: blanks at the ends gone, 1 to `longest` characters.
pub(crate) fn lines(pointer: &str, text: &str, longest: usize) -> Result<String, FieldError> {
    let read = text.trim().replace("\r\n", "\n");
    if read.is_empty() {
        return Err(FieldError::new(pointer, "required", "must not be empty"));
    }
    if read.chars().count() > longest {
        let message = format!("has at most {longest} characters");
        return Err(FieldError::new(pointer, "too_long", message));
    }
    if read.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(FieldError::new(pointer, "invalid", "has no control characters"));
    }
    Ok(read)
}

/// The same for a field that may be missing.
pub(crate) fn optional_line(pointer: &str, text: Option<&str>, longest: usize) -> Result<Option<String>, FieldError> {
    text.map(|text| line(pointer, text, longest)).transpose()
}

/// Why somebody makes a change.
pub(crate) fn reason(pointer: &str, text: Option<&str>) -> Result<Option<String>, FieldError> {
    text.filter(|text| !text.trim().is_empty())
        .map(|text| lines(pointer, text, REASON))
        .transpose()
}

/// Why somebody makes a change that is not made without a reason.
pub(crate) fn required_reason(pointer: &str, text: &str) -> ApiResult<String> {
    let mut faults = Faults::default();
    let given = faults.keep(reason(pointer, Some(text)));
    faults.finish()?;
    given.ok_or_else(|| ApiError::new(ProblemCode::Invalid).field(pointer, "required", "Say why."))
}

/// An ISO 3166 code.
pub(crate) fn country(pointer: &str, text: &str) -> Result<String, FieldError> {
    let code = (text.len() == 2).then(|| countries::code(text)).flatten();
    code.map(str::to_owned)
        .ok_or_else(|| FieldError::new(pointer, "unknown_country", "expected an ISO 3166 code such as US"))
}

/// An IANA time zone.
pub(crate) fn time_zone(pointer: &str, text: &str) -> Result<String, FieldError> {
    Zone::parse(text)
        .map(|zone| zone.name().to_owned())
        .map_err(|unknown| FieldError::new(pointer, "unknown_zone", unknown.to_string()))
}

/// A phone number in E.164; without a country code it is read as one of `country`.
pub(crate) fn phone(pointer: &str, text: &str, country: &str) -> Result<String, FieldError> {
    contact::phone(text, country)
        .ok_or_else(|| FieldError::new(pointer, "invalid_phone", "expected a phone number such as +12025550147"))
}

/// The same for a field that may be missing.
pub(crate) fn optional_phone(pointer: &str, text: Option<&str>, country: &str) -> Result<Option<String>, FieldError> {
    text.map(|text| phone(pointer, text, country)).transpose()
}

/// An e-mail address.
pub(crate) fn email(pointer: &str, text: &str) -> Result<String, FieldError> {
    contact::email(text)
        .ok_or_else(|| FieldError::new(pointer, "invalid_email", "expected an e-mail such as ann@example.com"))
}

/// A web address.
pub(crate) fn website(pointer: &str, text: &str) -> Result<String, FieldError> {
    let read = line(pointer, text, 300)?;
    let rest = read.strip_prefix("https://").or_else(|| read.strip_prefix("http://"));
    let fits = rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !read.contains(|c: char| c.is_whitespace() || "\"'<>`\\".contains(c))
    });
    if fits {
        Ok(read)
    } else {
        let message = "expected an address such as https://example.com";
        Err(FieldError::new(pointer, "invalid_url", message))
    }
}

/// A JSON merge patch of a policy, as it is stored.
pub(crate) fn amendment(patch: Option<&Value>) -> Value {
    patch.cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("  Okafor  Roofing ", Some("Okafor  Roofing"))]
    #[case("   ", None)]
    #[case("two\nlines", None)]
    #[case("bell\u{7}", None)]
    #[case("12345678901", None)]
    fn what_may_stand_on_a_line(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(
            line("/name", text, if text.len() == 11 { 10 } else { 40 })
                .ok()
                .as_deref(),
            expected
        );
    }

    #[rstest]
    #[case("https://okafor.example/x?y=1", true)]
    #[case("http://okafor.example", true)]
    #[case("okafor.example", false)]
    #[case("javascript:alert(1)", false)]
    #[case("https://", false)]
    #[case("https:///etc", false)]
    #[case("https://a b", false)]
    #[case("https://a\"onclick=", false)]
    fn what_may_be_a_website(#[case] text: &str, #[case] good: bool) {
        assert_eq!(website("/website", text).is_ok(), good);
    }

    #[test]
    fn all_faults_are_answered_at_once() {
        let mut faults = Faults::default();
        faults.keep(line("/name", "", 10));
        faults.keep(country("/country", "United States"));
        faults.keep(time_zone("/time_zone", "Mars/Base"));
        faults.keep(phone("/phone", "12", "US"));
        let error = faults.finish().unwrap_err();
        let pointers: Vec<_> = error.errors().iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/country", "/time_zone", "/phone"]);
    }
}
