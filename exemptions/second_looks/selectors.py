"""What the pages of the second look show: the sample, how often the answers agree, like cases decided differently."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from exemptions.enums import Outcome
from exemptions.models import Application, SecondLook, StateChange, UnlikePair
from exemptions.second_looks.likeness import Agreement

OPEN, AGREED, DIFFER, CONCLUDED, PAIRS = "open", "agreed", "differ", "concluded", "pairs"


def looks_for(user: User) -> QuerySet[SecondLook]:
    """The cases of the sample this reader may know of; a decision that was taken back has left it."""
    seen = Application.objects.visible_to(user)
    return SecondLook.objects.filter(decision__application__in=seen, decision__taken_back__isnull=True)


def pairs_for(user: User) -> QuerySet[UnlikePair]:
    """Pairs of which this reader may know both cases; one that was taken back undoes its pair."""
    seen = Application.objects.visible_to(user)
    return UnlikePair.objects.filter(
        first__application__in=seen,
        second__application__in=seen,
        first__taken_back__isnull=True,
        second__taken_back__isnull=True,
    )


def to_answer(user: User) -> QuerySet[SecondLook]:
    """The cases that wait and that somebody may answer: those they had no part in."""
    rows = looks_for(user).filter(outcome="")
    took = StateChange.objects.filter(by_user=user).values("application")
    own = Q(entered_by=user) | Q(prepared_by=user) | Q(decided_by=user) | Q(decision__decided_for=user)
    return rows.exclude(own).exclude(decision__application__in=took)


def shown(user: User, show: str) -> QuerySet[SecondLook]:
    """The cases of the sample by what became of them, the newest drawing first."""
    rows = looks_for(user).select_related(
        "decision__application__loan__borrower", "draw", "given_by", "decision__assessment"
    )
    match show:
        case "agreed":
            rows = rows.filter(agrees=True)
        case "differ":
            rows = rows.filter(agrees=False, conclusion="")
        case "concluded":
            rows = rows.filter(agrees=False).exclude(conclusion="")
        case _:
            rows = rows.filter(outcome="")
    return rows.order_by("-draw", "pk")


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many cases of the sample and pairs stand where."""

    open: int
    agreed: int
    differ: int
    concluded: int
    pairs: int


def numbers(user: User) -> Numbers:
    """The numbers beside the views; two queries."""
    rows = looks_for(user)
    found = rows.aggregate(
        open=Count("pk", filter=Q(outcome="")),
        agreed=Count("pk", filter=Q(agrees=True)),
        differ=Count("pk", filter=Q(agrees=False, conclusion="")),
        concluded=Count("pk", filter=Q(agrees=False) & ~Q(conclusion="")),
    )
    return Numbers(pairs=pairs_for(user).filter(conclusion="").count(), **found)


def agreement(user: User) -> Agreement:
    """The answers so far, first by second; one query."""
    counted = (
        looks_for(user)
        .exclude(outcome="")
        .order_by()
        .values_list("decision__outcome", "outcome")
        .annotate(Count("pk"))
    )
    return Agreement({(first, second): number for first, second, number in counted})


def table_of(found: Agreement) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """The table of two by two with words: for each first outcome the label, and (first, second, number) of its cells."""
    return [
        (
            str(first.label),
            [(first.value, second.value, found.table.get((first.value, second.value), 0)) for second in Outcome],
        )
        for first in Outcome
    ]
