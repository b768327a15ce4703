"""Faults are tried on both databases, with real processes. Where each scenario is proved, by the name of its test:

kill -9 at random moments, 12 jobs, 2 accounts
    test_a_few_kills_lose_and_double_nothing; 25 times: test_twenty_five_kills_lose_and_double_nothing
    test_twenty_five_kills_of_two_workers_and_three_crashes_of_the_database_lose_and_double_nothing
kill between COMMIT and acknowledgement, around the end of a job, between its end and the start of its successor
    test_a_kill_behind_the_commit_of_a_flush_repeats_nothing_that_is_saved
    test_a_commit_whose_answer_was_lost_doubles_neither_rows_nor_log_lines
    test_a_kill_before_the_commit_that_ends_a_job_leaves_the_end_to_the_next_worker
    test_a_kill_between_the_end_of_a_job_and_its_successors_start_makes_one_successor
two workers race for one job; the loser's fence
    test_of_workers_that_race_for_a_job_one_gets_it
    test_who_lost_a_job_can_write_nothing_of_it, test_a_worker_that_was_replaced_stops_and_writes_nothing
limits 5, 1 and 6, from rows and from the journal
    test_the_limits_hold_at_every_sample, test_the_sixth_job_of_an_account_waits_whatever_its_lane
    test_two_serial_jobs_run_one_after_the_other, test_the_seventh_parallel_job_waits_whoever_owns_it
order of starts
    test_jobs_start_in_the_order_they_came_among_accounts_with_room
    test_a_worker_starts_what_waits_in_the_order_it_came
restart of the database in mid-flush; away for longer than a lease
    test_a_crash_in_mid_flush_neither_loses_nor_doubles_a_row
    test_a_worker_without_its_database_for_a_lease_stops_itself_before_another_goes_on
    test_a_database_away_for_longer_than_a_lease_is_survived_in_real_time
    test_a_worker_that_gets_its_role_while_the_database_is_away_waits_for_it
    test_connections_cut_by_the_server_cost_nothing_but_time
a worker that stands still
    test_a_worker_that_was_paused_past_its_lease_writes_nothing_when_it_wakes
    test_a_worker_whose_event_loop_is_stuck_ends_itself
self-stop
    test_a_worker_that_cannot_renew_its_lease_stops_before_a_successor_may_start
    test_a_lease_that_ran_out_before_the_work_began_is_not_used
    test_a_table_module_that_takes_longer_than_a_lease_keeps_its_job
full disk
    test_a_job_waits_for_room_and_then_completes
    test_creating_says_that_there_is_no_room_and_reading_goes_on
    test_a_full_disk_is_a_507_to_who_creates_and_nothing_to_who_reads
clocks
    test_a_worker_whose_clock_is_an_hour_wrong_takes_nothing_from_another
    test_six_hours_are_counted_by_the_databases_clock, test_a_job_is_stopped_after_six_hours_with_its_rows_kept
    test_a_clock_that_jumps_while_a_job_runs_loses_and_doubles_nothing
    test_a_job_of_before_a_clock_was_set_back_is_taken_over_at_once
cancel: pending, running, twice, against finish, 60 from 8 threads
    test_cancelling_a_pending_job_ends_it_at_once, test_a_cancel_stops_the_work_within_a_second
    test_cancelling_a_running_job_twice_asks_once
    test_cancel_against_claim_and_finish_leaves_one_terminal_state
    test_of_a_finish_and_a_cancel_and_a_take_over_that_race_one_wins
    test_sixty_cancels_from_eight_threads_leave_one_terminal_state_each
    test_one_job_cancelled_by_eight_threads_at_once_ends_once
item raises, hangs, kills the process
    test_a_failing_item_keeps_its_row_and_is_counted
    test_an_item_that_hangs_is_given_up_after_its_time
    test_an_item_that_kills_its_worker_is_set_aside_and_the_rest_is_done
SIGTERM and take-over
    test_a_worker_asked_to_stop_amid_long_items_is_gone_within_ten_seconds
    test_a_worker_asked_to_stop_is_gone_at_once_and_the_next_goes_on
    test_the_other_process_takes_the_role_when_the_worker_is_killed
    test_a_worker_that_waits_for_its_database_can_still_be_stopped
expiry and deletion beside readers
    test_an_expiry_on_the_way_breaks_the_connection_and_never_ends_the_file
    test_a_download_during_an_expiry_is_whole_or_breaks
    test_a_reader_of_a_job_that_is_deleted_meanwhile_gets_the_whole_file
    test_a_job_at_work_reads_all_rows_of_a_source_that_is_deleted_meanwhile
    test_a_job_that_begins_to_read_another_finds_all_rows_or_is_refused
pipelines
    test_a_kill_between_any_two_nodes_makes_each_nodes_job_once
    test_an_empty_output_ends_its_branch_and_not_the_others_whoever_is_killed
    test_the_first_failure_stops_a_pipeline_and_a_resume_goes_on_there_through_kills
    test_a_pipeline_survives_kill_9_in_its_middle
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Services
from tests.engine.faults.processes import Workers
from tests.engine.jobs.conftest import database_url as database_url
from tests.engine.jobs.conftest import services as services


@pytest.fixture
def workers(services: Services, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(services, tmp_path)
    yield workers
    workers.close()
