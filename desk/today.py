"""Today: what waits for one person, by what they may do. Every number leads to the rows it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import User
from accounts.roles import Permission as P
from accounts.selectors import without_role
from exemptions.enums import ApplicationState
from exemptions.models import Application, Decision, StateChange
from exemptions.queue import TARGET_DAYS, Age, Filters, decides
from exemptions.workflow import Move
from japan.eras import era_date
from jobs.enums import ImportState
from jobs.models import ImportBatch
from jobs.selectors import last_night
from notices.enums import LetterState, PrintRunState
from notices.models import Letter
from notices.selectors import due_tonight, runs_for
from people.selectors import own_reveals, reveals_to_answer
from rulebook.models import SettingRow

if TYPE_CHECKING:
    from django.db.models import QuerySet

WEEKS = 8
WORKLOAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: how many, the day of the oldest, and the page with these rows. ``urgent`` marks lateness."""

    label: str
    number: int
    url: str
    oldest: date | None = None
    note: str = ""
    urgent: bool = False

    @property
    def oldest_in_words(self) -> str:
        """「12日前」; empty where nothing waits."""
        if self.oldest is None:
            return ""
        days = (timezone.localdate() - self.oldest).days
        return f"{days}日前" if days > 0 else "今日"


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
    def is_quiet(self) -> bool:
        return not any(item.number for item in self.waiting)


def today_of(user: User, *, at: datetime) -> Today:
    """What waits for somebody at a moment; a constant number of queries for each role."""
    on = timezone.localtime(at).date()
    supervises = user.can(P.DECIDE_EXEMPTIONS)
    oversees = supervises or user.can(P.SEE_AUDIT)
    return Today(
        waiting=tuple(_waiting(user, at=at, on=on)),
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


# --- what waits -------------------------------------------------------------------------------------


def _waiting(user: User, *, at: datetime, on: date) -> Iterator[Waiting]:
    if user.can(P.WRITE_CASES) or user.can(P.REVIEW_EXEMPTIONS) or decides(user, on=on):
        yield from _applications(user, on=on)
    yield from _reveals(user, at=at, on=on)
    if user.can(P.SEE_LETTERS) and user.can(P.WRITE_CASES):
        yield from _letters(user, on=on)
    if user.can(P.IMPORT):
        yield _imports()
    if user.can(P.APPROVE_SETTINGS):
        yield _settings(user)
    if user.can(P.MANAGE_ACCOUNTS):
        yield from _accounts(on)


def _queue(filters: Filters) -> str:
    query = filters.query()
    return reverse("exemptions:queue") + (f"?{query}" if query else "")


def _applications(user: User, *, on: date) -> Iterator[Waiting]:
    state = ApplicationState
    late = Q(state__in=[state.RECEIVED, state.UNDER_REVIEW], received_on__lt=on - timedelta(days=TARGET_DAYS))
    groups = {
        "to_decide": Q(state=state.UNDER_REVIEW),
        "to_prepare": Q(state=state.RECEIVED),
        "answered": Q(state=state.RECEIVED, answered_on__isnull=False),
        "sent_back": Q(state=state.INCOMPLETE),
        "draft": Q(state=state.DRAFT),
        "late": late,
    }
    asked: dict[str, Any] = {}
    for name, condition in groups.items():
        asked[name] = Count("pk", filter=condition)
        asked[f"{name}_oldest"] = Min("received_on", filter=condition)
    found = Application.objects.visible_to(user).aggregate(**asked)

    def item(name: str, label: str, filters: Filters, *, urgent: bool = False) -> Waiting:
        return Waiting(label, found[name], _queue(filters), found[f"{name}_oldest"], urgent=urgent)

    if decides(user, on=on):
        yield item("to_decide", "決裁を待っている申請", Filters(state=state.UNDER_REVIEW))
    if user.can(P.REVIEW_EXEMPTIONS):
        yield item("to_prepare", "点検・起案を待っている申請", Filters(state=state.RECEIVED))
        yield item("late", f"受付から{TARGET_DAYS}日を過ぎた申請", Filters(age=Age.OVERDUE), urgent=True)
    yield item("answered", "不備への回答が届いた申請", Filters(answered=True))
    yield item("sent_back", "不備を返送中の申請", Filters(state=state.INCOMPLETE))
    if user.can(P.ENTER_EXEMPTIONS):
        yield item("draft", "入力の途中の申請", Filters(state=state.DRAFT))


def _reveals(user: User, *, at: datetime, on: date) -> Iterator[Waiting]:
    page = reverse("people:reveal_list")
    if user.can(P.APPROVE_REVEAL):
        found = reveals_to_answer(user).aggregate(number=Count("pk"), oldest=Min("requested_at"))
        yield Waiting("住所の表示の確認依頼", found["number"], page, _day(found["oldest"]))
    if user.can(P.REQUEST_REVEAL):
        open_now = own_reveals(user, since=on - timedelta(days=1)).filter(expires_at__gt=at).count()
        if open_now:
            yield Waiting("いま表示できる秘匿住所", open_now, page, note="認められてから10分間だけ見られます")


def _letters(user: User, *, on: date) -> Iterator[Waiting]:
    held = (
        Letter.objects.visible_to(user)
        .filter(state=LetterState.HELD)
        .aggregate(number=Count("pk"), oldest=Min("drafted_on"))
    )
    url = f"{reverse('notices:letters')}?state={LetterState.HELD.value}"
    yield Waiting("保留になっている通知", held["number"], url, held["oldest"])
    if user.can(P.RUN_LETTERS):
        if user.can(P.SEE_ALL_OFFICES):
            yield Waiting("今夜作成する通知", len(due_tonight(on)), reverse("notices:due"))
        ready = runs_for(user).filter(state=PrintRunState.READY)
        yield _runs("印刷を待っている印刷便", ready.filter(printed_at__isnull=True))
        yield _runs("発送の確認を待っている印刷便", ready.filter(printed_at__isnull=False))


def _runs(label: str, runs: QuerySet[Any]) -> Waiting:
    found = list(runs.order_by("business_date", "pk").values_list("pk", "business_date"))
    url = reverse("notices:run", args=[found[0][0]]) if len(found) == 1 else reverse("notices:runs")
    return Waiting(label, len(found), url, found[0][1] if found else None)


def _imports() -> Waiting:
    rows = ImportBatch.objects.filter(state=ImportState.CHECKED).order_by("uploaded_at")
    found = list(rows.values_list("pk", "uploaded_at"))
    url = reverse("jobs:import_detail", args=[found[0][0]]) if len(found) == 1 else reverse("jobs:import_list")
    return Waiting("点検が済み、反映を待っている取込", len(found), url, _day(found[0][1]) if found else None)


def _settings(user: User) -> Waiting:
    found = (
        SettingRow.objects.filter(approved_at__isnull=True, withdrawn_at__isnull=True)
        .exclude(proposed_by=user)
        .aggregate(number=Count("pk"), oldest=Min("proposed_at"))
    )
    return Waiting("承認を待っている設定の変更", found["number"], reverse("rulebook:settings"), _day(found["oldest"]))


def _accounts(on: date) -> Iterator[Waiting]:
    url = f"{reverse('accounts:staff')}?state=without_role"
    yield Waiting("役割のない職員", without_role(on).count(), url)


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment is not None else None


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
    prepared = _by_person(StateChange.objects.filter(move=Move.PREPARE, at__date__gte=since), "by_user")
    decided = _by_person(Decision.objects.filter(decided_on__gte=since), "decided_by")
    keys = claimed.keys() | prepared.keys() | decided.keys()
    people = User.objects.filter(pk__in=keys, office__kind=OfficeKind.PREFECTURAL).values_list("pk", "name")
    found = [Load(name, claimed.get(key, 0), prepared.get(key, 0), decided.get(key, 0)) for key, name in people]
    return tuple(sorted(found, key=lambda load: (-load.claimed, -load.prepared - load.decided, load.name)))


def _by_person(rows: QuerySet[Any], field: str) -> dict[int, int]:
    return {row[field]: row["number"] for row in rows.values(field).annotate(number=Count("pk"))}
