//! Deliveries.
pub(crate) mod rules;
