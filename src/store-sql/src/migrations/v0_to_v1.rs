//! The first system tables.

use crate::cell::Storage;
use crate::dialect::Dialect;

const TABLES: &[&str] = &[
    "CREATE TABLE valise_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE valise_metadata (version BIGINT PRIMARY KEY, document TEXT NOT NULL)",
    "CREATE TABLE valise_tombstone (table_name TEXT NOT NULL, id {ID} NOT NULL, version BIGINT NOT NULL, \
     mark BIGINT NOT NULL, deleted_at BIGINT NOT NULL, PRIMARY KEY (table_name, id))",
    "CREATE INDEX valise_tombstone_mark ON valise_tombstone (table_name, mark, id)",
    "CREATE TABLE valise_answer (request_key TEXT NOT NULL, user_id {ID} NOT NULL, answer {BYTES}, made_at BIGINT NOT NULL, PRIMARY KEY (request_key, user_id))",
    "CREATE TABLE valise_role (name TEXT PRIMARY KEY, document TEXT NOT NULL)",
    "CREATE TABLE valise_user_role (user_id {ID} NOT NULL, role_name TEXT NOT NULL, PRIMARY KEY (user_id, role_name))",
    "CREATE TABLE valise_team_member (team_id {ID} NOT NULL, user_id {ID} NOT NULL, PRIMARY KEY (team_id, user_id))",
    "CREATE INDEX valise_team_member_user ON valise_team_member (user_id)",
    "CREATE TABLE valise_user_settings (user_id {ID} PRIMARY KEY, language BIGINT NOT NULL, locale TEXT NOT NULL, \
     time_zone TEXT NOT NULL, currency {ID})",
    "CREATE TABLE valise_sign_in (user_name TEXT PRIMARY KEY, user_id {ID} NOT NULL, password_hash TEXT NOT NULL)",
    "CREATE TABLE valise_client (client_id TEXT PRIMARY KEY, user_id {ID} NOT NULL, secret_hash TEXT NOT NULL)",
    "CREATE TABLE valise_code (hash {BYTES} PRIMARY KEY, user_id {ID} NOT NULL, client_id TEXT NOT NULL, \
     redirect_uri TEXT NOT NULL, challenge TEXT NOT NULL, expires_at BIGINT NOT NULL, family {ID})",
    "CREATE TABLE valise_token (hash {BYTES} PRIMARY KEY, is_refresh BIGINT NOT NULL, family {ID} NOT NULL, \
     user_id {ID} NOT NULL, client_id TEXT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT)",
    "CREATE INDEX valise_token_family ON valise_token (family)",
    "CREATE INDEX valise_token_expires ON valise_token (expires_at)",
];

/// The statements of the step.
pub fn statements(dialect: Dialect) -> Vec<String> {
    let mut statements: Vec<String> = TABLES
        .iter()
        .map(|sql| {
            sql.replace("{ID}", dialect.column_type(Storage::Id))
                .replace("{BYTES}", dialect.column_type(Storage::Bytes))
        })
        .collect();
    match dialect {
        Dialect::Sqlite => {
            statements.push("CREATE TABLE valise_sequence (value BIGINT NOT NULL)".to_owned());
            statements.push("INSERT INTO valise_sequence (value) VALUES (0)".to_owned());
        }
        Dialect::Postgres => statements.push("CREATE SEQUENCE valise_version".to_owned()),
    }
    statements
}
