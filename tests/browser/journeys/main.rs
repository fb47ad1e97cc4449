//! What people do with the app, in a real browser.

mod access;
mod accessibility;
mod markup;
mod returns;
mod session;
