"""Positions: the worked examples first, then each rule, then what must hold for every history."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from japan.bankdays import collection_date
from japan.months import last_day, month_of, parse_month
from repayment.entries import Entry, LedgerError
from repayment.position import (
    Deferral,
    PlanVersion,
    Policy,
    Position,
    exempted_by_instalment,
    instalment_lines,
    overdue_amount,
    position,
    unpaid_by_instalment,
)
from repayment.schedule import make_plan
from repayment.working import working_lines
from tests.repayment.histories import HISTORIES, History, figures, random_history

SMALL = (200_000, 24, "2023-01")
INITIAL = (600_000, 120, "2023-01")
EXTENSION = (450_000, 120, "2024-01")


def day(text: str) -> date:
    return date.fromisoformat(text)


def paid(on: str, amount: int, key: str | None = None) -> Entry:
    return Entry("paid", amount, day(on), key or f"paid {on} {amount}")


def paid_monthly(first: str, times: int, amount: int, debit_day: int = 26) -> list[Entry]:
    start = parse_month(first)
    return [paid(collection_date(start + n, debit_day, "NONE").isoformat(), amount) for n in range(times)]


def exempted(on: str, amount: int, first_no: int, last_no: int, key: str = "decision", version: int = 1) -> Entry:
    return Entry("exempted", amount, day(on), key, first_no=first_no, last_no=last_no, plan_version=version)


def takes_back(kind: str, entry: Entry, on: str, due_on: str | None = None) -> Entry:
    back = Entry(kind, entry.amount, day(on), f"back {entry.source_key}", reverses=entry.source_key)
    return replace(back, due_on=day(due_on)) if due_on else back


def stand(loan: tuple[int, int, str], as_of: str, *entries: Entry, **more) -> Position:
    principal, count, first = loan
    plan = make_plan(principal=principal, count=count, first_month=parse_month(first))
    versions = [PlanVersion(1, day("2020-06-10"), plan), *more.pop("later_plans", [])]
    return position(principal=principal, plans=versions, entries=entries, as_of=day(as_of), **more)


# --- worked examples ---


def test_li_a_late_interest_runs_from_the_end_of_the_last_month():
    at = stand(SMALL, "2025-06-30", *paid_monthly("2023-01", 17, 8_330))
    assert (at.outstanding, at.arrears, at.late_interest, at.deadline) == (58_390, 58_390, 868, day("2024-12-31"))
    assert [segment.days for segment in at.segments] == [181]


def test_li_a_late_interest_runs_from_the_nominal_debit_day_where_the_prefecture_says_so():
    policy = Policy(final_deadline_basis="LAST_INSTALMENT_DATE")
    at = stand(SMALL, "2025-06-30", *paid_monthly("2023-01", 17, 8_330), policy=policy)
    assert (at.deadline, at.late_interest, at.segments[0].days) == (day("2024-12-26"), 892, 186)


def test_the_deadline_does_not_roll_to_a_bank_day():
    policy = Policy(final_deadline_basis="LAST_INSTALMENT_DATE")
    at = stand((100_000, 1, "2023-03"), "2023-04-01", policy=policy)
    assert at.deadline == day("2023-03-26")


@pytest.mark.parametrize(("rounding", "interest"), [("FLOOR_TOTAL", 719), ("FLOOR_EACH", 718)])
def test_li_b_a_part_payment_splits_the_days_and_rounding_follows_the_setting(rounding, interest):
    entries = [*paid_monthly("2023-01", 17, 8_330), paid("2025-03-31", 20_000), paid("2025-06-30", 38_390)]
    at = stand(SMALL, "2025-06-30", *entries, policy=Policy(late_interest_rounding=rounding))
    assert [(segment.days, segment.principal) for segment in at.segments] == [(90, 58_390), (91, 38_390)]
    assert (at.outstanding, at.arrears, at.late_interest) == (0, 0, interest)


@pytest.mark.parametrize("rounding", ["FLOOR_TOTAL", "FLOOR_EACH"])
def test_a_payment_booked_and_reversed_on_one_day_does_not_split_the_days(rounding):
    wrong = paid("2025-01-31", 40_000)
    entries = [*paid_monthly("2023-01", 17, 8_330), wrong, takes_back("paid_reversed", wrong, "2025-01-31")]
    at = stand(SMALL, "2025-06-30", *entries, policy=Policy(late_interest_rounding=rounding))
    assert ([segment.days for segment in at.segments], at.late_interest) == ([181], 868)


def test_df_a_a_deferral_from_the_start_moves_everything_and_the_deadline():
    deferred = [Deferral(month_of(2023, 1), 12)]
    assert stand(SMALL, "2023-12-31", deferrals=deferred).due == 0
    at = stand(SMALL, "2024-01-26", deferrals=deferred)
    assert (at.due, at.deadline) == (8_330, day("2025-12-31"))
    assert stand(SMALL, "2025-12-31", deferrals=deferred).late_interest == 0
    assert stand(SMALL, "2026-12-31", deferrals=deferred).late_interest == 200_000 * 365 * 300 // 3_650_000


def test_df_b_a_deferral_on_the_way_leaves_what_was_due_before():
    deferred = [Deferral(month_of(2023, 7), 12)]
    at = stand(SMALL, "2024-08-01", *paid_monthly("2023-01", 6, 8_330), deferrals=deferred)
    assert (at.due, at.paid, at.arrears, at.months_in_arrears) == (58_310, 49_980, 8_330, 1)
    assert (at.outstanding, at.deadline, at.late_interest) == (150_020, day("2025-12-31"), 0)
    assert stand(SMALL, "2024-06-30", deferrals=deferred).arrears == 49_980


def test_ex_b_four_instalments_are_overdue_on_the_tenth_of_may():
    at = stand(SMALL, "2023-05-10")
    assert (at.due, at.paid, at.arrears, at.months_in_arrears) == (33_320, 0, 33_320, 4)
    assert (at.outstanding, at.deadline, at.late_interest) == (200_000, day("2024-12-31"), 0)


def test_ex_f_ten_instalments_paid_and_four_overdue():
    at = stand(EXTENSION, "2025-03-15", *paid_monthly("2024-01", 10, 3_750))
    assert (at.due, at.paid, at.arrears, at.months_in_arrears, at.outstanding) == (52_500, 37_500, 15_000, 4, 412_500)


def test_ex_g_small_repayments_let_arrears_grow_to_twelve_months_worth():
    at = stand(INITIAL, "2024-03-31", *paid_monthly("2023-01", 15, 1_000))
    assert (at.arrears, at.months_in_arrears, at.outstanding) == (60_000, 12, 585_000)


def test_ex_g_exempting_the_arrears_leaves_the_later_instalments():
    entries = [*paid_monthly("2023-01", 15, 1_000), exempted("2024-05-10", 60_000, 1, 15)]
    at = stand(INITIAL, "2024-05-10", *entries)
    assert (at.exempted, at.exempted_due, at.outstanding) == (60_000, 60_000, 525_000)
    assert at.arrears == 5_000
    assert at.next_due is not None
    assert (at.next_due.no, at.next_due.amount) == (17, 5_000)
    assert [line.exempted for line in at.lines[:16]] == [0, 0, 0, *[5_000] * 12, 0]


def test_ex_c_a_later_year_exempts_from_the_cut_off_and_earlier_months_stay_payable():
    entries = [*paid_monthly("2023-01", 8, 5_000), exempted("2023-10-20", 540_000, 13, 120)]
    at = stand(INITIAL, "2023-12-31", *entries)
    assert (at.outstanding, at.arrears, at.months_in_arrears) == (20_000, 20_000, 4)
    later = stand(INITIAL, "2026-12-31", *entries)
    assert (later.due, later.arrears, later.exempted_due) == (60_000, 20_000, 180_000)
    assert later.next_due is None


# --- each rule ---


def test_what_is_due_is_counted_by_the_day_of_collection_not_the_nominal_day():
    assert stand(SMALL, "2023-03-26").due == 2 * 8_330
    assert stand(SMALL, "2023-03-27").due == 3 * 8_330
    assert stand(SMALL, "2023-03-26", policy=Policy(holiday_roll="NONE")).due == 3 * 8_330


def test_a_surplus_counts_towards_the_next_instalments():
    at = stand(SMALL, "2023-01-31", paid("2023-01-26", 20_000))
    assert (at.arrears, at.paid_ahead, at.surplus, at.outstanding) == (0, 11_670, 0, 180_000)
    assert at.next_due is not None
    assert (at.next_due.no, at.next_due.amount, at.next_due.collection_date) == (3, 4_990, day("2023-03-27"))
    assert stand(SMALL, "2023-02-28", paid("2023-01-26", 20_000)).arrears == 0
    assert stand(SMALL, "2023-03-31", paid("2023-01-26", 20_000)).arrears == 4_990


def test_a_surplus_does_not_move_the_deadline():
    assert stand(SMALL, "2023-01-31", paid("2023-01-26", 150_000)).deadline == day("2024-12-31")


def test_money_beyond_the_whole_loan_is_reported_as_a_surplus():
    at = stand(SMALL, "2023-02-01", paid("2023-01-26", 200_000), paid("2023-01-31", 500))
    assert (at.outstanding, at.arrears, at.paid, at.surplus, at.late_interest) == (0, 0, 200_500, 500, 0)
    assert at.next_due is None


def test_entries_of_a_later_day_are_not_known_yet():
    entries = [paid("2023-01-26", 8_330), paid("2023-02-27", 8_330), exempted("2023-03-01", 100, 24, 24)]
    at = stand(SMALL, "2023-02-26", *entries)
    assert (at.paid, at.exempted) == (8_330, 0)


def test_a_reversal_takes_a_payment_back_from_its_own_day():
    first = paid("2023-01-26", 8_330)
    entries = [first, takes_back("paid_reversed", first, "2023-02-10")]
    assert stand(SMALL, "2023-02-09", *entries).arrears == 0
    at = stand(SMALL, "2023-02-10", *entries)
    assert (at.paid, at.arrears, at.outstanding) == (0, 8_330, 200_000)


def test_a_reversal_never_counts_before_the_payment_it_takes_back():
    first = paid("2023-02-27", 8_330)
    entries = [first, takes_back("paid_reversed", first, "2023-02-20")]
    assert stand(SMALL, "2023-02-25", *entries).paid == 0
    assert stand(SMALL, "2023-03-10", *entries).paid == 0


def test_a_reversal_after_the_deadline_lets_interest_run_again_from_its_own_day():
    settled = paid("2025-01-31", 200_000)
    entries = [settled, takes_back("paid_reversed", settled, "2025-02-28")]
    at = stand(SMALL, "2025-03-31", *entries)
    assert [(segment.days, segment.principal) for segment in at.segments] == [(31, 200_000), (31, 200_000)]
    assert at.segments[1].first_day == day("2025-03-01")


def test_a_refund_gives_back_a_surplus():
    entries = [paid("2023-01-26", 200_500), Entry("refunded", 500, day("2023-03-01"), "refund")]
    at = stand(SMALL, "2023-03-01", *entries)
    assert (at.paid, at.surplus, at.outstanding) == (200_000, 0, 0)


def test_money_that_arrives_after_a_full_exemption_is_owed_back():
    entries = [paid("2023-01-26", 8_330), exempted("2023-02-01", 191_670, 1, 24), paid("2023-02-27", 8_330)]
    at = stand(SMALL, "2023-03-31", *entries)
    assert (at.outstanding, at.arrears, at.surplus) == (0, 0, 8_330)


def test_a_full_exemption_leaves_the_paid_instalments_and_nothing_due():
    entries = [*paid_monthly("2024-01", 10, 3_750), exempted("2025-03-15", 412_500, 1, 120)]
    at = stand(EXTENSION, "2026-12-31", *entries)
    assert (at.outstanding, at.arrears, at.due, at.surplus) == (0, 0, 37_500, 0)
    assert [line.paid for line in at.lines[:11]] == [3_750] * 10 + [0]


def test_a_partial_amount_fills_its_range_from_the_last_instalment_backwards():
    plan = make_plan(principal=200_000, count=24, first_month=month_of(2023, 1))
    spread = exempted_by_instalment(plan, [(7, 12, 20_000)])
    assert spread[6:12] == [0, 0, 0, 3_340, 8_330, 8_330]
    assert sum(spread) == 20_000


def test_a_second_exemption_fills_what_the_first_one_left():
    plan = make_plan(principal=200_000, count=24, first_month=month_of(2023, 1))
    spread = exempted_by_instalment(plan, [(1, 3, 10_000), (1, 24, 180_000)])
    assert spread[:3] == [0, 1_670 + 4_990, 8_330]
    assert spread[3:] == [8_330] * 20 + [8_410]
    assert sum(spread) == 190_000


def test_a_revocation_takes_an_exemption_back():
    decision = exempted("2023-02-01", 191_670, 2, 24)
    revoked = takes_back("exemption_revoked", decision, "2023-06-01")
    entries = [paid("2023-01-26", 8_330), decision, revoked]
    before = stand(SMALL, "2023-05-31", *entries)
    assert (before.outstanding, before.arrears, before.exempted) == (0, 0, 191_670)
    after = stand(SMALL, "2023-06-01", *entries)
    assert (after.outstanding, after.arrears, after.exempted) == (191_670, 4 * 8_330, 0)


def test_what_a_revocation_brings_back_is_asked_for_on_its_new_date():
    decision = exempted("2023-02-01", 191_670, 2, 24)
    revoked = takes_back("exemption_revoked", decision, "2023-06-01", due_on="2023-07-01")
    entries = [paid("2023-01-26", 8_330), decision, revoked]
    notified = stand(SMALL, "2023-06-30", *entries)
    assert (notified.outstanding, notified.arrears) == (191_670, 0)
    assert stand(SMALL, "2023-07-01", *entries).arrears == 5 * 8_330
    assert unpaid_by_instalment(
        principal=200_000,
        plans=[
            PlanVersion(1, day("2020-06-10"), make_plan(principal=200_000, count=24, first_month=month_of(2023, 1)))
        ],
        entries=entries,
        as_of=day("2023-06-30"),
    ) == [0] + [8_330] * 22 + [8_410]


def test_late_interest_on_exempted_principal_is_waived_with_it():
    entries = [exempted("2025-06-30", 100_000, 13, 24)]
    assert stand(SMALL, "2025-06-29", *entries).segments[0].principal == 200_000
    at = stand(SMALL, "2025-06-30", *entries)
    assert [(segment.days, segment.principal) for segment in at.segments] == [(181, 100_000)]
    everything = stand(SMALL, "2025-12-31", exempted("2025-06-30", 200_000, 1, 24))
    assert (everything.outstanding, everything.late_interest) == (0, 0)


def test_late_interest_accrued_before_an_exemption_stays_where_the_prefecture_keeps_it():
    entries = [exempted("2025-06-30", 100_000, 13, 24)]
    at = stand(SMALL, "2025-07-31", *entries, policy=Policy(late_interest_on_exemption="KEEP"))
    assert [(segment.days, segment.principal) for segment in at.segments] == [(181, 200_000), (31, 100_000)]


def test_principal_brought_back_by_a_revocation_bears_interest_only_from_its_new_date():
    decision = exempted("2024-06-01", 200_000, 1, 24)
    revoked = takes_back("exemption_revoked", decision, "2025-03-01", due_on="2025-03-31")
    at = stand(SMALL, "2025-04-30", decision, revoked)
    assert [(segment.first_day, segment.days) for segment in at.segments] == [(day("2025-04-01"), 30)]


def test_a_payment_after_the_deadline_is_counted_against_principal_first():
    at = stand(SMALL, "2025-12-31", paid("2025-06-30", 200_000))
    interest = 200_000 * 181 * 300 // 3_650_000
    assert (at.outstanding, at.late_interest, at.late_interest_paid) == (0, interest, 0)
    with_interest = stand(SMALL, "2025-12-31", paid("2025-06-30", 200_000 + interest))
    assert (with_interest.late_interest, with_interest.late_interest_paid, with_interest.surplus) == (0, interest, 0)
    too_much = stand(SMALL, "2025-12-31", paid("2025-06-30", 200_000 + interest + 7))
    assert (too_much.late_interest, too_much.outstanding, too_much.surplus) == (0, 0, 7)


def test_a_payment_after_the_deadline_is_counted_against_interest_first_where_the_prefecture_says_so():
    interest_first = Policy(allocation_order="LATE_INTEREST_FIRST")
    interest = 200_000 * 181 * 300 // 3_650_000
    at = stand(SMALL, "2025-06-30", paid("2025-06-30", 100_000), policy=interest_first)
    assert (at.late_interest, at.late_interest_paid) == (0, interest)
    assert at.outstanding == at.arrears == 100_000 + interest
    before_deadline = stand(SMALL, "2024-12-31", paid("2024-12-31", 100_000), policy=interest_first)
    assert (before_deadline.outstanding, before_deadline.late_interest_paid) == (100_000, 0)


def test_a_reversed_payment_gives_back_the_interest_it_had_paid():
    interest_first = Policy(allocation_order="LATE_INTEREST_FIRST")
    payment = paid("2025-06-30", 100_000)
    entries = [payment, takes_back("paid_reversed", payment, "2025-06-30")]
    at = stand(SMALL, "2025-06-30", *entries, policy=interest_first)
    assert (at.late_interest, at.late_interest_paid, at.outstanding) == (200_000 * 181 * 300 // 3_650_000, 0, 200_000)


def test_interest_paid_is_not_returned_when_the_principal_is_exempted_afterwards():
    interest_first = Policy(allocation_order="LATE_INTEREST_FIRST")
    first = stand(SMALL, "2025-06-30", paid("2025-06-30", 100_000), policy=interest_first)
    entries = [paid("2025-06-30", 100_000), exempted("2025-07-31", first.outstanding, 1, 24)]
    at = stand(SMALL, "2025-12-31", *entries, policy=interest_first)
    assert (at.outstanding, at.surplus, at.late_interest) == (0, 0, 0)
    assert at.late_interest_paid == first.late_interest_paid


def test_the_rate_of_the_contract_is_used():
    assert stand(SMALL, "2025-12-31", policy=Policy(late_interest_rate_bp=500)).late_interest == 10_000
    assert stand(SMALL, "2025-12-31", policy=Policy(late_interest_rate_bp=0)).late_interest == 0


def test_a_leap_year_is_counted_with_365_days():
    at = stand((200_000, 12, "2023-01"), "2024-12-31")
    assert (at.segments[0].days, at.late_interest) == (366, 200_000 * 366 * 300 // 3_650_000)


# --- plan versions ---


def changed(as_of: str, *entries: Entry, principal: int, count: int, first: str, **more) -> Position:
    plan = make_plan(principal=principal, count=count, first_month=parse_month(first))
    return stand(SMALL, as_of, *entries, later_plans=[PlanVersion(2, day("2023-07-01"), plan)], **more)


def test_a_changed_plan_counts_from_its_day_and_arrears_start_again():
    entries = paid_monthly("2023-01", 2, 8_330)
    before = changed("2023-06-30", *entries, principal=183_340, count=48, first="2023-08")
    assert (before.plan_version.version, before.arrears) == (1, 4 * 8_330)
    after = changed("2023-07-01", *entries, principal=183_340, count=48, first="2023-08")
    assert (after.plan_version.version, after.arrears, after.outstanding) == (2, 0, 183_340)
    assert (after.settled_before, after.due, after.deadline) == (16_660, 16_660, day("2027-07-31"))
    august = changed("2023-08-31", *entries, principal=183_340, count=48, first="2023-08")
    assert (august.scheduled, august.arrears, august.due, august.paid) == (3_810, 3_810, 20_470, 16_660)


def test_money_received_between_drawing_up_and_start_of_a_changed_plan_counts_towards_it():
    entries = [*paid_monthly("2023-01", 2, 8_330), paid("2023-06-29", 10_000)]
    at = changed("2023-08-31", *entries, principal=183_340, count=48, first="2023-08")
    assert (at.arrears, at.paid_ahead, at.outstanding) == (0, 10_000 - 3_810, 173_340)
    assert [line.paid for line in at.lines[:3]] == [3_810, 3_810, 2_380]


def test_an_exemption_on_an_earlier_plan_is_taken_into_account_once():
    entries = [exempted("2023-03-01", 50_000, 1, 24)]
    at = changed("2023-08-31", *entries, principal=150_000, count=30, first="2023-08")
    assert (at.outstanding, at.exempted, at.arrears, at.settled_before) == (150_000, 50_000, 5_000, 0)


def test_deferrals_of_an_earlier_plan_do_not_move_the_later_one():
    deferrals = [Deferral(month_of(2023, 3), 12), Deferral(month_of(2024, 1), 6, plan_version=2)]
    at = changed("2024-12-31", principal=200_000, count=48, first="2023-08", deferrals=deferrals)
    assert at.instalments_due == 5 + 6
    assert at.deadline == last_day(month_of(2027, 7) + 6)


def test_a_plan_that_starts_in_the_future_is_still_the_first_plan():
    plan = make_plan(principal=200_000, count=24, first_month=month_of(2023, 1))
    at = position(principal=200_000, plans=[PlanVersion(1, day("2022-10-01"), plan)], as_of=day("2022-09-01"))
    assert (at.due, at.outstanding) == (0, 200_000)


def test_a_loan_without_a_plan_has_no_position():
    with pytest.raises(ValueError, match="plan"):
        position(principal=200_000, plans=[], as_of=day("2023-01-01"))


# --- what cannot be a ledger ---


@pytest.mark.parametrize(
    "entries",
    [
        [Entry("paid_reversed", 100, day("2023-01-26"), "a", reverses="nowhere")],
        [Entry("paid_reversed", 100, day("2023-01-26"), "a")],
        [exempted("2023-01-26", 100, 1, 24), Entry("paid_reversed", 9, day("2023-01-27"), "a", reverses="decision")],
        [paid("2023-01-26", 100, "twice"), paid("2023-02-27", 100, "twice")],
    ],
)
def test_corrections_without_their_row_and_doubled_keys_are_refused(entries):
    with pytest.raises(LedgerError):
        stand(SMALL, "2023-12-31", *entries)


@pytest.mark.parametrize(("kind", "amount"), [("payed", 100), ("paid", -1)])
def test_unknown_kinds_and_negative_amounts_are_refused(kind, amount):
    with pytest.raises(LedgerError):
        Entry(kind, amount, day("2023-01-26"), "key")


# --- the working that a screen opens ---


def test_the_working_tells_how_arrears_and_interest_came_about():
    entries = [*paid_monthly("2023-01", 17, 8_330), paid("2025-03-31", 20_000)]
    working = working_lines(stand(SMALL, "2025-06-30", *entries))
    lines = {line.label: line.amount for line in working}
    assert lines["約定額 令和5年1月分〜令和6年12月分 24回"] == 200_000
    assert lines["入金 18回"] == -161_610
    assert lines["滞納額（4か月分）"] == 38_390
    assert lines["令和7年1月1日〜令和7年3月31日 58,390円 × 年3％ × 90日 ÷ 365日"] == 431
    assert lines["延滞利子の残り"] == 719
    assert [line.label for line in working if line.is_result] == ["滞納額（4か月分）", "元金の残り", "延滞利子の残り"]


@given(HISTORIES)
@example(random_history(Random(871)))  # more settled before a change of plan than is due after it, and paid back
def test_the_working_of_every_history_adds_up(history: History):
    at = history.position()
    sums, running = [], 0
    for line in working_lines(at):
        if line.is_result:
            sums.append((running, line.amount))
            running = 0
        else:
            running += line.amount
    (arrears, said_arrears), (left, said_left), _ = sums
    assert max(0, arrears) == said_arrears or said_arrears == at.outstanding
    assert max(0, left) == said_left


# --- what holds for every history ---


@given(HISTORIES, st.randoms())
def test_the_order_in_which_entries_are_told_does_not_matter(history: History, random):
    entries, grants, plans = list(history.entries), list(history.grants), list(history.plans)
    for things in (entries, grants, plans):
        random.shuffle(things)
    told_otherwise = replace(history, entries=tuple(entries), grants=tuple(grants), plans=tuple(plans))
    assert figures(told_otherwise.position()) == figures(history.position())


@given(HISTORIES)
def test_every_yen_is_accounted_for(history: History):
    at = history.position()
    assert at.outstanding - at.surplus == history.principal - at.exempted - (at.paid - at.late_interest_paid)
    assert min(at.outstanding, at.surplus, at.arrears, at.late_interest, at.paid_ahead, at.due) >= 0
    assert at.outstanding == 0 or at.surplus == 0
    assert at.arrears <= at.outstanding
    assert at.arrears == min(max(0, at.due - (at.paid - at.late_interest_paid)), at.outstanding)
    assert at.months_in_arrears == at.arrears // at.plan.month_worth if at.arrears else at.months_in_arrears == 0


@given(HISTORIES)
def test_no_interest_is_born_up_to_the_deadline_and_none_without_principal(history: History):
    at = history.position()
    if at.as_of <= at.deadline:
        assert (at.late_interest, at.segments) == (0, ())
    assert all(segment.principal > 0 and segment.days > 0 for segment in at.segments)
    assert sum(segment.days for segment in at.segments) <= max(0, (at.as_of - at.deadline).days)
    assert all(one.last_day < other.first_day for one, other in zip(at.segments, at.segments[1:], strict=False))


@given(HISTORIES)
def test_instalment_lines_tell_the_same_story_as_the_position(history: History):
    at = history.position()
    assert sum(line.amount for line in at.lines) == at.plan.principal
    assert all(line.amount == line.exempted + line.paid + line.unpaid for line in at.lines)
    assert all(min(line.exempted, line.paid, line.unpaid) >= 0 for line in at.lines)
    assert [line.seq for line in at.lines] == list(range(1, at.plan.count + 1))
    assert sum(line.collection_date <= at.as_of for line in at.lines) == at.instalments_due
    if not history.is_disordered:
        assert sum(line.unpaid for line in at.lines) == at.outstanding
        assert sum(line.unpaid for line in at.lines[: at.instalments_due]) == at.arrears


@given(HISTORIES)
def test_the_next_instalment_is_the_first_open_one_after_the_day(history: History):
    at = history.position()
    open_lines = [line for line in at.lines[at.instalments_due :] if line.unpaid]
    if open_lines:
        first = open_lines[0]
        assert at.next_due is not None
        assert (at.next_due.no, at.next_due.month, at.next_due.amount) == (first.seq, first.due_month, first.unpaid)
        assert at.next_due.collection_date > at.as_of
    else:
        assert at.next_due is None


@given(HISTORIES, st.integers(1, 50_000))
def test_a_further_payment_never_leaves_more_to_pay(history: History, amount):
    payment = Entry("paid", amount, history.as_of - timedelta(days=3), "zz further payment")
    before, after = history.position(), replace(history, entries=(*history.entries, payment)).position()
    assert after.outstanding <= before.outstanding
    assert after.arrears <= before.arrears
    total_before = before.outstanding + before.late_interest - before.surplus
    total_after = after.outstanding + after.late_interest - after.surplus
    assert total_after <= total_before


def test_the_inputs_of_an_exemption_are_the_unpaid_amounts_and_the_arrears():
    plan = make_plan(principal=200_000, count=24, first_month=month_of(2023, 1))
    loan: dict[str, Any] = {
        "principal": 200_000,
        "plans": [PlanVersion(1, day("2020-06-10"), plan)],
        "as_of": day("2023-05-10"),
    }
    entries = [paid("2023-01-26", 10_000)]
    unpaid = unpaid_by_instalment(entries=entries, **loan)
    assert unpaid[:3] == [0, 6_660, 8_330]
    assert sum(unpaid) == 190_000
    assert overdue_amount(entries=entries, **loan) == 23_320
    lines = instalment_lines(entries=entries, **loan)
    assert lines[2].nominal_date == day("2023-03-26")
    assert lines[2].collection_date == day("2023-03-27")
