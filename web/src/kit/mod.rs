//! What all pages are made with: loading, lists, forms, confirmation, shortcuts.

pub mod confirm;
pub mod download;
pub mod form;
pub mod list;
pub mod live;
pub mod load;
pub mod names;
pub mod poll;
pub mod shortcut;
pub mod step_up;
pub mod toast;
