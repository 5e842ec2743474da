//! The contract of the store: each case runs on SQLite and on PostgreSQL, each on a fresh database.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so by failing")]

mod auto_number;
mod changes;
mod definitions;
mod derived;
mod fixtures;
mod identity;
mod queries;
mod rows;

store_sql::on_both_databases!(
    rows::metadata_is_applied_once_and_grows,
    rows::every_kind_of_value_comes_back,
    rows::versions_grow_and_protect,
    rows::what_is_not_committed_never_happened,
    rows::a_repeated_request_finds_its_answer,
    rows::many_rows_at_once,
    rows::who_refers_to_a_row_holds_it,
    queries::plans_mean_what_the_cases_say,
    queries::nobody_sees_beyond_their_rights,
    queries::names_of_references_are_those_of_now,
    derived::activities_are_seen_as_one_table,
    derived::parties_follow_their_activity,
    derived::what_is_derived_is_neither_written_nor_followed,
    derived::rows_of_a_parent_are_seen_with_it,
    changes::the_first_pull_comes_in_pages,
    changes::pages_bring_every_kind_of_value_as_single_rows_do,
    changes::a_delta_holds_what_changed_left_and_went,
    changes::a_delta_of_many_pages_loses_nothing,
    changes::a_token_expires_with_rights_time_and_restored_databases,
    changes::an_open_transaction_loses_nothing,
    auto_number::numbers_follow_each_other_and_a_number_not_kept_is_given_again,
    definitions::what_the_org_made_survives_a_newer_solution,
    definitions::a_delta_leads_from_any_version_to_the_newest,
    definitions::columns_come_and_go_with_their_values,
    definitions::what_is_not_committed_changed_no_table,
    definitions::values_follow_their_columns_to_another_form,
    definitions::processes_notice_each_other,
    definitions::a_database_of_the_first_layout_opens_with_its_rows,
    identity::codes_and_refresh_tokens_are_used_once,
    identity::roles_teams_and_settings_come_back,
);
