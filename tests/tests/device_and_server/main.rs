//! Device and server in one process, the server on SQLite and on PostgreSQL: a day on the road and every way it can go wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod bring;
mod convergence;
mod definitions;
mod device;
mod faults;
mod gate;
mod office;
mod road;
mod truth;
mod world;

store_sql::on_both_databases!(
    road::the_first_sync_brings_what_the_plan_says,
    road::what_is_edited_offline_reaches_the_server_once,
    road::new_rows_that_need_each_other_arrive_together,
    road::a_lost_answer_makes_nothing_twice_even_when_the_server_restarts_in_between,
    road::a_closed_tab_between_answer_and_pull_loses_nothing,
    road::what_others_clear_is_cleared_on_the_device,
    road::other_columns_of_others_are_merged,
    road::a_conflict_is_resolved_by_keeping_mine,
    road::a_conflict_is_resolved_by_keeping_theirs,
    road::a_row_deleted_by_others_waits_for_the_user,
    road::a_row_assigned_away_leaves_the_device,
    road::a_refused_change_is_parked_with_the_servers_words,
    road::an_expired_token_is_refreshed_and_an_expired_sign_in_loses_nothing,
    road::another_user_cannot_take_a_device_with_unsent_work,
    road::a_busy_server_is_left_alone_for_a_while,
    road::an_expired_delta_link_reconciles_without_losing_own_work,
    road::two_devices_of_one_user_converge,
    truth::nothing_is_called_synced_before_the_servers_answer_is_stored,
    definitions::a_new_column_reaches_an_open_device_and_is_edited_offline,
    definitions::rows_stay_while_a_table_is_fetched_again,
    definitions::a_changed_form_reaches_an_open_device,
    definitions::a_removed_view_leaves_the_list,
    definitions::an_entry_that_names_a_removed_column_is_parked_with_the_reason,
    definitions::an_entry_goes_on_when_its_column_comes_back,
    definitions::tables_come_and_go_with_their_rows,
    definitions::an_upgrade_of_the_solution_keeps_what_the_org_made,
    bring::the_plan_says_what_comes_and_what_is_left_out_comes_later,
    bring::a_first_sync_goes_on_where_a_killed_one_stood,
    bring::nothing_changed_costs_one_request_after_a_restart_too,
    bring::expired_links_cost_ids_and_versions_and_the_differences,
    bring::a_changed_profile_syncs_the_difference,
    bring::related_rows_come_and_go_with_the_row_they_belong_to,
    bring::a_row_that_leaves_waits_for_what_is_unsent,
    bring::an_environment_without_the_function_is_planned_from_the_rows_of_the_profile,
    bring::columns_set_on_the_device_outlive_a_narrower_choice,
    faults::every_wrong_answer_to_changes,
    faults::every_wrong_answer_to_a_page_of_the_first_sync,
    faults::a_sign_in_refused_twice_waits_for_the_user,
    faults::a_page_whose_link_has_expired_on_the_way_is_begun_again,
    convergence::everybody_holds_the_same_in_the_end,
);
