//! Names and hashed passwords of people, ids and hashed secrets of service clients, and the org's own settings.

use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::error::Result;
use crate::read::ReadTransaction;
use crate::statement::{Question, Statement};
use crate::write::WriteTransaction;
use model::RowId;

/// A person's way in.
#[derive(Clone, PartialEq, Eq)]
pub struct SignIn {
    /// What is typed, in lower case.
    pub user_name: String,
    /// The user.
    pub user: RowId,
    /// The password's hash with its parameters, as the hashing library writes it.
    pub password_hash: String,
}

/// A service's way in.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// The client's id.
    pub client_id: String,
    /// The user it acts as.
    pub user: RowId,
    /// The secret's hash.
    pub secret_hash: String,
}

impl std::fmt::Debug for SignIn {
    /// Leaves the hash out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("user_name", &self.user_name).field("user", &self.user).finish()
    }
}

impl std::fmt::Debug for Client {
    /// Leaves the hash out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("client_id", &self.client_id).field("user", &self.user).finish()
    }
}

async fn setting(session: &mut Session, name: &str) -> Result<Option<String>> {
    let sql = "SELECT value FROM valise_setting WHERE name = ?";
    let statement = Statement::with(session.dialect(), sql, vec![Cell::text(name)]);
    let row = session.ask_one(Question { statement, kinds: vec![Storage::Text] }).await?;
    Ok(row.and_then(|cells| cells.into_iter().next()?.into_text()))
}

impl ReadTransaction {
    /// The account of this user name.
    pub async fn sign_in(&mut self, user_name: &str) -> Result<Option<SignIn>> {
        let sql = "SELECT user_id, password_hash FROM valise_sign_in WHERE user_name = ?";
        Ok(self.secret(sql, user_name).await?.map(|(user, password_hash)| SignIn {
            user_name: user_name.to_owned(),
            user,
            password_hash,
        }))
    }

    /// The service client of this id.
    pub async fn client(&mut self, client_id: &str) -> Result<Option<Client>> {
        let sql = "SELECT user_id, secret_hash FROM valise_client WHERE client_id = ?";
        Ok(self.secret(sql, client_id).await?.map(|(user, secret_hash)| Client {
            client_id: client_id.to_owned(),
            user,
            secret_hash,
        }))
    }

    /// True when nobody can sign in: the org has not been set up.
    pub async fn nobody_can_sign_in(&mut self) -> Result<bool> {
        let statement = Statement::of(self.session.dialect(), "SELECT COUNT(*) FROM valise_sign_in");
        Ok(self.session.ask_integer(statement).await? == 0)
    }

    /// A setting of the org.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>> {
        setting(&mut self.session, name).await
    }

    async fn secret(&mut self, sql: &str, name: &str) -> Result<Option<(RowId, String)>> {
        let statement = Statement::with(self.session.dialect(), sql, vec![Cell::text(name)]);
        let row =
            self.session.ask_one(Question { statement, kinds: vec![Storage::Id, Storage::Text] }).await?;
        Ok(row.and_then(|cells| match <[Cell; 2]>::try_from(cells) {
            Ok([Cell::Id(Some(user)), Cell::Text(Some(hash))]) => Some((user, hash)),
            _ => None,
        }))
    }
}

impl WriteTransaction {
    /// Adds or replaces an account.
    pub async fn put_sign_in(&mut self, sign_in: &SignIn) -> Result<()> {
        let sql = "INSERT INTO valise_sign_in (user_name, user_id, password_hash) VALUES (?, ?, ?) \
                   ON CONFLICT (user_name) DO UPDATE SET user_id = excluded.user_id, \
                   password_hash = excluded.password_hash";
        let SignIn { user_name, user, password_hash } = sign_in;
        let binds = vec![Cell::text(user_name.as_str()), Cell::id(*user), Cell::text(password_hash.as_str())];
        self.session.run_with(sql, binds).await.map(drop)
    }

    /// Adds or replaces a service client.
    pub async fn put_client(&mut self, client: &Client) -> Result<()> {
        let sql = "INSERT INTO valise_client (client_id, user_id, secret_hash) VALUES (?, ?, ?) \
                   ON CONFLICT (client_id) DO UPDATE SET user_id = excluded.user_id, \
                   secret_hash = excluded.secret_hash";
        let Client { client_id, user, secret_hash } = client;
        let binds = vec![Cell::text(client_id.as_str()), Cell::id(*user), Cell::text(secret_hash.as_str())];
        self.session.run_with(sql, binds).await.map(drop)
    }

    /// A setting of the org as this transaction sees it.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>> {
        setting(&mut self.session, name).await
    }

    /// Adds or replaces a setting of the org.
    pub async fn put_setting(&mut self, name: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO valise_setting (name, value) VALUES (?, ?) \
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.session.run_with(sql, vec![Cell::text(name), Cell::text(value)]).await.map(drop)
    }

    /// Sets a setting that is not set; true for the one caller who set it. Others wait for that caller's transaction.
    pub async fn add_setting(&mut self, name: &str, value: &str) -> Result<bool> {
        let sql = "INSERT INTO valise_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";
        Ok(self.session.run_with(sql, vec![Cell::text(name), Cell::text(value)]).await? == 1)
    }

    /// Removes a setting if it still has this value; true for the one caller who removed it.
    pub async fn take_setting(&mut self, name: &str, value: &str) -> Result<bool> {
        let sql = "DELETE FROM valise_setting WHERE name = ? AND value = ?";
        Ok(self.session.run_with(sql, vec![Cell::text(name), Cell::text(value)]).await? == 1)
    }
}
