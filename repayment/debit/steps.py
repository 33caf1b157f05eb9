"""What every step with a run shares: who may, the run locked where the step begins, and the row of its timeline."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from japan.eras import era_date
from loans.staff import acting_person
from repayment.debit.refusals import DebitMoved, DebitNotAllowed
from repayment.debit.workflow import EDGES, DebitMove
from repayment.models import DebitChange, DebitRun


def allowed(by: Actor, move: DebitMove, *, at: datetime) -> User:
    """The person behind an actor, if they may take such a step that day."""
    person = acting_person(by)
    if person is None:
        raise DebitNotAllowed("職員としてログインしてから操作してください。")
    day = timezone.localtime(at).date()
    edge = EDGES[move]
    may = permissions_of(person.roles_on(day)) & edge.permissions
    if not may and not (edge.second_person and deputised_supervisor(person, day) is not None):
        raise DebitNotAllowed(f"「{move.label}」権限がありません。")
    return person


def lock_run_row(run_id: int, move: DebitMove) -> DebitRun:
    """The run, locked, if it stands where the step begins. ``DebitMoved`` says how it stands otherwise."""
    run = DebitRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None:
        raise DebitNotAllowed("この口座振替は見つかりません。")
    if run.state not in EDGES[move].sources:
        last = run.changes.select_related("by_user").order_by("-pk").first()
        who = f"（{last.by_user.name}さん、{era_date(timezone.localtime(last.at).date())}）" if last else ""
        raise DebitMoved(
            f"この口座振替は「{run.get_state_display()}」になっています{who}。そのため「{move.label}」はできません。"
        )
    return run


def step_written(
    run: DebitRun, move: DebitMove, *, person: User, by: Actor, at: datetime, reason: str = ""
) -> DebitRun:
    """Save a run where a step leads, with the row of its timeline."""
    before = run.state
    run.state = EDGES[move].target
    run.save()
    write_change(run, move, before=before, person=person, by=by, at=at, reason=reason)
    return run


def write_change(
    run: DebitRun, move: DebitMove, *, before: str, person: User, by: Actor, at: datetime, reason: str = ""
) -> None:
    DebitChange.objects.create(
        run=run, move=move, from_state=before, to_state=run.state, reason=reason, by=by.label, by_user=person, at=at
    )
