"""One cell of the relief map on a page of its own: the answer, its trace, and the way to the pre-filled form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from accounts.roles import Permission
from exemptions.reliefs.asking import Asked
from exemptions.reliefs.cells import GROUND_OF, Cell, Chance, Relief
from exemptions.trace.completing import completed
from exemptions.trace.lines import FindingLine, finding_line
from exemptions.trace.questions import Question
from loans.models import Loan

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Way:
    """Where a relief is asked for: the words of the button and the address of the form with what is known filled in."""

    label: str
    url: str


def way_to(relief: Relief, loan: Loan, cell: Cell, *, user: User) -> Way | None:
    """The form of a relief for one loan; None where nothing can be asked for now, or this reader may not enter it."""
    if cell.chance == Chance.NO:
        return None
    if not relief.is_exemption:
        if not user.can(Permission.ENTER_REPAYMENT):
            return None
        if relief == Relief.DEFERRAL:
            return Way("電話で猶予の申請を受ける", reverse("repayment:deferral_interview", args=[loan.borrower_id]))
        if relief == Relief.SMALL_REPAYMENT:
            return Way("少額返済の約束を入力する", reverse("repayment:agreement_new", args=[loan.pk]))
        return Way("計画の変更を入力する", reverse("repayment:plan_change_new", args=[loan.pk]))
    if relief not in GROUND_OF or not user.can(Permission.ENTER_EXEMPTIONS):
        return None
    query = urlencode({"code": loan.code, "ground": GROUND_OF[relief].value})
    return Way("免除申請を入力する", f"{reverse('exemptions:enter')}?{query}")


@dataclass(frozen=True, slots=True)
class ReliefPage:
    """What the page of one cell shows."""

    cell: Cell
    lines: tuple[FindingLine, ...]
    way: Way | None


def relief_page(relief: Relief, loan: Loan, asked: Asked, cell: Cell, *, user: User) -> ReliefPage:
    """Lay the findings behind one cell beside it; a relief that is no ground of exemption has none of its own."""
    lines: tuple[FindingLine, ...] = ()
    if relief in GROUND_OF:
        if relief == Relief.EX_OFFICIO:
            answer, facts = asked.answer_if_untraceable, asked.facts_if_untraceable
        else:
            answer, facts = asked.answer, asked.facts
        question = Question(facts, asked.settings, asked.as_of)
        answer = completed(answer, question)
        (outcome,) = (it for it in answer.grounds if it.ground == GROUND_OF[relief])
        lines = tuple(finding_line(check, asked.facts.origins, asked.settings) for check in outcome.checks)
    return ReliefPage(cell, lines, way_to(relief, loan, cell, user=user))
