//! Which form a user gets, and what an administrator sees of definitions that cannot be used.

use super::bench::Bench;
use crate::message::{DefinitionProblems, FailureKind, Reply, Request};
use model::{ComponentKind, Form, FormId, FormKind, FormRecord, Label, Language, Metadata};

fn problems(bench: &Bench) -> Vec<DefinitionProblems> {
    match bench.ask(Request::DefinitionProblems) {
        Reply::DefinitionProblems(found) => found,
        reply => panic!("{reply:?}"),
    }
}

fn opened(role: &str, change: impl FnOnce(&mut Metadata)) -> Bench {
    let bench = Bench::synced_as(role, change);
    bench.open();
    bench
}

#[test]
fn only_an_administrator_sees_problems_and_the_solution_has_none() {
    let bench = opened("Salesperson", |_| {});
    assert_eq!(bench.fails(Request::DefinitionProblems).kind, FailureKind::NotAllowed);
    let bench = opened("System Administrator", |_| {});
    assert_eq!(problems(&bench), []);
}

#[test]
fn an_administrator_sees_what_of_each_definition_cannot_be_used() {
    let bench = opened("System Administrator", |metadata| {
        let form = metadata.forms.iter_mut().find(|form| form.table == *"account" && form.kind == 2).unwrap();
        form.form_xml = form.form_xml.replacen("datafieldname=\"fax\"", "datafieldname=\"telex\"", 1);
        let view = metadata.views.iter_mut().find(|view| view.table == *"account" && view.kind == 0).unwrap();
        view.fetch_xml = view.fetch_xml.replacen("name=\"account\"", "name=\"acount\"", 1);
        let map = &mut metadata.apps[0].site_map_xml;
        *map = map.replacen("Entity=\"account\"", "Entity=\"company\"", 1);
        let process = &mut metadata.processes[0];
        process.definition = "{".to_owned();
        let chart = &mut metadata.charts[0];
        chart.data_xml = chart.data_xml.replace("<measure alias=\"", "<measure alias=\"not_");
        metadata.dashboards[0].form_xml =
            metadata.dashboards[0].form_xml.replacen("<TargetEntityType>", "<TargetEntityType>x", 1);
        metadata.command_sets[0].definition = "<appactions><appaction/></appactions>".to_owned();
    });
    let found = problems(&bench);
    let kinds: Vec<_> = found.iter().map(|definition| definition.kind).collect();
    use ComponentKind::{App, Chart, CommandSet, Dashboard, Form, Process, View};
    assert_eq!(kinds, [Form, View, Chart, CommandSet, Dashboard, Process, App]);
    let told =
        |index: usize| (found[index].problems[0].what.as_str(), found[index].problems[0].instead.as_str());
    assert_eq!(told(0), ("la table account n’a pas de colonne telex", "le contrôle est omis"));
    assert_eq!((found[0].name.as_str(), found[0].table.as_deref()), ("Compte", Some("Compte")));
    assert!(told(1).0.starts_with("la requête ne peut pas être utilisée") && told(1).0.contains("acount"));
    assert!(told(2).0.starts_with("la requête ne donne pas not_"));
    assert_eq!(told(3).0, "la commande n’a pas d’uniquename");
    assert!(told(4).0.starts_with("il n’y a pas de table x"));
    assert!(told(5).0.starts_with("le JSON est endommagé"));
    assert_eq!(told(6), ("il n’y a pas de table company", "l’entrée est omise"));
}

#[test]
fn a_user_gets_the_first_form_that_is_meant_for_their_roles() {
    let form_of = |role: &str, forms: &[(&str, bool)]| {
        let bench = opened(role, |metadata| {
            metadata.forms.retain(|form| form.table != *"account" || form.kind != 2);
            for (index, (conditions, is_default)) in forms.iter().enumerate() {
                metadata.forms.push(FormRecord {
                    id: FormId::from_u128(100 + index as u128),
                    table: "account".into(),
                    name: Label::one(Language::English, index.to_string()),
                    kind: 2,
                    is_default: *is_default,
                    form_xml: format!("<form><tabs><tab/></tabs>{conditions}</form>"),
                });
            }
        });
        let request = Request::Form { table: "account".into(), kind: FormKind::Main, form: None };
        let Reply::Form(Form { name, .. }) = bench.ask(request) else { panic!() };
        name.text(Language::English).parse::<usize>().unwrap()
    };
    let everyone = "<DisplayConditions Order=\"2\" FallbackForm=\"true\"><Everyone/></DisplayConditions>";
    let managers = "<DisplayConditions Order=\"1\"><Role Name=\"Sales Manager\"/></DisplayConditions>";
    let fallback = "<DisplayConditions FallbackForm=\"true\"><Role Name=\"Nobody\"/></DisplayConditions>";
    let two = [(everyone, true), (managers, false)];
    assert_eq!(form_of("Sales Manager", &two), 1);
    assert_eq!(form_of("Salesperson", &two), 0);
    assert_eq!(form_of("Salesperson", &[(managers, true), (fallback, false)]), 1, "the fallback form");
    assert_eq!(
        form_of("Salesperson", &[(managers, false), (managers, true)]),
        1,
        "a row can always be opened"
    );
    assert_eq!(
        form_of("Salesperson", &[("", false), ("", true), (everyone, false)]),
        2,
        "an order goes before none"
    );
    assert_eq!(form_of("Salesperson", &[("", false), ("", true)]), 1, "the default form before its equals");
}
