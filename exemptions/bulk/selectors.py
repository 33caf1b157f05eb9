"""What the pages of bulk approval show: groups that may be equal, approvals drawn up so far, the rows of one. Yen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from exemptions.bulk.enums import BulkState, RowState
from exemptions.bulk.proving import Group
from exemptions.enums import Ground
from exemptions.filters import ready_to_approve
from exemptions.models import Application, Bulk, BulkRow
from japan.eras import fiscal_year_text
from japan.yen import yen
from loans.enums import FundKind


@dataclass(frozen=True, slots=True)
class Waiting:
    """Proposals of one ground, fund and year that were found eligible and complete when they were last looked at."""

    group: Group
    number: int
    amount: int

    @property
    def label(self) -> str:
        return in_words(self.group)


def in_words(group: Group) -> str:
    """「要件① 総合支援資金（初回） 令和5年度」."""
    year = f"　{fiscal_year_text(group.fiscal_year)}" if group.fiscal_year else ""
    return f"{group.ground.label}　{FundKind(group.fund).label}{year}"


def groups_waiting(user: User, *, office_id: int | None) -> list[Waiting]:
    """The groups there are now, the largest first; one query."""
    rows = ready_to_approve(Application.objects.visible_to(user))
    if office_id is not None:
        rows = rows.filter(office=office_id)
    counted = (
        rows.order_by()
        .values_list("assessment__ground", "loan__fund", "fiscal_year")
        .annotate(number=Count("pk"), amount=Sum("assessment__amount"))
    )
    found = [
        Waiting(Group(Ground(ground), fund, year), number, amount) for ground, fund, year, number, amount in counted
    ]
    return sorted(found, key=lambda each: (-each.number, each.label))


def drawn_up() -> QuerySet[Bulk]:
    """Bulk approvals, the newest first, with the numbers of their rows."""
    standing = Q(rows__state=RowState.APPROVED)
    return (
        Bulk.objects.select_related("drawn_by", "approved_by", "office")
        .annotate(
            equal=Count("rows", filter=Q(rows__state=RowState.IN)),
            out=Count("rows", filter=Q(rows__state__in=[RowState.OUT, RowState.LEFT_OUT])),
            approved=Count("rows", filter=standing),
            yen=Sum("rows__amount", filter=standing | Q(rows__state=RowState.IN)),
        )
        .order_by("-pk")
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """The rows of one state: how many, and the yen they exempt together."""

    state: RowState
    number: int
    amount: int


def tallies(bulk: Bulk) -> dict[RowState, Tally]:
    """The rows of a bulk approval by state; one query."""
    counted = bulk.rows.order_by().values_list("state").annotate(Count("pk"), Sum("amount"))
    found = {RowState(state): Tally(RowState(state), number, amount) for state, number, amount in counted}
    return {state: found.get(state, Tally(state, 0, 0)) for state in RowState}


def reasons_of(bulk: Bulk, state: RowState) -> list[tuple[str, int]]:
    """Why rows of a state are out, the most frequent first; one query."""
    counted: Counter[str] = Counter()
    for reasons in bulk.rows.filter(state=state).values_list("reasons", flat=True):
        counted.update(reasons)
    return counted.most_common()


def rows_shown(bulk: Bulk, state: RowState, *, reason: str = "") -> QuerySet[BulkRow]:
    """The rows of a state, in the order of the queue; with one reason where it is asked for."""
    rows = bulk.rows.filter(state=state).select_related("application__loan__borrower", "application__office")
    if reason:
        rows = rows.filter(reasons__contains=[reason])
    return rows.order_by("pk")


def progress(found: dict[RowState, Tally], state: str) -> tuple[int, int]:
    """How many rows the running work has dealt with, and of how many."""
    number = {row: tally.number for row, tally in found.items()}
    every = sum(number.values())
    match BulkState(state):
        case BulkState.LOOKING:
            return every - number[RowState.WAITING], every
        case BulkState.APPROVING:
            done = number[RowState.APPROVED] + number[RowState.LEFT_OUT]
            return done, done + number[RowState.IN]
        case _:
            return number[RowState.TAKEN_BACK], number[RowState.TAKEN_BACK] + number[RowState.APPROVED]


def unfinished(bulk: Bulk, found: dict[RowState, Tally]) -> int:
    """Rows that the last work broke off at, so that it has to be run again."""
    if bulk.state == BulkState.LOOKED:
        return found[RowState.WAITING].number
    return found[RowState.IN].number if bulk.state == BulkState.APPROVED else 0


def says_approval(found: dict[RowState, Tally], label: str) -> Sequence[str]:
    """What approving does, sentence by sentence."""
    equal, out = found[RowState.IN], found[RowState.OUT]
    return [
        f"{label}の {equal.number:,}件、合計 {yen(equal.amount)} を免除します。",
        "1件ずつに、決定・台帳・決定通知・経過が残ります。",
        f"対象外の {out.number:,}件は承認しません。1件ずつ審査してください。",
        "承認までの間に内容が変わった申請は除き、理由を表示します。",
        "通知が印刷便に入る前であれば、取り消せます。",
    ]


def says_taking_back(number: int) -> Sequence[str]:
    """What taking everything back does."""
    return [
        f"承認済みの {number:,}件を決裁待ちに戻します。残額・統計・通知の予定は、承認の前と同じになります。",
        "通知がすでに印刷便に入っている申請は取り消さず、理由を表示します。",
        "承認と取消の経過は、記録に残ります。",
    ]
