//! One private, throw-away PostgreSQL for a whole test run: started by the first test that needs it,
//! on a unix socket only. Each test gets a database of its own, copied from a template.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::{Connection, PgConnection, connection::SimpleConnection};

use crate::postgres_bin;
use crate::run_folder::RunFolder;

/// The URL of a database of this run's cluster.
pub(crate) fn url(database: &str) -> String {
    let run = RunFolder::of_this_run();
    run.once("cluster", || start(run.path()));
    url_in(run.path(), database)
}

/// The URL of a database of the cluster in a folder.
fn url_in(folder: &Path, database: &str) -> String {
    let socket = folder.join("socket");
    let socket = socket.to_string_lossy().replace('/', "%2F");
    format!("postgres://tradepost@{socket}/{database}")
}

/// Runs a statement as the cluster's owner.
pub(crate) fn administer(statement: &str) {
    PgConnection::establish(&url("postgres"))
        .expect("the private PostgreSQL answers")
        .batch_execute(statement)
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// A PostgreSQL of one's own, on the disk of the given folder, for measurements; it ends with this value.
#[derive(Debug)]
pub struct OwnCluster {
    folder: PathBuf,
}

impl OwnCluster {
    /// Starts it; whatever the folder held of an earlier one is gone.
    pub fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("the folder can be made");
        start(folder);
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        url_in(&self.folder, database)
    }

    /// Runs one of PostgreSQL's programs on it, such as `psql`, and gives what it prints.
    pub fn run(&self, program: &str, arguments: &[&str]) -> std::io::Result<String> {
        let output = unprivileged(&installed().join(program))
            .env("PGHOST", self.folder.join("socket"))
            .env("PGUSER", "tradepost")
            .args(arguments)
            .output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(std::io::Error::other(format!("{program}: {said}")))
        }
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        let stop = ["-m", "immediate", "stop", "-D"];
        drop(
            unprivileged(&installed().join("pg_ctl"))
                .args(stop)
                .arg(self.folder.join("postgres"))
                .output(),
        );
    }
}

fn installed() -> PathBuf {
    postgres_bin::find().expect("PostgreSQL is installed: `apt-get install postgresql`, or TRADEPOST_PG_BIN")
}

fn start(folder: &Path) {
    let bin = installed();
    let (data, socket) = (folder.join("postgres"), folder.join("socket"));
    for owned in [&data, &socket] {
        let _ = fs::remove_dir_all(owned);
        fs::create_dir_all(owned).expect("the run's folder is writable");
        if is_root() {
            finish(Command::new("chown").arg("postgres").arg(owned));
        }
    }
    finish(unprivileged(&bin.join("initdb")).arg("-D").arg(&data).args([
        "--username=tradepost",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]));
    // No test takes the power away, so that the gate need not wait for the disk at every commit. The proofs at full
    // size do, because there a server and its database are as they are at work.
    let hasty = std::env::var_os("TRADEPOST_ALLOW_UNSAFE_POSTGRES").is_some();
    let settings = format!(
        "-k {} -c listen_addresses='' -c max_connections=400 -c shared_buffers=64MB -c max_wal_size=512MB -c lc_messages=C{}",
        socket.display(),
        if hasty {
            " -c fsync=off -c full_page_writes=off"
        } else {
            ""
        }
    );
    // `pg_ctl` gives the server a session of its own, so that a killed test does not take it along.
    finish(
        unprivileged(&bin.join("pg_ctl"))
            .arg("-D")
            .arg(&data)
            .arg("-l")
            .arg(data.join("server.log"))
            .args(["-w", "-o", &settings, "start"]),
    );
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
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n")
}

fn finish(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
