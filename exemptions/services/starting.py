"""Letting proposals go on that waited for repayment to begin (EX-35): what the night does, each exactly once."""

from __future__ import annotations

from datetime import date, datetime

from audit.actors import Actor
from audit.services import service
from exemptions.enums import ApplicationState, Result
from exemptions.models import Application, StateChange
from exemptions.services.assessing import keep, look_at
from exemptions.services.moves import enter, lock_with_loan
from exemptions.workflow import Move


def due_to_start(day: date) -> list[int]:
    """The proposals whose day has come, the oldest first."""
    waiting = Application.objects.filter(state=ApplicationState.WAITING_FOR_START, waits_until__lte=day)
    return list(waiting.order_by("waits_until", "pk").values_list("pk", flat=True))


@service
def let_start(*, application_id: int, on: date, by: Actor, at: datetime) -> bool:
    """Release one proposal to its decision, looked at as of a day; False where it no longer waits, or still has to.

    One that still has to wait (a plan was corrected meanwhile) keeps the day that holds now.
    """
    loan_id = Application.objects.filter(pk=application_id).values_list("loan_id", flat=True).first()
    if loan_id is None:
        return False
    application = lock_with_loan(application_id, loan_id)
    if application.state != ApplicationState.WAITING_FOR_START:
        return False
    look = look_at(application, as_of=on)
    if look.findings.result == Result.WAITING and look.findings.waits_until is not None:
        application.waits_until = look.findings.waits_until
        application.save(update_fields=["waits_until"])
        return False
    keep(application, look, by=by, at=at)
    application.waits_until = None
    enter(application, Move.START, ApplicationState.WAITING_FOR_START, at=at)
    application.save()
    StateChange.objects.create(
        application=application,
        move=Move.START,
        from_state=ApplicationState.WAITING_FOR_START,
        to_state=application.state,
        by=by.label,
        at=at,
    )
    return True
