//! A real server inside the test's process, on a free port and a database of its own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Nullable};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde_json::{Value, json};
use tradepost::app::{App, Application};
use tradepost::auth::passwords;
use tradepost::clock::Clock;
use tradepost::db::Database as Db;
use tradepost::settings::Settings;
use tradepost_contract::people::StaffRole;
use tradepost_contract::users::Audience;
use tradepost_contract::{EventId, Id, Timestamp, UserId};

use crate::client::Client;
use crate::database::{Database, TestDatabase};
use crate::process::ServerProcess;
use crate::run_folder::RunFolder;

/// The password of everybody whom the tests make.
pub const PASSWORD: &str = "walking to the far lake";

/// Any 32 bytes do: the servers of one database only have to agree on them.
pub const SECRET: &str = "dHJhZGVwb3N0IHRlc3RzOiBub3QgYSByZWFsIHNlY3I=";

/// The settings every test server starts from.
pub fn settings(database_url: &str) -> Settings {
    Settings {
        secret: Some(SECRET.to_owned()),
        // A lost answer is given up on soon, so that tests need not wait.
        gateway_timeout_seconds: 2,
        gateway_patience_seconds: 3,
        // Each worker sets up all routes; the calls of a test are served as well by one.
        workers: 1,
        ..Settings::for_database(database_url)
    }
}

/// A server on a database of its own, in sandbox mode.
pub async fn spawn(on: Database) -> TestApp {
    spawn_on(TestDatabase::create(on)).await
}

/// The same with other settings.
pub async fn spawn_with(on: Database, change: impl FnOnce(&mut Settings)) -> TestApp {
    let database = Arc::new(TestDatabase::create(on));
    let mut settings = settings(database.url());
    change(&mut settings);
    let (address, server) = start_inside(settings).await;
    TestApp::new(address, database, server)
}

/// A server on this database.
pub async fn spawn_on(database: TestDatabase) -> TestApp {
    let database = Arc::new(database);
    let (address, server) = start_inside(settings(database.url())).await;
    TestApp::new(address, database, server)
}

/// The real binary as a process of its own, on a database of its own, to be killed.
pub async fn spawn_process(on: Database) -> TestApp {
    spawn_process_with(on, Vec::new()).await
}

/// The same with further variables in its environment, also after a restart.
pub async fn spawn_process_with(on: Database, variables: Vec<(String, String)>) -> TestApp {
    let database = Arc::new(TestDatabase::create(on));
    let (address, server) = start_process(database.url(), &variables).await;
    let mut app = TestApp::new(address, database, server);
    app.variables = variables;
    let now = tradepost::clock::wall_now();
    let until_day = by_day(now).since(now).whole_seconds();
    if until_day > 0 {
        app.advance_without_jobs(until_day).await;
    }
    app
}

/// The real binary whose log is kept: everything down to this level.
pub async fn spawn_process_logging(on: Database, level: &str) -> TestApp {
    let file = RunFolder::of_this_run()
        .path()
        .join(format!("log-{}", crate::fresh_key()));
    let variables = [
        ("RUST_LOG", level),
        (crate::process::LOG_FILE, &file.display().to_string()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    spawn_process_with(on, variables.to_vec()).await
}

/// The instant itself, or that day's afternoon where it is still the day before in America. Tests say "today" by the
/// clock of UTC and mean the same day everywhere, at whatever hour they run.
fn by_day(now: Timestamp) -> Timestamp {
    const DAY: i64 = 86_400;
    let (midnight, hour) = (now.as_seconds() / DAY * DAY, now.as_seconds() % DAY / 3_600);
    if hour < 8 {
        Timestamp::from_seconds(midnight + 15 * 3_600)
    } else {
        now
    }
}

/// Lets business begin by day, unless it was moved before.
fn begin_by_day(app: &App) {
    let now = app.clock.business_now();
    let ahead = by_day(now).as_micros() - now.as_micros();
    if ahead == 0 || app.clock.offset_micros() != 0 {
        return;
    }
    let moved = app.db.write_blocking(move |tx| {
        tx.batch_execute(&format!(
            "UPDATE sandbox_clock SET offset_micros = {ahead} WHERE offset_micros = 0"
        ))?;
        Ok(())
    });
    moved.expect("the clock can be moved");
    app.clock.move_to_offset(ahead);
}

async fn start_inside(settings: Settings) -> (String, Server) {
    let sandbox = settings.sandbox;
    let (started, wait) = mpsc::sync_channel(1);
    // A thread of its own, so that a test that blocks does not stop the server it waits for.
    std::thread::Builder::new()
        .name("server".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let application = Application::build(settings).expect("the server starts");
                let facts = (application.address(), application.app(), application.handle());
                started.send(facts).expect("the test waits for the server");
                application.run_until_stopped().await.expect("the server stops well");
            });
        })
        .expect("a thread can be started");
    let (address, app, handle) = tokio::task::spawn_blocking(move || wait.recv())
        .await
        .expect("the waiting thread ends well")
        .expect("the server started; its panic is above");
    if sandbox {
        begin_by_day(&app);
    }
    (format!("http://{address}"), Server::Inside { app, handle })
}

async fn start_process(database_url: &str, variables: &[(String, String)]) -> (String, Server) {
    let (url, variables) = (database_url.to_owned(), variables.to_vec());
    let process = tokio::task::spawn_blocking(move || ServerProcess::start(&url, &variables)).await;
    let process = process.expect("the server's process starts");
    (process.address.clone(), Server::Process(process))
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Nullable<BigInt>)]
    id: Option<i64>,
}

enum Server {
    Inside {
        app: Arc<App>,
        handle: tradepost::app::StopHandle,
    },
    Process(ServerProcess),
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Self::Inside { handle, .. } = self {
            // Telling it is enough: nobody waits for a server whose database is about to go.
            drop(handle.stop(false));
        }
    }
}

/// A running server and the ways into it.
pub struct TestApp {
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub address: String,
    anonymous: Client,
    staff: Mutex<HashMap<String, Client>>,
    numbers: AtomicU64,
    /// What a server of its own process has in its environment.
    variables: Vec<(String, String)>,
    // Before the database, so that the server goes first.
    server: Server,
    /// Its database.
    pub database: Arc<TestDatabase>,
}

impl TestApp {
    fn new(address: String, database: Arc<TestDatabase>, server: Server) -> Self {
        Self {
            anonymous: Client::anonymous(&address),
            address,
            database,
            server,
            staff: Mutex::default(),
            numbers: AtomicU64::new(1),
            variables: Vec::new(),
        }
    }

    /// A number that this server's market has not used; the same on two servers set up alike.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// The same where the server is inside the test.
    pub(crate) fn looked_into(&self) -> Option<Arc<App>> {
        match &self.server {
            Server::Inside { app, .. } => Some(Arc::clone(app)),
            Server::Process(_) => None,
        }
    }

    /// What the handlers share, for the few tests that look inside.
    pub fn inside(&self) -> Arc<App> {
        match &self.server {
            Server::Inside { app, .. } => Arc::clone(app),
            Server::Process(_) => panic!("a server in a process of its own cannot be looked into"),
        }
    }

    /// Tells the server to stop when it has answered what is under way; the future waits for that.
    pub fn stop_gracefully(&self) -> impl Future<Output = ()> + use<> {
        match &self.server {
            Server::Inside { handle, .. } => handle.stop(true),
            Server::Process(_) => panic!("a server in a process of its own is killed"),
        }
    }

    /// Another server on the same database (PostgreSQL only: one process has a SQLite file to itself).
    pub async fn second_server(&self) -> TestApp {
        let (address, server) = start_inside(settings(self.database.url())).await;
        TestApp::new(address, Arc::clone(&self.database), server)
    }

    /// What a server that logs has logged so far.
    pub fn log(&self) -> String {
        let file = self.variables.iter().find(|(name, _)| name == crate::process::LOG_FILE);
        let (_, path) = file.expect("this server logs");
        std::fs::read_to_string(path).expect("the log is there")
    }

    /// Tells a server in a process of its own to stop when it has answered what is under way.
    pub fn terminate(&self) {
        match &self.server {
            Server::Process(process) => process.terminate(),
            Server::Inside { .. } => panic!("only a process is told to stop"),
        }
    }

    /// Waits until a server in a process of its own has ended.
    pub async fn has_ended(&mut self) -> std::process::ExitStatus {
        loop {
            let Server::Process(process) = &mut self.server else {
                panic!("only a process ends by itself")
            };
            if let Some(status) = process.ended() {
                return status;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// kill -9 for a server in a process of its own.
    pub fn kill(&mut self) {
        match &mut self.server {
            Server::Process(process) => process.kill(),
            Server::Inside { .. } => panic!("a server inside the test cannot be killed"),
        }
    }

    /// Starts a killed server again, on another port. Clients made before call the old one.
    pub async fn restart(&mut self) {
        let (address, server) = start_process(self.database.url(), &self.variables).await;
        (self.address, self.server) = (address, server);
        self.anonymous = Client::anonymous(&self.address);
        self.staff = Mutex::default();
    }

    /// The same caller at this server: for clients from before a restart, or of another server.
    pub fn moved(&self, client: &Client) -> Client {
        client.moved_to(&self.address)
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Client {
        self.anonymous.clone()
    }

    /// A member of staff who holds only this role: `admin`, `account_manager`, `returns_reviewer`,
    /// `finance`, `support`, `caller` or `auditor`. Signs in at the first call.
    pub async fn staff(&self, role: &str) -> Client {
        if let Some(client) = self.staff.lock().expect("no test panics while it holds this").get(role) {
            return client.clone();
        }
        let client = self.sign_in(&staff_email(role), PASSWORD).await;
        self.staff
            .lock()
            .expect("no test panics while it holds this")
            .insert(role.to_owned(), client.clone());
        client
    }

    /// Whoever has this e-mail and password.
    pub async fn sign_in(&self, email: &str, password: &str) -> Client {
        let answer = self
            .anonymous
            .post("/auth/login")
            .json(&json!({ "email": email, "password": password }))
            .send()
            .await;
        let session = answer.ok();
        self.anonymous.with_bearer(
            session["access_token"]
                .as_str()
                .unwrap_or_else(|| panic!("no access token: {answer}")),
        )
    }

    /// A program with an API key of these scopes, for one programme, for one supplier, or for all. It
    /// sends an `Idempotency-Key` with every write.
    pub async fn key(&self, scopes: &[&str], programme: Option<&str>, supplier: Option<&str>) -> Client {
        // Tests send in seconds what others send in hours.
        let body = json!({
            "name": "test", "scopes": scopes, "programme_id": programme, "supplier_id": supplier,
            "requests_per_minute": 1_000_000,
        });
        let answer = self.staff("admin").await.post("/api-keys").json(&body).send().await;
        let made = answer.created();
        self.anonymous
            .with_bearer(made["secret"].as_str().unwrap_or_else(|| panic!("no secret: {answer}")))
            .idempotent()
    }

    /// Moves business time forward by whole days and runs what has become due.
    pub async fn advance(&self, days: i64) {
        self.advance_seconds(days * 86_400).await;
    }

    /// Moves business time forward and runs what has become due.
    pub async fn advance_seconds(&self, seconds: i64) {
        let finance = self.staff("finance").await;
        finance
            .post("/sandbox/clock/advance")
            .json(&json!({ "seconds": seconds, "run_jobs": true }))
            .send()
            .await
            .ok();
    }

    /// Moves business time forward and runs nothing, to look at what is due.
    pub async fn advance_without_jobs(&self, seconds: i64) {
        let finance = self.staff("finance").await;
        finance
            .post("/sandbox/clock/advance")
            .json(&json!({ "seconds": seconds, "run_jobs": false }))
            .send()
            .await
            .ok();
    }

    /// Runs what is due.
    pub async fn run_jobs(&self) {
        let finance = self.staff("finance").await;
        finance.post("/sandbox/jobs/run").patiently().send().await.ok();
    }

    /// Every invariant of the books and the market holds (reliability I1–I14).
    pub async fn audit_is_green(&self) {
        let violations = self
            .inside()
            .db
            .read(tradepost::auditor::run)
            .await
            .expect("the auditor can read");
        let shown: Vec<String> = violations.iter().map(ToString::to_string).collect();
        assert!(shown.is_empty(), "the audit found:\n{}", shown.join("\n"));
    }

    /// The instant of business, as RFC 3339.
    pub async fn business_now(&self) -> String {
        let clock = self.staff("finance").await.get("/sandbox/clock").send().await.ok();
        clock["business_now"]
            .as_str()
            .expect("the clock has business_now")
            .to_owned()
    }

    /// The events of these kinds, oldest first. On PostgreSQL the log ends a second before now, so
    /// that no late commit slips behind a reader; what was committed before this call is waited for.
    pub async fn events(&self, kind: &str) -> Vec<Value> {
        let auditor = self.staff("auditor").await;
        let newest = self
            .inside()
            .db
            .read(|conn| {
                let newest = sql_query("SELECT MAX(id) AS id FROM events").get_result::<Newest>(conn)?;
                Ok(newest.id.map(|id| EventId::from_i64(id).to_string()))
            })
            .await
            .expect("the newest event can be read");
        let started = std::time::Instant::now();
        while self.database.kind() == Database::Postgres {
            let seen = auditor.all("/events?limit=100").await;
            let last = seen.last().and_then(|last| last["id"].as_str());
            if last >= newest.as_deref() {
                break;
            }
            assert!(started.elapsed().as_secs() < 20, "the log never shows {newest:?}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        auditor.all(&format!("/events?kind={kind}&limit=100")).await
    }

    /// The same, once there are so many: on PostgreSQL readers see an event a moment after its commit.
    pub async fn await_events(&self, kind: &str, count: usize) -> Vec<Value> {
        let started = std::time::Instant::now();
        loop {
            let events = self.events(kind).await;
            if events.len() >= count || started.elapsed().as_secs() >= 20 {
                assert_eq!(events.len(), count, "events of kind {kind}: {events:?}");
                return events;
            }
        }
    }
}

/// The e-mail of the member of staff who holds only this role.
pub fn staff_email(role: &str) -> String {
    format!("{role}@staff.example")
}

/// Brings the schema of a template up to date and puts one member of staff per role into it.
///
/// The API has no way to make the first person, as it must not; `tradepost admin create` makes one in
/// life. Here one hash serves all, since hashing is dear and this runs before every suite.
pub(crate) fn fill_template(database_url: &str) -> Db {
    let database = match database_url.parse() {
        Ok(url) => Db::open(&url, Clock::default()).expect("the template opens"),
    };
    let hash = passwords::hash(PASSWORD, Audience::Staff).expect("the password can be hashed");
    let filled = database.write_blocking(move |tx| {
        let now = tx.wall_now().as_micros();
        for role in StaffRole::ALL {
            let (id, role) = (tx.new_id::<UserId>().as_i64(), role.as_str());
            let email = staff_email(role);
            tx.batch_execute(&format!(
                "INSERT INTO users (id, audience, email, email_as_typed, name, password_hash, created_at, updated_at) \
                 VALUES ({id}, 'staff', '{email}', '{email}', '{role}', '{hash}', {now}, {now}); \
                 INSERT INTO staff_roles (user_id, role) VALUES ({id}, '{role}')"
            ))?;
        }
        Ok(())
    });
    filled.expect("the template can be filled");
    database
}
