//! What salespeople write down about customers and projects.

use super::build::Build;
use super::world::{Stream, World};
use model::Row;

impl World {
    pub(super) fn note_row(&self, index: usize) -> Row {
        let mut draw = self.facts(Stream::Note, index);
        let subject = self.subject(&mut draw);
        let days_back = draw.between(1, 20).max(draw.between(-200, self.counts.history_days));
        let written = self.past(self.today.plus_days(-days_back).max(subject.since));
        let at = self.at_work(&mut draw, subject.rep, written);
        let note = self.phrase(&mut draw, subject.language, "note", &subject.fill());
        let (title, text) = note.split_once('|').unwrap_or((&note, ""));
        let build = self
            .owned(Build::new(), subject.rep, [at, at])
            .text("subject", title)
            .text("notetext", text)
            .text("objecttypecode", subject.regarding.table.as_str())
            .reference("objectid", subject.regarding.clone())
            .flag("isdocument", false);
        self.row(Stream::Note, index, build)
    }
}
