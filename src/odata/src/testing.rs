//! The real solution, rows of every column kind from a small deterministic generator, and mutated inputs.

use model::testing::Choices;
use model::{
    Column, ColumnKind, Columns, Date, DateBehavior, Decimal, Metadata, Party, Reference, Row, RowId,
    RowVersion, Table, Timestamp, Value,
};

/// The solution, read once: it is large.
pub fn shared_metadata() -> &'static Metadata {
    static METADATA: std::sync::OnceLock<Metadata> = std::sync::OnceLock::new();
    METADATA.get_or_init(|| solution::metadata().unwrap())
}

pub fn metadata() -> Metadata {
    shared_metadata().clone()
}

/// Repeatable values and mutations.
pub struct Numbers(Choices);

impl Numbers {
    pub const fn new(seed: u64) -> Self {
        Self(Choices::new(seed))
    }

    pub const fn next(&mut self) -> u64 {
        self.0.below(1 << 53)
    }

    pub const fn below(&mut self, end: u64) -> u64 {
        self.0.below(end)
    }

    pub fn id(&mut self) -> RowId {
        RowId::from_random(u128::from(self.next()) << 64 | u128::from(self.next()))
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 12] =
            ["a", "é", "\"", "\\", "\n", "\u{0}", "😀", "</script>", "--batch_0", "'", "\u{2028}", " "];
        (0..self.below(8)).map(|_| PIECES[usize::try_from(self.below(12)).unwrap()]).collect()
    }

    pub fn value(&mut self, table: &Table, column: &Column) -> Value {
        if self.below(5) == 0 {
            return Value::Null;
        }
        let signed = |number: u64| i64::from_ne_bytes((number << 11).to_ne_bytes());
        match &column.kind {
            ColumnKind::Text { .. }
            | ColumnKind::Memo { .. }
            | ColumnKind::EntityName
            | ColumnKind::Image => Value::Text(self.text()),
            ColumnKind::Integer { .. } | ColumnKind::BigInteger => Value::Integer(signed(self.next())),
            ColumnKind::Decimal { .. } | ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => {
                let scale = u32::try_from(self.below(11)).unwrap();
                Value::Decimal(Decimal::from_i128_with_scale(i128::from(signed(self.next())), scale))
            }
            #[expect(clippy::cast_precision_loss, reason = "any float will do")]
            ColumnKind::Float { .. } => Value::Float(signed(self.next()) as f64 / 3.0e9),
            ColumnKind::Choice { options, .. } => {
                Value::Choice(options[usize::try_from(self.below(options.len() as u64)).unwrap()].value)
            }
            ColumnKind::Choices { .. } => Value::Choices(vec![1, 3, 100_000_000]),
            ColumnKind::Boolean(_) => Value::Boolean(self.below(2) == 0),
            ColumnKind::State => Value::Choice(table.states.last().unwrap().value),
            ColumnKind::Status => Value::Choice(table.states.last().unwrap().default_status),
            ColumnKind::DateTime { behavior: DateBehavior::DateOnly, .. } => {
                Value::Date(Date::from_days(i32::try_from(self.below(40_000)).unwrap() - 10_000))
            }
            ColumnKind::DateTime { .. } => {
                let milliseconds = i64::try_from(self.below(4_000_000_000_000)).unwrap() - 1_000_000_000_000;
                let precision = if self.below(2) == 0 { 1 } else { 1000 };
                Value::DateTime(Timestamp::from_milliseconds(milliseconds / precision * precision))
            }
            ColumnKind::UniqueId | ColumnKind::File { .. } => Value::Id(self.id()),
            ColumnKind::Lookup { targets, .. } => {
                let target = targets[usize::try_from(self.below(targets.len() as u64)).unwrap()].clone();
                let name = if self.below(3) == 0 { None } else { Some(self.text()) };
                Value::Reference(Reference { table: target, id: self.id(), name })
            }
            ColumnKind::PartyList { targets, participation } => {
                let parties = (0..=self.below(3)).map(|number| Party {
                    party: (number > 0).then(|| Reference {
                        table: targets[0].clone(),
                        id: self.id(),
                        name: Some(self.text()),
                    }),
                    address: (number == 0).then(|| "somebody@example.com".to_owned()),
                    participation: *participation,
                });
                Value::Parties(parties.collect())
            }
        }
    }

    /// A row with a value in every column but the primary key.
    pub fn row(&mut self, table: &Table) -> Row {
        let columns: Columns = table
            .columns
            .iter()
            .filter(|column| column.name != table.primary_id)
            .map(|column| (column.name.clone(), self.value(table, column)))
            .collect();
        let version = Some(RowVersion(i64::try_from(self.next()).unwrap()));
        Row { table: table.name.clone(), id: self.id(), version, columns }
    }

    /// The bytes with some replaced, left out, doubled or cut off.
    pub fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        const REPLACEMENTS: &[u8] = b"\"\\{}[]:,0-e'()/$@&=%;\r\n \xff\x00anull";
        let mut mutated = bytes.to_vec();
        for _ in 0..=self.below(4) {
            if mutated.is_empty() {
                break;
            }
            let place = usize::try_from(self.below(mutated.len() as u64)).unwrap();
            let replacement = REPLACEMENTS[usize::try_from(self.below(REPLACEMENTS.len() as u64)).unwrap()];
            match self.below(5) {
                0 => mutated[place] = replacement,
                1 => drop(mutated.remove(place)),
                2 => mutated.insert(place, replacement),
                3 => mutated.truncate(place),
                _ => {
                    let end = (place + 1 + usize::try_from(self.below(30)).unwrap()).min(mutated.len());
                    let piece = mutated[place..end].to_vec();
                    mutated.splice(place..place, piece);
                }
            }
        }
        mutated
    }
}
