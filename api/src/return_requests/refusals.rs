//! What refusals answer over the API.

use super::rules::{DecisionRefusal, Refusal};
use crate::error::ApiError;
use tradepost_contract::ProblemCode;
use tradepost_contract::policy::PolicySet;

/// What a refused submission answers.
pub(super) fn refused(policy: &PolicySet, refusal: &Refusal) -> ApiError {
    let message = refusal.message(policy);
    match refusal {
        Refusal::NoReturns | Refusal::RejectInstead | Refusal::ReplacementIsFinal | Refusal::RateReached(_) => {
            ApiError::new(ProblemCode::PolicyRefuses).detail(message)
        }
        Refusal::NothingToReturn(_) => ApiError::conflict(message),
        Refusal::Requested(..) => ApiError::new(ProblemCode::Duplicate).detail(message),
        Refusal::Invoiced => ApiError::new(ProblemCode::AlreadyInvoiced).detail(message),
        Refusal::TooLate(_) => ApiError::new(ProblemCode::ReturnWindowClosed).detail(message),
        Refusal::NoGround(_) => {
            let error = ApiError::new(ProblemCode::ReasonNotValid).detail(message.clone());
            error.field("/reason", "not_valid", message)
        }
        Refusal::Field(error) => ApiError::invalid(vec![error.clone()]),
    }
}

/// What a refused decision or appeal answers.
pub(super) fn not_decided(refusal: DecisionRefusal) -> ApiError {
    let forbidden = |why: &str| ApiError::new(ProblemCode::Forbidden).detail(why);
    match refusal {
        DecisionRefusal::OwnRequest => forbidden("Who asks for a return does not decide it."),
        DecisionRefusal::SameReviewer => forbidden("An appeal goes to another reviewer than the first."),
        DecisionRefusal::Status(invalid) => ApiError::conflict(invalid.to_string()),
        DecisionRefusal::NoAppeal => {
            ApiError::new(ProblemCode::PolicyRefuses).detail("This programme knows no appeal against a denial.")
        }
        DecisionRefusal::AppealTooLate(until) => {
            ApiError::new(ProblemCode::PolicyRefuses).detail(format!("An appeal was possible until {until}."))
        }
        DecisionRefusal::LateIsFinal => ApiError::new(ProblemCode::ReturnWindowClosed)
            .detail("The request came after the return window, so there is nothing to appeal."),
        DecisionRefusal::Field(error) => ApiError::invalid(vec![error]),
    }
}

/// Somebody else changed the request between our reading and our writing.
pub(super) fn changed_meanwhile() -> ApiError {
    ApiError::conflict("Somebody else was quicker: read the request again.")
}
