//! Answers to requests that carry a key, kept with the transaction that made them, so that a repeated request changes nothing.

use crate::cell::{Cell, Storage};
use crate::error::Result;
use crate::statement::{Question, Statement};
use crate::write::WriteTransaction;
use model::{RowId, Timestamp};

/// What is known of a request's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredAnswer {
    /// The key is new: do the work, then call `keep_answer` in the same transaction.
    New,
    /// The work was done; this was the answer.
    Done(Vec<u8>),
}

impl WriteTransaction {
    /// Takes a request's key. While another transaction holds the same key, this waits for its end.
    pub async fn claim_request(&mut self, key: &str, user: RowId, now: Timestamp) -> Result<StoredAnswer> {
        let sql = "INSERT INTO valise_answer (request_key, user_id, made_at) VALUES (?, ?, ?) \
                   ON CONFLICT (request_key, user_id) DO NOTHING";
        let binds = vec![Cell::text(key), Cell::id(user), Cell::integer(now.milliseconds())];
        if self.session.run_with(sql, binds).await? == 1 {
            return Ok(StoredAnswer::New);
        }
        let statement = Statement::with(
            self.session.dialect(),
            "SELECT answer FROM valise_answer WHERE request_key = ? AND user_id = ?",
            vec![Cell::text(key), Cell::id(user)],
        );
        let row = self.session.ask_one(Question { statement, kinds: vec![Storage::Bytes] }).await?;
        match row.and_then(|cells| cells.into_iter().next()) {
            Some(Cell::Bytes(Some(answer))) => Ok(StoredAnswer::Done(answer)),
            _ => Err(crate::StoreError::Corrupt(format!("the answer to request {key} is missing"))),
        }
    }

    /// Keeps the answer to a request whose key was taken in this transaction.
    pub async fn keep_answer(&mut self, key: &str, user: RowId, answer: Vec<u8>) -> Result<()> {
        let sql = "UPDATE valise_answer SET answer = ? WHERE request_key = ? AND user_id = ?";
        let binds = vec![Cell::Bytes(Some(answer)), Cell::text(key), Cell::id(user)];
        self.session.run_with(sql, binds).await?;
        Ok(())
    }
}
