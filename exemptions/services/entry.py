"""A form comes in: typed from the paper, kept as a draft, received, corrected, answered."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from exemptions.enums import ApplicationForm, ApplicationState
from exemptions.evidence import years_asked
from exemptions.filed_for import ground_filed_for
from exemptions.models import Application
from exemptions.refusals import EntryRefused, NotAllowed
from exemptions.services.moves import (
    EFFECTS,
    Step,
    check_permission,
    member_of_staff,
    move_application,
    write_state,
)
from exemptions.services.writing import refuse_duplicate, refuse_nothing_left
from exemptions.transcript import Transcript
from exemptions.workflow import EDGES, Move
from loans.models import Loan
from repayment import services as repayment


@service
def enter_application(*, loan: Loan, transcript: Transcript, by: Actor, at: datetime) -> Application:
    """Take a form in from the paper: it is received, collection rests, and the rules look at it.

    Deficiencies do not keep it out: they are listed, and the papers can be sent back. ``EntryRefused`` for what cannot be
    stored (see :mod:`exemptions.services.writing`), ``NotAllowed`` for a loan that is not this person's to see.
    """
    return _begin(loan, transcript, Move.RECEIVE, by=by, at=at)


@service
def save_draft(*, loan: Loan, transcript: Transcript, by: Actor, at: datetime) -> Application:
    """Keep a form that is only half typed. It is not received: nothing rests, nothing is assessed."""
    return _begin(loan, transcript, Move.SAVE_DRAFT, by=by, at=at)


def update_application(
    *, application_id: int, transcript: Transcript, move: Move, version: int, by: Actor, at: datetime
) -> Application:
    """Type over what is stored: a draft again or received at last, a correction, or the answer to what was sent back."""
    return move_application(
        application_id=application_id, move=move, version=version, transcript=transcript, by=by, at=at
    )


def move_for(application: Application, *, as_draft: bool) -> Move | None:
    """The step that saving the form again is, from the state it is in; None where it can no longer be typed over."""
    state = ApplicationState(application.state)
    if state == ApplicationState.DRAFT:
        return Move.SAVE_DRAFT if as_draft else Move.RECEIVE
    return {
        ApplicationState.RECEIVED: Move.CORRECT,
        ApplicationState.INCOMPLETE: Move.ANSWER_DEFICIENCIES,
    }.get(state)


def _begin(loan: Loan, transcript: Transcript, move: Move, *, by: Actor, at: datetime) -> Application:
    person = member_of_staff(by)
    check_permission(person, EDGES[move], on=timezone.localtime(at).date())
    if not Loan.objects.visible_to(person).filter(pk=loan.pk).exists():
        raise NotAllowed("この貸付は見つかりません。")
    if transcript.form == ApplicationForm.EX_OFFICIO and not person.can(Permission.REVIEW_EXEMPTIONS):
        raise EntryRefused("職権による免除は、都道府県社協の職員が入力します。")
    loan = repayment.lock(loan)
    refuse_nothing_left(loan, on=timezone.localtime(at).date())
    refuse_duplicate(loan, transcript.fiscal_year, apart_from=None)
    application = Application.objects.create(
        loan=loan,
        office=person.office,
        form=transcript.form,
        ground=ground_filed_for(transcript, years_asked(loan, transcript.received_on)),
        fiscal_year=transcript.fiscal_year,
        received_on=transcript.received_on,
        entered_by=person,
        entered_at=at,
        state_since=at,
    )
    step = Step(application=application, move=move, person=person, by=by, at=at, transcript=transcript)
    EFFECTS[move](step)
    write_state(step, before="")
    return application
