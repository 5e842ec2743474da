//! The XAML of a business process flow: activities inside each other, each with its class, properties and collections.
//!
//! The current designer writes one `EntityComposite` per stage and the ways between tables in a collection of their
//! own; processes made before it have one per table, with the relationship to the next on it. Both are read.

use super::process::{MAX_STAGES, join};
use super::process_json::category;
use super::{Element, Place, Problems};
use crate::said;
use crate::{
    Branch, BranchTest, ColumnName, ControlKind, Label, Stage, StageId, StageRelationship, Step, StepKind,
    TableName,
};
use std::collections::HashMap;

/// The stages in the order written.
pub(super) fn stages(text: &str, table: &TableName, problems: &mut Problems) -> Vec<Stage> {
    let Some(root) = problems.read_any(text, "Activity") else { return Vec::new() };
    let place = Place::root("Activity");
    let Some(workflow) = root.children.iter().find(|child| child.local_name() == "Workflow") else {
        problems.add("there is no Workflow", &place, "no stage bar is shown");
        return Vec::new();
    };
    let place = place.inside("Workflow");
    let mut stages: Vec<Stage> = Vec::new();
    let mut current = table.clone();
    let mut relationship = None;
    for (index, activity) in workflow.children.iter().enumerate() {
        let place = place.nth("activity", index);
        match class(activity) {
            "EntityComposite" => {
                let name = activity.given("DisplayName").and_then(|name| name.split_once(':'));
                if let Some((_, name)) = name.filter(|(_, name)| !name.trim().is_empty()) {
                    current = TableName::new(name.trim().to_ascii_lowercase());
                }
                let first = stages.len();
                for (index, inner) in activities(activity).enumerate() {
                    match class(inner) {
                        "StageComposite" if stages.len() > MAX_STAGES => break,
                        "StageComposite" => {
                            stages.extend(stage(inner, &current, &place.nth("stage", index), problems));
                        }
                        "PageComposite" => {
                            problems.add("a page of a task flow", &place, "it is left out");
                        }
                        other => name_unknown(other, &place, problems),
                    }
                }
                // The relationship that the table before names leads to the first stage of this one.
                if let Some(stage) = stages.get_mut(first) {
                    stage.relationship = relationship.take();
                }
                relationship = property(activity, "RelationshipName").map(|name| StageRelationship {
                    name: name.to_owned(),
                    column: property(activity, "AttributeName").map(ColumnName::new),
                    from: None,
                });
            }
            "StageRelationshipCollectionComposite" => {}
            other => name_unknown(other, &place, problems),
        }
    }
    for activity in
        workflow.children.iter().filter(|one| class(one) == "StageRelationshipCollectionComposite")
    {
        relationships(activity, &mut stages);
    }
    stages
}

/// `StageComposite` of `Microsoft.Crm.Workflow.Activities.StageComposite, Microsoft.Crm.Workflow, Version=…`; the name
/// of the element where it is no reference.
fn class<'e>(activity: &'e Element<'_>) -> &'e str {
    let Some(name) = activity.given("AssemblyQualifiedName") else { return activity.local_name() };
    name.split(',').next().and_then(|name| name.rsplit('.').next()).unwrap_or_default().trim()
}

fn name_unknown(class: &str, place: &Place<'_>, problems: &mut Problems) {
    problems.add(said!("the activity {class} is not known", class), place, "it is left out");
}

/// What stands in the properties of an activity under a key.
fn keyed<'e>(activity: &'e Element<'e>, key: &'e str) -> Option<&'e Element<'e>> {
    let properties =
        activity.children.iter().filter(|child| child.local_name() == "ActivityReference.Properties");
    let mut found = properties.flat_map(|properties| &properties.children);
    found.find(|child| child.given("x:Key") == Some(key))
}

/// The text of a property; none for `x:Null`.
fn property<'e>(activity: &'e Element<'e>, key: &'e str) -> Option<&'e str> {
    let found = keyed(activity, key).filter(|property| property.local_name() != "Null")?;
    Some(found.text.as_ref()).filter(|text| !text.is_empty())
}

/// The activities inside an activity: those of its collection, or of the sequence it is.
fn activities<'e>(activity: &'e Element<'e>) -> impl Iterator<Item = &'e Element<'e>> {
    let inside = keyed(activity, "Activities").map_or(&[][..], |collection| &collection.children);
    let direct = if activity.local_name() == "Sequence" { &activity.children[..] } else { &[][..] };
    inside.iter().chain(direct)
}

fn flag(activity: &Element<'_>, key: &str) -> bool {
    property(activity, key).and_then(super::flag).unwrap_or_default()
}

fn relationships(collection: &Element<'_>, stages: &mut [Stage]) {
    let sequences = activities(collection);
    let found = sequences.flat_map(|sequence| std::iter::once(sequence).chain(&sequence.children));
    for relationship in found.filter(|element| element.local_name() == "StageRelationship") {
        let target = relationship.given("TargetStageId").and_then(|id| id.parse::<StageId>().ok());
        let Some(stage) = stages.iter_mut().find(|stage| Some(stage.id) == target) else { continue };
        if let Some(name) = relationship.given("RelationshipName") {
            stage.relationship = Some(StageRelationship {
                name: name.to_owned(),
                column: relationship.given("AttributeName").map(ColumnName::new),
                from: relationship.given("SourceStageId").and_then(|id| id.parse().ok()),
            });
        }
    }
}

fn stage(
    activity: &Element<'_>,
    table: &TableName,
    place: &Place<'_>,
    problems: &mut Problems,
) -> Option<Stage> {
    let Some(id) = property(activity, "StageId").and_then(|id| id.parse().ok()) else {
        problems.add("the stage has no StageId", place, "the stage is left out");
        return None;
    };
    let number = property(activity, "StageCategory").and_then(|number| number.parse().ok());
    let mut stage = Stage {
        id,
        name: labels(activity, place, problems),
        category: category(number, place, problems),
        table: table.clone(),
        relationship: None,
        steps: Vec::new(),
        next: property(activity, "NextStageId").and_then(|id| id.parse().ok()),
        branches: Vec::new(),
    };
    if stage.name.is_empty() {
        match activity.given("DisplayName").and_then(|name| name.split_once(':')) {
            Some((_, name)) => stage.name.set(crate::Language::English.lcid(), name.trim()),
            None => problems.add("the stage has no name", place, "its place is shown without a name"),
        }
    }
    for (index, inner) in activities(activity).enumerate() {
        let place = place.nth("step", index);
        match class(inner) {
            "StepComposite" => stage.steps.extend(step(inner, &place, problems)),
            "ConditionSequence" => branches(&mut stage, inner, &place, problems),
            "ActionComposite" => {
                let name = property(inner, "UniqueName").unwrap_or_default();
                problems.add(
                    said!("the workflow {name} is started with the stage", name),
                    &place,
                    "it is not run",
                );
            }
            other => name_unknown(other, &place, problems),
        }
    }
    Some(stage)
}

fn labels(activity: &Element<'_>, place: &Place<'_>, problems: &mut Problems) -> Label {
    let mut label = Label::default();
    let listed = keyed(activity, "StepLabels").map_or(&[][..], |labels| &labels.children);
    for one in listed.iter().filter(|one| one.local_name() == "StepLabel") {
        let code = one.attribute("LanguageCode").unwrap_or_default();
        problems.text(&mut label, code, one.attribute("Description").unwrap_or_default(), place);
    }
    label
}

fn step(activity: &Element<'_>, place: &Place<'_>, problems: &mut Problems) -> Option<Step> {
    let Some(kind) = activities(activity).find_map(|inner| kind(inner, place, problems)) else {
        problems.add("the step names no column", place, "the step is left out");
        return None;
    };
    Some(Step {
        id: property(activity, "ProcessStepId").unwrap_or_default().to_owned(),
        label: labels(activity, place, problems),
        required: flag(activity, "IsProcessRequired"),
        kind,
    })
}

fn kind(inner: &Element<'_>, place: &Place<'_>, problems: &mut Problems) -> Option<StepKind> {
    match class(inner) {
        "Sequence" => {
            let control = inner.children.iter().find(|child| child.local_name() == "Control")?;
            let column = control.given("DataFieldName")?.to_ascii_lowercase();
            let class = control.given("ClassId").map_or(ControlKind::Unknown, ControlKind::from_class_id);
            Some(StepKind::Column { column: ColumnName::new(column), control: class })
        }
        "ActionComposite" => {
            let name =
                property(inner, "UniqueName").or_else(|| property(inner, "ProcessId")).unwrap_or_default();
            let what = said!("the action {name} is run by the server it comes from", name);
            problems.add(what, place, "its button is shown disabled");
            Some(StepKind::Action { name: name.to_owned() })
        }
        "FlowComposite" => {
            let name = property(inner, "WorkflowId").unwrap_or_default();
            problems.add(said!("the flow {name} is not run", name), place, "its button is shown disabled");
            Some(StepKind::Flow { name: name.to_owned() })
        }
        _ => None,
    }
}

/// What the variables of a condition hold: columns, literals and tests.
#[derive(Default)]
struct Variables<'e> {
    columns: HashMap<&'e str, (TableName, ColumnName)>,
    literals: HashMap<&'e str, String>,
    tests: HashMap<&'e str, BranchTest>,
    /// Values and tests taken by now: a test may be used by two others, and each use copies it.
    size: usize,
}

/// Tests that the branches of one stage hold at most, each use counted.
const MAX_TESTS: usize = 1000;

fn branches(stage: &mut Stage, condition: &Element<'_>, place: &Place<'_>, problems: &mut Problems) {
    let mut variables = Variables::default();
    for (index, activity) in activities(condition).enumerate() {
        let place = place.nth("activity", index);
        match class(activity) {
            "GetEntityProperty" => variables.column(activity, &stage.table),
            "EvaluateExpression" => variables.literal(activity),
            "EvaluateCondition" => variables.condition(activity),
            "EvaluateLogicalCondition" => variables.logical(activity),
            "ConditionBranch" => match branch(activity, &mut variables) {
                Ok(branch) => stage.branches.push(branch),
                Err(what) => problems.add(what, &place, "the branch is left out"),
            },
            other => name_unknown(other, &place, problems),
        }
    }
}

fn branch(activity: &Element<'_>, variables: &mut Variables<'_>) -> Result<Branch, &'static str> {
    let then = keyed(activity, "Then").ok_or("the branch leads nowhere")?;
    let set = activities(then).flat_map(|inner| std::iter::once(inner).chain(&inner.children));
    let mut set = set.filter(|element| element.local_name() == "SetNextStage");
    let to = set.find_map(|set| set.given("StageId")?.parse().ok()).ok_or("the branch names no stage")?;
    let condition = argument(activity, "Condition").ok_or("the branch has no condition")?;
    let test = if super::flag(condition) == Some(true) {
        BranchTest::Always
    } else {
        let test = variables.tests.get(condition).ok_or("the condition cannot be read")?;
        variables.size += size(test);
        if variables.size > MAX_TESTS {
            return Err("the condition cannot be read");
        }
        test.clone()
    };
    let name = property(activity, "Description").unwrap_or_default().to_owned();
    Ok(Branch { name, test, to })
}

/// An argument of an activity without the brackets around expressions.
fn argument<'e>(activity: &'e Element<'e>, key: &str) -> Option<&'e str> {
    let listed = activity.children.iter().filter(|child| child.local_name() == "ActivityReference.Arguments");
    let mut found = listed.flat_map(|arguments| &arguments.children);
    let text = found.find(|argument| argument.given("x:Key") == Some(key))?.text.trim();
    Some(bare(text)).filter(|text| !text.is_empty())
}

fn bare(text: &str) -> &str {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).trim()
}

impl<'e> Variables<'e> {
    /// `GetEntityProperty`: a column into a variable.
    fn column(&mut self, activity: &'e Element<'e>, table: &TableName) {
        let (Some(column), Some(variable)) = (activity.given("Attribute"), activity.given("Value")) else {
            return;
        };
        let table = activity
            .given("EntityName")
            .map_or_else(|| table.clone(), |name| TableName::new(name.to_ascii_lowercase()));
        self.columns.insert(bare(variable), (table, ColumnName::new(column.to_ascii_lowercase())));
    }

    /// `EvaluateExpression CreateCrmType`: a literal into a variable. Any other expression is not understood, and so
    /// is what uses it.
    fn literal(&mut self, activity: &'e Element<'e>) {
        if argument(activity, "ExpressionOperator") != Some("CreateCrmType") {
            return;
        }
        let (Some(result), Some(parameters)) =
            (argument(activity, "Result"), argument(activity, "Parameters"))
        else {
            return;
        };
        let mut items = items(parameters).into_iter();
        let kind = items.next().unwrap_or_default();
        // A lookup is written as table, label, variable of the id, type.
        let is_lookup = kind.ends_with("EntityReference") || kind.ends_with("Lookup");
        let value = if is_lookup {
            let id = items.nth(2).unwrap_or_default();
            self.literals.get(id.as_str()).cloned().or(Some(id))
        } else {
            items.next()
        };
        if let Some(value) = value {
            self.literals.insert(result, value);
        }
    }

    /// `EvaluateCondition`: a column compared with literals.
    fn condition(&mut self, activity: &'e Element<'e>) {
        let operand = argument(activity, "Operand").and_then(|variable| self.columns.get(variable)).cloned();
        let (Some((table, column)), Some(result)) = (operand, argument(activity, "Result")) else { return };
        let Some(operator) = argument(activity, "ConditionOperator") else { return };
        let names = argument(activity, "Parameters").map(items).unwrap_or_default();
        let values: Option<Vec<String>> =
            names.iter().map(|name| self.literals.get(name.as_str()).cloned()).collect();
        self.size += 1;
        if let Some(values) = values.filter(|_| self.size <= MAX_TESTS) {
            let operator = operator.to_owned();
            self.tests.insert(result, BranchTest::Column { table, column, operator, values });
        }
    }

    /// `EvaluateLogicalCondition`: two tests joined.
    fn logical(&mut self, activity: &'e Element<'e>) {
        let test = |key| argument(activity, key).and_then(|variable| self.tests.get(variable)).cloned();
        let (Some(left), Some(right)) = (test("LeftOperand"), test("RightOperand")) else { return };
        self.size += size(&left) + size(&right);
        let Some(result) = argument(activity, "Result").filter(|_| self.size <= MAX_TESTS) else { return };
        let is_or = argument(activity, "LogicalOperator").is_some_and(|name| name.eq_ignore_ascii_case("or"));
        self.tests.insert(result, join(is_or, left, right));
    }
}

fn size(test: &BranchTest) -> usize {
    match test {
        BranchTest::All(tests) | BranchTest::Any(tests) => tests.iter().map(size).sum(),
        BranchTest::Always | BranchTest::Column { .. } => 1,
    }
}

/// The items of `New Object() { WorkflowPropertyType.String, "a, b", name }`, texts without their quotes.
fn items(expression: &str) -> Vec<String> {
    let inner = expression.split_once('{').map_or(expression, |(_, inner)| inner);
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    let mut items = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        let Some(item) = items.last_mut() else { break };
        match character {
            // A quote inside a text is written twice.
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                item.push('"');
                characters.next();
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => items.push(String::new()),
            character if character.is_whitespace() && !is_quoted => {}
            character => item.push(character),
        }
    }
    items.retain(|item| !item.is_empty());
    items
}
