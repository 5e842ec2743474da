//! Business process flows, in XAML of the current and the older designer and as the designer's JSON.

use crate::{fixture, name, whats};
use model::{
    BranchTest, ControlKind, Language, Problem, Process, ProcessId, ProcessRecord, StageCategory, StepKind,
};

fn parse(table: &str, definition: &str) -> (Process, Vec<Problem>) {
    model::parse_process(&ProcessRecord {
        id: ProcessId::from_u128(1),
        unique_name: "fab_leadtoorder".to_owned(),
        name: name("Lead to Order"),
        table: table.into(),
        order: 1,
        active: true,
        roles: Vec::new(),
        definition: definition.to_owned(),
    })
}

fn path(process: &Process) -> Vec<(&str, &str)> {
    let stages = process.stages.iter();
    stages.map(|stage| (stage.name.text(Language::English), stage.table.as_str())).collect()
}

fn large() -> BranchTest {
    let test = |column: &str, operator: &str, values: &[&str]| BranchTest::Column {
        table: "opportunity".into(),
        column: column.into(),
        operator: operator.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    BranchTest::All(vec![
        test("estimatedvalue", "GreaterThan", &["100000"]),
        test("customerneed", "NotNull", &[]),
    ])
}

#[test]
fn the_xaml_of_the_current_designer() {
    let (process, problems) = parse("lead", fixture!("process.xaml"));
    assert_eq!(
        path(&process),
        [
            ("Qualify", "lead"),
            ("Develop", "opportunity"),
            ("Approve", "opportunity"),
            ("Close", "opportunity")
        ]
    );
    assert_eq!(process.tables(), ["lead", "opportunity"]);
    let [qualify, develop, approve, close] = process.stages.as_slice() else { panic!("four stages") };
    assert_eq!(qualify.name.text(Language::French), "Qualification");
    let categories = process.stages.iter().map(|stage| stage.category).collect::<Vec<_>>();
    use StageCategory::{Approval, Develop, None as NoCategory, Qualify};
    assert_eq!(categories, [Qualify, Develop, Approval, NoCategory]);
    assert_eq!((qualify.next, develop.next, close.next), (Some(develop.id), Some(close.id), None));
    let budget = &qualify.steps[0];
    assert_eq!((budget.label.text(Language::French), budget.required), ("Budget prévu", true));
    let expected = StepKind::Column { column: "budgetamount".into(), control: ControlKind::Money };
    assert_eq!(budget.kind, expected);
    assert_eq!(qualify.steps.len(), 2);
    let way = develop.relationship.as_ref().unwrap();
    assert_eq!((way.name.as_str(), way.from), ("opportunity_originating_lead", Some(qualify.id)));
    assert_eq!(way.column.as_ref().unwrap().as_str(), "originatingleadid");
    assert_eq!(develop.steps[0].kind, StepKind::Action { name: "fab_NotifyOwner".to_owned() });
    assert!(matches!(develop.steps[1].kind, StepKind::Flow { .. }));
    let branches: Vec<_> = develop
        .branches
        .iter()
        .map(|branch| (branch.name.as_str(), branch.test.clone(), branch.to))
        .collect();
    let begins = BranchTest::Column {
        table: "opportunity".into(),
        column: "name".into(),
        operator: "BeginsWith".to_owned(),
        values: vec!["a, \"b\" {c}".to_owned()],
    };
    assert_eq!(
        branches,
        [
            ("Large, and we know why", large(), approve.id),
            ("", begins, approve.id),
            ("", BranchTest::Always, close.id)
        ]
    );
    assert_eq!(
        whats(&problems),
        [
            "the workflow Tell the team is started with the stage",
            "the action fab_NotifyOwner is run by the server it comes from",
            "the flow 6f7a8b9c-0d1e-4f2a-8b3c-4d5e6f7a8b9c is not run",
            "the condition cannot be read",
            "the step names no column",
        ]
    );
}

#[test]
fn the_xaml_of_the_older_designer_follows_the_order_written() {
    let (process, problems) = parse("lead", fixture!("process-old.xaml"));
    assert_eq!(path(&process), [("Qualify", "lead"), ("Develop", "opportunity"), ("Propose", "opportunity")]);
    let [qualify, develop, propose] = process.stages.as_slice() else { panic!("three stages") };
    assert_eq!((qualify.next, develop.next, propose.next), (Some(develop.id), Some(propose.id), None));
    assert_eq!(develop.relationship.as_ref().unwrap().name, "opportunity_originating_lead");
    assert_eq!((&qualify.relationship, &propose.relationship), (&None, &None));
    assert_eq!(whats(&problems).len(), 0);
}

#[test]
fn the_json_of_the_designer_says_the_same_as_its_xaml() {
    let (process, problems) = parse("lead", fixture!("process-clientdata.json"));
    let (from_xaml, _) = parse("lead", fixture!("process.xaml"));
    assert_eq!(path(&process), path(&from_xaml));
    for (stage, other) in process.stages.iter().zip(&from_xaml.stages) {
        assert_eq!((stage.id, stage.next, stage.category), (other.id, other.next, other.category));
        assert_eq!((&stage.name, &stage.relationship), (&other.name, &other.relationship));
        assert_eq!(stage.steps.first(), other.steps.first());
    }
    let develop = &process.stages[1];
    let branches: Vec<_> =
        develop.branches.iter().map(|branch| (branch.name.as_str(), branch.test.clone())).collect();
    assert_eq!(branches, [("Large, and we know why", large()), ("", BranchTest::Always)]);
    assert_eq!(
        whats(&problems),
        ["the action fab_NotifyOwner is run by the server it comes from", "the condition cannot be read"]
    );
}

#[test]
fn a_path_that_leads_nowhere_or_in_a_circle_ends() {
    let id = |number: u32| format!("4d1f8a20-{number:04}-4c00-8000-00000000a001");
    let stage = |number: u32, next: u32| {
        format!(
            r#"{{"__class":"StageStep:#M","stageId":"{}","nextStageId":"{}","stageCategory":"9","description":"S{number}","steps":{{"list":[]}}}}"#,
            id(number),
            id(next)
        )
    };
    let process = |stages: &[String]| {
        let text = format!(
            r#"{{"steps":{{"list":[{{"__class":"EntityStep:#M","description":"lead","steps":{{"list":[{}]}}}}]}}}}"#,
            stages.join(",")
        );
        parse("lead", &text)
    };
    let (circle, problems) = process(&[stage(1, 2), stage(2, 3), stage(3, 1), stage(3, 2)]);
    assert_eq!(circle.stages.iter().filter(|stage| stage.next.is_none()).count(), 1);
    let told = whats(&problems);
    assert_eq!(told[..2], ["the stage category 9 is not known"; 2]);
    assert!(told[4].contains("used twice") && told[5].contains("passed before"), "{told:?}");
    let (lost, problems) = process(&[stage(1, 2), stage(2, 9)]);
    assert_eq!(lost.stages[1].next, None);
    assert!(whats(&problems)[2].contains("is not there"));
    let many: Vec<_> = (1..=40).map(|number| stage(number, number + 1)).collect();
    let (many, problems) = process(&many);
    assert_eq!(many.stages.len(), 30);
    assert!(whats(&problems).iter().any(|what| what == "there are more than 30 stages"));
    assert_eq!(whats(&parse("lead", "<Activity/>").1), ["there is no Workflow", "the process has no stages"]);
    assert_eq!(whats(&parse("lead", "{}").1), ["the process has no stages"]);
}
