//! Everything that reads what comes from outside, each as bytes in, size of what was made of them out.

use crate::corpus;
use model::{
    ChartId, ChartRecord, CommandSetRecord, DashboardRecord, FormId, FormRecord, Label, Problem, ProcessId,
    ProcessRecord, RowSink, ValueRef, ViewId, ViewRecord,
};
use odata::http::{HttpRequest, HttpResponse, Method};
use serde::Serialize;

/// Something that reads.
pub struct Reader {
    pub name: &'static str,
    /// Real inputs.
    pub corpus: fn() -> Vec<Vec<u8>>,
    /// Reads and answers how large the outcome is, in bytes.
    pub read: fn(&[u8]) -> usize,
    /// How many times larger than the input the outcome may be: a short element can stand for a large value.
    pub growth: usize,
}

pub const READERS: &[Reader] = &[
    Reader { name: "parse_form", corpus: corpus::forms, read: form, growth: 150 },
    Reader { name: "parse_view", corpus: corpus::layouts, read: layout, growth: 20 },
    Reader { name: "parse_fetch", corpus: corpus::queries, read: fetch, growth: 100 },
    Reader { name: "parse_site_map", corpus: corpus::site_maps, read: site_map, growth: 60 },
    Reader { name: "parse_chart (data)", corpus: corpus::chart_data, read: chart_data, growth: 20 },
    Reader {
        name: "parse_chart (presentation)",
        corpus: corpus::chart_presentations,
        read: chart_looks,
        growth: 20,
    },
    Reader { name: "parse_dashboard", corpus: corpus::dashboards, read: dashboard, growth: 150 },
    Reader { name: "parse_process", corpus: corpus::processes, read: process, growth: 60 },
    Reader { name: "parse_command_set", corpus: corpus::commands, read: commands, growth: 60 },
    Reader { name: "parse_query", corpus: corpus::query_strings, read: query_string, growth: 200 },
    Reader { name: "parse_path", corpus: corpus::paths, read: path, growth: 60 },
    Reader { name: "read_rows", corpus: corpus::rows, read: rows, growth: 60 },
    Reader { name: "read_body", corpus: corpus::bodies, read: body, growth: 60 },
    Reader { name: "batch", corpus: corpus::batches, read: batch, growth: 60 },
];

/// A definition is text; bytes that are none become marks, as they do when a file is read.
fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

fn size<T: Serialize>((value, problems): &(T, Vec<Problem>)) -> usize {
    assert!(problems.len() <= 200, "{} problems", problems.len());
    serde_json::to_vec(&(value, problems)).unwrap().len()
}

fn shown(value: &impl std::fmt::Debug) -> usize {
    format!("{value:?}").len()
}

fn form(input: &[u8]) -> usize {
    let record = FormRecord {
        id: FormId::from_u128(1),
        table: "account".into(),
        name: Label::default(),
        kind: 2,
        is_default: true,
        form_xml: text(input),
    };
    let read = model::parse_form(&record);
    // What the screens ask of a form, too.
    for control in read.0.cells().filter_map(|cell| cell.control.as_ref()) {
        let asked = (control.subgrid(), control.component(), control.quick_forms());
        let searched = (control.lookup_search(), control.timeline());
        assert!(shown(&asked) > 0 && shown(&searched) > 0);
    }
    size(&read)
}

fn layout(input: &[u8]) -> usize {
    size(&model::parse_view(&ViewRecord {
        id: ViewId::from_u128(1),
        table: "account".into(),
        name: Label::default(),
        kind: 0,
        is_default: true,
        fetch_xml: String::new(),
        layout_xml: text(input),
    }))
}

/// Read, and bound to the tables, as every query is.
fn fetch(input: &[u8]) -> usize {
    let plan = query::parse_fetch(&text(input));
    let bound = plan.as_ref().ok().map(|plan| query::bind(plan, corpus::metadata(), &caller()));
    shown(&plan) + shown(&bound)
}

fn caller() -> query::Caller {
    query::Caller {
        user: model::RowId::from_u128(1),
        business_unit: model::RowId::from_u128(2),
        teams: Vec::new(),
        language: model::Language::English,
        time_zone: model::TimeZone::utc(),
        now: model::Timestamp::from_milliseconds(1_774_858_500_000),
        first_weekday: 1,
        fiscal: model::FiscalCalendar::default(),
    }
}

fn site_map(input: &[u8]) -> usize {
    size(&model::parse_site_map(&text(input)))
}

fn chart(data: &str, presentation: &str) -> usize {
    size(&model::parse_chart(&ChartRecord {
        id: ChartId::from_u128(1),
        table: "opportunity".into(),
        name: Label::default(),
        description: Label::default(),
        is_default: false,
        data_xml: data.to_owned(),
        presentation_xml: presentation.to_owned(),
    }))
}

fn chart_data(input: &[u8]) -> usize {
    chart(&text(input), "<Chart><Series><Series ChartType=\"Bar\"/></Series></Chart>")
}

fn chart_looks(input: &[u8]) -> usize {
    let data = "<datadefinition><fetchcollection><fetch/></fetchcollection><categorycollection><category><measurecollection>\
                <measure alias=\"a\"/></measurecollection></category></categorycollection></datadefinition>";
    chart(data, &text(input))
}

fn dashboard(input: &[u8]) -> usize {
    let read = model::parse_dashboard(&DashboardRecord {
        id: FormId::from_u128(1),
        name: Label::default(),
        description: Label::default(),
        is_default: true,
        form_xml: text(input),
    });
    assert!(read.0.components().count() <= 20);
    size(&read)
}

fn process(input: &[u8]) -> usize {
    let read = model::parse_process(&ProcessRecord {
        id: ProcessId::from_u128(1),
        unique_name: "process".to_owned(),
        name: Label::default(),
        table: "lead".into(),
        order: 1,
        active: true,
        roles: Vec::new(),
        definition: text(input),
    });
    let stages = &read.0.stages;
    // The path from the first stage comes to an end.
    let (mut next, mut steps) = (stages.first().and_then(|stage| stage.next), 0);
    while let Some(stage) = next.and_then(|id| read.0.stage(id)) {
        steps += 1;
        assert!(steps <= stages.len(), "the path goes in a circle");
        next = stage.next;
    }
    size(&read)
}

fn commands(input: &[u8]) -> usize {
    size(&model::parse_command_set(&CommandSetRecord {
        name: "account".to_owned(),
        table: Some("account".into()),
        definition: text(input),
    }))
}

fn query_string(input: &[u8]) -> usize {
    let metadata = corpus::metadata();
    let table = metadata.table("account").unwrap();
    shown(&odata::parse_query(table, &text(input), metadata))
}

fn path(input: &[u8]) -> usize {
    shown(&odata::parse_path(&text(input), corpus::metadata()))
}

/// Counts what it is given.
#[derive(Default)]
struct Count(usize);

impl RowSink for Count {
    fn value(&mut self, column: usize, value: ValueRef<'_>) {
        self.0 += shown(&(column, value));
    }

    fn finish(&mut self, id: model::RowId, version: Option<model::RowVersion>) {
        self.0 += shown(&(id, version));
    }

    fn discard(&mut self) {}
}

fn rows(input: &[u8]) -> usize {
    let table = corpus::metadata().table("account").unwrap();
    let mut sink = Count::default();
    let envelope = odata::read_rows(input, table, &mut sink);
    shown(&envelope) + shown(&odata::read_row(input, table)) + sink.0
}

fn body(input: &[u8]) -> usize {
    let metadata = corpus::metadata();
    shown(&odata::read_body(input, metadata.table("account").unwrap(), metadata))
}

fn batch(input: &[u8]) -> usize {
    let headers = vec![("content-type".to_owned(), "multipart/mixed; boundary=batch_1".to_owned())];
    let request = HttpRequest {
        method: Method::Post,
        target: "/api/data/v9.2/$batch".to_owned(),
        headers: headers.clone(),
        body: input.to_vec(),
    };
    let response = HttpResponse { status: 200, headers, body: input.to_vec() };
    let failure = odata::ServiceError::from_response(&response);
    shown(&odata::batch::read_request(&request))
        + shown(&odata::batch::read_response(&response))
        + shown(&failure)
}
