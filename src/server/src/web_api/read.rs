//! Collections, single rows and counts.

use super::expand::{self, rows_of};
use super::request::{
    Context, empty, header, json, prefer, query_of, query_without, with_applied, with_etag,
};
use super::{changes, key};
use crate::error::{Answered, Failure};
use crate::rules::missing;
use model::{ColumnName, Table, ViewId};
use odata::http::{HttpRequest, HttpResponse};
use odata::{
    Key, ODataError, PageFrame, Prefer, ReadOptions, RowFormat, Source, codes, parse_etag, parse_query,
    write_answer, write_row,
};
use query::{Filter, Output, OutputColumn, Plan};

const LARGEST_PAGE: u32 = 5000;
/// Counts end here, as on Dataverse.
const LARGEST_COUNT: u64 = 5000;
/// Before the number of rows to skip in a `$skiptoken`.
const OFFSET_MARK: char = 'o';

/// `GET accounts?…`
pub async fn collection(
    context: &Context<'_>,
    table: &Table,
    request: &HttpRequest,
) -> Answered<HttpResponse> {
    let query = query_of(request);
    let options = parse_query(table, query, context.app.metadata())?;
    let prefer = prefer(request);
    if changes::is_wanted(&options, &prefer) {
        return changes::page(context, table, &options, &prefer, query).await;
    }
    let is_fetch = options.source == Source::FetchXml;
    let mut plan = plan_of(context, &options)?;
    let slice = Slice::of(&options, &prefer)?;
    if !is_fetch {
        plan.page = query::Page::slice(slice.offset, slice.limit);
    }
    add_columns(&mut plan, options.expands.iter().map(|expand| &expand.to));
    let bound = query::bind(&plan, context.app.metadata(), &context.caller.for_query(context.app))?;
    let mut read = context.app.database().read().await?;
    let answer = read.run(&bound, &context.caller.access).await?;
    let reached = slice.offset + answer.rows.len() as u64;
    let is_topped = options.top.is_some_and(|top| reached >= u64::from(top));
    let next_link = (answer.more && !is_fetch && !is_topped).then(|| {
        let rest = query_without(query, "$skiptoken");
        format!("{}{}?{rest}&$skiptoken={OFFSET_MARK}{reached}", context.service_root, table.set_name)
    });
    let frame = PageFrame {
        service_root: context.service_root.clone(),
        set_name: table.set_name.clone(),
        count: answer.total.filter(|_| bound.wants_total).map(|total| total.min(LARGEST_COUNT)),
        next_link,
        paging_cookie: (is_fetch && answer.more).then(|| {
            let page = page_number(&plan);
            query::paging_annotation(&query::paging_cookie(&bound, table, page, &answer), page)
        }),
        ..PageFrame::default()
    };
    let write_options = context.write_options(&prefer, options.select.clone());
    let mut body = Vec::new();
    if options.expands.is_empty() {
        let format = RowFormat::of_answer(&bound, &answer.names, context.app.metadata(), &write_options);
        write_answer(&answer, &format, &frame, &mut body);
    } else {
        let rows = rows_of(table, answer)?;
        let expanded = expand::fetch(context, &mut read, &options.expands, &rows, &prefer).await?;
        expanded.write(&rows, &context.format(table, &write_options), &frame, &mut body);
    }
    Ok(with_applied(json(200, body), &prefer))
}

fn page_number(plan: &Plan) -> u64 {
    plan.page.offset / u64::from(plan.page.limit.max(1)) + 1
}

/// Which rows of the answer are wanted.
struct Slice {
    offset: u64,
    limit: u32,
}

impl Slice {
    fn of(options: &ReadOptions, prefer: &Prefer) -> Answered<Self> {
        let offset = match &options.skip_token {
            None => 0,
            Some(token) => token
                .strip_prefix(OFFSET_MARK)
                .and_then(|offset| offset.parse::<u32>().ok())
                .map(u64::from)
                .ok_or_else(|| bad_token(token))?,
        };
        let page = prefer.max_page_size.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE);
        let rest = options.top.map_or(u64::from(page), |top| u64::from(top).saturating_sub(offset));
        Ok(Self { offset, limit: page.min(u32::try_from(rest).unwrap_or(page)) })
    }
}

fn bad_token(token: &str) -> Failure {
    let shown: String = token.chars().take(60).collect();
    Failure::refuse(
        400,
        codes::INVALID_ARGUMENT,
        format!("“{shown}” is no $skiptoken of this service; start from the first page"),
    )
}

/// The question with a stored view under it, where one is named.
fn plan_of(context: &Context<'_>, options: &ReadOptions) -> Answered<Plan> {
    match options.source {
        Source::Options | Source::FetchXml => Ok(options.plan.clone()),
        Source::SavedQuery(view) => saved_query(context, options, view),
        Source::UserQuery(view) => Err(no_view(view)),
    }
}

fn saved_query(context: &Context<'_>, options: &ReadOptions, id: ViewId) -> Answered<Plan> {
    let view =
        context.app.metadata().views.iter().find(|view| view.id == id && view.table == options.plan.table);
    let view = view.ok_or_else(|| no_view(id))?;
    let mut plan = query::parse_fetch(&view.fetch_xml)?;
    let own = &options.plan;
    plan.filter = match (plan.filter, own.filter.clone()) {
        (Some(view), Some(own)) => Some(Filter::And(vec![view, own])),
        (view, own) => view.or(own),
    };
    plan.links.extend(own.links.iter().cloned());
    if !own.orders.is_empty() {
        plan.orders.clone_from(&own.orders);
    }
    if own.output != Output::All {
        plan.output = own.output.clone();
    }
    plan.wants_total = own.wants_total;
    Ok(plan)
}

fn no_view(id: ViewId) -> Failure {
    Failure::refuse(404, codes::OBJECT_DOES_NOT_EXIST, format!("there is no view {id} for this table"))
}

fn add_columns<'c>(plan: &mut Plan, columns: impl Iterator<Item = &'c ColumnName>) {
    let Output::Columns(outputs) = &mut plan.output else { return };
    for column in columns {
        if !outputs.iter().any(|output| output.column == *column) {
            outputs.push(OutputColumn::named(column.clone()));
        }
    }
}

/// `GET accounts/$count`
pub async fn count(context: &Context<'_>, table: &Table, request: &HttpRequest) -> Answered<HttpResponse> {
    let options = parse_query(table, query_of(request), context.app.metadata())?;
    if options.delta_token.is_some() {
        return Err(ODataError::Unsupported("the count of a delta".to_owned()).into());
    }
    let mut plan = plan_of(context, &options)?;
    plan.wants_total = true;
    plan.page = query::Page::slice(0, 1);
    let bound = query::bind(&plan, context.app.metadata(), &context.caller.for_query(context.app))?;
    let answer = context.app.database().read().await?.run(&bound, &context.caller.access).await?;
    let total = answer.total.unwrap_or_default().min(LARGEST_COUNT);
    let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
    Ok(HttpResponse { status: 200, headers, body: total.to_string().into_bytes() })
}

/// `GET accounts(…)?…`
pub async fn row(
    context: &Context<'_>,
    table: &Table,
    key: &Key,
    request: &HttpRequest,
) -> Answered<HttpResponse> {
    let options = parse_query(table, query_of(request), context.app.metadata())?;
    let plan = &options.plan;
    if options.source != Source::Options
        || plan.filter.is_some()
        || !plan.orders.is_empty()
        || options.top.is_some()
    {
        return Err(
            ODataError::Unsupported("any option but $select and $expand on a single row".to_owned()).into()
        );
    }
    let prefer = prefer(request);
    let mut read = context.app.database().read().await?;
    let id = key::row_id(context, table, key, &mut read).await?;
    let columns = options.select.clone().map(|mut columns| {
        columns.extend(options.expands.iter().map(|expand| expand.to.clone()));
        columns.sort();
        columns.dedup();
        columns
    });
    let found = read.row(table.name.as_str(), id, columns.as_deref(), &context.caller.access).await?;
    let row = found.ok_or_else(|| missing(table, id))?;
    // An expanded answer may have changed although the row has not.
    if options.expands.is_empty() && is_known(request, row.version) {
        return Ok(with_etag(empty(304), row.version));
    }
    let version = row.version;
    let rows = vec![row];
    let expanded = expand::fetch(context, &mut read, &options.expands, &rows, &prefer).await?;
    let format = context.format(table, &context.write_options(&prefer, options.select.clone()));
    let mut body = Vec::new();
    for row in &rows {
        let inside = expanded.of(row);
        write_row(row, &format, &odata::row_context(&context.service_root, table), &inside, &mut body);
    }
    Ok(with_applied(with_etag(json(200, body), version), &prefer))
}

fn is_known(request: &HttpRequest, version: Option<model::RowVersion>) -> bool {
    header(request, "if-none-match")
        .is_some_and(|known| known.split(',').filter_map(parse_etag).any(|known| Some(known) == version))
}
