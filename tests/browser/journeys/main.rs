//! What people do with the app, in a real browser.

mod returns;
