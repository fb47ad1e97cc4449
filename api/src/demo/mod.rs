//! The demo market: five programmes, forty suppliers and ten weeks of business, made through the
//! API like everyone else's, deterministic from a seed.
//!
//! A server of its own runs on a free loopback port with its business clock ten weeks back. Staff
//! and suppliers sign in, leads come in hour by hour, suppliers work and return them, reviewers
//! decide, the jobs that time brings make invoices, finance records payments. Nothing is written
//! past the API but the first administrator, whom no API may make.

mod api;
mod calls;
mod cancellations;
mod changes;
mod delivery_targets;
mod history;
mod lead_sources;
mod market;
mod packages;
mod paying;
mod people;
mod plans;
mod privacy;
mod random;
mod shop;
mod store;
mod support;
mod wallets;
mod webhooks;
mod world;

use crate::app::{App, Application};
use crate::auth::passwords;
use crate::clock::Clock;
use crate::db::Database;
use crate::settings::{SecondFactorRule, Settings};
use anyhow::Context;
use api::Api;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use time::Duration;
use tradepost_contract::Timestamp;
use tradepost_contract::auth::SecretText;
use tradepost_contract::sandbox::{DemoPeople, DemoPerson};
use tradepost_contract::users::Audience;

/// How much past the demo has.
const WEEKS: i64 = 10;
/// The same market every time.
const SEED: u64 = 20_261_121;
/// The password of everybody in the demo. They hold made-up data only.
pub const PASSWORD: &str = "try the trading post";

/// How to get into the demo: kept beside the database, so that it can be printed again.
#[derive(Debug, Serialize, Deserialize)]
pub struct Access {
    /// Everybody's password.
    pub password: String,
    /// E-mail addresses, and who they are.
    pub people: Vec<Person>,
    /// A key that submits and reads leads in every programme.
    pub api_key: String,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// What they sign in with.
    pub email: String,
    /// Who they are.
    pub who: String,
}

/// Fills an empty database with the demo market, and prints how to get in. Of one that is filled it prints the note
/// that was written then.
pub fn run(settings: Settings) -> anyhow::Result<()> {
    let file = access_file(&settings);
    if is_filled(&settings, file.exists())? {
        match std::fs::read(&file) {
            Ok(note) => print(&serde_json::from_slice(&note)?),
            Err(_) => eprintln!("The database is not empty, so the demo market is not made."),
        }
        return Ok(());
    }
    let started = crate::clock::stopwatch();
    let first = crate::clock::wall_now().plus(-Duration::weeks(WEEKS));
    // Business begins at midnight, so that the days of the demo are whole.
    let begin = Timestamp::from_seconds(first.as_seconds().div_euclid(86_400) * 86_400);
    let offset = begin.as_micros() - crate::clock::wall_now().as_micros();
    let clock = Clock::with_offset_micros(offset);
    let there = settings.bind;
    let settings = Settings {
        bind: ([127, 0, 0, 1], 0).into(),
        sandbox: true,
        public_url: None,
        // Nobody stands there to type a code, and years go by while it is made.
        staff_second_factor: SecondFactorRule::Offered,
        step_up_minutes: 1_440,
        ..settings
    };
    let application = Application::build_with(settings, clock)?;
    eprintln!("Making the demo market: ten weeks of business of five lead sellers.");
    let access = actix_web::rt::System::new().block_on(make(application, begin, there))?;
    write_privately(&file, &serde_json::to_vec_pretty(&access)?)?;
    eprintln!("Made in {} seconds.", started.elapsed().as_secs());
    print(&access);
    Ok(())
}

/// Whether there is something in the database. One that cannot be opened while a note lies beside it is in use by the
/// server of the demo.
fn is_filled(settings: &Settings, has_note: bool) -> anyhow::Result<bool> {
    match Database::open(&settings.database(), Clock::default()) {
        Ok(db) => Ok(!people::is_empty(&db)?),
        Err(_) if has_note => Ok(true),
        Err(error) => Err(error),
    }
}

async fn make(application: Application, begin: Timestamp, there: SocketAddr) -> anyhow::Result<Access> {
    let (app, address, handle) = (application.app(), application.address(), application.handle());
    let server = actix_web::rt::spawn(application.run_until_stopped());
    let api = Api::new(&format!("http://{address}"))?;
    let staff = people::hire(&app, &api).await?;
    let market = market::set_up(&api, &staff).await?;
    wallets::open(&staff, &market).await?;
    plans::buy(&staff, &market).await?;
    packages::introduce(&staff, &market).await?;
    cancellations::sign(&staff, &market, begin).await?;
    let crm = delivery_targets::connect(address, &market).await?;
    history::live_through(&app, &staff, &market, begin, Duration::weeks(WEEKS)).await?;
    plans::leave(&market).await?;
    changes::ask_for(&staff, &market).await?;
    support::ask_for(&staff, &market).await?;
    lead_sources::connect(&staff, &market).await?;
    privacy::ask_for(&staff, &market).await?;
    webhooks::connect(&app, (address, there), &staff, &market).await?;
    crm.moves(there).await?;
    people::mark_all(&app).await?;
    handle.stop(true).await;
    server.await.context("the demo's server")??;
    let mut people = staff.people();
    people.extend(market.people());
    Ok(Access {
        password: PASSWORD.to_owned(),
        people,
        api_key: market.integrator_key,
    })
}

/// Who can sign in to the demo beside this database, as the sign-in page of a sandbox offers them.
pub fn people_to_offer(settings: &Settings) -> DemoPeople {
    let read = || serde_json::from_slice::<Access>(&std::fs::read(access_file(settings)).ok()?).ok();
    let Some(access) = read() else {
        return DemoPeople {
            password: None,
            people: Vec::new(),
        };
    };
    let offer = |person: Person| DemoPerson {
        // Nothing but the demo's own staff is of this domain.
        audience: if person.email.ends_with("@tradepost.example") {
            Audience::Staff
        } else {
            Audience::Supplier
        },
        email: person.email,
        who: person.who,
    };
    DemoPeople {
        password: Some(SecretText::new(access.password)),
        people: access.people.into_iter().map(offer).collect(),
    }
}

fn access_file(settings: &Settings) -> PathBuf {
    match settings.database() {
        crate::db::DatabaseUrl::Sqlite(path) => path.with_extension("demo.json"),
        crate::db::DatabaseUrl::Postgres(_) => PathBuf::from("data/demo.json"),
    }
}

fn write_privately(file: &Path, content: &[u8]) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(file)
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file.write_all(content)?)
}

fn print(access: &Access) {
    println!("Sign in with the password \"{}\" as", access.password);
    for person in &access.people {
        println!("  {:<34} {}", person.email, person.who);
    }
    println!("API key for leads: {}", access.api_key);
}

/// Moves the demo's business time to an instant; it never goes back.
fn move_to(app: &App, to: Timestamp) {
    app.clock
        .move_to_offset(to.as_micros() - app.clock.wall_now().as_micros());
}

/// The first person, whom no API may make.
fn hash_password() -> anyhow::Result<String> {
    passwords::hash(PASSWORD, tradepost_contract::users::Audience::Staff)
        .map_err(|error| anyhow::anyhow!("cannot hash a password: {error}"))
}
