//! An entry of the outbox in words: what the user did, where it stands, what it writes.

use crate::format::formats;
use crate::locale::{fill, is_one, text, text_of};
use client::message::{EntryView, SyncPhase};
use model::{EntryId, EntryState, JournalEntry, ParkReason};

/// What the user did.
pub fn deed(view: &EntryView) -> String {
    let EntryView { entry, table_label: table, owner, columns, .. } = view;
    let command = entry.command.name.as_str();
    let subject = entry.command.subject.as_str();
    let name = if subject.is_empty() { text("value.unnamed") } else { subject };
    let put = |pattern: &str| pattern.replace("{table}", table).replace("{name}", name);
    match (command, owner) {
        ("assign", Some(owner)) => {
            return put(text("outbox.assigned-to")).replace("{owner}", owner);
        }
        ("save" | "save-close", _) if !columns.is_empty() => {
            let count = u32::try_from(columns.len()).unwrap_or(u32::MAX);
            if let ([only], true) = (columns.as_slice(), is_one(count)) {
                return put(text("outbox.changed-one")).replace("{column}", &only.label);
            }
            return put(text("outbox.changed")).replace("{count}", &formats().integer(i64::from(count)));
        }
        _ => {}
    }
    match text_of("outbox.did", command) {
        Some(pattern) => put(pattern),
        None => {
            let known = text_of("command", command).unwrap_or(command);
            put(text("outbox.did-other")).replace("{command}", known)
        }
    }
}

/// The value of `data-entry-state`.
pub fn state_name(entry: &JournalEntry, phase: &SyncPhase) -> &'static str {
    match &entry.state {
        EntryState::Waiting if entry.was_sent && *phase == SyncPhase::Pushing => "sending",
        EntryState::Waiting if entry.was_sent => "sent",
        EntryState::Waiting => "waiting",
        EntryState::Accepted => "accepted",
        EntryState::Parked(ParkReason::Conflict { .. }) => "conflict",
        EntryState::Parked(ParkReason::Refused { .. }) => "refused",
        EntryState::Parked(ParkReason::Removed(_)) => "removed",
        EntryState::Parked(ParkReason::OutOfReach { .. }) => "out-of-reach",
        EntryState::Parked(ParkReason::DependsOn(_)) => "depends",
    }
}

/// Where the entry stands; `other` gives the words of another entry.
pub fn state_words(
    entry: &JournalEntry,
    phase: &SyncPhase,
    other: impl Fn(EntryId) -> Option<String>,
) -> String {
    match &entry.state {
        EntryState::Waiting if entry.was_sent && *phase == SyncPhase::Pushing => {
            text("outbox.sending").to_owned()
        }
        EntryState::Waiting if entry.was_sent => text("outbox.sent").to_owned(),
        EntryState::Waiting => text("outbox.waiting").to_owned(),
        EntryState::Accepted => text("outbox.accepted").to_owned(),
        EntryState::Parked(ParkReason::Conflict { deleted: true, .. }) => text("outbox.deleted").to_owned(),
        EntryState::Parked(ParkReason::Conflict { theirs, .. }) if theirs.is_empty() => {
            text("outbox.deleted-by-me").to_owned()
        }
        EntryState::Parked(ParkReason::Conflict { .. }) => text("outbox.conflict").to_owned(),
        EntryState::Parked(ParkReason::Refused { message, status, .. }) if message.trim().is_empty() => {
            let status_text = status.to_string();
            let values = [("status", status_text.as_str())];
            match status {
                413 | 414 | 431 => fill("outbox.refused-large", &values),
                500.. => fill("outbox.refused-failed", &values),
                400..=499 => fill("outbox.refused-on-the-way", &values),
                _ => fill("outbox.refused-silently", &values),
            }
        }
        EntryState::Parked(ParkReason::Refused { message, .. }) => {
            fill("outbox.refused", &[("message", message.trim())])
        }
        EntryState::Parked(ParkReason::Removed(parts)) => {
            let names: Vec<&str> = parts.iter().map(|part| part.label.as_str()).collect();
            fill("outbox.removed", &[("names", &names.join(", "))])
        }
        EntryState::Parked(ParkReason::OutOfReach { .. }) => text("outbox.out-of-reach").to_owned(),
        EntryState::Parked(ParkReason::DependsOn(id)) => match other(*id) {
            Some(words) => fill("outbox.depends-on", &[("change", &words)]),
            None => text("outbox.depends").to_owned(),
        },
    }
}

/// True when the entry can be taken back: nothing of it may have reached the server, or what has is not sent again.
pub const fn can_discard(entry: &JournalEntry) -> bool {
    match entry.state {
        EntryState::Accepted => false,
        EntryState::Parked(ParkReason::Removed(_) | ParkReason::Refused { .. }) => true,
        EntryState::Waiting | EntryState::Parked(_) => !entry.was_sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::set_language;
    use client::message::ChangedColumn;
    use model::{ChangeSet, Columns, Command, Language, RowId, Timestamp, Value};

    fn view(command: &str, columns: &[&str], owner: Option<&str>) -> EntryView {
        let column = |label: &&str| ChangedColumn {
            column: (*label).into(),
            label: (*label).to_owned(),
            before: Value::Null,
            after: Value::Boolean(true),
        };
        EntryView {
            entry: JournalEntry {
                id: EntryId::from_u128(1),
                sequence: 1,
                command: Command {
                    name: command.into(),
                    table: "opportunity".into(),
                    id: RowId::from_u128(1),
                    subject: "Chairs".to_owned(),
                    parameters: Columns::new(),
                },
                changes: ChangeSet::default(),
                made_at: Timestamp::from_milliseconds(0),
                state: EntryState::Waiting,
                was_sent: false,
                sent_with: None,
                versions: Vec::new(),
            },
            table_label: "Opportunity".to_owned(),
            owner: owner.map(str::to_owned),
            columns: columns.iter().map(column).collect(),
            has_row: true,
            version: None,
            can_go_earlier: false,
            can_go_later: false,
            conflicts: Vec::new(),
        }
    }

    #[test]
    fn every_deed_has_words_in_every_language() {
        for (language, expected) in [
            (
                Language::English,
                [
                    "Created Opportunity “Chairs”",
                    "Changed Phone of Opportunity “Chairs”",
                    "Changed 3 fields of Opportunity “Chairs”",
                    "Closed Opportunity “Chairs” as won",
                    "Assigned Opportunity “Chairs” to Ada",
                    "dance: Opportunity “Chairs”",
                ],
            ),
            (
                Language::French,
                [
                    "Opportunity « Chairs » : création",
                    "Opportunity « Chairs » : modification du champ Phone",
                    "Opportunity « Chairs » : 3 champs modifiés",
                    "Opportunity « Chairs » : clôture comme conclue",
                    "Opportunity « Chairs » : attribution à Ada",
                    "dance : Opportunity « Chairs »",
                ],
            ),
            (
                Language::German,
                [
                    "Opportunity „Chairs“ angelegt",
                    "Phone von Opportunity „Chairs“ geändert",
                    "3 Felder von Opportunity „Chairs“ geändert",
                    "Opportunity „Chairs“ als gewonnen abgeschlossen",
                    "Opportunity „Chairs“ an Ada zugewiesen",
                    "dance: Opportunity „Chairs“",
                ],
            ),
        ] {
            set_language(language);
            let found = [
                deed(&view("create", &["Name"], None)),
                deed(&view("save", &["Phone"], None)),
                deed(&view("save-close", &["Phone", "City", "Name"], None)),
                deed(&view("close-as-won", &[], None)),
                deed(&view("assign", &["Owner"], Some("Ada"))),
                deed(&view("dance", &[], None)),
            ];
            assert_eq!(found.map(|words| words.replace('\u{a0}', " ")), expected.map(str::to_owned));
        }
        set_language(Language::English);
    }

    #[test]
    fn a_refusal_without_words_is_told_by_what_its_status_means() {
        let mut entry = view("save", &[], None).entry;
        for language in [Language::English, Language::French, Language::German] {
            set_language(language);
            let words = [413, 403, 500, 0].map(|status| {
                let reason = ParkReason::Refused { status, code: String::new(), message: String::new() };
                entry.state = EntryState::Parked(reason);
                state_words(&entry, &SyncPhase::Idle, |_| None)
            });
            assert!(words[1].contains("403") && words[2].contains("500"), "{words:?}");
            let mut different = words.to_vec();
            different.dedup();
            assert_eq!(different.len(), 4, "{words:?}");
        }
        set_language(Language::English);
    }

    #[test]
    fn the_state_never_says_more_than_is_known() {
        let mut entry = view("save", &[], None).entry;
        let depends = EntryState::Parked(ParkReason::DependsOn(EntryId::from_u128(9)));
        let refused =
            ParkReason::Refused { status: 400, code: String::new(), message: "Too long.".to_owned() };
        let refused = EntryState::Parked(refused);
        let gone = ParkReason::Conflict {
            table: "opportunity".into(),
            id: RowId::from_u128(1),
            theirs: Columns::new(),
            deleted: true,
        };
        for (state, was_sent, phase, name, words, discardable) in [
            (EntryState::Waiting, false, SyncPhase::Pushing, "waiting", text("outbox.waiting"), true),
            (EntryState::Waiting, true, SyncPhase::Pushing, "sending", text("outbox.sending"), false),
            (EntryState::Waiting, true, SyncPhase::Offline, "sent", text("outbox.sent"), false),
            (EntryState::Accepted, true, SyncPhase::Idle, "accepted", text("outbox.accepted"), false),
            (refused, false, SyncPhase::Idle, "refused", "the server refused it: “Too long.”", true),
            (depends, false, SyncPhase::Idle, "depends", "waits for: something", true),
            (EntryState::Parked(gone), false, SyncPhase::Idle, "conflict", text("outbox.deleted"), true),
        ] {
            (entry.state, entry.was_sent) = (state, was_sent);
            assert_eq!(state_name(&entry, &phase), name);
            assert_eq!(state_words(&entry, &phase, |_| Some("something".to_owned())), words);
            assert_eq!(can_discard(&entry), discardable, "{name}");
        }
    }
}
