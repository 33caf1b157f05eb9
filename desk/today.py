"""Today: what waits for one person, what the night did, and for supervisors how the queue flows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import User
from accounts.roles import Permission as P
from desk.waiting import Waiting, waiting_for
from exemptions.enums import ApplicationState
from exemptions.models import Application, Decision, StateChange
from exemptions.workflow import Move
from japan.eras import era_date
from jobs.selectors import last_night

if TYPE_CHECKING:
    from django.db.models import QuerySet

WEEKS = 8
WORKLOAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class NightLine:
    """The last night in one line."""

    text: str
    meaning: str
    url: str


@dataclass(frozen=True, slots=True)
class Week:
    """Applications received and decided in one week, with the length of their bars in per cent of the longest."""

    first_day: date
    received: int
    decided: int
    received_share: int
    decided_share: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one member of staff has in hand, and did in the last ``WORKLOAD_DAYS`` days."""

    name: str
    claimed: int
    prepared: int
    decided: int


@dataclass(frozen=True, slots=True)
class Today:
    """The whole page. ``role_note`` says in a sentence what this role is here for when nothing can wait for it."""

    waiting: tuple[Waiting, ...]
    night: NightLine | None
    weeks: tuple[Week, ...]
    loads: tuple[Load, ...]
    role_note: str

    @property
    def present(self) -> tuple[Waiting, ...]:
        """What there is something of."""
        return tuple(item for item in self.waiting if item.number)

    @property
    def absent(self) -> tuple[Waiting, ...]:
        """What there is nothing of, to be looked up only."""
        return tuple(item for item in self.waiting if not item.number)

    @property
    def is_quiet(self) -> bool:
        return not self.present


def today_of(user: User, *, at: datetime) -> Today:
    """What waits for somebody at a moment; a constant number of queries for each role."""
    on = timezone.localtime(at).date()
    supervises = user.can(P.DECIDE_EXEMPTIONS)
    oversees = supervises or user.can(P.SEE_AUDIT)
    return Today(
        waiting=tuple(waiting_for(user, at=at, on=on)),
        night=night_line(at) if user.can(P.SEE_NIGHT) else None,
        weeks=weeks_until(on, user=user) if oversees else (),
        loads=loads(at, on=on) if supervises else (),
        role_note=role_note(user),
    )


def role_note(user: User) -> str:
    """The sentence for roles to which no casework comes."""
    if user.can(P.SEE_REFERRALS) and not user.can(P.SEE_CASES):
        return "社協から引き継がれた相談が届くと、ここに並びます。いま届いている相談はありません。"
    if user.can(P.MANAGE_ACCOUNTS) and not user.can(P.SEE_CASES):
        return "借受人の情報は表示されません。職員と事業所の登録、夜間処理の監視ができます。"
    if user.can(P.SEE_AUDIT) and not user.can(P.WRITE_CASES):
        return "すべてを読めますが、変更はできません。決定や入金は、台帳と監査の記録から元の書類までたどれます。"
    if not user.permissions:
        return "まだ役割がありません。システム管理者に役割の付与を依頼してください。"
    return ""


# --- the night --------------------------------------------------------------------------------------


def night_line(at: datetime) -> NightLine:
    """The last night that should have run, in one line: how many of each step, what failed, what did not run."""
    day, rows = last_night(at)
    url = f"{reverse('jobs:night')}?date={day.isoformat()}"
    name = f"{era_date(day)}の夜"
    if not rows:
        return NightLine(f"{name}：行う処理はありません。", "", url)
    missing = [row.step.kind.label for row in rows if row.run is None]
    failed = sum(row.progress.failed for row in rows)
    done = "、".join(f"{row.step.kind.label} {row.progress.done}件" for row in rows if row.run is not None)
    if len(missing) == len(rows) and not any(row.meaning for row in rows):
        return NightLine(f"{name}の処理はまだ始まっていません。", "", url)
    if len(missing) == len(rows):
        return NightLine(f"{name}の処理がまだ実行されていません。", "stop", url)
    parts = [done]
    if failed:
        parts.append(f"失敗 {failed}件")
    if missing:
        parts.append(f"未実行 {'・'.join(missing)}")
    meaning = "stop" if any(row.meaning == "stop" for row in rows) else "caution" if failed or missing else "done"
    return NightLine(f"{name}：{'、'.join(parts)}", meaning, url)


# --- for supervisors and auditors --------------------------------------------------------------------------------


def weeks_until(on: date, *, user: User) -> tuple[Week, ...]:
    """Applications received and decided in each of the last weeks, this one last; weeks begin on Monday."""
    this_week = on - timedelta(days=on.weekday())
    first = this_week - timedelta(weeks=WEEKS - 1)
    visible = Application.objects.visible_to(user)
    received = _by_week(visible.filter(received_on__gte=first).exclude(state=ApplicationState.DRAFT), "received_on")
    decided = _by_week(Decision.objects.filter(application__in=visible, decided_on__gte=first), "decided_on")
    longest = max([1, *received.values(), *decided.values()])
    days = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return tuple(
        Week(
            first_day=day,
            received=received.get(day, 0),
            decided=decided.get(day, 0),
            received_share=received.get(day, 0) * 100 // longest,
            decided_share=decided.get(day, 0) * 100 // longest,
        )
        for day in days
    )


def _by_week(rows: QuerySet[Any], field: str) -> dict[date, int]:
    counted = rows.annotate(week=TruncWeek(field)).values("week").annotate(number=Count("pk"))
    return {row["week"]: row["number"] for row in counted}


def loads(at: datetime, *, on: date) -> tuple[Load, ...]:
    """Who of the prefectural council has how much in hand, busiest first; those with nothing at all are left out."""
    since = on - timedelta(days=WORKLOAD_DAYS)
    claimed = _by_person(Application.objects.filter(claimed_until__gt=at), "claimed_by")
    prepared = _by_person(
        StateChange.objects.filter(move__in=[Move.PREPARE, Move.WAIT], at__date__gte=since), "by_user"
    )
    decided = _by_person(Decision.objects.filter(decided_on__gte=since), "decided_by")
    keys = claimed.keys() | prepared.keys() | decided.keys()
    people = User.objects.filter(pk__in=keys, office__kind=OfficeKind.PREFECTURAL).values_list("pk", "name")
    found = [Load(name, claimed.get(key, 0), prepared.get(key, 0), decided.get(key, 0)) for key, name in people]
    return tuple(sorted(found, key=lambda load: (-load.claimed, -load.prepared - load.decided, load.name)))


def _by_person(rows: QuerySet[Any], field: str) -> dict[int, int]:
    return {row[field]: row["number"] for row in rows.values(field).annotate(number=Count("pk"))}
