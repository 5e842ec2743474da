//! Who formatted values are written for: the caller's place and zone, and the org's currencies.

use crate::app::App;
use crate::caller::Caller;
use crate::error::Answered;
use model::text::{Currency, Locale};
use model::{Decimal, RowId, Value};
use odata::http::HttpRequest;
use odata::{FormattedValues, Prefer, Reader};
use query::plan::OutputColumn;
use query::{Answer, Output, Page, Plan};
use std::collections::HashMap;
use std::sync::Arc;
use store_sql::Access;

const TABLE: &str = "transactioncurrency";
const COLUMNS: [&str; 4] = ["isocurrencycode", "currencysymbol", "currencyprecision", "exchangerate"];
/// More currencies than there are.
const MOST: u32 = 1000;
/// What `Prefer` names when formatted values may be wanted; looked for in the parts of a batch, too.
const WISH: &str = "odata.include-annotations";

/// The reader, when the request or a part of it may want formatted values of more than references.
pub async fn of(
    app: &App,
    caller: &Caller,
    prefer: &Prefer,
    request: &HttpRequest,
    is_batch: bool,
) -> Answered<Option<Arc<Reader>>> {
    let is_wanted = if is_batch {
        request.body.windows(WISH.len()).any(|bytes| bytes.eq_ignore_ascii_case(WISH.as_bytes()))
    } else {
        prefer.annotations.wants(odata::FORMATTED_VALUE) && prefer.formatted_values == FormattedValues::All
    };
    if !is_wanted {
        return Ok(None);
    }
    let currencies = currencies(app, caller).await?;
    let mut bases = currencies.values().filter(|(_, is_base)| *is_base).map(|(currency, _)| currency);
    // The rate of the base currency is one; where others have that rate, too, it is not known which it is.
    let base_currency = bases.next().filter(|_| bases.next().is_none()).cloned();
    Ok(Some(Arc::new(Reader {
        locale: Locale::of(&caller.profile.locale),
        zone: caller.profile.time_zone.clone(),
        pricing_precision: app.metadata().settings.pricing_precision,
        base_currency,
        currencies: currencies.into_iter().map(|(id, (currency, _))| (id, currency)).collect(),
    })))
}

/// Every currency of the org, and whether its rate is one.
async fn currencies(app: &App, caller: &Caller) -> Answered<HashMap<RowId, (Currency, bool)>> {
    let plan = Plan {
        table: TABLE.into(),
        output: Output::Columns(COLUMNS.map(OutputColumn::named).to_vec()),
        filter: None,
        links: Vec::new(),
        orders: Vec::new(),
        distinct: false,
        page: Page { limit: MOST, ..Page::default() },
        wants_total: false,
        sorts_choices_by_number: false,
    };
    let bound = query::bind(&plan, app.metadata(), &caller.for_query(app))?;
    let answer = app.database().read().await?.run(&bound, &Access::everything()).await?;
    Ok(read(answer))
}

fn read(answer: Answer) -> HashMap<RowId, (Currency, bool)> {
    let text = |value: &Value| value.as_text().unwrap_or_default().to_owned();
    answer
        .rows
        .into_iter()
        .filter_map(|row| {
            let [code, symbol, digits, rate] = row.values.as_slice() else { return None };
            let digits = if let Value::Integer(digits) = digits { u8::try_from(*digits).ok() } else { None };
            let currency = Currency { code: text(code), symbol: text(symbol), digits: digits.unwrap_or(2) };
            Some((row.id?, (currency, *rate == Value::Decimal(Decimal::ONE))))
        })
        .collect()
}
