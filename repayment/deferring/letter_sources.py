"""Which facts of deferral call for a letter, and what each letter says: the part of ``letters.py`` that asks the database.

Every letter comes from the lender, the prefectural council.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, ClassVar

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import Office
from japan.eras import era_month
from loans.enums import LoanState
from loans.funds import fund
from loans.letter_sources import LendingLetters
from loans.models import Loan
from notices.sources import Draft, Occasion
from people.models import Person
from repayment.deferring.enums import DeferralOutcome, DeferralState
from repayment.deferring.letter_facts import DeferredLoan, NamedLoan
from repayment.deferring.selectors import Rows, ending, with_last_month
from repayment.models import (
    Deferral,
    DeferralApplication,
    DeferralDecision,
    DeferralEnd,
    DeferralStateChange,
)
from repayment.position import Position
from repayment.selectors import positions_of


class Deficient(LendingLetters[DeferralStateChange]):
    """Applications that wait for papers, each with the step that asked for them last."""

    prefix = "deferral-step"

    def rows(self) -> QuerySet[DeferralStateChange]:
        last = (
            DeferralStateChange.objects.filter(application=OuterRef("application"), to_state=DeferralState.INCOMPLETE)
            .order_by("-pk")
            .values("pk")[:1]
        )
        return DeferralStateChange.objects.filter(
            pk=Subquery(last), application__state=DeferralState.INCOMPLETE
        ).select_related("application__borrower")

    def on_day(self, rows: QuerySet[DeferralStateChange], day: date) -> QuerySet[DeferralStateChange]:
        return rows.filter(at__date__lte=day)

    def borrower_id(self, row: DeferralStateChange) -> int:
        return row.application.borrower_id

    def about(self, row: DeferralStateChange) -> tuple[str, str]:
        return row.application.borrower.name, f"猶予申請 {row.application}"

    def content(self, row: DeferralStateChange) -> dict[str, Any]:
        loans = Loan.objects.filter(deferral_requests__application=row.application).order_by("code")
        return {
            **of_application(row.application),
            "asked_on": timezone.localdate(row.at),
            "loans": tuple(named(loan) for loan in loans),
            "items": tuple(row.missing),
        }


class Decided(LendingLetters[DeferralApplication]):
    """Applications with a decision of one outcome; a letter lists the loans it was taken for."""

    prefix = "deferral-application"
    outcome: ClassVar[DeferralOutcome]

    def rows(self) -> QuerySet[DeferralApplication]:
        decided = DeferralDecision.objects.filter(outcome=self.outcome).values("request__application")
        return DeferralApplication.objects.filter(pk__in=decided).select_related("borrower")

    def on_day(self, rows: QuerySet[DeferralApplication], day: date) -> QuerySet[DeferralApplication]:
        decided = DeferralDecision.objects.filter(outcome=self.outcome, decided_on__lte=day)
        return rows.filter(pk__in=decided.values("request__application"))

    def borrower_id(self, row: DeferralApplication) -> int:
        return row.borrower_id

    def about(self, row: DeferralApplication) -> tuple[str, str]:
        return row.borrower.name, f"猶予申請 {row}"

    def decisions(self, row: DeferralApplication) -> list[DeferralDecision]:
        found = DeferralDecision.objects.filter(request__application=row, outcome=self.outcome)
        return list(found.select_related("request__loan").order_by("request__loan__code"))


class Approved(Decided):
    outcome = DeferralOutcome.GRANTED

    def content(self, row: DeferralApplication) -> dict[str, Any]:
        decisions = self.decisions(row)
        deferrals = (
            with_last_month(Deferral.objects.filter(decision__in=decisions))
            .select_related("loan")
            .order_by("loan__code")
        )
        decided_on = decisions[0].decided_on
        return {
            **of_application(row),
            "decided_on": decided_on,
            "loans": deferred(list(deferrals), as_of=decided_on),
        }


class Refused(Decided):
    outcome = DeferralOutcome.REFUSED

    def content(self, row: DeferralApplication) -> dict[str, Any]:
        decisions = self.decisions(row)
        return {
            **of_application(row),
            "decided_on": decisions[0].decided_on,
            "loans": tuple(named(decision.request.loan) for decision in decisions),
        }


class Ended(LendingLetters[DeferralEnd]):
    """Deferrals that ended before their time."""

    prefix = "deferral-end"

    def rows(self) -> QuerySet[DeferralEnd]:
        return DeferralEnd.objects.select_related("deferral__loan__borrower")

    def on_day(self, rows: QuerySet[DeferralEnd], day: date) -> QuerySet[DeferralEnd]:
        return rows.filter(recorded_at__date__lte=day)

    def borrower_id(self, row: DeferralEnd) -> int:
        return row.deferral.loan.borrower_id

    def about(self, row: DeferralEnd) -> tuple[str, str]:
        loan = row.deferral.loan
        return loan.borrower.name, f"{loan.get_fund_display()}　{loan.code}"

    def content(self, row: DeferralEnd) -> dict[str, Any]:
        deferrals = with_last_month(Deferral.objects.filter(pk=row.deferral_id)).select_related("loan")
        recorded_on = timezone.localdate(row.recorded_at)
        return {"recorded_on": recorded_on, "loans": deferred(list(deferrals), as_of=recorded_on)}


class Ending:
    """Borrowers whose deferral ends soon: one letter for each borrower and month, whatever number of loans it is."""

    prefix = "deferral-ending"

    def due_rows(self, day: date) -> Rows:
        """The occasions of a day, to be counted."""
        named = Concat(
            Value(f"{self.prefix}:"),
            Cast("loan__borrower", CharField()),
            Value(":"),
            Cast("last_month", CharField()),
            output_field=CharField(),
        )
        rows = ending(self._rows(), day).order_by().annotate(occasion=named)
        return rows.values_list("occasion", flat=True).distinct()

    def due(self, day: date) -> Iterator[str]:
        """The occasions of a day; one query."""
        yield from self.due_rows(day).order_by("occasion").iterator()

    def draft(self, occasion: str) -> Draft | None:
        """The letter of one occasion; None where nothing is owed any more, or the deferral ends in another month now."""
        for borrower, month in self._keys([occasion]):
            rows = self._rows().filter(loan__borrower=borrower, last_month=month).select_related("loan")
            as_of = timezone.localdate()
            loans = deferred([row for row in rows.order_by("loan__code")], as_of=as_of)
            owing = tuple(loan for loan in loans if loan.resumes is not None)
            if owing:
                return Draft(
                    addressee_id=borrower,
                    office_id=Office.objects.get(kind=OfficeKind.PREFECTURAL).pk,
                    content={"last_month": month, "loans": owing},
                )
        return None

    def describe(self, occasions: Collection[str]) -> dict[str, Occasion]:
        """To whom and about what; one query."""
        keys = self._keys(occasions)
        names = dict(Person.objects.filter(pk__in=[borrower for borrower, _ in keys]).values_list("pk", "name"))
        return {
            f"{self.prefix}:{borrower}:{month}": Occasion(
                addressee_id=borrower, name=names[borrower], about=f"{era_month(month)}で終わる猶予"
            )
            for borrower, month in keys
            if borrower in names
        }

    def _rows(self) -> Rows:
        return with_last_month(Deferral.objects.exclude(loan__state=LoanState.GIVEN_UP))

    def _keys(self, occasions: Iterable[str]) -> list[tuple[int, int]]:
        found = []
        for occasion in occasions:
            parts = occasion.split(":")
            if len(parts) == 3 and parts[0] == self.prefix and all(p.isascii() and p.isdigit() for p in parts[1:]):
                found.append((int(parts[1]), int(parts[2])))
        return found


def of_application(row: DeferralApplication) -> dict[str, Any]:
    return {"application_number": str(row), "received_on": row.received_on}


def named(loan: Loan) -> NamedLoan:
    return NamedLoan(fund_name=fund(loan.fund).name_ja, loan_code=loan.code)


def deferred(rows: list[Any], *, as_of: date) -> tuple[DeferredLoan, ...]:
    """Deferrals (with their loan and ``last_month``) as letters tell of them, on a day; the queries do not grow with them."""
    positions = positions_of([row.loan_id for row in rows], as_of)
    return tuple(_deferred(row, positions[row.loan_id]) for row in rows if row.loan_id in positions)


def _deferred(row: Any, at: Position) -> DeferredLoan:
    onward = next((line for line in at.lines if line.due_month > row.last_month and line.unpaid), None)
    return DeferredLoan(
        fund_name=fund(row.loan.fund).name_ja,
        loan_code=row.loan.code,
        from_month=row.from_month,
        last_month=row.last_month,
        resumes=onward.due_month if onward else None,
        amount=onward.unpaid if onward else None,
        deadline=at.deadline,
        arrears=at.arrears,
    )
