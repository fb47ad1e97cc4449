//! The real binary with a demo market.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// Everybody's password in the demo, which is no secret.
pub const PASSWORD: &str = "try the trading post";

/// A running server; stopped with this value.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub url: String,
    folder: TempDir,
}

impl Server {
    /// Starts a server on a copy of the demo market.
    pub fn with_demo() -> Result<Self> {
        let folder = scratch()?;
        copy_files(&demo()?, folder.path())?;
        let (child, url) = serve(folder.path(), "127.0.0.1:0")?;
        Ok(Self { child, url, folder })
    }

    /// Stops it, as a machine that breaks down does.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again where it was, after [`Server::stop`].
    pub fn start_again(&mut self) -> Result<()> {
        let address = self.url.strip_prefix("http://").unwrap_or(&self.url).to_owned();
        (self.child, self.url) = serve(self.folder.path(), &address)?;
        Ok(())
    }
}

fn serve(folder: &Path, bind: &str) -> Result<(Child, String)> {
    let mut child = tradepost(folder)?
        .args(["serve", "--sandbox", "--bind", bind])
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().context("its output is a pipe")?;
    let mut lines = BufReader::new(output).lines();
    let url = loop {
        let line = lines.next().context("the server says where it listens")??;
        if let Some((_, address)) = line.split_once("http://") {
            break format!("http://{}", address.split_whitespace().next().unwrap_or_default());
        }
    };
    // The pipe has to be read to the end, or the server would stop at a full one.
    std::thread::spawn(move || lines.for_each(drop));
    Ok((child, url))
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The folder of a demo market: given by `TRADEPOST_DEMO_FOLDER`, else made once beside the binary and
/// kept for as long as the binary is the same.
fn demo() -> Result<PathBuf> {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    if let Some(folder) = FOLDER.get() {
        return Ok(folder.clone());
    }
    let folder = match std::env::var_os("TRADEPOST_DEMO_FOLDER") {
        Some(given) => PathBuf::from(given),
        None => make_demo()?,
    };
    Ok(FOLDER.get_or_init(|| folder).clone())
}

fn make_demo() -> Result<PathBuf> {
    let binary = binary()?;
    let built = fs::metadata(&binary)?.modified()?;
    let folder = binary.with_file_name("browser-demo");
    fs::create_dir_all(&folder)?;
    // Journeys run in processes of their own; the first makes the market and the others wait.
    let lock = fs::File::create(folder.with_extension("lock"))?;
    lock.lock()?;
    let access = folder.join("tradepost.demo.json");
    let fresh = fs::metadata(&access)
        .and_then(|file| file.modified())
        .is_ok_and(|made| made > built);
    if !fresh {
        let made = scratch()?;
        let done = tradepost(made.path())?.arg("demo").stdout(Stdio::null()).status()?;
        ensure!(done.success(), "the demo market could not be made");
        // It is there whole or not at all, also when this is killed.
        let whole = folder.with_extension("whole");
        fs::create_dir_all(&whole)?;
        copy_files(made.path(), &whole)?;
        fs::remove_dir_all(&folder)?;
        fs::rename(&whole, &folder)?;
    }
    Ok(folder)
}

/// A folder that goes with its value, in memory where there is such a place: nobody takes the power away from a
/// journey, so it need not wait for the disk.
pub(crate) fn scratch() -> std::io::Result<TempDir> {
    TempDir::with_prefix_in("tradepost-journey-", "/dev/shm").or_else(|_| TempDir::new())
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn tradepost(folder: &Path) -> Result<Command> {
    let mut command = Command::new(binary()?);
    command
        .env("DATABASE_URL", folder.join("tradepost.db"))
        .env("RUST_LOG", "error")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    Ok(command)
}

/// The binary beside this test's own, which `cargo xtask test` builds first. Tests live in
/// `target/<profile>/deps`, programs in the folder above.
fn binary() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this.parent().context("a program is in a folder")?;
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    let binary = folder.join("tradepost");
    ensure!(
        binary.exists(),
        "{} is missing: `cargo build -p tradepost`, or `cargo xtask test`",
        binary.display()
    );
    Ok(binary)
}
