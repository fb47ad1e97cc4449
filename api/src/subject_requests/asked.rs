//! Whether the person of a lead has asked for something that is not done yet.

use super::rules;
use super::store::{self, Asking};
use crate::db::Conn;
use crate::error::ApiResult;
use tradepost_contract::LeadId;
use tradepost_contract::leads::LeadPerson;

/// All who asked and have not been answered.
pub(crate) struct Asked(Vec<Asking>);

impl Asked {
    pub(crate) fn load(conn: &mut Conn) -> ApiResult<Self> {
        Ok(Self(store::asking(conn)?))
    }

    /// Whether there is none.
    pub(crate) fn is_nobody(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them may be the person of this lead.
    pub(crate) fn may_be(&self, lead: LeadId, person: &LeadPerson, postcode: Option<&str>) -> bool {
        let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        let email = person.email.as_deref().map(str::to_lowercase);
        self.0.iter().any(|asking| {
            same(&asking.phone, &person.phone)
                || same(&asking.email, &email)
                || asking.lead_reference.as_deref() == Some(lead.to_string().as_str())
                || lives_there(asking, person.name.as_deref(), postcode)
        })
    }
}

fn lives_there(asking: &Asking, name: Option<&str>, postcode: Option<&str>) -> bool {
    let (Some(asked_name), Some(asked_postcode)) = (&asking.name, &asking.postcode) else {
        return false;
    };
    let there = |postcode| rules::plain_postcode(postcode).starts_with(&rules::plain_postcode(asked_postcode));
    postcode.is_some_and(there) && name.is_some_and(|name| rules::may_be_the_same(asked_name, name))
}
