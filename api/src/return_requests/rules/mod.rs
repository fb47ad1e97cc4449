//! The decisions about return requests, without connection or clock: what a submission is
//! (`submission`), and who may do what with a request (`decision`).

mod decision;
mod submission;

pub(super) use decision::{
    Case, DecisionRefusal, LATE, Reviewer, Verdict, appeal_until, may_appeal, may_decide, remedy, verdict,
};
pub(super) use submission::{
    Ask, Facts, Outcome, Recent, Refusal, Siblings, Standing, judge, not_grounds, options, reasons, suggestion,
};

use tradepost_contract::FieldError;

/// A text of a person without the blanks around it; none where nothing is left.
pub(super) fn text(pointer: &str, given: Option<&str>, longest: usize) -> Result<Option<String>, FieldError> {
    let Some(trimmed) = given.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if trimmed.chars().count() > longest {
        let message = format!("at most {longest} characters");
        return Err(FieldError::new(pointer, "too_long", message));
    }
    // A NUL cannot be kept by PostgreSQL, and other control characters are accidents.
    if trimmed
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(FieldError::new(pointer, "format", "no control characters"));
    }
    Ok(Some(trimmed.to_owned()))
}

/// The same where a text is needed.
pub(super) fn required_text(pointer: &str, given: &str, longest: usize) -> Result<String, FieldError> {
    text(pointer, Some(given), longest)?.ok_or_else(|| FieldError::new(pointer, "required", "say something here"))
}

#[cfg(test)]
mod decision_tests;
#[cfg(test)]
mod submission_tests;
