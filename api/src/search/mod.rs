//! Search for staff: by id, name, phone, e-mail or invoice number.
//!
//! An id or an invoice number finds exactly that; an e-mail or phone finds the people and leads
//! that have it; anything else is the beginning of a name. Who may not see leads finds none.

mod http;
mod store;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::search);
}
