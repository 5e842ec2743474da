//! Many tabs, one database: who works on it, and how the others reach it.
//!
//! Every tab has a worker. One of them, the leader, holds the Web Lock and has the session; the others pass their page's requests on
//! to it and its answers back. When it dies the browser gives the lock to the next one; whatever was not answered is asked
//! again. A leader that only sleeps is missed by its silence. Nothing here waits, sends or knows the time: each method takes what
//! happened and tells what to do.

mod ledger;
mod life;
mod note;
mod served;
mod tab;
#[cfg(test)]
mod tests;

pub use note::{Note, TabId};
pub use tab::{Effect, Tab};
