//! What the server's answer to one entry means.

use model::{Change, ChangeSet, RowVersion};
use odata::batch::AnswerPart;
use odata::http::HttpResponse;
use odata::{ServiceError, codes, parse_etag};

/// What the server's answer to one entry means.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is done; the new version of each row, in the order of the changes, where it was told.
    Accepted(Vec<Option<RowVersion>>),
    /// A row is no longer as it was: pull, rebase, send again.
    Stale(ServiceError),
    /// Not now; nothing was done.
    Later(HttpResponse),
    /// The server will not do it.
    Refused(ServiceError),
}

/// What was known of the entry when it was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// An earlier request with it stayed without an answer.
    pub was_in_doubt: bool,
    /// How often the answer was `Stale` already.
    pub stale_answers: u32,
    /// How often the server failed on it.
    pub failures: u32,
}

/// A server that failed on an entry this often will not do it.
pub(crate) const MOST_FAILURES: u32 = 3;

/// A row that is another one each time a change of it is sent is not waited for any longer.
const MOST_STALE_ANSWERS: u32 = 20;

/// Judges the answer to an entry.
#[must_use]
pub fn judge(changes: &ChangeSet, answer: &AnswerPart, sent: Sent) -> Verdict {
    let failed = match answer {
        AnswerPart::Single(response) if is_success(response) && changes.0.len() <= 1 => {
            return Verdict::Accepted(vec![version_of(response)]);
        }
        AnswerPart::Single(response) => response,
        AnswerPart::ChangeSet(answers) => {
            match answers.changes.iter().find(|part| !is_success(&part.response)) {
                Some(part) => &part.response,
                None => {
                    let versions = answers.changes.iter().map(|part| version_of(&part.response));
                    return Verdict::Accepted(versions.collect());
                }
            }
        }
    };
    let error = ServiceError::from_response(failed);
    let only_deletes = changes.iter().all(|change| matches!(change, Change::Delete { .. }));
    let creates = changes.iter().any(|change| matches!(change, Change::Create { .. }));
    match (failed.status, error.code.as_str()) {
        // Its own row: the earlier request had been carried out, and this server keeps no answers.
        (409 | 412, codes::DUPLICATE_RECORD) if sent.was_in_doubt && creates => {
            Verdict::Accepted(vec![None; changes.0.len()])
        }
        (
            412,
            codes::DUPLICATE_RECORD | codes::DUPLICATE_RECORDS_FOUND | codes::DUPLICATE_RECORD_ENTITY_KEY,
        ) => Verdict::Refused(error),
        (412, _) if sent.stale_answers < MOST_STALE_ANSWERS => Verdict::Stale(error),
        (404, codes::OBJECT_DOES_NOT_EXIST) if only_deletes => Verdict::Accepted(vec![None; changes.0.len()]),
        (404, codes::OBJECT_DOES_NOT_EXIST) if sent.stale_answers == 0 && !creates => Verdict::Stale(error),
        (401 | 408 | 425 | 429 | 502 | 503 | 504, _) => Verdict::Later(failed.clone()),
        (500, _) if sent.failures + 1 < MOST_FAILURES => Verdict::Later(failed.clone()),
        _ => Verdict::Refused(error),
    }
}

const fn is_success(response: &HttpResponse) -> bool {
    response.status >= 200 && response.status < 300
}

fn version_of(response: &HttpResponse) -> Option<RowVersion> {
    #[derive(serde::Deserialize)]
    struct Tagged {
        #[serde(rename = "@odata.etag")]
        etag: String,
    }
    response.header("etag").and_then(parse_etag).or_else(|| {
        let row: Tagged = serde_json::from_slice(&response.body).ok()?;
        parse_etag(&row.etag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{create, delete, update};
    use odata::batch::{ChangeSetAnswer, ContentResponse};

    fn refusal(status: u16, code: &str) -> AnswerPart {
        AnswerPart::Single(ServiceError::new(status, code, "no").to_response())
    }

    fn done(etags: &[Option<&str>]) -> AnswerPart {
        let change = |etag: &Option<&str>| ContentResponse {
            content_id: "1".to_owned(),
            response: HttpResponse {
                status: 204,
                headers: etag.iter().map(|tag| ("etag".to_owned(), (*tag).to_owned())).collect(),
                body: Vec::new(),
            },
        };
        AnswerPart::ChangeSet(ChangeSetAnswer { result: None, changes: etags.iter().map(change).collect() })
    }

    fn name(verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::Accepted(_) => "accepted",
            Verdict::Stale(_) => "stale",
            Verdict::Later(_) => "later",
            Verdict::Refused(_) => "refused",
        }
    }

    #[test]
    fn answers_mean_what_the_table_says() {
        let fresh = Sent::default();
        let in_doubt = Sent { was_in_doubt: true, ..fresh };
        let stale = Sent { stale_answers: 1, ..fresh };
        let forever = Sent { stale_answers: 20, ..fresh };
        let failing = Sent { failures: 2, ..fresh };
        let cases = [
            ("done", update(1), done(&[Some("W/\"7\"")]), fresh, "accepted"),
            ("another version", update(1), refusal(412, "0x80060882"), fresh, "stale"),
            ("another version each time", update(1), refusal(412, "0x80060882"), forever, "refused"),
            ("a duplicate rule", create(1), refusal(412, "0x80040333"), fresh, "refused"),
            ("the id is taken", create(1), refusal(412, "0x80040237"), fresh, "refused"),
            ("the id is taken by this entry", create(1), refusal(412, "0x80040237"), in_doubt, "accepted"),
            ("the row is gone", update(1), refusal(404, "0x80040217"), fresh, "stale"),
            ("another row is gone", update(1), refusal(404, "0x80040217"), stale, "refused"),
            ("gone already", delete(1), refusal(404, "0x80040217"), fresh, "accepted"),
            ("no such set", update(1), refusal(404, "0x8006088a"), fresh, "refused"),
            ("no privilege", update(1), refusal(403, "0x80040220"), fresh, "refused"),
            ("invalid", update(1), refusal(400, "0x80040203"), fresh, "refused"),
            ("too many requests", update(1), refusal(429, "0x80072322"), fresh, "later"),
            ("maintenance", update(1), refusal(503, ""), fresh, "later"),
            ("a failure", update(1), refusal(500, ""), fresh, "later"),
            ("a lasting failure", update(1), refusal(500, ""), failing, "refused"),
        ];
        for (why, change, answer, sent, expected) in cases {
            let verdict = judge(&ChangeSet(vec![change]), &answer, sent);
            assert_eq!(name(&verdict), expected, "{why}");
        }
    }

    #[test]
    fn the_new_versions_come_in_the_order_of_the_changes() {
        let changes = ChangeSet(vec![update(1), create(2)]);
        let verdict = judge(&changes, &done(&[Some("W/\"7\""), None]), Sent::default());
        assert_eq!(verdict, Verdict::Accepted(vec![Some(RowVersion(7)), None]));
    }
}
