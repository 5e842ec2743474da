//! What people do: commands on devices, of one row or several, and work on the server itself.

use super::History;
use crate::testing::server::FORBIDDEN;
use crate::testing::stock::{STAGE, TEXTS};
use crate::testing::work::{Key, Meanwhile, text_of};
use model::{Columns, EntryId, Party, Reference, Row, RowId, Value};

/// A command.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Writes a text, perhaps one that the server will not take.
    Save(Key, &'static str, &'static str),
    /// Makes a line of an account.
    AddLine(Key),
    Delete(Key),
    /// Gives a row to another owner, of one of the four kinds.
    Assign(Key, u128),
    /// Changes the state of an account and with it some other rows.
    Close(Vec<Key>),
    /// Links two accounts, many to many.
    Link(Key, Key),
    /// Asks somebody to a meeting, and perhaps sends the one at this place away.
    Invite(Key, Option<u64>),
}

fn reference(to: &Key) -> Value {
    Value::Reference(Reference { table: to.0.clone(), id: to.1, name: None })
}

impl History {
    /// A command that somebody gives, of whose answer the tab may die.
    pub(super) fn work(&mut self, who: usize) {
        let (number, deed) = (self.number(), self.draw(who));
        let was_done = self.perform(who, number, &deed, false);
        if self.once_in(8) {
            let sleeps = self.once_in(2);
            self.devices[who].take_over(sleeps);
            self.repeat(who, number, &deed, was_done);
        }
    }

    /// The tab that asked has no answer; it asks the new leader again.
    pub(super) fn repeat(&mut self, who: usize, number: u128, deed: &Deed, was_done: bool) {
        let is_done_again = self.perform(who, number, deed, false);
        assert!(!(was_done && is_done_again), "{number} was done twice: {deed:?}");
        self.counts.repeated += usize::from(was_done);
    }

    pub(super) fn draw(&self, who: usize) -> Deed {
        let account = self.account();
        let column = self.choices.borrow_mut().of(&TEXTS);
        let made = |table: &str| {
            let rows: Vec<Key> =
                self.made.iter().filter(|(name, _)| name.as_str() == table).cloned().collect();
            (!rows.is_empty()).then(|| self.choices.borrow_mut().of(&rows))
        };
        let (line, link) = (made("line").filter(|_| self.devices[who].fetches("line")), made("link"));
        match (self.below(17), line, link) {
            (4 | 5, ..) if self.devices[who].fetches("line") => Deed::AddLine(account),
            (6 | 7, Some(line), _) => Deed::Save(line, column, ""),
            (8, Some(line), _) => Deed::Delete(line),
            (9, Some(line), _) if self.once_in(2) => Deed::Assign(line, u128::from(self.below(4))),
            (9, ..) => Deed::Assign(account, u128::from(self.below(4))),
            (10 | 11, line, _) => {
                let mut rows = vec![account];
                let other = self.account();
                rows.extend(line);
                rows.extend((!rows.contains(&other)).then_some(other));
                Deed::Close(rows)
            }
            (12, ..) => Deed::Link(account, self.account()),
            (13, _, Some(link)) => Deed::Delete(link),
            (14, ..) => {
                let meeting = ("meeting".into(), RowId::from_u128(u128::from(self.below(2) + 11)));
                Deed::Invite(meeting, self.once_in(3).then(|| self.below(100)))
            }
            (15, ..) if self.once_in(3) => Deed::Save(account, column, FORBIDDEN),
            _ => Deed::Save(account, column, ""),
        }
    }

    /// Carries a command out; true when it was acknowledged and had not been before.
    pub(super) fn perform(&mut self, who: usize, number: u128, deed: &Deed, is_overtaken: bool) -> bool {
        // What another tab has written meanwhile is looked at first.
        let done = self.plan_and_append(who, number, deed, is_overtaken);
        done.or_else(|| self.plan_and_append(who, number, deed, is_overtaken)).unwrap_or_default()
    }

    /// None when another tab has written meanwhile.
    fn plan_and_append(&mut self, who: usize, number: u128, deed: &Deed, is_overtaken: bool) -> Option<bool> {
        let device = &self.devices[who];
        let lead = device.overtaken.as_ref().filter(|_| is_overtaken).unwrap_or(&device.lead);
        let mut work = Meanwhile::new(&lead.store);
        let engine = &lead.engine;
        let mut made = None;
        let mut invited = None;
        let is_done = match deed {
            Deed::Save(key, column, end) => work.save(engine, key, column, number, end),
            Deed::AddLine(account) => {
                let columns = Columns::new()
                    .with("name", Value::Text(text_of(number)))
                    .with("accountid", reference(account));
                let key: Key = ("line".into(), RowId::from_u128(number));
                made = Some(key.clone());
                work.row(account).is_some() && work.create("create", &key, columns, number)
            }
            Deed::Link(one, other) => {
                let columns = Columns::new()
                    .with("name", Value::Text(text_of(number)))
                    .with("oneid", reference(one))
                    .with("otherid", reference(other));
                let key: Key = ("link".into(), RowId::from_u128(number));
                made = Some(key.clone());
                work.create("associate", &key, columns, number)
            }
            Deed::Delete(key) => work.delete(engine, key, number),
            Deed::Assign(key, kind) => {
                let owner: Key = ("systemuser".into(), RowId::from_u128(number * 4 + kind));
                let columns = Columns::new().with("ownerid", reference(&owner));
                let row = work.row(key);
                row.is_some_and(|row| work.write(engine, "assign", vec![(row, columns)], number))
            }
            Deed::Close(keys) => {
                let rows: Vec<Row> = keys.iter().filter_map(|key| work.row(key)).collect();
                let close = |(place, row): (usize, Row)| {
                    let columns =
                        Columns::new().with("city", Value::Text(format!("{} {place}", text_of(number))));
                    let stage = Value::Choice(i32::try_from(number).unwrap());
                    let columns = if place == 0 { Columns::new().with(STAGE, stage) } else { columns };
                    (row, columns)
                };
                let is_there = rows.first().is_some_and(|row| row.table.as_str() == "account");
                let rows = rows.into_iter().enumerate().map(close).collect();
                is_there && work.write(engine, "close", rows, number)
            }
            Deed::Invite(meeting, leaves) => {
                let row = work.row(meeting);
                invited = row.map(|row| invite(&mut work, engine, row, *leaves, number));
                invited.as_ref().is_some_and(|(is_done, _)| *is_done)
            }
        };
        if work.is_outdated {
            return None;
        }
        let user = device.network.user;
        if is_done {
            if let Deed::AddLine(_) | Deed::Link(..) = deed {
                self.texts_made.insert(text_of(number));
            }
            self.made.extend(made);
            if let (Deed::Invite(meeting, _), Some((_, left))) = (deed, invited) {
                self.added.insert(RowId::from_u128(number), (EntryId::from_u128(number), meeting.1));
                self.sent_away.extend(left.map(|member| (member, EntryId::from_u128(number))));
            }
        }
        self.note(who, || format!("{deed:?} as {number}, done: {is_done}, {:?}", work.edits));
        self.seen.extend(work.edits);
        self.deletions.extend(work.deleted.into_iter().map(|(entry, row)| (entry, user, row)));
        if is_done && !is_overtaken {
            self.amend(who);
        }
        Some(is_done)
    }

    /// Somebody writes on the server itself.
    pub(super) fn work_at_desk(&mut self) {
        let number = self.number();
        let mut server = self.server.borrow_mut();
        let keys: Vec<Key> = server.rows.keys().cloned().collect();
        let key = self.choices.borrow_mut().of(&keys);
        if matches!(key.0.as_str(), "line" | "link") && self.choices.borrow_mut().once_in(2) {
            server.delete(&key);
            return;
        }
        let mut row = server.rows[&key].clone();
        let column = self.choices.borrow_mut().of(&TEXTS);
        row.columns.set(column, Value::Text(format!("desk {number}")));
        server.put(row);
    }
}

/// Somebody is added to a meeting, perhaps somebody else removed: who.
fn invite(
    work: &mut Meanwhile,
    engine: &crate::Engine,
    row: Row,
    leaves: Option<u64>,
    number: u128,
) -> (bool, Option<RowId>) {
    let mut members = match row.columns.get("attendees") {
        Value::Parties(members) => members.clone(),
        _ => Vec::new(),
    };
    let left = leaves.filter(|_| !members.is_empty()).map(|place| {
        let place = usize::try_from(place).unwrap() % members.len();
        members.remove(place).party.unwrap().id
    });
    let party = Some(Reference { table: "account".into(), id: RowId::from_u128(number), name: None });
    members.push(Party { party, address: None, participation: 5 });
    let columns = Columns::new().with("attendees", Value::Parties(members));
    (work.write(engine, "save", vec![(row, columns)], number), left)
}
