//! A value of any column goes over the wire to a page, is edited as text in any place, and comes back over the wire as
//! exactly what it was.
//!
//! The cases differ from run to run. A failing run prints its seed: `VALISE_SEED=<seed>` runs the same cases again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "values/kinds.rs"]
mod kinds;
#[path = "values/world.rs"]
mod world;

use kinds::{Case, NAMES, case};
use model::text::{Locale, TypedContext, edit_text, parse_typed};
use model::{Change, Columns, Language, Row, RowId, Timestamp, Value};
use odata::{
    Annotations, FormattedValues, RowFormat, WriteOptions, read_body, read_row, write_change, write_row,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::cmp::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};
use world::{COLUMN, World};

const CASES_PER_KIND: u32 = 150;
const PLACES: [&str; 8] = ["en-US", "en-GB", "fr-FR", "fr-CA", "fr-CH", "de-DE", "de-AT", "de-CH"];

#[test]
fn no_value_is_lost_between_the_wire_and_the_page() {
    let seed = seed();
    for (index, name) in (0_u64..).zip(NAMES) {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&index.to_le_bytes());
        let config = Config { cases: CASES_PER_KIND, failure_persistence: None, ..Config::default() };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(config, rng);
        let page = (0..PLACES.len(), 0..Language::ALL.len());
        let outcome = runner.run(&(case(name), page), |(case, (place, language))| {
            there_and_back(&case, &World::new(&case, PLACES[place], Language::ALL[language]))
        });
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(why, smallest)) => {
                panic!("{name}: {why}\n{smallest:#?}\nVALISE_SEED={seed} runs it again")
            }
            Err(TestError::Abort(why)) => panic!("{name}: given up, {why}; VALISE_SEED={seed}"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "each run tries other cases and tells which")]
fn seed() -> u64 {
    match std::env::var("VALISE_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => u64::try_from(
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() % u128::from(u64::MAX),
        )
        .unwrap(),
    }
}

fn there_and_back(case: &Case, world: &World) -> Result<(), TestCaseError> {
    let fits = model::limits::check(&case.kind, &case.value, Some(world.table()));
    prop_assert_eq!(fits, Ok(()), "a valid value");
    let sent = write(world, &case.value);
    let read = read_row(&sent, world.table()).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let value = read.columns.get(COLUMN).clone();
    prop_assert_eq!(&value, &case.value, "the wire loses nothing");

    let show = world.show();
    let place = Locale::of(world.place);
    let typed = edit_text(&case.kind, &value, place, &show);
    let now = Timestamp::from_milliseconds(1_794_000_000_000);
    let context = TypedContext { show, now, rows: &case.rows, before: &Value::Null };
    let parsed = parse_typed(&case.kind, &typed, place, &context);
    prop_assert_eq!(
        parsed.as_ref().map_err(ToString::to_string),
        Ok(&value),
        "{} typed: {:?}",
        world.place,
        typed
    );
    let parsed = parsed.unwrap();
    if !matches!(value, Value::Parties(_)) {
        prop_assert_eq!(
            query::compare_values(&parsed, &value),
            Some(Ordering::Equal),
            "the order knows them as equal"
        );
    }
    prop_assert!(parsed.is_same(&value));
    prop_assert_eq!(write(world, &parsed), sent, "the wire form is the same");
    // What a device sends says the same; names of rows stay at home.
    let body = read_body(&request(world, &parsed), world.table(), &world.metadata);
    let body = body.map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(body.columns.get(COLUMN).is_same(&value), "sent: {:?}", body.columns);
    Ok(())
}

/// The body a device sends for a change of the column.
fn request(world: &World, value: &Value) -> Vec<u8> {
    let change = Change::Update {
        table: world.table().name.clone(),
        id: RowId::from_u128(1),
        version: None,
        before: Columns::new().with(COLUMN, Value::Null),
        columns: Columns::new().with(COLUMN, value.clone()),
    };
    write_change(&change, &world.metadata).unwrap().body
}

/// The row as a server answers it, with formatted values for the reader.
fn write(world: &World, value: &Value) -> Vec<u8> {
    let options = WriteOptions {
        select: None,
        annotations: Annotations::all(),
        formatted_values: FormattedValues::All,
        language: world.language,
        reader: Some(world.reader()),
        omit_nulls: false,
    };
    let row = Row {
        table: world.table().name.clone(),
        id: RowId::from_u128(1),
        version: None,
        columns: Columns::new().with(COLUMN, value.clone()),
    };
    let mut json = Vec::new();
    write_row(&row, &RowFormat::new(world.table(), &world.metadata, &options), "", &[], &mut json);
    json
}
