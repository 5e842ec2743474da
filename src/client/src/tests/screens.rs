//! What forms need beside their own row: related tables, processes, the choice of forms, the order of a list.

use super::{names, opened, rows, views};
use crate::message::{FormChoice, ProcessView, RelatedLink, RelatedTable, Reply, Request};
use crate::tests::bench::{Bench, FABRIKAM, reference, text};
use model::{Columns, FormKind, Reference, RowId, Value, ViewKind};

fn related(bench: &Bench, table: &str) -> Vec<RelatedTable> {
    match bench.ask(Request::Related { table: table.into() }) {
        Reply::Related(related) => related,
        reply => panic!("{reply:?}"),
    }
}

fn process(bench: &Bench, table: &str, id: u128) -> Option<ProcessView> {
    match bench.ask(Request::Process { table: table.into(), id: RowId::from_u128(id) }) {
        Reply::Process(view) => view.map(|view| *view),
        reply => panic!("{reply:?}"),
    }
}

#[test]
fn related_tables_are_children_and_both_ends_of_many_to_many() {
    let bench = opened();
    let of = |table: &str, relationship: &str| {
        related(&bench, table).into_iter().find(|entry| entry.relationship == relationship)
    };
    let contacts = related(&bench, "account").into_iter().find(|entry| entry.table == "contact").unwrap();
    assert_eq!((contacts.label.as_str(), &contacts.link), ("Contacts", &"parentcustomerid".into()));
    for (table, other, near, far) in [
        ("opportunity", "competitor", "opportunityid", "competitorid"),
        ("competitor", "opportunity", "competitorid", "opportunityid"),
    ] {
        let entry = of(table, "opportunitycompetitors_association").unwrap();
        let link = RelatedLink::Intersect {
            table: "opportunitycompetitors".into(),
            near: near.into(),
            far: far.into(),
        };
        assert_eq!((entry.table.as_str(), entry.link), (other, link));
    }
    assert!(!related(&bench, "opportunity").iter().any(|entry| entry.table == "opportunitycompetitors"));
}

#[test]
fn rows_are_found_through_a_many_to_many_relationship() {
    let bench = Bench::synced_as("System Administrator", |_| {});
    bench.open();
    bench.command("create", "opportunity", 500, Columns::new().with("name", text("Chaises")));
    for (id, name) in [(501, "Ikea"), (502, "Vitra")] {
        bench.command("create", "competitor", id, Columns::new().with("name", text(name)));
    }
    let joint = Columns::new()
        .with("opportunityid", reference("opportunity", 500))
        .with("competitorid", reference("competitor", 502));
    bench.command("create", "opportunitycompetitors", 503, joint);
    let all = views(&bench, "competitor", ViewKind::Public);
    let found = |table: &str, id: u128| {
        let entries = related(&bench, table);
        let link =
            entries.into_iter().find(|entry| entry.relationship == "opportunitycompetitors_association");
        rows(&bench, |request| {
            request.table = "competitor".into();
            request.view = all[0].id;
            request.related_to = Some((link.unwrap().link, RowId::from_u128(id)));
            request.columns = vec!["createdon".into(), "nonsense".into()];
        })
    };
    let of = found("opportunity", 500);
    assert_eq!((names(&of), of.total), (vec!["Vitra".to_owned()], 1));
    assert!(of.names.iter().any(|name| name == "createdon"), "{:?}", of.names);
    assert_eq!(found("opportunity", 504).total, 0);
}

#[test]
fn rows_tell_the_order_they_came_in() {
    let bench = opened();
    assert_eq!(rows(&bench, |_| {}).orders, [("name".to_owned(), false)]);
    let own = vec![("telephone1".to_owned(), true)];
    assert_eq!(rows(&bench, |request| request.orders = own.clone()).orders, own);
}

#[test]
fn forms_are_offered_by_name() {
    let bench = opened();
    let Reply::Forms(forms) = bench.ask(Request::Forms { table: "account".into(), kind: FormKind::Main })
    else {
        panic!()
    };
    assert!(matches!(&forms[..], [FormChoice { name, .. }, ..] if name == "Compte"), "{forms:?}");
}

#[test]
fn a_process_begins_at_its_first_stage_and_goes_where_the_instance_says() {
    let bench = opened();
    assert_eq!(process(&bench, "account", FABRIKAM), None);
    bench.command("create", "lead", 600, Columns::new().with("subject", text("Intérêt")));
    let before = process(&bench, "lead", 600).unwrap();
    assert_eq!(before.process.unique_name, "leadtoopportunitysalesprocess");
    let stages: Vec<_> = before.process.stages.iter().map(|stage| stage.id).collect();
    assert_eq!((before.active, &before.path, before.instance), (stages[0], &vec![stages[0]], None));
    assert!(before.may_move);
    assert_eq!(before.rows.len(), 1);

    let opportunity =
        Columns::new().with("name", text("Chaises")).with("originatingleadid", reference("lead", 600));
    bench.command("create", "opportunity", 601, opportunity);
    let grown = process(&bench, "lead", 600).unwrap();
    assert_eq!(grown.rows.len(), 2, "the opportunity that came of the lead");

    let stage = |at: usize| {
        let id = RowId::from_u128(stages[at].as_u128());
        Value::Reference(Reference { table: "processstage".into(), id, name: None })
    };
    let mut parameters =
        Columns::new().with("activestageid", stage(1)).with("traversedpath", text(&stages[0].to_string()));
    let workflow = RowId::from_u128(before.process.id.as_u128());
    parameters
        .set("processid", Value::Reference(Reference { table: "workflow".into(), id: workflow, name: None }));
    for row in &grown.rows {
        parameters.set(
            row.column.clone(),
            Value::Reference(Reference { table: row.table.clone(), id: row.id, name: None }),
        );
    }
    bench.command("move-stage", "leadtoopportunitysalesprocess", 602, parameters);
    for (table, id) in [("lead", 600), ("opportunity", 601)] {
        let after = process(&bench, table, id).unwrap();
        assert_eq!(
            (after.active, after.path, after.instance),
            (stages[1], vec![stages[0], stages[1]], Some(RowId::from_u128(602))),
            "{table}"
        );
        assert!(after.started_at.is_some());
    }
}
