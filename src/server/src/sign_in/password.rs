//! Passwords and client secrets: argon2id, on threads that may block.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};

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
        let kept = kept.as_deref().unwrap_or(NOBODY);
        PasswordHash::new(kept)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    match checked.await {
        Ok(is_right) => is_right && exists,
        Err(error) => {
            tracing::error!(%error, "a password could not be checked");
            false
        }
    }
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
    }
}
