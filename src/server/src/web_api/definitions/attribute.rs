//! Columns in Dataverse's metadata JSON, read into ours.

use super::json::{Members, bad, custom_name, tables};
use crate::error::Answered;
use model::{
    BooleanOptions, ChoiceOption, Column, ColumnKind, DateBehavior, DateFormat, Decimal, IntegerFormat,
    Label, LookupStyle, MemoFormat, PrecisionSource, Requirement, TextFormat, Writable,
};
use serde_json::Value;

/// The first number of an option that nobody numbered; Dataverse begins with the publisher's prefix.
const FIRST_OPTION: i32 = 100_000_000;
const LARGEST_MONEY: i64 = 922_337_203_685_477;
const LARGEST_DECIMAL: i64 = 100_000_000_000;

/// A new column.
pub fn new_column(value: &Value) -> Answered<Column> {
    let members = Members::of(value, "the attribute");
    let name = custom_name(members.needed("SchemaName")?)?;
    let place = format!("attribute {name}");
    let members = Members::of(value, &place);
    let label = members.label("DisplayName")?.ok_or_else(|| {
        bad(format!("{place}: DisplayName must have a label in at least one language, for people to read"))
    })?;
    Ok(Column {
        name: name.as_str().into(),
        kind: kind(members, None)?,
        required: requirement(members)?.unwrap_or_default(),
        writable: writable(members)?,
        custom: true,
        auto_number: members.text("AutoNumberFormat")?.unwrap_or_default().to_owned(),
        label,
        description: members.label("Description")?.unwrap_or_default(),
    })
}

/// A column as it shall be from now on. What the request does not name stays.
pub fn changed_column(known: &Column, value: &Value) -> Answered<Column> {
    let place = format!("attribute {}", known.name);
    let members = Members::of(value, &place);
    let mut column = known.clone();
    column.kind = kind(members, Some(&known.kind))?;
    if let Some(required) = requirement(members)? {
        column.required = required;
    }
    if known.custom
        && (members.get("IsValidForCreate").is_some() || members.get("IsValidForUpdate").is_some())
    {
        column.writable = writable(members)?;
    }
    if let Some(format) = members.text("AutoNumberFormat")? {
        format.clone_into(&mut column.auto_number);
    }
    for (name, place) in [("DisplayName", &mut column.label), ("Description", &mut column.description)] {
        for (lcid, text) in members.label(name)?.iter().flat_map(Label::iter) {
            place.set(lcid, text);
        }
    }
    Ok(column)
}

fn requirement(members: Members<'_>) -> Answered<Option<Requirement>> {
    Ok(Some(match members.wrapped("RequiredLevel")? {
        None => return Ok(None),
        Some("None") => Requirement::None,
        Some("Recommended") => Requirement::Recommended,
        Some("ApplicationRequired") => Requirement::Application,
        Some("SystemRequired") => Requirement::System,
        Some(_) => {
            return Err(
                members.wrong("RequiredLevel", "None, Recommended, ApplicationRequired or SystemRequired")
            );
        }
    }))
}

fn writable(members: Members<'_>) -> Answered<Writable> {
    let create = members.boolean("IsValidForCreate")?.unwrap_or(true);
    let update = members.boolean("IsValidForUpdate")?.unwrap_or(true);
    Ok(match (create, update) {
        (true, true) => Writable::Always,
        (true, false) => Writable::OnCreate,
        (false, true) => Writable::OnUpdate,
        (false, false) => Writable::Never,
    })
}

/// The type with its limits. A known column keeps its type; limits that are not named stay.
fn kind(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<ColumnKind> {
    let named = members.odata_type().or(known.map(type_name));
    let named = named.ok_or_else(|| members.wrong("@odata.type", "named, as StringAttributeMetadata"))?;
    if let Some(known) = known.filter(|known| type_name(known) != named) {
        return Err(bad(format!(
            "a column keeps its type: it is {}, not {named}; make a new column and move the values over",
            type_name(known)
        )));
    }
    Ok(match named {
        "StringAttributeMetadata" => text(members, known)?,
        "MemoAttributeMetadata" => memo(members, known)?,
        "IntegerAttributeMetadata" => integer(members, known)?,
        "BigIntAttributeMetadata" => ColumnKind::BigInteger,
        "DecimalAttributeMetadata" => decimal(members, known)?,
        "DoubleAttributeMetadata" => float(members, known)?,
        "MoneyAttributeMetadata" => money(members, known)?,
        "BooleanAttributeMetadata" => ColumnKind::Boolean(boolean(members, known)?),
        "DateTimeAttributeMetadata" => date(members, known)?,
        "PicklistAttributeMetadata" => {
            let known = match known {
                Some(ColumnKind::Choice { options, default }) => Some((options, *default)),
                _ => None,
            };
            let options = options(members, known.map(|(options, _)| options.as_slice()))?;
            let default = match members.integer("DefaultFormValue")? {
                // -1 is Dataverse's word for none.
                Some(-1) => None,
                Some(number) => i32::try_from(number).ok(),
                None => known.and_then(|(_, default)| default),
            };
            if default.is_some_and(|default| options.iter().all(|option| option.value != default)) {
                return Err(members.wrong("DefaultFormValue", "one of the options"));
            }
            ColumnKind::Choice { options, default }
        }
        "MultiSelectPicklistAttributeMetadata" => {
            let known = match known {
                Some(ColumnKind::Choices { options }) => Some(options.as_slice()),
                _ => None,
            };
            ColumnKind::Choices { options: options(members, known)? }
        }
        "LookupAttributeMetadata" | "ComplexLookupAttributeMetadata" => lookup(members, known)?,
        "UniqueIdentifierAttributeMetadata" => ColumnKind::UniqueId,
        "EntityNameAttributeMetadata" => ColumnKind::EntityName,
        "ImageAttributeMetadata" => ColumnKind::Image,
        "FileAttributeMetadata" => {
            let known =
                if let Some(ColumnKind::File { max_kibibytes }) = known { *max_kibibytes } else { 32_768 };
            ColumnKind::File { max_kibibytes: limited(members, "MaxSizeInKB", 1, 131_072, known.into())? }
        }
        // State, status, party lists and base amounts come with their tables.
        _ => match known {
            Some(known) => known.clone(),
            None => return Err(bad(format!("columns of the type {named} cannot be made"))),
        },
    })
}

/// The type of a column in Dataverse's words.
pub const fn type_name(kind: &ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text { .. } => "StringAttributeMetadata",
        ColumnKind::Memo { .. } => "MemoAttributeMetadata",
        ColumnKind::Integer { .. } => "IntegerAttributeMetadata",
        ColumnKind::BigInteger => "BigIntAttributeMetadata",
        ColumnKind::Decimal { .. } => "DecimalAttributeMetadata",
        ColumnKind::Float { .. } => "DoubleAttributeMetadata",
        ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => "MoneyAttributeMetadata",
        ColumnKind::Choice { .. } => "PicklistAttributeMetadata",
        ColumnKind::Choices { .. } => "MultiSelectPicklistAttributeMetadata",
        ColumnKind::Boolean(_) => "BooleanAttributeMetadata",
        ColumnKind::State => "StateAttributeMetadata",
        ColumnKind::Status => "StatusAttributeMetadata",
        ColumnKind::DateTime { .. } => "DateTimeAttributeMetadata",
        ColumnKind::UniqueId => "UniqueIdentifierAttributeMetadata",
        ColumnKind::Lookup { .. } | ColumnKind::PartyList { .. } => "LookupAttributeMetadata",
        ColumnKind::EntityName => "EntityNameAttributeMetadata",
        ColumnKind::Image => "ImageAttributeMetadata",
        ColumnKind::File { .. } => "FileAttributeMetadata",
    }
}

/// A whole number within limits, or what it is without one. What the solution itself has may stay.
fn limited<T: TryFrom<i64>>(members: Members<'_>, name: &str, min: i64, max: i64, known: i64) -> Answered<T> {
    let number = members.integer(name)?.unwrap_or(known);
    let fits =
        (min.min(known)..=max.max(known)).contains(&number).then(|| T::try_from(number).ok()).flatten();
    fits.ok_or_else(|| members.wrong(name, &format!("{min} to {max}")))
}

fn text(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<ColumnKind> {
    let (format, max_length) = match known {
        Some(ColumnKind::Text { format, max_length }) => (*format, *max_length),
        _ => (TextFormat::Plain, 100),
    };
    let named = members.wrapped("FormatName")?.or(members.text("Format")?);
    let format = match named {
        None => format,
        Some("Text" | "PhoneticGuide" | "Json") => {
            if format == TextFormat::AutoNumber {
                format
            } else {
                TextFormat::Plain
            }
        }
        Some("Email") => TextFormat::Email,
        Some("Phone") => TextFormat::Phone,
        Some("Url") => TextFormat::Url,
        Some("TickerSymbol") => TextFormat::Ticker,
        Some("TextArea" | "RichText") => TextFormat::TextArea,
        Some(_) => {
            return Err(members.wrong("FormatName", "Text, Email, Phone, Url, TickerSymbol or TextArea"));
        }
    };
    let is_numbered = members.text("AutoNumberFormat")?.is_some_and(|format| !format.is_empty());
    let format = if is_numbered { TextFormat::AutoNumber } else { format };
    Ok(ColumnKind::Text { format, max_length: limited(members, "MaxLength", 1, 4_000, max_length.into())? })
}

fn memo(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<ColumnKind> {
    let (format, max_length) = match known {
        Some(ColumnKind::Memo { format, max_length }) => (*format, *max_length),
        _ => (MemoFormat::TextArea, 2_000),
    };
    let format = match members.wrapped("FormatName")?.or(members.text("Format")?) {
        None => format,
        Some("RichText") => MemoFormat::RichText,
        Some("Text" | "TextArea" | "Json") => MemoFormat::TextArea,
        Some(_) => return Err(members.wrong("FormatName", "TextArea or RichText")),
    };
    Ok(ColumnKind::Memo {
        format,
        max_length: limited(members, "MaxLength", 1, 1_048_576, max_length.into())?,
    })
}

fn integer(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<ColumnKind> {
    let (format, min, max) = match known {
        Some(ColumnKind::Integer { format, min, max }) => (*format, *min, *max),
        _ => (IntegerFormat::Plain, i64::from(i32::MIN), i64::from(i32::MAX)),
    };
    let format = match members.text("Format")? {
        None => format,
        Some("None") => IntegerFormat::Plain,
        Some("Duration") => IntegerFormat::Duration,
        Some("TimeZone") => IntegerFormat::TimeZone,
        Some("Language" | "Locale") => IntegerFormat::Language,
        Some(_) => return Err(members.wrong("Format", "None, Duration, TimeZone or Language")),
    };
    let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
    let min = limited(members, "MinValue", least, most, min)?;
    let max = limited(members, "MaxValue", least, most, max)?;
    in_order(members, min <= max)?;
    Ok(ColumnKind::Integer { format, min, max })
}

fn in_order(members: Members<'_>, is_in_order: bool) -> Answered<()> {
    if is_in_order { Ok(()) } else { Err(members.wrong("MinValue", "at most MaxValue")) }
}

fn between(members: Members<'_>, limit: i64, known: (Decimal, Decimal)) -> Answered<(Decimal, Decimal)> {
    let limit = Decimal::from(limit);
    let one = |name: &str, known: Decimal| {
        let number = members.decimal(name)?.unwrap_or(known);
        if number.abs() <= limit || number == known {
            Ok(number)
        } else {
            Err(members.wrong(name, &format!("-{limit} to {limit}")))
        }
    };
    let (min, max) = (one("MinValue", known.0)?, one("MaxValue", known.1)?);
    in_order(members, min <= max)?;
    Ok((min, max))
}

fn decimal(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<ColumnKind> {
    let limit = Decimal::from(LARGEST_DECIMAL);
    let (precision, min, max) = match known {
        Some(ColumnKind::Decimal { precision, min, max }) => (*precision, *min, *max),
        _ => (2, -limit, limit),
    };
    let (min, max) = between(members, LARGEST_DECIMAL, (min, max))?;
    let wanted: u8 = limited(members, "Precision", 0, 10, precision.into())?;
    if known.is_some() && wanted < precision {
        return Err(
            members.wrong("Precision", &format!("at least {precision}: values may have as many digits"))
        );
    }
    Ok(ColumnKind::Decimal { precision: wanted, min, max })
}

fn float(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<ColumnKind> {
    let (precision, min, max) = match known {
        Some(ColumnKind::Float { precision, min, max }) => (*precision, *min, *max),
        _ => (2, -1e11, 1e11),
    };
    let min = members.float("MinValue")?.unwrap_or(min);
    let max = members.float("MaxValue")?.unwrap_or(max);
    in_order(members, min <= max)?;
    Ok(ColumnKind::Float { precision: limited(members, "Precision", 0, 5, precision.into())?, min, max })
}

fn money(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<ColumnKind> {
    if let Some(known @ ColumnKind::BaseMoney { .. }) = known {
        return Ok(known.clone());
    }
    let limit = Decimal::from(LARGEST_MONEY);
    let (precision, source, min, max) = match known {
        Some(ColumnKind::Money { precision, source, min, max }) => (*precision, *source, *min, *max),
        _ => (2, PrecisionSource::Currency, -limit, limit),
    };
    let source = match members.integer("PrecisionSource")? {
        None => source,
        Some(0) => PrecisionSource::Column,
        Some(1) => PrecisionSource::Organization,
        Some(2) => PrecisionSource::Currency,
        Some(_) => {
            return Err(members.wrong("PrecisionSource", "0 (column), 1 (organization) or 2 (currency)"));
        }
    };
    let (min, max) = between(members, LARGEST_MONEY, (min, max))?;
    let precision = limited(members, "Precision", 0, 4, precision.into())?;
    Ok(ColumnKind::Money { precision, source, min, max })
}

fn boolean(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<BooleanOptions> {
    let mut options = match known {
        Some(ColumnKind::Boolean(known)) => known.clone(),
        _ => BooleanOptions::default(),
    };
    if let Some(default) = members.boolean("DefaultValue")? {
        options.default = default;
    }
    let set = members.get("OptionSet").map(|value| Members::of(value, "OptionSet"));
    for (name, place) in [("TrueOption", &mut options.yes), ("FalseOption", &mut options.no)] {
        let option = set.and_then(|set| set.get(name)).map(|value| Members::of(value, name));
        if let Some(label) = option.map(|option| option.label("Label")).transpose()?.flatten() {
            *place = label;
        }
        if place.is_empty() {
            return Err(members.wrong("OptionSet", "given, with a TrueOption and a FalseOption with labels"));
        }
    }
    Ok(options)
}

fn date(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<ColumnKind> {
    let (behavior, format) = match known {
        Some(ColumnKind::DateTime { behavior, format }) => (*behavior, *format),
        _ => (DateBehavior::UserLocal, DateFormat::DateAndTime),
    };
    let wanted = match members.wrapped("DateTimeBehavior")? {
        None => behavior,
        Some("UserLocal") => DateBehavior::UserLocal,
        Some("DateOnly") => DateBehavior::DateOnly,
        Some("TimeZoneIndependent") => DateBehavior::TimeZoneIndependent,
        Some(_) => {
            return Err(members.wrong("DateTimeBehavior", "UserLocal, DateOnly or TimeZoneIndependent"));
        }
    };
    if known.is_some() && (wanted == DateBehavior::DateOnly) != (behavior == DateBehavior::DateOnly) {
        return Err(members
            .wrong("DateTimeBehavior", "what it is: a date does not become an instant, nor the reverse"));
    }
    let format = match members.text("Format")? {
        _ if wanted == DateBehavior::DateOnly => DateFormat::Date,
        None => format,
        Some("DateOnly") => DateFormat::Date,
        Some("DateAndTime") => DateFormat::DateAndTime,
        Some(_) => return Err(members.wrong("Format", "DateOnly or DateAndTime")),
    };
    Ok(ColumnKind::DateTime { behavior: wanted, format })
}

fn options(members: Members<'_>, known: Option<&[ChoiceOption]>) -> Answered<Vec<ChoiceOption>> {
    let Some(set) = members.get("OptionSet") else {
        let kept = known.map(<[ChoiceOption]>::to_vec);
        return kept.ok_or_else(|| members.wrong("OptionSet", "given, with its Options"));
    };
    let set = Members::of(set, "OptionSet");
    let mut options: Vec<ChoiceOption> = Vec::new();
    for option in set.list("Options")? {
        let option = Members::of(option, "an option");
        let next = options.iter().map(|option| option.value.saturating_add(1)).max().unwrap_or(FIRST_OPTION);
        let value = match option.integer("Value")? {
            None => next,
            Some(number) => i32::try_from(number).map_err(|_| option.wrong("Value", "a 32-bit number"))?,
        };
        let label = option.label("Label")?;
        let label =
            label.ok_or_else(|| bad(format!("option {value}: Label must have a text in some language")))?;
        if options.iter().any(|option| option.value == value) {
            return Err(bad(format!("there are two options with the value {value}")));
        }
        options.push(ChoiceOption { value, label });
    }
    if options.is_empty() { Err(set.wrong("Options", "at least one option")) } else { Ok(options) }
}

fn lookup(members: Members<'_>, known: Option<&ColumnKind>) -> Answered<ColumnKind> {
    if let Some(known) = known {
        // What it points to is the relationships' matter.
        return Ok(known.clone());
    }
    let targets = tables(members, "Targets")?;
    let is_customer = members.text("AttributeType")? == Some("Customer");
    let style = if is_customer { LookupStyle::Customer } else { LookupStyle::Simple };
    let targets =
        if is_customer && targets.is_empty() { vec!["account".into(), "contact".into()] } else { targets };
    if targets.is_empty() {
        return Err(members.wrong("Targets", "a list of at least one table"));
    }
    Ok(ColumnKind::Lookup { targets, style })
}

#[cfg(test)]
mod tests;
