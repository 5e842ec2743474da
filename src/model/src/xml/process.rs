//! Business process flows: the XAML of a solution export or the JSON of `workflow.clientdata`, into the same stages.

use super::{Place, Problems, process_json, process_xaml};
use crate::said;
use crate::{BranchTest, Problem, Process, ProcessRecord, Stage, StageId};
use std::collections::BTreeSet;

/// Stages that one process has at most; no more than one beyond is read.
pub(super) const MAX_STAGES: usize = 30;
/// Steps that one stage has at most.
const MAX_STEPS: usize = 30;
/// Tables that one process goes through at most.
const MAX_TABLES: usize = 5;

/// Reads a process. A stage or step that cannot be used is left out; a process without stages is drawn as no bar.
#[must_use]
pub fn parse_process(record: &ProcessRecord) -> (Process, Vec<Problem>) {
    let mut problems = Problems::default();
    let is_json = record.definition.trim_start().starts_with('{');
    let place = Place::root(if is_json { "clientdata" } else { "Activity" });
    let read = if is_json { process_json::stages } else { process_xaml::stages };
    let mut stages = read(&record.definition, &record.table, &mut problems);
    bound(&mut stages, &place, &mut problems);
    connect(&mut stages, &place, &mut problems);
    if stages.is_empty() {
        problems.add("the process has no stages", &place, "no stage bar is shown");
    } else if stages.first().is_some_and(|stage| stage.table != record.table) {
        let what =
            said!("the first stage is not about the table {table} of the process", table = record.table);
        problems.add(what, &place, "the stages are used as they are");
    }
    let process = Process {
        id: record.id,
        unique_name: record.unique_name.clone(),
        name: record.name.clone(),
        table: record.table.clone(),
        order: record.order,
        active: record.active,
        roles: record.roles.clone(),
        stages,
    };
    (process, problems.0)
}

/// Holds the limits of a process.
fn bound(stages: &mut Vec<Stage>, place: &Place<'_>, problems: &mut Problems) {
    let mut ids = BTreeSet::new();
    stages.retain(|stage| {
        let is_new = ids.insert(stage.id);
        if !is_new {
            problems.add(
                said!("the stage id {id} is used twice", id = stage.id),
                place,
                "the second stage is left out",
            );
        }
        is_new
    });
    if stages.len() > MAX_STAGES {
        problems.add(
            said!("there are more than {most} stages", most = MAX_STAGES),
            place,
            "the rest is left out",
        );
        stages.truncate(MAX_STAGES);
    }
    let mut tables = Vec::new();
    for stage in stages.iter_mut() {
        if stage.steps.len() > MAX_STEPS {
            let id = stage.id.to_string();
            let what = said!("there are more than {most} steps", most = MAX_STEPS);
            problems.add(what, &place.named("stage", &id), "the rest is left out");
            stage.steps.truncate(MAX_STEPS);
        }
        if !tables.contains(&stage.table) {
            tables.push(stage.table.clone());
        }
    }
    if tables.len() > MAX_TABLES {
        let what = said!(
            "the process goes through {count} tables; at most {most} are meant to be",
            count = tables.len(),
            most = MAX_TABLES
        );
        problems.add(what, place, "the stages are used as they are");
    }
}

/// Makes every way on lead to a stage that is there. Where no stage names the next, the order written is the path.
fn connect(stages: &mut [Stage], place: &Place<'_>, problems: &mut Problems) {
    let ids: BTreeSet<StageId> = stages.iter().map(|stage| stage.id).collect();
    for stage in stages.iter_mut() {
        let id = stage.id.to_string();
        let place = place.named("stage", &id);
        if let Some(next) = stage.next.take_if(|next| !ids.contains(next)) {
            problems.add(said!("the next stage {next} is not there", next), &place, "the path ends here");
        }
        stage.branches.retain(|branch| {
            let is_there = ids.contains(&branch.to);
            if !is_there {
                problems.add(
                    said!("the stage {id} of a branch is not there", id = branch.to),
                    &place,
                    "the branch is left out",
                );
            }
            is_there
        });
    }
    if stages.iter().all(|stage| stage.next.is_none() && stage.branches.is_empty()) {
        let following: Vec<StageId> = stages.iter().skip(1).map(|stage| stage.id).collect();
        stages.iter_mut().zip(following).for_each(|(stage, next)| stage.next = Some(next));
    }
    break_circles(stages, place, problems);
}

/// A path that comes back to a stage it has passed would never end: it ends there instead.
fn break_circles(stages: &mut [Stage], place: &Place<'_>, problems: &mut Problems) {
    let mut passed = BTreeSet::new();
    let mut current = stages.first().map(|stage| stage.id);
    while let Some(id) = current {
        passed.insert(id);
        let Some(stage) = stages.iter_mut().find(|stage| stage.id == id) else { return };
        if let Some(next) = stage.next.take_if(|next| passed.contains(next)) {
            let id = stage.id.to_string();
            let what = said!("the next stage {next} was passed before", next);
            problems.add(what, &place.named("stage", &id), "the path ends here");
        }
        current = stage.next;
    }
}

/// Two tests joined by a logical operator; tests of the same operator are not nested.
pub(super) fn join(is_or: bool, left: BranchTest, right: BranchTest) -> BranchTest {
    let mut tests = Vec::new();
    for test in [left, right] {
        match test {
            BranchTest::Any(inner) if is_or => tests.extend(inner),
            BranchTest::All(inner) if !is_or => tests.extend(inner),
            other => tests.push(other),
        }
    }
    if is_or { BranchTest::Any(tests) } else { BranchTest::All(tests) }
}
