"""What a debit asks for agrees with the pure position over random lives, and no damaged file is ever taken in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from japan.months import month_of
from japan.zengin.checks import differences
from japan.zengin.errors import ZenginError
from japan.zengin.reading import read_debit_instruction, read_debit_result
from japan.zengin.records import DebitFile, DebitLine, Header
from japan.zengin.writing import write_debit_instruction, write_debit_result
from repayment.debit.calendar import coming_debits, cut_off, days_collected_on, month_of_debit
from repayment.debit.selecting import Asked, selection_statement
from repayment.position import Policy
from tests.people.builders import a_person
from tests.repayment.histories import random_history
from tests.repayment.stored import store

HEADER = Header(
    code="1234567890", name="ｻﾝﾌﾟﾙｼｼﾔｷﾖｳ", mmdd="1228", bank="9999", branch="999", kind="1", number="7654321"
)
SENT = DebitFile(
    HEADER,
    tuple(
        DebitLine(
            bank="9999", branch="999", kind="1", number=f"{place:07d}", holder="ﾔﾏﾀﾞ ﾀﾛｳ", amount=1_000 + place,
            customer=place,
        )
        for place in range(1, 9)
    ),
)  # fmt: skip
INSTRUCTION = write_debit_instruction(SENT)
RESULT = write_debit_result(
    replace(SENT, lines=tuple(replace(line, result="1" if line.customer == 3 else "0") for line in SENT.lines))
)


def accepted(data: bytes) -> DebitFile | None:
    """The file as the answer to what was sent, or ``None`` where it is refused, as the service does it."""
    try:
        file = read_debit_result(data).file
    except ZenginError:
        return None
    return None if differences(read_debit_instruction(INSTRUCTION).file, file) else file


def told(file: DebitFile) -> list[tuple[int, int, str]]:
    return [(line.customer, line.amount, line.result) for line in file.lines]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_result_is_refused_or_says_what_it_said_before(data: st.DataObject) -> None:
    """Bytes changed, cut out, doubled or swapped: whatever is still accepted moves the same money."""
    damaged = bytearray(RESULT)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        match data.draw(st.sampled_from(["change", "cut", "double", "swap"])):
            case "change":
                damaged[place] = data.draw(st.integers(0, 255))
            case "cut":
                del damaged[place : place + data.draw(st.sampled_from([1, 120, 122]))]
            case "double":
                damaged[place:place] = damaged[place : place + 122]
            case _:
                start, other = place // 122 * 122, data.draw(st.integers(0, 9)) * 122
                damaged[start : start + 122], damaged[other : other + 122] = (
                    damaged[other : other + 122],
                    damaged[start : start + 122],
                )
        if not damaged:
            return
    file = accepted(bytes(damaged))
    assert file is None or sorted(told(file)) == sorted(told(read_debit_result(RESULT).file))


def test_the_undamaged_result_is_accepted_and_the_instruction_is_not() -> None:
    assert accepted(RESULT) is not None
    assert accepted(INSTRUCTION) is None


def test_the_days_on_which_banks_debit() -> None:
    """RP-04: the 26th and 27th of December 2026 are a weekend; in January they are two days."""
    roll = "NEXT_BUSINESS_DAY"
    december, january = month_of(2026, 12), month_of(2027, 1)
    assert days_collected_on(date(2026, 12, 28), december, roll) == [26, 27, 28]
    assert days_collected_on(date(2027, 1, 27), january, roll) == [27]
    assert month_of_debit(date(2027, 3, 1), [28], roll) == month_of(2027, 2)  # 28 February is a Sunday
    assert month_of_debit(date(2026, 12, 28), [25], roll) is None
    assert cut_off(date(2027, 1, 26), 8) == date(2027, 1, 14)
    coming = coming_debits(today=date(2026, 11, 20), days=[26, 27], bank_days=8, roll=roll)
    assert [each.on for each in coming] == [
        date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 28), date(2027, 1, 26), date(2027, 1, 27),
    ]  # fmt: skip
    assert [each.month for each in coming][2] == december


@pytest.mark.django_db
@pytest.mark.parametrize(("seed", "on"), [(1, date(2024, 5, 27)), (2, date(2025, 7, 28)), (3, date(2027, 3, 1))])
def test_what_is_asked_for_is_what_is_unpaid_of_the_month(seed: int, on: date) -> None:
    random = Random(seed)
    lives = [random_history(random, policy=Policy(), as_of=on) for _ in range(150)]
    lives = [life for life in lives if not any(entry.kind == "exemption_revoked" for entry in life.entries)]
    lives = [life for life in lives if not life.is_disordered]
    ids = store(lives, a_person())
    month = month_of(2027, 2) if on.month == 3 else month_of(on.year, on.month)
    statement = selection_statement(Asked(on=on, month=month, cut_off_on=on, yucho="transfer"))
    with connection.cursor() as cursor:
        cursor.execute(f"select loan_id, amount, reason from ({statement.sql}) as s", statement.params)
        found = {loan: (amount, reason) for loan, amount, reason in cursor.fetchall()}
    asked = 0
    for loan, life in zip(ids, lives, strict=True):
        at = life.position(on)
        unpaid = sum(line.unpaid for line in at.lines if line.due_month == month)
        amount, reason = found[loan]
        assert amount == unpaid, (loan, reason)
        assert (reason == "no_account") == (unpaid > 0), (loan, reason, unpaid)
        asked += unpaid > 0
    assert asked >= 5
