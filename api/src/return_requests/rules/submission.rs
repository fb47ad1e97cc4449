//! What becomes of a submission: a reviewer's case, a denial on the spot, or a refusal.

use super::text;
use rust_decimal::Decimal;
use time::Duration;
use tradepost_contract::policy::{
    DecisionMode, EvidenceNeed, LateRule, PolicySet, ReasonClass, Remedy, ReturnReason, ReturnWindow, WordingKey,
};
use tradepost_contract::return_requests::{ReturnReasonOption, ReturnStatus, ReturnSuggestion};
use tradepost_contract::{FieldError, ReturnRequestId, Timestamp};

/// The longest note.
const LONGEST_NOTE: usize = 4000;

/// What can still be given back for a delivery, as far as a return is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::return_requests) enum Standing {
    /// It is charged, and not invoiced yet.
    Unbilled,
    /// It is on an invoice.
    Invoiced,
    /// It costs nothing: it replaced another one.
    Free,
    /// It was rejected with one click.
    Rejected,
    /// It was returned.
    Returned,
}

/// What is known of the delivery when the request comes in.
#[derive(Debug, Clone)]
pub(in crate::return_requests) struct Facts {
    pub(in crate::return_requests) standing: Standing,
    pub(in crate::return_requests) is_replacement: bool,
    pub(in crate::return_requests) return_deadline_at: Option<Timestamp>,
    pub(in crate::return_requests) live_request: Option<(ReturnRequestId, ReturnStatus)>,
    pub(in crate::return_requests) siblings: Siblings,
    /// Measured only where the policy caps the rate.
    pub(in crate::return_requests) recent: Option<Recent>,
}

/// What the lead's other buyers made of it: numbers only, so that nobody can be told from them (R75).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub(in crate::return_requests) struct Siblings {
    pub(in crate::return_requests) quoted: usize,
    pub(in crate::return_requests) won: usize,
}

/// How much of what a supplier bought lately came back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::return_requests) struct Recent {
    pub(in crate::return_requests) deliveries: i64,
    pub(in crate::return_requests) requested: i64,
    pub(in crate::return_requests) approved: i64,
}

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::return_requests) struct Ask<'a> {
    pub(in crate::return_requests) reason: &'a str,
    pub(in crate::return_requests) note: Option<&'a str>,
    /// Staff with the permission take it after its window (R73).
    pub(in crate::return_requests) may_be_late: bool,
}

/// What a submission is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::return_requests) enum Outcome {
    /// A reviewer decides.
    Review(Accepted),
    /// It is too late, which is recorded as a denial without a reviewer's work (R23).
    DeniedAsLate(Accepted),
}

/// A submission as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::return_requests) struct Accepted {
    /// The reason's own code, whatever alias was given (R48).
    pub(in crate::return_requests) reason: String,
    pub(in crate::return_requests) class: ReasonClass,
    pub(in crate::return_requests) note: Option<String>,
    pub(in crate::return_requests) decision_due_at: Option<Timestamp>,
    pub(in crate::return_requests) suggestion: Option<(ReturnSuggestion, &'static str)>,
    /// It came after its window and is taken all the same (R73).
    pub(in crate::return_requests) overrides_window: bool,
}

/// Why a submission is not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::return_requests) enum Refusal {
    /// The programme takes no returns.
    NoReturns,
    /// The programme's returns are one-click rejections (R109).
    RejectInstead,
    /// There is nothing to give back any more.
    NothingToReturn(Standing),
    /// A replacement that came free is not returnable here.
    ReplacementIsFinal,
    /// There is a request for the delivery.
    Requested(ReturnRequestId, ReturnStatus),
    /// It is on an invoice, and the window ends with that (R113).
    Invoiced,
    /// The window has closed (R42, R73), in the programme's words.
    TooLate(String),
    /// The reason is listed as no ground, or is answered with help (R32, R47).
    NoGround(String),
    /// Too much came back lately.
    RateReached(String),
    /// Something about the fields.
    Field(FieldError),
}

/// What becomes of a submission at `now`.
pub(in crate::return_requests) fn judge(
    policy: &PolicySet,
    facts: &Facts,
    ask: Ask<'_>,
    now: Timestamp,
) -> Result<Outcome, Refusal> {
    let rules = &policy.returns;
    closed_to_all(policy, facts)?;
    if let Some((id, status)) = facts.live_request {
        return Err(Refusal::Requested(id, status));
    }
    let (code, reason) = ground(policy, ask.reason)?;
    let note = note(rules.note_required, reason, ask.note)?;
    let late = match closes(policy, facts, now) {
        None => false,
        Some(_) if ask.may_be_late => true,
        Some(Closed::Invoiced) => return Err(Refusal::Invoiced),
        Some(Closed::TooLate) => {
            let message = late_message(policy, facts);
            match rules.late {
                LateRule::Refuse => return Err(Refusal::TooLate(message)),
                LateRule::AutoDeny => {
                    return Ok(Outcome::DeniedAsLate(Accepted {
                        reason: code.to_owned(),
                        class: reason.class,
                        note,
                        decision_due_at: None,
                        suggestion: None,
                        overrides_window: false,
                    }));
                }
            }
        }
    };
    under_the_cap(policy, facts)?;
    Ok(Outcome::Review(Accepted {
        reason: code.to_owned(),
        class: reason.class,
        note,
        decision_due_at: rules.sla_hours.map(|hours| now.plus(Duration::hours(i64::from(hours)))),
        suggestion: suggestion(policy, facts.siblings),
        overrides_window: late,
    }))
}

/// What the supplier is offered for a delivery: why it is refused, if it is, with any good reason.
pub(in crate::return_requests) fn options(policy: &PolicySet, facts: &Facts, now: Timestamp) -> Option<Refusal> {
    if let Err(refusal) = closed_to_all(policy, facts) {
        return Some(refusal);
    }
    if let Some((id, status)) = facts.live_request {
        return Some(Refusal::Requested(id, status));
    }
    match closes(policy, facts, now) {
        Some(Closed::Invoiced) => Some(Refusal::Invoiced),
        Some(Closed::TooLate) => Some(Refusal::TooLate(late_message(policy, facts))),
        None => under_the_cap(policy, facts).err(),
    }
}

/// Another buyer's quote makes the lead valid, so a denial is suggested (R75, R76).
pub(in crate::return_requests) fn suggestion(
    policy: &PolicySet,
    siblings: Siblings,
) -> Option<(ReturnSuggestion, &'static str)> {
    let somebody_quoted = siblings.quoted + siblings.won > 0;
    (policy.returns.sibling_quote_denies && somebody_quoted).then_some((ReturnSuggestion::Deny, "sibling:quoted"))
}

fn closed_to_all(policy: &PolicySet, facts: &Facts) -> Result<(), Refusal> {
    let rules = &policy.returns;
    if rules.window == (ReturnWindow::None {}) {
        return Err(Refusal::NoReturns);
    }
    match facts.standing {
        Standing::Rejected | Standing::Returned => return Err(Refusal::NothingToReturn(facts.standing)),
        Standing::Unbilled | Standing::Invoiced | Standing::Free => {}
    }
    match rules.decision_mode {
        DecisionMode::Instant => return Err(Refusal::RejectInstead),
        DecisionMode::Reviewer => {}
    }
    // What cost nothing can only be answered with another lead, never with money.
    let free = facts.is_replacement || facts.standing == Standing::Free;
    if free && !(policy.replacement.returnable && rules.remedy == Remedy::Replacement) {
        return Err(Refusal::ReplacementIsFinal);
    }
    Ok(())
}

enum Closed {
    Invoiced,
    TooLate,
}

/// The deadline was fixed when the lead was delivered; the first instant of it is too late.
fn closes(policy: &PolicySet, facts: &Facts, now: Timestamp) -> Option<Closed> {
    match policy.returns.window {
        ReturnWindow::UntilInvoiced {} => (facts.standing == Standing::Invoiced).then_some(Closed::Invoiced),
        ReturnWindow::None {} | ReturnWindow::CalendarDays { .. } | ReturnWindow::Hours { .. } => facts
            .return_deadline_at
            .is_some_and(|deadline| now >= deadline)
            .then_some(Closed::TooLate),
    }
}

fn late_message(policy: &PolicySet, facts: &Facts) -> String {
    match (&policy.returns.late_message, facts.return_deadline_at) {
        (Some(message), _) => message.clone(),
        (None, Some(deadline)) => format!("The return window closed at {deadline}."),
        (None, None) => "The return window has closed.".to_owned(),
    }
}

/// The reason that a code or alias stands for, if it is a ground (R24, R32, R46–R48, R110).
fn ground<'a>(policy: &'a PolicySet, given: &str) -> Result<(&'a str, &'a ReturnReason), Refusal> {
    if let Some((code, reason)) = policy.returns.reason(given) {
        return match reason.class {
            ReasonClass::Valid | ReasonClass::Review => Ok((code, reason)),
            ReasonClass::NonValid => {
                Err(Refusal::NoGround(reason.message.clone().unwrap_or_else(|| {
                    format!("\"{}\" is no ground for a return.", reason.label)
                })))
            }
        };
    }
    let article = policy.help.values().find(|article| article.answers.contains_key(given));
    Err(match article {
        Some(article) => Refusal::NoGround(match &article.url {
            Some(url) => format!("{} {} {url}", article.title, article.text),
            None => format!("{} {}", article.title, article.text),
        }),
        None => Refusal::Field(FieldError::new(
            "/reason",
            "unknown_reason",
            format!(
                "Pick exactly one of: {}.",
                grounds(policy).map(|(code, _)| code).collect::<Vec<_>>().join(", ")
            ),
        )),
    })
}

fn grounds(policy: &PolicySet) -> impl Iterator<Item = (&str, &ReturnReason)> {
    let all = policy
        .returns
        .reasons
        .iter()
        .map(|(code, reason)| (code.as_str(), reason));
    all.filter(|(_, reason)| reason.class != ReasonClass::NonValid)
}

/// Whether a request for this reason needs a note (R25). Proof is described in the note.
fn needs_note(required: bool, reason: &ReturnReason) -> bool {
    required || reason.needs_note || reason.evidence == EvidenceNeed::Required
}

fn note(required: bool, reason: &ReturnReason, given: Option<&str>) -> Result<Option<String>, Refusal> {
    let note = text("/note", given, LONGEST_NOTE).map_err(Refusal::Field)?;
    if note.is_none() && needs_note(required, reason) {
        let message = "Say briefly what is wrong with the lead.";
        return Err(Refusal::Field(FieldError::new("/note", "required", message)));
    }
    Ok(note)
}

fn under_the_cap(policy: &PolicySet, facts: &Facts) -> Result<(), Refusal> {
    let (Some(cap), Some(recent)) = (&policy.returns.max_rate, facts.recent) else {
        return Ok(());
    };
    let share_reached = Decimal::from(recent.approved) >= cap.rate.decimal() * Decimal::from(recent.deliveries);
    if recent.deliveries >= i64::from(cap.min_deliveries) && recent.approved > 0 && share_reached {
        return Err(Refusal::RateReached(format!(
            "{} of {} leads of the last {} days were returned, which is as many as the programme takes.",
            recent.approved, recent.deliveries, cap.per_days
        )));
    }
    Ok(())
}

/// The reasons to pick from: every ground, with a line of its own for each alias (R48).
pub(in crate::return_requests) fn reasons(policy: &PolicySet) -> Vec<ReturnReasonOption> {
    grounds(policy)
        .flat_map(|(code, reason)| lines(policy, code, reason))
        .collect()
}

/// What is no ground, with what is said to it (R32, R47).
pub(in crate::return_requests) fn not_grounds(policy: &PolicySet) -> Vec<ReturnReasonOption> {
    let listed = policy.returns.reasons.iter();
    let listed = listed.filter(|(_, reason)| reason.class == ReasonClass::NonValid);
    let listed = listed.flat_map(|(code, reason)| lines(policy, code, reason));
    let answered = policy.help.values().flat_map(|article| {
        article.answers.iter().map(|(code, label)| ReturnReasonOption {
            code: code.clone(),
            label: label.clone(),
            class: ReasonClass::NonValid,
            needs_note: false,
            message: Some(format!("{} {}", article.title, article.text)),
            help_url: article.url.clone(),
        })
    });
    listed.chain(answered).collect()
}

fn lines(policy: &PolicySet, code: &str, reason: &ReturnReason) -> Vec<ReturnReasonOption> {
    let line = |code: &str, label: &str| ReturnReasonOption {
        code: code.to_owned(),
        label: label.to_owned(),
        class: reason.class,
        needs_note: needs_note(policy.returns.note_required, reason),
        message: reason.message.clone(),
        help_url: None,
    };
    let aliases = reason.aliases.iter().map(|(code, label)| line(code, label));
    std::iter::once(line(code, &reason.label)).chain(aliases).collect()
}

impl Refusal {
    /// A stable word for it, the same that a delivery gives as `not_returnable_reason` where it has one.
    pub(in crate::return_requests) const fn word(&self) -> &'static str {
        match self {
            Self::NoReturns => "returns_not_offered",
            Self::RejectInstead => "reject_instead",
            Self::NothingToReturn(Standing::Rejected) => "already_rejected",
            Self::NothingToReturn(_) => "already_returned",
            Self::ReplacementIsFinal => "replacement_not_returnable",
            Self::Requested(..) => "already_requested",
            Self::Invoiced => "already_invoiced",
            Self::TooLate(_) => "window_closed",
            Self::NoGround(_) => "reason_not_valid",
            Self::RateReached(_) => "return_rate_reached",
            Self::Field(_) => "invalid",
        }
    }

    /// What the supplier is told.
    pub(in crate::return_requests) fn message(&self, policy: &PolicySet) -> String {
        match self {
            Self::NoReturns => "This programme takes no returns.".to_owned(),
            Self::RejectInstead => format!(
                "Here a lead is rejected at once, without review: use \"{}\".",
                policy.word(WordingKey::ReturnLink)
            ),
            Self::NothingToReturn(Standing::Rejected) => "This lead was rejected already.".to_owned(),
            Self::NothingToReturn(_) => "This lead was returned already.".to_owned(),
            Self::ReplacementIsFinal => "A replacement that was free of charge cannot be returned.".to_owned(),
            Self::Requested(id, status) => format!("There is a request for this lead: {id}, {status}."),
            Self::Invoiced => "The lead is invoiced, so it is too late.".to_owned(),
            Self::TooLate(message) | Self::NoGround(message) | Self::RateReached(message) => message.clone(),
            Self::Field(error) => error.message.clone(),
        }
    }
}
