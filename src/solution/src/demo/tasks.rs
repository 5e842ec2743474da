//! Things to do, around today.

use super::build::Build;
use super::calendar::working_day;
use super::world::{Stream, World};
use model::Row;

impl World {
    pub(super) fn task_row(&self, index: usize) -> Row {
        let mut draw = self.facts(Stream::Task, index);
        let subject = self.subject(&mut draw);
        let offset = draw.weighted_range([(-self.counts.history_days, -1, 6), (0, 35, 4)]);
        let due = working_day(self.today.plus_days(offset).max(subject.since));
        let created = self.past(due.plus_days(-draw.between(1, 14)).max(subject.since).min(due));
        let is_past = due < self.today;
        let (state, status) = if is_past {
            draw.weighted(&[((1, 5), 84), ((2, 6), 6), ((0, 2), 6), ((0, 4), 4)])
        } else {
            draw.weighted(&[((0, 2), 60), ((0, 3), 22), ((0, 4), 10), ((0, 7), 8)])
        };
        let minutes = i64::from(draw.between(1, 12)) * 15;
        let done = self.past(due);
        let changed = if state == 0 { created } else { done };
        let stamps =
            [self.at(subject.rep, created, 8 * 60 + 20), self.at_work(&mut draw, subject.rep, changed)];
        let fill = subject.fill();
        let details = self.phrase(&mut draw, subject.language, "details", &fill);
        let category = self.phrase(&mut draw, subject.language, "category", &fill);
        let build = self
            .owned(Build::new(), subject.rep, stamps)
            .text("subject", self.phrase(&mut draw, subject.language, "task", &fill))
            .text("description", if draw.chance(50) { details } else { String::new() })
            .text("category", category)
            .reference("regardingobjectid", subject.regarding.clone())
            .choice("prioritycode", draw.weighted(&[(0, 2), (1, 6), (2, 2)]))
            .choice("statecode", state)
            .choice("statuscode", status)
            .flag("isbilled", false)
            .integer(
                "percentcomplete",
                match (state, status) {
                    (1, _) => 100,
                    (0, 3 | 4) => i64::from(draw.between(1, 8)) * 10,
                    _ => 0,
                },
            )
            .instant("scheduledend", self.at(subject.rep, due, 17 * 60))
            .when(draw.chance(45), |build| build.instant("scheduledstart", self.at(subject.rep, due, 9 * 60)))
            .when(state == 1, |build| {
                build
                    .integer("actualdurationminutes", minutes)
                    .instant("actualstart", self.at(subject.rep, done, 14 * 60))
                    .instant("actualend", stamps[1].max(self.at(subject.rep, done, 14 * 60)))
            });
        self.row(Stream::Task, index, build)
    }
}
