//! Who is signed in here. The access token lives in this file's memory and nowhere else; the refresh
//! token is a cookie that no script can read.
//!
//! - A token is renewed shortly before it ends, and once when the server no longer takes it. However many
//!   requests wait, there is one renewal.
//! - [`over`] is the one place that reacts to an ended session: the shell sees it and goes to the sign-in
//!   page, with the way back in `?to=` (R2).
//! - That somebody is signed in (not who, and no token) is remembered, so that a first visit asks the
//!   server nothing and a sign-out reaches all tabs.

use std::cell::RefCell;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};
use leptos::prelude::*;
use tradepost_contract::access_links::SetPassword;
use tradepost_contract::auth::{ChangePassword, Login, Me, MySecondFactor, SignedIn};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::WordingKey;
use tradepost_contract::programmes::Programme;
use tradepost_contract::second_factors::{AnswerChallenge, SignInChallenge};
use tradepost_contract::sign_ups::{SignUp, SignUpNext};
use tradepost_contract::users::Audience;
use tradepost_contract::{ImpersonationId, ProgrammeId};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::api::http::Either;
use crate::api::terms::AccountTerms;
use crate::api::{self, Failure, Result};
use crate::browser;
use crate::clock;
use crate::layout::guard;
use crate::routes::{ConsoleRoute, Route};

const REMEMBERED: &str = "signed_in";
/// The number of the look at a portal that this tab is; it opens nothing without the session that began it.
const LOOKING: &str = "looking";
/// A token this close to its end is renewed before it is used.
const RENEW_SECONDS: i64 = 45;

/// What is known of who is here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Standing {
    /// Not asked yet: nothing of either audience may be shown.
    #[default]
    Unknown,
    /// Nobody.
    SignedOut,
    /// Somebody.
    SignedIn(Arc<Me>),
}

#[derive(Clone, Copy)]
struct Session {
    standing: RwSignal<Standing>,
    programmes: RwSignal<Vec<Programme>>,
    terms: RwSignal<Option<Arc<AccountTerms>>>,
    connected: RwSignal<bool>,
}

#[derive(Clone)]
struct Token {
    text: String,
    ends_at: i64,
}

type Renewal = Shared<LocalBoxFuture<'static, Result<String>>>;

thread_local! {
    static SESSION: std::cell::Cell<Option<Session>> = const { std::cell::Cell::new(None) };
    static TOKEN: RefCell<Option<Token>> = const { RefCell::new(None) };
    static RENEWAL: RefCell<Option<Renewal>> = const { RefCell::new(None) };
    static LAST_ACT: std::cell::Cell<Option<fn()>> = const { std::cell::Cell::new(None) };
}

/// Has something done whenever a session is about to end without the person's doing, while it is still known
/// who was here.
pub fn before_the_end(act: fn()) {
    LAST_ACT.set(Some(act));
}

#[expect(
    clippy::expect_used,
    reason = "the entry points start the session before anything is shown"
)]
fn session() -> Session {
    SESSION.get().expect("the session was started")
}

/// Takes up the session of the cookie, if there is one.
pub fn start() {
    SESSION.set(Some(Session {
        standing: RwSignal::new(Standing::Unknown),
        programmes: RwSignal::new(Vec::new()),
        terms: RwSignal::new(None),
        connected: RwSignal::new(true),
    }));
    let heard = Closure::<dyn Fn()>::new(|| {
        let here = matches!(session().standing.get_untracked(), Standing::SignedIn(_));
        if here && browser::remembered(REMEMBERED).is_none() {
            over();
        }
    });
    let heard = heard.into_js_value();
    let _ = browser::window().add_event_listener_with_callback("storage", heard.unchecked_ref());
    if browser::remembered(REMEMBERED).is_none() {
        session().standing.set(Standing::SignedOut);
        return;
    }
    wasm_bindgen_futures::spawn_local(resume());
}

/// Tries again to take the session up, after the server could not be reached.
pub async fn resume() {
    let outcome = async {
        if browser::tab_remembered(LOOKING).is_some() && looking().is_none() {
            end_look().await;
        }
        renew().await?;
        welcome().await
    };
    match outcome.await {
        Ok(()) => {}
        // Unreachable is not signed out: the notice offers to try again.
        Err(Failure::Offline) => session().connected.set(false),
        Err(_) => over(),
    }
}

/// Signs in, or gives the challenge of who signs in with codes.
pub async fn sign_in(login: &Login) -> Result<Option<SignInChallenge>> {
    match api::auth::login(login).await? {
        Either::One(signed_in) => {
            enter(signed_in).await?;
            Ok(None)
        }
        Either::Other(challenge) => Ok(Some(challenge)),
    }
}

/// Goes on with the code of a challenge.
pub async fn answer_challenge(answer: &AnswerChallenge) -> Result<()> {
    enter(api::auth::answer_sign_in_challenge(answer).await?).await
}

async fn enter(signed_in: SignedIn) -> Result<()> {
    // Whoever signs in is themselves.
    browser::tab_remember(LOOKING, None);
    keep(signed_in);
    welcome().await
}

/// Changes one's own password; the tokens from before work no more.
pub async fn change_password(change: &ChangePassword) -> Result<()> {
    keep(api::security::change_my_password(change).await?);
    Ok(())
}

/// Reads anew who is here, after something of that was changed.
pub async fn changed() {
    // What was known stays where it cannot be read now.
    let _ = welcome().await;
}

/// Begins to look at the portal as the owner of a supplier does: in this tab, until [`look_no_more`].
pub fn look_as(id: ImpersonationId) {
    browser::tab_remember(LOOKING, Some(&id.to_string()));
    browser::load_page(guard::home_of(Audience::Supplier));
}

/// Ends the look, and goes back to the supplier's page.
pub async fn look_no_more() {
    let supplier = me().and_then(|me| me.supplier.as_ref().map(|account| account.id));
    end_look().await;
    let back = supplier.map_or(ConsoleRoute::Home, ConsoleRoute::Supplier);
    browser::load_page(&Route::Console(back).path());
}

/// What this tab looks at. In the console nobody looks.
fn looking() -> Option<ImpersonationId> {
    let id = browser::tab_remembered(LOOKING)?.parse().ok()?;
    (!crate::routes::is_staffs(&browser::here())).then_some(id)
}

async fn end_look() {
    let id = browser::tab_remembered(LOOKING).and_then(|id| id.parse().ok());
    browser::tab_remember(LOOKING, None);
    TOKEN.take();
    if let (Some(id), Ok(token)) = (id, renew().await) {
        // What cannot be ended now ends by itself after half an hour.
        let _ = api::impersonations::end_impersonation(id, &token).await;
    }
}

/// The token of the look in the place of the one that was renewed, where this tab looks at a portal.
async fn as_looked(mut signed_in: SignedIn) -> Result<SignedIn> {
    let Some(id) = looking() else {
        return Ok(signed_in);
    };
    let staff = signed_in.access_token.reveal().to_owned();
    match api::impersonations::get_impersonation_token(id, &staff).await {
        Ok(token) => {
            signed_in.access_token = token.access_token;
            signed_in.expires_in = token.expires_in;
            signed_in.audience = Audience::Supplier;
            Ok(signed_in)
        }
        Err(Failure::Problem(problem)) if matches!(problem.status, 401 | 403 | 404) => {
            // The look is over. A page of it must not go on with the eyes of staff, so all of it is loaded anew.
            browser::tab_remember(LOOKING, None);
            browser::load_page(guard::home_of(Audience::Staff));
            Err(Failure::SignedOut)
        }
        Err(failure) => Err(failure),
    }
}

/// Opens an account and signs in with it, or says that one has to sign in first (R51).
pub async fn sign_up(new: &SignUp) -> Result<SignUpNext> {
    let signed_up = api::sign_ups::create_sign_up(new).await?;
    if let Some(signed_in) = signed_up.session {
        keep(signed_in);
        welcome().await?;
    }
    Ok(signed_up.next)
}

/// Accepts an invitation and is signed in. Gives whose pages one sees; they are loaded in full.
pub async fn accept_invitation(chosen: &SetPassword) -> Result<Audience> {
    let signed_in = api::access::accept_invitation(chosen).await?;
    let audience = signed_in.audience;
    keep(signed_in);
    Ok(audience)
}

/// Signs out here and in the other tabs.
pub async fn sign_out() {
    // Without a connection the cookie stays, but this device forgets the session all the same.
    let _ = api::auth::logout().await;
    end();
}

/// The session has ended, and nobody asked for it: what was typed is kept for when the person is back.
pub fn over() {
    if let Some(act) = LAST_ACT.get() {
        act();
    }
    end();
}

/// Everything that was known is forgotten.
fn end() {
    TOKEN.take();
    browser::remember(REMEMBERED, None);
    let session = session();
    session.programmes.set(Vec::new());
    session.terms.set(None);
    if session.standing.get_untracked() != Standing::SignedOut {
        session.standing.set(Standing::SignedOut);
    }
}

async fn welcome() -> Result<()> {
    let me = api::auth::get_me().await?;
    // Who has to set up a second factor first is shown nothing else.
    let programmes = match me.second_factor {
        MySecondFactor::Required => Vec::new(),
        MySecondFactor::Off | MySecondFactor::On => api::programmes::list_programmes().await?.data,
    };
    if browser::is_sandbox()
        && let Ok(reading) = api::sandbox::get_sandbox_clock().await
    {
        clock::set_ahead(reading.business_now.as_seconds() - clock::device_seconds());
    }
    // Who may not read them reads the usual words.
    let terms = match &me.supplier {
        Some(account) => api::terms::get_supplier_policy(account.id).await.ok(),
        None => None,
    };
    let session = session();
    session.programmes.set(programmes);
    session.terms.set(terms.map(Arc::new));
    session.standing.set(Standing::SignedIn(Arc::new(me)));
    Ok(())
}

fn keep(signed_in: SignedIn) -> String {
    let text = signed_in.access_token.reveal().to_owned();
    let ends_at = clock::device_seconds() + signed_in.expires_in;
    TOKEN.set(Some(Token {
        text: text.clone(),
        ends_at,
    }));
    browser::remember(REMEMBERED, Some("yes"));
    text
}

/// A token that lasts long enough for a request.
pub(crate) async fn token() -> Result<String> {
    let fresh = TOKEN.with_borrow(|token| {
        let token = token.as_ref()?;
        (token.ends_at - clock::device_seconds() > RENEW_SECONDS).then(|| token.text.clone())
    });
    match fresh {
        Some(token) => Ok(token),
        None => renew().await,
    }
}

/// Another token than the one the server refused.
pub(crate) async fn renewed_token(refused: &str) -> Result<String> {
    let newer = TOKEN.with_borrow(|token| token.as_ref().map(|token| token.text.clone()));
    match newer.filter(|token| token != refused) {
        Some(token) => Ok(token),
        None => renew().await,
    }
}

/// One renewal for everybody who waits for it.
async fn renew() -> Result<String> {
    let renewal = RENEWAL.with_borrow_mut(|running| {
        running
            .get_or_insert_with(|| {
                let renewal = async {
                    let outcome = match api::auth::refresh_session().await {
                        Ok(signed_in) => as_looked(signed_in).await.map(keep),
                        Err(failure) => Err(failure),
                    };
                    RENEWAL.take();
                    match outcome {
                        Err(Failure::Problem(problem)) if problem.status == 401 => {
                            over();
                            Err(Failure::SignedOut)
                        }
                        other => other,
                    }
                };
                renewal.boxed_local().shared()
            })
            .clone()
    });
    renewal.await
}

/// What is known of who is here.
pub fn standing() -> Signal<Standing> {
    session().standing.into()
}

/// Who is here; nobody while that is not known. Not tracked: a page lives no longer than its session.
pub fn me() -> Option<Arc<Me>> {
    match session().standing.get_untracked() {
        Standing::SignedIn(me) => Some(me),
        Standing::SignedOut | Standing::Unknown => None,
    }
}

/// Whether the person here may do this: what they may not is not offered.
pub fn may(permission: Permission) -> bool {
    me().is_some_and(|me| me.permissions.contains(&permission))
}

/// Whether somebody of the seller's is here.
pub fn is_staff() -> bool {
    me().is_some_and(|me| me.supplier.is_none())
}

/// The programmes that one may see.
pub fn programmes() -> Vec<Programme> {
    session().programmes.get_untracked()
}

/// Reads the programmes again, after one of them was made or changed.
pub fn programmes_changed() {
    wasm_bindgen_futures::spawn_local(async {
        if let Ok(page) = api::programmes::list_programmes().await {
            session().programmes.set(page.data);
        }
    });
}

/// A programme that one may see.
pub fn programme(id: ProgrammeId) -> Option<Programme> {
    session()
        .programmes
        .with_untracked(|all| all.iter().find(|programme| programme.id == id).cloned())
}

/// The programme of the supplier whose people are here.
pub fn own_programme() -> Option<Programme> {
    programme(me()?.supplier.as_ref()?.programme_id)
}

/// Whether leads of the supplier here are paid out of a wallet (R9).
pub fn is_prepaid() -> bool {
    me().is_some_and(|me| me.supplier.as_ref().is_some_and(|account| account.prepaid))
}

/// Whether the supplier's own leads are called for it (R99).
pub fn is_called() -> bool {
    terms().is_some_and(|terms| terms.policy.calls())
}

/// The terms of the supplier whose people are here.
pub fn terms() -> Option<Arc<AccountTerms>> {
    session().terms.get_untracked()
}

/// What the programme of the supplier here calls something (R26, R49).
pub fn word(key: WordingKey) -> String {
    terms().map_or_else(|| key.usual().to_owned(), |terms| terms.policy.word(key).to_owned())
}

/// Whether the last request reached the server.
pub fn connected() -> Signal<bool> {
    session().connected.into()
}

pub(crate) fn note_connection(connected: bool) {
    let signal = session().connected;
    if signal.get_untracked() != connected {
        signal.set(connected);
    }
}
