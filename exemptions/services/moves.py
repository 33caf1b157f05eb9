"""The one function that walks the table of :mod:`exemptions.workflow`, and what each step does besides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.services import service
from exemptions.deficiencies import Code, Deficiency
from exemptions.enums import Outcome, Result
from exemptions.evidence import deficiencies_of
from exemptions.models import Application, Assessment, Decision, StateChange
from exemptions.refusals import (
    AssessmentChanged,
    HeldByAnother,
    MovedMeanwhile,
    NotAllowed,
    NotReady,
    OwnWork,
    ReasonMissing,
)
from exemptions.revoking.carrying_out import revoke
from exemptions.services.assessing import Look, keep, look_at
from exemptions.services.writing import write_transcript
from exemptions.transcript import Transcript
from exemptions.wording import how_it_stands, not_eligible_sentence
from exemptions.workflow import DECIDE, DECIDING, EDGES, MAKING, REVIEW, Edge, Move
from japan.eras import era_date
from loans.models import Loan
from repayment import services as repayment
from repayment.enums import HoldReason
from repayment.models import LedgerEntry, RepaymentPlan
from repayment.position import plan_in_force
from rulebook.selectors import settings_on

REVIEWING: frozenset[Move] = DECIDING | {Move.PREPARE, Move.WAIT, Move.RETURN, Move.SEND_BACK}
"""The steps that wait while another reviewer has the application in hand."""

LONGEST_REASON = 400


@dataclass
class Step:
    """One step being taken, under the locks of the loan and the application."""

    application: Application
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

    @property
    def day(self) -> date:
        """The day of the step in Japan."""
        return timezone.localtime(self.at).date()

    @property
    def edge(self) -> Edge:
        return EDGES[self.move]

    @property
    def hold_key(self) -> str:
        """The source key of the collection hold that belongs to the application."""
        return source_key(self.application)


@service
def move_application(
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
) -> Application:
    """Take one step with an application: lock, check, write, timeline row; the database writes the audit row.

    ``version`` is the one the person looked at; None only for callers that show nobody anything. ``reason`` is required
    where the table says so. ``also_wrong`` are deficiencies in the clerk's own words, sent back with those found by the
    machine. ``transcript`` goes with the steps that take in a form; ``seen`` is the fingerprint of the assessment that
    the person decided on. Every refusal is a ``MoveRefused`` (or ``PaperRefused``) whose text is for the person who
    tried; nothing is written then.
    """
    person = member_of_staff(by)
    application = lock_application(application_id, person)
    edge = EDGES[move]
    day = timezone.localtime(at).date()
    supervisor = check_permission(person, edge, on=day)
    check_unmoved(application, move, version=version)
    if edge.second_person:
        check_second_person(application, person, supervisor)
    if move in REVIEWING:
        check_not_held_by_another(application, person, at)
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
    )
    EFFECTS.get(move, do_nothing)(step)
    write_state(step)
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


def lock_application(application_id: int, person: User) -> Application:
    """The application as this person may see it, locked after its loan."""
    visible = Application.objects.visible_to(person).filter(pk=application_id)
    loan_id = visible.values_list("loan_id", flat=True).first()
    if loan_id is None:
        raise NotAllowed("この申請は見つかりません。")
    return lock_with_loan(application_id, loan_id)


def lock_with_loan(application_id: int, loan_id: int) -> Application:
    """The application, locked after its loan (whoever writes to a loan's ledger queues there first)."""
    repayment.lock(Loan(pk=loan_id))
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("loan__borrower", "head", "office")
        .get(pk=application_id)
    )


def check_permission(person: User, edge: Edge, *, on: date) -> User | None:
    """Whether somebody may take a step on a day; the supervisor in whose place they do it, where it is a deputy's."""
    if permissions_of(person.roles_on(on)) & edge.permissions:
        return None
    if Permission.DECIDE_EXEMPTIONS in edge.permissions:
        supervisor = deputised_supervisor(person, on)
        if supervisor is not None:
            return supervisor
        raise NotAllowed("免除申請の決裁をする権限がありません。")
    raise NotAllowed("この操作をする権限がありません。")


def refuse_without_review(person: User, *, on: date) -> None:
    """Refuse somebody who neither reviews nor decides, for themselves or in a supervisor's place."""
    if not permissions_of(person.roles_on(on)) & (REVIEW | DECIDE) and deputised_supervisor(person, on) is None:
        raise NotAllowed("免除申請を審査する権限がありません。")


def check_unmoved(application: Application, move: Move, *, version: int | None) -> None:
    """Refuse a step that the state does not allow, or that somebody decided on while looking at an older version."""
    if application.state not in EDGES[move].sources:
        raise MovedMeanwhile(f"{how_it_stands(application)}そのため「{move.label}」はできません。")
    if version is not None and version != application.version:
        raise MovedMeanwhile(f"{how_it_stands(application)}新しい内容を確かめてから、もう一度操作してください。")


def makers_of(application: Application) -> set[int]:
    """Everybody who entered, corrected or prepared an application."""
    moved = application.changes.filter(move__in=MAKING).values_list("by_user_id", flat=True)
    return {application.entered_by_id, *moved} | (
        {application.prepared_by_id} if application.prepared_by_id else set()
    )


def check_second_person(application: Application, person: User, supervisor: User | None) -> None:
    """Four eyes: nobody decides on what they entered or prepared, and no deputy for somebody who did."""
    makers = makers_of(application)
    if person.pk in makers:
        raise OwnWork("ご自分が登録または起案した申請は決裁できません。ほかの決裁者に依頼してください。")
    if supervisor is not None and supervisor.pk in makers:
        raise OwnWork(f"{supervisor.name}さんが登録または起案した申請は、代決もできません。")


def check_not_held_by_another(application: Application, person: User, at: datetime) -> None:
    holder = application.claimed_by
    if (
        holder is None
        or holder.pk == person.pk
        or application.claimed_until is None
        or application.claimed_until <= at
    ):
        return
    until = timezone.localtime(application.claimed_until)
    raise HeldByAnother(f"この申請は{holder.name}さんが審査中です（{until:%H時%M分}まで）。")


# --- what the steps do ------------------------------------------------------------------------------


def take_in(step: Step) -> None:
    """Write what was transcribed, where something was, and look at the papers."""
    application = step.application
    if step.transcript is not None:
        write_transcript(
            application,
            step.transcript,
            replacing=step.move == Move.ANSWER_DEFICIENCIES,
            by=step.by,
            at=step.at,
        )
    settings = settings_on(step.day)
    step.deficiencies = deficiencies_of(application, settings=settings, today=step.day)
    application.deficiency_count = len(step.deficiencies)


def receive(step: Step) -> None:
    """Take the form in: collection rests from the day of receipt (RP-12), and the rules look at it once."""
    take_in(step)
    application = step.application
    if settings_on(step.day).hold_collection_while_exemption_pending:
        repayment.place_hold(
            loan=application.loan,
            reason=HoldReason.EXEMPTION_PENDING,
            since=application.received_on,
            source_key=step.hold_key,
            by=step.by,
            at=step.at,
        )
    assess_now(step)


def take_in_again(step: Step) -> None:
    """A corrected or answered form: the papers and the findings anew."""
    take_in(step)
    if step.move == Move.ANSWER_DEFICIENCIES:
        step.application.answered_on = step.day
    assess_now(step)


def assess_now(step: Step) -> Look:
    """Look at the application with the rules of the day and keep what was found."""
    look = look_at(step.application, as_of=step.day)
    keep(step.application, look, by=step.by, at=step.at)
    return look


def send_back(step: Step) -> None:
    """Send the papers back with everything that is wrong with them: what the machine finds, and what the clerk adds."""
    found = deficiencies_of(step.application, settings=settings_on(step.day), today=step.day)
    step.deficiencies = found
    step.application.deficiency_count = len(found) + len(step.also_wrong)
    if not found and not step.also_wrong:
        raise ReasonMissing("不備は見つかっていません。返送する場合は、不備の内容を入力してください。")


def prepare(step: Step) -> None:
    """Draw up the proposal (起案). One that is not plainly eligible, or whose papers lack something, says why."""
    take_in(step)
    look = assess_now(step)
    plain = look.findings.result == Result.ELIGIBLE and not step.deficiencies
    if look.findings.result == Result.NOT_YET:
        raise NotReady(not_eligible_sentence(look.findings))
    if not plain and not step.reason:
        raise ReasonMissing("承認できる状態ではないため、起案の理由（不承認とする事情など）を入力してください。")
    step.application.prepared_by = step.person
    step.application.prepared_at = step.at


def wait(step: Step) -> None:
    """Draw up a proposal that can be decided only once repayment has begun (EX-35); it keeps the day."""
    take_in(step)
    look = assess_now(step)
    if look.findings.result != Result.WAITING:
        raise NotReady("償還の開始を待つ申請ではありません。起案してください。")
    if step.deficiencies:
        raise NotReady(f"不備が{len(step.deficiencies)}件あります。{step.deficiencies[0].text}")
    step.application.prepared_by = step.person
    step.application.prepared_at = step.at
    step.application.waits_until = look.findings.waits_until


def start(step: Step) -> None:
    """Let a proposal that waited go on to its decision; refused before the day."""
    refuse_before_start(assess_now(step))
    step.application.waits_until = None


def refuse_before_start(look: Look) -> None:
    """Refuse what still has to wait, with the day."""
    if look.findings.waits_until is not None and look.findings.result == Result.WAITING:
        raise NotReady(f"償還は{era_date(look.findings.waits_until)}に始まります。それまでは決定できません。")


def approve(step: Step) -> None:
    """Approve: what the reviewer saw must still hold, then the ledger takes the exemption (one fact for everybody)."""
    application = step.application
    look = still_as_seen(step)
    if step.deficiencies:
        raise NotReady(f"不備が{len(step.deficiencies)}件あるため承認できません。{step.deficiencies[0].text}")
    if look.findings.result != Result.ELIGIBLE or not look.findings.amount:
        raise NotReady(not_eligible_sentence(look.findings))
    assessment = keep(application, look, by=step.by, at=step.at)
    entry = post(step, look)
    decide(step, assessment, Outcome.APPROVED, entry)


def refuse(step: Step) -> None:
    """Refuse, with the reason kept inside (EX-05); what the reviewer saw must still hold."""
    look = still_as_seen(step)
    assessment = keep(step.application, look, by=step.by, at=step.at)
    decide(step, assessment, Outcome.REFUSED, None)


def still_as_seen(step: Step) -> Look:
    """Look at the application on the day of the decision; refuse where the answer is not the one that was decided on."""
    application = step.application
    step.deficiencies = deficiencies_of(application, settings=settings_on(step.day), today=step.day)
    application.deficiency_count = len(step.deficiencies)
    look = look_at(application, as_of=step.day)
    if look.fingerprint != step.seen:
        raise AssessmentChanged(
            "表示していた判定の内容が変わりました。新しい判定を確かめてから、もう一度決裁してください。"
        )
    return look


def post(step: Step, look: Look) -> LedgerEntry:
    """Write the exempted row for exactly the instalments of the assessment."""
    findings = look.findings
    assert findings.first_no is not None and findings.last_no is not None
    current = plan_in_force(look.facts.loan.plans, step.day)
    return repayment.post_exemption(
        loan=step.application.loan,
        amount=findings.amount,
        plan=RepaymentPlan.objects.get(loan=step.application.loan, version=current.version),
        first_no=findings.first_no,
        last_no=findings.last_no,
        effective_on=step.day,
        source_key=entry_key(step.application, round_of(step.application)),
        by=step.by,
        at=step.at,
    )


def decide(step: Step, assessment: Assessment, outcome: Outcome, entry: LedgerEntry | None) -> None:
    """Write the decision, and let collection go on with what remains."""
    decision_row(step, assessment, outcome, entry, round_of(step.application)).save(force_insert=True)
    release(step)


def round_of(application: Application) -> int:
    """Which decision of the application the next one is: 1, unless others were taken back (see ``Decision``)."""
    return Decision.ever.filter(application=application).count() + 1


def decision_row(
    step: Step, assessment: Assessment, outcome: Outcome, entry: LedgerEntry | None, number: int
) -> Decision:
    """The decision that a step is, not yet written."""
    application = step.application
    approved = outcome == Outcome.APPROVED
    assert application.prepared_by_id is not None
    return Decision(
        application=application,
        round=number,
        assessment=assessment,
        outcome=outcome,
        amount=assessment.amount if approved else 0,
        remaining=assessment.remaining if approved else assessment.remaining + assessment.amount,
        entry=entry,
        internal_reason="" if approved else step.reason,
        entered_by_id=application.entered_by_id,
        prepared_by_id=application.prepared_by_id,
        decided_by=step.person,
        decided_for=step.supervisor,
        decided_on=step.day,
        decided_at=step.at,
    )


def release(step: Step) -> None:
    """End the collection hold with the day of the step."""
    repayment.release_hold(source_key=step.hold_key, until=step.day, by=step.by, at=step.at)


def withdraw(step: Step) -> None:
    """Nothing is asked for any more: collection goes on."""
    step.application.waits_until = None
    release(step)


def return_to_desk(step: Step) -> None:
    """Back to whoever prepares: the proposal waits for nothing any more."""
    step.application.waits_until = None


def do_nothing(step: Step) -> None:
    """The step changes the state, nothing else."""


EFFECTS: dict[Move, Callable[[Step], None]] = {
    Move.SAVE_DRAFT: take_in,
    Move.RECEIVE: receive,
    Move.CORRECT: take_in_again,
    Move.ANSWER_DEFICIENCIES: take_in_again,
    Move.REPORT_DEFICIENCIES: send_back,
    Move.SEND_BACK: send_back,
    Move.PREPARE: prepare,
    Move.WAIT: wait,
    Move.START: start,
    Move.RETURN: return_to_desk,
    Move.APPROVE: approve,
    Move.REFUSE: refuse,
    Move.WITHDRAW: withdraw,
    Move.REVOKE: revoke,
}


# --- writing ----------------------------------------------------------------------------------------


def write_state(step: Step, *, before: str | None = None) -> None:
    """Save the application in its new state, and the row of its timeline. A step ends whatever claim there was."""
    came_from = step.application.state if before is None else before
    enter_state(step, came_from)
    step.application.save()
    change_row(step, came_from).save(force_insert=True)


def enter_state(step: Step, came_from: str) -> None:
    """Put the application into the state that the step leads to, not yet saved."""
    enter(step.application, step.move, came_from, at=step.at)


def enter(application: Application, move: Move, came_from: str, *, at: datetime) -> None:
    """Put an application into the state a step leads to, not yet saved. A step ends whatever claim there was."""
    edge = EDGES[move]
    application.state = edge.target
    if came_from != edge.target:
        application.state_since = at
    application.claimed_by, application.claimed_until = None, None
    application.version += 1


def change_row(step: Step, came_from: str) -> StateChange:
    """The row of the timeline that tells of the step, not yet written."""
    edge = step.edge
    sent = step.deficiencies if edge.names_deficiencies else ()
    return StateChange(
        application=step.application,
        move=step.move,
        from_state=came_from,
        to_state=edge.target,
        reason="" if step.move == Move.REFUSE else step.reason,
        deficiencies=[*(item.to_json() for item in sent), *own_words(step)],
        by=step.by.label,
        by_user=step.person,
        at=step.at,
    )


def own_words(step: Step) -> list[dict[str, str]]:
    """The deficiencies a clerk wrote, kept beside those that were found."""
    return [{"code": Code.OTHER.value, "paper": "", "text": text} for text in step.also_wrong]


def source_key(application: Application) -> str:
    """What the collection hold of an application, and the ledger row of its decision, are known by."""
    return f"exemption:{application.pk}"


def entry_key(application: Application, number: int) -> str:
    """What the ledger row of a decision is known by; one after a decision that was taken back has a key of its own."""
    return source_key(application) if number == 1 else f"{source_key(application)}#{number}"
