//! Everything a database holds, as text: what must not be in it can be looked for.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use tradepost::db::Conn;

use crate::app::TestApp;
use crate::database::Database;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(conn: &mut Conn, sql: &str) -> Vec<String> {
    let found: Vec<Line> = sql_query(sql)
        .load(conn)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    found.into_iter().map(|row| row.line).collect()
}

/// Every row of every table, with all of its columns, whatever their type.
fn dump(conn: &mut Conn, on: Database) -> Vec<String> {
    let tables = match on {
        Database::Sqlite => {
            "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        }
        Database::Postgres => {
            "SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public' \
             AND table_type = 'BASE TABLE' ORDER BY table_name"
        }
    };
    let mut all = Vec::new();
    for table in lines(conn, tables) {
        let columns = match on {
            Database::Sqlite => lines(
                conn,
                &format!("SELECT 'CAST(\"' || name || '\" AS TEXT)' AS line FROM pragma_table_info('{table}')"),
            ),
            Database::Postgres => lines(
                conn,
                &format!(
                    "SELECT CASE data_type WHEN 'bytea' THEN 'encode(\"' || column_name || '\", ''escape'')' \
                     ELSE '\"' || column_name || '\"::text' END AS line FROM information_schema.columns \
                     WHERE table_schema = 'public' AND table_name = '{table}'"
                ),
            ),
        };
        let cells: Vec<String> = columns.iter().map(|cell| format!("COALESCE({cell}, '')")).collect();
        let rows = lines(
            conn,
            &format!("SELECT {} AS line FROM \"{table}\"", cells.join(" || '|' || ")),
        );
        all.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    all
}

impl TestApp {
    /// All rows of all tables that hold one of these words, in whatever case.
    pub fn rows_with(&self, words: &[&str]) -> Vec<String> {
        let on = self.database.kind();
        let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let read = |db: &tradepost::db::Database| db.read_blocking(|conn| Ok(dump(conn, on)));
        let all = match self.looked_into() {
            Some(app) => read(&app.db),
            // A server of its own process has to be gone by now.
            None => {
                let url = self.database.url().parse().unwrap_or_else(|never| match never {});
                let db = tradepost::db::Database::open(&url, tradepost::clock::Clock::default());
                read(&db.expect("the database can be opened"))
            }
        };
        let all = all.expect("the database can be read");
        assert!(all.len() > 20, "a dump of next to nothing shows nothing");
        all.into_iter()
            .filter(|row| words.iter().any(|word| row.to_lowercase().contains(word.as_str())))
            .collect()
    }

    /// Which of these words stand in the files of a database on SQLite, free space and the log among them.
    pub fn words_in_files(&self, words: &[&str]) -> Vec<String> {
        let path = self.database.url().trim_start_matches("sqlite://").to_owned();
        let mut found = Vec::new();
        for file in [path.clone(), format!("{path}-wal")] {
            let bytes = std::fs::read(&file).unwrap_or_default();
            for word in words {
                if bytes.windows(word.len()).any(|window| window == word.as_bytes()) {
                    found.push(format!("{word} in {file}"));
                }
            }
        }
        found
    }
}
