//! Deltas: what of a table has changed for somebody since they last asked.

mod within;

use crate::access::Access;
use crate::cell::{Cell, Storage};
use crate::dialect::quoted;
use crate::error::{Result, StoreError};
use crate::layout::TableLayout;
use crate::names;
use crate::packed::PackedQuestion;
use crate::read::{Picked, ReadTransaction};
use crate::statement::{Question, Statement};
use model::{ColumnName, RowId, Timestamp};
use query::{Above, AnswerRow, BoundPlan};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
pub use within::push_within;
use within::{push_after, push_below, push_visible};

/// How long a token is good for. Tombstones must be kept at least as long.
pub const TOKEN_LIFE_MILLISECONDS: i64 = 90 * 86_400_000;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct ChangeRequest<'a> {
    /// The table.
    pub table: &'a str,
    /// The columns wanted; all without.
    pub columns: Option<&'a [ColumnName]>,
    /// For whom.
    pub access: &'a Access,
    /// Only the rows that meet the filter of this plan, which has no links beside it; none for all.
    pub within: Option<&'a BoundPlan>,
    /// The rows of other tables that decide whether a row meets it.
    pub above: &'a [Above],
    /// A fingerprint of the caller's rights and of the metadata. A token of another fingerprint has expired.
    pub stamp: &'a str,
    /// Where the caller stands; none for the whole table.
    pub token: Option<&'a ChangeToken>,
    /// Most rows of the page.
    pub limit: u32,
    /// Now.
    pub now: Timestamp,
}

/// Where somebody stands in a table's changes. Its text form is opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeToken {
    /// What has been given when this run of pages ends.
    horizon: Horizon,
    /// When the run began.
    taken_at: Timestamp,
    /// The fingerprint of the caller's rights.
    stamp: String,
    /// Inside a run of pages: where the next page begins.
    cursor: Option<Cursor>,
}

/// A moment in the history of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Horizon {
    /// Whatever has a smaller mark was visible.
    mark: i64,
    /// On PostgreSQL the snapshot: which of the later transactions were visible, too. Empty on SQLite.
    snapshot: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Cursor {
    phase: Phase,
    /// What had been given before this run.
    since: Horizon,
    mark: i64,
    id: RowId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Every row, by id.
    Whole,
    /// Changed rows, by mark.
    Rows,
    /// Rows below changed ones that decide about them, by id.
    Below,
    /// Deleted rows, by mark.
    Tombstones,
}

/// One page of changes.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangePage {
    /// Rows that are new or changed, with values in the order of the columns asked for.
    pub rows: Vec<AnswerRow>,
    /// Rows that are gone for the caller.
    pub gone: Vec<Gone>,
    /// Where to go on.
    pub token: ChangeToken,
    /// True when nothing follows: the token is for the next delta, else for the next page.
    pub is_last: bool,
}

/// A row that is gone for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The row.
    pub id: RowId,
    /// Why.
    pub reason: GoneReason,
}

/// Why a row is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoneReason {
    /// It was deleted.
    Deleted,
    /// It changed and is out of the caller's reach now.
    Changed,
}

impl ReadTransaction {
    /// One page of what has changed. `StoreError::Expired` when the caller must read the whole table again.
    pub async fn changes(&mut self, request: &ChangeRequest<'_>) -> Result<ChangePage> {
        let current = self.horizon().await?;
        let layout = Arc::clone(self.layouts.table(request.table)?);
        crate::derived::refuse_derived(&layout)?;
        let (horizon, taken_at, cursor) = match request.token {
            None => (current, request.now, Cursor::start(Phase::Whole, Horizon::none())),
            Some(token) => {
                token.check(request, &current)?;
                match &token.cursor {
                    Some(cursor) => (token.horizon.clone(), token.taken_at, cursor.clone()),
                    None => (current, request.now, Cursor::start(Phase::Rows, token.horizon.clone())),
                }
            }
        };
        let page = match cursor.phase {
            Phase::Whole => self.whole_page(request, &layout, &cursor).await?,
            Phase::Rows => self.changed_page(request, &layout, &cursor).await?,
            Phase::Below => self.below_page(request, &layout, &cursor).await?,
            Phase::Tombstones => {
                self.tombstone_page(&layout, &cursor, request.limit.max(1), Vec::new(), Vec::new()).await?
            }
        };
        let token = ChangeToken { horizon, taken_at, stamp: request.stamp.to_owned(), cursor: page.next };
        Ok(ChangePage { rows: page.rows, gone: page.gone, is_last: token.cursor.is_none(), token })
    }

    async fn horizon(&mut self) -> Result<Horizon> {
        let statement = Statement::of(self.session.dialect(), self.session.dialect().horizon());
        let question = Question { statement, kinds: vec![Storage::Integer, Storage::Text] };
        match self.session.ask_one(question).await?.as_deref() {
            Some([Cell::Integer(Some(mark)), Cell::Text(Some(snapshot))]) => {
                Ok(Horizon { mark: *mark, snapshot: snapshot.clone() })
            }
            _ => Err(StoreError::Corrupt("the number of the last change is missing".to_owned())),
        }
    }

    async fn whole_page(
        &mut self,
        request: &ChangeRequest<'_>,
        layout: &Arc<TableLayout>,
        cursor: &Cursor,
    ) -> Result<RawPage> {
        let limit = request.limit.max(1);
        let picked = Picked::of(layout, request.columns)?;
        let key = quoted(layout.key());
        let mut statement = Statement::new(self.session.dialect());
        statement.push("SELECT ");
        let packed = picked.push_packed_list(&mut statement, layout, "t");
        statement.push(&format!(" FROM {} t WHERE t.{key} > ", layout.sql_name()));
        statement.bind(Cell::id(cursor.id)).push(" AND ");
        push_visible(&mut statement, request, &self.layouts, layout)?;
        statement.push(&format!(" ORDER BY t.{key} LIMIT {}", u64::from(limit) + 1));
        let question = Question { statement, kinds: picked.kinds() };
        let decode = |cells: Vec<Cell>| picked.decode_values(layout, &mut cells.into_iter());
        let mut rows = self.session.ask_packed(PackedQuestion { question, packed }, decode).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        self.fill_names(&mut rows).await?;
        let next = match rows.last() {
            Some(AnswerRow { id: Some(id), .. }) if more => Some(Cursor { id: *id, ..cursor.clone() }),
            _ => None,
        };
        Ok(RawPage { rows, gone: Vec::new(), next })
    }

    async fn changed_page(
        &mut self,
        request: &ChangeRequest<'_>,
        layout: &Arc<TableLayout>,
        cursor: &Cursor,
    ) -> Result<RawPage> {
        let limit = request.limit.max(1);
        let picked = Picked::of(layout, request.columns)?;
        let (key, mark) = (quoted(layout.key()), quoted(self.session.dialect().mark_column()));
        let mut statement = Statement::new(self.session.dialect());
        statement.push("SELECT ");
        let packed = picked.push_packed_list(&mut statement, layout, "t");
        statement.push(&format!(", t.{mark}, CASE WHEN "));
        push_visible(&mut statement, request, &self.layouts, layout)?;
        statement.push(" THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END");
        statement.push(&format!(" FROM {} t WHERE ", layout.sql_name()));
        push_after(&mut statement, &format!("t.{mark}"), &format!("t.{key}"), cursor);
        statement.push(&format!(" ORDER BY t.{mark}, t.{key} LIMIT {}", u64::from(limit) + 1));
        let (page, read, last) = self.split_page((statement, packed), &picked, layout, limit).await?;
        if let Some((mark, id)) = last {
            return Ok(RawPage { next: Some(Cursor { mark, id, ..cursor.clone() }), ..page });
        }
        let phase = if request.above.is_empty() { Phase::Tombstones } else { Phase::Below };
        let start = Cursor::start(phase, cursor.since.clone());
        match limit.saturating_sub(u32::try_from(read).unwrap_or(limit)) {
            0 => Ok(RawPage { next: Some(start), ..page }),
            room if phase == Phase::Tombstones => {
                self.tombstone_page(layout, &start, room, page.rows, page.gone).await
            }
            _ if read == 0 => self.below_page(request, layout, &start).await,
            _ => Ok(RawPage { next: Some(start), ..page }),
        }
    }

    /// Rows that may have come or gone because a row above them changed. They did not change themselves.
    async fn below_page(
        &mut self,
        request: &ChangeRequest<'_>,
        layout: &Arc<TableLayout>,
        cursor: &Cursor,
    ) -> Result<RawPage> {
        let limit = request.limit.max(1);
        let picked = Picked::of(layout, request.columns)?;
        let (key, mark) = (quoted(layout.key()), quoted(self.session.dialect().mark_column()));
        let mut statement = Statement::new(self.session.dialect());
        statement.push("SELECT ");
        let packed = picked.push_packed_list(&mut statement, layout, "t");
        statement.push(&format!(", t.{mark}, CASE WHEN "));
        push_visible(&mut statement, request, &self.layouts, layout)?;
        statement.push(" THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END");
        statement.push(&format!(" FROM {} t WHERE t.{key} > ", layout.sql_name()));
        statement.bind(Cell::id(cursor.id)).push(" AND ");
        push_below(&mut statement, &self.layouts, request.above, "t", &cursor.since)?;
        statement.push(&format!(" ORDER BY t.{key} LIMIT {}", u64::from(limit) + 1));
        let (page, read, last) = self.split_page((statement, packed), &picked, layout, limit).await?;
        if let Some((_, id)) = last {
            return Ok(RawPage { next: Some(Cursor { id, ..cursor.clone() }), ..page });
        }
        let start = Cursor::start(Phase::Tombstones, cursor.since.clone());
        match limit.saturating_sub(u32::try_from(read).unwrap_or(limit)) {
            0 => Ok(RawPage { next: Some(start), ..page }),
            room => self.tombstone_page(layout, &start, room, page.rows, page.gone).await,
        }
    }

    /// The rows of a statement that ends with their marks and whether the caller sees them; how many were read; and mark
    /// and id of the last one when more follow.
    async fn split_page(
        &mut self,
        (statement, packed): (Statement, usize),
        picked: &Picked<'_>,
        layout: &TableLayout,
        limit: u32,
    ) -> Result<(RawPage, usize, Option<(i64, RowId)>)> {
        let mut kinds = picked.kinds();
        kinds.extend([Storage::Integer, Storage::Integer]);
        let question = Question { statement, kinds };
        let decode = |cells: Vec<Cell>| {
            let mut cells = cells.into_iter();
            let row = picked.decode_values(layout, &mut cells)?;
            let mark = cells.next().and_then(|cell| cell.as_integer()).unwrap_or_default();
            Ok((row, mark, cells.next().and_then(|cell| cell.as_integer()) == Some(1)))
        };
        let mut answer = self.session.ask_packed(PackedQuestion { question, packed }, decode).await?;
        let more = answer.len() > limit as usize;
        answer.truncate(limit as usize);
        let (mut rows, mut gone, mut last) = (Vec::new(), Vec::new(), None);
        let read = answer.len();
        for (row, mark, visible) in answer {
            let Some(id) = row.id else { continue };
            last = Some((mark, id));
            if visible {
                rows.push(row);
            } else {
                gone.push(Gone { id, reason: GoneReason::Changed });
            }
        }
        self.fill_names(&mut rows).await?;
        Ok((RawPage { rows, gone, next: None }, read, last.filter(|_| more)))
    }

    async fn fill_names(&mut self, rows: &mut [AnswerRow]) -> Result<()> {
        names::fill(&mut self.session, &self.layouts, rows.iter_mut().flat_map(|row| &mut row.values)).await
    }

    async fn tombstone_page(
        &mut self,
        layout: &TableLayout,
        cursor: &Cursor,
        limit: u32,
        rows: Vec<AnswerRow>,
        mut gone: Vec<Gone>,
    ) -> Result<RawPage> {
        let mut statement = Statement::new(self.session.dialect());
        statement.push("SELECT id, mark FROM valise_tombstone WHERE table_name = ");
        statement.bind(Cell::text(layout.name().as_str())).push(" AND ");
        push_after(&mut statement, "mark", "id", cursor);
        statement.push(&format!(" ORDER BY mark, id LIMIT {}", u64::from(limit) + 1));
        let question = Question { statement, kinds: vec![Storage::Id, Storage::Integer] };
        let mut answer = self.session.ask(question).await?;
        let more = answer.len() > limit as usize;
        answer.truncate(limit as usize);
        let mut last = None;
        for cells in answer {
            if let [Cell::Id(Some(id)), Cell::Integer(Some(mark))] = cells.as_slice() {
                gone.push(Gone { id: *id, reason: GoneReason::Deleted });
                last = Some(Cursor { mark: *mark, id: *id, ..cursor.clone() });
            }
        }
        Ok(RawPage { rows, gone, next: last.filter(|_| more) })
    }
}

struct RawPage {
    rows: Vec<AnswerRow>,
    gone: Vec<Gone>,
    next: Option<Cursor>,
}

impl Horizon {
    const fn none() -> Self {
        Self { mark: 0, snapshot: String::new() }
    }
}

impl fmt::Display for Horizon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.mark)?;
        if self.snapshot.is_empty() { Ok(()) } else { write!(f, "~{}", self.snapshot) }
    }
}

fn parse_horizon(text: &str) -> Option<Horizon> {
    let (mark, snapshot) = text.split_once('~').unwrap_or((text, ""));
    let is_number = |part: &str| part.parse::<u64>().is_ok();
    let fits = snapshot.is_empty()
        || match snapshot.split(':').collect::<Vec<_>>().as_slice() {
            [first, end, running] => {
                is_number(first)
                    && is_number(end)
                    && (running.is_empty() || running.split(',').all(is_number))
            }
            _ => false,
        };
    fits.then_some(Horizon { mark: mark.parse().ok()?, snapshot: snapshot.to_owned() })
}

impl Cursor {
    const fn start(phase: Phase, since: Horizon) -> Self {
        Self { phase, since, mark: i64::MIN, id: RowId::from_u128(0) }
    }
}

impl ChangeToken {
    fn check(&self, request: &ChangeRequest<'_>, current: &Horizon) -> Result<()> {
        let age = request.now.milliseconds().saturating_sub(self.taken_at.milliseconds());
        // A horizon ahead of the database means that the database was restored from an older copy.
        if self.stamp == request.stamp && self.horizon.mark <= current.mark && age <= TOKEN_LIFE_MILLISECONDS
        {
            Ok(())
        } else {
            Err(StoreError::Expired)
        }
    }

    /// True inside a run of pages: the token asks for the next page, not for a new delta.
    #[must_use]
    pub const fn is_inside_run(&self) -> bool {
        self.cursor.is_some()
    }
}

impl fmt::Display for ChangeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}.{}.{}", self.horizon, self.taken_at.milliseconds(), self.stamp)?;
        if let Some(cursor) = &self.cursor {
            let phase = match cursor.phase {
                Phase::Whole => "w",
                Phase::Rows => "r",
                Phase::Below => "b",
                Phase::Tombstones => "t",
            };
            write!(f, ".{phase}.{}.{}.{}", cursor.since, cursor.mark, cursor.id)?;
        }
        Ok(())
    }
}

impl FromStr for ChangeToken {
    type Err = StoreError;

    /// A text that is no token of ours counts as expired: the caller can always start over.
    fn from_str(text: &str) -> Result<Self> {
        parse_token(text).ok_or(StoreError::Expired)
    }
}

fn parse_token(text: &str) -> Option<ChangeToken> {
    let parts: Vec<&str> = text.split('.').collect();
    let (head, tail) = parts.split_at_checked(4)?;
    let [version, horizon, taken_at, stamp] = head else { return None };
    if *version != "1" {
        return None;
    }
    let cursor = match tail {
        [] => None,
        [phase, since, mark, id] => Some(Cursor {
            phase: match *phase {
                "w" => Phase::Whole,
                "r" => Phase::Rows,
                "b" => Phase::Below,
                "t" => Phase::Tombstones,
                _ => return None,
            },
            since: parse_horizon(since)?,
            mark: mark.parse().ok()?,
            id: id.parse().ok()?,
        }),
        _ => return None,
    };
    Some(ChangeToken {
        horizon: parse_horizon(horizon)?,
        taken_at: Timestamp::from_milliseconds(taken_at.parse().ok()?),
        stamp: (*stamp).to_owned(),
        cursor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_what_it_writes_and_refuses_everything_else() {
        let plain = ChangeToken {
            horizon: Horizon { mark: 17, snapshot: "17:20:18,19".to_owned() },
            taken_at: Timestamp::from_milliseconds(1_700_000_000_000),
            stamp: "ab12".to_owned(),
            cursor: None,
        };
        let inside =
            ChangeToken { cursor: Some(Cursor::start(Phase::Tombstones, Horizon::none())), ..plain.clone() };
        for token in [plain, inside] {
            assert_eq!(token.to_string().parse::<ChangeToken>().unwrap(), token);
        }
        for text in [
            "",
            "1.2.3",
            "2.1.1.s",
            "1.x.1.s",
            "1.1.1.s.q.1.1.1",
            "1.1.1.s.r.1.1",
            "1.1~x.1.s",
            "1.1~1:2.1.s",
        ] {
            assert!(text.parse::<ChangeToken>().is_err(), "{text}");
        }
    }
}
