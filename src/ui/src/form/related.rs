//! The Related menu: tables whose rows belong to the row, each opened in a tab of the form.

use super::FormState;
use super::subgrid::{Rows, setting_of};
use crate::kit::{Menu, MenuItem, Skeleton};
use crate::locale::{self, text};
use crate::session::use_session;
use crate::task;
use client::message::{RelatedLink, RelatedTable};
use leptos::prelude::*;
use model::Form;

/// Rows of the list in a tab of its own.
const ROWS_HIGH: u64 = 12;
/// Lookups that every table has: what they lead to is no part of the row's own story.
const OF_ALL_TABLES: [&str; 13] = [
    "createdby",
    "modifiedby",
    "createdonbehalfby",
    "modifiedonbehalfby",
    "ownerid",
    "owninguser",
    "owningteam",
    "owningbusinessunit",
    "transactioncurrencyid",
    "organizationid",
    "partyid",
    "resourceid",
    "processid",
];

/// The entries of the menu: those the form names, in its order and words, then the table's other relationships by name.
pub fn entries(form: &Form, related: &[RelatedTable]) -> Vec<RelatedTable> {
    let item = |entry: &RelatedTable| {
        form.related.iter().find(|item| item.relationship.eq_ignore_ascii_case(&entry.relationship))
    };
    let mut named: Vec<(u32, usize, RelatedTable)> = Vec::new();
    for (at, item) in form.related.iter().enumerate().filter(|(_, item)| item.visible) {
        let found = related.iter().find(|entry| entry.relationship.eq_ignore_ascii_case(&item.relationship));
        if let Some(found) = found {
            let mut entry = found.clone();
            let label = item.label.text(locale::language());
            if !label.is_empty() {
                label.clone_into(&mut entry.label);
            }
            named.push((item.sequence.unwrap_or(u32::MAX), at, entry));
        }
    }
    named.sort_by_key(|(sequence, at, _)| (*sequence, *at));
    let mut entries: Vec<RelatedTable> = named.into_iter().map(|(_, _, entry)| entry).collect();
    let mut others: Vec<RelatedTable> = Vec::new();
    for entry in related {
        let is_own = match &entry.link {
            RelatedLink::Column(column) => !OF_ALL_TABLES.contains(&column.as_str()),
            RelatedLink::Intersect { .. } => true,
        };
        // Activities are listed together, not table by table.
        let is_activity = matches!(&entry.link, RelatedLink::Column(column) if *column == *"regardingobjectid")
            && entry.table != *"activitypointer";
        let is_there = entries.iter().chain(&others).any(|other| other.table == entry.table);
        if is_own && !is_activity && !is_there && item(entry).is_none() {
            others.push(entry.clone());
        }
    }
    others.sort_by_key(|entry| entry.label.to_lowercase());
    entries.extend(others);
    entries
}

/// The button with the menu.
#[component]
pub fn RelatedMenu(
    /// The entries.
    entries: Signal<Vec<RelatedTable>>,
    /// Opens one.
    on_choose: impl Fn(RelatedTable) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    move || {
        (!entries.with(Vec::is_empty)).then(|| {
            view! {
                <Menu label=text("form.related") shows_label=true icon="chevron_down" class="button subtle related" command="related">
                    {entries.get().into_iter().map(|entry| {
                        let (label, icon) = (entry.label.clone(), entry.icon.clone());
                        view! { <MenuItem label icon on_choose=move || on_choose(entry.clone())/> }
                    }).collect_view()}
                </Menu>
            }
        })
    }
}

/// The rows of an entry.
#[component]
pub fn RelatedRows(
    /// The form.
    state: FormState,
    /// What is listed.
    entry: RelatedTable,
) -> impl IntoView {
    let session = use_session();
    let name = format!("related-{}", entry.relationship);
    let label = entry.label.clone();
    let setting = task::load(move || {
        let entry = entry.clone();
        async move { setting_of(session, entry.table, Some(entry.link), None, ROWS_HIGH).await }
    });
    let rows = move || match setting.get() {
        None => view! { <Skeleton lines=6/> }.into_any(),
        Some(Some(setting)) => {
            view! { <Rows session state setting label=label.clone() name=name.clone()/> }.into_any()
        }
        Some(None) => view! { <p class="quiet-note">{text("subgrid.not-here")}</p> }.into_any(),
    };
    view! { <section class="form-section">{rows}</section> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{FormId, FormKind, Label, Language, RelatedItem};

    fn table(relationship: &str, table: &str, column: &str) -> RelatedTable {
        RelatedTable {
            relationship: relationship.to_owned(),
            table: table.into(),
            label: table.to_uppercase(),
            icon: String::new(),
            link: column.into(),
        }
    }

    #[test]
    fn what_the_form_names_comes_first_and_the_rest_by_name_without_what_every_table_has() {
        let related = [
            table("account_quotes", "quote", "customerid"),
            table("account_contacts", "contact", "parentcustomerid"),
            table("account_tasks", "task", "regardingobjectid"),
            table("account_activities", "activitypointer", "regardingobjectid"),
            table("account_currency", "lead", "transactioncurrencyid"),
            table("account_invoices", "invoice", "customerid"),
            table("account_orders", "salesorder", "customerid"),
        ];
        let mut form = Form::new(FormId::from_u128(1), "account".into(), FormKind::Main, Vec::new());
        let item = |relationship: &str, label: &str, visible, sequence| RelatedItem {
            id: String::new(),
            relationship: relationship.to_owned(),
            label: Label::one(Language::English, label),
            area: String::new(),
            visible,
            sequence,
        };
        form.related = vec![
            item("account_orders", "", true, Some(20)),
            item("Account_Contacts", "People", true, Some(10)),
            item("account_invoices", "", false, None),
            item("gone", "", true, Some(1)),
        ];
        let labels: Vec<String> = entries(&form, &related).into_iter().map(|entry| entry.label).collect();
        assert_eq!(labels, ["People", "SALESORDER", "ACTIVITYPOINTER", "QUOTE"]);
    }
}
