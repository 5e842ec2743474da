//! The ladder of physical schemas: which object stores there are. Customers' tables never change it.
//!
//! `tests/fixtures/store/README.md` tells what a new step brings with it.

mod v0_to_v1;

use idb::Database;

/// Takes a database one version up.
pub type Step = fn(&Database) -> Result<(), idb::Error>;

/// Steps from an empty database up. They are only ever added.
pub type Ladder = &'static [Step];

/// The steps this build knows.
pub const LADDER: Ladder = &[v0_to_v1::up];

/// The version at the top of a ladder.
#[expect(clippy::cast_possible_truncation, reason = "there are a few steps")]
pub const fn version(ladder: Ladder) -> u32 {
    ladder.len() as u32
}

/// Takes a database from an old version to the newest.
pub fn upgrade(ladder: Ladder, database: &Database, from: u32) -> Result<(), idb::Error> {
    ladder.iter().skip(from as usize).try_for_each(|step| step(database))
}
