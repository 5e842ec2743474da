//! Passwords and client secrets: argon2id, on threads that may block.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// What earlier checks worked in, for later ones: allocators may never make use of pieces so large again.
static SPARE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// A hash of no password at all: checked for user names that do not exist, so that their absence takes as long to notice.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hash to keep of a password.
pub async fn hash_password(password: String) -> Result<String, String> {
    let salt = crate::random::salt().map_err(|error| error.to_string())?;
    let hashed = tokio::task::spawn_blocking(move || {
        let salt = SaltString::encode_b64(&salt).map_err(|error| error.to_string())?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| error.to_string())
    });
    hashed.await.map_err(|error| error.to_string())?
}

/// True when the password is the one that was hashed. Takes as long for a user who does not exist (`kept` none).
pub async fn is_password(password: String, kept: Option<String>) -> bool {
    let exists = kept.is_some();
    let checked = tokio::task::spawn_blocking(move || {
        is_hash_of(password.as_bytes(), kept.as_deref().unwrap_or(NOBODY)).unwrap_or_default()
    });
    match checked.await {
        Ok(is_right) => is_right && exists,
        Err(error) => {
            tracing::error!(%error, "a password could not be checked");
            false
        }
    }
}

/// `None` when what was kept is no hash.
fn is_hash_of(password: &[u8], kept: &str) -> Option<bool> {
    let hash = PasswordHash::new(kept).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm).ok()?;
    let version = Version::try_from(hash.version?).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let mut salt = [0; 64];
    let salt = hash.salt?.decode_b64(&mut salt).ok()?;
    let expected = hash.hash?;
    let mut found = vec![0; expected.len()];
    let spare = || SPARE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut memory = spare().pop().unwrap_or_default();
    memory.resize(params.block_count(), Block::default());
    let argon2 = Argon2::new(algorithm, version, params);
    let hashed = argon2.hash_password_into_with_memory(password, salt, &mut found, &mut memory);
    spare().push(memory);
    hashed.ok()?;
    Some(found.ct_eq(expected.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_nobody_has_none() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        let hash = hash_password("correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_password("correct horse".to_owned(), Some(hash.clone())).await);
        assert!(!is_password("wrong horse".to_owned(), Some(hash)).await);
        assert!(!is_password("correct horse".to_owned(), None).await);
        assert!(!is_password("x".to_owned(), Some("not a hash".to_owned())).await);
        assert_eq!(SPARE.lock().unwrap().len(), 1, "one check after the other works in the same memory");
    }
}
