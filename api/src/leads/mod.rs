//! Leads: enquiries as they come in, are checked, and wait to be sold.

pub(crate) mod contact;
pub(crate) mod fingerprint_store;
pub(crate) mod fingerprints;
pub(crate) mod intake;
pub(crate) mod rules;
pub(crate) mod store;
