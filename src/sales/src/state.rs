//! States: which are closed, and which lead where.

use crate::error::{Invalid, InvalidKind, SalesError};
use crate::situation::Situation;
use model::{Columns, Language, State, Table, Value};

/// A state an appointment, task or phone call ends in.
const ACTIVITY_COMPLETED: i32 = 1;
const ACTIVITY_CANCELED: i32 = 2;

/// True when the row is closed, completed or inactive: its columns are then read-only.
#[must_use]
pub fn is_closed(table: &Table, columns: &Columns) -> bool {
    columns.get("statecode").as_choice().is_some_and(|state| is_closed_state(table, state))
}

const fn is_closed_state(table: &Table, state: i32) -> bool {
    if table.is_activity { matches!(state, ACTIVITY_COMPLETED | ACTIVITY_CANCELED) } else { state != 0 }
}

/// What a user can do where a state cannot be reached by a plain change.
struct Forbidden {
    table: &'static str,
    from: i32,
    to: i32,
    way_out: &'static str,
}

const FORBIDDEN: [Forbidden; 5] = [
    Forbidden { table: "opportunity", from: 0, to: 1, way_out: "use Close as Won" },
    Forbidden { table: "opportunity", from: 0, to: 2, way_out: "use Close as Lost" },
    Forbidden { table: "opportunity", from: 1, to: 2, way_out: "reopen it first" },
    Forbidden { table: "opportunity", from: 2, to: 1, way_out: "reopen it first" },
    Forbidden { table: "lead", from: 0, to: 1, way_out: "use Qualify" },
];

/// Leads that were closed one way and shall be closed another way go through Open.
const LEAD_CLOSED: [i32; 2] = [1, 2];

/// Whether the change may take the row from its state to another, and whether a closed row may be changed at all.
///
/// `changed` holds the columns the user changes, with state and status reason made consistent.
pub fn check(situation: &Situation<'_>, before: &Columns, changed: &Columns) -> Result<(), SalesError> {
    let table = situation.table;
    let Some(from) = before.get("statecode").as_choice() else { return Ok(()) };
    let to = changed.get("statecode").as_choice().unwrap_or(from);
    if from == to {
        if is_closed_state(table, from) && !changed.is_empty() {
            return Err(SalesError::Closed {
                table: table.name.clone(),
                state: state_label(table, from),
                way_out: way_out_of_closed(table).to_owned(),
            });
        }
        return Ok(());
    }
    let refuse = |way_out: &str| {
        Err(SalesError::NoTransition {
            table: table.name.clone(),
            from: state_label(table, from),
            to: state_label(table, to),
            way_out: way_out.to_owned(),
        })
    };
    if let Some(forbidden) =
        FORBIDDEN.iter().find(|it| table.name == *it.table && it.from == from && it.to == to)
    {
        return refuse(forbidden.way_out);
    }
    if table.name == *"lead" && LEAD_CLOSED.contains(&from) && LEAD_CLOSED.contains(&to) {
        return refuse("reactivate it first");
    }
    Ok(())
}

fn way_out_of_closed(table: &Table) -> &'static str {
    match table.name.as_str() {
        "opportunity" => "reopen the opportunity to change it",
        "lead" => "reactivate the lead to change it",
        _ if table.is_activity => "make a new activity instead",
        _ => "activate it to change it",
    }
}

fn state_label(table: &Table, state: i32) -> String {
    table
        .state(state)
        .map_or_else(|| state.to_string(), |state| state.label.text(Language::English).to_owned())
}

/// Sets the state that belongs to the status reason, or the status reason that belongs to the state.
pub fn make_consistent(table: &Table, before: Option<&Columns>, after: &mut Columns) {
    if table.states.is_empty() {
        return;
    }
    let state = after.get("statecode").as_choice();
    let status = after.get("statuscode").as_choice();
    match (state, status) {
        (None, Some(status)) => {
            if let Some((state, _)) = table.status(status)
                && before.is_none_or(|before| before.get("statecode").as_choice() != Some(state.value))
            {
                after.set("statecode", Value::Choice(state.value));
            }
        }
        (Some(state), None) => {
            let is_new = before.is_none_or(|before| before.get("statecode").as_choice() != Some(state));
            if let Some(state) = table.state(state).filter(|_| is_new) {
                after.set("statuscode", Value::Choice(state.default_status));
            }
        }
        (None, None) | (Some(_), Some(_)) => {}
    }
}

/// Refuses a status reason of another state.
pub fn check_pair(table: &Table, columns: &Columns) -> Result<(), Invalid> {
    let (Some(state), Some(status)) =
        (columns.get("statecode").as_choice(), columns.get("statuscode").as_choice())
    else {
        return Ok(());
    };
    let Some(state) = table.state(state) else { return Ok(()) };
    if state.statuses.iter().any(|reason| reason.value == status) {
        return Ok(());
    }
    let column = table.column("statuscode");
    Err(Invalid {
        column: "statuscode".into(),
        label: column.map_or_else(String::new, |column| column.text(Language::English).to_owned()),
        reason: format!(
            "must be one of the reasons of {}: {}",
            state.label.text(Language::English),
            reasons(state)
        ),
        kind: InvalidKind::StatusOfOtherState,
    })
}

fn reasons(state: &State) -> String {
    let labels: Vec<&str> =
        state.statuses.iter().map(|reason| reason.label.text(Language::English)).collect();
    labels.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    fn pair(state: i32, status: i32) -> Columns {
        Columns::new().with("statecode", Value::Choice(state)).with("statuscode", Value::Choice(status))
    }

    #[test]
    fn transitions_are_dataverses() {
        let world = World::new();
        for (table, from, to, way_out) in [
            ("account", (0, 1), (1, 2), None),
            ("account", (1, 2), (0, 1), None),
            ("contact", (0, 1), (1, 2), None),
            ("transactioncurrency", (0, 1), (1, 2), None),
            ("lead", (0, 1), (0, 2), None),
            ("lead", (0, 1), (2, 5), None),
            ("lead", (0, 1), (1, 3), Some("Qualify")),
            ("lead", (2, 4), (0, 1), None),
            ("lead", (2, 4), (1, 3), Some("reactivate")),
            ("opportunity", (0, 1), (0, 2), None),
            ("opportunity", (0, 1), (1, 3), Some("Close as Won")),
            ("opportunity", (0, 1), (2, 4), Some("Close as Lost")),
            ("opportunity", (1, 3), (0, 1), None),
            ("opportunity", (1, 3), (2, 4), Some("reopen")),
            ("task", (0, 2), (1, 5), None),
            ("task", (1, 5), (0, 2), None),
            ("appointment", (3, 5), (1, 3), None),
            ("appointment", (3, 5), (0, 2), None),
            ("phonecall", (0, 1), (1, 4), None),
        ] {
            let situation = world.situation(table, None);
            let outcome = check(&situation, &pair(from.0, from.1), &pair(to.0, to.1));
            match way_out {
                None => assert_eq!(outcome, Ok(()), "{table} {from:?} → {to:?}"),
                Some(way_out) => {
                    let message = outcome.unwrap_err().to_string();
                    assert!(message.contains(way_out), "{table} {from:?} → {to:?}: {message}");
                }
            }
        }
    }

    #[test]
    fn closed_rows_are_read_only() {
        let world = World::new();
        let change = Columns::new().with("description", Value::Text("late".to_owned()));
        for (table, open, closed) in [
            ("opportunity", [0, 0], [1, 2]),
            ("lead", [0, 0], [1, 2]),
            ("task", [0, 0], [1, 2]),
            ("appointment", [0, 3], [1, 2]),
            ("account", [0, 0], [1, 1]),
        ] {
            let situation = world.situation(table, None);
            let state = |state| Columns::new().with("statecode", Value::Choice(state));
            for number in open {
                assert_eq!(check(&situation, &state(number), &change), Ok(()), "{table} {number}");
                assert!(!is_closed(situation.table, &state(number)));
            }
            for number in closed {
                let outcome = check(&situation, &state(number), &change);
                assert!(matches!(outcome, Err(SalesError::Closed { .. })), "{table} {number}");
                assert!(is_closed(situation.table, &state(number)));
                assert_eq!(check(&situation, &state(number), &Columns::new()), Ok(()), "nothing changes");
            }
        }
    }

    #[test]
    fn state_and_reason_follow_each_other() {
        let world = World::new();
        let table = |name| world.metadata.table(name).unwrap();
        let run = |name, before: Option<Columns>, mut after: Columns| {
            make_consistent(table(name), before.as_ref(), &mut after);
            after
        };
        let only = |column: &str, number| Columns::new().with(column, Value::Choice(number));
        assert_eq!(run("lead", Some(pair(0, 1)), only("statecode", 2)), pair(2, 4));
        assert_eq!(run("lead", Some(pair(0, 1)), only("statuscode", 5)), pair(2, 5));
        assert_eq!(run("lead", Some(pair(0, 1)), only("statuscode", 2)), only("statuscode", 2));
        assert_eq!(run("lead", Some(pair(0, 2)), only("statecode", 0)), only("statecode", 0));
        assert_eq!(run("task", None, only("statecode", 0)), pair(0, 2));
        assert!(check_pair(table("lead"), &pair(2, 5)).is_ok());
        let refusal = check_pair(table("lead"), &pair(2, 1)).unwrap_err().to_string();
        assert!(refusal.contains("No Longer Interested"), "{refusal}");
    }
}
