//! Telephone calls made, received and still to make.

use super::build::{Build, party};
use super::calendar::working_day;
use super::world::{Stream, World};
use model::Row;

/// `participationtypemask` of caller and called.
const FROM: i32 = 1;
const TO: i32 = 2;

impl World {
    pub(super) fn phone_call_row(&self, index: usize) -> Row {
        let mut draw = self.facts(Stream::PhoneCall, index);
        let subject = self.subject(&mut draw);
        let offset = draw.weighted_range([(-self.counts.history_days, -1, 7), (0, 21, 3)]);
        let due = working_day(self.today.plus_days(offset).max(subject.since));
        let created = self.past(due.plus_days(-draw.between(0, 7)).max(subject.since).min(due));
        let is_past = due < self.today;
        let is_outgoing = !is_past || draw.chance(70);
        let state = if is_past { draw.weighted(&[(1, 88), (0, 7), (2, 5)]) } else { 0 };
        let status = match state {
            0 => 1,
            1 => {
                if is_outgoing {
                    2
                } else {
                    4
                }
            }
            _ => 3,
        };
        let at = self.at(subject.rep, due, draw.between(34, 70) * 15);
        let minutes = i64::from(draw.between(2, 35));
        let stamps = [
            self.at(subject.rep, created, 8 * 60 + 5),
            if state == 1 { at } else { self.at(subject.rep, created, 8 * 60 + 10) },
        ];
        let me = self.user(self.rep(subject.rep).user);
        let (from, to) =
            if is_outgoing { (me, subject.person.clone()) } else { (subject.person.clone(), me) };
        let fill = subject.fill();
        let details = self.phrase(&mut draw, subject.language, "details", &fill);
        let category = self.phrase(&mut draw, subject.language, "category", &fill);
        let build = self
            .owned(Build::new(), subject.rep, stamps)
            .text("subject", self.phrase(&mut draw, subject.language, "call", &fill))
            .text("description", if draw.chance(45) { details } else { String::new() })
            .text("category", category)
            .text("phonenumber", subject.telephone.as_str())
            .parties("from", vec![party(from, FROM)])
            .parties("to", vec![party(to, TO)])
            .reference("regardingobjectid", subject.regarding.clone())
            .choice("prioritycode", draw.weighted(&[(0, 1), (1, 7), (2, 2)]))
            .choice("statecode", state)
            .choice("statuscode", status)
            .flag("directioncode", is_outgoing)
            .flag("leftvoicemail", state == 1 && is_outgoing && draw.chance(12))
            .instant("scheduledend", at)
            .when(state == 1, |build| {
                build
                    .integer("actualdurationminutes", minutes)
                    .instant("actualstart", at)
                    .instant("actualend", at.plus_milliseconds(minutes * 60_000))
            });
        self.row(Stream::PhoneCall, index, build)
    }
}
