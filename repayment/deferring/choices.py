"""Which of a borrower's loans can be deferred, from which months, and why the others cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from japan.eras import era_month
from japan.months import month_index
from loans.models import Loan
from people.models import Person
from repayment.deferring.assess import AskedDeferral, LoanFindings
from repayment.deferring.gathering import Wish, findings
from repayment.deferring.timing import MONTHS_AHEAD, effective_month
from repayment.models import DeferralRequest
from repayment.position import Position
from repayment.schedule import shifted_month
from repayment.selectors import History, histories_of
from rulebook.selectors import settings_on
from rulebook.settings import Settings


@dataclass(frozen=True, slots=True)
class LoanChoice:
    """One loan on the form: the months it can begin in (index and words), or what stands in the way."""

    loan: Loan
    position: Position | None
    months: tuple[tuple[int, str], ...]
    obstacle: str


def loan_choices(borrower: Person, *, received_on: date, on: date) -> list[LoanChoice]:
    """Every loan of a borrower with what an application received on a day could ask for; a constant number of queries."""
    settings = settings_on(on)
    loans = list(Loan.objects.filter(borrower=borrower).order_by("first_due_month", "code"))
    ids = [loan.pk for loan in loans]
    histories = histories_of(ids)
    open_now = dict(
        DeferralRequest.objects.filter(loan__in=ids, is_open=True).values_list("loan_id", "application_id")
    )
    wishes = [
        Wish(loan, first_choice(histories[loan.pk], received_on=received_on, on=on, settings=settings), 1)
        for loan in loans
    ]
    asked = AskedDeferral(received_on=received_on, ground="", situation="")
    return [
        _choice(wish, found, has_open=wish.loan.pk in open_now, limit=month_index(received_on) + MONTHS_AHEAD)
        for wish, found in zip(wishes, findings(asked, wishes, settings, on), strict=True)
    ]


def first_choice(history: History, *, received_on: date, on: date, settings: Settings) -> int:
    """The first month a deferral could begin: after the cut-off, with the plan, and after the deferrals there are."""
    month = effective_month(0, received_on=received_on, decided_on=on, cutoff_day=settings.deferral_cutoff_day)
    if history.plans:
        newest = max(history.plans, key=lambda version: version.version)
        shifts = [each for each in history.deferrals if each.plan_version == newest.version]
        month = max(month, shifted_month(newest.plan.first_month, shifts))
    for other in sorted(history.deferrals, key=lambda deferral: deferral.from_month):
        if other.from_month <= month < other.from_month + other.months:
            month = other.from_month + other.months
    return month


def _choice(wish: Wish, found: LoanFindings, *, has_open: bool, limit: int) -> LoanChoice:
    obstacle = "審査中の猶予申請があります。" if has_open else ""
    if not obstacle and found.against:
        obstacle = found.against[0].because
    months = () if obstacle else tuple((month, era_month(month)) for month in range(wish.from_month, limit + 1))
    return LoanChoice(wish.loan, found.preview.before if found.preview else None, months, obstacle)
