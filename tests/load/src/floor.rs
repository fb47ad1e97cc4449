//! The floor: what the same requests cost when nothing but the bare necessities is done for them.
//!
//! Token check, JSON, SQL with shared commits, and a market held in memory. No validation, no
//! normalising, no duplicates by person, no caps, no events, no audit, no idempotency, no trace. What
//! the product takes longer than this is what its promises cost; `rows.rs` says how much of it are their rows.

use std::path::Path;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Json, Path as UrlPath, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, get, post, web};
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::rows::{self, Market};

/// Orders that want leads of each of this many states.
pub(crate) const ORDERS_PER_STATE: usize = 20;

/// The token that the floor accepts.
pub(crate) const TOKEN: &str = "tp_test_floor_0123456789abcdefghijklmnopqrstuvwxyz";

const BLOCKING_PER_WORKER: usize = 4;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS leads (
        id INTEGER PRIMARY KEY, product TEXT NOT NULL, status TEXT NOT NULL, external_id TEXT UNIQUE, name TEXT, email TEXT,
        phone TEXT, postcode TEXT, region TEXT, sold INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS leads_by_status ON leads (status, id);
    CREATE TABLE IF NOT EXISTS deliveries (
        id INTEGER PRIMARY KEY, lead_id INTEGER NOT NULL, order_id INTEGER NOT NULL, slot INTEGER NOT NULL,
        price_minor INTEGER NOT NULL, delivered_at INTEGER NOT NULL, UNIQUE (lead_id, slot)) STRICT;";

#[derive(Deserialize)]
pub(crate) struct NewLead {
    pub(crate) product: String,
    pub(crate) external_id: String,
    pub(crate) person: Person,
    pub(crate) place: Place,
}

#[derive(Deserialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: String,
}

#[derive(Deserialize)]
pub(crate) struct Place {
    pub(crate) region: String,
    pub(crate) postcode: String,
}

#[derive(Serialize)]
struct Receipt {
    id: i64,
    status: &'static str,
    sold_to: Vec<Sale>,
}

#[derive(Clone, Copy, Serialize)]
pub(crate) struct Sale {
    pub(crate) order: i64,
    pub(crate) slot: i64,
    pub(crate) price: i64,
}

struct Insert {
    lead: NewLead,
    sales: Vec<Sale>,
    answer: tokio::sync::oneshot::Sender<i64>,
}

struct Floor {
    token: [u8; 32],
    writer: mpsc::Sender<Insert>,
    readers: Mutex<Vec<Connection>>,
    turn: Mutex<u64>,
}

fn open(file: &Path) -> Connection {
    let connection = Connection::open(file).expect("the floor's file opens");
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000;")
        .expect("pragmas");
    connection
}

/// What the floor keeps of a lead.
enum Keeping {
    /// The lead and its sales.
    Least,
    /// What the product keeps.
    Same(Market),
}

/// One writer thread; whatever has queued up meanwhile shares a commit.
fn write_all(mut connection: Connection, queue: &mpsc::Receiver<Insert>, keeping: &Keeping) {
    let mut next = match keeping {
        Keeping::Least => connection
            .query_row("SELECT coalesce(max(id), 0) FROM leads", [], |row| row.get(0))
            .unwrap_or(0_i64),
        Keeping::Same(_) => 0,
    };
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(255));
        let transaction = connection.transaction().expect("begin");
        let mut answers = Vec::with_capacity(batch.len());
        for insert in batch {
            next += 1;
            match keeping {
                Keeping::Least => keep(&transaction, next, &insert.lead, &insert.sales),
                Keeping::Same(market) => rows::keep(&transaction, market, next, &insert.lead, &insert.sales),
            }
            .expect("insert");
            answers.push((insert.answer, next));
        }
        transaction.commit().expect("commit");
        for (answer, id) in answers {
            let _ = answer.send(id);
        }
    }
}

fn keep(transaction: &Transaction<'_>, next: i64, lead: &NewLead, sales: &[Sale]) -> rusqlite::Result<()> {
    let NewLead {
        product,
        external_id,
        person,
        place,
    } = lead;
    let sold = i64::try_from(sales.len()).unwrap_or(0);
    transaction
        .prepare_cached("INSERT INTO leads VALUES (?1, ?2, 'sold_out', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![
            next,
            product,
            external_id,
            person.name,
            person.email,
            person.phone,
            place.postcode,
            place.region,
            sold,
            next
        ])?;
    let mut delivery = transaction.prepare_cached("INSERT INTO deliveries VALUES (NULL, ?1, ?2, ?3, ?4, ?5)")?;
    for sale in sales {
        delivery.execute(params![next, sale.order, sale.slot, sale.price, next])?;
    }
    Ok(())
}

fn knows(floor: &Floor, request: &HttpRequest) -> bool {
    let bearer = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    bearer.is_some_and(|token| floor.token == <[u8; 32]>::from(Sha256::digest(token)))
}

#[post("/api/v1/leads")]
async fn create_lead(request: HttpRequest, body: Json<NewLead>, floor: Data<Floor>) -> HttpResponse {
    if !knows(&floor, &request) {
        return HttpResponse::Unauthorized().finish();
    }
    let lead = body.into_inner();
    let state = lead
        .place
        .region
        .bytes()
        .fold(0_usize, |sum, byte| sum * 31 + usize::from(byte))
        % 50;
    let turn = {
        let mut turn = floor.turn.lock().expect("turn");
        *turn += 1;
        *turn
    };
    let sales: Vec<Sale> = (0..3_u64)
        .map(|slot| {
            let order =
                state * ORDERS_PER_STATE + usize::try_from((turn + slot) % ORDERS_PER_STATE as u64).unwrap_or(0);
            Sale {
                order: i64::try_from(order).unwrap_or(0),
                slot: i64::try_from(slot).unwrap_or(0) + 1,
                price: 4500,
            }
        })
        .collect();
    let (answer, answered) = tokio::sync::oneshot::channel();
    if floor
        .writer
        .send(Insert {
            lead,
            sales: sales.clone(),
            answer,
        })
        .is_err()
    {
        return HttpResponse::ServiceUnavailable().finish();
    }
    match answered.await {
        Ok(id) => HttpResponse::Created().json(Receipt {
            id,
            status: "sold_out",
            sold_to: sales,
        }),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

#[derive(Serialize)]
struct Row {
    id: i64,
    product: String,
    status: String,
    external_id: String,
    name: String,
    email: String,
    phone: String,
    postcode: String,
    region: String,
    sold: i64,
    created_at: i64,
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get(0)?,
        product: row.get(1)?,
        status: row.get(2)?,
        external_id: row.get(3)?,
        name: row.get(4)?,
        email: row.get(5)?,
        phone: row.get(6)?,
        postcode: row.get(7)?,
        region: row.get(8)?,
        sold: row.get(9)?,
        created_at: row.get(10)?,
    })
}

async fn read<T: Send + 'static>(floor: Data<Floor>, work: impl FnOnce(&Connection) -> T + Send + 'static) -> T {
    web::block(move || {
        let connection = floor
            .readers
            .lock()
            .expect("readers")
            .pop()
            .expect("as many readers as blocking calls");
        let result = work(&connection);
        floor.readers.lock().expect("readers").push(connection);
        result
    })
    .await
    .expect("the blocking call ends well")
}

#[derive(Deserialize)]
struct ListQuery {
    status: String,
    limit: i64,
    cursor: Option<i64>,
}

#[derive(Serialize)]
struct List {
    data: Vec<Row>,
    next_cursor: Option<String>,
    has_more: bool,
}

#[get("/api/v1/leads")]
async fn list_leads(request: HttpRequest, query: Query<ListQuery>, floor: Data<Floor>) -> HttpResponse {
    if !knows(&floor, &request) {
        return HttpResponse::Unauthorized().finish();
    }
    let query = query.into_inner();
    let data = read(floor, move |connection| {
        let mut statement = connection
            .prepare_cached("SELECT * FROM leads WHERE status = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3")
            .expect("prepare");
        let rows = statement.query_map(
            params![query.status, query.cursor.unwrap_or(i64::MAX), query.limit],
            row,
        );
        rows.expect("query").collect::<Result<Vec<_>, _>>().expect("rows")
    })
    .await;
    let next_cursor = data.last().map(|row| row.id.to_string());
    HttpResponse::Ok().json(List {
        data,
        has_more: next_cursor.is_some(),
        next_cursor,
    })
}

#[get("/api/v1/leads/{id}")]
async fn get_lead(request: HttpRequest, id: UrlPath<i64>, floor: Data<Floor>) -> HttpResponse {
    if !knows(&floor, &request) {
        return HttpResponse::Unauthorized().finish();
    }
    let found = read(floor, move |connection| {
        let mut statement = connection
            .prepare_cached("SELECT * FROM leads WHERE id = ?1")
            .expect("prepare");
        statement.query_row([*id], row).ok()
    })
    .await;
    match found {
        Some(lead) => HttpResponse::Ok().json(lead),
        None => HttpResponse::NotFound().finish(),
    }
}

/// Serves until the process is killed; prints its address like the product does.
///
/// With `same_rows` the file is a copy of the product's market, and what the product keeps is kept.
pub(crate) fn serve(file: &Path, workers: usize, same_rows: bool) -> std::io::Result<()> {
    let connection = open(file);
    connection.set_prepared_statement_cache_capacity(64);
    let keeping = if same_rows {
        Keeping::Same(Market::read(&connection).expect("a market"))
    } else {
        connection.execute_batch(SCHEMA).expect("schema");
        Keeping::Least
    };
    let readers = (0..workers * BLOCKING_PER_WORKER).map(|_| open(file)).collect();
    let (writer, queue) = mpsc::channel();
    std::thread::spawn(move || write_all(connection, &queue, &keeping));
    let floor = Floor {
        token: Sha256::digest(TOKEN).into(),
        writer,
        readers: Mutex::new(readers),
        turn: Mutex::new(0),
    };
    let floor = Arc::new(floor);
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::from(Arc::clone(&floor)))
                .service(create_lead)
                .service(list_leads)
                .service(get_lead)
        })
        .workers(workers)
        .worker_max_blocking_threads(BLOCKING_PER_WORKER)
        .bind(("127.0.0.1", 0))?;
        println!("the floor listens on http://{}", server.addrs()[0]);
        server.run().await
    })
}
