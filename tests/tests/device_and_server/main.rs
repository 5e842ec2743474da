//! Device and server in one process, the server on SQLite and on PostgreSQL: a day on the road and every way it can go wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod convergence;
mod device;
mod office;
mod road;
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
    convergence::everybody_holds_the_same_in_the_end,
);
