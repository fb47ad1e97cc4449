//! A database for each test, with the schema and one member of staff per role already in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use crate::cluster;
use crate::run_folder::RunFolder;

const TEMPLATE: &str = "template_tradepost";

/// Which of the two databases a test runs on. A test takes both as its cases:
///
/// ```text
/// #[rstest]
/// #[tokio::test]
/// async fn r22_a_late_return_is_denied(#[values(Sqlite, Postgres)] on: Database) { … }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// The embedded default.
    Sqlite,
    /// The private cluster of the run.
    Postgres,
}

/// A database of a test's own, removed with this value.
#[derive(Debug)]
pub struct TestDatabase {
    kind: Database,
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Named(String),
}

impl TestDatabase {
    /// A copy of the template, which the first test of the run makes.
    pub fn create(kind: Database) -> Self {
        let run = RunFolder::of_this_run();
        let name = unique_name();
        match kind {
            Database::Sqlite => {
                let template = run.path().join("template.db");
                run.once("sqlite", || make_sqlite_template(&template));
                let folder = run.path().join(&name);
                fs::create_dir_all(&folder).expect("the run's folder is writable");
                let file = folder.join("tradepost.db");
                fs::copy(&template, &file).expect("the template is there");
                Self {
                    kind,
                    url: format!("sqlite://{}", file.display()),
                    place: Place::Folder(folder),
                }
            }
            Database::Postgres => {
                run.once("postgres", || {
                    cluster::administer(&format!("CREATE DATABASE {TEMPLATE}"));
                    drop(crate::app::fill_template(&cluster::url(TEMPLATE)));
                    // A database that somebody is connected to cannot be copied.
                    cluster::administer(&format!("ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false"));
                    cluster::administer(&format!(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{TEMPLATE}'"
                    ));
                });
                cluster::administer(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"));
                Self {
                    kind,
                    url: cluster::url(&name),
                    place: Place::Named(name),
                }
            }
        }
    }

    /// A place for a database with nothing in it.
    pub fn empty(kind: Database) -> Self {
        let name = unique_name();
        match kind {
            Database::Sqlite => {
                let folder = RunFolder::of_this_run().path().join(&name);
                fs::create_dir_all(&folder).expect("the run's folder is writable");
                Self {
                    kind,
                    url: format!("sqlite://{}", folder.join("tradepost.db").display()),
                    place: Place::Folder(folder),
                }
            }
            Database::Postgres => {
                cluster::administer(&format!("CREATE DATABASE {name}"));
                Self {
                    kind,
                    url: cluster::url(&name),
                    place: Place::Named(name),
                }
            }
        }
    }

    /// Which of the two it is.
    pub fn kind(&self) -> Database {
        self.kind
    }

    /// What `DATABASE_URL` says for it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // What is left here is removed with the run's folder; a failed test has more to say than this.
        match &self.place {
            Place::Folder(folder) => drop(fs::remove_dir_all(folder)),
            Place::Named(name) => {
                let drop_it = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                drop(std::panic::catch_unwind(|| cluster::administer(&drop_it)));
            }
        }
    }
}

/// One clean file that can be copied, whatever is still open beside the database it comes from.
fn make_sqlite_template(template: &Path) {
    let work = template.with_extension("work");
    drop(fs::remove_file(&work));
    let database = crate::app::fill_template(&format!("sqlite://{}", work.display()));
    let mut connection = SqliteConnection::establish(&work.to_string_lossy()).expect("the template opens");
    let copy = format!("PRAGMA busy_timeout = 5000; VACUUM INTO '{}'", template.display());
    connection.batch_execute(&copy).expect("the template can be copied");
    drop(database);
}

fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("t_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
