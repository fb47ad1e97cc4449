//! Sessions: where somebody is signed in. `auth/ops.rs` begins and refreshes them; here one sees one's
//! own and ends them. An ended session stays as a row for a month, so that its tokens are known as used.

mod http;
pub(crate) mod store;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::list_sessions).service(http::end_session);
}
