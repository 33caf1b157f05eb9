"""What the pages of the transfer desk show: the stations of the money, the rows at each, and what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet, Sum

from accounts.models import User
from accounts.roles import Permission
from japan.bankdays import next_bank_day
from japan.yen import yen
from loans.deciding.enums import ProposalState
from loans.disbursement.enums import LineOutcome, TransferState
from loans.disbursement.workflow import STATIONS
from loans.models import LendingChange, LendingSanction, TransferFile, TransferLine, UrgentPayment
from people.models import Person

OPEN_STATES = (TransferState.LOCKED, TransferState.APPROVED, TransferState.WRITTEN, TransferState.SENT)
LABELS = {
    TransferState.LOCKED: "確定",
    TransferState.APPROVED: "承認",
    TransferState.WRITTEN: "ファイル作成",
    TransferState.SENT: "送信済み",
    TransferState.RECONCILED: "消込",
}


@dataclass(frozen=True, slots=True)
class Station:
    """One station of a line: its name, how the money stands there, and the rows behind the number."""

    label: str
    state: str
    detail: str = ""
    url: str = ""


def counted(count: int, total: int | None) -> str:
    """A number of lines with its yen: 「3件 250,000円」."""
    return f"{count:,}件 {yen(total or 0)}"


def house_stations(selected: tuple[int, int]) -> list[Station]:
    """Everything that is on its way through the house, by station; each number leads to its rows."""
    rows = (
        TransferFile.objects.filter(state__in=STATIONS)
        .order_by()
        .values("state")
        .annotate(transfers=Sum("count"), yen=Sum("total"))
    )
    there = {row["state"]: row for row in rows}
    stations = [Station("抽出", "current" if selected[0] else "todo", counted(*selected), "#payable")]
    for state in STATIONS:
        row = there.get(state)
        detail = counted(row["transfers"], row["yen"]) if row else "0件"
        here = "done" if state == TransferState.RECONCILED else "current"
        stations.append(Station(LABELS[state], here if row else "todo", detail, f"?state={state}#files"))
    return stations


def file_stations(file: TransferFile) -> list[Station]:
    """The stations one file has passed, stands at, and has before it."""
    results = results_of(file)
    detail = counted(file.count, file.total)
    lines = "?show=all#lines"
    stations = [Station("抽出", "done", detail, lines)]
    if file.state == TransferState.DISCARDED:
        return [*stations, Station("確定", "done", detail, lines), Station("取りやめ", "stop", detail, lines)]
    reached = STATIONS.index(TransferState(file.state))
    for place, state in enumerate(STATIONS):
        if state == TransferState.RECONCILED:
            stations.append(
                Station(
                    LABELS[state],
                    "done" if place == reached else "todo",
                    f"送金済み {counted(*results[LineOutcome.PAID])}／送金不能 {counted(*results[LineOutcome.RETURNED])}"
                    if reached >= STATIONS.index(TransferState.SENT)
                    else "",
                    "?show=returned#lines" if results[LineOutcome.RETURNED][0] else "?show=paid#lines",
                )
            )
            continue
        here = "done" if place < reached or file.state == TransferState.RECONCILED else "todo"
        if place == reached:
            here = "current"
        stations.append(Station(LABELS[state], here, detail if place <= reached else "", lines))
    return stations


def results_of(file: TransferFile) -> dict[str, tuple[int, int]]:
    """Count and yen of a file's lines by what became of them."""
    rows = file.lines.order_by().values("outcome").annotate(count=Count("pk"), total=Sum("amount"))
    found = {row["outcome"]: (row["count"], row["total"]) for row in rows}
    return {outcome: found.get(outcome, (0, 0)) for outcome in LineOutcome.values}


def files(state: str) -> QuerySet[TransferFile]:
    """Transfer files, the latest day first; of one state, or all."""
    rows = TransferFile.objects.select_related("locked_by", "approved_by").order_by("-pay_on", "-sequence")
    return rows.filter(state=state) if state in TransferState.values else rows


def lines(file: TransferFile, show: str) -> QuerySet[TransferLine]:
    """The lines of a file, all or of one outcome."""
    rows = file.lines.select_related("loan__borrower", "tranche", "account").order_by("number")
    return rows.filter(outcome=show) if show in LineOutcome.values else rows


def usual_pay_day(today: date) -> date:
    """The day a file is usually made for: the next bank day but one, so that the bank has a day."""
    return next_bank_day(next_bank_day(today) + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class UrgentClock:
    """An urgent payment that has not left yet, and how many days are left until it is late."""

    payment: UrgentPayment
    days_left: int

    @property
    def is_late(self) -> bool:
        return self.days_left < 0


def urgent_clocks(today: date) -> list[UrgentClock]:
    """Urgent payments without money out, the nearest first (LN-37)."""
    rows = (
        UrgentPayment.objects.filter(loan__tranches__paid_on__isnull=True, loan__tranches__ended_on__isnull=True)
        .select_related("application__applicant", "loan")
        .order_by("due_on", "pk")
        .distinct()
    )
    return [UrgentClock(row, (row.due_on - today).days) for row in rows]


def open_sanctions(user: User) -> QuerySet[LendingSanction]:
    """Sanctions that wait for a second person, the oldest first."""
    rows = LendingSanction.objects.filter(state=ProposalState.PROPOSED, loan__borrower__in=_persons(user))
    return rows.select_related("loan__borrower", "proposed_by").order_by("proposed_at")


def open_changes(user: User) -> QuerySet[LendingChange]:
    """Changes within the period that wait for a second person, the oldest first."""
    rows = LendingChange.objects.filter(state=ProposalState.PROPOSED, loan__borrower__in=_persons(user))
    return rows.select_related("loan__borrower", "proposed_by").order_by("proposed_at")


def waiting_counts(user: User) -> dict[str, int]:
    """What waits at the transfer desk, for today's page: by what this person may do about it."""
    counts: dict[str, int] = {}
    if user.can(Permission.APPROVE_TRANSFERS):
        counts["approve"] = TransferFile.objects.filter(state=TransferState.LOCKED).exclude(locked_by=user).count()
    if user.can(Permission.MOVE_MONEY):
        counts["onward"] = TransferFile.objects.filter(
            state__in=(TransferState.APPROVED, TransferState.WRITTEN, TransferState.SENT)
        ).count()
    if user.can(Permission.DECIDE_LENDING):
        counts["agree"] = (
            open_sanctions(user).exclude(proposed_by=user).count()
            + open_changes(user).exclude(proposed_by=user).count()
        )
    return counts


def _persons(user: User) -> QuerySet[Person]:
    return Person.objects.visible_to(user)
