//! Plan → bound plan.
use crate::{BoundPlan, Caller, Plan, QueryError};
use model::Table;

/// Where tables are looked up.
pub trait Tables {
    /// The table of this logical name.
    fn table(&self, name: &str) -> Option<&Table>;
}

impl Tables for model::Metadata {
    fn table(&self, name: &str) -> Option<&Table> {
        Self::table(self, name)
    }
}

impl Tables for [Table] {
    fn table(&self, name: &str) -> Option<&Table> {
        self.iter().find(|table| table.name == *name)
    }
}

/// Binds a plan to a caller, a moment and a schema.
pub fn bind(plan: &Plan, tables: &dyn Tables, caller: &Caller) -> Result<BoundPlan, QueryError> {
    let _ = (plan, tables, caller);
    Err(QueryError::Unsupported { what: "bind".into() })
}
