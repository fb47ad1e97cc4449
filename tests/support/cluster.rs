//! One private, throw-away PostgreSQL for a whole test run.
//!
//! The first test that needs it starts it, the others find it by the process id of whoever runs the
//! tests (nextest or cargo), and a watchdog removes it when that process is gone. It lives in memory
//! where the machine has `/dev/shm`, so durability settings stay on and cost nothing. It listens on a
//! unix socket only, and each test gets a database of its own, copied from a migrated template.

use std::fs::{self, File};
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::{Connection, PgConnection, connection::SimpleConnection};

use crate::postgres_bin;

const TEMPLATE: &str = "tradepost_template";

/// A database of the cluster, dropped with this value.
#[derive(Debug)]
pub(crate) struct PostgresDatabase {
    cluster: &'static Cluster,
    name: String,
}

impl PostgresDatabase {
    /// A fresh copy of the migrated template.
    pub(crate) fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let cluster = Cluster::of_this_run();
        let name = format!("t_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        cluster.administer(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"));
        Self { cluster, name }
    }

    /// What `DATABASE_URL` says for this database.
    pub(crate) fn url(&self) -> String {
        self.cluster.url(&self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // A test that failed has more to say than a database that could not be dropped.
        if let Ok(mut connection) = PgConnection::establish(&self.cluster.url("postgres")) {
            let _ = connection.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

#[derive(Debug)]
struct Cluster {
    folder: PathBuf,
}

impl Cluster {
    fn of_this_run() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(|| {
            let runner = if parent_id() > 1 { parent_id() } else { std::process::id() };
            let folder = memory_or_temporary_folder().join(format!("tradepost-pg-{runner}"));
            let lock = File::create(folder.with_extension("lock")).expect("a lock file can be made");
            lock.lock().expect("the lock file can be locked");
            let cluster = Self { folder };
            if !cluster.ready_mark().exists() {
                cluster.start(runner);
                fs::write(cluster.ready_mark(), "").expect("the cluster's folder is writable");
            }
            cluster
        })
    }

    fn ready_mark(&self) -> PathBuf {
        self.folder.join("ready")
    }

    fn url(&self, database: &str) -> String {
        let socket = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://tradepost@{socket}/{database}")
    }

    fn administer(&self, statement: &str) {
        PgConnection::establish(&self.url("postgres"))
            .expect("the private PostgreSQL answers")
            .batch_execute(statement)
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    fn start(&self, runner: u32) {
        let bin = postgres_bin::find().expect("PostgreSQL is installed: `apt-get install postgresql`, or TRADEPOST_PG_BIN");
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir_all(&self.folder).expect("a temporary folder can be made");
        if is_root() {
            finish(Command::new("chown").arg("postgres").arg(&self.folder));
        }
        let folder = self.folder.display();
        let data = self.folder.join("data");
        finish(unprivileged(&bin.join("initdb")).arg("-D").arg(&data).args([
            "--username=tradepost",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]));
        // `pg_ctl` gives the server a session of its own, so that a killed test does not take it along.
        finish(unprivileged(&bin.join("pg_ctl")).arg("-D").arg(&data).arg("-l").arg(self.folder.join("log")).args([
            "-w",
            "-o",
            &format!(
                "-k {folder} -c listen_addresses='' -c max_connections=300 -c shared_buffers=64MB \
                 -c max_wal_size=512MB -c autovacuum_naptime=10min -c lc_messages=C"
            ),
            "start",
        ]));
        self.watch(runner, &bin);
        self.administer(&format!("CREATE DATABASE {TEMPLATE}"));
        crate::app::migrate(&self.url(TEMPLATE));
    }

    /// Stops and removes the cluster when the process that runs the tests is gone.
    fn watch(&self, runner: u32, bin: &Path) {
        let stop = unprivileged(&bin.join("pg_ctl"));
        let stop: Vec<_> = std::iter::once(stop.get_program()).chain(stop.get_args()).map(|word| word.to_string_lossy()).collect();
        let folder = self.folder.display();
        let script = format!(
            "while kill -0 {runner}; do sleep 1; done; {} -D {folder}/data -m immediate stop; rm -rf {folder} {folder}.lock",
            stop.join(" ")
        );
        Command::new("setsid")
            .args(["sh", "-c", &script])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("setsid and sh are there");
    }
}

/// PostgreSQL refuses to run as root.
fn unprivileged(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn memory_or_temporary_folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let probe = memory.join(format!("tradepost-probe-{}", std::process::id()));
    if File::create(&probe).is_ok() {
        let _ = fs::remove_file(probe);
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    }
}

fn finish(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
