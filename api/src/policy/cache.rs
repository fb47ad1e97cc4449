//! Parsed policies in memory. Documents are addressed by their content and never change, so what is
//! kept here never goes stale.

use super::store;
use crate::db::Conn;
use crate::error::ApiResult;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use tradepost_contract::ResolvedPolicyId;
use tradepost_contract::policy::PolicySet;

/// Past this many the cache starts anew: a parsed policy is some tens of kilobytes.
const LARGEST: usize = 500;

/// Parsed policies by what they are addressed with; cheap to clone into a write's closure.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    stamped: Arc<RwLock<HashMap<ResolvedPolicyId, Arc<PolicySet>>>>,
}

impl Policies {
    /// The policy that an order, delivery or pause is stamped with.
    pub fn get(&self, conn: &mut Conn, id: ResolvedPolicyId) -> ApiResult<Arc<PolicySet>> {
        if let Some(known) = self.stamped.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(Arc::clone(known));
        }
        let policy: Arc<PolicySet> = Arc::new(serde_json::from_str(&store::stamped_document(conn, id)?)?);
        let mut stamped = self.stamped.write().unwrap_or_else(PoisonError::into_inner);
        if stamped.len() >= LARGEST {
            stamped.clear();
        }
        stamped.insert(id, Arc::clone(&policy));
        Ok(policy)
    }
}
