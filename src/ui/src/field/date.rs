//! Dates, and dates with time in the user's time zone, by the browser's own inputs: typed on a desktop, picked on a phone.

use super::Field;
use crate::format::{formats, minutes_of, minutes_text};
use crate::locale::fill;
use leptos::prelude::*;
use model::{ColumnKind, Date, DateBehavior, TimeZone, Value};

/// The time taken when only a date is given: the start of an office day.
const MORNING_MINUTES: i32 = 9 * 60;

/// A date, with or without time.
#[component]
pub fn DateControl(
    /// What to draw.
    field: Field,
    /// A time belongs to it.
    has_time: bool,
) -> impl IntoView {
    let behavior = match field.column.kind {
        ColumnKind::DateTime { behavior, .. } => behavior,
        _ => DateBehavior::DateOnly,
    };
    let value = field.value;
    let parts = move || value.with(|value| split(value, behavior));
    let set = {
        let field = field.clone();
        move |date: Option<Date>, minutes: i32| {
            field.on_problem.run(None);
            field.on_change.run(date.map_or(Value::Null, |date| join(date, minutes, behavior, has_time)));
        }
    };
    let on_date = {
        move |event| {
            let minutes = untrack(parts).map_or(MORNING_MINUTES, |(_, minutes)| minutes);
            set(event_target_value(&event).parse().ok(), minutes);
        }
    };
    let on_time = move |event| {
        if let (Some((date, _)), Some(minutes)) = (untrack(parts), minutes_of(&event_target_value(&event))) {
            set(Some(date), minutes);
        }
    };
    let time_name = fill("field.time", &[("label", &field.label)]);
    view! {
        <div class="input-group dates">
            <input
                class="input"
                id=field.input.clone()
                type="date"
                aria-required=field.required()
                aria-invalid=field.invalid()
                aria-describedby=field.described_by()
                prop:value=move || parts().map(|(date, _)| date.to_string()).unwrap_or_default()
                on:change=on_date
            />
            {has_time.then(|| view! {
                <input
                    class="input time"
                    type="time"
                    aria-label=time_name
                    disabled=move || parts().is_none()
                    prop:value=move || parts().map(|(_, minutes)| minutes_text(minutes)).unwrap_or_default()
                    on:change=on_time
                />
            })}
        </div>
    }
}

fn zone(behavior: DateBehavior) -> TimeZone {
    if behavior == DateBehavior::UserLocal { formats().zone().clone() } else { TimeZone::utc() }
}

fn split(value: &Value, behavior: DateBehavior) -> Option<(Date, i32)> {
    match value {
        Value::Date(date) => Some((*date, 0)),
        Value::DateTime(instant) => Some(zone(behavior).wall_clock(*instant)),
        _ => None,
    }
}

fn join(date: Date, minutes: i32, behavior: DateBehavior, has_time: bool) -> Value {
    match behavior {
        DateBehavior::DateOnly => Value::Date(date),
        _ => Value::DateTime(zone(behavior).instant_of(date, if has_time { minutes } else { 0 })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_split_and_joined_by_its_behaviour() {
        let date: Date = "2026-07-01".parse().unwrap();
        assert_eq!(join(date, 510, DateBehavior::DateOnly, true), Value::Date(date));
        for behavior in [DateBehavior::UserLocal, DateBehavior::TimeZoneIndependent] {
            let joined = join(date, 510, behavior, true);
            assert_eq!(split(&joined, behavior), Some((date, 510)));
            assert_eq!(split(&join(date, 510, behavior, false), behavior), Some((date, 0)));
        }
        assert_eq!(split(&Value::Null, DateBehavior::UserLocal), None);
    }
}
