//! Parsed policies in memory. Documents are addressed by their content and never change, so what is
//! kept here never goes stale.

use super::layers::{self, Amendments};
use super::store;
use crate::db::Conn;
use crate::error::ApiResult;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use tradepost_contract::policy::PolicySet;
use tradepost_contract::{PolicyVersionId, ResolvedPolicyId};

/// Past this many the cache starts anew: a parsed policy is some tens of kilobytes.
const LARGEST: usize = 500;

/// Parsed policies by what they are addressed with; cheap to clone into a write's closure.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    stamped: Arc<RwLock<HashMap<ResolvedPolicyId, Arc<PolicySet>>>>,
    of_products: Arc<RwLock<HashMap<(PolicyVersionId, String), Arc<PolicySet>>>>,
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

    /// The policy that leads of a product are taken in by, before any supplier is known: version in
    /// force and the product's own amendment, as they stand in its rows.
    pub fn of_product(
        &self,
        conn: &mut Conn,
        version: PolicyVersionId,
        policy_override: &str,
    ) -> ApiResult<Arc<PolicySet>> {
        let key = (version, policy_override.to_owned());
        if let Some(known) = self
            .of_products
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
        {
            return Ok(Arc::clone(known));
        }
        let (document, product) = (
            store::version_document(conn, version)?,
            serde_json::from_str(policy_override)?,
        );
        let amendments = Amendments {
            product: Some(&product),
            ..Amendments::default()
        };
        let resolved = layers::resolve(&document, amendments).map_err(|faults| super::refusal("", faults))?;
        let policy = Arc::new(resolved.policy);
        let mut of_products = self.of_products.write().unwrap_or_else(PoisonError::into_inner);
        if of_products.len() >= LARGEST {
            of_products.clear();
        }
        of_products.insert(key, Arc::clone(&policy));
        Ok(policy)
    }
}
