//! The org's metadata, part by part and in two layers: what the solution brings, and what the org made of it.

use crate::dialect::Dialect;

/// The statements of the step. The document of version 1 stays: the tables it describes are brought up from it once.
pub fn statements(_: Dialect) -> Vec<String> {
    [
        "CREATE TABLE valise_component (kind TEXT NOT NULL, component_key TEXT NOT NULL, layer BIGINT NOT NULL, \
         state BIGINT NOT NULL, version BIGINT NOT NULL, place BIGINT NOT NULL, document TEXT, \
         PRIMARY KEY (kind, component_key, layer))",
        "CREATE TABLE valise_component_version (value BIGINT NOT NULL)",
        "INSERT INTO valise_component_version (value) VALUES (0)",
    ]
    .map(str::to_owned)
    .to_vec()
}
