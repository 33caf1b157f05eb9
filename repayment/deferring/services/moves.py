"""The one function that walks the table of :mod:`repayment.deferring.workflow`, and what each step does besides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.services import service
from loans.models import Loan
from repayment import services as ledger
from repayment.deferring.assess import LoanFindings, Verdict
from repayment.deferring.enums import DeferralOutcome, DeferralState
from repayment.deferring.evidence import named, papers_of
from repayment.deferring.gathering import look_at
from repayment.deferring.refusals import (
    MovedMeanwhile,
    NotAllowed,
    NotReady,
    OwnWork,
    PreviewChanged,
    ReasonMissing,
)
from repayment.deferring.workflow import EDGES, MAKING, Edge, Move
from repayment.models import (
    Deferral,
    DeferralApplication,
    DeferralDecision,
    DeferralPaper,
    DeferralRequest,
    DeferralStateChange,
)

LONGEST_REASON = 400


@dataclass
class Step:
    """One step being taken, under the locks of the loans and the application."""

    application: DeferralApplication
    move: Move
    person: User
    by: Actor
    at: datetime
    supervisor: User | None = None
    reason: str = ""
    granting: frozenset[int] = frozenset()
    seen: str = ""
    missing: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """The day of the step in Japan."""
        return timezone.localtime(self.at).date()


@service
def move_application(
    *,
    application_id: int,
    move: Move,
    version: int | None,
    by: Actor,
    at: datetime,
    reason: str = "",
    missing: Sequence[str] = (),
    granting: Collection[int] = (),
    seen: str = "",
) -> DeferralApplication:
    """Take one step with an application: lock, check, write, timeline row; the database writes the audit row.

    ``version`` is the one the person looked at; None only for callers that show nobody anything. ``reason`` is required
    where the table says so, and where an approval leaves a loan out. ``missing`` are further papers in the clerk's own
    words. ``granting`` are the requests to grant, ``seen`` the fingerprint of the preview that was decided on. Every
    refusal is a ``DeferralRefused`` whose text is for the person who tried; nothing is written then.
    """
    person = member_of_staff(by)
    application = lock_application(application_id, person)
    edge = EDGES[move]
    supervisor = check_permission(person, edge.permissions, on=timezone.localtime(at).date())
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
        granting=frozenset(granting),
        seen=seen,
        missing=tuple(text.strip()[:200] for text in missing if text.strip()),
    )
    EFFECTS[move](step)
    write_state(step, edge)
    return application


# --- checks -----------------------------------------------------------------------------------------


def member_of_staff(by: Actor) -> User:
    """The person behind an actor. A machine takes no step in the life of an application."""
    person = (
        User.objects.filter(pk=by.user_id, is_active=True).select_related("office").first() if by.user_id else None
    )
    if person is None:
        raise NotAllowed("職員としてログインしてから操作してください。")
    return person


def lock_application(application_id: int, person: User) -> DeferralApplication:
    """The application, locked after its loans (whoever writes to a loan's ledger queues there first)."""
    visible = DeferralApplication.objects.visible_to(person).filter(pk=application_id)
    if not visible.exists():
        raise NotAllowed("この申請は見つかりません。")
    loans = DeferralRequest.objects.filter(application=application_id).order_by("loan").values_list("loan", flat=True)
    for loan_id in loans:
        ledger.lock(Loan(pk=loan_id))
    return (
        DeferralApplication.objects.select_for_update(of=("self",))
        .select_related("borrower", "office")
        .get(pk=application_id)
    )


def check_permission(person: User, permissions: Collection[Permission], *, on: date) -> User | None:
    """Whether somebody may take a step on a day; the supervisor in whose place they do it, where it is a deputy's."""
    if permissions_of(person.roles_on(on)) & frozenset(permissions):
        return None
    if Permission.DECIDE_REPAYMENT in permissions:
        supervisor = deputised_supervisor(person, on)
        if supervisor is not None:
            return supervisor
        raise NotAllowed("償還猶予の決裁をする権限がありません。")
    raise NotAllowed("この操作をする権限がありません。")


def check_unmoved(application: DeferralApplication, move: Move, *, version: int | None) -> None:
    """Refuse a step that the state does not allow, or that somebody decided on while looking at an older version."""
    stands = f"申請 {application} は「{application.get_state_display()}」になっています。"
    if application.state not in EDGES[move].sources:
        raise MovedMeanwhile(f"{stands}そのため「{move.label}」はできません。")
    if version is not None and version != application.version:
        raise MovedMeanwhile(f"{stands}新しい内容を確かめてから、もう一度操作してください。")


def makers_of(application: DeferralApplication) -> set[int]:
    """Everybody who entered an application, heard it on the telephone, or filed its papers."""
    moved = application.changes.filter(move__in=MAKING).values_list("by_user_id", flat=True)
    filed = application.papers.values_list("filed_by_id", flat=True)
    return {application.entered_by_id, *moved, *filed}


def check_second_person(application: DeferralApplication, person: User, supervisor: User | None) -> None:
    """Four eyes: nobody decides on what they entered, and no deputy for somebody who did."""
    makers = makers_of(application)
    if person.pk in makers:
        raise OwnWork("ご自分が受け付けた、または書類を登録した申請は決裁できません。ほかの決裁者に依頼してください。")
    if supervisor is not None and supervisor.pk in makers:
        raise OwnWork(f"{supervisor.name}さんが受け付けた申請は、代決もできません。")


# --- what the steps do ------------------------------------------------------------------------------


def missing_evidence(application: DeferralApplication) -> tuple[str, ...]:
    """The paper that is still to come for the ground, in words; nothing where one of them is there (DF-01)."""
    wanted = papers_of(application.ground)
    if DeferralPaper.objects.filter(application=application, kind__in=wanted).exists():
        return ()
    return (named(wanted),)


def report(step: Step) -> None:
    """Say what is missing: what the rules miss, and what the clerk adds."""
    step.missing = (*missing_evidence(step.application), *step.missing)
    if not step.missing:
        raise ReasonMissing("足りない書類は見つかっていません。知らせる場合は、不備の内容を入力してください。")


def complete(step: Step) -> None:
    """Go on once the papers are there."""
    missing = missing_evidence(step.application)
    if missing:
        raise NotReady(f"まだ届いていない書類があります（{missing[0]}）。届いた書類を先に登録してください。")


def approve(step: Step) -> None:
    """Decide for each loan: the requests that are granted shift their plans, the others are refused with a reason."""
    look = look_at(step.application, as_of=step.day)
    if look.fingerprint != step.seen:
        raise PreviewChanged(
            "表示していた猶予の内容が変わりました。新しい内容を確かめてから、もう一度決裁してください。"
        )
    known = {request.pk for request, _ in look.loans}
    if not step.granting or not step.granting <= known:
        raise NotReady("猶予を承認する貸付を選んでください。")
    if step.granting != known and not step.reason:
        raise ReasonMissing("承認しない貸付があるときは、その理由を入力してください。")
    for request, found in look.loans:
        if request.pk not in step.granting:
            decide(step, request, None)
            continue
        if found.verdict is not Verdict.GRANTABLE:
            raise NotReady(f"貸付 {request.loan.code} は承認できません。{obstacle(found, look.general)}")
        decide(step, request, found)


def refuse(step: Step) -> None:
    """Refuse every loan of the application; the reason stays inside."""
    for request in step.application.requests.select_related("loan").order_by("pk"):
        decide(step, request, None)


def withdraw(step: Step) -> None:
    """Close the application without a decision."""
    for request in step.application.requests.select_related("loan").order_by("pk"):
        close(step, request)


def decide(step: Step, request: DeferralRequest, granted: LoanFindings | None) -> None:
    """Write the decision on one loan, the row that shifts its plan if it is granted, and let collection go on."""
    deferral = None
    if granted is not None:
        deferral = Deferral.objects.create(
            loan=request.loan,
            from_month=granted.from_month,
            months=granted.months,
            granted_on=step.day,
            recorded_at=step.at,
            recorded_by=step.by.label,
            source_key=source_key(request),
        )
    DeferralDecision.objects.create(
        request=request,
        outcome=DeferralOutcome.GRANTED if deferral else DeferralOutcome.REFUSED,
        from_month=granted.from_month if granted else None,
        months=granted.months if granted else None,
        deferral=deferral,
        internal_reason="" if deferral else step.reason,
        entered_by_id=step.application.entered_by_id,
        decided_by=step.person,
        decided_for=step.supervisor,
        decided_on=step.day,
        decided_at=step.at,
    )
    close(step, request)


def close(step: Step, request: DeferralRequest) -> None:
    """Nothing is open for this loan any more: the collection hold ends with the day of the step."""
    request.is_open = False
    request.save(update_fields=["is_open"])
    ledger.release_hold(source_key=source_key(request), until=step.day, by=step.by, at=step.at)


def obstacle(found: LoanFindings, general: Sequence[object] = ()) -> str:
    """The first thing that stands in the way of granting one loan, in words."""
    for check in (*found.checks, *general):
        finding = getattr(check, "finding", None)
        because = getattr(check, "because", "")
        if finding is not None and finding != "met" and because:
            return str(because)
    return ""


def source_key(request: DeferralRequest) -> str:
    """What the deferral and the collection hold of a request are known by."""
    return f"deferral-request:{request.pk}"


EFFECTS: dict[Move, Callable[[Step], None]] = {
    Move.REPORT: report,
    Move.COMPLETE: complete,
    Move.APPROVE: approve,
    Move.REFUSE: refuse,
    Move.WITHDRAW: withdraw,
}


# --- writing ----------------------------------------------------------------------------------------


def write_state(step: Step, edge: Edge) -> None:
    """Save the application in its new state, and the row of its timeline."""
    application = step.application
    before, target = application.state, edge.target
    application.state = target
    if before != target:
        application.state_since = step.at
    application.version += 1
    application.save()
    write_change(
        application, step.move, before=before, missing=step.missing if edge.names_missing else (), by=step.by,
        person=step.person, at=step.at, reason=step.reason if step.move == Move.WITHDRAW else "",
    )  # fmt: skip


def write_change(
    application: DeferralApplication,
    move: Move,
    *,
    before: DeferralState | str,
    missing: Sequence[str],
    by: Actor,
    person: User,
    at: datetime,
    reason: str = "",
) -> None:
    """The row of the timeline. Reasons of a decision stay with the decision."""
    DeferralStateChange.objects.create(
        application=application,
        move=move,
        from_state=before,
        to_state=application.state,
        reason=reason,
        missing=list(missing),
        by=by.label,
        by_user=person,
        at=at,
    )
