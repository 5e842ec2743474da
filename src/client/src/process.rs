//! `Request::Process`: the business process flow a row goes through, and how far it has come.

use crate::definitions::Definitions;
use crate::message::{Failure, Reply};
use crate::rows::condition;
use crate::session::Session;
use model::{
    ColumnKind, ColumnName, Columns, Process, Row, RowId, StageId, Table, TableName, Timestamp, Value,
};
use query::{Order, Output, OutputColumn, Page, Plan, bind};
use serde::{Deserialize, Serialize};
use store::Store;

/// A process with the place a row has in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessView {
    /// The process.
    pub process: Process,
    /// The row that keeps the place; none before the first move.
    pub instance: Option<RowId>,
    /// The stage at hand.
    pub active: StageId,
    /// Since when.
    pub started_at: Option<Timestamp>,
    /// The stages visited, the active one last.
    pub path: Vec<StageId>,
    /// The rows it is about, one per table where there is one.
    pub rows: Vec<StageRow>,
    /// The instance is finished or aborted.
    pub is_closed: bool,
    /// The user may write the row that keeps the place.
    pub may_move: bool,
}

/// A row that a process is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRow {
    /// The table.
    pub table: TableName,
    /// The row.
    pub id: RowId,
    /// The lookup of the instance table that names it.
    pub column: ColumnName,
}

impl Session {
    pub(crate) async fn process(&self, table: &TableName, id: RowId) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let candidates = definitions.processes_of(table);
        let now = self.parts.clock.now();
        let mut found = None;
        for process in &candidates {
            if let Some(row) = instance(process, table, id, &definitions, &device.store, now).await? {
                found = Some(view(process, Some(row), table, id, &definitions));
                break;
            }
        }
        let first = || {
            candidates
                .iter()
                .find(|process| process.stages.first().is_some_and(|stage| stage.table == *table))
        };
        let mut found = found.or_else(|| first().map(|process| view(process, None, table, id, &definitions)));
        if let Some(view) = &mut found {
            follow_rows(view, &definitions, &device.store, now).await?;
        }
        Ok(Reply::Process(found.map(Box::new)))
    }
}

impl Definitions {
    /// The processes of the user's roles with a stage about this table, in their order.
    fn processes_of(&self, table: &TableName) -> Vec<Process> {
        let is_for_user = |process: &Process| {
            let roles = &self.profile.roles;
            process.roles.is_empty()
                || process.roles.iter().any(|role| roles.iter().any(|own| own.eq_ignore_ascii_case(role)))
        };
        let mut processes: Vec<Process> = Vec::new();
        for record in self.screens().processes().iter().filter(|record| record.active) {
            let (process, problems) = model::parse_process(record);
            self.note_problems(problems);
            if is_for_user(&process) && process.tables().contains(&table) {
                processes.push(process);
            }
        }
        processes.sort_by_key(|process| process.order);
        processes
    }
}

/// The lookup of an instance table that names the row of a table: the plain one before those of earlier versions.
fn lookup_to(instances: &Table, table: &TableName) -> Option<ColumnName> {
    let leads = |column: &&model::Column| matches!(&column.kind, ColumnKind::Lookup { targets, .. } if targets.contains(table));
    let plain = format!("{table}id");
    let mut lookups = instances.columns.iter().filter(leads);
    let found = lookups.clone().find(|column| column.name.as_str() == plain).or_else(|| lookups.next());
    found.map(|column| column.name.clone())
}

/// The newest instance of a process for a row, the active ones before the finished ones.
async fn instance(
    process: &Process,
    table: &TableName,
    id: RowId,
    definitions: &Definitions,
    store: &Store,
    now: Timestamp,
) -> Result<Option<Row>, Failure> {
    let name = TableName::new(&process.unique_name);
    let Ok(instances) = definitions.table(&name) else { return Ok(None) };
    let Some(lookup) = lookup_to(instances, table) else { return Ok(None) };
    let order = |column: &str, descending| Order { link: None, column: column.into(), descending };
    let mut orders = Vec::new();
    orders.extend(instances.column("statecode").map(|_| order("statecode", false)));
    orders.extend(instances.column("modifiedon").map(|_| order("modifiedon", true)));
    let Some(found) = first_row(instances, &lookup, id, orders, definitions, store, now).await? else {
        return Ok(None);
    };
    Ok(store.row(&name, found).await?.map(|stored| stored.current))
}

async fn first_row(
    table: &Table,
    lookup: &ColumnName,
    id: RowId,
    orders: Vec<Order>,
    definitions: &Definitions,
    store: &Store,
    now: Timestamp,
) -> Result<Option<RowId>, Failure> {
    let plan = Plan {
        table: table.name.clone(),
        output: Output::Columns(vec![OutputColumn::named(table.primary_id.clone())]),
        filter: Some(condition(lookup.clone(), "eq", &id.to_string())),
        links: Vec::new(),
        orders,
        distinct: false,
        page: Page::slice(0, 1),
        wants_total: false,
        sorts_choices_by_number: true,
    };
    let answer = store.run(&bind(&plan, definitions.metadata(), &definitions.caller(now))?).await?;
    Ok(answer.rows.first().and_then(|row| row.id))
}

fn view(
    process: &Process,
    row: Option<Row>,
    table: &TableName,
    id: RowId,
    definitions: &Definitions,
) -> ProcessView {
    let instances = definitions.table(&TableName::new(&process.unique_name)).ok();
    let columns = row.as_ref().map(|row| row.columns.clone()).unwrap_or_default();
    let first = process.stages.first().map(|stage| stage.id).unwrap_or_else(|| StageId::from_u128(0));
    let known = |id: StageId| process.stage(id).map(|stage| stage.id);
    let active = columns.get("activestageid").as_reference();
    let active = active.and_then(|stage| known(StageId::from_u128(stage.id.as_u128())));
    let active = active.unwrap_or(first);
    let right = if row.is_some() { model::Right::Write } else { model::Right::Create };
    ProcessView {
        instance: row.as_ref().map(|row| row.id),
        active,
        started_at: match columns.get("activestagestartedon") {
            Value::DateTime(at) => Some(*at),
            _ => None,
        },
        path: path(&columns, process, active),
        rows: instances.map_or_else(Vec::new, |instances| rows(process, instances, &columns, table, id)),
        is_closed: columns.get("statecode").as_choice().unwrap_or(0) != 0,
        may_move: instances.is_some_and(|instances| definitions.may(&instances.name, right)),
        process: process.clone(),
    }
}

/// What is written, else the plain way to the active stage.
fn path(columns: &Columns, process: &Process, active: StageId) -> Vec<StageId> {
    let written = columns.get("traversedpath").as_text().unwrap_or_default();
    let mut path: Vec<StageId> = written
        .split(',')
        .filter_map(|id| id.trim().parse().ok())
        .filter(|id| process.stage(*id).is_some())
        .collect();
    if path.is_empty() {
        let mut at = process.stages.first();
        while let Some(stage) = at.filter(|stage| !path.contains(&stage.id)) {
            path.push(stage.id);
            if stage.id == active {
                break;
            }
            at = stage.next.and_then(|next| process.stage(next));
        }
    }
    match path.iter().position(|id| *id == active) {
        Some(at) => path.truncate(at + 1),
        None => path.push(active),
    }
    path
}

fn rows(
    process: &Process,
    instances: &Table,
    columns: &Columns,
    table: &TableName,
    id: RowId,
) -> Vec<StageRow> {
    let row = |name: &TableName| {
        let column = lookup_to(instances, name)?;
        let id = if name == table { id } else { columns.get(column.as_str()).as_reference()?.id };
        Some(StageRow { table: name.clone(), id, column })
    };
    process.tables().into_iter().filter_map(row).collect()
}

/// The row of a later table that the instance does not name yet: the opportunity that came of the lead.
async fn follow_rows(
    view: &mut ProcessView,
    definitions: &Definitions,
    store: &Store,
    now: Timestamp,
) -> Result<(), Failure> {
    let Ok(instances) = definitions.table(&TableName::new(&view.process.unique_name)) else { return Ok(()) };
    for stage in &view.process.stages {
        if view.rows.iter().any(|row| row.table == stage.table) {
            continue;
        }
        let Some(relationship) = &stage.relationship else { continue };
        let parents = view.rows.iter().filter_map(|row| {
            let table = definitions.table(&row.table).ok()?;
            let found = table.relationships.iter().find(|it| {
                it.child == stage.table
                    && (it.name.eq_ignore_ascii_case(&relationship.name)
                        || relationship.column.as_ref() == Some(&it.column))
            })?;
            Some((row.id, found.column.clone()))
        });
        let Some((parent, lookup)) = parents.last() else { continue };
        let (Ok(table), Some(column)) = (definitions.table(&stage.table), lookup_to(instances, &stage.table))
        else {
            continue;
        };
        if let Some(id) = first_row(table, &lookup, parent, Vec::new(), definitions, store, now).await? {
            view.rows.push(StageRow { table: stage.table.clone(), id, column });
        }
    }
    Ok(())
}
