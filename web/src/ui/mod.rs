//! Components: one file each. They know tokens and nothing of the business; `/console/gallery` shows each in
//! every state.

pub mod badge;
pub mod button;
pub mod chart;
pub mod checks;
pub mod combobox;
pub mod contact;
pub mod dialog;
pub mod drawer;
pub mod empty;
pub mod field;
pub mod icon;
pub mod logo;
pub mod menu;
pub mod money;
pub mod page;
pub mod problem;
pub mod progress;
pub mod reason;
pub mod select;
pub mod skeleton;
pub mod stat;
pub mod status;
pub mod tabs;
pub mod time;
pub mod toasts;
