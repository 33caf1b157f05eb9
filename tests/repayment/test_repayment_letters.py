"""The letters of a running repayment: who is listed, who is left out and why, and what each letter says on its PDF."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

from accounts.enums import OfficeKind
from audit.actors import Actor
from japan.months import month_of
from loans.models import Loan
from notices.enums import HoldCause, LetterState
from notices.models import Letter
from notices.selectors import due_tonight
from people.enums import MailBlockReason
from people.models import Person
from people.services import block_mail
from repayment.arrears.listing import list_notices
from repayment.enums import HeldCause, HoldReason, NoticeKind
from repayment.models import RepaymentNotice
from repayment.services import place_hold, post_payment, release_hold, reverse_payment
from tests.exemptions.builders import a_repaid_loan
from tests.loans.test_letters import text_of
from tests.notices.test_issuing import letters_night
from tests.people.builders import a_person, an_office, is_protected, lives_at
from tests.scenes import a_letterhead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "house")]

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
LATER = datetime(2027, 12, 31, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
MACHINE = Actor.machine("test")
WAYS_OF_RELIEF = ("償還猶予", "少額返済", "償還免除", "ご相談", "青海くらし相談センター", "000-555-0111")


@pytest.fixture
def house() -> None:
    cache.clear()
    a_letterhead(an_office(OfficeKind.PREFECTURAL))


def lent(first: tuple[int, int], **fields: Any) -> Loan:
    """5,000 yen a month from a month on, of somebody with an address."""
    person = a_person("髙橋 さくら", "タカハシ サクラ", office=an_office())
    lives_at(person)
    return a_repaid_loan(person, **{"first_due_month": month_of(*first)} | fields)


def pay(loan: Loan, amount: int, on: date) -> Any:
    return post_payment(
        loan=loan, amount=amount, effective_on=on, source_key=f"{loan.code}:{on}", by=MACHINE, at=LATER
    )


def listed(on: date = TODAY) -> dict[str, int]:
    return list_notices(on=on, by=MACHINE, at=NOW).new


def the_row(loan: Loan) -> RepaymentNotice:
    return RepaymentNotice.objects.get(loan=loan, lapsed_on__isnull=True)


def test_every_kind_is_listed_once_on_its_occasion_and_says_what_stands(django_assert_max_num_queries):
    beginning = lent((2027, 1))
    silent, long_silent = lent((2026, 8)), lent((2025, 11))
    lapsed = lent((2020, 1))
    ended = lent((2024, 11), principal=120_000, instalments=24)
    completed = lent((2026, 9), principal=5_000, instalments=1)
    pay(completed, 5_000, date(2026, 9, 15))
    paying = lent((2026, 8))
    pay(paying, 1_000, date(2026, 11, 2))

    with django_assert_max_num_queries(27):
        assert listed() == {"start": 1, "arrears": 2, "deadline": 1, "completed": 1}
    assert listed() == {}
    rows = {row.loan_id: (row.kind, row.months, row.amount) for row in RepaymentNotice.objects.all()}
    assert rows == {
        beginning.pk: ("start", 0, 600_000),
        silent.pk: ("arrears", 3, 15_000),
        long_silent.pk: ("arrears", 12, 60_000),
        ended.pk: ("deadline", 24, 120_000),
        completed.pk: ("completed", 0, 5_000),
    }
    assert lapsed.pk not in rows and paying.pk not in rows

    letters_night(TODAY)
    said = {letter.kind: text_of(letter) for letter in Letter.objects.filter(facts__loan_code__gt="")}
    assert {letter.pages for letter in Letter.objects.exclude(kind="repayment_deadline")} == {1}
    assert Letter.objects.get(kind="repayment_deadline").pages == 2
    assert "令和9年1月26日" in said["repayment_start"] and "120回" in said["repayment_start"]
    arrears = [text_of(letter) for letter in Letter.objects.filter(kind="repayment_arrears").order_by("pk")]
    assert "3か月の間" in arrears[0] and "15,000円" in arrears[0] and "まだありません" in arrears[0]
    assert "12か月の間" in arrears[1] and "60,000円" in arrears[1]
    assert "令和8年9月15日" in said["repayment_completed"]
    assert "調査票" in said["repayment_deadline"] and "令和8年10月31日" in said["repayment_deadline"]
    for code in ("repayment_start", "repayment_arrears", "repayment_deadline"):
        missing = [way for way in WAYS_OF_RELIEF if way not in said[code]]
        assert not missing, (code, missing)
    letters_night(TODAY + timedelta(days=1))
    assert Letter.objects.count() == 5


def test_the_balance_is_told_in_july_alone_once_a_fiscal_year():
    loan = lent((2025, 1))
    assert "balance" not in listed(date(2027, 6, 30))
    assert listed(date(2027, 7, 1))["balance"] == 1
    assert "balance" not in listed(date(2027, 7, 2))
    assert listed(date(2028, 7, 1))["balance"] == 1
    marks = RepaymentNotice.objects.filter(loan=loan, kind=NoticeKind.BALANCE).order_by("mark")
    assert list(marks.values_list("mark", flat=True)) == ["2027", "2028"]


def test_who_is_left_alone_stays_on_the_list_with_the_reason_and_is_told_when_it_has_gone():
    loan = lent((2026, 8))
    place_hold(loan=loan, reason=HoldReason.EXEMPTION_PENDING, since=TODAY, source_key="x", by=MACHINE, at=NOW)
    listed()
    assert (the_row(loan).held, the_row(loan).ready_on) == (HeldCause.EXEMPTION_PENDING, None)
    assert not [due for due in due_tonight(TODAY) if due.code == "repayment_arrears"]
    release_hold(source_key="x", until=date(2026, 12, 1), by=MACHINE, at=NOW)
    told = list_notices(on=date(2026, 12, 2), by=MACHINE, at=NOW)
    assert (told.new, told.held, told.released) == ({}, 0, 1)
    assert the_row(loan).ready_on == date(2026, 12, 2)
    assert [due.code for due in due_tonight(date(2026, 12, 2))] == ["repayment_arrears"]


def test_whoever_pays_while_left_alone_is_not_told_and_a_new_run_is_a_new_occasion():
    loan = lent((2026, 8))
    place_hold(loan=loan, reason=HoldReason.DISPUTE, since=TODAY, source_key="x", by=MACHINE, at=NOW)
    listed()
    pay(loan, 1_000, date(2026, 12, 10))
    assert list_notices(on=date(2026, 12, 28), by=MACHINE, at=NOW).lapsed == 1
    release_hold(source_key="x", until=date(2026, 12, 28), by=MACHINE, at=NOW)
    assert listed(date(2027, 3, 26)) == {"arrears": 1}  # January to March
    assert RepaymentNotice.objects.filter(loan=loan).count() == 2


def test_a_payment_of_the_last_minute_keeps_the_letter_from_being_written():
    loan = lent((2026, 8))
    listed()
    payment = pay(loan, 1_000, TODAY)
    letters_night(TODAY)
    assert not Letter.objects.exists()
    reverse_payment(entry=payment, reason="振込の組戻し", effective_on=TODAY, by=MACHINE, at=NOW)
    letters_night(TODAY + timedelta(days=1))
    assert Letter.objects.get().kind == "repayment_arrears"


def test_a_blocked_address_and_a_protected_one_hold_the_letter_itself():
    blocked, protected = lent((2026, 8)), lent((2026, 8))
    block_mail(
        person=Person.objects.get(pk=blocked.borrower_id),
        reason=MailBlockReason.RETURNED,
        since=TODAY,
        by=MACHINE,
        at=NOW,
    )
    is_protected(Person.objects.get(pk=protected.borrower_id))
    listed()
    letters_night(TODAY)
    found = dict(Letter.objects.values_list("addressee_id", "hold_cause"))
    assert found == {blocked.borrower_id: HoldCause.BLOCKED, protected.borrower_id: HoldCause.PROTECTED}
    assert set(Letter.objects.values_list("state", flat=True)) == {LetterState.HELD}
