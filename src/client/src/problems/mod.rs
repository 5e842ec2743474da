//! `Request::DefinitionProblems`: what could not be used of the org's definitions, for an administrator.
//!
//! Every definition is read anew, and what one names of another is looked up. Nobody waits for this but the screen
//! that asks.

mod check;
mod words;

use crate::definitions::Definitions;
use crate::message::{DefinitionProblems, Failure, FailureKind, Reply, ToldProblem};
use crate::session::Session;
use check::Check;
use model::{ComponentKind, Label, Problem, TableName};

/// The security role whose users see the problems.
const ADMINISTRATOR: &str = "System Administrator";

impl Session {
    pub(crate) fn problems(&self) -> Result<Reply, Failure> {
        let definitions = self.device()?.definitions()?;
        if !definitions.profile.roles.iter().any(|role| role == ADMINISTRATOR) {
            let message = "only a System Administrator sees the problems of definitions";
            return Err(Failure::new(FailureKind::NotAllowed, message));
        }
        let caller = definitions.caller(self.parts.clock.now());
        let metadata = definitions.everything();
        let check = Check { metadata: &metadata, caller };
        let mut list = List { definitions: &definitions, found: Vec::new() };
        list.tables(&check);
        list.rest(&check);
        Ok(Reply::DefinitionProblems(list.found))
    }
}

struct List<'d> {
    definitions: &'d Definitions,
    found: Vec<DefinitionProblems>,
}

impl List<'_> {
    /// Forms, views, charts and commands.
    fn tables(&mut self, check: &Check<'_>) {
        let metadata = check.metadata;
        for record in &metadata.forms {
            let key = record.id.to_string();
            self.add(ComponentKind::Form, key, &record.name, Some(&record.table), check.form(record));
        }
        for record in &metadata.views {
            let key = record.id.to_string();
            self.add(ComponentKind::View, key, &record.name, Some(&record.table), check.view(record));
        }
        for record in &metadata.charts {
            let key = record.id.to_string();
            self.add(ComponentKind::Chart, key, &record.name, Some(&record.table), check.chart(record));
        }
        for record in &metadata.command_sets {
            let key = record.name.clone();
            let problems = model::parse_command_set(record).1;
            self.add(ComponentKind::CommandSet, key, &Label::default(), record.table.as_ref(), problems);
        }
    }

    /// Dashboards, process flows and apps.
    fn rest(&mut self, check: &Check<'_>) {
        let metadata = check.metadata;
        for record in &metadata.dashboards {
            let key = record.id.to_string();
            self.add(ComponentKind::Dashboard, key, &record.name, None, check.dashboard(record));
        }
        for record in &metadata.processes {
            let key = record.id.to_string();
            self.add(ComponentKind::Process, key, &record.name, Some(&record.table), check.process(record));
        }
        for record in &metadata.apps {
            let key = record.name.to_string();
            self.add(ComponentKind::App, key, &record.label, None, check.app(record));
        }
    }

    fn add(
        &mut self,
        kind: ComponentKind,
        key: String,
        name: &Label,
        table: Option<&TableName>,
        problems: Vec<Problem>,
    ) {
        if problems.is_empty() {
            return;
        }
        let language = self.definitions.language();
        let told = problems.into_iter().map(|problem| ToldProblem {
            what: words::say(&problem.what, language),
            place: problem.place,
            instead: words::say(&problem.instead, language),
        });
        self.found.push(DefinitionProblems {
            kind,
            name: Some(name.text(language)).filter(|name| !name.is_empty()).unwrap_or(&key).to_owned(),
            table: table.map(|table| self.definitions.table_label(table)),
            key,
            problems: told.collect(),
        });
    }
}
