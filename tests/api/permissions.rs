//! Who may call what: the golden matrix of callers and operations, and that a running server keeps to it.
//!
//! `permissions.txt` beside this file is the matrix in plain sight. A change of the table of operations or
//! of the roles changes it; run with `TRADEPOST_BLESS=1` to write it anew, and read the difference.

use std::collections::BTreeSet;
use std::fmt::Write;

use reqwest::Method;
use serde_json::json;
use tradepost::auth::operations::{Access, OPERATIONS, Operation};
use tradepost_contract::people::{KeyScope, StaffRole, SupplierRole};
use tradepost_tests::Database::Sqlite;
use tradepost_tests::{Client, spawn};

/// A kind of caller: somebody with one role, or a key with one scope.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Nobody,
    Staff(StaffRole),
    Supplier(SupplierRole),
    Key(KeyScope),
}

impl Kind {
    fn all() -> Vec<Self> {
        let staff = StaffRole::ALL.iter().copied().map(Kind::Staff);
        let suppliers = SupplierRole::ALL.iter().copied().map(Kind::Supplier);
        let keys = KeyScope::ALL.iter().copied().map(Kind::Key);
        std::iter::once(Kind::Nobody)
            .chain(staff)
            .chain(suppliers)
            .chain(keys)
            .collect()
    }

    fn name(self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::Staff(role) => role.to_string(),
            Self::Supplier(role) => format!("supplier {role}"),
            Self::Key(scope) => format!("key {scope}"),
        }
    }

    fn may(self, operation: &Operation) -> bool {
        match (operation.access, self) {
            (Access::Public, _) => true,
            (Access::Needs(_), Self::Nobody) => false,
            (Access::Needs(permission), Self::Staff(role)) => permission.held_by_staff(role),
            (Access::Needs(permission), Self::Supplier(role)) => permission.held_by_supplier(role),
            (Access::Needs(permission), Self::Key(scope)) => permission.held_by_key(scope),
        }
    }
}

fn matrix() -> String {
    let kinds = Kind::all();
    let mut text = String::from("Who may call what: x may, . may not. The columns, from left to right:\n");
    for (at, kind) in kinds.iter().enumerate() {
        let _ = writeln!(text, "{:>3} {}", at + 1, kind.name());
    }
    text.push('\n');
    for operation in OPERATIONS {
        let marks: Vec<&str> = kinds
            .iter()
            .map(|kind| if kind.may(operation) { "x" } else { "." })
            .collect();
        let _ = writeln!(
            text,
            "{}  {:6} {} ({})",
            marks.join(" "),
            operation.method,
            operation.path,
            operation.id
        );
    }
    text
}

/// R123: the matrix of roles and operations is what was agreed.
#[test]
fn r123_the_matrix_is_as_agreed() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("api/permissions.txt");
    let current = matrix();
    if std::env::var_os("TRADEPOST_BLESS").is_some() {
        std::fs::write(&file, &current).expect("the file can be written");
    }
    let agreed = std::fs::read_to_string(&file).expect("permissions.txt is there");
    let differences: Vec<_> = current
        .lines()
        .filter(|line| !agreed.lines().any(|old| old == *line))
        .collect();
    assert!(
        agreed == current,
        "TRADEPOST_BLESS=1 writes it anew; these lines are new:\n{}",
        differences.join("\n")
    );
}

/// Nothing is called that has no row, and no row says something that cannot be called.
#[test]
fn r123_the_document_and_the_table_name_the_same_operations() {
    let document = serde_json::to_value(tradepost::routes::full_document()).expect("the document is JSON");
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let path = path.strip_prefix("/api/v1").expect("every operation is below /api/v1");
            let id = operation["operationId"].as_str().unwrap_or("no operation id");
            documented.insert(format!("{} {path} {id}", method.to_uppercase()));
        }
    }
    let rows: BTreeSet<_> = OPERATIONS
        .iter()
        .map(|row| format!("{} {} {}", row.method, row.path, row.id))
        .collect();
    assert_eq!(rows.len(), OPERATIONS.len(), "no row stands twice");
    let without_row: Vec<_> = documented.difference(&rows).collect();
    assert!(
        without_row.is_empty(),
        "documented, but without a row, so nobody may call it: {without_row:#?}"
    );
    let without_handler: Vec<_> = rows.difference(&documented).collect();
    assert!(
        without_handler.is_empty(),
        "a row, but no handler: {without_handler:#?}"
    );
}

/// R123: a running server refuses exactly whom the matrix refuses, for every operation it has.
#[tokio::test]
async fn r123_a_running_server_keeps_to_the_matrix() {
    let app = spawn(Sqlite).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Acme").await;
    let mut callers: Vec<(Kind, Client)> = Vec::new();
    for kind in Kind::all() {
        let client = match kind {
            Kind::Nobody => app.anonymous(),
            Kind::Staff(role) => app.staff(role.as_str()).await,
            Kind::Supplier(role) => market.member(&buyer, role.as_str()).await,
            Kind::Key(scope) => app.key(&[scope.as_str()], None, None).await,
        };
        callers.push((kind, client));
    }
    let mut wrong = Vec::new();
    for operation in OPERATIONS {
        // Signing out is in the table, but these clients shall go on.
        if matches!(operation.access, Access::Public) {
            continue;
        }
        let method = Method::from_bytes(operation.method.as_bytes()).expect("a method");
        let path = operation.path.replace("{id}", "nothing_0000000000000");
        for (kind, client) in &callers {
            let call = client.call(method.clone(), &path);
            // No operation takes this body, so that nothing comes of the calls that are let in.
            let call = if method == Method::GET {
                call
            } else {
                call.json(&json!({ "no_such_field": 1 }))
            };
            let answer = call.send().await;
            let let_in = !matches!(answer.status.as_u16(), 401 | 403);
            let right = match kind {
                Kind::Nobody => answer.status == 401,
                _ if kind.may(operation) => let_in,
                _ => answer.status == 403 && answer.json()["code"] == "forbidden",
            };
            if !right {
                wrong.push(format!(
                    "{}: {} {} → {}",
                    kind.name(),
                    operation.method,
                    operation.path,
                    answer.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers:\n{}", wrong.len(), wrong.join("\n"));
}

/// R123: whoever got in once and is over gets in nowhere: a revoked key, a session that was ended, a person who was locked
/// out, a token that was changed by one letter, and what looks like a key or a token and is none.
#[tokio::test]
async fn r123_who_is_over_gets_in_nowhere() {
    let app = spawn(Sqlite).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Acme").await;
    let admin = app.staff("admin").await;
    let scopes: Vec<&str> = KeyScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let revoked = app.key(&scopes, None, None).await;
    let keys = admin.all("/api-keys").await;
    let newest = keys
        .iter()
        .max_by_key(|key| key["id"].as_str().map(str::to_owned))
        .expect("a key");
    let path = format!("/api-keys/{}/revoke", newest["id"].as_str().expect("an id"));
    revoked.get("/me").send().await;
    admin.post(path).json(&json!({})).send().await.ok();
    let locked = json!({ "email": "locked@example.com", "name": "Locked", "roles": ["admin"], "password": "try the trading post" });
    let person = admin.post("/users").json(&locked).send().await.created();
    let locked = app.sign_in("locked@example.com", "try the trading post").await;
    locked.get("/me").send().await.ok();
    let path = format!(
        "/users/{}",
        person["id"].as_str().or(person["user"]["id"].as_str()).expect("an id")
    );
    admin
        .patch(path)
        .json(&json!({ "status": "disabled" }))
        .send()
        .await
        .ok();
    let owner = market.owner(&buyer).await;
    let sessions = owner.get("/sessions").send().await.ok();
    let current = sessions["data"]
        .as_array()
        .expect("sessions")
        .iter()
        .find(|one| one["current"] == true);
    let current = current
        .and_then(|one| one["id"].as_str())
        .expect("the session that asks")
        .to_owned();
    let over = owner.clone();
    owner.delete(format!("/sessions/{current}")).send().await;
    let finance = app.staff("finance").await;
    let changed: String = finance
        .bearer()
        .chars()
        .rev()
        .enumerate()
        .map(|(at, letter)| match (at, letter) {
            (12, 'A') => 'B',
            (12, _) => 'A',
            _ => letter,
        })
        .collect();
    let changed: String = changed.chars().rev().collect();
    let callers = [
        ("a revoked key", revoked),
        ("a person who was locked out", locked),
        ("a session that was ended", over),
        ("a token that was changed", app.anonymous().with_bearer(&changed)),
        (
            "a token that is none",
            app.anonymous().with_bearer("eyJhbGciOiJub25lIn0.e30."),
        ),
        (
            "a key that is none",
            app.anonymous()
                .with_bearer("tp_0000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ),
    ];
    // What is remembered of a caller is remembered for a moment.
    app.until("they are forgotten", async || {
        callers[0].1.get("/leads").send().await.status == 401
    })
    .await;
    app.until("they are forgotten", async || {
        callers[1].1.get("/me").send().await.status == 401
    })
    .await;
    app.until("they are forgotten", async || {
        callers[2].1.get("/me").send().await.status == 401
    })
    .await;
    let mut wrong = Vec::new();
    for operation in OPERATIONS.iter().filter(|row| !matches!(row.access, Access::Public)) {
        let method = Method::from_bytes(operation.method.as_bytes()).expect("a method");
        let path = operation.path.replace("{id}", "nothing_0000000000000");
        for (who, client) in &callers {
            let answer = client.call(method.clone(), &path).send().await;
            if answer.status != 401 {
                wrong.push(format!(
                    "{who}: {} {} → {}",
                    operation.method, operation.path, answer.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers:\n{}", wrong.len(), wrong.join("\n"));
}
