//! Which slice of the answer a `<fetch>` asks for.

use super::MAX_PAGE;
use super::attributes::{bad, given, number};
use crate::QueryError;
use crate::cookie::read_cookie;
use crate::plan::Page;
use model::xml::Element;

/// Reads `top`, `count`, `page` and `paging-cookie`.
pub(super) fn read_page(fetch: &Element) -> Result<Page, QueryError> {
    let top = number(fetch, "top", (1, MAX_PAGE))?;
    let count = number(fetch, "count", (1, MAX_PAGE))?;
    let page = number(fetch, "page", (1, u32::MAX))?;
    if let Some(limit) = top {
        if page.is_some_and(|page| page > 1) {
            return Err(QueryError::Excluded { first: "top".to_owned(), second: "page".to_owned() });
        }
        return Ok(Page::top(limit));
    }
    let limit = count.unwrap_or(MAX_PAGE);
    let before = page.unwrap_or(1) - 1;
    let after = match given(fetch, "paging-cookie") {
        // The first page needs no cookie, whatever is given.
        Some(text) if before > 0 => Some(read_cookie(text).ok_or_else(|| {
            bad(fetch, "paging-cookie", "the cookie that came with the page before, or no cookie")
        })?),
        _ => None,
    };
    Ok(Page { after, ..Page::slice(u64::from(before) * u64::from(limit), limit) })
}
