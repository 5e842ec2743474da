//! A business process flow: the stages a row goes through from table to table, each with the steps asked for in it.

use crate::{ColumnName, ControlKind, Label, Language, ProcessId, StageId, TableName};
use serde::{Deserialize, Serialize};

/// A business process flow as it is kept (`workflow` of category 4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessRecord {
    /// `workflowid`
    pub id: ProcessId,
    /// `uniquename`: also the name of the table that holds its instances.
    pub unique_name: String,
    /// Its name.
    pub name: Label,
    /// `primaryentity`: the table of the first stage.
    pub table: TableName,
    /// `processorder`: of several processes for a row, the one with the smallest number is applied.
    #[serde(default)]
    pub order: i32,
    /// True while it is activated.
    #[serde(default = "yes")]
    pub active: bool,
    /// Names of the security roles that may use it; none means everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The stages: the XAML of a solution export, or the JSON of `workflow.clientdata`.
    pub definition: String,
}

const fn yes() -> bool {
    true
}

/// A business process flow, ready to be drawn and followed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// `workflowid`
    pub id: ProcessId,
    /// The name of the table that holds its instances.
    pub unique_name: String,
    /// Its name.
    pub name: Label,
    /// The table of the first stage.
    pub table: TableName,
    /// Of several processes for a row, the one with the smallest number is applied.
    pub order: i32,
    /// True while it is activated.
    pub active: bool,
    /// Names of the security roles that may use it; none means everybody.
    pub roles: Vec<String>,
    /// The stages in the order of the definition; the first is where an instance begins.
    pub stages: Vec<Stage>,
}

/// A stage of a process (`processstage`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// `processstageid`
    pub id: StageId,
    /// What people read.
    pub name: Label,
    /// What it is about.
    pub category: StageCategory,
    /// Whose row is open in this stage.
    pub table: TableName,
    /// How the row of this stage is found from the one of the stage before; none where the table stays the same.
    pub relationship: Option<StageRelationship>,
    /// What is asked for.
    pub steps: Vec<Step>,
    /// The stage that follows when no branch is taken; none for the last.
    pub next: Option<StageId>,
    /// Other ways on: the first whose test holds is taken.
    pub branches: Vec<Branch>,
}

/// What a stage is about (`processstage.stagecategory`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the name of a Dataverse option")]
pub enum StageCategory {
    Qualify,
    Develop,
    Propose,
    Close,
    Identify,
    Research,
    Resolve,
    Approval,
    /// -1, or a number that Dataverse does not define.
    #[default]
    None,
}

impl StageCategory {
    const ALL: [Self; 8] = [
        Self::Qualify,
        Self::Develop,
        Self::Propose,
        Self::Close,
        Self::Identify,
        Self::Research,
        Self::Resolve,
        Self::Approval,
    ];

    /// The category of an option's number, if there is one.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        let found = usize::try_from(number).ok().and_then(|index| Self::ALL.get(index).copied());
        found.or((number == -1).then_some(Self::None))
    }

    /// The option's number; -1 for none.
    #[must_use]
    pub fn number(self) -> i32 {
        Self::ALL.iter().position(|known| *known == self).and_then(|at| i32::try_from(at).ok()).unwrap_or(-1)
    }
}

/// How a row of one stage's table leads to a row of the next stage's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRelationship {
    /// The one-to-many relationship (`opportunity_originating_lead`).
    pub name: String,
    /// The lookup on this stage's table.
    pub column: Option<ColumnName>,
    /// The stage it leads from; none means the one before.
    pub from: Option<StageId>,
}

/// A step of a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// `ProcessStepId`
    pub id: String,
    /// What people read; empty means the column's own label.
    pub label: Label,
    /// True when the stage cannot be left without it.
    pub required: bool,
    /// What it is.
    pub kind: StepKind,
}

/// What a step asks for or does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StepKind {
    /// The value of a column.
    Column {
        /// The column of the stage's table.
        column: ColumnName,
        /// The control its class id names.
        control: ControlKind,
    },
    /// A button that runs a workflow or an action on the server.
    Action {
        /// The name of its message, or the id of its workflow.
        name: String,
    },
    /// A button that runs a flow outside this server.
    Flow {
        /// The id of the flow.
        name: String,
    },
}

impl Step {
    /// The column it asks for.
    #[must_use]
    pub const fn column(&self) -> Option<&ColumnName> {
        match &self.kind {
            StepKind::Column { column, .. } => Some(column),
            StepKind::Action { .. } | StepKind::Flow { .. } => None,
        }
    }
}

/// A way on from a stage that is taken when its test holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// Its name in the designer.
    pub name: String,
    /// When it is taken.
    pub test: BranchTest,
    /// Where it leads.
    pub to: StageId,
}

/// When a branch is taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BranchTest {
    /// Otherwise.
    Always,
    /// When each holds.
    All(Vec<BranchTest>),
    /// When one holds.
    Any(Vec<BranchTest>),
    /// When the value of a column compares so.
    Column {
        /// Whose column; the table of this stage or of an earlier one.
        table: TableName,
        /// The column.
        column: ColumnName,
        /// `ConditionOperator` as in the definition (`Equal`, `NotNull`, `GreaterThan`, …).
        operator: String,
        /// What it is compared with, as written in the definition.
        values: Vec<String>,
    },
}

impl Process {
    /// The stage of this id.
    #[must_use]
    pub fn stage(&self, id: StageId) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// The tables it goes through, each once, the first first.
    #[must_use]
    pub fn tables(&self) -> Vec<&TableName> {
        let mut tables = Vec::new();
        for stage in &self.stages {
            if !tables.contains(&&stage.table) {
                tables.push(&stage.table);
            }
        }
        tables
    }

    /// Keeps only the labels of one language: what is sent to a screen.
    pub fn keep_language(&mut self, language: Language) {
        self.name.keep(language);
        for stage in &mut self.stages {
            stage.name.keep(language);
            stage.steps.iter_mut().for_each(|step| step.label.keep(language));
        }
    }
}
