//! How values read: amounts, instants, words of enums. What can be decided without a browser is pure and
//! tested here; the rest is the browser's `Intl`.

pub mod csv;
mod intl;
pub mod json;
pub mod money;
pub mod phone;
pub mod share;
pub mod time;
pub mod words;
