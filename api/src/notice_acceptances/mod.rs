//! Notices that a supplier accepts once a version (R82): that it becomes the data controller, for example.
//!
//! **Which, by whom, and what for** is the policy's (`notices`): the words and their version, whether they must be
//! accepted, by an owner or by anybody in the account, and whether the particulars of people are held back until then.
//! What is asked is today's version; a row of what was accepted keeps the words, who, when, and from which address, and
//! is never changed.
//!
//! **What is held back** goes by the version that was stamped on the delivery, so that a new version asks again and hides
//! nothing that was open: a delivery is open once its own version was accepted, or any version after it was delivered.
//! Held back means: the person is in no answer to the supplier, in no mail, in no message to its programs, and cannot be
//! searched for; place, price and the days of the window are shown. Staff see all of it.
//!
//! Tests: `rules.rs`, `tests/api/notice_acceptances.rs`.

mod http;
mod ops;
mod rules;
mod store;

use crate::db::Conn;
use crate::error::ApiResult;
use crate::routes::Routes;
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{SupplierId, Timestamp};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::get_supplier_notices).service(http::accept_notice);
}

/// What a supplier has accepted, as far as that opens deliveries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acceptances(Vec<rules::Accepted>);

impl Acceptances {
    /// Reads what a supplier has accepted.
    pub(crate) fn of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Self> {
        Ok(Self(store::accepted(conn, supplier)?))
    }

    /// The notice that holds back the person of a delivery with this policy.
    pub(crate) fn holds_back<'p>(&self, policy: &'p PolicySet, delivered_at: Timestamp) -> Option<&'p str> {
        rules::held_back(&policy.notices, &self.0, delivered_at)
    }
}

/// Whether a notice that holds people back waits for being accepted today.
pub(crate) fn something_waits(conn: &mut Conn, supplier: SupplierId, now: Timestamp) -> ApiResult<bool> {
    let account = crate::suppliers::store::account(conn, &crate::auth::Scope::system(), supplier)?;
    let policy = ops::policy_of(conn, &account, now)?;
    if !may_hold_back(&policy) {
        return Ok(false);
    }
    let accepted = store::accepted(conn, supplier)?;
    let mut held = policy.notices.iter().filter(|(_, notice)| notice.before_contact);
    Ok(held.any(|(key, notice)| rules::waits(key, notice, &accepted)))
}

/// Whether a policy holds anything back at all: most do not, and need not be asked about.
pub(crate) fn may_hold_back(policy: &PolicySet) -> bool {
    policy.notices.values().any(|notice| notice.before_contact)
}
