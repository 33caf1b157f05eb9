"""Two clocks: as of a day, what is effective by then counts; as known on a day, only what had been recorded by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.enums import Role
from japan.months import month_of
from loans.models import Loan
from repayment.enums import PaymentChannel, PlanReason
from repayment.models import Deferral, LedgerEntry
from repayment.schedule import make_plan
from repayment.selectors import NoPlan, history_of, policy_on, position_of
from repayment.services import end_deferral, post_payment, record_plan, reverse_payment
from rulebook.models import SettingRow
from tests.desk.builders import MACHINE
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
AS_OF = date(2023, 9, 30)


def moment(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2023, month, day, hour, minute, tzinfo=TOKYO)


@pytest.fixture
def loan() -> Loan:
    """600,000 yen in 120 parts from January 2023, known since the second of January."""
    loan = a_loan(a_person())
    record_plan(
        loan=loan, plan=make_plan(principal=600_000, count=120, first_month=month_of(2023, 1)),
        effective_on=date(2020, 8, 20), debit_day=26, reason=PlanReason.ORIGINAL, source_key="plan",
        by=MACHINE, at=moment(1, 2),
    )  # fmt: skip
    return loan


def paid(loan: Loan, amount: int, on: date, at: datetime) -> LedgerEntry:
    return post_payment(
        loan=loan, amount=amount, effective_on=on, source_key=f"bank:{at}",
        channel=PaymentChannel.SLIP, by=MACHINE, at=at,
    )  # fmt: skip


def test_a_position_as_known_on_a_day_is_what_had_been_recorded_by_then(loan: Loan) -> None:
    entry = paid(loan, 10_000, date(2023, 2, 27), moment(9, 5, 23, 59))
    reverse_payment(entry=entry, reason="別の方の入金", effective_on=entry.effective_on, by=MACHINE, at=moment(9, 8))
    deferral = Deferral.objects.create(
        loan=loan, from_month=month_of(2023, 7), months=12, granted_on=date(2023, 6, 5),
        recorded_at=moment(9, 10), recorded_by="test", source_key="deferral",
    )  # fmt: skip
    end_deferral(
        deferral=deferral, ends_after=month_of(2023, 9), reason="就職", source_key="end", by=MACHINE, at=moment(9, 12)
    )
    record_plan(
        loan=loan, plan=make_plan(principal=600_000, count=60, first_month=month_of(2023, 9)),
        effective_on=date(2023, 8, 1), debit_day=26, reason=PlanReason.PLAN_CHANGE, source_key="change",
        by=MACHINE, at=moment(9, 14),
    )  # fmt: skip

    def figures(known_on: date | datetime | None) -> tuple[int, int, date]:
        at = position_of(loan.pk, AS_OF, known_on=known_on)
        return at.scheduled, at.paid, at.deadline

    assert figures(date(2023, 9, 4)) == (45_000, 0, date(2032, 12, 31))
    assert figures(date(2023, 9, 5)) == (45_000, 10_000, date(2032, 12, 31))
    assert figures(moment(9, 5, 23, 58)) == (45_000, 0, date(2032, 12, 31))
    assert figures(date(2023, 9, 8)) == (45_000, 0, date(2032, 12, 31))
    assert figures(date(2023, 9, 10)) == (30_000, 0, date(2033, 12, 31))
    assert figures(date(2023, 9, 12)) == (30_000, 0, date(2033, 3, 31))
    assert figures(date(2023, 9, 14)) == figures(None) == (10_000, 0, date(2028, 8, 31))
    with pytest.raises(NoPlan):
        figures(date(2023, 1, 1))
    known = history_of(loan.pk, known_on=date(2023, 9, 10))
    assert (len(known.plans), known.deferrals[0].months, len(known.entries)) == (1, 12, 2)
    assert LedgerEntry.objects.get(pk=entry.pk).channel == PaymentChannel.SLIP


def test_settings_count_as_they_were_known(loan: Loan) -> None:
    first, second = (a_member_of_staff(Role.SUPERVISOR) for _ in range(2))
    row = SettingRow.objects.create(
        key="final_deadline_basis", value="LAST_INSTALMENT_DATE", valid_from=date(2023, 1, 1), source="要綱",
        proposed_by=first, proposed_at=moment(9, 1), approved_by=second, approved_at=moment(9, 3),
    )  # fmt: skip
    by_default = policy_on(AS_OF, known_on=date(2023, 9, 2))
    assert policy_on(AS_OF) == replace(by_default, final_deadline_basis="LAST_INSTALMENT_DATE")
    assert position_of(loan.pk, AS_OF, known_on=date(2023, 9, 2)).deadline == date(2032, 12, 31)
    assert position_of(loan.pk, AS_OF, known_on=date(2023, 9, 3)).deadline == date(2032, 12, 26)
    SettingRow.objects.filter(pk=row.pk).update(withdrawn_at=moment(9, 20))
    assert policy_on(AS_OF) == by_default
    assert policy_on(AS_OF, known_on=moment(9, 20) - timedelta(seconds=1)) != by_default
