//! Authorization codes and tokens. Only their hashes are kept: who reads the database cannot sign in with it.

use crate::cell::{Cell, Storage};
use crate::database::Database;
use crate::dialect::{Dialect, Hold};
use crate::error::Result;
use crate::statement::{Question, Statement};
use crate::write::WriteTransaction;
use model::{RowId, Timestamp};

/// How long a refresh token that was already used is taken once more: its answer may have been lost on the way.
const LOST_ANSWER_GRACE_MILLISECONDS: i64 = 120_000;

/// A code that a client exchanges for tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// Who signed in.
    pub user: RowId,
    /// For which client.
    pub client_id: String,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// The PKCE challenge (S256).
    pub challenge: String,
    /// Until when it can be exchanged.
    pub expires_at: Timestamp,
}

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// The Web API.
    Access,
    /// New tokens.
    Refresh,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it opens.
    pub kind: TokenKind,
    /// All tokens that descend from one sign-in.
    pub family: RowId,
    /// Whose it is.
    pub user: RowId,
    /// The client it was given to.
    pub client_id: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// What became of a refresh token that was presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// It is good, and used now.
    Good(Token),
    /// There is no such token, or it has expired.
    Unknown,
    /// It was used long before: somebody has a copy, and the whole family has been revoked.
    Reused,
}

const TOKEN_COLUMNS: &str = "is_refresh, family, user_id, client_id, expires_at, used_at";

impl Database {
    /// Keeps a code under its hash.
    pub async fn keep_code(&self, hash: &[u8], code: &AuthorizationCode) -> Result<()> {
        let mut transaction = self.write().await?;
        let sql = "INSERT INTO valise_code (hash, user_id, client_id, redirect_uri, challenge, expires_at) \
                   VALUES (?, ?, ?, ?, ?, ?)";
        let binds = vec![
            Cell::Bytes(Some(hash.to_vec())),
            Cell::id(code.user),
            Cell::text(code.client_id.as_str()),
            Cell::text(code.redirect_uri.as_str()),
            Cell::text(code.challenge.as_str()),
            Cell::integer(code.expires_at.milliseconds()),
        ];
        transaction.session.run_with(sql, binds).await?;
        transaction.commit().await
    }

    /// Takes a code, once. A second time it gives nothing and revokes the tokens that the first time gave.
    pub async fn take_code(
        &self,
        hash: &[u8],
        family: RowId,
        now: Timestamp,
    ) -> Result<Option<AuthorizationCode>> {
        let mut transaction = self.write().await?;
        let found = transaction.code(hash).await?;
        let taken = match found {
            None => None,
            Some((_, Some(used_for))) => {
                transaction.revoke_family(used_for).await?;
                None
            }
            Some((code, None)) => {
                let sql = "UPDATE valise_code SET family = ? WHERE hash = ?";
                let binds = vec![Cell::id(family), Cell::Bytes(Some(hash.to_vec()))];
                transaction.session.run_with(sql, binds).await?;
                (now < code.expires_at).then_some(code)
            }
        };
        transaction.commit().await?;
        Ok(taken)
    }

    /// Keeps tokens under their hashes.
    pub async fn keep_tokens(&self, tokens: &[(Vec<u8>, Token)]) -> Result<()> {
        let mut transaction = self.write().await?;
        for (hash, token) in tokens {
            transaction.keep_token(hash, token).await?;
        }
        transaction.commit().await
    }

    /// The access token of this hash, if it is good.
    pub async fn access_token(&self, hash: &[u8], now: Timestamp) -> Result<Option<Token>> {
        let mut transaction = self.read().await?;
        let found = find_token(&mut transaction.session, hash, "").await?;
        Ok(found
            .map(|(token, _)| token)
            .filter(|token| token.kind == TokenKind::Access && now < token.expires_at))
    }

    /// Presents a refresh token; `client_id` must be the one it was given to.
    pub async fn use_refresh_token(&self, hash: &[u8], client_id: &str, now: Timestamp) -> Result<TokenUse> {
        let mut transaction = self.write().await?;
        let lock = transaction.session.dialect().hold(Hold::Content);
        let found = find_token(&mut transaction.session, hash, lock).await?;
        let Some((token, used_at)) = found else { return Ok(TokenUse::Unknown) };
        if token.kind != TokenKind::Refresh || now >= token.expires_at || token.client_id != client_id {
            return Ok(TokenUse::Unknown);
        }
        let outcome = match used_at {
            Some(at) if now.milliseconds() - at.milliseconds() > LOST_ANSWER_GRACE_MILLISECONDS => {
                transaction.revoke_family(token.family).await?;
                TokenUse::Reused
            }
            Some(_) => TokenUse::Good(token),
            None => {
                let sql = "UPDATE valise_token SET used_at = ? WHERE hash = ?";
                let binds = vec![Cell::integer(now.milliseconds()), Cell::Bytes(Some(hash.to_vec()))];
                transaction.session.run_with(sql, binds).await?;
                TokenUse::Good(token)
            }
        };
        transaction.commit().await?;
        Ok(outcome)
    }

    /// Forgets codes and tokens that have expired.
    pub async fn forget_expired_tokens(&self, now: Timestamp) -> Result<()> {
        let mut transaction = self.write().await?;
        for sql in [
            "DELETE FROM valise_token WHERE expires_at <= ?",
            "DELETE FROM valise_code WHERE expires_at <= ?",
        ] {
            transaction.session.run_with(sql, vec![Cell::integer(now.milliseconds())]).await?;
        }
        transaction.commit().await
    }
}

impl WriteTransaction {
    /// Ends every token of a user.
    pub async fn revoke_user(&mut self, user: RowId) -> Result<()> {
        self.session
            .run_with("DELETE FROM valise_token WHERE user_id = ?", vec![Cell::id(user)])
            .await
            .map(drop)
    }

    /// Ends every token that descends from one sign-in.
    pub async fn revoke_family(&mut self, family: RowId) -> Result<()> {
        self.session
            .run_with("DELETE FROM valise_token WHERE family = ?", vec![Cell::id(family)])
            .await
            .map(drop)
    }

    async fn keep_token(&mut self, hash: &[u8], token: &Token) -> Result<()> {
        let sql = "INSERT INTO valise_token (hash, is_refresh, family, user_id, client_id, expires_at) \
                   VALUES (?, ?, ?, ?, ?, ?)";
        let binds = vec![
            Cell::Bytes(Some(hash.to_vec())),
            Cell::integer(i64::from(token.kind == TokenKind::Refresh)),
            Cell::id(token.family),
            Cell::id(token.user),
            Cell::text(token.client_id.as_str()),
            Cell::integer(token.expires_at.milliseconds()),
        ];
        self.session.run_with(sql, binds).await.map(drop)
    }

    /// The code with the family it was used for.
    async fn code(&mut self, hash: &[u8]) -> Result<Option<(AuthorizationCode, Option<RowId>)>> {
        let sql = format!(
            "SELECT user_id, client_id, redirect_uri, challenge, expires_at, family FROM valise_code WHERE hash = ?{}",
            self.session.dialect().hold(Hold::Content)
        );
        let statement = Statement::with(self.session.dialect(), &sql, vec![Cell::Bytes(Some(hash.to_vec()))]);
        let kinds =
            vec![Storage::Id, Storage::Text, Storage::Text, Storage::Text, Storage::Integer, Storage::Id];
        let row = self.session.ask_one(Question { statement, kinds }).await?;
        Ok(row.and_then(|cells| match <[Cell; 6]>::try_from(cells) {
            Ok(
                [
                    Cell::Id(Some(user)),
                    Cell::Text(Some(client_id)),
                    Cell::Text(Some(redirect_uri)),
                    Cell::Text(Some(challenge)),
                    Cell::Integer(Some(expires_at)),
                    Cell::Id(family),
                ],
            ) => {
                let expires_at = Timestamp::from_milliseconds(expires_at);
                Some((AuthorizationCode { user, client_id, redirect_uri, challenge, expires_at }, family))
            }
            _ => None,
        }))
    }
}

async fn find_token(
    session: &mut crate::connection::Session,
    hash: &[u8],
    lock: &str,
) -> Result<Option<(Token, Option<Timestamp>)>> {
    let dialect: Dialect = session.dialect();
    let sql = format!("SELECT {TOKEN_COLUMNS} FROM valise_token WHERE hash = ?{lock}");
    let statement = Statement::with(dialect, &sql, vec![Cell::Bytes(Some(hash.to_vec()))]);
    let kinds =
        vec![Storage::Integer, Storage::Id, Storage::Id, Storage::Text, Storage::Integer, Storage::Integer];
    let row = session.ask_one(Question { statement, kinds }).await?;
    Ok(row.and_then(|cells| match <[Cell; 6]>::try_from(cells) {
        Ok(
            [
                Cell::Integer(Some(is_refresh)),
                Cell::Id(Some(family)),
                Cell::Id(Some(user)),
                Cell::Text(Some(client_id)),
                Cell::Integer(Some(expires_at)),
                Cell::Integer(used_at),
            ],
        ) => {
            let kind = if is_refresh == 0 { TokenKind::Access } else { TokenKind::Refresh };
            let expires_at = Timestamp::from_milliseconds(expires_at);
            let token = Token { kind, family, user, client_id, expires_at };
            Some((token, used_at.map(Timestamp::from_milliseconds)))
        }
        _ => None,
    }))
}
