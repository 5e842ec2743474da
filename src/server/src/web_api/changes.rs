//! Change tracking: the first pull in pages, then deltas.

use super::request::{Context, json, query_without, with_all_applied, with_header};
use crate::error::{Answered, Failure};
use model::{ColumnName, Table};
use odata::http::HttpResponse;
use odata::{
    PROFILE_OPTION, PROFILE_VERSION, PageFrame, Prefer, ReadOptions, Removed, RemovedReason, codes,
    write_answer_rows, write_packed_rows,
};
use store_sql::{ChangeRequest, ChangeToken, Gone, GoneReason};

const LARGEST_PAGE: u32 = 5000;
/// Before a change token in a `$skiptoken`.
const RUN_MARK: char = 'd';

/// True when a read is part of a run of pages that ends in a delta link.
pub fn is_wanted(options: &ReadOptions, prefer: &Prefer) -> bool {
    prefer.track_changes
        || options.delta_token.is_some()
        || options.skip_token.as_deref().is_some_and(|token| token.starts_with(RUN_MARK))
}

/// One page of the run.
pub async fn page(
    context: &Context<'_>,
    table: &Table,
    options: &ReadOptions,
    prefer: &Prefer,
    query: &str,
) -> Answered<HttpResponse> {
    options.check_trackable()?;
    if !table.is_available_offline {
        return Err(Failure::refuse(
            400,
            codes::WEB_API_FAILURE,
            format!("changes of {} are not tracked; read it without odata.track-changes", table.name),
        ));
    }
    let token = match (&options.skip_token, &options.delta_token) {
        (Some(token), _) => Some(token.strip_prefix(RUN_MARK).unwrap_or(token).parse::<ChangeToken>()?),
        (None, Some(token)) => Some(token.parse::<ChangeToken>()?),
        (None, None) => None,
    };
    let is_delta = options.delta_token.is_some();
    // A delta names what was cleared: what it left out would count as unchanged.
    let prefer = Prefer {
        omit_nulls: prefer.omit_nulls && !is_delta,
        packed_rows: prefer.packed_rows && !is_delta,
        ..prefer.clone()
    };
    let mut stamp = context.caller.stamp(table, options.select.as_deref());
    let carried = if query.split('&').any(|pair| pair == PROFILE_OPTION) {
        Some(context.carried().await?)
    } else {
        None
    };
    if let Some(carried) = carried {
        stamp.push_str(&carried.stamp(table.name.as_str()));
    }
    let select = sent(table, &options.select, &prefer);
    let request = ChangeRequest {
        table: table.name.as_str(),
        columns: select.as_deref(),
        access: &context.caller.access,
        within: carried.and_then(|carried| carried.within(table.name.as_str())),
        above: carried.map(|carried| carried.above(table.name.as_str())).unwrap_or_default(),
        stamp: &stamp,
        token: token.as_ref(),
        limit: prefer.max_page_size.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE),
        now: context.app.clock().now(),
    };
    let page = context.app.database().read().await?.changes(&request).await?;
    // A page of a delta keeps its `$deltatoken` beside the `$skiptoken`, so that later pages are known as a delta's, too.
    let rest = query_without(query, "$skiptoken");
    let rest = if page.is_last { query_without(&rest, "$deltatoken") } else { rest };
    let address = format!("{}{}?", context.service_root, table.set_name);
    let link = |option: &str, value: String| {
        let separator = if rest.is_empty() { "" } else { "&" };
        format!("{address}{rest}{separator}{option}={}", odata::encode_query_value(&value))
    };
    let frame = PageFrame {
        service_root: context.service_root.clone(),
        set_name: table.set_name.clone(),
        is_delta,
        next_link: (!page.is_last).then(|| link("$skiptoken", format!("{RUN_MARK}{}", page.token))),
        delta_link: page.is_last.then(|| link("$deltatoken", page.token.to_string())),
        removed: page.gone.iter().map(removed).collect(),
        ..PageFrame::default()
    };
    let format = context.format(table, &context.write_options(&prefer, select));
    let mut body = Vec::new();
    let write = if prefer.packed_rows { write_packed_rows } else { write_answer_rows };
    write(&page.rows, &format, &frame, &mut body);
    let answer = with_all_applied(json(200, body), &prefer);
    Ok(match carried {
        Some(carried) => with_header(answer, PROFILE_VERSION, carried.version.as_str()),
        None => answer,
    })
}

/// The columns that travel: of those selected the ones that the preference names.
fn sent(table: &Table, select: &Option<Vec<ColumnName>>, prefer: &Prefer) -> Option<Vec<ColumnName>> {
    let Some(only) = &prefer.only_columns else { return select.clone() };
    let is_selected = |name: &ColumnName| select.as_ref().is_none_or(|columns| columns.contains(name));
    let columns = table
        .columns
        .iter()
        .filter(|column| is_selected(&column.name) && only.contains(&odata::property_name(table, column)));
    Some(columns.map(|column| column.name.clone()).collect())
}

const fn removed(gone: &Gone) -> Removed {
    let reason = match gone.reason {
        GoneReason::Deleted => RemovedReason::Deleted,
        GoneReason::Changed => RemovedReason::Changed,
    };
    Removed { id: gone.id, reason }
}
