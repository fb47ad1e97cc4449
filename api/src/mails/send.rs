//! The job that hands mails to the mail server.

use super::compose::{self, Composed, Links};
use super::rules;
use super::smtp::{Connection, Outcome};
use super::store::{self, Row, Settled};
use crate::app::App;
use crate::error::ApiResult;
use std::sync::LazyLock;
use time::Duration;
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
    let mut connection = None;
    for row in claimed {
        let settled = match attempt(app, &row)? {
            Ready::Over => Settled {
                action: MailAction::Drop,
                problem: Some("What it was to say is over.".to_owned()),
                next_attempt_at: None,
            },
            Ready::Mail(mail) => {
                let outcome = hand_over(mailer, &mut connection, &row, &mail);
                settled(app, &row, outcome)
            }
        };
        let id = row.id;
        if !app.db.write_blocking(move |tx| store::settle(tx, &row, &settled))? {
            tracing::warn!(mail = %id, "another server has taken this mail over meanwhile");
        }
    }
    if let Some(connection) = connection {
        Connection::end(connection);
    }
    Ok(count)
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

/// Sends a mail over the connection of the slice, which is opened for its first mail and after each failure.
fn hand_over(
    mailer: &super::smtp::Mailer,
    connection: &mut Option<Connection>,
    row: &Row,
    mail: &Composed,
) -> Outcome {
    let open = match connection.take() {
        Some(open) => Ok(open),
        None => mailer.connect(),
    };
    match open {
        Ok(mut open) => {
            let outcome = open.send(mail, &row.recipient);
            if open.is_usable() {
                *connection = Some(open);
            }
            outcome
        }
        Err(problem) => Outcome::Later(problem),
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
