//! Pages of rows as lists of values: what every row would repeat is written once for the page.
//!
//! `@valise.columns` lists the properties in the order of the values; a property without any value in the page is not
//! listed. `@valise.references` lists each row that lookups point to once, as id, table and name; the value of a lookup is
//! a place in that list. The value of `@odata.etag` is the version alone.

use super::{PageFrame, RowFormat, close_page, open_frame, separate};
use crate::json::{write_quoted, write_string, write_value};
use model::{Party, RowId, TableName, Value};
use query::AnswerRow;
use std::collections::HashMap;
use std::io::Write as _;

/// The property with the names of the others.
pub const COLUMNS: &str = "@valise.columns";
/// The property with the rows that lookups point to.
pub const REFERENCES: &str = "@valise.references";

/// Writes a page of rows, whose values come in the order of the format's columns, as lists of values.
pub fn write_packed_rows(rows: &[AnswerRow], format: &RowFormat, frame: &PageFrame, out: &mut Vec<u8>) {
    let listed = Listed::of(rows, format);
    let mut references = References::default();
    let mut written = Vec::with_capacity(rows.len() * 1024);
    let mut is_first = true;
    for row in rows {
        separate(&mut is_first, &mut written);
        listed.write_row(row, format, &mut references, &mut written);
    }
    open_frame(frame, out);
    out.extend_from_slice(b",\"@valise.columns\":[\"@odata.etag\"");
    for key in listed.keys(format) {
        out.push(b',');
        // Ready keys end with their colon.
        out.extend_from_slice(key.strip_suffix(b":").unwrap_or(key));
    }
    out.extend_from_slice(b"],\"@valise.references\":[");
    out.append(&mut references.written);
    out.extend_from_slice(b"],\"value\":[");
    out.append(&mut written);
    close_page(frame, is_first, out);
}

/// What stands in each row.
struct Listed {
    /// The places of the values.
    places: Vec<usize>,
    /// True when activity parties follow them.
    has_parties: bool,
}

impl Listed {
    fn of(rows: &[AnswerRow], format: &RowFormat) -> Self {
        let mut is_used = vec![!format.omits_nulls; format.properties.len()];
        for row in rows {
            for (used, value) in is_used.iter_mut().zip(&row.values) {
                *used = *used || !value.is_null();
            }
        }
        let properties = format.properties.iter().zip(is_used).enumerate();
        let places = properties
            .filter(|(_, (property, used))| *used && !property.is_primary_key && !property.is_party_list)
            .map(|(place, _)| place)
            .collect();
        Self { places, has_parties: format.properties.iter().any(|property| property.is_party_list) }
    }

    fn keys<'f>(&'f self, format: &'f RowFormat) -> impl Iterator<Item = &'f [u8]> {
        let own = self.places.iter().filter_map(|place| format.properties.get(*place));
        let parties = self.has_parties.then_some(&format.parties_key);
        let keys = own.map(|property| &property.key);
        format.id_key.iter().chain(keys).chain(parties).map(Vec::as_slice)
    }

    fn write_row<'r>(
        &self,
        row: &'r AnswerRow,
        format: &RowFormat,
        references: &mut References<'r>,
        out: &mut Vec<u8>,
    ) {
        match row.version {
            Some(version) => drop(write!(out, "[{}", version.0)),
            None => out.extend_from_slice(b"[null"),
        }
        if let (Some(_), Some(id)) = (&format.id_key, row.id) {
            out.push(b',');
            write_quoted(id, out);
        }
        for value in self.places.iter().filter_map(|place| row.values.get(*place)) {
            out.push(b',');
            match value {
                Value::Reference(reference) => {
                    let place = references.place(reference);
                    let _ = write!(out, "{place}");
                }
                value => write_value(value, out),
            }
        }
        if self.has_parties {
            let lists = row.values.iter().filter_map(|value| match value {
                Value::Parties(list) => Some(list),
                _ => None,
            });
            out.push(b',');
            let parties: Vec<&Party> = lists.flatten().collect();
            format.write_party_list(parties.into_iter(), out);
        }
        out.push(b']');
    }
}

/// The rows that lookups of the page point to.
#[derive(Default)]
struct References<'r> {
    places: HashMap<(RowId, &'r TableName), usize>,
    written: Vec<u8>,
}

impl<'r> References<'r> {
    fn place(&mut self, reference: &'r model::Reference) -> usize {
        let next = self.places.len();
        let place = *self.places.entry((reference.id, &reference.table)).or_insert(next);
        if place == next {
            self.written.extend_from_slice(if next == 0 { b"[" } else { b",[" });
            write_quoted(reference.id, &mut self.written);
            self.written.push(b',');
            write_string(reference.table.as_str(), &mut self.written);
            if let Some(name) = &reference.name {
                self.written.push(b',');
                write_string(name, &mut self.written);
            }
            self.written.push(b']');
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::{Annotations, FormattedValues};
    use crate::testing::{Numbers, metadata};
    use crate::write::{WriteOptions, write_answer_rows};
    use crate::{PageEnvelope, read_rows, read_rows_without_nulls};
    use model::{Columns, Language, Metadata, RowSink, RowVersion, Table, ValueRef};

    struct Kept<'a> {
        table: &'a Table,
        row: Columns,
        rows: Vec<(RowId, Option<RowVersion>, Columns)>,
    }

    impl RowSink for Kept<'_> {
        fn value(&mut self, column: usize, value: ValueRef<'_>) {
            self.row.set(self.table.columns[column].name.clone(), value.into_value());
        }

        fn finish(&mut self, id: RowId, version: Option<RowVersion>) {
            self.rows.push((id, version, std::mem::take(&mut self.row)));
        }

        fn discard(&mut self) {
            self.row = Columns::new();
        }
    }

    fn kept(table: &Table) -> Kept<'_> {
        Kept { table, row: Columns::new(), rows: Vec::new() }
    }

    fn format(metadata: &Metadata, table: &Table, omit_nulls: bool) -> RowFormat {
        let options = WriteOptions {
            select: None,
            annotations: Annotations::of_references(),
            formatted_values: FormattedValues::References,
            language: Language::English,
            reader: None,
            omit_nulls,
        };
        RowFormat::new(table, metadata, &options)
    }

    fn rows(numbers: &mut Numbers, table: &Table, count: usize) -> Vec<AnswerRow> {
        let row = |_| {
            let row = numbers.row(table);
            let value = |column: &model::Column| row.columns.get(column.name.as_str()).clone();
            AnswerRow {
                id: Some(row.id),
                version: row.version,
                values: table.columns.iter().map(value).collect(),
            }
        };
        (0..count).map(row).collect()
    }

    #[test]
    fn a_packed_page_says_what_the_same_page_says_at_length() {
        let metadata = metadata();
        let mut numbers = Numbers::new(3);
        let frame = PageFrame {
            service_root: "http://h/".to_owned(),
            set_name: "things".to_owned(),
            next_link: Some("http://h/next".to_owned()),
            ..PageFrame::default()
        };
        for table in &metadata.tables {
            for (omit_nulls, count) in [(true, 30), (false, 30), (true, 1), (true, 0)] {
                let format = format(&metadata, table, omit_nulls);
                let rows = rows(&mut numbers, table, count);
                let (mut packed, mut whole) = (Vec::new(), Vec::new());
                write_packed_rows(&rows, &format, &frame, &mut packed);
                write_answer_rows(&rows, &format, &frame, &mut whole);
                let read = if omit_nulls { read_rows_without_nulls } else { read_rows };
                let (mut one, mut other) = (kept(table), kept(table));
                let first = read(&packed, table, &mut one).unwrap();
                assert_eq!(first, read(&whole, table, &mut other).unwrap(), "{}", table.name);
                assert_eq!(first.rows, count);
                assert_eq!(one.rows, other.rows, "{}", String::from_utf8_lossy(&packed));
                assert!(
                    count < 30 || packed.len() * 3 < whole.len() * 2,
                    "{} of {}",
                    packed.len(),
                    whole.len()
                );
            }
        }
    }

    fn read_account(json: &str) -> Result<(PageEnvelope, usize), crate::ODataError> {
        let metadata = metadata();
        let table = metadata.table("account").unwrap();
        let mut sink = kept(table);
        let envelope = read_rows_without_nulls(json.as_bytes(), table, &mut sink)?;
        Ok((envelope, sink.rows.len()))
    }

    #[test]
    fn rows_that_do_not_fit_their_columns_are_left_out_or_refused() {
        const ID: &str = "00000000-0000-0000-0000-000000000001";
        let page = |columns: &str, references: &str, rows: &str| {
            format!(
                r#"{{"@valise.columns":["@odata.etag","accountid",{columns}],"@valise.references":[{references}],"value":[{rows}]}}"#
            )
        };
        let good = format!(r#"[7,"{ID}","A"]"#);
        assert_eq!(read_account(&page(r#""name""#, "", &good)).unwrap().1, 1);
        let contact = format!(r#"["{ID}","contact"]"#);
        let lookup = r#""_primarycontactid_value""#;
        for (name, json, problems) in [
            ("a place beyond the references", page(lookup, "", &format!(r#"[7,"{ID}",0]"#)), Some(1)),
            ("an id instead of a place", page(lookup, &contact, &format!(r#"[7,"{ID}","{ID}"]"#)), Some(1)),
            ("a number for a name", page(r#""name""#, "", &format!(r#"[7,"{ID}",1]"#)), Some(1)),
            ("no id", page(r#""name""#, "", r#"[7,null,"A"]"#), Some(1)),
            ("too few values", page(r#""name""#, "", &format!(r#"[7,"{ID}"]"#)), None),
            ("too many values", page(r#""name""#, "", &format!(r#"[7,"{ID}","A",1]"#)), None),
            ("a reference without table", page(lookup, &format!(r#"["{ID}"]"#), ""), None),
            ("a list without columns", format!(r#"{{"value":[{good}]}}"#), None),
        ] {
            match (read_account(&json), problems) {
                (Ok((envelope, rows)), Some(problems)) => {
                    assert_eq!((envelope.problems.len(), rows), (problems, 0), "{name}: {envelope:?}");
                }
                (Err(_), None) => {}
                (read, _) => panic!("{name}: {read:?}"),
            }
        }
    }
}
