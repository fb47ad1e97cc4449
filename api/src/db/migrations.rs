//! The migrations of both databases, embedded in the binary and run by `serve`.

use super::Conn;
use anyhow::anyhow;
use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Any number will do, as long as every server of the installation asks for the same one.
const POSTGRES_LOCK: i64 = 7_260_114_031;

/// Brings the schema up to date. Several servers may start at once: on PostgreSQL they take turns.
pub fn run(conn: &mut Conn) -> anyhow::Result<()> {
    match conn {
        Conn::Sqlite(conn) => {
            conn.run_pending_migrations(SQLITE)
                .map_err(|cause| anyhow!("cannot migrate: {cause}"))?;
        }
        Conn::Postgres(conn) => {
            conn.batch_execute(&format!("SELECT pg_advisory_lock({POSTGRES_LOCK})"))?;
            let outcome = conn
                .run_pending_migrations(POSTGRES)
                .map(drop)
                .map_err(|cause| anyhow!("cannot migrate: {cause}"));
            conn.batch_execute(&format!("SELECT pg_advisory_unlock({POSTGRES_LOCK})"))?;
            outcome?;
        }
    }
    Ok(())
}

/// Takes every migration back, newest first; everything stored is lost.
pub fn revert_all(conn: &mut Conn) -> anyhow::Result<()> {
    match conn {
        Conn::Sqlite(conn) => conn.revert_all_migrations(SQLITE).map(drop),
        Conn::Postgres(conn) => conn.revert_all_migrations(POSTGRES).map(drop),
    }
    .map_err(|cause| anyhow!("cannot revert: {cause}"))
}
