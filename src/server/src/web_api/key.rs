//! From the key in an address to the row's id.

use super::request::Context;
use crate::error::{Answered, Failure};
use model::{RowId, Table};
use odata::{Key, KeyValue, codes};
use query::{Answer, BoundPlan, Condition, Filter, Output, Page, Plan};
use store_sql::{Access, ReadTransaction, WriteTransaction};

/// What `row_of` needs of a transaction.
pub trait Runs {
    /// The answer to a plan.
    fn run(
        &mut self,
        plan: &BoundPlan,
        access: &Access,
    ) -> impl Future<Output = store_sql::Result<Answer>> + Send;
}

impl Runs for ReadTransaction {
    async fn run(&mut self, plan: &BoundPlan, access: &Access) -> store_sql::Result<Answer> {
        Self::run(self, plan, access).await
    }
}

impl Runs for WriteTransaction {
    async fn run(&mut self, plan: &BoundPlan, access: &Access) -> store_sql::Result<Answer> {
        Self::run(self, plan, access).await
    }
}

/// The id of the row that a key names.
pub async fn row_id(
    context: &Context<'_>,
    table: &Table,
    key: &Key,
    transaction: &mut impl Runs,
) -> Answered<RowId> {
    let pairs = match key {
        Key::Id(id) => return Ok(*id),
        Key::Alternate(pairs) => pairs,
    };
    let is_key = table.keys.iter().any(|columns| {
        columns.len() == pairs.len()
            && pairs.iter().all(|(name, _)| columns.iter().any(|it| *it == name.as_str()))
    });
    if !is_key {
        return Err(Failure::refuse(
            400,
            codes::INVALID_ARGUMENT,
            format!("{} has no alternate key of these columns; use the row's guid", table.name),
        ));
    }
    let conditions = pairs.iter().map(|(name, value)| {
        let value = match value {
            KeyValue::Text(text) | KeyValue::Bare(text) => text.clone(),
        };
        Filter::Condition(Condition {
            link: None,
            column: name.as_str().into(),
            operator: "eq".to_owned(),
            values: vec![value],
            value_of: None,
        })
    });
    let plan = Plan {
        table: table.name.clone(),
        output: Output::Columns(Vec::new()),
        filter: Some(Filter::And(conditions.collect())),
        links: Vec::new(),
        orders: Vec::new(),
        distinct: false,
        page: Page::slice(0, 1),
        wants_total: false,
        sorts_choices_by_number: false,
    };
    let bound = query::bind(&plan, context.app.metadata(), &context.caller.for_query(context.app))?;
    let answer = transaction.run(&bound, &context.caller.access).await?;
    answer.rows.first().and_then(|row| row.id).ok_or_else(|| {
        Failure::refuse(
            404,
            codes::RECORD_NOT_FOUND_BY_ENTITY_KEY,
            format!("no row of {} has this alternate key", table.name),
        )
    })
}
