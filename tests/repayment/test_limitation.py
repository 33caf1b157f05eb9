"""Forty gold timelines of the limitation calendar, one to a line, and the rows it reads them from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.enums import Role
from audit.actors import Actor
from japan.months import month_of
from people.enums import PaperKind
from people.papers import record_paper
from repayment.arrears.refusals import DunningNotAllowed, DunningRefused
from repayment.limitation.calendar import Event, Restart, limitation, period_of, years_after
from repayment.limitation.services import record_acknowledgement, withdraw_acknowledgement
from repayment.limitation.worklist import limitation_rows, soon_lapsing
from repayment.services import post_payment, reverse_payment
from tests.exemptions.builders import a_repaid_loan
from tests.people.builders import a_member_of_staff, a_person, an_office

# Due day of the oldest unpaid instalment · years · events (p payment, a acknowledgement) · looked at on
# → last day of the period, counted from (d due, p, a), events that came too late.
TIMELINES = """
2023-01-26 5  -                                    2026-11-20 2028-01-26 d 0
2023-01-26 5  -                                    2028-01-26 2028-01-26 d 0
2023-01-26 5  -                                    2030-01-01 2028-01-26 d 0
2023-01-26 10 -                                    2026-11-20 2033-01-26 d 0
2024-02-29 5  -                                    2026-11-20 2029-02-28 d 0
2024-02-29 4  -                                    2026-11-20 2028-02-29 d 0
2023-02-28 5  -                                    2026-11-20 2028-02-28 d 0
2023-12-31 5  -                                    2026-11-20 2028-12-31 d 0
2023-01-26 5  p2023-01-26                          2026-11-20 2028-01-26 p 0
2023-01-26 5  p2023-03-27                          2026-11-20 2028-03-27 p 0
2023-01-26 5  p2022-12-01                          2026-11-20 2028-01-26 d 0
2023-01-26 5  p2026-11-20                          2026-11-20 2031-11-20 p 0
2023-01-26 5  p2026-11-21                          2026-11-20 2028-01-26 d 0
2023-01-26 5  a2023-03-27                          2026-11-20 2028-03-27 a 0
2023-01-26 5  a2022-12-01                          2026-11-20 2028-01-26 d 0
2023-01-26 5  a2023-03-27,p2024-05-01              2026-11-20 2029-05-01 p 0
2023-01-26 5  p2024-05-01,a2023-03-27              2026-11-20 2029-05-01 p 0
2023-01-26 5  p2023-03-27,a2024-05-01              2026-11-20 2029-05-01 a 0
2023-01-26 5  p2024-05-01,a2024-05-01              2026-11-20 2029-05-01 p 0
2023-01-26 5  p2023-02-27,p2023-03-27,p2023-04-26  2026-11-20 2028-04-26 p 0
2023-01-26 5  p2028-01-26                          2028-06-01 2033-01-26 p 0
2023-01-26 5  p2028-01-27                          2028-06-01 2028-01-26 d 1
2023-01-26 5  a2028-01-27                          2028-06-01 2028-01-26 d 1
2023-01-26 5  a2028-01-27,p2028-02-01              2028-06-01 2028-01-26 d 2
2023-01-26 5  a2027-12-01,p2028-02-01              2028-06-01 2033-02-01 p 0
2023-01-26 5  a2027-12-01                          2028-06-01 2032-12-01 a 0
2023-01-26 5  p2023-03-27,a2028-03-27              2028-06-01 2033-03-27 a 0
2023-01-26 5  p2023-03-27,a2028-03-28              2028-06-01 2028-03-27 p 1
2023-01-26 10 a2028-03-28                          2028-06-01 2038-03-28 a 0
2023-01-26 10 p2033-01-27                          2033-06-01 2033-01-26 d 1
2024-02-29 5  p2029-02-28                          2029-06-01 2034-02-28 p 0
2024-02-29 5  p2029-03-01                          2029-06-01 2029-02-28 d 1
2025-01-27 5  p2024-12-26                          2026-11-20 2030-01-27 d 0
2025-01-27 5  p2025-01-26                          2026-11-20 2030-01-27 d 0
2025-01-27 5  p2025-01-27,a2025-01-27              2026-11-20 2030-01-27 p 0
2025-01-27 1  p2025-06-30,p2026-06-30              2026-11-20 2027-06-30 p 0
2025-01-27 1  p2025-06-30,p2026-07-01              2026-11-20 2026-06-30 p 1
2025-01-27 1  p2025-06-30,a2026-06-01,p2026-07-01  2026-11-20 2027-07-01 p 0
2025-01-27 3  a2026-11-20                          2026-11-20 2029-11-20 a 0
2025-01-27 5  a2025-02-01,a2025-03-01,p2025-03-01  2026-11-20 2030-03-01 p 0
"""
KINDS = {"p": Restart.PAYMENT, "a": Restart.ACKNOWLEDGEMENT, "d": Restart.DUE}
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
MACHINE = Actor.machine("test")


@pytest.mark.parametrize("line", TIMELINES.strip().splitlines())
def test_gold_timelines(line):
    due_on, years, told, as_of, completes_on, counted_from, too_late = line.split()
    events = [] if told == "-" else [Event(date.fromisoformat(e[1:]), KINDS[e[0]], e) for e in told.split(",")]
    found = limitation(
        due_on=date.fromisoformat(due_on),
        deadline=date(2032, 12, 31),
        events=events,
        years=int(years),
        as_of=date.fromisoformat(as_of),
    )
    assert (found.completes_on.isoformat(), found.counted_from, len(found.too_late)) == (
        completes_on, KINDS[counted_from], int(too_late),
    )  # fmt: skip
    assert found.whole_completes_on == years_after(max(found.starts_on, date(2032, 12, 31)), int(years))
    assert found.may_be_complete(date.fromisoformat(as_of)) == (as_of > completes_on)


def test_there_are_forty_timelines_and_the_contract_decides_on_the_years():
    assert len(TIMELINES.strip().splitlines()) == 40
    assert period_of(date(2020, 3, 31), new=5, old=10) == 10
    assert period_of(date(2020, 4, 1), new=5, old=10) == 5


@pytest.mark.django_db
def test_the_working_list_shows_who_is_near_with_the_evidence_and_an_acknowledgement_takes_them_off(
    today, django_assert_num_queries
):
    office = an_office()
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK, office=office)
    by = Actor.person(clerk)
    silent = a_repaid_loan(a_person(office=office))
    paying = a_repaid_loan(a_person(office=office), months_paid=3)
    a_repaid_loan(a_person(office=office), first_due_month=month_of(2025, 1))
    old = a_repaid_loan(a_person(office=office), applied_on=date(2020, 3, 26), decided_on=date(2020, 3, 30))
    elsewhere = a_repaid_loan(a_person(office=an_office()))
    found = soon_lapsing(clerk, on=TODAY)
    assert set(found) == {silent.pk, paying.pk} and {old.pk, elsewhere.pk}.isdisjoint(found)
    with django_assert_num_queries(9):
        rows = limitation_rows(found, on=TODAY)
    assert [(row.loan.pk, row.limitation.completes_on) for row in rows] == [
        (silent.pk, date(2028, 1, 26)), (paying.pk, date(2028, 4, 26)),
    ]  # fmt: skip
    assert rows[1].limitation.counted_from == Restart.DUE  # the fourth instalment, unpaid since April

    late = post_payment(
        loan=paying, amount=1_000, effective_on=date(2026, 6, 1), source_key="late", by=MACHINE, at=NOW
    )
    (row,) = limitation_rows([paying.pk], on=TODAY)
    assert (row.limitation.completes_on, row.limitation.counted_from) == (date(2031, 6, 1), Restart.PAYMENT)
    assert "1,000円" in row.limitation.evidence
    assert soon_lapsing(clerk, on=TODAY) == [silent.pk]
    reverse_payment(entry=late, reason="誤り", effective_on=TODAY, by=MACHINE, at=NOW)
    assert set(soon_lapsing(clerk, on=TODAY)) == {silent.pk, paying.pk}

    paper = record_paper(
        person=silent.borrower,
        kind=PaperKind.CIRCUMSTANCES,
        received_on=TODAY,
        issued_on=None,
        source_key="p",
        by=by,
        at=NOW,
    )
    told: dict[str, Any] = {"kind": "written", "acknowledged_on": TODAY, "evidence": "債務承認書（契約書ファイル）"}
    for wrong, says in (
        ({"kind": "x"}, "種類"),
        ({"acknowledged_on": date(2026, 11, 21)}, "先の日付"),
        ({"acknowledged_on": date(2020, 1, 1)}, "申込日より前"),
        ({"evidence": " "}, "証拠"),
        ({"paper_id": 0}, "この借受人の書類ではありません"),
    ):
        with pytest.raises(DunningRefused, match=says):
            record_acknowledgement(**{"loan": silent, **told, **wrong, "by": by, "at": NOW})
    with pytest.raises(DunningNotAllowed):
        record_acknowledgement(**{"loan": silent, **told, "by": MACHINE, "at": NOW})
    acknowledged = record_acknowledgement(**{"loan": silent, **told, "paper_id": paper.pk, "by": by, "at": NOW})
    with pytest.raises(DunningRefused, match="すでに記録"):
        record_acknowledgement(**{"loan": silent, **told, "by": by, "at": NOW})
    assert silent.pk not in soon_lapsing(clerk, on=TODAY)
    (shown,) = limitation_rows([silent.pk], on=TODAY)
    assert shown.limitation.completes_on == date(2031, 11, 20) and "契約書ファイル" in shown.limitation.evidence
    with pytest.raises(DunningRefused, match="理由"):
        withdraw_acknowledgement(acknowledgement_id=acknowledged.pk, reason="", by=by, at=NOW)
    withdraw_acknowledgement(acknowledgement_id=acknowledged.pk, reason="別の人の書類", by=by, at=NOW)
    assert silent.pk in soon_lapsing(clerk, on=TODAY)
