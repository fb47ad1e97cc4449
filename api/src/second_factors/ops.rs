//! Setting a second factor up, taking it away, and proving that one has it.

use super::rules::{self, Typed};
use super::{authenticator, store};
use crate::access_links;
use crate::audit;
use crate::auth::secrets::Secrets;
use crate::auth::{Actor, Caller};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::sessions::store as sessions;
use serde_json::json;
use tradepost_contract::auth::SecretText;
use tradepost_contract::events::EventKind;
use tradepost_contract::second_factors::{
    RecoveryCodes, SecondFactor, SecondFactorAction, SecondFactorEnrolment, SecondFactorState,
};
use tradepost_contract::{ProblemCode, UserId};

/// The issuer that staff's authenticators show.
const OUR_NAME: &str = "Tradepost";
/// A secret has as many bits as the hash gives out (RFC 4226 asks for it).
const SECRET_BYTES: usize = 20;

/// How somebody signs in.
pub(super) fn status(conn: &mut Conn, user: UserId, required: bool) -> ApiResult<SecondFactor> {
    let factor = store::get(conn, user)?;
    Ok(SecondFactor {
        state: store::state_of(factor.as_ref()),
        required,
        recovery_codes_left: store::codes_left(conn, user)?,
        confirmed_at: factor.and_then(|factor| factor.confirmed_at),
    })
}

/// The state after an action, or why there is none.
fn after(tx: &mut Tx<'_>, user: UserId, action: SecondFactorAction) -> ApiResult<SecondFactorState> {
    let factor = store::get(tx, user)?;
    store::state_of(factor.as_ref()).after(action).map_err(|refused| {
        ApiError::conflict(match action {
            SecondFactorAction::Enrol => "You sign in with a second factor already.".to_owned(),
            SecondFactorAction::Confirm => "There is no second factor that waits for its first code.".to_owned(),
            SecondFactorAction::Disable => "You do not sign in with a second factor.".to_owned(),
            SecondFactorAction::Reset => "They do not sign in with a second factor.".to_owned(),
        })
        .caused_by(refused)
    })
}

/// Shows a fresh secret. It counts once the first code of it was typed.
pub(super) fn enrol(tx: &mut Tx<'_>, secrets: &Secrets, user: UserId) -> ApiResult<SecondFactorEnrolment> {
    after(tx, user, SecondFactorAction::Enrol)?;
    let secret: [u8; SECRET_BYTES] = rand::random();
    let sealed = secrets.seal(&rules::place(user), &secret).map_err(ApiError::internal)?;
    store::insert(tx, user, &sealed)?;
    let (email, brand) = store::account(tx, user)?;
    let uri = authenticator::uri(brand.as_deref().unwrap_or(OUR_NAME), &email, &secret);
    Ok(SecondFactorEnrolment {
        secret: SecretText::new(authenticator::base32(&secret)),
        qr: picture(&uri)?,
        uri: SecretText::new(uri),
    })
}

fn picture(uri: &str) -> ApiResult<Vec<SecretText>> {
    use qrcodegen::{QrCode, QrCodeEcc};
    let code = QrCode::encode_text(uri, QrCodeEcc::Medium).map_err(ApiError::internal)?;
    let row = |y| {
        let fields = (0..code.size()).map(|x| if code.get_module(x, y) { '1' } else { '0' });
        SecretText::new(fields.collect::<String>())
    };
    Ok((0..code.size()).map(row).collect())
}

/// Takes the first code: from now on one is asked for. Everywhere else the person is signed out.
pub(super) fn confirm(tx: &mut Tx<'_>, secrets: &Secrets, caller: &Caller, typed: &str) -> ApiResult<RecoveryCodes> {
    let user = caller.user_id()?;
    after(tx, user, SecondFactorAction::Confirm)?;
    let secret = secret_of(tx, secrets, user)?;
    let step = match rules::read(typed) {
        Typed::Code(code) => authenticator::step_typed(&secret, &code, tx.wall_now()),
        Typed::Recovery(_) | Typed::Nonsense => None,
    };
    let step = step.ok_or_else(wrong_code)?;
    if !store::use_step(tx, user, step, true)? {
        return Err(wrong_code());
    }
    let codes = make_codes(tx, secrets, user)?;
    let ended = sessions::revoke_others(tx, user, caller.session_id(), "second_factor_set_up")?;
    changed(
        tx,
        &caller.actor(),
        user,
        "second_factor_on",
        json!({ "sessions_ended": ended }),
    )?;
    Ok(codes)
}

/// Makes ten recovery codes in the place of those that there are.
pub(super) fn make_codes_anew(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    caller: &Caller,
    typed: &str,
) -> ApiResult<RecoveryCodes> {
    let user = caller.user_id()?;
    demand(tx, secrets, user, typed)?;
    let codes = make_codes(tx, secrets, user)?;
    changed(tx, &caller.actor(), user, "recovery_codes_made", json!({}))?;
    Ok(codes)
}

/// Takes one's own second factor away. Everywhere else the person is signed out.
pub(super) fn disable(tx: &mut Tx<'_>, secrets: &Secrets, caller: &Caller, typed: &str) -> ApiResult<()> {
    let user = caller.user_id()?;
    after(tx, user, SecondFactorAction::Disable)?;
    demand(tx, secrets, user, typed)?;
    store::remove(tx, user)?;
    let ended = sessions::revoke_others(tx, user, caller.session_id(), "second_factor_disabled")?;
    changed(
        tx,
        &caller.actor(),
        user,
        "second_factor_off",
        json!({ "sessions_ended": ended }),
    )
}

/// Takes somebody else's second factor away, because they have lost it. They are signed out everywhere.
pub(crate) fn reset(tx: &mut Tx<'_>, actor: &Actor, user: UserId) -> ApiResult<()> {
    after(tx, user, SecondFactorAction::Reset)?;
    store::remove(tx, user)?;
    let ended = sessions::revoke_others(tx, user, None, "second_factor_reset")?;
    changed(
        tx,
        actor,
        user,
        "second_factor_reset",
        json!({ "sessions_ended": ended }),
    )
}

/// What a code came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is right, and used up.
    Right,
    /// It was right once.
    Used,
    /// It is wrong.
    Wrong,
}

impl Verdict {
    /// The refusal of a code that is not right.
    pub(crate) fn refusal(self) -> ApiError {
        match self {
            Self::Used => ApiError::new(ProblemCode::Invalid).field(
                "/code",
                "used_code",
                "this code was used already: wait for the next one",
            ),
            Self::Right | Self::Wrong => wrong_code(),
        }
    }
}

fn wrong_code() -> ApiError {
    ApiError::new(ProblemCode::Invalid).field(
        "/code",
        "wrong_code",
        "this is not the code: check that your device shows the right time",
    )
}

/// Checks a code of the authenticator or a recovery code, and uses it up. Guarded updates decide, so that of two who come
/// with the same code one gets in.
pub(crate) fn prove(tx: &mut Tx<'_>, secrets: &Secrets, user: UserId, typed: &str) -> ApiResult<Verdict> {
    match rules::read(typed) {
        Typed::Code(code) => {
            let secret = secret_of(tx, secrets, user)?;
            let Some(step) = authenticator::step_typed(&secret, &code, tx.wall_now()) else {
                return Ok(Verdict::Wrong);
            };
            if !store::use_step(tx, user, step, false)? {
                return Ok(Verdict::Used);
            }
            seal_anew(tx, secrets, user, &secret)?;
            Ok(Verdict::Right)
        }
        Typed::Recovery(code) => {
            let hashes = rules::at_rest(secrets, user, &code);
            if !store::use_code(tx, user, &hashes)? {
                return Ok(Verdict::Wrong);
            }
            let left = store::codes_left(tx, user)?;
            let actor = crate::users::acting_as(tx, user, &crate::request::current_id())?.actor();
            changed(tx, &actor, user, "recovery_code_used", json!({ "left": left }))?;
            Ok(Verdict::Right)
        }
        Typed::Nonsense => Ok(Verdict::Wrong),
    }
}

fn demand(tx: &mut Tx<'_>, secrets: &Secrets, user: UserId, typed: &str) -> ApiResult<()> {
    match prove(tx, secrets, user, typed)? {
        Verdict::Right => Ok(()),
        other => Err(other.refusal()),
    }
}

fn secret_of(tx: &mut Tx<'_>, secrets: &Secrets, user: UserId) -> ApiResult<Vec<u8>> {
    let factor = store::get(tx, user)?.ok_or_else(wrong_code)?;
    secrets.open(&rules::place(user), &factor.sealed).ok_or_else(|| {
        ApiError::new(ProblemCode::Unavailable).detail(
            "Your second factor cannot be read after a change of this installation's secret. \
             Use a recovery code, or ask for a reset.",
        )
    })
}

/// Seals a secret anew that the installation's previous secret sealed.
fn seal_anew(tx: &mut Tx<'_>, secrets: &Secrets, user: UserId, secret: &[u8]) -> ApiResult<()> {
    match store::get(tx, user)? {
        Some(factor) if secrets.is_stale(&factor.sealed) => {
            let sealed = secrets.seal(&rules::place(user), secret).map_err(ApiError::internal)?;
            store::seal_anew(tx, user, &factor.sealed, &sealed)
        }
        Some(_) | None => Ok(()),
    }
}

fn make_codes(tx: &mut Tx<'_>, secrets: &Secrets, user: UserId) -> ApiResult<RecoveryCodes> {
    let codes: Vec<String> = (0..rules::CODES).map(|_| rules::recovery_code()).collect();
    let hashes: Vec<String> = codes
        .iter()
        .filter_map(|code| rules::at_rest(secrets, user, code).into_iter().next())
        .collect();
    store::replace_codes(tx, user, &hashes)?;
    let codes = codes.iter().map(|code| SecretText::new(rules::shown(code))).collect();
    Ok(RecoveryCodes { codes })
}

/// The trail, the event, and a mail to the person, who hears of it if it was not them.
fn changed(tx: &mut Tx<'_>, actor: &Actor, user: UserId, what: &str, after: serde_json::Value) -> ApiResult<()> {
    let person = access_links::security_changed(tx, user, what, None)?;
    let subject = match person {
        Some(supplier) => Subject::of(user).supplier(supplier),
        None => Subject::of(user),
    };
    let action = format!("user.{what}");
    events::push(tx, EventKind::AccessChanged, subject, &json!({ "action": action }))?;
    let change = audit::Change {
        action: &action,
        object: user.to_string(),
        supplier: person,
        before: None,
        after: Some(after),
        reason: None,
    };
    audit::record(tx, actor, change)
}
