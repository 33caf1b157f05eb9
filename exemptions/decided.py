"""Everything that was decided about exemptions, here and in the system before, as one list. Amounts in yen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from accounts.models import User
from exemptions.enums import ApplicationState, Ground, Outcome
from exemptions.models import Decision, PriorDecision
from japan.eras import fiscal_year_text
from loans.enums import FundKind
from loans.models import Loan


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions are asked for: from and to a day of decision, and with which outcome; None and empty for all."""

    since: date | None = None
    until: date | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision. ``application_id`` is None for one of the system before; ``source`` says then where it is on file."""

    decided_on: date
    loan_code: str
    row: int
    application_id: int | None
    number: str
    loan_id: int
    fund: str
    borrower: str
    ground: str
    fiscal_year: int | None
    outcome: str
    amount: int
    decided_by: str
    notified_on: date | None
    source: str
    state: str

    @property
    def name(self) -> str:
        """How the decision is called: the application's number, or the number it has in the system before."""
        return self.number if self.application_id is None else f"E-{self.application_id:07d}"

    @property
    def fund_label(self) -> str:
        return str(FundKind(self.fund).label)

    @property
    def ground_label(self) -> str:
        return str(Ground(self.ground).label) if self.ground else ""

    @property
    def year(self) -> str:
        return fiscal_year_text(self.fiscal_year) if self.fiscal_year else ""

    @property
    def is_revoked(self) -> bool:
        return self.state == ApplicationState.REVOKED

    @property
    def outcome_label(self) -> str:
        return "承認取消" if self.is_revoked else str(Outcome(self.outcome).label)

    @property
    def meaning(self) -> str:
        """The colour of its pill."""
        return "done" if self.outcome == Outcome.APPROVED and not self.is_revoked else "stop"


def decided(user: User, wanted: Wanted) -> QuerySet[Any]:
    """What this reader may know of, the latest decision first, as tuples in the order of ``Decided``."""
    loans = Loan.objects.visible_to(user)
    own = Decision.objects.filter(application__loan__in=loans).annotate(code=F("application__loan__code"), row=F("pk"))
    ours = _chosen(own, wanted).values_list(
        "decided_on", "code", "row", "application_id", Value("", CharField()), "application__loan_id",
        "application__loan__fund", "application__loan__borrower__name", "assessment__ground",
        Cast("application__fiscal_year", IntegerField()), "outcome", "amount", "decided_by__name",
        "notified_elsewhere_on", Value("", CharField()), "application__state",
    )  # fmt: skip
    prior = PriorDecision.objects.filter(loan__in=loans).annotate(code=F("loan__code"), row=F("pk"))
    theirs = _chosen(prior, wanted).values_list(
        "decided_on", "code", "row", Value(None, IntegerField()), "number", "loan_id", "loan__fund",
        "loan__borrower__name", "ground", Cast("fiscal_year", IntegerField()), "outcome", "amount",
        Value("", CharField()), Cast(F("notified_on"), DateField()), "source", Value("", CharField()),
    )  # fmt: skip
    return ours.union(theirs, all=True).order_by("-decided_on", "code", "row")


def rows_of(found: Iterable[Any]) -> Iterator[Decided]:
    """The decisions behind tuples of ``decided``, without holding them all."""
    for row in found:
        yield Decided(*row)


def decided_before(loan_id: int) -> list[Decided]:
    """What the system before had decided about a loan, the latest first; for who may see the loan."""
    rows = PriorDecision.objects.filter(loan=loan_id).select_related("loan__borrower").order_by("-decided_on", "-pk")
    return [
        Decided(
            decided_on=row.decided_on, loan_code=row.loan.code, row=row.pk, application_id=None, number=row.number,
            loan_id=row.loan_id, fund=row.loan.fund, borrower=row.loan.borrower.name, ground=row.ground,
            fiscal_year=row.fiscal_year, outcome=row.outcome, amount=row.amount, decided_by="",
            notified_on=row.notified_on, source=row.source, state="",
        )
        for row in rows
    ]  # fmt: skip


def _chosen(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    rows = rows.order_by()
    if wanted.since is not None:
        rows = rows.filter(decided_on__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(decided_on__lte=wanted.until)
    return rows.filter(outcome=wanted.outcome) if wanted.outcome in Outcome.values else rows
