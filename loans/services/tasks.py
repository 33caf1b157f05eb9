"""What is open about an application, and where somebody was pointed to: doubts, papers that follow, guidance."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from loans.enums import GuidanceKind, TaskKind
from loans.models import Guidance, LendingApplication, LendingTask
from loans.refusals import EntryRefused, NotAllowed, ReasonMissing
from loans.services.moves import lock_application, member_of_staff


@service
def open_task(
    *,
    application_id: int,
    kind: TaskKind,
    text: str,
    subject: str = "",
    due_on: date | None = None,
    by: Actor,
    at: datetime,
) -> LendingTask:
    """Write down something open. The same kind and subject that is open already is given back, not doubled."""
    person = worker(by, at)
    application = lock_application(application_id, person)
    if not text.strip():
        raise ReasonMissing("確かめることを入力してください。")
    there = LendingTask.objects.filter(application=application, kind=kind, subject=subject, done_at__isnull=True)
    return there.first() or LendingTask.objects.create(
        application=application,
        kind=kind,
        subject=subject,
        text=text.strip(),
        due_on=due_on,
        opened_by=person,
        opened_at=at,
    )


def open_doubt(*, application_id: int, text: str, subject: str = "", by: Actor, at: datetime) -> LendingTask:
    """Note a doubt (疑義あり): the applicant is asked, and nothing is decided until the answer is written down (Q2-1)."""
    return open_task(
        application_id=application_id,
        kind=TaskKind.DOUBT,
        text=text,
        subject=subject or text.strip()[:40],
        by=by,
        at=at,
    )


@service
def close_task(*, task_id: int, answer: str, by: Actor, at: datetime) -> LendingTask:
    """Write down how something open was settled. A task that is done already is given back as it is."""
    person = worker(by, at)
    found = LendingTask.objects.filter(pk=task_id).values_list("application_id", flat=True).first()
    if found is None:
        raise NotAllowed("この課題は見つかりません。")
    lock_application(found, person)
    task = LendingTask.objects.select_for_update().get(pk=task_id)
    if task.done_at is not None:
        return task
    if not answer.strip():
        raise ReasonMissing("確かめた結果を入力してください。")
    task.answer, task.done_by, task.done_at = answer.strip(), person, at
    task.save(update_fields=["answer", "done_by", "done_at"])
    return task


@service
def record_guidance(
    *,
    application_id: int,
    kind: GuidanceKind,
    given_on: date,
    place: str = "",
    note: str = "",
    by: Actor,
    at: datetime,
) -> Guidance:
    """Write down that somebody was pointed elsewhere or connected (questions 2-9, 8-3, 11, 26)."""
    person = worker(by, at)
    application = lock_application(application_id, person)
    if given_on > timezone.localtime(at).date():
        raise EntryRefused("案内した日に先の日付は使えません。", "given_on")
    if kind in (GuidanceKind.AGENCY, GuidanceKind.WELFARE_OFFICE) and not place.strip():
        raise EntryRefused("つないだ先の機関名を入力してください。", "place")
    return Guidance.objects.create(
        application=application,
        kind=kind,
        given_on=given_on,
        place=place.strip(),
        note=note.strip(),
        by=by.label,
        by_user=person,
        at=at,
    )


def worker(by: Actor, at: datetime) -> User:
    """Somebody who enters, reviews or decides applications on the day; everybody else is refused."""
    person = member_of_staff(by)
    allowed = {Permission.ENTER_LENDING, Permission.REVIEW_LENDING, Permission.DECIDE_LENDING}
    if not permissions_of(person.roles_on(timezone.localtime(at).date())) & allowed:
        raise NotAllowed("借入申込みを扱う権限がありません。")
    return person


def open_tasks(application: LendingApplication) -> list[LendingTask]:
    """What is open about an application, what falls due first on top."""
    rows = LendingTask.objects.filter(application=application, done_at__isnull=True).select_related("opened_by")
    return sorted(rows, key=lambda task: (task.due_on or date.max, task.pk))
