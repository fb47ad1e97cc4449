//! The folder that all tests of one run share: the template databases and the private PostgreSQL.
//!
//! It is named after the process that runs the tests (nextest or cargo), and a watchdog removes it
//! when that process is gone. It lives in memory where the machine has `/dev/shm`, so that durability
//! settings stay on and cost nothing.

use std::fs::{self, File};
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The shared folder.
#[derive(Debug)]
pub(crate) struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// The folder of this run, made by the first test that asks.
    pub(crate) fn of_this_run() -> &'static Self {
        static FOLDER: OnceLock<RunFolder> = OnceLock::new();
        FOLDER.get_or_init(|| {
            let runner = if parent_id() > 1 {
                parent_id()
            } else {
                std::process::id()
            };
            let folder = Self {
                path: memory_or_temporary_folder().join(format!("tradepost-tests-{runner}")),
            };
            fs::create_dir_all(&folder.path).expect("a temporary folder can be made");
            folder.once("watched", || folder.watch(runner));
            folder
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Does something once in the whole run; the other tests wait until it is done.
    pub(crate) fn once(&self, name: &str, work: impl FnOnce()) {
        let lock = File::create(self.path.join(format!("{name}.lock"))).expect("a lock file can be made");
        lock.lock().expect("a lock file can be locked");
        let done = self.path.join(format!("{name}.done"));
        if !done.exists() {
            work();
            fs::write(done, "").expect("the folder is writable");
        }
    }

    /// Stops PostgreSQL and removes the folder when the process that runs the tests is gone.
    fn watch(&self, runner: u32) {
        let folder = self.path.display();
        let script = format!(
            "while kill -0 {runner}; do sleep 1; done; \
             test -f {folder}/postgres/postmaster.pid && kill -QUIT $(head -n 1 {folder}/postgres/postmaster.pid) && sleep 1; \
             rm -rf {folder}"
        );
        // A session of its own, so that the end of a test does not end the watchdog.
        Command::new("setsid")
            .args(["--fork", "sh", "-c", &script])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("setsid and sh are there");
    }
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
