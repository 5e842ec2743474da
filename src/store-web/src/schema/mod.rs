//! The ladder of physical schemas: which object stores there are. Customers' tables never change it.

mod v0_to_v1;

use idb::Database;

/// The newest schema this build knows.
pub const VERSION: u32 = STEPS.len() as u32;

/// Each step takes a database one version up. Steps are only ever added.
const STEPS: [Step; 1] = [v0_to_v1::up];

type Step = fn(&Database) -> Result<(), idb::Error>;

/// Takes a database from an old version to the newest.
pub fn upgrade(database: &Database, from: u32) -> Result<(), idb::Error> {
    STEPS.iter().skip(from as usize).try_for_each(|step| step(database))
}
