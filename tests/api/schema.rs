//! The two migration trees make one schema, and `schema.rs` says what they make.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};
use std::collections::BTreeMap;
use tradepost_tests::{Database, TestDatabase};

/// A column: its diesel type and whether it may be null.
type Columns = BTreeMap<String, (String, bool)>;
type Tables = BTreeMap<String, Columns>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Integer)]
    nullable: i32,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn tables(columns: Vec<Column>, diesel_type: impl Fn(&str) -> String) -> Tables {
    let mut tables = Tables::new();
    for column in columns
        .into_iter()
        .filter(|column| !column.table_name.starts_with("__diesel"))
    {
        let shape = (diesel_type(&column.kind), column.nullable == 1);
        tables
            .entry(column.table_name)
            .or_default()
            .insert(column.column_name, shape);
    }
    tables
}

/// The types of a SQLite file cannot tell a number's width or a yes/no apart from a number.
fn as_sqlite_sees_it(kind: &str) -> String {
    match kind {
        "BigInt" | "Integer" | "Bool" => "INTEGER".to_owned(),
        "Binary" => "BLOB".to_owned(),
        _ => "TEXT".to_owned(),
    }
}

fn postgres(url: &str) -> (Tables, Vec<String>) {
    let mut conn = PgConnection::establish(url).unwrap();
    let columns = sql_query(
        "SELECT table_name::text, column_name::text, data_type::text AS kind, \
         CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END AS nullable \
         FROM information_schema.columns WHERE table_schema = 'public'",
    )
    .load(&mut conn)
    .unwrap();
    let indexes = sql_query(
        "SELECT indexname::text AS name FROM pg_indexes i WHERE schemaname = 'public' \
         AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname) ORDER BY 1",
    )
    .load::<Name>(&mut conn)
    .unwrap();
    let tables = tables(columns, |kind| {
        let known = match kind {
            "bigint" => "BigInt",
            "integer" => "Integer",
            "boolean" => "Bool",
            "text" => "Text",
            "bytea" => "Binary",
            other => panic!("a type that the house does not use: {other}"),
        };
        known.to_owned()
    });
    (tables, indexes.into_iter().map(|index| index.name).collect())
}

fn sqlite(url: &str) -> (Tables, Vec<String>) {
    let mut conn = SqliteConnection::establish(url.trim_start_matches("sqlite://")).unwrap();
    let columns = sql_query(
        "SELECT m.name AS table_name, p.name AS column_name, p.type AS kind, \
         CASE WHEN p.\"notnull\" = 1 OR p.pk > 0 THEN 0 ELSE 1 END AS nullable \
         FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
    )
    .load(&mut conn)
    .unwrap();
    let indexes = sql_query("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1")
        .load::<Name>(&mut conn)
        .unwrap();
    let lax = sql_query(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 \
         AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '__diesel%'",
    )
    .load::<Name>(&mut conn)
    .unwrap();
    assert!(
        lax.is_empty(),
        "every SQLite table is STRICT: {:?}",
        lax.iter().map(|t| &t.name).collect::<Vec<_>>()
    );
    (
        tables(columns, str::to_owned),
        indexes.into_iter().map(|index| index.name).collect(),
    )
}

/// Reads the `table!` blocks of `schema.rs`.
fn declared() -> Tables {
    let source = include_str!("../../api/src/db/schema.rs");
    let mut tables = Tables::new();
    let mut table = None;
    for line in source.lines().map(str::trim) {
        if let Some((name, _)) = line.strip_suffix(") {").and_then(|line| line.split_once(" (")) {
            table = Some(name.to_owned());
        } else if let (Some(table), Some((column, kind))) =
            (&table, line.strip_suffix(',').and_then(|l| l.split_once(" -> ")))
        {
            let nullable = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let shape = (nullable.unwrap_or(kind).to_owned(), nullable.is_some());
            tables
                .entry(table.clone())
                .or_default()
                .insert(column.to_owned(), shape);
        }
    }
    tables
}

#[test]
fn both_databases_and_the_source_agree_on_every_column() {
    let (in_sqlite, sqlite_indexes) = sqlite(TestDatabase::create(Database::Sqlite).url());
    let (in_postgres, postgres_indexes) = postgres(TestDatabase::create(Database::Postgres).url());
    let declared = declared();
    assert!(declared.len() > 40, "the tables of schema.rs were found");
    for (name, columns) in &declared {
        assert_eq!(in_postgres.get(name), Some(columns), "PostgreSQL's {name}");
        let squinted: Columns = columns
            .iter()
            .map(|(name, (kind, null))| (name.clone(), (as_sqlite_sees_it(kind), *null)))
            .collect();
        assert_eq!(in_sqlite.get(name), Some(&squinted), "SQLite's {name}");
    }
    assert_eq!(
        in_postgres.keys().collect::<Vec<_>>(),
        declared.keys().collect::<Vec<_>>()
    );
    assert_eq!(
        in_sqlite.keys().collect::<Vec<_>>(),
        declared.keys().collect::<Vec<_>>()
    );
    assert_eq!(sqlite_indexes, postgres_indexes, "the same indexes by name");
}
