//! The same scenarios on PostgreSQL, with `pgbench` as the ruler.
//!
//! `pgbench` sends the bare statements of the floor, prepared, without HTTP, JSON or tokens; what it
//! reaches is what the database can do here. So the ratios are reported, and no goal is set on them.

use std::path::Path;
use std::time::Duration;

use tradepost_tests::OwnCluster;

use crate::server::{Process, create_admin, set_up};
use crate::wire::closed_loop;
use crate::{Arguments, FIRST_PAGE, Outcome, fill, sample, side};

const SCHEMA: &str = "
    CREATE TABLE leads (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product TEXT NOT NULL, status TEXT NOT NULL,
        external_id TEXT UNIQUE, name TEXT, email TEXT, phone TEXT, postcode TEXT, region TEXT, sold BIGINT NOT NULL,
        created_at BIGINT NOT NULL);
    CREATE INDEX leads_by_status ON leads (status, id);
    CREATE TABLE deliveries (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead_id BIGINT NOT NULL, order_id BIGINT NOT NULL,
        slot BIGINT NOT NULL, price_minor BIGINT NOT NULL, delivered_at BIGINT NOT NULL, UNIQUE (lead_id, slot));
    INSERT INTO leads (product, status, external_id, name, email, phone, postcode, region, sold, created_at)
        SELECT 'main', 'sold_out', 'f' || n, 'Dana Reyes', 'dana@reyes.example', '+15125550134', '78701', 'TX', 3, n
        FROM generate_series(1, :leads) n;
    ANALYZE leads;";

/// A lead and its three deliveries, in one transaction.
const INTAKE: &str = "BEGIN;
    INSERT INTO leads (product, status, external_id, name, email, phone, postcode, region, sold, created_at)
        VALUES ('main', 'sold_out', gen_random_uuid()::text, 'Dana Reyes', 'dana@reyes.example', '+15125550134', '78701',
            'TX', 3, 1) RETURNING id AS lead \\gset
    INSERT INTO deliveries (lead_id, order_id, slot, price_minor, delivered_at) VALUES (:lead, 1, 1, 4500, 1);
    INSERT INTO deliveries (lead_id, order_id, slot, price_minor, delivered_at) VALUES (:lead, 2, 2, 4500, 1);
    INSERT INTO deliveries (lead_id, order_id, slot, price_minor, delivered_at) VALUES (:lead, 3, 3, 4500, 1);
    COMMIT;";
const LIST: &str = "SELECT * FROM leads WHERE status = 'sold_out' ORDER BY id DESC LIMIT 50;";
const GET: &str = "\\set id random(1, :leads)\nSELECT * FROM leads WHERE id = :id;";

/// Measures both and prints the table.
pub(crate) async fn measure(folder: &Path, arguments: &Arguments) -> Outcome<()> {
    let cluster = OwnCluster::start(folder);
    cluster.run("createdb", &["product"])?;
    cluster.run("createdb", &["floor"])?;
    let leads = arguments.leads.to_string();
    let schema = folder.join("schema.sql");
    std::fs::write(&schema, SCHEMA)?;
    let given = format!("leads={leads}");
    let file = schema.display().to_string();
    cluster.run("psql", &["--quiet", "-d", "floor", "-v", &given, "-f", &file])?;

    let url = cluster.url("product");
    create_admin(url.as_ref())?;
    let product = Process::product(url.as_ref())?;
    let target = set_up(&product.address, arguments.suppliers).await?;
    fill(&target, arguments.leads).await?;
    cluster.run("psql", &["--quiet", "-d", "product", "-c", "ANALYZE"])?;
    let read = side(target.clone()).await?;

    println!(
        "\non PostgreSQL:\n\n| scenario | product /s | p50 | p99 | pgbench /s | ratio |\n|---|---|---|---|---|---|"
    );
    let length = Duration::from_secs(arguments.seconds);
    let scenarios = [
        ("intake, 8 clients", 8, INTAKE),
        ("intake, 64 clients", 64, INTAKE),
        ("list 50, page 1", 8, LIST),
        ("get one", 8, GET),
    ];
    for (name, clients, script) in scenarios {
        let (to, ids) = (target.clone(), read.ids.clone());
        let measured = closed_loop(&target, clients, length / 4, length, move |number| match script {
            INTAKE => sample::post_lead(&to),
            LIST => to.get(FIRST_PAGE),
            _ => {
                let id = &ids[usize::try_from(number).unwrap_or(0) % ids.len()];
                to.get(&format!("/api/v1/leads/{id}"))
            }
        })
        .await?;
        let file = folder.join("scenario.sql");
        std::fs::write(&file, script)?;
        let (file, clients) = (file.display().to_string(), clients.to_string());
        let (seconds, given) = (arguments.seconds.to_string(), format!("leads={leads}"));
        let options = [
            "-n", "-M", "prepared", "-j", "1", "-c", &clients, "-T", &seconds, "-D", &given, "-f", &file, "floor",
        ];
        let ruler = transactions_a_second(&cluster.run("pgbench", &options)?)?;
        let ratio = measured.per_second() * 100 / ruler.max(1);
        println!(
            "| {name} | {} | {:?} | {:?} | {ruler} | {}.{:02} |",
            measured.per_second(),
            measured.permille(500),
            measured.permille(990),
            ratio / 100,
            ratio % 100
        );
    }
    Ok(())
}

/// What `pgbench` says in the line `tps = 1234.567 (without initial connection time)`.
fn transactions_a_second(printed: &str) -> Outcome<u64> {
    let line = printed
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .ok_or_else(|| format!("pgbench says no tps: {printed}"))?;
    let whole = line.split(['.', ' ']).next().unwrap_or_default();
    Ok(whole.parse()?)
}
