//! Whether it came out as it must: all the same, nothing lost, nothing twice, nothing written over what its writer had not seen.

use super::History;
use crate::testing::server::{Right, Server};
use crate::testing::stock::{STAGE, TEXTS};
use crate::testing::work::text;
use model::{Row, Value};
use std::collections::{BTreeMap, BTreeSet};

impl History {
    /// Every device holds what its user may see of what the server holds.
    pub(super) fn is_the_same_everywhere(&self) -> Result<(), String> {
        let server = self.server.borrow();
        for (place, device) in self.devices.iter().enumerate() {
            let sees = |row: &Row| server.right(device.network.user, row) != Right::Nothing;
            let expected: Vec<_> = server
                .rows
                .iter()
                .filter(|((table, _), row)| device.fetches(table.as_str()) && sees(row))
                .collect();
            let count: u64 = device.lead.store.counts().iter().map(|(_, rows)| rows).sum();
            if count != expected.len() as u64 {
                return Err(format!("device {place} has {count} rows, and not {}", expected.len()));
            }
            for (key, expected) in expected {
                let found = device.row(key).ok_or_else(|| format!("device {place} lacks {key:?}"))?;
                let is_other =
                    |name: &str| !crate::is_same(found.columns.get(name), expected.columns.get(name));
                let columns = TEXTS.into_iter().chain(["attendees", "accountid", "ownerid", STAGE]);
                if let Some(name) = columns.into_iter().find(|name| is_other(name)) {
                    let (found, expected) = (found.columns.get(name), expected.columns.get(name));
                    return Err(format!("device {place}, {key:?}, {name}: {found:?} and not {expected:?}"));
                }
            }
        }
        Ok(())
    }

    /// Nothing lost, nothing twice, nothing written over what its writer had not seen.
    pub fn check(&self) -> Result<(), String> {
        let server = self.server.borrow();
        let times = self.check_written(&server)?;
        let mut done: BTreeSet<&String> = times.keys().chain(&self.given_up).collect();
        loop {
            // What was written over, or decided to be.
            let seen = self.seen.iter().filter(|(text, _)| done.contains(text)).map(|(_, seen)| seen);
            let decided = self.decided.iter().filter(|(mine, _)| done.contains(mine)).map(|(_, it)| it);
            let more: Vec<&String> = seen.chain(decided).collect();
            let before = done.len();
            done.extend(more);
            if done.len() == before {
                break;
            }
        }
        if let Some(lost) = self.seen.keys().find(|text| !done.contains(text)) {
            return Err(format!("{lost} is lost"));
        }
        self.check_deleted(&server)?;
        self.check_meetings(&server)
    }

    /// How often each text of a device was written.
    fn check_written(&self, server: &Server) -> Result<BTreeMap<String, usize>, String> {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for written in &server.written {
            let (old, new) = (text(&written.old), text(&written.new));
            if !self.seen.contains_key(&new) || old == new {
                continue;
            }
            *times.entry(new.clone()).or_default() += 1;
            if !self.has_seen(&new, &old) {
                return Err(format!("{new} was written over {old}, which its writer had not seen"));
            }
        }
        for (text, count) in &times {
            let chain = std::iter::successors(Some(text), |text| self.seen.get(*text));
            let decisions = |mine: &String| self.decided.iter().filter(|(it, _)| it == mine).count();
            // A new row whose answer was lost, and which others deleted: a server that keeps no answers makes it again.
            let again = usize::from(!server.keeps_answers && self.texts_made.contains(text));
            let allowed = 1 + again + chain.map(decisions).sum::<usize>();
            if *count > allowed {
                return Err(format!("{text} was written {count} times"));
            }
        }
        Ok(times)
    }

    /// Whoever wrote a text had seen the old one, there or on the way there, or decided about it.
    fn has_seen(&self, new: &str, old: &str) -> bool {
        let (mut known, mut open) = (BTreeSet::new(), vec![new]);
        while let Some(text) = open.pop() {
            if text == old || old.is_empty() {
                return true;
            }
            if known.insert(text) {
                open.extend(self.seen.get(text).map(String::as_str));
                let from = (text.to_owned(), String::new());
                let decided = self.decided.range(from..).take_while(|(mine, _)| mine == text);
                open.extend(decided.map(|(_, theirs)| theirs.as_str()));
            }
        }
        false
    }

    /// What was deleted had been seen as it was, and what was to be deleted is.
    fn check_deleted(&self, server: &Server) -> Result<(), String> {
        for row in &server.deleted {
            let of_row = |other: &&Row| (&other.table, other.id) == (&row.table, row.id);
            let shown = self.deletions.iter().map(|(_, _, row)| row).chain(&self.condemned).filter(of_row);
            let knows = |shown: &Row| {
                TEXTS.into_iter().all(|column| {
                    let (old, seen) = (text(row.columns.get(column)), text(shown.columns.get(column)));
                    old == seen || self.has_seen(&seen, &old)
                })
            };
            if !shown.into_iter().any(knows) {
                return Err(format!("{row:?} was deleted, and nobody had seen it like that"));
            }
        }
        for (entry, user, row) in &self.deletions {
            let key = (row.table.clone(), row.id);
            // Out of the user's sight it was gone for them.
            let was_out_of_sight = server.sight.contains_key(&(*user, key.clone()));
            if server.rows.contains_key(&key) && !self.undone.contains(entry) && !was_out_of_sight {
                return Err(format!("{key:?} was deleted by {entry:?}, and is still there"));
            }
        }
        Ok(())
    }

    fn check_meetings(&self, server: &Server) -> Result<(), String> {
        for (member, (entry, meeting)) in &self.added {
            let row = &server.rows[&("meeting".into(), *meeting)];
            let members = match row.columns.get("attendees") {
                Value::Parties(members) => members.as_slice(),
                _ => &[],
            };
            let count = members
                .iter()
                .filter(|party| party.party.as_ref().is_some_and(|it| it.id == *member))
                .count();
            let sent_away = self.sent_away.get(member);
            if self.undone.contains(entry) || sent_away.is_some_and(|entry| self.undone.contains(entry)) {
                // A later list may name them all the same; never twice.
                if count > 1 {
                    return Err(format!("{member} is {count} times in a meeting"));
                }
                continue;
            }
            let expected = usize::from(sent_away.is_none());
            if count != expected {
                return Err(format!("{member} is {count} times in a meeting, and not {expected} times"));
            }
        }
        Ok(())
    }
}
