//! The job that hands mails to the mail server.

use super::compose::{self, Composed, Links};
use super::rules;
use super::smtp::{Connection, Mailer, Outcome};
use super::store::{self, Row, Settled};
use crate::app::App;
use crate::db::Tx;
use crate::delivery_targets;
use crate::error::ApiResult;
use std::sync::LazyLock;
use time::Duration;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::mails::MailAction;

/// So many mails go over one connection; their claims last long enough for all of them.
const SLICE: i64 = 8;

/// Proves that a claim is this process's.
static TOKEN: LazyLock<i64> = LazyLock::new(crate::ids::next);

/// The job.
pub(super) fn run(app: &App) -> ApiResult<usize> {
    let Some(mailer) = &app.mailer else {
        return Ok(0);
    };
    let (now, alone) = (app.clock.wall_now(), app.db.is_ours_alone());
    let due = app
        .db
        .read_blocking(|conn| store::due(conn, now, alone.then_some(*TOKEN), SLICE))?;
    if due.is_empty() {
        return Ok(0);
    }
    // Longer than a slice can take: each mail asks the server a handful of times.
    let until = Duration::seconds(i64::from(app.settings.smtp_timeout_seconds) * 10);
    let claimed = app.db.write_blocking(move |tx| {
        let until = tx.wall_now().plus(until);
        let mut claimed = Vec::new();
        for id in &due {
            claimed.extend(store::claim(tx, *id, *TOKEN, alone, until)?);
        }
        Ok(claimed)
    })?;
    let count = claimed.len();
    let mut way = Way::Closed;
    for row in claimed {
        let settled = match attempt(app, &row) {
            Ok(Ready::Over) => Settled {
                action: MailAction::Drop,
                problem: Some("What it was to say is over.".to_owned()),
                next_attempt_at: None,
            },
            Ok(Ready::Mail(mail)) => {
                let outcome = hand_over(mailer, &mut way, &row, &mail);
                settled(app, &row, outcome)
            }
            // One mail that cannot be written must not keep all others waiting.
            Err(error) => {
                tracing::error!(mail = %row.id, %error, "a mail could not be written");
                settled(app, &row, Outcome::Later("It could not be written.".to_owned()))
            }
        };
        let id = row.id;
        if !app.db.write_blocking(move |tx| settle(tx, &row, &settled))? {
            tracing::warn!(mail = %id, "another server has taken this mail over meanwhile");
        }
    }
    if let Way::Open(connection) = way {
        Connection::end(*connection);
    }
    Ok(count)
}

/// Writes down what became of a try; what another queue waits for in the same transaction.
fn settle(tx: &mut Tx<'_>, row: &Row, settled: &Settled) -> ApiResult<bool> {
    let ours = store::settle(tx, row, settled)?;
    if ours && row.kind == NotificationKind::LeadForwarded {
        let facts = store::facts(tx, row.notification_id)?;
        delivery_targets::mailed(tx, &facts, settled.action, settled.problem.as_deref())?;
    }
    Ok(ours)
}

/// A mail that is to be sent, or is not any more.
enum Ready {
    Mail(Composed),
    Over,
}

fn attempt(app: &App, row: &Row) -> ApiResult<Ready> {
    let mail = app
        .db
        .read_blocking(|conn| compose::compose(conn, app, row, Links::Shown))?;
    Ok(if mail.is_over { Ready::Over } else { Ready::Mail(mail) })
}

/// The way to the mail server during a slice.
enum Way {
    /// Not opened, or closed after something was refused.
    Closed,
    /// Open for the next mail.
    Open(Box<Connection>),
    /// The server could not be reached: the rest of the slice does not wait for it again.
    Unreachable(String),
}

fn hand_over(mailer: &Mailer, way: &mut Way, row: &Row, mail: &Composed) -> Outcome {
    let opened = match std::mem::replace(way, Way::Closed) {
        Way::Open(open) => Ok(open),
        Way::Closed => mailer.connect().map(Box::new),
        Way::Unreachable(problem) => Err(problem),
    };
    match opened {
        Ok(mut open) => {
            let outcome = open.send(mail, &row.recipient);
            if open.is_usable() {
                *way = Way::Open(open);
            }
            outcome
        }
        Err(problem) => {
            *way = Way::Unreachable(problem.clone());
            Outcome::Later(problem)
        }
    }
}

fn settled(app: &App, row: &Row, outcome: Outcome) -> Settled {
    match outcome {
        Outcome::Taken => Settled {
            action: MailAction::Accept,
            problem: None,
            next_attempt_at: None,
        },
        Outcome::Refused(problem) => Settled {
            action: MailAction::Refuse,
            problem: Some(problem),
            next_attempt_at: None,
        },
        Outcome::Later(problem) => {
            let action = rules::after_failure(row.attempts);
            let wait = rules::wait(row.attempts, rand::random());
            Settled {
                action,
                problem: Some(problem),
                next_attempt_at: (action == MailAction::Defer).then(|| app.clock.wall_now().plus(wait)),
            }
        }
    }
}
