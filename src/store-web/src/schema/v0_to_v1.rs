//! The first schema: six object stores whose keys and values are bytes.

use idb::{Database, ObjectStoreParams};

const STORES: [&str; 6] = ["meta", "pages", "journal", "files", "search", "snapshot"];

/// Makes the stores.
pub fn up(database: &Database) -> Result<(), idb::Error> {
    for store in STORES {
        database.create_object_store(store, ObjectStoreParams::new())?;
    }
    Ok(())
}
