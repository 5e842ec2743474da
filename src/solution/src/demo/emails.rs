//! What is written to customers and what they answer: sent, received, and drafts that still wait.

use super::build::{Build, party_at};
use super::people::ascii;
use super::world::{Stream, World};
use model::{Party, Reference, Row};

/// `participationtypemask` of sender, recipient and copy.
const SENDER: i32 = 1;
const TO: i32 = 2;
const CC: i32 = 3;

/// State, status reason and whether the demo company wrote it.
const FATES: [((i32, i32, bool), usize); 4] =
    [((1, 3, true), 58), ((1, 4, false), 30), ((0, 1, true), 9), ((1, 2, true), 3)];
const RECEIVED: i32 = 4;
const SENT: i32 = 3;

impl World {
    pub(super) fn email_row(&self, index: usize) -> Row {
        let mut draw = self.facts(Stream::Email, index);
        let subject = self.subject(&mut draw);
        let (state, status, is_ours) = draw.weighted(&FATES);
        let days_back = draw.between(1, 12).max(draw.between(-150, self.counts.history_days));
        let days_back = if state == 0 { days_back.min(6) } else { days_back };
        let date = self.past(self.today.plus_days(-days_back).max(subject.since));
        let at = self.at_work(&mut draw, subject.rep, date);
        let text = self.phrase(&mut draw, subject.language, "email", &subject.fill());
        let (title, body) = text.split_once('|').unwrap_or((&text, ""));
        let user = self.rep(subject.rep).user;
        let ours = self.mailbox_of_user(user);
        let theirs = mailbox(&subject.person_name, &subject.company);
        let (sender, recipient) = (self.user(user), subject.person.clone());
        let (sender, recipient) = if is_ours { (sender, recipient) } else { (recipient, sender) };
        let (from, to) = if is_ours { (ours, theirs) } else { (theirs, ours) };
        let copy = self.copied(&mut draw, subject.rep, is_ours);
        let build = self
            .owned(Build::new(), subject.rep, [at, at])
            .text("subject", if is_ours { title.to_owned() } else { format!("Re: {title}") })
            .text("description", html(body, &self.staff_name(user), is_ours))
            .text("sender", from.as_str())
            .text("torecipients", to.as_str())
            .parties("from", vec![party_at(sender, from, SENDER)])
            .parties("to", vec![party_at(recipient, to, TO)])
            .when(!copy.is_empty(), |build| build.parties("cc", copy))
            .reference("regardingobjectid", subject.regarding.clone())
            .choice("statecode", state)
            .choice("statuscode", status)
            .choice("prioritycode", draw.weighted(&[(0, 1), (1, 8), (2, 1)]))
            .choice("emailreminderstatus", 0)
            .choice("correlationmethod", 0)
            .flag("directioncode", is_ours)
            .flags(&["deliveryreceiptrequested", "readreceiptrequested", "compressed", "isbilled"], false)
            .flags(&["followemailuserpreference", "isemailfollowed", "isemailreminderset"], false)
            .id("messageiddupcheck", self.id(Stream::Email, index))
            .integer("attachmentcount", 0)
            .when(status == SENT, |build| build.instant("senton", at))
            .when(state == 1, |build| build.instant("actualend", at))
            .when(status == SENT && draw.chance(40), |build| {
                build.integer("opencount", i64::from(draw.between(1, 4)))
            })
            .when(status == RECEIVED && draw.chance(15), |build| build.integer("replycount", 1));
        self.row(Stream::Email, index, build)
    }

    /// A colleague who reads along.
    fn copied(&self, draw: &mut super::draw::Draw, rep: usize, is_ours: bool) -> Vec<Party> {
        let owner = self.rep(rep);
        let colleague = self.rep(self.draw_colleague(draw, owner.unit)).user;
        if !is_ours || colleague == owner.user || !draw.chance(15) {
            return Vec::new();
        }
        vec![party_at(self.user(colleague), self.mailbox_of_user(colleague), CC)]
    }

    pub(super) fn mailbox_of_user(&self, user: usize) -> String {
        let mailbox = self.staff.get(user).map_or_else(String::new, |user| ascii(&user.person.mailbox()));
        format!("{mailbox}@orvelux.example")
    }

    fn staff_name(&self, user: usize) -> String {
        let Reference { name, .. } = self.user(user);
        name.unwrap_or_default()
    }
}

/// An address that leads nowhere.
fn mailbox(person: &str, company: &str) -> String {
    format!("{}@{}.example", ascii(person).replace('-', "."), ascii(company).replace('.', "-"))
}

/// The text as a mail program writes it.
fn html(body: &str, writer: &str, is_signed: bool) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut out = format!("<p>{}</p>", escape(body));
    if is_signed {
        out.push_str("<p>");
        out.push_str(&escape(writer));
        out.push_str("<br>Orvelux</p>");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_html_whatever_the_names_are() {
        assert_eq!(html("Weiß & Söhne <x>", "", false), "<p>Weiß &amp; Söhne &lt;x&gt;</p>");
        assert_eq!(html("Hello", "Ann", true), "<p>Hello</p><p>Ann<br>Orvelux</p>");
        assert_eq!(mailbox("Anne-Laure Lefèvre", "Weiß & Söhne"), "anne.laure.lefevre@weiss-soehne.example");
    }
}
