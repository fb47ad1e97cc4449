//! Starting the two servers, and a market for the product, set up through its API.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::Outcome;
use crate::sample::STATES;
use crate::wire::{Target, Wire};

const PASSWORD: &str = "walking to the far lake";

/// A server as a process of its own, killed with this value.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

impl Process {
    /// On a SQLite file or a database of PostgreSQL.
    pub(crate) fn product(database: &OsStr) -> Outcome<Self> {
        let mut command = Command::new(binary()?);
        command
            .args(["serve", "--sandbox", "--bind", "127.0.0.1:0"])
            .env("DATABASE_URL", database)
            .env("TRADEPOST_SECRET", tradepost_tests::SECRET)
            .env("TRADEPOST_STAFF_SECOND_FACTOR", "offered")
            .env("TRADEPOST_STEP_UP_MINUTES", "1440")
            .env("RUST_LOG", "error");
        Self::start(command)
    }

    pub(crate) fn floor(file: &Path) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("floor").arg(file);
        Self::start(command)
    }

    /// The floor that keeps the product's rows, on a copy of its market.
    pub(crate) fn same_rows(file: &Path) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("floor").arg("--same-rows").arg(file);
        Self::start(command)
    }

    fn start(mut command: Command) -> Outcome<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let address = loop {
            let line = lines.next().ok_or("the server ended before it listened")??;
            if let Some((_, address)) = line.split_once("http://") {
                break address.split_whitespace().next().unwrap_or_default().to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address })
    }

    /// The memory it holds, of what is in RAM.
    pub(crate) fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The product's binary, which lies beside this one.
pub(crate) fn binary() -> Outcome<PathBuf> {
    let binary = std::env::current_exe()?.with_file_name("tradepost");
    if binary.exists() {
        Ok(binary)
    } else {
        Err(format!("{} is missing: cargo xtask bench builds it", binary.display()).into())
    }
}

/// The first person, as on every new installation.
pub(crate) fn create_admin(database: &OsStr) -> Outcome<()> {
    let mut command = Command::new(binary()?);
    command.args([
        "admin",
        "create",
        "--email",
        "admin@staff.example",
        "--name",
        "Admin",
        "--password-stdin",
    ]);
    let mut child = command
        .env("DATABASE_URL", database)
        .env("TRADEPOST_SECRET", tradepost_tests::SECRET)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    child
        .stdin
        .take()
        .ok_or("no input")?
        .write_all(format!("{PASSWORD}\n").as_bytes())?;
    if child.wait()?.success() {
        Ok(())
    } else {
        Err("tradepost admin create failed".into())
    }
}

/// A programme with one shared product and suppliers in every state; gives the key that posts leads.
pub(crate) async fn set_up(address: &str, suppliers: u64) -> Outcome<Target> {
    let mut wire = Wire::connect(address).await?;
    let nobody = Target {
        address: address.to_owned(),
        token: String::new(),
    };
    let sign_in = |email: &str| json!({ "email": email, "password": PASSWORD });
    let signed_in = call(&mut wire, &nobody, "/auth/login", &sign_in("admin@staff.example")).await?;
    let admin = Target {
        token: text(&signed_in["access_token"]),
        ..nobody.clone()
    };
    let manager =
        json!({ "email": "am@staff.example", "name": "Manager", "roles": ["account_manager"], "password": PASSWORD });
    call(&mut wire, &admin, "/users", &manager).await?;
    let signed_in = call(&mut wire, &nobody, "/auth/login", &sign_in("am@staff.example")).await?;
    let manager = Target {
        token: text(&signed_in["access_token"]),
        ..nobody
    };
    let entity = json!({
        "name": "Bench", "country": "US", "address": "12 Main Street", "billing_zone": "America/Chicago", "invoice_prefix": "BE",
    });
    let entity = call(&mut wire, &admin, "/legal-entities", &entity).await?;
    let programme = json!({
        "slug": "bench", "name": "Bench", "preset": "lead-store", "legal_entity_id": entity["id"],
        "time_zone": "America/Chicago", "currency": "USD", "country": "US",
        "brand": {
            "descriptor": "BENCH", "support_email": "support@example.com",
            "department": { "name": "Accounts", "email": "accounts@example.com", "phone": "+1 512 555 0134" },
        },
    });
    let programme = call(&mut wire, &admin, "/programmes", &programme).await?;
    let product = json!({
        "programme_id": programme["id"], "code": "main", "name": "Main", "category": "main", "exclusivity": "shared",
        "max_buyers": 3, "timing": "real_time", "price": { "amount": 4500, "currency": "USD" },
    });
    let product = call(&mut wire, &admin, "/lead-products", &product).await?;
    for number in 0..suppliers {
        let (state, _) = STATES[usize::try_from(number % 50)?];
        let supplier = json!({ "programme_id": programme["id"], "name": format!("Supplier {number}"), "address": "12 Main Street" });
        let supplier = text(&call(&mut wire, &manager, "/suppliers", &supplier).await?["id"]);
        let business = json!({ "name": format!("Supplier {number} {state}") });
        let business = call(
            &mut wire,
            &manager,
            &format!("/suppliers/{supplier}/businesses"),
            &business,
        )
        .await?;
        let coverage = json!({ "kind": "us_state", "values": [state] });
        call(
            &mut wire,
            &manager,
            &format!("/suppliers/{supplier}/coverage"),
            &coverage,
        )
        .await?;
        call(
            &mut wire,
            &manager,
            &format!("/suppliers/{supplier}/activate"),
            &json!({}),
        )
        .await?;
        let order = json!({
            "business_id": business["id"], "product_id": product["id"], "cap_day": 1_000_000, "cap_month": 10_000_000,
            "weight": number % 7 + 1,
        });
        call(&mut wire, &manager, "/orders", &order).await?;
    }
    let key = json!({ "name": "bench", "scopes": ["leads:write", "leads:read"], "programme_id": programme["id"],
        "requests_per_minute": 1_000_000 });
    let key = call(&mut wire, &admin, "/api-keys", &key).await?;
    Ok(Target {
        token: text(&key["secret"]),
        ..admin
    })
}

async fn call(wire: &mut Wire, who: &Target, path: &str, body: &Value) -> Outcome<Value> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let key = format!("set-up-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let reply = wire
        .exchange(&who.post(&format!("/api/v1{path}"), &key, &body.to_string()))
        .await?;
    if !(200..300).contains(&reply.status) {
        return Err(format!("POST {path}: {} {}", reply.status, String::from_utf8_lossy(reply.body)).into());
    }
    Ok(serde_json::from_slice(reply.body)?)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
