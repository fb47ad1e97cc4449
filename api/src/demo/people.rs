//! The demo's staff.

use super::api::{Api, text};
use super::{PASSWORD, Person, hash_password, store};
use crate::app::App;
use crate::db::Database;
use anyhow::anyhow;
use serde_json::json;
use tradepost_contract::people::StaffRole;

/// The staff, signed in.
pub(super) struct Staff {
    pub(super) admin: Api,
    pub(super) manager: Api,
    pub(super) manager_ids: Vec<String>,
    pub(super) reviewer: Api,
    pub(super) second_reviewer: Api,
    pub(super) finance: Api,
    /// The second person that a large refund needs.
    pub(super) second_finance: Api,
    /// Who works the call queue.
    pub(super) caller: Api,
}

const STAFF: &[(&str, &str, &[StaffRole])] = &[
    ("Morgan Ellis", "manager", &[StaffRole::AccountManager]),
    ("Priya Nair", "manager2", &[StaffRole::AccountManager]),
    ("Ruth Adler", "reviewer", &[StaffRole::ReturnsReviewer]),
    ("Tomás Vega", "reviewer2", &[StaffRole::ReturnsReviewer]),
    ("Femi Okafor", "finance", &[StaffRole::Finance]),
    ("Ines Duarte", "finance2", &[StaffRole::Finance]),
    ("Sam Whitlock", "support", &[StaffRole::Support]),
    ("Casey Lindqvist", "caller", &[StaffRole::Caller]),
    ("Audrey Chen", "auditor", &[StaffRole::Auditor]),
];

fn email(who: &str) -> String {
    format!("{who}@tradepost.example")
}

impl Staff {
    /// Who can sign in, for the print-out.
    pub(super) fn people(&self) -> Vec<Person> {
        let admin = Person {
            email: email("admin"),
            who: "Alex Kessler, administrator".to_owned(),
        };
        let others = STAFF.iter().map(|(name, who, roles)| {
            let role = roles.first().map_or("staff", |role| role.as_str()).replace('_', " ");
            Person {
                email: email(who),
                who: format!("{name}, {role}"),
            }
        });
        std::iter::once(admin).chain(others).collect()
    }
}

/// Whether nobody has used the database yet.
pub(super) fn is_empty(db: &Database) -> anyhow::Result<bool> {
    db.read_blocking(store::is_empty).map_err(|error| anyhow!("{error}"))
}

/// Makes the first administrator, who makes the others through the API.
pub(super) async fn hire(app: &App, api: &Api) -> anyhow::Result<Staff> {
    make_admin(app).await?;
    let admin = api.sign_in(&email("admin")).await?;
    let mut manager_ids = Vec::new();
    for (name, who, roles) in STAFF {
        let body = json!({ "email": email(who), "name": name, "roles": roles, "password": PASSWORD,
            "phone": "+1 512 555 0134" });
        let made = admin.post("/users", &body).await?;
        if roles.contains(&StaffRole::AccountManager) {
            manager_ids.push(text(&made, "id")?);
        }
    }
    Ok(Staff {
        manager: api.sign_in(&email("manager")).await?,
        manager_ids,
        reviewer: api.sign_in(&email("reviewer")).await?,
        second_reviewer: api.sign_in(&email("reviewer2")).await?,
        finance: api.sign_in(&email("finance")).await?,
        second_finance: api.sign_in(&email("finance2")).await?,
        caller: api.sign_in(&email("caller")).await?,
        admin,
    })
}

/// Marks everybody whom the demo made, so that a sandbox does not ask them for a second factor.
pub(super) async fn mark_all(app: &App) -> anyhow::Result<()> {
    let marked = app.db.write(store::mark_everybody).await;
    marked.map_err(|error| anyhow!("{error}"))
}

async fn make_admin(app: &App) -> anyhow::Result<()> {
    let hash = hash_password()?;
    let made = app
        .db
        .write(move |tx| store::insert_admin(tx, &email("admin"), "Alex Kessler", &hash));
    made.await.map_err(|error| anyhow!("{error}"))
}
