//! The time left until a moment, or by how much it has passed.

use super::FormState;
use crate::format::{formats, show};
use crate::kit::Icon;
use crate::locale::{fill, text};
use leptos::prelude::*;
use model::{Column, ColumnKind, ColumnName, IntegerFormat, Label, Requirement, Table, Value, Writable};
use std::time::Duration;

const MINUTE_MILLISECONDS: i64 = 60_000;

/// How the present lies to a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// Minutes until then.
    Left(i64),
    /// Minutes since then.
    Overdue(i64),
}

/// The distance of two moments, in whole minutes.
pub const fn distance(now_milliseconds: i64, then_milliseconds: i64) -> Distance {
    let minutes = (then_milliseconds - now_milliseconds) / MINUTE_MILLISECONDS;
    if then_milliseconds >= now_milliseconds { Distance::Left(minutes) } else { Distance::Overdue(-minutes) }
}

/// Minutes as a duration is written in the user's place.
fn duration(minutes: i64, table: &Table) -> String {
    let kind = ColumnKind::Integer { format: IntegerFormat::Duration, min: 0, max: i64::from(i32::MAX) };
    let column = Column {
        name: ColumnName::new("duration"),
        kind,
        required: Requirement::None,
        writable: Writable::Never,
        custom: false,
        auto_number: String::new(),
        label: Label::default(),
        description: Label::default(),
    };
    show(&Value::Integer(minutes), Some(&column), table, None)
}

/// A timer.
#[component]
pub fn Timer(
    /// The form.
    state: FormState,
    /// The column with the moment.
    column: ColumnName,
    /// What the form calls it.
    label: String,
) -> impl IntoView {
    let tick = RwSignal::new(());
    let handle = set_interval_with_handle(
        move || {
            tick.try_set(());
        },
        Duration::from_secs(60),
    );
    on_cleanup(move || {
        if let Ok(handle) = handle {
            handle.clear();
        }
    });
    let name = column.to_string();
    let words = move || {
        tick.track();
        let then = match state.value_now(column.as_str()) {
            Value::DateTime(at) => at,
            Value::Date(date) => formats().zone().start_of(date),
            _ => return (text("timer.unset").to_owned(), false),
        };
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
        let now = js_sys::Date::now() as i64;
        match distance(now, then.milliseconds()) {
            Distance::Left(minutes) => {
                (fill("timer.left", &[("time", &duration(minutes, &state.table()))]), false)
            }
            Distance::Overdue(minutes) => {
                (fill("timer.overdue", &[("time", &duration(minutes, &state.table()))]), true)
            }
        }
    };
    let words = Memo::new(move |_| words());
    view! {
        <div class="timer" class:overdue=move || words.get().1 data-column=name>
            <span class="field-label">{label}</span>
            <span class="timer-words" role="timer"><Icon name="clock"/> {move || words.get().0}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_left_until_the_moment_and_overdue_after_it() {
        for (now, then, expected) in [
            (0, 0, Distance::Left(0)),
            (0, 90_000, Distance::Left(1)),
            (90_000, 0, Distance::Overdue(1)),
            (1, 0, Distance::Overdue(0)),
        ] {
            assert_eq!(distance(now, then), expected, "{now} {then}");
        }
    }
}
