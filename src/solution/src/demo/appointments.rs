//! Calendars: every salesperson has four appointments today; the others lie on working days before and after.

use super::build::{Build, party};
use super::calendar::working_day;
use super::draw::Draw;
use super::subject::Subject;
use super::world::{Stream, World};
use model::{Date, Party, Row};

/// Start in minutes since midnight and length in minutes of today's appointments.
const TODAY: [(i32, i32); 4] = [(9 * 60, 60), (11 * 60, 45), (14 * 60, 90), (16 * 60 + 30, 30)];
/// `participationtypemask` of attendees and organizer.
const REQUIRED: i32 = 5;
const OPTIONAL: i32 = 6;
const ORGANIZER: i32 = 7;
const MINUTES_PER_DAY: i32 = 24 * 60;

impl World {
    pub(super) fn appointment_row(&self, index: usize) -> Row {
        let mut draw = self.facts(Stream::Appointment, index);
        let today = index < self.reps.len() * TODAY.len();
        let (subject, date, (start, minutes)) = if today {
            let rep = index / TODAY.len();
            let (start, minutes) = TODAY[index % TODAY.len()];
            let subject = self.subject_of(&mut draw, rep);
            (subject, self.today, (start + draw.pick(&[0, 0, 15]), minutes))
        } else {
            let subject = self.subject(&mut draw);
            let date = self.appointment_date(&mut draw).max(subject.since);
            let date = if date == self.today { date.plus_days(7) } else { date };
            let start = draw.between(34, 66) * 15;
            (
                subject,
                working_day(date),
                (start, draw.weighted(&[(30, 3), (45, 2), (60, 5), (90, 3), (120, 1)])),
            )
        };
        let is_all_day = !today && draw.chance(2);
        let (start, minutes) = if is_all_day { (0, MINUTES_PER_DAY) } else { (start, minutes) };
        let (state, status) = if date < self.today {
            draw.weighted(&[((1, 3), 88), ((2, 4), 7), ((3, 5), 5)])
        } else if today {
            (3, 5)
        } else {
            draw.weighted(&[((3, 5), 84), ((0, 2), 10), ((2, 4), 4), ((0, 1), 2)])
        };
        let created = self.past(date.plus_days(-draw.between(2, 25)).max(subject.since).min(date));
        let changed = if state == 1 { self.past(date) } else { created };
        let stamps = [self.at_work(&mut draw, subject.rep, created), self.at(subject.rep, changed, 18 * 60)];
        let begins = self.at(subject.rep, date, start);
        let ends = if is_all_day {
            self.at(subject.rep, date.plus_days(1), 0)
        } else {
            self.at(subject.rep, date, start + minutes)
        };
        let build = self
            .appointment_parties(self.owned(Build::new(), subject.rep, stamps), &mut draw, &subject)
            .choice("statecode", state)
            .choice("statuscode", status)
            .choice("prioritycode", draw.weighted(&[(0, 1), (1, 7), (2, 2)]))
            .choice("instancetypecode", 0)
            .integer("attachmentcount", 0)
            .flag("isalldayevent", is_all_day)
            .flags(&["isonlinemeeting", "isbilled", "isdraft"], false)
            .instant("scheduledstart", begins)
            .instant("scheduledend", ends)
            .integer("scheduleddurationminutes", i64::from(minutes))
            .when(state == 1, |build| {
                build
                    .instant("actualstart", begins)
                    .instant("actualend", ends)
                    .integer("actualdurationminutes", i64::from(minutes))
            });
        self.row(Stream::Appointment, index, build)
    }

    fn appointment_date(&self, draw: &mut Draw) -> Date {
        let offset = draw.weighted_range([(-self.counts.history_days, -1, 5), (1, 32, 4)]);
        working_day(self.today.plus_days(offset))
    }

    fn appointment_parties(&self, build: Build, draw: &mut Draw, subject: &Subject) -> Build {
        let owner = self.rep(subject.rep);
        let fill = subject.fill();
        let colleague = self.rep(self.draw_colleague(draw, owner.unit)).user;
        let optional: Vec<Party> = if draw.chance(25) && colleague != owner.user {
            vec![party(self.user(colleague), OPTIONAL)]
        } else {
            Vec::new()
        };
        let details = self.phrase(draw, subject.language, "details", &fill);
        let category = self.phrase(draw, subject.language, "category", &fill);
        build
            .text("subject", self.phrase(draw, subject.language, "appointment", &fill))
            .text("location", self.phrase(draw, subject.language, "location", &fill))
            .text("description", if draw.chance(55) { details } else { String::new() })
            .text("category", category)
            .reference("regardingobjectid", subject.regarding.clone())
            .parties("organizer", vec![party(self.user(owner.user), ORGANIZER)])
            .parties("requiredattendees", vec![party(subject.person.clone(), REQUIRED)])
            .when(!optional.is_empty(), |build| build.parties("optionalattendees", optional))
    }
}
