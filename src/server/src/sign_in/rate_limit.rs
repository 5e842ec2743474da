//! Slows down who guesses passwords: a few wrong ones per name and per address, then a pause.

use model::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Wrong passwords for one name within the window.
const MOST_PER_NAME: usize = 10;
/// Wrong passwords from one address within the window; an office shares one.
const MOST_PER_ADDRESS: usize = 100;
const WINDOW_MILLISECONDS: i64 = 5 * 60_000;
/// Names and addresses remembered at most.
const MOST_KEYS: usize = 10_000;
/// Passwords checked at the same time. Each check takes 19 MiB.
const MOST_AT_ONCE: usize = 4;

/// The wrong passwords of the last minutes.
#[derive(Debug)]
pub struct RateLimit {
    failures: Mutex<HashMap<String, Vec<Timestamp>>>,
    turns: Semaphore,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { failures: Mutex::default(), turns: Semaphore::new(MOST_AT_ONCE) }
    }
}

impl RateLimit {
    /// Waits for a turn, to be held from the question how long to wait until the outcome is counted: guesses that come
    /// all at once are slowed down like others, and their checks fit into memory.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Seconds to wait before the next try, when there were too many wrong ones.
    pub fn wait_seconds(&self, name: &str, address: Option<&str>, now: Timestamp) -> Option<i64> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        keys(name, address)
            .filter_map(|(key, most)| {
                let times = failures.get_mut(&key)?;
                times.retain(|at| now.milliseconds() - at.milliseconds() < WINDOW_MILLISECONDS);
                let first = times.get(times.len().checked_sub(most)?)?;
                Some((first.milliseconds() + WINDOW_MILLISECONDS - now.milliseconds()) / 1000 + 1)
            })
            .max()
    }

    /// Counts a wrong password.
    pub fn failed(&self, name: &str, address: Option<&str>, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MOST_KEYS {
            failures.retain(|_, times| {
                times.iter().any(|at| now.milliseconds() - at.milliseconds() < WINDOW_MILLISECONDS)
            });
        }
        for (key, _) in keys(name, address) {
            if failures.len() < MOST_KEYS || failures.contains_key(&key) {
                failures.entry(key).or_default().push(now);
            }
        }
    }

    /// Forgets the wrong passwords of a name whose owner came in.
    pub fn succeeded(&self, name: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&format!("name {name}"));
    }
}

fn keys(name: &str, address: Option<&str>) -> impl Iterator<Item = (String, usize)> {
    let name = (format!("name {name}"), MOST_PER_NAME);
    let address = address.map(|address| (format!("address {address}"), MOST_PER_ADDRESS));
    std::iter::once(name).chain(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_ten_wrong_passwords_there_is_a_pause() {
        let limit = RateLimit::default();
        let at = |seconds: i64| Timestamp::from_milliseconds(seconds * 1000);
        for second in 0..10 {
            assert_eq!(limit.wait_seconds("ada", None, at(second)), None, "{second}");
            limit.failed("ada", None, at(second));
        }
        assert_eq!(limit.wait_seconds("ada", None, at(10)), Some(291));
        assert_eq!(limit.wait_seconds("bob", None, at(10)), None);
        assert_eq!(limit.wait_seconds("ada", None, at(301)), None);
        limit.succeeded("ada");
        assert_eq!(limit.wait_seconds("ada", None, at(10)), None);
    }

    #[test]
    fn many_names_from_one_address_pause_the_address() {
        let limit = RateLimit::default();
        let now = Timestamp::from_milliseconds(0);
        for number in 0..100 {
            limit.failed(&format!("user{number}"), Some("192.0.2.1"), now);
        }
        assert!(limit.wait_seconds("another", Some("192.0.2.1"), now).is_some());
        assert!(limit.wait_seconds("another", Some("192.0.2.2"), now).is_none());
    }
}
