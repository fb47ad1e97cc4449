//! Imports: files of leads, read as they are, mapped, checked, and taken in row by row.

pub(crate) mod detect;
pub(crate) mod mapping;
