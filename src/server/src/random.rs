//! The one place where the server draws randomness, and how secrets are hashed for keeping.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::RowId;
use sha2::{Digest as _, Sha256};

/// The machine cannot give random bytes; nothing secret can be made without.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct NoRandomness(getrandom::Error);

fn bytes<const COUNT: usize>() -> Result<[u8; COUNT], NoRandomness> {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(bytes)
}

/// A new row id.
pub fn row_id() -> Result<RowId, NoRandomness> {
    Ok(RowId::from_random(u128::from_be_bytes(bytes()?)))
}

/// 128 random bits.
pub fn bits() -> Result<u128, NoRandomness> {
    Ok(u128::from_be_bytes(bytes()?))
}

/// 256 random bits as text for addresses and headers.
pub fn secret() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// 128 random bits to salt a password with.
pub fn salt() -> Result<[u8; 16], NoRandomness> {
    bytes()
}

/// What is kept of a secret with 256 random bits. Passwords, which have fewer, go through argon2 instead.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The hash as text, base64url without padding: also what PKCE calls S256.
pub fn hash_text(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}
