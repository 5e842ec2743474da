//! The object model of the process designer (`workflow.clientdata`): steps of steps, each with its `__class`.

use super::json::{self, Json};
use super::process::{MAX_STAGES, join};
use super::{Place, Problems};
use crate::said;
use crate::{
    Branch, BranchTest, ColumnName, ControlKind, Label, Stage, StageCategory, StageId, StageRelationship,
    Step, StepKind, TableName,
};
use serde_json::Value;

/// The stages in the order written.
pub(super) fn stages(text: &str, table: &TableName, problems: &mut Problems) -> Vec<Stage> {
    let Some(root) = json::read(text, "clientdata", problems) else { return Vec::new() };
    let place = Place::root("clientdata");
    let mut stages = Vec::new();
    let mut current = table.clone();
    let mut relationship = None;
    for (index, entity) in list(&root, "steps").iter().enumerate() {
        let place = place.nth("steps", index);
        match class(entity) {
            "EntityStep" => {
                let named = entity.text("description").or_else(|| entity.text("entityName"));
                if let Some(name) = named {
                    current = TableName::new(name.trim().to_ascii_lowercase());
                }
                let first = stages.len();
                for (index, step) in list(entity, "steps").iter().enumerate() {
                    if stages.len() > MAX_STAGES {
                        break;
                    }
                    if class(step) == "StageStep" {
                        stages.extend(stage(step, &current, &place.nth("steps", index), problems));
                    } else {
                        name_unknown(step, &place, problems);
                    }
                }
                // The relationship that the table before names leads to the first stage of this one.
                if let Some(stage) = stages.get_mut(first) {
                    stage.relationship = relationship.take().or_else(|| stage.relationship.take());
                }
                relationship = relationship_of(entity);
            }
            "RelationshipCollectionStep" => {}
            _ => name_unknown(entity, &place, problems),
        }
    }
    for step in list(&root, "steps").iter().filter(|step| class(step) == "RelationshipCollectionStep") {
        relationships(step, &mut stages);
    }
    stages
}

/// `steps.list`, `stepLabels.list`: collections are objects with a `list`, or the list itself.
fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    match value.inside(name) {
        Value::Array(items) => items,
        collection => collection.items("list"),
    }
}

/// `StageStep` of `StageStep:#Microsoft.Crm.Workflow.ObjectModel`.
fn class(value: &Value) -> &str {
    value.text("__class").unwrap_or_default().split(':').next().unwrap_or_default()
}

fn name_unknown(step: &Value, place: &Place<'_>, problems: &mut Problems) {
    let class = class(step);
    problems.add(said!("the step {class} is not known", class), place, "it is left out");
}

fn relationship_of(entity: &Value) -> Option<StageRelationship> {
    Some(StageRelationship {
        name: entity.text("relationshipName")?.to_owned(),
        column: entity.text("attributeName").map(ColumnName::new),
        from: None,
    })
}

/// The ways from table to table, where they are kept apart from the stages.
fn relationships(collection: &Value, stages: &mut [Stage]) {
    for step in list(collection, "steps") {
        let target = step.text("targetStageId").and_then(|id| id.parse::<StageId>().ok());
        let Some(stage) = stages.iter_mut().find(|stage| Some(stage.id) == target) else { continue };
        if let Some(mut found) = relationship_of(step) {
            found.from = step.text("sourceStageId").and_then(|id| id.parse().ok());
            stage.relationship = Some(found);
        }
    }
}

fn stage(value: &Value, table: &TableName, place: &Place<'_>, problems: &mut Problems) -> Option<Stage> {
    let Some(id) = value.text("stageId").and_then(|id| id.parse().ok()) else {
        problems.add("the stage has no stageId", place, "the stage is left out");
        return None;
    };
    let mut stage = Stage {
        id,
        name: labels(value, place, problems),
        category: category(value.number("stageCategory"), place, problems),
        table: table.clone(),
        relationship: None,
        steps: Vec::new(),
        next: value.text("nextStageId").and_then(|id| id.parse().ok()),
        branches: Vec::new(),
    };
    if stage.name.is_empty() {
        if let Some(text) = value.text("description") {
            stage.name.set(crate::Language::English.lcid(), text);
        } else {
            problems.add("the stage has no name", place, "its place is shown without a name");
        }
    }
    for (index, inner) in list(value, "steps").iter().enumerate() {
        let place = place.nth("steps", index);
        match class(inner) {
            "StepStep" => stage.steps.extend(step(inner, &place, problems)),
            "ConditionStep" => branches(&mut stage, inner, &place, problems),
            "ActionStep" => {
                problems.add("a workflow is started with the stage", &place, "it is not run");
            }
            _ => name_unknown(inner, &place, problems),
        }
    }
    Some(stage)
}

/// The category of a stage; none where the number is missing.
pub(super) fn category(number: Option<i64>, place: &Place<'_>, problems: &mut Problems) -> StageCategory {
    let Some(number) = number else { return StageCategory::None };
    let found = i32::try_from(number).ok().and_then(StageCategory::from_number);
    found.unwrap_or_else(|| {
        problems.add(said!("the stage category {number} is not known", number), place, "it has no category");
        StageCategory::None
    })
}

fn labels(value: &Value, place: &Place<'_>, problems: &mut Problems) -> Label {
    let mut label = Label::default();
    for one in list(value, "stepLabels") {
        let Some(text) = one.text("description") else { continue };
        let Some(lcid) = one.number("languageCode").and_then(|code| u32::try_from(code).ok()) else {
            problems.add(
                said!("the label “{text}” has no languageCode", text),
                place,
                "the label is left out",
            );
            continue;
        };
        label.set(lcid, text);
    }
    label
}

fn step(value: &Value, place: &Place<'_>, problems: &mut Problems) -> Option<Step> {
    let label = labels(value, place, problems);
    let id = value.text("stepStepId").or_else(|| value.text("id")).unwrap_or_default().to_owned();
    if value.flag("isHidden") {
        return None;
    }
    let inner = list(value, "steps");
    let Some(found) = inner.iter().find_map(|inner| kind(inner, place, problems)) else {
        problems.add("the step names no column", place, "the step is left out");
        return None;
    };
    Some(Step { id, label, required: value.flag("isProcessRequired"), kind: found })
}

fn kind(inner: &Value, place: &Place<'_>, problems: &mut Problems) -> Option<StepKind> {
    match class(inner) {
        "ControlStep" => {
            let column = inner.text("dataFieldName")?.trim().to_ascii_lowercase();
            let control = inner.text("classId").map_or(ControlKind::Unknown, ControlKind::from_class_id);
            Some(StepKind::Column { column: ColumnName::new(column), control })
        }
        "ActionStep" => {
            let name = inner.text("uniqueName").or_else(|| inner.text("processId")).unwrap_or_default();
            problems.add(
                said!("the action {name} is run by the server it comes from", name),
                place,
                "its button is shown disabled",
            );
            Some(StepKind::Action { name: name.to_owned() })
        }
        "FlowStep" => {
            let name = inner.text("workflowId").or_else(|| inner.text("uniqueName")).unwrap_or_default();
            problems.add(said!("the flow {name} is not run", name), place, "its button is shown disabled");
            Some(StepKind::Flow { name: name.to_owned() })
        }
        _ => None,
    }
}

fn branches(stage: &mut Stage, condition: &Value, place: &Place<'_>, problems: &mut Problems) {
    for (index, branch) in list(condition, "steps").iter().enumerate() {
        let place = place.nth("branch", index);
        let set = list(branch, "steps").iter().find(|step| class(step) == "SetNextStageStep");
        let Some(to) = set.and_then(|set| set.text("stageId")).and_then(|id| id.parse().ok()) else {
            problems.add("the branch names no stage", &place, "the branch is left out");
            continue;
        };
        let expression = branch.inside("conditionExpression");
        let test =
            if expression.is_null() { Some(BranchTest::Always) } else { test(expression, &stage.table) };
        let Some(test) = test else {
            problems.add("the condition cannot be read", &place, "the branch is left out");
            continue;
        };
        let name = branch.text("description").unwrap_or_default().to_owned();
        stage.branches.push(Branch { name, test, to });
    }
}

/// An expression of the designer. Its depth is bounded by the reader of the JSON.
fn test(expression: &Value, table: &TableName) -> Option<BranchTest> {
    let operator = expression.number("conditionOperatoroperator")?;
    if let 2 | 3 = operator {
        let left = test(expression.inside("left"), table)?;
        let right = test(expression.items("right").first()?, table)?;
        return Some(join(operator == 3, left, right));
    }
    let operand = if expression.get("operand").is_some() { "operand" } else { "left" };
    let operand = expression.inside(operand);
    let column = ColumnName::new(operand.text("attributeName")?.to_ascii_lowercase());
    let entity = operand.inside("entity").text("entityName");
    let values = expression.items("right").iter().map(value).collect::<Option<Vec<_>>>()?;
    Some(BranchTest::Column {
        table: entity.map_or_else(|| table.clone(), |name| TableName::new(name.to_ascii_lowercase())),
        column,
        operator: OPERATORS.get(usize::try_from(operator).ok()?).filter(|name| !name.is_empty())?.to_string(),
        values,
    })
}

/// A literal; a value taken from another column cannot be compared with here.
fn value(right: &Value) -> Option<String> {
    match right.get("primitiveValue").or_else(|| right.get("lookupValue"))? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        lookup => lookup.text("id").map(str::to_owned),
    }
}

/// The condition operators of the designer by their numbers; 2 and 3 join tests.
const OPERATORS: [&str; 24] = [
    "Null",
    "NotNull",
    "",
    "",
    "In",
    "NotIn",
    "Equal",
    "NotEqual",
    "Contains",
    "DoesNotContain",
    "BeginsWith",
    "DoesNotBeginWith",
    "EndsWith",
    "DoesNotEndWith",
    "GreaterThan",
    "GreaterEqual",
    "LessThan",
    "LessEqual",
    "EqualUserId",
    "NotEqualUserId",
    "On",
    "NotOn",
    "OnOrAfter",
    "OnOrBefore",
];
