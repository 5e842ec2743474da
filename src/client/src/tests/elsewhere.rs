//! Tables that stay on the server: said so, and looked in there when there is a network.

use super::{rows, views};
use crate::HttpResponse;
use crate::message::{Coverage, Found, Reply, Request};
use crate::tests::bench::Bench;
use model::{TableName, ViewKind};

fn coverage(bench: &Bench, tables: &[&str]) -> Vec<Coverage> {
    let tables = tables.iter().map(|table| TableName::new(*table)).collect();
    match bench.ask(Request::Coverage { tables }) {
        Reply::Coverage(coverage) => coverage,
        reply => panic!("{reply:?}"),
    }
}

fn find(bench: &Bench, table: &str, search: &str) -> Vec<Found> {
    let request = Request::Find { tables: vec![table.into()], search: search.to_owned(), limit: 8 };
    match bench.ask(request) {
        Reply::Found(found) => found,
        reply => panic!("{reply:?}"),
    }
}

fn answer(bench: &Bench, status: u16, body: &str) {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    bench.network.answers.borrow_mut().push_back(HttpResponse {
        status,
        headers,
        body: body.as_bytes().to_vec(),
    });
}

#[test]
fn a_table_that_the_profile_does_not_name_is_not_called_whole() {
    let bench = Bench::synced_without(&["contact", "appointment"]);
    let told = coverage(&bench, &["contact", "account", "appointment", "activitypointer"]);
    assert_eq!(told, [Coverage::NotCarried, Coverage::Whole, Coverage::NotCarried, Coverage::Whole]);
    let view = views(&bench, "contact", ViewKind::Public)[0].id;
    let list = rows(&bench, |request| {
        request.table = "contact".into();
        request.view = view;
    });
    assert_eq!(list.coverage, Coverage::NotCarried);
    assert_eq!(rows(&bench, |_| {}).coverage, Coverage::Whole);
}

#[test]
fn all_activities_are_not_whole_where_one_kind_is_left_out() {
    let bench = Bench::synced();
    bench.open();
    assert_eq!(coverage(&bench, &["activitypointer"]), [Coverage::Whole]);
    bench.ask(Request::StartFirstSync { leave_out: vec!["email".into()] });
    assert_eq!(coverage(&bench, &["activitypointer", "email", "task"])[..2], [Coverage::LeftOut; 2]);
}

#[test]
fn a_lookup_asks_the_server_for_what_is_not_carried() {
    let bench = Bench::synced_without(&["contact"]);
    let id = "00000000-0000-0000-0000-000000000abc";
    answer(&bench, 200, &format!(r#"{{"value":[{{"contactid":"{id}","fullname":"Grace O'Hara"}}]}}"#));
    let found = find(&bench, "contact", "o'h");
    let names: Vec<_> = found.iter().filter_map(|found| found.reference.name.as_deref()).collect();
    assert_eq!(names, ["Grace O'Hara"]);
    assert_eq!(found[0].reference.id.to_string(), id);
    let asked = bench.network.targets.take();
    assert!(asked[0].contains("contacts?$select=contactid,fullname"), "{asked:?}");
    assert!(asked[0].ends_with("&$filter=contains(fullname,'o''h')"), "{asked:?}");
    for (status, body) in [(500, "{}"), (200, "<html>"), (200, r#"{"value":[{"contactid":"?"}]}"#)] {
        answer(&bench, status, body);
        assert_eq!(find(&bench, "contact", "zzz"), [], "{status} {body}");
    }
    bench.network.targets.take();
    find(&bench, "account", "f");
    assert_eq!(bench.network.targets.take(), [""; 0], "what is here is not asked for");
    bench.ask(Request::Wake { online: false });
    find(&bench, "contact", "o'h");
    assert_eq!(bench.network.targets.take(), [""; 0], "without a network nobody is asked");
}
