//! `Request::Find`: rows for a lookup.

use crate::definitions::Definitions;
use crate::elsewhere::coverage;
use crate::message::{Coverage, Failure, Found, Reply};
use crate::rows::by_name;
use crate::session::Session;
use model::{LayoutCell, Reference, Table, TableName, Value};
use query::{Answer, Order, Output, OutputColumn, Page, Plan, bind, quick_find};

/// Most rows of one table.
const MOST_ROWS: u32 = 100;

impl Session {
    pub(crate) async fn find(
        &self,
        tables: &[TableName],
        search: &str,
        limit: u32,
    ) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let caller = definitions.caller(self.parts.clock.now());
        let mut found = Vec::new();
        for name in tables.iter().filter(|name| definitions.may_read(name)) {
            let table = definitions.table(name)?;
            let (plan, cells) = plan_find(table, search, limit, &definitions)?;
            let answer = device.store.run(&bind(&plan, definitions.metadata(), &caller)?).await?;
            let mut here = lines(answer, table, &cells);
            if matches!(coverage(&device, &definitions, name), Coverage::LeftOut | Coverage::NotCarried) {
                let others = self.find_on_server(&device, table, search, limit.clamp(1, MOST_ROWS)).await;
                let is_new = |other: &Found| here.iter().all(|one| one.reference.id != other.reference.id);
                let others: Vec<Found> = others.into_iter().filter(is_new).collect();
                here.extend(others);
            }
            found.extend(here);
        }
        Ok(Reply::Found(found))
    }
}

/// The quick find view's question; the latest rows come first where nothing is searched for.
fn plan_find(
    table: &Table,
    search: &str,
    limit: u32,
    definitions: &Definitions,
) -> Result<(Plan, Vec<LayoutCell>), Failure> {
    let (mut plan, cells) = match definitions.quick_find_view(&table.name) {
        Some(view) => (Plan::clone(&*definitions.plan(&view)?), view.cells),
        None => (plan_by_name(table), Vec::new()),
    };
    plan = quick_find(plan, search);
    if search.trim().is_empty() && table.column("modifiedon").is_some() {
        plan.orders = vec![Order { link: None, column: "modifiedon".into(), descending: true }];
    }
    if let Output::Columns(columns) = &mut plan.output {
        columns.insert(0, OutputColumn::renamed(table.primary_name.clone(), NAME));
    }
    plan.page = Page::slice(0, limit.clamp(1, MOST_ROWS));
    plan.wants_total = false;
    Ok((plan, cells))
}

/// The alias of the primary name in the answer; no column can be named so.
const NAME: &str = "found name";

fn plan_by_name(table: &Table) -> Plan {
    Plan {
        table: table.name.clone(),
        output: Output::Columns(Vec::new()),
        filter: Some(by_name(table)),
        links: Vec::new(),
        orders: vec![Order { link: None, column: table.primary_name.clone(), descending: false }],
        distinct: false,
        page: Page::default(),
        wants_total: false,
        sorts_choices_by_number: false,
    }
}

fn lines(answer: Answer, table: &Table, cells: &[LayoutCell]) -> Vec<Found> {
    let place = |name: &str| answer.names.iter().position(|other| other == name);
    let name_place = place(NAME).or_else(|| place(table.primary_name.as_str()));
    let details: Vec<usize> = cells
        .iter()
        .filter(|cell| !cell.hidden && cell.name != table.primary_name.as_str())
        .filter_map(|cell| place(&cell.name))
        .collect();
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Reference(reference) => reference.name.clone(),
        _ => None,
    };
    answer
        .rows
        .iter()
        .filter_map(|row| {
            let name = name_place.and_then(|place| row.values.get(place)).and_then(text);
            let reference =
                Reference { table: table.name.clone(), id: row.id?, name: Some(name.unwrap_or_default()) };
            let detail = details.iter().filter_map(|place| row.values.get(*place)).find_map(text);
            Some(Found { reference, detail: detail.unwrap_or_default() })
        })
        .collect()
}
