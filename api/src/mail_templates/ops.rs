//! Use cases of mail templates.

use super::store::{self, Own};
use crate::app::App;
use crate::auth::Caller;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::mails::{self, Fault};
use crate::suppliers::fields;
use crate::{audit, notifications, programmes};
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::mail_templates::{
    MailPreview, MailTemplate, MailTemplateSummary, MailTemplates, WriteMailTemplate,
};
use tradepost_contract::{FieldError, NotificationId, ProblemCode, ProgrammeId};

const LONGEST: usize = 10_000;

/// The kinds that can be worded: all but the test of one, and what only programs read.
fn is_worded(kind: NotificationKind) -> bool {
    !matches!(kind, NotificationKind::MailTest | NotificationKind::LeadForwarded)
}

pub(super) fn list(conn: &mut Conn, caller: &Caller, programme: ProgrammeId) -> ApiResult<MailTemplates> {
    programmes::expect(conn, &caller.scope(), programme)?;
    let own = store::all(conn, programme)?;
    let row = |kind: &NotificationKind| {
        let own = own.get(kind).filter(|own| own.source.is_some());
        let source = own.and_then(|own| own.source.as_deref());
        MailTemplateSummary {
            kind: *kind,
            subject: mails::subject_of(source.unwrap_or_else(|| mails::original(*kind))).to_owned(),
            is_own: own.is_some(),
            for_staff: mails::is_for_staff(*kind),
            updated_at: own.and_then(|own| own.updated_at),
        }
    };
    Ok(MailTemplates {
        data: NotificationKind::ALL
            .iter()
            .filter(|kind| is_worded(**kind))
            .map(row)
            .collect(),
    })
}

pub(super) fn get(conn: &mut Conn, app: &App, caller: &Caller, at: At) -> ApiResult<MailTemplate> {
    let own = seen(conn, caller, at, None)?;
    let At { programme, kind } = at;
    let original = mails::original(kind).to_owned();
    Ok(MailTemplate {
        programme_id: programme,
        kind,
        is_own: own.source.is_some(),
        source: own.source.unwrap_or_else(|| original.clone()),
        original,
        names: mails::sample_names(conn, app, programme, kind)?,
        for_staff: mails::is_for_staff(kind),
        version: own.version,
        updated_at: own.updated_at,
    })
}

/// Which template.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) programme: ProgrammeId,
    pub(super) kind: NotificationKind,
}

/// The programme's own words, if the caller saw this version of them.
fn seen(conn: &mut Conn, caller: &Caller, at: At, if_match: Option<i64>) -> ApiResult<Own> {
    programmes::expect(conn, &caller.scope(), at.programme)?;
    if !is_worded(at.kind) {
        return Err(ApiError::not_found());
    }
    let own = store::get(conn, at.programme, at.kind)?;
    if if_match.is_some_and(|seen| seen != own.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok(own)
}

/// Puts the programme's own words in place.
pub(super) fn write(
    tx: &mut Tx<'_>,
    app: &App,
    caller: &Caller,
    at: At,
    if_match: Option<i64>,
    body: &WriteMailTemplate,
) -> ApiResult<MailTemplate> {
    let before = seen(tx, caller, at, if_match)?;
    let source = readable(body)?;
    tried(tx, app, at, &source)?;
    save(tx, caller, at, &before, Some(&source))?;
    get(tx, app, caller, at)
}

/// Puts ours back; what is ours already stays.
pub(super) fn reset(tx: &mut Tx<'_>, caller: &Caller, at: At, if_match: Option<i64>) -> ApiResult<()> {
    let before = seen(tx, caller, at, if_match)?;
    if before.source.is_none() {
        return Ok(());
    }
    save(tx, caller, at, &before, None)
}

fn save(tx: &mut Tx<'_>, caller: &Caller, at: At, before: &Own, source: Option<&str>) -> ApiResult<()> {
    let At { programme, kind } = at;
    if !store::put(tx, programme, kind, before.version, source)? {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let change = audit::Change {
        action: if source.is_some() {
            "mail_template.written"
        } else {
            "mail_template.reset"
        },
        object: programme.to_string(),
        before: Some(json!({ "kind": kind, "source": before.source })),
        after: Some(json!({ "kind": kind, "source": source })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    let subject = Subject::of(programme).programme(programme);
    events::push(
        tx,
        EventKind::ProgrammeChanged,
        subject,
        &json!({ "mail_template": kind }),
    )?;
    Ok(())
}

/// The template as a mail, with made-up facts.
pub(super) fn preview(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    at: At,
    body: &WriteMailTemplate,
) -> ApiResult<MailPreview> {
    seen(conn, caller, at, None)?;
    let source = readable(body)?;
    tried(conn, app, at, &source)
}

/// Sends the template, filled in with made-up facts, to whoever asks for it.
pub(super) fn test(
    tx: &mut Tx<'_>,
    app: &App,
    caller: &Caller,
    at: At,
    body: &WriteMailTemplate,
) -> ApiResult<MailPreview> {
    seen(tx, caller, at, None)?;
    let source = readable(body)?;
    let preview = tried(tx, app, at, &source)?;
    let address = store::address_of(tx, caller.user_id()?)?;
    let occasion: NotificationId = tx.new_id();
    let facts = json!({ "of": at.kind, "source": source });
    let (kind, to) = (NotificationKind::MailTest, [address]);
    notifications::record_to(tx, kind, &occasion.to_string(), at.programme, None, &to, &facts)?;
    Ok(preview)
}

fn readable(body: &WriteMailTemplate) -> ApiResult<String> {
    let mut faults = fields::Faults::default();
    let source = faults.keep(fields::lines("/source", &body.source, LONGEST));
    faults.finish()?;
    Ok(source)
}

/// Refuses what cannot be filled in, or does not lead to where the mail is for.
fn tried(conn: &mut Conn, app: &App, at: At, source: &str) -> ApiResult<MailPreview> {
    let fault = |fault: Fault| {
        let message = match fault.line {
            0 => fault.message,
            line => format!("line {line}: {}", fault.message),
        };
        FieldError::new("/source", "invalid_template", message)
    };
    mails::preview(conn, app, at.programme, at.kind, source)?
        .map_err(|faults| ApiError::invalid(faults.into_iter().map(fault).collect()))
}
