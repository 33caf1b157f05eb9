"""The one function that walks the table of :mod:`loans.lending.workflow`, and what each step does besides.

``EFFECTS`` says what a step does beyond changing the state; deciding (:mod:`loans.services.deciding`) adds its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.services import service
from loans.lending.deficiencies import Deficiency
from loans.lending.transcript import Transcript
from loans.lending.workflow import EDGES, MAKING, Edge, Move
from loans.models import LendingApplication, LendingStateChange
from loans.refusals import MovedMeanwhile, NotAllowed, OwnWork, ReasonMissing

LONGEST_REASON = 400


@dataclass
class Step:
    """One step being taken, under the lock of the application. ``details`` is for the effects that need more."""

    application: LendingApplication
    move: Move
    person: User
    by: Actor
    at: datetime
    supervisor: User | None = None
    reason: str = ""
    transcript: Transcript | None = None
    seen: str = ""
    also_wrong: tuple[str, ...] = ()
    deficiencies: tuple[Deficiency, ...] = ()
    details: dict[str, object] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day of the step in Japan."""
        return timezone.localtime(self.at).date()

    @property
    def edge(self) -> Edge:
        return EDGES[self.move]


Effect = Callable[[Step], None]
EFFECTS: dict[Move, Effect] = {}


def effect(*moves: Move) -> Callable[[Effect], Effect]:
    """Say that a function is what these steps do besides changing the state."""

    def register(function: Effect) -> Effect:
        for move in moves:
            EFFECTS[move] = function
        return function

    return register


@service
def move_lending(
    *,
    application_id: int,
    move: Move,
    version: int | None,
    by: Actor,
    at: datetime,
    reason: str = "",
    also_wrong: Sequence[str] = (),
    transcript: Transcript | None = None,
    seen: str = "",
    details: dict[str, object] | None = None,
) -> LendingApplication:
    """Take one step with an application: lock, check, write, timeline row; the database writes the audit row.

    ``version`` is the one the person looked at; None only for callers that show nobody anything. ``reason`` is required
    where the table says so. ``also_wrong`` are deficiencies in the clerk's own words. ``transcript`` goes with the steps
    that take in what was told; ``seen`` is the fingerprint of the assessment that the person decided on, ``details`` what
    else the step's effect needs. Every refusal is a ``LendingRefused``; nothing is written then.
    """
    person = member_of_staff(by)
    application = lock_application(application_id, person)
    edge = EDGES[move]
    supervisor = check_permission(person, edge, on=timezone.localtime(at).date())
    check_unmoved(application, move, version=version)
    if edge.second_person:
        check_second_person(application, person, supervisor)
    if edge.needs_reason and not reason.strip():
        raise ReasonMissing(f"{move.done}の理由を入力してください。")
    step = Step(
        application=application,
        move=move,
        person=person,
        supervisor=supervisor,
        by=by,
        at=at,
        reason=reason.strip()[:LONGEST_REASON],
        transcript=transcript,
        seen=seen,
        also_wrong=tuple(text.strip() for text in also_wrong if text.strip()),
        details=details or {},
    )
    take(step)
    return application


def take(step: Step, *, before: str | None = None) -> None:
    """Do what the step does, and write its row. For callers that hold the lock and have checked."""
    if step.move in EFFECTS:
        EFFECTS[step.move](step)
    write_state(step, before=before)


# --- checks -----------------------------------------------------------------------------------------


def member_of_staff(by: Actor) -> User:
    """The person behind an actor. A machine takes no step in the life of an application."""
    person = (
        User.objects.filter(pk=by.user_id, is_active=True).select_related("office").first() if by.user_id else None
    )
    if person is None:
        raise NotAllowed("職員としてログインしてから操作してください。")
    return person


def lock_application(application_id: int, person: User) -> LendingApplication:
    """The application, locked; everything about it queues here."""
    visible = LendingApplication.objects.visible_to(person).filter(pk=application_id)
    if not visible.exists():
        raise NotAllowed("この申込みは見つかりません。")
    return (
        LendingApplication.objects.select_for_update(of=("self",))
        .select_related("applicant", "office")
        .get(pk=application_id)
    )


def check_permission(person: User, edge: Edge, *, on: date) -> User | None:
    """Whether somebody may take a step on a day; the supervisor in whose place they do it, where it is a deputy's."""
    if permissions_of(person.roles_on(on)) & edge.permissions:
        return None
    if Permission.DECIDE_LENDING in edge.permissions:
        supervisor = deputised_supervisor(person, on)
        if supervisor is not None:
            return supervisor
        raise NotAllowed("貸付の決裁をする権限がありません。")
    raise NotAllowed("この操作をする権限がありません。")


def check_unmoved(application: LendingApplication, move: Move, *, version: int | None) -> None:
    """Refuse a step that the state does not allow, or that somebody decided on while looking at an older version."""
    stands = f"申込み {application} は「{application.get_state_display()}」になっています。"
    if application.state not in EDGES[move].sources:
        raise MovedMeanwhile(f"{stands}そのため「{move.label}」はできません。")
    if version is not None and version != application.version:
        raise MovedMeanwhile(
            f"ほかの画面または職員が、申込み {application} を先に保存しました。"
            "新しい内容を確かめてから、もう一度操作してください。"
        )


def makers_of(application: LendingApplication) -> set[int]:
    """Everybody who entered, corrected or prepared an application."""
    moved = application.changes.filter(move__in=MAKING).values_list("by_user_id", flat=True)
    prepared = {application.prepared_by_id} if application.prepared_by_id else set()
    return {application.entered_by_id, *moved} | prepared


def check_second_person(application: LendingApplication, person: User, supervisor: User | None) -> None:
    """Four eyes: nobody decides on what they entered or prepared, and no deputy for somebody who did."""
    makers = makers_of(application)
    if person.pk in makers:
        raise OwnWork("ご自分が登録または起案した申込みは決裁できません。ほかの決裁者に依頼してください。")
    if supervisor is not None and supervisor.pk in makers:
        raise OwnWork(f"{supervisor.name}さんが登録または起案した申込みは、代決もできません。")


# --- writing ----------------------------------------------------------------------------------------


def write_state(step: Step, *, before: str | None = None) -> None:
    """Save the application in its new state, and the row of its timeline.

    Saving a draft again by the same person adds no row: it is saved after every answer, and one row says who typed.
    """
    application, edge = step.application, step.edge
    came_from = application.state if before is None else before
    application.state = edge.target
    if came_from != edge.target:
        application.state_since = step.at
    application.version += 1
    application.save()
    if step.move == Move.SAVE_DRAFT and _typed_last(application) == step.person.pk:
        return
    sent = step.deficiencies if edge.names_deficiencies else ()
    own_words = [{"code": "other", "subject": "", "text": text} for text in step.also_wrong]
    LendingStateChange.objects.create(
        application=application,
        move=step.move,
        from_state=came_from,
        to_state=edge.target,
        reason="" if step.move == Move.REFUSE else step.reason,
        deficiencies=[*(item.to_json() for item in sent), *own_words],
        by=step.by.label,
        by_user=step.person,
        at=step.at,
    )


def _typed_last(application: LendingApplication) -> int | None:
    last = application.changes.order_by("-pk").values_list("move", "by_user_id").first()
    return last[1] if last is not None and last[0] == Move.SAVE_DRAFT else None
