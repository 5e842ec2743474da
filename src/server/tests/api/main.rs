//! The server from the outside, in one process: HTTP in, HTTP out, each case on SQLite and on PostgreSQL, each on
//! a fresh database.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so by failing")]

mod assets;
mod batch;
mod crowd;
mod definition_deltas;
mod definitions;
mod deltas;
mod edges;
mod reading;
mod rights;
mod sign_in;
mod values;
mod world;
mod writing;

store_sql::on_both_databases!(
    assets::files_are_served_with_types_policies_and_caching,
    assets::only_configured_origins_may_call,
    assets::answers_are_packed_on_the_way_through_a_network,
    batch::a_change_set_happens_whole_or_not_at_all,
    batch::single_requests_stand_beside_change_sets,
    batch::a_repeated_request_changes_nothing_and_gets_the_same_answer,
    definitions::a_new_column_is_there_at_once_and_goes_with_its_values,
    definitions::every_type_of_column_can_be_made_and_holds_values,
    definitions::a_new_table_is_a_table_like_any_other,
    definitions::relationships_come_and_go,
    definitions::views_and_forms_are_rows_that_are_checked,
    definitions::a_hidden_view_of_the_solution_comes_back_as_it_was,
    definitions::charts_dashboards_processes_and_apps_are_rows_too,
    definitions::only_administrators_change_definitions,
    definitions::nothing_is_left_of_what_was_refused,
    definition_deltas::a_device_learns_what_changed,
    definition_deltas::other_servers_notice_what_changed,
    deltas::a_device_follows_its_rows,
    deltas::whole_tables_come_packed_when_asked_for,
    deltas::a_link_expires_when_rights_change_or_time_passes,
    deltas::only_plain_selections_are_tracked,
    deltas::whole_tables_come_without_nulls_and_deltas_with_what_was_cleared,
    reading::collections_are_filtered_sorted_and_paged,
    reading::fetch_xml_and_views_are_questions_too,
    reading::rows_come_with_their_version_and_related_rows,
    reading::single_columns_have_addresses,
    reading::the_service_describes_itself,
    reading::a_device_learns_what_it_must_know,
    rights::each_depth_reaches_its_rows,
    rights::deleting_reaches_as_far_as_its_depth,
    rights::creating_reaches_as_far_as_its_depth,
    rights::a_row_out_of_reach_does_not_exist,
    rights::attaching_needs_append_and_append_to,
    rights::a_new_owner_takes_along_what_follows,
    sign_in::the_administrator_signs_in_and_stays_signed_in,
    sign_in::codes_are_for_one_client_one_verifier_and_one_time,
    sign_in::codes_go_to_the_app_only,
    sign_in::the_page_speaks_the_readers_language_and_runs_no_script,
    sign_in::wrong_passwords_are_refused_then_slowed_down,
    sign_in::forms_are_short,
    sign_in::services_come_with_a_secret,
    sign_in::nobody_without_a_good_token_gets_in,
    sign_in::demo_accounts_never_leave_the_machine,
    writing::rows_are_created_with_all_that_follows,
    values::new_rows_get_their_numbers,
    values::formatted_values_are_written_for_the_reader,
    values::amounts_have_the_digits_of_their_currency,
    writing::changes_meet_what_they_expect,
    writing::what_only_the_server_writes_stays_the_servers,
    writing::references_are_set_and_cleared_by_address,
    writing::deleting_takes_along_unlinks_or_is_held_back,
    crowd::everybody_is_served_when_many_write,
    crowd::a_request_sent_twice_at_once_is_done_once,
    crowd::guesses_at_once_are_slowed_down_like_others,
    crowd::of_changes_to_one_version_one_wins,
    crowd::a_row_made_by_several_at_once_is_made_once,
    crowd::crossing_changes_all_arrive,
    crowd::nothing_refers_to_a_row_deleted_meanwhile,
    crowd::servers_that_start_together_serve_the_same_org,
    edges::odd_questions_have_answers,
    edges::text_without_an_end_is_refused,
    edges::no_page_begins_behind_every_table,
);
