//! What a customer of a calling service sees: its call report, live, the leads it hands in, and what is said on the
//! phone (R97–R100).

pub mod hand_in;
mod import;
pub mod lead;
pub mod report;
pub mod script;
