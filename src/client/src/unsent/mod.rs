//! Work that the server does not have yet, and its way into a file and back: `Request::Unsent`, `Export`, `ReadImport`, `Import`.

mod check;
mod file;

use crate::definitions::Definitions;
use crate::device::Device;
use crate::message::{Failure, ImportLine, ImportProblem, ImportVerdict, ImportView, Reply, Unsent};
use crate::offline::entry_view;
use crate::session::Session;
use check::{Check, verdicts};
use file::UnsentFile;
use model::{EntryState, JournalEntry, ParkReason};
use std::collections::BTreeSet;

impl Device {
    /// How much would be lost with the data of this device.
    pub(crate) async fn unsent(&self) -> Result<Unsent, Failure> {
        let (journal, unreadable) = (self.store.journal(), self.store.set_aside().len());
        let needs_user = |entry: &&JournalEntry| matches!(&entry.state, EntryState::Parked(reason) if !matches!(reason, ParkReason::DependsOn(_)));
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(Unsent {
            changes: count(journal.len() + unreadable),
            parked: count(journal.iter().filter(needs_user).count() + unreadable),
            drafts: count(self.store.list_meta(crate::drafts::PREFIX).await?.len()),
        })
    }
}

impl Session {
    pub(crate) async fn unsent(&self) -> Result<Reply, Failure> {
        Ok(Reply::Unsent(self.device()?.unsent().await?))
    }

    pub(crate) fn export(&self) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let (now, store) = (self.parts.clock.now(), &device.store);
        let file = UnsentFile::new(&definitions.profile, now, store.journal(), store.set_aside());
        Ok(Reply::Exported(file.write()?))
    }

    pub(crate) async fn read_import(&self, text: &str) -> Result<Reply, Failure> {
        let device = self.device()?;
        let definitions = device.definitions()?;
        let found = read(text, &device, &definitions).await?;
        Ok(Reply::Import(found.map(|(_, view)| view)))
    }

    /// Lets a change go that cannot be read: the user has it in a file, or does not want it.
    pub(crate) async fn drop_unreadable(&self, key: &[u8]) -> Result<Reply, Failure> {
        let device = self.device()?;
        device.store.drop_set_aside(key).await?;
        device.reporter.tell();
        Ok(Reply::Done(Vec::new()))
    }

    pub(crate) async fn import(&self, text: &str) -> Result<Reply, Failure> {
        let _one_at_a_time = self.executing.lock().await;
        let device = self.device()?;
        let definitions = device.definitions()?;
        let (entries, view) = match read(text, &device, &definitions).await? {
            Ok(found) => found,
            Err(problem) => return Ok(Reply::Import(Err(problem))),
        };
        let is_ready = |line: &ImportLine| line.verdict == ImportVerdict::Ready;
        let ready: BTreeSet<_> =
            view.lines.iter().filter(|line| is_ready(line)).map(|line| line.view.entry.id).collect();
        let entries: Vec<JournalEntry> =
            entries.into_iter().filter(|entry| ready.contains(&entry.id)).map(file::taken_in).collect();
        if !entries.is_empty() {
            let tables = entries.iter().flat_map(|entry| entry.changes.iter()).map(|it| it.table().clone());
            let tables = tables.collect();
            // One transaction: all of them or none.
            device.store.append(entries).await?;
            device.reporter.rows_changed(&device.store.with_derived(tables));
            device.reporter.tell();
            device.schedule.is_wanted.set(true);
            self.wake_driver();
        }
        Ok(Reply::Import(Ok(view)))
    }
}

/// The entries of a file with what becomes of each.
async fn read(
    text: &str,
    device: &Device,
    definitions: &Definitions,
) -> Result<Result<(Vec<JournalEntry>, ImportView), ImportProblem>, Failure> {
    let file = match UnsentFile::read(text, &definitions.profile) {
        Ok(file) => file,
        Err(problem) => return Ok(Err(problem)),
    };
    if !device.is_synced() {
        return Ok(Err(ImportProblem::NotSynced));
    }
    let here: BTreeSet<_> = device.store.journal().iter().map(|entry| entry.id).collect();
    let mut done = BTreeSet::new();
    for entry in file.entries.iter().filter(|entry| !here.contains(&entry.id)) {
        if device.store.was_appended(entry.id).await? {
            done.insert(entry.id);
        }
    }
    let found = verdicts(&file.entries, &Check { definitions, here: &here, done: &done });
    let mut lines = Vec::with_capacity(found.len());
    for (entry, verdict) in file.entries.iter().zip(found) {
        let view = entry_view(entry.clone(), device, definitions).await?;
        lines.push(ImportLine { view, verdict });
    }
    let unreadable = u32::try_from(file.unreadable.len()).unwrap_or(u32::MAX);
    Ok(Ok((file.entries, ImportView { made_at: file.made_at, lines, unreadable })))
}

#[cfg(test)]
mod tests;
