//! What a sample would become, without keeping anything of it.

use super::formats::{self, Sent};
use super::intake::{self, Refusal};
use super::rules;
use super::store::Row;
use crate::error::ApiResult;
use crate::lead_imports::mapping;
use crate::leads::desk;
use crate::market::Snapshot;
use tradepost_contract::Timestamp;
use tradepost_contract::lead_imports::ImportMapping;
use tradepost_contract::lead_sources::{
    LeadSourceKind, LeadSourceOutcome, LeadSourceTrial, TriedEnquiry, TryLeadSource,
};

/// Reads a sample as the source would, with another mapping where one is given.
pub(super) fn run(market: &Snapshot, mut row: Row, body: &TryLeadSource, now: Timestamp) -> ApiResult<LeadSourceTrial> {
    if let Some(mapping) = &body.mapping {
        row.mapping = serde_json::to_string(mapping)?;
    }
    let content_type = body.content_type.as_deref().unwrap_or("text/plain");
    let (enquiries, suggested_mapping) = match formats::read(row.kind, content_type, body.body.as_bytes()) {
        Err(why) => {
            let (fields, refusal) = intake::unreadable(&why);
            let sent = rules::sent_again(fields);
            (vec![refused(&sent, None, refusal)], rules::usual_mapping(row.kind))
        }
        Ok(sent) => {
            let tried = sent.iter().map(|one| attempt(market, &row, one, now));
            (tried.collect::<ApiResult<Vec<_>>>()?, suggested(row.kind, sent.first()))
        }
    };
    Ok(LeadSourceTrial {
        enquiries,
        suggested_mapping,
    })
}

fn suggested(kind: LeadSourceKind, sent: Option<&Sent>) -> ImportMapping {
    let Some(sent) = sent.filter(|_| kind == LeadSourceKind::Mapped) else {
        return rules::usual_mapping(kind);
    };
    let headers: Vec<String> = sent.fields.iter().map(|field| field.path.clone()).collect();
    // What a field means is said by the end of its path.
    let ends: Vec<String> = headers
        .iter()
        .map(|path| path.rsplit('.').next().unwrap_or(path).to_owned())
        .collect();
    let samples: Vec<Vec<String>> = sent.fields.iter().map(|field| vec![field.text.clone()]).collect();
    let mut mapping = mapping::suggested(&ends, &samples);
    for field in &mut mapping.fields {
        let whole = |end: &str| ends.iter().position(|known| known == end).map(|at| headers[at].clone());
        if let Some(column) = &mut field.column
            && let Some(path) = whole(column)
        {
            *column = path;
        }
        if let Some(template) = &mut field.template {
            *template = rules::in_braces(template, whole);
        }
    }
    mapping
}

fn attempt(market: &Snapshot, row: &Row, sent: &Sent, now: Timestamp) -> ApiResult<TriedEnquiry> {
    if let Some(why) = sent.ignored {
        return Ok(TriedEnquiry {
            fields: sent.fields.clone(),
            outcome: LeadSourceOutcome::Ignored,
            detail: Some(why.to_owned()),
            lead: None,
            status: None,
            errors: Vec::new(),
        });
    }
    let lead = match intake::enquiry(row, sent)? {
        Ok(lead) => lead,
        Err(refusal) => return Ok(refused(sent, None, refusal)),
    };
    if let Some(why) = sent.incomplete {
        let (_, refusal) = intake::unreadable(why);
        return Ok(refused(sent, Some(lead), refusal));
    }
    match desk::check(market, &intake::submitter(row), lead.clone(), now) {
        Err(error) => Ok(refused(sent, Some(lead), intake::refused(error)?)),
        Ok(checked) => Ok(TriedEnquiry {
            fields: sent.fields.clone(),
            outcome: LeadSourceOutcome::Accepted,
            detail: None,
            lead: Some(lead),
            status: Some(checked.standing.status),
            errors: Vec::new(),
        }),
    }
}

fn refused(sent: &Sent, lead: Option<tradepost_contract::leads::CreateLead>, refusal: Refusal) -> TriedEnquiry {
    TriedEnquiry {
        fields: sent.fields.clone(),
        outcome: LeadSourceOutcome::Refused,
        detail: refusal.detail,
        lead,
        status: None,
        errors: refusal.errors,
    }
}
