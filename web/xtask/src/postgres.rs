//! PostgreSQL's programs: the tests start a private throw-away cluster with them.

use std::path::PathBuf;

#[path = "../../../tests/support/postgres_bin.rs"]
mod postgres_bin;

use crate::debian;

/// The folder of `initdb` and `postgres`, installed first where that is possible.
pub(crate) fn ensure() -> Option<PathBuf> {
    postgres_bin::find().or_else(|| {
        if debian::can_install() && debian::install(&["postgresql"]) {
            postgres_bin::find()
        } else {
            None
        }
    })
}
