//! A supplier's leads: the inbox, one lead, and its return.

pub mod list;
mod notice;
pub mod page;
pub mod return_form;
mod work;
