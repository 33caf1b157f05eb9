"""What the page of printed sheets and the page of deeds show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from loans.enums import DeedState, TaskKind
from loans.models import LendingApplication, LendingTask, LoanDeed, LoanDeedQuerySet
from loans.models.deeds import FRUITLESS
from loans.services.deeds import first_paid_on, other_amount_decided
from loans.sheets.facts import PaperLine
from loans.sheets.kinds import SheetKind, kinds_for
from loans.sheets.papers import papers_of

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class DeedPanel:
    """How the deed of an application stands, and what may be recorded now."""

    deed: LoanDeed | None
    may_print: bool
    may_receive: bool
    may_date: bool
    may_return: bool
    paid_on: date | None
    returned: tuple[LoanDeed, ...]


@dataclass(frozen=True, slots=True)
class SheetsPage:
    """The page of one application."""

    sheets: tuple[SheetKind, ...]
    guidance: tuple[SheetKind, ...]
    deed: DeedPanel
    owed: tuple[PaperLine, ...]
    outcome: str
    owed_later: tuple[LendingTask, ...]


def sheets_page(application: LendingApplication, *, on: date) -> SheetsPage:
    """What can be printed for an application, where its deed is, and which papers are owed."""
    kinds = kinds_for(application.fund)
    papers, outcome = papers_of(application, on=on)
    return SheetsPage(
        sheets=tuple(kind for kind in kinds if kind.returns),
        guidance=tuple(kind for kind in kinds if not kind.returns),
        deed=deed_panel(application),
        owed=tuple(line for line in papers if not line.held),
        outcome=outcome,
        owed_later=tuple(
            application.tasks.filter(kind=TaskKind.PAPER_OWED, done_at__isnull=True).order_by("due_on", "pk")
        ),
    )


def deed_panel(application: LendingApplication) -> DeedPanel:
    """The deed that is out, if any, and the steps its state and the application's allow."""
    deeds = list(application.deeds.order_by("pk"))
    out = next((deed for deed in deeds if deed.state != DeedState.RETURNED), None)
    paid_on = first_paid_on(application)
    fruitless = application.state in FRUITLESS
    received = out is not None and out.state == DeedState.RECEIVED
    return DeedPanel(
        deed=out,
        may_print=not fruitless and (out is None or out.state == DeedState.PRINTED),
        may_receive=out is None or out.state == DeedState.PRINTED,
        may_date=received and paid_on is not None,
        may_return=received and out is not None and (fruitless or other_amount_decided(application, out)),
        paid_on=paid_on,
        returned=tuple(deed for deed in deeds if deed.state == DeedState.RETURNED),
    )


DEED_GROUPS: dict[str, str] = {
    "return": "返却が必要",
    "date": "日付の記入待ち",
    "held": "日付なしで保管",
    "out": "ご本人に渡した",
    "dated": "日付を記入して保管",
}


def deeds_of_group(user: User, group: str) -> LoanDeedQuerySet:
    """The deeds of a group that this reader may know of, the oldest first."""
    found = LoanDeed.objects.visible_to(user).select_related("application__applicant", "application__office")
    match group:
        case "return":
            found = found.to_return()
        case "date":
            found = found.to_date()
        case "out":
            found = found.filter(state=DeedState.PRINTED)
        case "dated":
            found = found.filter(state=DeedState.DATED)
        case _:
            found = found.filter(state=DeedState.RECEIVED)
    return found.order_by("received_on", "printed_on", "pk")


def deed_counts(user: User) -> dict[str, int]:
    """How many deeds wait where; for the page and for today."""
    visible = LoanDeed.objects.visible_to(user)
    return {
        "return": visible.to_return().count(),
        "date": visible.to_date().count(),
        "held": visible.filter(state=DeedState.RECEIVED).count(),
        "out": visible.filter(state=DeedState.PRINTED).count(),
        "dated": visible.filter(state=DeedState.DATED).count(),
    }
