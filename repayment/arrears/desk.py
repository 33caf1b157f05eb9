"""What the dunning desk shows: letters that are due and who is left out, promises, holds, and one loan with all of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Permission
from loans.models import Loan
from notices.models import Letter
from people.models import Paper
from repayment.arrears.holding import Held, dunning_held
from repayment.arrears.promises import Promise, promises_on, slowest_channel
from repayment.arrears.unpaid import last_payment, unpaid_months
from repayment.enums import HeldCause, NoticeKind, PromiseState
from repayment.limitation.calendar import Event, Limitation
from repayment.limitation.worklist import events_of, limitation_of, years_of
from repayment.models import CollectionHold, DebtAcknowledgement, PaymentPromise, PaymentSlip, RepaymentNotice
from repayment.position import Position
from repayment.selectors import positions_of
from rulebook.selectors import settings_on

LOOKED_BACK = timedelta(days=62)
"""How far back promises that were broken are shown."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One kind of letter: how many of the month are ready, and how many are left out for which reason."""

    kind: NoticeKind
    ready: int
    held: tuple[tuple[HeldCause, int], ...]

    @property
    def held_total(self) -> int:
        return sum(number for _, number in self.held)


def notices_of(user: User, *, on: date, kind: str = "", held: str = "") -> QuerySet[RepaymentNotice]:
    """The list of a month: rows that became ready in it, and those left out now."""
    month = on.replace(day=1)
    rows = RepaymentNotice.objects.visible_to(user).filter(lapsed_on__isnull=True, listed_on__lte=on)
    rows = rows.exclude(held="", ready_on__lt=month).exclude(held="", ready_on__gt=on)
    if kind in NoticeKind.values:
        rows = rows.filter(kind=kind)
    if held == "ready":
        rows = rows.filter(held="")
    elif held == "held":
        rows = rows.exclude(held="")
    elif held in HeldCause.values:
        rows = rows.filter(held=held)
    return rows.select_related("loan__borrower", "loan__office").order_by("kind", "held", "loan__code")


def notice_lines(user: User, *, on: date) -> list[NoticeLine]:
    """The letters of the month by kind; one query."""
    counted = Counter(notices_of(user, on=on).order_by().values_list("kind", "held"))
    return [
        NoticeLine(
            kind=kind,
            ready=counted[kind.value, ""],
            held=tuple(
                (cause, counted[kind.value, cause.value]) for cause in HeldCause if counted[kind.value, cause.value]
            ),
        )
        for kind in NoticeKind
    ]


def promises_for(user: User, *, on: date) -> list[Promise]:
    """Promises that are waited for, and those broken lately; the nearest day first."""
    rows = PaymentPromise.objects.visible_to(user).filter(
        cancelled_on__isnull=True, due_on__gte=on - LOOKED_BACK - slowest_channel(on)
    )
    told = promises_on(list(rows.select_related("loan__borrower", "taken_by").order_by("due_on", "pk")), on)
    return [found for found in told if found.state in (PromiseState.OPEN, PromiseState.BROKEN)]


@dataclass(frozen=True, slots=True)
class LoanDesk:
    """Everything about asking one borrower to pay one loan."""

    loan: Loan
    position: Position | None
    unpaid_months: int
    last_paid_on: date | None
    held: tuple[Held, ...]
    promises: tuple[Promise, ...]
    holds: tuple[CollectionHold, ...]
    slips: tuple[PaymentSlip, ...]
    letters: tuple[tuple[str, Letter], ...]
    limitation: Limitation | None
    years: int
    events: tuple[Event, ...]
    acknowledgements: tuple[DebtAcknowledgement, ...]
    papers: tuple[Paper, ...]
    may_write: bool
    may_make_slips: bool


def loan_desk(loan: Loan, *, user: User, on: date) -> LoanDesk:
    """Put the page of one loan together. The asker has been admitted to the loan."""
    rules = settings_on(on)
    at = positions_of([loan.pk], on).get(loan.pk)
    events = sorted(events_of([loan.pk])[loan.pk], key=lambda event: event.on, reverse=True)
    promises = loan.promises.select_related("taken_by").order_by("-due_on", "-pk")
    occasions = {f"repayment-notice:{row.pk}": row for row in loan.repayment_notices.all()}
    letters = Letter.objects.filter(kind__startswith="repayment_", occasion__in=occasions).order_by("-pk")
    return LoanDesk(
        loan=loan,
        position=at,
        unpaid_months=unpaid_months(at) if at else 0,
        last_paid_on=last_payment(at.ledger) if at else None,
        held=dunning_held([loan.pk], on).get(loan.pk, ()),
        promises=tuple(promises_on(list(promises), on)),
        holds=tuple(loan.holds.order_by("-since", "-pk")),
        slips=tuple(loan.slips.order_by("-month", "-reissue")),
        letters=tuple((str(NoticeKind(occasions[row.occasion].kind).label), row) for row in letters),
        limitation=limitation_of(loan, at, events, rules) if at else None,
        years=years_of(loan, rules),
        events=tuple(events),
        acknowledgements=tuple(loan.acknowledgements.select_related("paper", "recorded_by").order_by("-pk")),
        papers=tuple(Paper.objects.filter(person=loan.borrower_id).order_by("-received_on", "-pk")),
        may_write=user.can(Permission.WRITE_CASES),
        may_make_slips=user.can(Permission.MOVE_MONEY),
    )
