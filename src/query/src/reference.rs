//! A naive executor: nested loops over rows, obviously right and slow. Tests hold the fast executors to it.
//!
//! It is given the rows that are kept; those of derived tables (all activities, all parties) it derives itself.

use crate::aggregate::Accumulator;
use crate::bind::Tables;
use crate::bound::{Answer, AnswerRow, BoundLink, BoundOutput, BoundPlan, Direction, HierarchyTest};
use crate::compare::compare_present;
use crate::evaluate::Cells;
use crate::fold::fold;
use crate::plan::{Aggregate, LinkKind, OutputColumn};
use model::{ACTIVITY_TABLE, ColumnName, Columns, Reference, Row, RowId, TableName, TableSource, Value};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Answers a plan over rows of any tables.
#[must_use]
pub fn run(plan: &BoundPlan, tables: &dyn Tables, rows: &[Row]) -> Answer {
    let derived = derived(tables, rows);
    let mut sorted: Vec<_> = rows.iter().chain(&derived).collect();
    sorted.sort_by_key(|row| row.id);
    let world = World { tables, rows: sorted };
    let joined = world.joined(plan);
    match &plan.output {
        BoundOutput::Columns(columns) => world.list(plan, columns, joined),
        BoundOutput::Aggregate(aggregate) => world.aggregate(plan, aggregate, &joined),
    }
}

/// The table of the members of party lists.
const PARTY_TABLE: &str = "activityparty";

/// The rows that follow from activities: each once more as a row of the table of all activities, and the members of
/// its party lists.
fn derived(tables: &dyn Tables, rows: &[Row]) -> Vec<Row> {
    let has = |name, source| tables.table(name).filter(|table| table.source == source);
    let (all, parties) =
        (has(ACTIVITY_TABLE, TableSource::Activities), has(PARTY_TABLE, TableSource::Parties));
    let mut derived = Vec::new();
    for row in rows {
        let Some(table) = tables.table(row.table.as_str()).filter(|table| table.is_activity) else {
            continue;
        };
        let mut add = |name: &str, id, columns| {
            derived.push(Row { table: TableName::new(name), id, version: row.version, columns });
        };
        if let Some(all) = all {
            let shared = all.columns.iter().filter(|column| column.name != all.primary_id);
            let columns =
                shared.map(|column| (column.name.clone(), row.columns.get(column.name.as_str()).clone()));
            let kind = Value::Text(table.name.to_string());
            add(ACTIVITY_TABLE, row.id, columns.collect::<Columns>().with("activitytypecode", kind));
        }
        if parties.is_some() {
            for (id, columns) in model::party_rows(table, row.id, &row.columns) {
                add(PARTY_TABLE, id, columns);
            }
        }
    }
    derived
}

struct World<'a> {
    tables: &'a dyn Tables,
    /// By id.
    rows: Vec<&'a Row>,
}

/// The linked rows beside a root row, by alias; none for an outer link without a partner.
type Partners<'a> = Vec<(&'a str, Option<&'a Row>)>;

struct Joined<'a> {
    root: &'a Row,
    partners: Partners<'a>,
}

impl Joined<'_> {
    fn row(&self, link: Option<&str>) -> Option<&Row> {
        match link {
            None => Some(self.root),
            Some(alias) => self.partners.iter().find(|(name, _)| *name == alias).and_then(|(_, row)| *row),
        }
    }
}

struct JoinedCells<'w, 'a> {
    world: &'w World<'a>,
    joined: &'w Joined<'a>,
}

impl Cells for JoinedCells<'_, '_> {
    fn value(&self, link: Option<&str>, column: &ColumnName) -> Cow<'_, Value> {
        Cow::Owned(self.world.value(self.joined.row(link), column))
    }

    fn linked(&self, link: &BoundLink) -> bool {
        self.world.holds(link, self.joined.root)
    }

    fn stands(&self, test: &HierarchyTest, row: RowId) -> bool {
        self.world.stands(test, row)
    }
}

impl<'a> World<'a> {
    /// The value of a column; references are named after the row they lead to, where that row is known.
    fn value(&self, row: Option<&Row>, column: &ColumnName) -> Value {
        let Some(row) = row else { return Value::Null };
        let table = self.tables.table(row.table.as_str());
        if table.is_some_and(|table| table.primary_id == *column) {
            return Value::Id(row.id);
        }
        let mut value = row.columns.get(column.as_str()).clone();
        match &mut value {
            Value::Reference(reference) => self.name(reference),
            Value::Parties(parties) => {
                parties
                    .iter_mut()
                    .filter_map(|party| party.party.as_mut())
                    .for_each(|party| self.name(party));
            }
            _ => {}
        }
        value
    }

    /// The name of the row referred to, where that row is known.
    fn name(&self, reference: &mut Reference) {
        let target = self.rows.iter().find(|row| row.id == reference.id && row.table == reference.table);
        if let Some(target) = target
            && let Some(table) = self.tables.table(target.table.as_str())
        {
            reference.name = target.columns.get(table.primary_name.as_str()).as_text().map(str::to_owned);
        }
    }

    /// What an output column holds: the value, or the number of the row's children.
    fn output(&self, row: Option<&Row>, output: &OutputColumn) -> Value {
        let (Some(row), Some(parent)) = (row, &output.children) else {
            return self.value(row, &output.column);
        };
        let is_child = |other: &&&Row| {
            let holds = |reference: &model::Reference| reference.id == row.id;
            other.table == row.table && other.columns.get(parent.as_str()).as_reference().is_some_and(holds)
        };
        Value::Integer(i64::try_from(self.rows.iter().filter(is_child).count()).unwrap_or(i64::MAX))
    }

    fn parent(&self, test: &HierarchyTest, row: RowId) -> Option<RowId> {
        let row = self.rows.iter().find(|found| found.id == row && found.table == test.table)?;
        row.columns.get(test.parent.as_str()).as_reference().map(|reference| reference.id)
    }

    /// Walks up from the lower of the two rows until the upper one, the top or a circle is reached.
    fn stands(&self, test: &HierarchyTest, row: RowId) -> bool {
        if row == test.of {
            return test.includes_self;
        }
        let (lower, upper) = match test.direction {
            Direction::Under => (row, test.of),
            Direction::Above => (test.of, row),
        };
        let mut seen = vec![lower];
        let mut at = lower;
        while let Some(parent) = self.parent(test, at) {
            if parent == upper {
                return true;
            }
            if seen.contains(&parent) {
                return false;
            }
            seen.push(parent);
            at = parent;
        }
        false
    }

    fn joined<'p: 'a>(&self, plan: &'p BoundPlan) -> Vec<Joined<'a>> {
        let mut all = Vec::new();
        for root in self.rows.iter().filter(|row| row.table == plan.table) {
            for partners in self.join_all(&plan.links, root) {
                let joined = Joined { root, partners };
                let cells = JoinedCells { world: self, joined: &joined };
                if plan.filter.as_ref().is_none_or(|filter| filter.selects(&cells)) {
                    all.push(joined);
                }
            }
        }
        all
    }

    /// Every combination of partners of a row.
    fn join_all<'p: 'a>(&self, links: &'p [BoundLink], outer: &'a Row) -> Vec<Partners<'a>> {
        let mut combinations = vec![Vec::new()];
        for link in links {
            let mut choices = match link.kind {
                LinkKind::Inner | LinkKind::Outer | LinkKind::First => self.partners(link, outer),
                _ if self.holds(link, outer) => vec![Vec::new()],
                _ => Vec::new(),
            };
            match link.kind {
                LinkKind::Outer if choices.is_empty() => choices.push(absent(link)),
                LinkKind::First => choices.truncate(1),
                _ => {}
            }
            combinations = combinations
                .iter()
                .flat_map(|left| choices.iter().map(|right| [left.as_slice(), right.as_slice()].concat()))
                .collect();
        }
        combinations
    }

    /// The partners of a row through one link, with their own partners.
    fn partners<'p: 'a>(&self, link: &'p BoundLink, outer: &'a Row) -> Vec<Partners<'a>> {
        let mut found = Vec::new();
        for row in self.rows.iter().filter(|row| self.meets(link, row, outer)) {
            let joined = Joined { root: row, partners: Vec::new() };
            let cells = JoinedCells { world: self, joined: &joined };
            if link.filter.as_ref().is_none_or(|filter| filter.selects(&cells)) {
                for partners in self.join_all(&link.links, row) {
                    found.push([&[(link.alias.as_str(), Some(*row))], partners.as_slice()].concat());
                }
            }
        }
        found
    }

    fn meets(&self, link: &BoundLink, row: &Row, outer: &Row) -> bool {
        row.table == link.table
            && compare_present(&self.value(Some(row), &link.from), &self.value(Some(outer), &link.to))
                == Some(Ordering::Equal)
    }

    /// Whether a link that only asks for existence holds.
    fn holds(&self, link: &BoundLink, outer: &Row) -> bool {
        // A world as short-lived as the borrow of the link.
        let world = World { tables: self.tables, rows: self.rows.clone() };
        let has_partner = !world.partners(link, outer).is_empty();
        match link.kind {
            LinkKind::NotAny => !has_partner,
            LinkKind::All => !has_partner && self.rows.iter().any(|row| self.meets(link, row, outer)),
            _ => has_partner,
        }
    }

    fn list(&self, plan: &BoundPlan, columns: &[OutputColumn], mut joined: Vec<Joined<'_>>) -> Answer {
        joined.sort_by(|a, b| {
            let by = plan.orders.iter().map(|order| {
                let value =
                    |joined: &Joined<'_>| self.value(joined.row(order.link.as_deref()), &order.column);
                order.compare(&value(a), &value(b))
            });
            by.fold(Ordering::Equal, Ordering::then).then(a.root.id.cmp(&b.root.id))
        });
        let outputs = plan.outputs(columns);
        let rows = joined.iter().map(|joined| AnswerRow {
            id: Some(joined.root.id),
            version: joined.root.version,
            values: outputs.iter().map(|(link, output, _)| self.output(joined.row(*link), output)).collect(),
        });
        let mut rows: Vec<_> = rows.collect();
        if plan.distinct {
            keep_different(&mut rows);
        }
        slice(plan, outputs.into_iter().map(|(_, _, name)| name).collect(), rows)
    }

    fn aggregate(&self, plan: &BoundPlan, aggregate: &Aggregate, joined: &[Joined<'_>]) -> Answer {
        let mut groups: Vec<(Vec<Value>, Vec<&Joined<'_>>)> = Vec::new();
        if aggregate.groups.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        for joined in joined {
            let key: Vec<_> = aggregate
                .groups
                .iter()
                .map(|by| plan.group_value(by, &self.value(joined.row(by.link.as_deref()), &by.column)))
                .collect();
            match groups.iter_mut().find(|(known, _)| known.iter().zip(&key).all(|(a, b)| same_group(a, b))) {
                Some((known, members)) => {
                    known.iter_mut().zip(key).for_each(|(known, new)| keep_smallest(known, new));
                    members.push(joined);
                }
                None => groups.push((key, vec![joined])),
            }
        }
        let rows = groups.into_iter().map(|(mut values, members)| {
            for measure in &aggregate.measures {
                let mut accumulator = Accumulator::new(measure.function);
                for joined in &members {
                    accumulator.add(&self.value(joined.row(measure.link.as_deref()), &measure.column));
                }
                values.push(accumulator.finish());
            }
            AnswerRow { id: None, version: None, values }
        });
        let names = aggregate.groups.iter().map(|group| &group.alias);
        let names: Vec<_> = names.chain(aggregate.measures.iter().map(|one| &one.alias)).cloned().collect();
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|a, b| {
            let by = plan.orders.iter().map(|order| {
                let index = names.iter().position(|name| order.column == *name.as_str()).unwrap_or_default();
                match (a.values.get(index), b.values.get(index)) {
                    (Some(a), Some(b)) => order.compare(a, b),
                    _ => Ordering::Equal,
                }
            });
            by.fold(Ordering::Equal, Ordering::then)
        });
        slice(plan, names, rows)
    }
}

/// An outer link without a partner: its alias and all below it lead to no row.
fn absent(link: &BoundLink) -> Partners<'_> {
    let mut partners = vec![(link.alias.as_str(), None)];
    partners.extend(link.links.iter().filter(|inner| inner.kind.has_rows()).flat_map(absent));
    partners
}

fn same_group(a: &Value, b: &Value) -> bool {
    (a.is_null() && b.is_null()) || compare_present(a, b) == Some(Ordering::Equal)
}

fn keep_smallest(known: &mut Value, new: Value) {
    if let (Value::Text(known), Value::Text(new)) = (known, new)
        && new < *known
    {
        *known = new;
    }
}

fn keep_different(rows: &mut Vec<AnswerRow>) {
    let mut kept: Vec<AnswerRow> = Vec::new();
    for row in rows.drain(..) {
        let equal = |a: &Value, b: &Value| match (a, b) {
            (Value::Text(a), Value::Text(b)) => fold(a) == fold(b),
            (a, b) => a.is_same(b),
        };
        let same = |known: &AnswerRow| known.values.iter().zip(&row.values).all(|(a, b)| equal(a, b));
        if !kept.iter().any(same) {
            kept.push(row);
        }
    }
    *rows = kept;
}

fn slice(plan: &BoundPlan, names: Vec<String>, rows: Vec<AnswerRow>) -> Answer {
    let count = rows.len();
    let offset = usize::try_from(plan.page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(plan.page.limit).unwrap_or(usize::MAX);
    let total = plan.wants_total.then_some(count as u64);
    Answer {
        names,
        rows: rows.into_iter().skip(offset).take(limit).collect(),
        total,
        more: plan.page.more(count > offset.saturating_add(limit)),
    }
}
