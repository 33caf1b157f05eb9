"""What the bank did not collect, each with its next step, and the few things that hold the closing of a run back."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from loans.staff import acting_person
from people.models import Person
from repayment.debit.enums import NextStep
from repayment.debit.refusals import DebitNotAllowed, DebitRefused
from repayment.debit.steps import allowed, lock_run_row, step_written
from repayment.debit.workflow import DebitMove
from repayment.models import DebitFailure, DebitRun

BY_HAND = (NextStep.ACCOUNT, NextStep.CONTACT, NextStep.REVIEW)
"""Steps that a person takes and writes down; slips are made by what makes slips, stopped lines need nothing."""


def failed_lines(*, step: NextStep | None = None, run: DebitRun | None = None) -> QuerySet[DebitFailure]:
    """Lines that were not collected, with loan and account, the latest debit first."""
    rows = DebitFailure.objects.select_related("line__loan__borrower", "line__account", "run")
    if step is not None:
        rows = rows.filter(step=step)
    if run is not None:
        rows = rows.filter(run=run)
    return rows.order_by("-failed_on", "line__number")


def failed_lines_of(user: User) -> QuerySet[DebitFailure]:
    """The same for the loans this member of staff may know of."""
    return failed_lines().filter(line__loan__borrower__in=Person.objects.visible_to(user))


def open_steps(rows: QuerySet[DebitFailure]) -> dict[str, int]:
    """How many of these failures wait for each step that a person takes."""
    found = (
        rows.filter(handled_on__isnull=True, step__in=BY_HAND).order_by().values("step").annotate(number=Count("pk"))
    )
    counted = {row["step"]: row["number"] for row in found}
    return {str(step): counted.get(step, 0) for step in BY_HAND}


@service
def handle_failure(*, failure_id: int, on: date, handling: str, by: Actor, at: datetime) -> DebitFailure:
    """Write down what was done about a failed debit, once."""
    person = acting_person(by)
    today = timezone.localtime(at).date()
    if person is None or Permission.MOVE_MONEY not in permissions_of(person.roles_on(today)):
        raise DebitNotAllowed("対応を記録する権限がありません。")
    failure = DebitFailure.objects.select_for_update(of=("self",)).filter(pk=failure_id).first()
    if failure is None:
        raise DebitNotAllowed("この振替不能は見つかりません。")
    if failure.handled_on is not None:
        raise DebitRefused("この振替不能の対応は、すでに記録されています。")
    if failure.step not in BY_HAND:
        raise DebitRefused("この振替不能に、記録する対応はありません。")
    if not handling.strip():
        raise DebitRefused("対応の内容を入力してください。")
    if not failure.failed_on <= on <= today:
        raise DebitRefused("対応した日は、引落日から今日までの日を入力してください。")
    failure.handled_on, failure.handled_by, failure.handling = on, person.name[:150], handling.strip()[:200]
    failure.save(update_fields=["handled_on", "handled_by", "handling"])
    return failure


@service
def close_run(*, run_id: int, by: Actor, at: datetime) -> DebitRun:
    """Close a posted run once nothing about the money is unclear: no line is left of which only the bank knows more."""
    person = allowed(by, DebitMove.CLOSE, at=at)
    run = lock_run_row(run_id, DebitMove.CLOSE)
    waiting = failed_lines(step=NextStep.REVIEW, run=run).filter(handled_on__isnull=True).count()
    if waiting:
        raise DebitRefused(f"銀行に確かめる明細が{waiting:,}件残っています。対応を記録してから締めてください。")
    run.closed_by, run.closed_at = person, at
    return step_written(run, DebitMove.CLOSE, person=person, by=by, at=at)
