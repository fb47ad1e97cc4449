//! API keys: how programs sign in.

pub mod token;
