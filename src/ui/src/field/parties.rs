//! Several rows with a role: attendees, sender, recipients.

use super::{Field, RowSearch};
use crate::format::party_text;
use crate::kit::Icon;
use crate::locale::fill;
use leptos::prelude::*;
use model::{ColumnKind, Party, Reference, Value};

fn parties(value: &Value) -> Vec<Party> {
    if let Value::Parties(parties) = value { parties.clone() } else { Vec::new() }
}

/// Chips, and a search for the next one.
#[component]
pub fn PartiesControl(
    /// What to draw.
    field: Field,
) -> impl IntoView {
    let value = field.value;
    let targets = field.column.targets().to_vec();
    let participation = match field.column.kind {
        ColumnKind::PartyList { participation, .. } => participation,
        _ => 0,
    };
    let set = {
        let field = field.clone();
        Callback::new(move |parties: Vec<Party>| {
            field.on_problem.run(None);
            field.on_change.run(if parties.is_empty() { Value::Null } else { Value::Parties(parties) });
        })
    };
    let pick = Callback::new(move |reference: Reference| {
        let mut all = value.with_untracked(parties);
        let is_there = |party: &Party| party.party.as_ref().is_some_and(|other| other.id == reference.id);
        if !all.iter().any(is_there) {
            all.push(Party { party: Some(reference), address: None, participation });
            set.run(all);
        }
    });
    let chips = move || {
        let all = value.with(parties);
        let chip = |(index, party): (usize, &Party)| {
            let name = party_text(party);
            let remove = fill("field.remove", &[("value", &name)]);
            view! {
                <li class="chip">
                    <span>{name}</span>
                    <button
                        type="button"
                        class="button subtle icon-only small"
                        aria-label=remove
                        on:click=move |_| {
                            let mut all = value.with_untracked(parties);
                            if index < all.len() {
                                all.remove(index);
                            }
                            set.run(all);
                        }
                    >
                        <Icon name="dismiss"/>
                    </button>
                </li>
            }
        };
        all.iter().enumerate().map(chip).collect_view()
    };
    view! {
        <div class="parties">
            <ul class="chips">{chips}</ul>
            <RowSearch
                input=field.input.clone()
                label=field.label.clone()
                targets=targets
                on_pick=pick
                required=field.required()
                invalid=Signal::derive(field.invalid())
                described_by=Signal::derive(field.described_by())
            />
        </div>
    }
}
