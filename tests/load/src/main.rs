//! `cargo xtask bench`: the release server beside the floor, loaded in turn in one run, so that whatever
//! else the machine does falls on both. What counts are the ratios; nothing here is a timed test.

mod billing;
mod floor;
mod postgres;
mod report;
mod rows;
mod sample;
mod server;
mod wire;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};

use report::Table;
use server::{Process, set_up};
use wire::{Target, Wire, closed_loop, open_loop};

#[derive(Parser)]
#[command(
    name = "cargo xtask bench --",
    about = "The product beside a server that does the least possible"
)]
struct Arguments {
    /// Leads that both servers hold before anything is measured.
    #[arg(long, default_value_t = 100_000)]
    leads: u64,
    /// Suppliers with open orders, spread over fifty states.
    #[arg(long, default_value_t = 1_000)]
    suppliers: u64,
    /// How often each scenario is measured on each server.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// In the end the product's leads are multiplied up to this number, and the lists measured again.
    #[arg(long)]
    then_leads: Option<u64>,
    /// How long each measurement lasts, after a warm-up of a quarter of it.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Measures on PostgreSQL instead, beside `pgbench`.
    #[arg(long)]
    postgres: bool,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// Be the floor (the benchmark starts itself so).
    #[command(hide = true)]
    Floor {
        /// Keeps what the product keeps, in a copy of its market.
        #[arg(long)]
        same_rows: bool,
        file: PathBuf,
    },
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    if let Some(Role::Floor { file, same_rows }) = &arguments.role {
        return Ok(floor::serve(file, 2, *same_rows)?);
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(bench(&arguments))
}

/// Both servers, and what to read from each.
struct Side {
    target: Target,
    /// The path of the thousandth page.
    deep: String,
    /// Ids of stored leads.
    ids: Vec<String>,
}

async fn bench(arguments: &Arguments) -> Outcome<()> {
    let this = std::env::current_exe()?;
    if arguments.postgres {
        // A folder that PostgreSQL's own user can reach.
        let folder = this.with_file_name("bench-postgres");
        let measured = postgres::measure(&folder, arguments).await;
        std::fs::remove_dir_all(&folder)?;
        return measured;
    }
    let folder = tempfile::tempdir_in(this.parent().unwrap_or(Path::new(".")))?;
    let files = (folder.path().join("product.db"), folder.path().join("floor.db"));

    println!(
        "setting up: {} suppliers, {} leads on each side",
        arguments.suppliers, arguments.leads
    );
    server::create_admin(files.0.as_ref())?;
    let product = Process::product(files.0.as_ref())?;
    let target = set_up(&product.address, arguments.suppliers).await?;
    let copy = folder.path().join("rows.db");
    rusqlite::Connection::open(&files.0)?.execute("VACUUM INTO ?1", [copy.display().to_string()])?;
    fill(&target, arguments.leads).await?;
    let rows = Process::same_rows(&copy)?;
    let rows_target = Target {
        address: rows.address.clone(),
        token: floor::TOKEN.to_owned(),
    };
    fill(&rows_target, arguments.leads).await?;
    let floor = Process::floor(&files.1)?;
    let floor_target = Target {
        address: floor.address.clone(),
        token: floor::TOKEN.to_owned(),
    };
    fill(&floor_target, arguments.leads).await?;
    let loaded = product.memory_kib();

    // The start is measured on what is stored by now.
    drop(product);
    let began = Instant::now();
    let product = Process::product(files.0.as_ref())?;
    let start = began.elapsed();
    let idle = product.memory_kib();
    let target = Target {
        address: product.address.clone(),
        ..target
    };

    let sides = [side(target).await?, side(floor_target).await?];
    let (mut table, mut kept) = (Table::default(), Table::default());
    let length = Duration::from_secs(arguments.seconds);
    for round in 0..arguments.rounds {
        for clients in [8, 64] {
            let name = format!("intake, {clients} clients");
            for (place, side) in sides.iter().enumerate() {
                let to = side.target.clone();
                let measured = closed_loop(&side.target, clients, length / 4, length, move |_| {
                    sample::post_lead(&to)
                })
                .await?;
                table.add(&name, place, &measured);
                if place == 0 {
                    kept.add(&name, place, &measured);
                }
            }
            let to = rows_target.clone();
            let request = move |_| sample::post_lead(&to);
            let measured = closed_loop(&rows_target, clients, length / 4, length, request).await?;
            kept.add(&name, 1, &measured);
        }
        for (name, path) in [("list 50, page 1", None), ("list 50, page 1,000", Some(()))] {
            for (place, side) in sides.iter().enumerate() {
                let path = if path.is_some() {
                    side.deep.clone()
                } else {
                    FIRST_PAGE.to_owned()
                };
                let request = side.target.get(&path);
                let measured = closed_loop(&side.target, 8, length / 4, length, move |_| request.clone()).await?;
                table.add(name, place, &measured);
            }
        }
        for (place, side) in sides.iter().enumerate() {
            let (to, ids) = (side.target.clone(), side.ids.clone());
            let measured = closed_loop(&side.target, 8, length / 4, length, move |number| {
                let id = &ids[usize::try_from(number).unwrap_or(0) % ids.len()];
                to.get(&format!("/api/v1/leads/{id}"))
            })
            .await?;
            table.add("get one", place, &measured);
        }
        println!("round {} of {} done", round + 1, arguments.rounds);
    }
    println!("\n{table}");
    println!("the same product beside the floor that keeps the same rows:\n\n{kept}");

    let most = table.median("intake, 8 clients", 0).max(1);
    let interval = Duration::from_micros(2_000_000 / most);
    let to = sides[0].target.clone();
    let half = open_loop(&sides[0].target, 64, interval, length * 2, move |_| {
        sample::post_lead(&to)
    })
    .await?;
    println!(
        "intake at half its rate ({} a second, open loop): p50 {:?}, p99 {:?}, longest {:?}",
        most / 2,
        half.permille(500),
        half.permille(990),
        half.permille(1_000)
    );
    println!("start on {} leads: {start:?}", arguments.leads);
    println!(
        "memory: idle {} MB, after loading {} MB, now {} MB",
        idle / 1024,
        loaded / 1024,
        product.memory_kib() / 1024
    );
    println!("binary: {} MB", std::fs::metadata(server::binary()?)?.len() / 1_000_000);
    drop((product, floor, rows));
    if let Some(many) = arguments.then_leads {
        crowd(&files.0, arguments, &sides[0], &table, many).await?;
    }

    let billing = billing::measure(folder.path(), arguments.rounds.min(3)).await?;
    for (product, floor) in &billing.lines {
        println!(
            "billing 100,000 lines into 1,000 invoices: {product} lines a second, bare SQL {floor}, ratio {}.{:02}",
            product * 100 / floor.max(&1) / 100,
            product * 100 / floor.max(&1) % 100
        );
    }
    println!(
        "intake while billing runs ({} leads): p50 {:?}, p99 {:?}, longest {:?}",
        billing.meanwhile.answers,
        billing.meanwhile.permille(500),
        billing.meanwhile.permille(990),
        billing.meanwhile.permille(1_000)
    );
    Ok(())
}

/// The lists once more, when the leads are many times what they were.
async fn crowd(file: &Path, arguments: &Arguments, side: &Side, before: &Table, many: u64) -> Outcome<()> {
    let (few, many) = multiply(file, many)?;
    let began = Instant::now();
    let product = Process::product(file.as_ref())?;
    println!("start on {many} leads: {:?}", began.elapsed());
    let target = Target {
        address: product.address.clone(),
        ..side.target.clone()
    };
    let length = Duration::from_secs(arguments.seconds);
    let mut lists = Table::default();
    for _ in 0..arguments.rounds {
        for (name, path) in [
            ("list 50, page 1", FIRST_PAGE),
            ("list 50, page 1,000", side.deep.as_str()),
        ] {
            let request = target.get(path);
            let measured = closed_loop(&target, 8, length / 4, length, move |_| request.clone()).await?;
            lists.add(name, 0, &measured);
        }
    }
    for name in ["list 50, page 1", "list 50, page 1,000"] {
        println!(
            "{name}: {} a second with at most {few} leads, {} with {many}",
            before.median(name, 0),
            lists.median(name, 0)
        );
    }
    Ok(())
}

/// Copies every lead and its person, under ids of their own, until there are so many: what a list reads
/// is what it would be, and nobody waits for a million requests. Answers how many there were and are.
fn multiply(file: &Path, many: u64) -> Outcome<(u64, u64)> {
    let connection = rusqlite::Connection::open(file)?;
    let count = || -> Outcome<u64> {
        let count: i64 = connection.query_row("SELECT COUNT(*) FROM leads", [], |row| row.get(0))?;
        Ok(u64::try_from(count)?)
    };
    let few = count()?;
    let span: i64 = connection.query_row("SELECT MAX(id) - MIN(id) + 1 FROM leads", [], |row| row.get(0))?;
    let last: i64 = connection.query_row("SELECT MAX(id) FROM leads", [], |row| row.get(0))?;
    let columns = |table: &str| -> Outcome<Vec<String>> {
        let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let names = statement.query_map([table], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    };
    connection.execute_batch("BEGIN")?;
    for copy in 1..many.div_ceil(few.max(1)) {
        for (table, key) in [("leads", "id"), ("lead_people", "lead_id")] {
            let chosen: Vec<String> = columns(table)?
                .into_iter()
                .map(|name| match name.as_str() {
                    name if name == key => format!("{name} - {copy} * {span}"),
                    "external_id" => format!("external_id || '-{copy}'"),
                    _ => name,
                })
                .collect();
            let text = format!(
                "INSERT INTO {table} SELECT {} FROM {table} WHERE {key} > {last} - {span}",
                chosen.join(", ")
            );
            connection.execute(&text, [])?;
        }
    }
    connection.execute_batch("COMMIT")?;
    Ok((few, count()?))
}

const FIRST_PAGE: &str = "/api/v1/leads?status=sold_out&limit=50";

/// Posts leads until so many are stored.
async fn fill(target: &Target, leads: u64) -> Outcome<()> {
    let local = tokio::task::LocalSet::new();
    let clients = 64;
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let target = target.clone();
            local.spawn_local(async move {
                let mut wire = Wire::connect(&target.address).await?;
                for _ in 0..leads / clients + u64::from(client < leads % clients) {
                    let reply = wire.exchange(&sample::post_lead(&target)).await?;
                    if !(200..300).contains(&reply.status) {
                        return Err(std::io::Error::other(String::from_utf8_lossy(reply.body).into_owned()));
                    }
                }
                Ok(())
            })
        })
        .collect();
    local
        .run_until(async {
            for task in tasks {
                task.await??;
            }
            Ok(())
        })
        .await
}

/// Reads a thousand pages, which is what page 1,000 takes to get at, and keeps some ids of the way.
async fn side(target: Target) -> Outcome<Side> {
    let mut wire = Wire::connect(&target.address).await?;
    let (mut deep, mut ids) = (FIRST_PAGE.to_owned(), Vec::new());
    for _ in 1..1_000 {
        let reply = wire.exchange(&target.get(&deep)).await?;
        let page: serde_json::Value = serde_json::from_slice(reply.body)?;
        let rows = page["data"].as_array().ok_or("a page has data")?;
        ids.extend(
            rows.first()
                .map(|row| row["id"].as_str().map_or_else(|| row["id"].to_string(), str::to_owned)),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => deep = format!("{FIRST_PAGE}&cursor={cursor}"),
            None => break,
        }
    }
    Ok(Side { target, deep, ids })
}
