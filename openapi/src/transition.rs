//! The one refusal that every status machine gives.

/// The status forbids the action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{action}` is not possible while `{from}`")]
pub struct InvalidTransition {
    /// The word of the status that was found.
    pub from: &'static str,
    /// The word of the action that was asked for.
    pub action: &'static str,
}
