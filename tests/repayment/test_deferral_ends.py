"""A deferral that ends early (DF-18): the months left are not deferred any more, in position and ageing alike."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from japan.months import month_of
from repayment.ageing import age_loans
from repayment.models import Deferral, DeferralEnd
from repayment.position import Policy
from repayment.selectors import position_of
from repayment.services import PostingRefused, end_deferral
from repayment.status import RepaymentStatus, standings_of
from tests.desk.builders import MACHINE, a_plan
from tests.loans.builders import a_loan
from tests.people.builders import a_person

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
GRANTED = datetime(2023, 6, 5, 10, 0, tzinfo=TOKYO)


@pytest.fixture
def deferral() -> Deferral:
    """600,000 yen in 120 parts from January 2023, deferred for a year from July 2023 on."""
    loan = a_loan(a_person())
    a_plan(loan)
    return Deferral.objects.create(
        loan=loan, from_month=month_of(2023, 7), months=12, granted_on=GRANTED.date(),
        recorded_at=GRANTED, recorded_by="test", source_key="deferral:1",
    )  # fmt: skip


def end(
    deferral: Deferral, year: int, month: int, at: datetime, reason: str = "本人の申出", key: str = "end:1"
) -> DeferralEnd:
    return end_deferral(
        deferral=deferral, ends_after=month_of(year, month), reason=reason, source_key=key, by=MACHINE, at=at
    )


def test_what_was_deferred_further_falls_due_after_the_last_month(deferral: Deferral) -> None:
    loan = deferral.loan_id
    before = position_of(loan, date(2024, 1, 31), policy=Policy())
    assert (before.instalments_due, before.deadline) == (6, date(2033, 12, 31))

    end(deferral, 2023, 10, datetime(2023, 10, 3, 9, 0, tzinfo=TOKYO))

    after = position_of(loan, date(2024, 1, 31), policy=Policy())
    assert (after.instalments_due, after.deadline) == (9, date(2033, 4, 30))
    assert [line.due_month for line in after.lines[5:7]] == [month_of(2023, 6), month_of(2023, 11)]
    (aged,) = age_loans(as_of=date(2024, 1, 31), policy=Policy(), loans=[loan])
    assert {name: asdict(aged)[name] for name in ("instalments_due", "deadline", "arrears")} == {
        "instalments_due": 9, "deadline": after.deadline, "arrears": after.arrears,
    }  # fmt: skip
    october, november = (
        standings_of([loan], date(2023, month, 15), policy=Policy())[loan].status for month in (10, 11)
    )
    assert (october, november) == (RepaymentStatus.DEFERRED, RepaymentStatus.REPAYING)


def test_one_that_has_not_begun_is_withdrawn_and_its_month_is_free_again(deferral: Deferral) -> None:
    end(deferral, 2023, 6, datetime(2023, 6, 20, 9, 0, tzinfo=TOKYO))
    assert position_of(deferral.loan_id, date(2024, 1, 31), policy=Policy()).instalments_due == 13
    Deferral.objects.create(
        loan=deferral.loan, from_month=deferral.from_month, months=3, granted_on=date(2023, 6, 21),
        recorded_at=GRANTED, recorded_by="test", source_key="deferral:2",
    )  # fmt: skip
    at = position_of(deferral.loan_id, date(2024, 1, 31), policy=Policy())
    (aged,) = age_loans(as_of=at.as_of, policy=Policy(), loans=[deferral.loan_id])
    assert (at.instalments_due, aged.instalments_due, aged.deadline) == (10, 10, at.deadline)


def test_ended_once_it_stays_ended_and_the_same_again_is_the_same_row(deferral: Deferral) -> None:
    at = datetime(2023, 10, 3, 9, 0, tzinfo=TOKYO)
    first = end(deferral, 2023, 11, at)
    assert end(deferral, 2023, 11, at) == first
    with pytest.raises(PostingRefused, match="すでに令和5年11月で終わる"):
        end(deferral, 2023, 12, at, key="end:2")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DeferralEnd.objects.filter(pk=first.pk).update(ends_after=0)


@pytest.mark.parametrize(
    ("month", "at", "reason", "sentence"),
    [
        ((2023, 9), (2023, 10, 3), "就職", "令和5年10月より前にできません"),
        ((2023, 5), (2023, 4, 3), "就職", "令和5年6月より前にできません"),
        ((2024, 6), (2023, 10, 3), "就職", "決定した最後の月（令和6年6月）より前に"),
        ((2024, 6), (2024, 7, 1), "就職", "令和6年6月で終わっています"),
        ((2023, 10), (2023, 10, 3), " ", "理由を入力"),
    ],
)
def test_what_would_fall_due_in_the_past_or_changes_nothing_is_refused_by_name(
    deferral: Deferral, month: tuple[int, int], at: tuple[int, int, int], reason: str, sentence: str
) -> None:
    with pytest.raises(PostingRefused, match=sentence):
        end(deferral, *month, datetime(*at, 9, 0, tzinfo=TOKYO), reason)
    assert not DeferralEnd.objects.exists()
