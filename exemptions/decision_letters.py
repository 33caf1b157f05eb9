"""Which decisions call for a letter, and what each letter says: the part of ``letters.py`` that asks the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.enums import OfficeKind
from accounts.models import Office
from exemptions.enums import ApplicationState, Outcome
from exemptions.models import Decision
from exemptions.portions import Change, change
from exemptions.snapshot import facts_from_json
from loans.enums import FundKind
from loans.funds import fund
from notices.sources import Draft, Occasion, occasions
from rulebook.settings import Settings

OCCASION = "decision:"


@dataclass(frozen=True, slots=True)
class DecisionLetters:
    """The decisions of one outcome and extent: who is due a letter of this kind, and its content."""

    outcome: Outcome
    in_part: bool
    content: Callable[[Decision], dict[str, Any]]

    def due_rows(self, day: date) -> QuerySet[Any]:
        """Decisions taken by a day, and not revoked since, whose letter is ours to write, as occasions to be counted."""
        decisions = Decision.objects.filter(
            outcome=self.outcome, decided_on__lte=day, notified_elsewhere_on__isnull=True
        ).exclude(application__state=ApplicationState.REVOKED)
        if self.outcome == Outcome.APPROVED:
            decisions = decisions.filter(remaining__gt=0) if self.in_part else decisions.filter(remaining=0)
        return occasions(OCCASION.rstrip(":"), decisions)

    def due(self, day: date) -> Iterator[str]:
        """The same, one by one; one query."""
        yield from self.due_rows(day).order_by("pk").iterator()

    def draft(self, occasion: str) -> Draft | None:
        """The letter about one decision; it goes out from the lender, the prefectural council."""
        decision = (
            Decision.objects.filter(pk__in=decision_keys([occasion]))
            .exclude(application__state=ApplicationState.REVOKED)
            .select_related("application__loan", "assessment")
            .first()
        )
        if decision is None:
            return None
        return Draft(
            addressee_id=decision.application.loan.borrower_id,
            office_id=Office.objects.get(kind=OfficeKind.PREFECTURAL).pk,
            content=self.content(decision),
        )


def decision_keys(named: Iterable[str]) -> list[int]:
    """The decisions that occasions name; what names none is left out."""
    numbers = [occasion.removeprefix(OCCASION) for occasion in named if occasion.startswith(OCCASION)]
    return [int(number) for number in numbers if number.isascii() and number.isdigit()]


def describe(named: Collection[str]) -> dict[str, Occasion]:
    """To whom and about which loan; one query."""
    decisions = Decision.objects.filter(pk__in=decision_keys(named)).select_related("application__loan__borrower")
    return {
        f"{OCCASION}{decision.pk}": Occasion(
            addressee_id=decision.application.loan.borrower_id,
            name=decision.application.loan.borrower.name,
            about=f"{FundKind(decision.application.loan.fund).label}　{decision.application.loan.code}",
        )
        for decision in decisions
    }


def about(decision: Decision) -> dict[str, Any]:
    """What every decision letter says about its loan and application."""
    loan = decision.application.loan
    return {
        "fund_name": str(FundKind(loan.fund).label),
        "fund_code": fund(loan.fund).fund_code,
        "loan_code": loan.code,
        "principal": loan.principal,
        "application_received_on": decision.application.received_on,
        "decided_on": decision.decided_on,
    }


def approved_whole(decision: Decision) -> dict[str, Any]:
    return {**about(decision), "exempted_amount": decision.amount}


def approved_in_part(decision: Decision) -> dict[str, Any]:
    """The portions as they stood on the day of the decision, from the assessment it rests on."""
    seen = effect_of(decision)
    return {**about(decision), "exempted": seen.exempted, "remaining": seen.remaining}


def effect_of(decision: Decision) -> Change:
    """What an approval changed on its loan, computed from the facts and settings frozen with its assessment."""
    assessment = decision.assessment
    return change(
        facts_from_json(assessment.facts),
        settings=Settings.defaults().with_values(assessment.settings_used),
        as_of=decision.decided_on,
        amount=decision.amount,
        first_no=assessment.first_no,
        last_no=assessment.last_no,
    )


APPROVED = DecisionLetters(Outcome.APPROVED, in_part=False, content=approved_whole)
APPROVED_IN_PART = DecisionLetters(Outcome.APPROVED, in_part=True, content=approved_in_part)
REFUSED = DecisionLetters(Outcome.REFUSED, in_part=False, content=about)
