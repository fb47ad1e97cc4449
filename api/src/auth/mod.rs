//! Who calls, and what they may do.
//!
//! People sign in with e-mail and password. They get a short access token (a JWT of ten minutes, kept
//! in memory by the web app) and a refresh token in a cookie that only `/auth/refresh` and
//! `/auth/logout` read. Every sign-in is a session that can be listed and ended; a refresh token is
//! used once, and using an old one again ends the session. Programs hold API keys with scopes.
//!
//! Whoever calls becomes a [`Caller`]. The extractor looks the matched route up in `operations.rs`
//! and refuses by default: 401 for nobody, 403 for somebody without the permission. What a caller may
//! *see* is its [`Scope`], which the store functions of every resource demand.

pub mod cache;
pub mod cookie;
mod extract;
pub mod identity;
pub mod operations;
pub mod passwords;
pub mod refresh;
pub mod secrets;
pub mod throttle;
pub mod tokens;

pub use identity::{Actor, ApiKeyHolder, Caller, Principal, Scope, StaffMember, SupplierPerson};
