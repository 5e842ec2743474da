//! Work that waits: a queue for each sales unit and one for each user, what stands in them, and who works on them; and
//! who belongs to which team.

use super::build::Build;
use super::organization::ROOT;
use super::world::{Stream, World};
use model::{Reference, Row, RowId};

/// A queue for everybody of a unit: unit, name, mailbox.
const UNIT_QUEUES: [(usize, &str, &str); 3] = [
    (1, "Demandes France & Benelux", "demandes"),
    (2, "Anfragen DACH", "anfragen"),
    (3, "UK & Ireland Requests", "requests"),
];
const PUBLIC: i32 = 0;
const PRIVATE: i32 = 1;
/// Every so manieth task stands in a queue.
const TASK_STEP: usize = 4;

impl World {
    pub(super) fn queues(&self) -> usize {
        UNIT_QUEUES.len() + self.staff.len()
    }

    fn queue(&self, index: usize) -> Reference {
        let name = match index.checked_sub(UNIT_QUEUES.len()) {
            None => UNIT_QUEUES[index].1.to_owned(),
            Some(user) => format!("<{}>", self.user(user).name.unwrap_or_default()),
        };
        self.reference(Stream::Queue, index, name)
    }

    /// The queue that was made with a user.
    pub(super) fn queue_of_user(&self, user: usize) -> Reference {
        self.queue(UNIT_QUEUES.len() + user)
    }

    pub(super) fn queue_row(&self, index: usize) -> Row {
        let build = match index.checked_sub(UNIT_QUEUES.len()) {
            None => {
                let (unit, _, mailbox) = UNIT_QUEUES[index];
                Build::new()
                    .text("emailaddress", format!("{mailbox}@orvelux.example"))
                    .choice("queueviewtype", PUBLIC)
                    .integer("numberofmembers", i64::try_from(self.reps_of(unit).len()).unwrap_or(0))
                    .reference("businessunitid", self.unit(unit))
            }
            Some(user) => Build::new()
                .text("emailaddress", self.mailbox_of_user(user))
                .choice("queueviewtype", PRIVATE)
                .integer("numberofmembers", 1)
                .reference("primaryuserid", self.user(user)),
        };
        let build = build
            .text("name", self.queue(index).name.unwrap_or_default())
            .choice("queuetypecode", 1)
            .choice("incomingemaildeliverymethod", 0)
            .choice("outgoingemaildeliverymethod", 0)
            .choice("incomingemailfilteringmethod", 0)
            .flag("ignoreunsolicitedemail", false)
            .choice("statecode", 0)
            .choice("statuscode", 1);
        let owner = index.checked_sub(UNIT_QUEUES.len()).unwrap_or(super::organization::ADMINISTRATOR);
        let unit = self.unit(self.staff.get(owner).map_or(ROOT, |user| user.unit));
        let build = build
            .reference("ownerid", self.user(owner))
            .reference("owninguser", self.user(owner))
            .reference("owningbusinessunit", unit);
        self.row(Stream::Queue, index, self.set_up(build))
    }

    /// A task that waits in the queue of its owner's unit until somebody takes it.
    pub(super) fn queue_item_row(&self, index: usize) -> Row {
        let mut draw = self.facts(Stream::QueueItem, index);
        let number = index * TASK_STEP % self.counts.tasks;
        let task = self.task_row(number);
        let title = task.columns.get("subject").as_text().unwrap_or_default().to_owned();
        let owner = task.columns.get("owninguser").as_reference().map(|user| user.id);
        let rep = self.reps.iter().find(|rep| Some(self.id(Stream::User, rep.user)) == owner);
        let (unit, user) = rep.map_or((1, 0), |rep| (rep.unit, rep.user));
        let is_open = task.columns.get("statecode").as_choice() == Some(0);
        let entered = task.columns.get("createdon").clone();
        let queue = UNIT_QUEUES.iter().position(|(of, ..)| *of == unit).unwrap_or(0);
        let is_taken = !is_open || draw.chance(40);
        let mut build = Build::new()
            .text("title", title.as_str())
            .reference("queueid", self.queue(queue))
            .reference("objectid", self.reference(Stream::Task, number, title))
            .choice("objecttypecode", 4212)
            .reference("ownerid", self.user(super::organization::ADMINISTRATOR))
            .choice("statecode", i32::from(!is_open))
            .choice("statuscode", if is_open { 1 } else { 2 })
            .reference("createdby", self.user(user))
            .reference("modifiedby", self.user(user));
        if let model::Value::DateTime(at) = entered {
            build = build.instant("createdon", at).instant("modifiedon", at).instant("enteredon", at);
            if is_taken {
                build = build.reference("workerid", self.user(user)).instant("workeridmodifiedon", at);
            }
        }
        self.row(Stream::QueueItem, index, build)
    }

    /// The salespeople of a unit, as users.
    fn reps_of(&self, unit: usize) -> Vec<usize> {
        self.reps.iter().filter(|rep| rep.unit == unit).map(|rep| rep.user).collect()
    }

    /// Queue and user of every membership: the salespeople of a unit, and each user in their own.
    fn queue_members(&self) -> Vec<(usize, usize)> {
        let shared = UNIT_QUEUES.iter().enumerate();
        let shared = shared
            .flat_map(|(queue, (unit, ..))| self.reps_of(*unit).into_iter().map(move |user| (queue, user)));
        let own = (0..self.staff.len()).map(|user| (UNIT_QUEUES.len() + user, user));
        shared.chain(own).collect()
    }

    pub(super) fn queue_memberships(&self) -> usize {
        self.queue_members().len()
    }

    pub(super) fn queue_membership_row(&self, index: usize) -> Row {
        let (queue, user) = self.queue_members().get(index).copied().unwrap_or_default();
        let build =
            Build::new().reference("queueid", self.queue(queue)).reference("systemuserid", self.user(user));
        self.row(Stream::QueueMembership, index, build)
    }

    /// Team and user of every membership.
    fn team_members(&self) -> Vec<(RowId, usize)> {
        let teams = |user| self.teams_of(user).into_iter().map(move |team| (team, user));
        (0..self.staff.len()).flat_map(teams).collect()
    }

    pub(super) fn team_memberships(&self) -> usize {
        self.team_members().len()
    }

    pub(super) fn team_membership_row(&self, index: usize) -> Row {
        let Some((team, user)) = self.team_members().get(index).copied() else {
            return self.row(Stream::TeamMembership, index, Build::new());
        };
        let team = Reference { table: Stream::Team.table().into(), id: team, name: self.team_name(team) };
        let build = Build::new().reference("teamid", team).reference("systemuserid", self.user(user));
        self.row(Stream::TeamMembership, index, build)
    }

    fn team_name(&self, team: RowId) -> Option<String> {
        let found = self.team_rows().into_iter().find(|row| row.id == team);
        found.and_then(|row| row.columns.get("name").as_text().map(str::to_owned))
    }
}
