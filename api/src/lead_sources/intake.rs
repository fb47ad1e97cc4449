//! What a source was sent becomes leads, one after the other, in one transaction with the log.

use super::formats::Sent;
use super::rules;
use super::store::{self, Row, posts};
use crate::audit;
use crate::auth::Caller;
use crate::auth::secrets::Secrets;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::lead_imports::mapping::RowDefaults;
use crate::leads::desk::{self, Submitter};
use crate::leads::ops::take_in;
use crate::market::{SharedMarket, Snapshot};
use serde_json::json;
use tradepost_contract::lead_sources::{LeadSourceOutcome, LeadSourcePost, LeadSourceStatus, SentField};
use tradepost_contract::leads::{CreateLead, LeadChannel};
use tradepost_contract::{FieldError, LeadId, LeadSourceId, LeadSourcePostId, ProblemCode};

/// What became of an enquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A new lead.
    Accepted(LeadId),
    /// The lead was there before.
    Unchanged(LeadId),
    /// No enquiry at all.
    Ignored(&'static str),
    /// No lead.
    Refused(Refusal),
}

/// Why an enquiry becomes no lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) problem: ProblemCode,
    pub(super) detail: Option<String>,
    pub(super) errors: Vec<FieldError>,
    /// Another mapping may make a lead of it.
    pub(super) may_rerun: bool,
}

impl Refusal {
    fn invalid(errors: Vec<FieldError>) -> Self {
        let words: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        Self {
            problem: ProblemCode::Invalid,
            detail: Some(words.join(" ")).filter(|text| !text.is_empty()),
            errors,
            may_rerun: true,
        }
    }

    fn unreadable(detail: &str) -> Self {
        Self {
            problem: ProblemCode::MalformedBody,
            detail: Some(detail.to_owned()),
            errors: Vec::new(),
            may_rerun: false,
        }
    }
}

impl Outcome {
    pub(super) const fn word(&self) -> LeadSourceOutcome {
        match self {
            Self::Accepted(_) => LeadSourceOutcome::Accepted,
            Self::Unchanged(_) => LeadSourceOutcome::Unchanged,
            Self::Ignored(_) => LeadSourceOutcome::Ignored,
            Self::Refused(_) => LeadSourceOutcome::Refused,
        }
    }
}

/// What the leads of a source have in common.
pub(super) fn defaults(row: &Row) -> RowDefaults {
    RowDefaults {
        programme: row.programme_id.to_string(),
        product: row.product_id.to_string(),
        source: row.source.clone(),
        external_source: row.id.to_string(),
        channel: LeadChannel::Api,
        row_id_prefix: "post",
    }
}

/// Who hands the leads of a source in.
pub(super) fn submitter(row: &Row) -> Submitter {
    Submitter {
        id_text: row.id.to_string(),
        supplier: None,
        programme: Some(row.programme_id),
        channel: LeadChannel::Api,
        import: None,
    }
}

/// Takes in everything that came with one request, and writes down what became of it. None where the source takes
/// nothing any more.
pub(super) fn receive(
    tx: &mut Tx<'_>,
    market: &SharedMarket,
    secrets: &Secrets,
    id: LeadSourceId,
    sent: &Result<Vec<Sent>, String>,
) -> ApiResult<Option<Vec<LeadSourcePost>>> {
    let row = store::row(tx, id)?;
    if row.status != LeadSourceStatus::Active {
        return Ok(None);
    }
    let mut posts = Vec::new();
    match sent {
        Err(unreadable) => {
            let outcome = Outcome::Refused(Refusal::unreadable(unreadable));
            posts.push(posts::insert(tx, secrets, row.id, None, &[], &outcome)?);
        }
        Ok(sent) => {
            let market = market.fresh(tx)?;
            for one in sent {
                let (external_id, outcome) = take_one(tx, &market, secrets, &row, one)?;
                posts.push(posts::insert(
                    tx,
                    secrets,
                    row.id,
                    external_id.as_deref(),
                    &one.fields,
                    &outcome,
                )?);
            }
        }
    }
    // The row is shared by all that the source sends at once, so it is written last and seldom.
    let now = tx.wall_now();
    if store::is_old(row.last_received_at, now) {
        store::note_received(tx, row.id, now)?;
    }
    if secrets.is_stale(&row.secret) {
        store::seal_anew(tx, &row, secrets)?;
    }
    Ok(Some(posts))
}

/// What one enquiry becomes, with the sender's own id of it.
fn take_one(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    secrets: &Secrets,
    row: &Row,
    sent: &Sent,
) -> ApiResult<(Option<String>, Outcome)> {
    if let Some(why) = sent.ignored {
        return Ok((None, Outcome::Ignored(why)));
    }
    let lead = match enquiry(row, sent)? {
        Ok(lead) => lead,
        Err(refusal) => return Ok((None, Outcome::Refused(refusal))),
    };
    let external_id = lead.external_id.clone();
    if let Some(why) = sent.incomplete {
        let refusal = Refusal {
            problem: ProblemCode::Invalid,
            ..Refusal::unreadable(why)
        };
        return Ok((external_id, Outcome::Refused(refusal)));
    }
    let submitter = submitter(row);
    // Whatever refuses an enquiry does so before its first write, so the transaction goes on.
    let checked = desk::check(market, &submitter, lead, tx.business_now());
    let taken = checked.and_then(|checked| take_in(tx, market, secrets, &submitter, &checked));
    let outcome = match taken {
        Ok(taken) if taken.existing => Outcome::Unchanged(taken.id),
        Ok(taken) => Outcome::Accepted(taken.id),
        Err(refusal) => Outcome::Refused(refused(refusal)?),
    };
    Ok((external_id, outcome))
}

/// The enquiry that the source's mapping makes of what was sent.
pub(super) fn enquiry(row: &Row, sent: &Sent) -> ApiResult<Result<CreateLead, Refusal>> {
    let made = rules::enquiry(&row.mapping()?, sent, &defaults(row), row.campaign.as_deref());
    Ok(made.map_err(Refusal::invalid))
}

/// A refusal of the checks; faults of the server stay faults, so that the sender comes again.
pub(super) fn refused(error: ApiError) -> ApiResult<Refusal> {
    match error.code() {
        ProblemCode::Invalid | ProblemCode::PolicyRefuses => Ok(Refusal {
            problem: error.code(),
            detail: Some(error.words()),
            errors: error.errors().to_vec(),
            may_rerun: true,
        }),
        _ => Err(error),
    }
}

/// Reads again what was refused, with the mapping as it is now.
pub(super) fn rerun(
    tx: &mut Tx<'_>,
    market: &SharedMarket,
    secrets: &Secrets,
    caller: &Caller,
    id: LeadSourcePostId,
) -> ApiResult<LeadSourcePost> {
    let (post, fields) = posts::get(tx, secrets, id)?;
    if !post.may_rerun {
        return Err(ApiError::conflict(match post.outcome {
            LeadSourceOutcome::Refused => "What was sent is not kept any more.",
            LeadSourceOutcome::Accepted | LeadSourceOutcome::Unchanged => "There is a lead of it already.",
            LeadSourceOutcome::Ignored => "There is no enquiry in it.",
        }));
    }
    let row = store::row(tx, post.lead_source_id)?;
    let market = market.fresh(tx)?;
    let sent = rules::sent_again(fields);
    let (external_id, outcome) = take_one(tx, &market, secrets, &row, &sent)?;
    if !posts::note_rerun(tx, id, external_id.as_deref(), &outcome)? {
        return Err(ApiError::conflict("Somebody else read it again meanwhile."));
    }
    let (post, _) = posts::get(tx, secrets, id)?;
    let change = audit::Change {
        action: "lead_source_post.rerun",
        object: id.to_string(),
        after: Some(json!({ "outcome": post.outcome, "lead_id": post.lead_id })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(post)
}

/// The refusal of what could not be read, as an enquiry that was tried shows it.
pub(super) fn unreadable(detail: &str) -> (Vec<SentField>, Refusal) {
    (Vec::new(), Refusal::unreadable(detail))
}
