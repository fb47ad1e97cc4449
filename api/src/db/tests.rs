//! The writer and the migrations on SQLite; PostgreSQL is covered by the black-box tests.

use super::schema::business_associations::dsl;
use super::*;
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::BusinessAssociationId;

fn open() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("test.db"));
    let db = Database::open(&url, Clock::default()).unwrap();
    (folder, db)
}

fn insert(tx: &mut Tx<'_>, name: &str) -> ApiResult<()> {
    let id: BusinessAssociationId = tx.new_id();
    let row = (
        dsl::id.eq(id),
        dsl::name.eq(name),
        dsl::name_key.eq(name),
        dsl::created_at.eq(tx.wall_now()),
    );
    diesel::insert_into(dsl::business_associations)
        .values(row)
        .execute(&mut **tx)?;
    Ok(())
}

fn count(db: &Database) -> i64 {
    db.read_blocking(|conn| Ok(dsl::business_associations.count().get_result(conn)?))
        .unwrap()
}

#[test]
fn a_refusal_in_a_shared_batch_undoes_only_itself() {
    let (_folder, db) = open();
    std::thread::scope(|scope| {
        for n in 0..64 {
            let db = &db;
            scope.spawn(move || {
                let outcome = db.write_blocking(move |tx| {
                    insert(tx, &format!("name {n}"))?;
                    if n % 4 == 0 {
                        Err(ApiError::conflict("refused"))
                    } else {
                        Ok(())
                    }
                });
                assert_eq!(outcome.is_ok(), n % 4 != 0);
            });
        }
    });
    assert_eq!(count(&db), 48);
}

#[test]
fn a_panic_in_a_write_is_an_error_and_the_writer_lives_on() {
    let (_folder, db) = open();
    let outcome: ApiResult<()> = db.write_blocking(|_| panic!("planted"));
    assert_eq!(outcome.unwrap_err().code(), ProblemCode::Internal);
    db.write_blocking(|tx| insert(tx, "after")).unwrap();
    assert_eq!(count(&db), 1);
}

/// What panics in the middle of an attempt leaves no savepoint behind that would make a later commit end
/// something else: whatever is acknowledged is in the file when it is opened anew.
#[test]
fn a_panic_in_an_attempt_costs_no_other_write_of_the_batch() {
    let (folder, db) = open();
    std::thread::scope(|scope| {
        for n in 0..64 {
            let db = &db;
            scope.spawn(move || {
                let outcome = db.write_blocking(move |tx| {
                    insert(tx, &format!("name {n}"))?;
                    match n % 4 {
                        0 => Err(ApiError::conflict("refused")),
                        1 => tx.attempt(|_| -> ApiResult<Option<()>> { panic!("planted") }).map(drop),
                        _ => Ok(()),
                    }
                });
                assert_eq!(outcome.is_ok(), n % 4 > 1, "{n}");
            });
        }
    });
    assert_eq!(count(&db), 32);
    drop(db);
    let file = folder.path().join("test.db");
    let mut conn = Opener::Sqlite {
        path: file,
        query_only: true,
    }
    .open()
    .unwrap();
    let kept: i64 = dsl::business_associations.count().get_result(&mut conn).unwrap();
    assert_eq!(kept, 32);
}

/// Hints in memory that came from an undone write are known to be ahead of the database.
#[test]
fn an_undone_write_that_changed_hints_is_noticed() {
    let (_folder, db) = open();
    let before = undone();
    let _: ApiResult<()> = db.write_blocking(|tx| {
        tx.hints_changed();
        Err(ApiError::conflict("refused"))
    });
    assert!(undone() > before);
}

#[test]
fn readers_cannot_write() {
    let (_folder, db) = open();
    let outcome = db.read_blocking(|conn| Ok(diesel::delete(dsl::business_associations).execute(conn)?));
    assert!(outcome.is_err());
}

#[test]
fn migrations_go_up_down_and_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let opener = Opener::Sqlite {
        path: folder.path().join("test.db"),
        query_only: false,
    };
    let mut conn = opener.open().unwrap();
    for _ in 0..2 {
        migrations::run(&mut conn).unwrap();
        migrations::revert_all(&mut conn).unwrap();
    }
    migrations::run(&mut conn).unwrap();
}

#[test]
fn a_second_process_on_the_file_is_refused() {
    let (folder, _db) = open();
    let url = DatabaseUrl::Sqlite(folder.path().join("test.db"));
    assert!(Database::open(&url, Clock::default()).is_err());
}
