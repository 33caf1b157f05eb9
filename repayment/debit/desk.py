"""What the pages of direct debit show: the stations of the money, the rows at each, and what waits for whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from japan.zengin.records import RESULT_TEXTS, DebitResult
from repayment.debit.calendar import DebitDate, coming_debits
from repayment.debit.enums import DebitState, NextStep, step_of
from repayment.debit.failures import BY_HAND
from repayment.debit.originators import nominal_days, originator_on
from repayment.debit.workflow import AT_THE_BANK, STATIONS
from repayment.enums import RefundState
from repayment.models import DebitFailure, DebitLine, DebitRun, RefundTask, SuspenseItem
from repayment.models import DebitResult as ResultRow
from repayment.suspense.enums import SuspenseState
from repayment.transfers.desk import Station, counted
from rulebook.selectors import settings_on

OPEN_STATES = STATIONS[:-1]
LABELS = {
    DebitState.LOCKED: "確定",
    DebitState.APPROVED: "承認",
    DebitState.WRITTEN: "ファイル作成",
    DebitState.SENT: "送信済み",
    DebitState.RESULTED: "結果取込",
    DebitState.POSTED: "消込",
    DebitState.CLOSED: "締め",
}


def code_text(code: str) -> str:
    """A result code in words."""
    found = next((result for result in DebitResult if result.value == code), None)
    return RESULT_TEXTS[found] if found is not None else f"規格にない結果コード（{code}）"


def house_stations(selected: tuple[int, int], on: date | None) -> list[Station]:
    """Every run that is on its way, by station; each number leads to its rows."""
    rows = (
        DebitRun.objects.filter(state__in=STATIONS)
        .order_by()
        .values("state")
        .annotate(debits=Sum("count"), yen=Sum("total"))
    )
    there = {row["state"]: row for row in rows}
    chosen = f"?on={on.isoformat()}#groups" if on else "#groups"
    stations = [Station("抽出", "current" if selected[0] else "todo", counted(*selected), chosen)]
    for state in STATIONS:
        row = there.get(state)
        detail = counted(row["debits"], row["yen"]) if row else "0件"
        here = "done" if state == DebitState.CLOSED else "current"
        stations.append(Station(LABELS[state], here if row else "todo", detail, f"?state={state}#runs"))
    return stations


def run_stations(run: DebitRun, result: ResultRow | None) -> list[Station]:
    """The stations one run has passed, stands at, and has before it; the numbers of each lead to its lines."""
    detail, lines = counted(run.count, run.total), "?show=all#lines"
    stations = [Station("抽出", "done", detail, lines)]
    if run.state == DebitState.DISCARDED:
        return [*stations, Station("確定", "done", detail, lines), Station("取りやめ", "stop", detail, lines)]
    reached = STATIONS.index(DebitState(run.state))
    for place, state in enumerate(STATIONS):
        here = "done" if place < reached or run.state == DebitState.CLOSED else "todo"
        if place == reached and run.state != DebitState.CLOSED:
            here = "current"
        told, url = (detail, lines) if place <= reached else ("", "")
        if place <= reached and result is not None and state == DebitState.RESULTED:
            told = f"振替済 {counted(result.collected_count, result.collected_total)}"
            told += f"／不能 {counted(result.failed_count, result.failed_total)}"
            url = "?show=failed#lines" if result.failed_count else "?show=0#lines"
        elif place <= reached and result is not None and state in (DebitState.POSTED, DebitState.CLOSED):
            told, url = counted(result.collected_count, result.collected_total), "?show=0#lines"
        stations.append(Station(LABELS[state], here, told, url))
    return stations


def runs(state: str) -> QuerySet[DebitRun]:
    """Runs, the latest day first; of one state, or all."""
    rows = DebitRun.objects.select_related("locked_by", "approved_by").order_by("-debit_on", "-sequence")
    return rows.filter(state=state) if state in DebitState.values else rows


def lines(run: DebitRun, show: str, result: ResultRow | None) -> QuerySet[DebitLine]:
    """The lines of a run: all, those with one result code, or all that failed."""
    rows = run.lines.select_related("loan__borrower", "account").order_by("number")
    if result is None or show not in ("failed", *map(str, range(10))):
        return rows
    wanted = [number for number, code in enumerate(result.codes, start=1) if _is(code, show)]
    return rows.filter(number__in=wanted)


def _is(code: str, show: str) -> bool:
    return code != "0" if show == "failed" else code == show


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How many lines of a run have a result code, and what follows."""

    code: str
    text: str
    step: str
    number: int


def codes_of(result: ResultRow | None) -> list[CodeCount]:
    """The result codes of a run, collected first."""
    if result is None:
        return []
    return [
        CodeCount(code, code_text(code), "" if code == "0" else str(step_of(code).label), number)
        for code, number in sorted(Counter(result.codes).items())
    ]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the bank says it collected, and what stands in the ledger and in suspense because of it; yen."""

    collected: tuple[int, int]
    ledger: tuple[int, int]
    suspense: tuple[int, int]

    @property
    def difference(self) -> int:
        return self.collected[1] - self.ledger[1] - self.suspense[1]


def reconciled(run: DebitRun, result: ResultRow | None) -> Reconciled | None:
    """The three sums of a posted run, counted from the rows themselves."""
    if result is None or run.posted_at is None:
        return None
    found = []
    with connection.cursor() as cursor:
        for table in ("repayment_ledgerentry", "repayment_suspenseitem"):
            cursor.execute(
                f"select count(*), coalesce(sum(e.amount), 0)::bigint from {table} e"
                " join repayment_debitline l on e.source_key = 'debit:' || l.id where l.run_id = %s",
                [run.pk],
            )
            found.append(cursor.fetchone())
    return Reconciled((result.collected_count, result.collected_total), found[0], found[1])


def coming(today: date) -> list[DebitDate]:
    """The debits ahead, with the day on which the data are cut for each; none without an originator."""
    originator = originator_on(today)
    if originator is None:
        return []
    return coming_debits(
        today=today,
        days=nominal_days(today),
        bank_days=originator.cut_off_bank_days,
        roll=settings_on(today).holiday_roll,
    )


def next_debit(today: date) -> date | None:
    """The next day of debits for which data can still be cut."""
    return next((each.on for each in coming(today) if each.cut_off_on >= today), None)


def waiting_counts(user: User) -> dict[str, int]:
    """What waits at the collection desk, for today's page: by what this person may do about it. Few queries."""
    counts: dict[str, int] = {}
    if user.can(Permission.APPROVE_TRANSFERS):
        counts["approve"] = DebitRun.objects.filter(state=DebitState.LOCKED).exclude(locked_by=user).count()
        counts["agree"] = RefundTask.objects.filter(state=RefundState.PROPOSED).exclude(proposed_by=user).count()
    if user.can(Permission.MOVE_MONEY):
        found = DebitRun.objects.filter(state__in=(DebitState.APPROVED, DebitState.WRITTEN, DebitState.RESULTED))
        counts["onward"] = found.count()
        counts["late"] = DebitRun.objects.filter(state=DebitState.SENT, debit_on__lt=timezone.localdate()).count()
        counts["failed"] = DebitFailure.objects.filter(handled_on__isnull=True, step__in=BY_HAND).count()
        counts["suspense"] = SuspenseItem.objects.filter(state=SuspenseState.OPEN).count()
        counts["refund"] = RefundTask.objects.filter(state__in=(RefundState.OPEN, RefundState.APPROVED)).count()
    return counts


def beside() -> dict[str, int]:
    """The numbers beside the runs: what failed, waits in suspense or may have to go back."""
    steps = dict(
        DebitFailure.objects.filter(handled_on__isnull=True, step__in=BY_HAND)
        .order_by()
        .values_list("step")
        .annotate(number=Count("pk"))
    )
    return {
        "at_the_bank": DebitRun.objects.filter(state__in=AT_THE_BANK).count(),
        "failed": sum(steps.get(step, 0) for step in BY_HAND),
        "slips": DebitFailure.objects.filter(step=NextStep.SLIP, run__state=DebitState.POSTED).count(),
        "suspense": SuspenseItem.objects.filter(state=SuspenseState.OPEN).count(),
        "refunds": RefundTask.objects.filter(
            state__in=(RefundState.OPEN, RefundState.PROPOSED, RefundState.APPROVED)
        ).count(),
    }


def results(limit: int) -> QuerySet[ResultRow]:
    """The results that were taken in, the latest first."""
    return ResultRow.objects.select_related("run", "taken_in_by").order_by("-taken_in_at", "-pk")[:limit]
