//! The command `move-stage`: a business process flow goes on, back, or to a stage that was visited before. Given on the
//! instance row, which is made by the first move. Parameters: `activestageid`; for an instance that is made, also
//! `processid`, the rows it is about, and as `traversedpath` the stages before the one moved to.

use crate::create;
use crate::error::SalesError;
use crate::save::update;
use crate::situation::Situation;
use model::{ChangeSet, Columns, Command, Reference, Row, Value};

/// The command's name.
pub const NAME: &str = "move-stage";

const STAGE: &str = "activestageid";
const STARTED: &str = "activestagestartedon";
const PATH: &str = "traversedpath";
/// What an instance table is known by.
const COLUMNS: [&str; 3] = [STAGE, STARTED, PATH];

/// See `plan_command`. A move to the active stage changes nothing.
pub fn plan(command: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    let table = situation.table;
    if !COLUMNS.iter().all(|name| table.column(name).is_some()) {
        return Err(SalesError::NotAvailable { command: NAME.to_owned(), table: table.name.clone() });
    }
    let stage = command.parameters.get(STAGE).as_reference().cloned();
    let stage = stage.ok_or(SalesError::MissingParameter { parameter: STAGE })?;
    match situation.row {
        None => begin(command, situation, stage),
        Some(row) => go(command, situation, row, stage),
    }
}

fn begin(command: &Command, situation: &Situation<'_>, stage: Reference) -> Result<ChangeSet, SalesError> {
    if command.parameters.get("processid").is_null() {
        return Err(SalesError::MissingParameter { parameter: "processid" });
    }
    let path = path_to(command.parameters.get(PATH), &stage);
    let mut parameters = command.parameters.clone();
    parameters.set(PATH, Value::Text(path));
    parameters.set(STARTED, Value::DateTime(situation.now));
    create::plan(&Command { parameters, ..command.clone() }, situation)
}

fn go(
    command: &Command,
    situation: &Situation<'_>,
    row: &Row,
    stage: Reference,
) -> Result<ChangeSet, SalesError> {
    // The rows the instance is about may have grown: an opportunity came of the lead.
    let is_about = |name: &str| !COLUMNS.contains(&name) && name != "processid";
    let mut changed: Columns = command
        .parameters
        .iter()
        .filter(|(name, _)| is_about(name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let is_there = row.columns.get(STAGE).as_reference().is_some_and(|active| active.id == stage.id);
    if !is_there {
        changed.set(PATH, Value::Text(path_to(row.columns.get(PATH), &stage)));
        changed.set(STAGE, Value::Reference(stage));
        changed.set(STARTED, Value::DateTime(situation.now));
    }
    update(situation, row, changed)
}

/// The stages visited, separated by commas, the active one last: what lies behind a stage gone back to is not visited any more.
fn path_to(before: &Value, stage: &Reference) -> String {
    let id = stage.id.to_string();
    let mut path: Vec<&str> = before.as_text().unwrap_or_default().split(',').map(str::trim).collect();
    path.retain(|part| !part.is_empty());
    match path.iter().position(|part| part.eq_ignore_ascii_case(&id)) {
        Some(at) => path.truncate(at + 1),
        None => path.push(&id),
    }
    path.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ROW, World, command, text};
    use model::{Change, RowId};

    const TABLE: &str = "opportunitysalesprocess";

    fn stage(number: u128) -> Value {
        Value::Reference(Reference {
            table: "processstage".into(),
            id: RowId::from_u128(number),
            name: Some(format!("stage {number}")),
        })
    }

    fn path(numbers: &[u128]) -> Value {
        let ids: Vec<String> = numbers.iter().map(|number| RowId::from_u128(*number).to_string()).collect();
        text(&ids.join(","))
    }

    fn instance(world: &World, active: u128, visited: &[u128]) -> Row {
        let columns = Columns::new()
            .with(STAGE, stage(active))
            .with(PATH, path(visited))
            .with(STARTED, Value::DateTime(model::Timestamp::from_milliseconds(0)))
            .with("statecode", Value::Choice(0))
            .with("statuscode", Value::Choice(1))
            .with("createdby", world.me());
        Row { table: TABLE.into(), id: ROW, version: None, columns }
    }

    #[test]
    fn the_first_move_makes_the_instance() {
        let world = World::new();
        let process =
            Value::Reference(Reference { table: "workflow".into(), id: RowId::from_u128(9), name: None });
        let given = Columns::new().with(STAGE, stage(2)).with(PATH, path(&[1])).with("processid", process);
        let outcome = plan(&command(NAME, TABLE, given), &world.situation(TABLE, None)).unwrap();
        let [Change::Create { columns, .. }] = outcome.0.as_slice() else { panic!("{outcome:?}") };
        assert_eq!(columns.get(PATH), &path(&[1, 2]));
        assert_eq!(columns.get(STARTED), &Value::DateTime(world.now));
        assert_eq!(columns.get("statecode"), &Value::Choice(0));
    }

    #[test]
    fn moves_write_the_stage_the_path_and_the_moment() {
        let world = World::new();
        for (active, visited, to, expected, why) in [
            (1, vec![1], 2, vec![1, 2], "on"),
            (3, vec![1, 2, 3], 2, vec![1, 2], "back: what lies behind is not visited any more"),
            (3, vec![1, 2, 3], 1, vec![1], "back to the first"),
            (2, vec![], 3, vec![3], "a path that was never written begins here"),
        ] {
            let row = instance(&world, active, &visited);
            let given = Columns::new().with(STAGE, stage(to)).with(PATH, text("not asked"));
            let outcome = plan(&command(NAME, TABLE, given), &world.situation(TABLE, Some(&row))).unwrap();
            let [Change::Update { columns, before, .. }] = outcome.0.as_slice() else {
                panic!("{outcome:?}")
            };
            assert_eq!(columns.get(PATH), &path(&expected), "{why}");
            assert_eq!(columns.get(STAGE), &stage(to), "{why}");
            assert_eq!(columns.get(STARTED), &Value::DateTime(world.now), "{why}");
            assert_eq!(before.get(STAGE), &stage(active), "{why}");
        }
    }

    #[test]
    fn a_move_to_where_one_is_keeps_the_clock() {
        let world = World::new();
        let row = instance(&world, 2, &[1, 2]);
        let given = Columns::new().with(STAGE, stage(2));
        let outcome = plan(&command(NAME, TABLE, given), &world.situation(TABLE, Some(&row)));
        assert_eq!(outcome, Ok(ChangeSet::default()));
    }

    #[test]
    fn what_cannot_be_moved_is_refused_with_a_way_out() {
        let world = World::new();
        let refuse = |table: &str, given: Columns, row: Option<&Row>| {
            plan(&command(NAME, table, given), &world.situation(table, row)).unwrap_err()
        };
        let to = || Columns::new().with(STAGE, stage(2));
        assert!(matches!(refuse("account", to(), None), SalesError::NotAvailable { .. }));
        let missing = |error| matches!(error, SalesError::MissingParameter { .. });
        assert!(missing(refuse(TABLE, Columns::new(), None)));
        assert!(missing(refuse(TABLE, to(), None)), "an instance belongs to a process");
        let mut finished = instance(&world, 2, &[1, 2]);
        finished.columns.set("statecode", Value::Choice(1));
        let given = Columns::new().with(STAGE, stage(1));
        assert!(matches!(refuse(TABLE, given, Some(&finished)), SalesError::Closed { .. }));
    }
}
