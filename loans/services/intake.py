"""An application comes in: begun, typed with the applicant opposite, taken in, corrected, proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.eras import era_date
from loans.deciding.enums import DecisionOutcome
from loans.deciding.terms import Terms
from loans.enums import FundKind, IntakeChannel, LendingState, TaskKind
from loans.lending.enums import Acceptable
from loans.lending.facts import APPLICANT
from loans.lending.minors import ratification_due_on
from loans.lending.transcript import MemberEntry, Transcript
from loans.lending.windows import window_of
from loans.lending.workflow import EDGES, Move
from loans.models import OPEN_STATES, LendingApplication, LendingTask
from loans.refusals import EntryRefused, NotAllowed, NotReady, OpenAlready, ReasonMissing, RulesRefused
from loans.services.assessing import Look, by_field, in_words, keep, look_at
from loans.services.deciding import propose
from loans.services.moves import Step, check_permission, effect, member_of_staff, move_lending, take
from loans.services.writing import write_transcript
from people.bank_accounts import account_on
from people.enums import AccountUse
from people.households import members_on
from people.models import HouseholdMember, Person, in_force


@service
def begin_application(
    *,
    applicant: Person,
    fund: FundKind,
    channel: IntakeChannel = IntakeChannel.MUNICIPAL_COUNCIL,
    by: Actor,
    at: datetime,
) -> LendingApplication:
    """Begin an application as a draft, with the household that is on record. Nothing is assessed or promised.

    ``OpenAlready`` while the same person has an open application for the same fund; ``NotAllowed`` for somebody this
    clerk may not know of.
    """
    clerk = member_of_staff(by)
    day = timezone.localtime(at).date()
    check_permission(clerk, EDGES[Move.SAVE_DRAFT], on=day)
    person = Person.objects.visible_to(clerk).select_for_update(of=("self",)).filter(pk=applicant.pk).first()
    if person is None:
        raise NotAllowed("この人は見つかりません。")
    refuse_second(person, fund)
    if person.died_on is not None:
        raise EntryRefused(f"{era_date(person.died_on)}に亡くなった方として登録されています。")
    place = HouseholdMember.objects.filter(in_force(day), person=person).select_related("household").first()
    application = LendingApplication(
        fund=fund,
        applicant=person,
        office=clerk.office,
        household=place.household if place else None,
        applied_on=day,
        channel=channel,
        entered_by=clerk,
        entered_at=at,
        state_since=at,
    )
    told = Transcript(applied_on=day, channel=channel, members=household_on_record(person, place, day))
    if told.members and place is not None:
        told = with_size(told)
    application.save()
    take(Step(application, Move.SAVE_DRAFT, clerk, by, at, transcript=told), before="")
    return application


def refuse_second(person: Person, fund: FundKind) -> None:
    """One open application for a fund at a time; the person is locked, so this cannot be raced."""
    existing = LendingApplication.objects.filter(applicant=person, fund=fund, state__in=OPEN_STATES).first()
    if existing is not None:
        text = (
            f"この方には、{fund.label}の申込み {existing}"
            f"（{era_date(existing.applied_on)}、{existing.get_state_display()}）がすでにあります。"
        )
        raise OpenAlready(text, existing)


def household_on_record(person: Person, place: HouseholdMember | None, day: date) -> tuple[MemberEntry, ...]:
    """The household as the residence record has it, the applicant first."""
    applicant = MemberEntry(APPLICANT, person_id=person.pk, birth_date=person.birth_date)
    if place is None:
        return (applicant,)
    labels: dict[str, int] = {}
    others = []
    for member in members_on(place.household_id, on=day):
        if member.person_id == person.pk:
            continue
        labels[member.relationship] = labels.get(member.relationship, 0) + 1
        count = labels[member.relationship]
        label = member.relationship if count == 1 else f"{member.relationship}{count}"
        others.append(MemberEntry(label, person_id=member.person_id, birth_date=member.birth_date))
    return (applicant, *others)


def with_size(told: Transcript) -> Transcript:
    """The size of the household as the record has it."""
    return replace(told, household_size=len(told.members))


def save_answers(
    *, application_id: int, told: Transcript, version: int, by: Actor, at: datetime
) -> LendingApplication:
    """Keep a draft as it is typed. ``MovedMeanwhile`` where another window or person saved it first."""
    return move_lending(
        application_id=application_id, move=Move.SAVE_DRAFT, version=version, transcript=told, by=by, at=at
    )


def move_for(state: str, *, as_draft: bool) -> Move | None:
    """The step that saving the form is, from a state; None where it can no longer be typed over."""
    if state == LendingState.DRAFT:
        return Move.SAVE_DRAFT if as_draft else Move.RECEIVE
    return {LendingState.RECEIVED.value: Move.CORRECT, LendingState.INCOMPLETE.value: Move.ANSWER_DEFICIENCIES}.get(
        state
    )


# --- what the steps do ------------------------------------------------------------------------------


@effect(Move.SAVE_DRAFT)
def write(step: Step) -> None:
    """Write what was told, where something was."""
    if step.transcript is not None:
        write_transcript(step.application, step.transcript)


@effect(Move.RECEIVE, Move.CORRECT, Move.ANSWER_DEFICIENCIES)
def take_in(step: Step) -> None:
    """Take the application in, or in again: refused with its rules where one of the gates is shut."""
    write(step)
    application = step.application
    if application.applied_on > step.day:
        raise EntryRefused("借入申込日に先の日付は使えません。", "applied_on")
    account = account_on(application.applicant_id, AccountUse.TRANSFER, step.day)
    application.bank_account = account
    application.save()
    look = look_at(application, as_of=step.day)
    refuse_gates(look)
    if step.move == Move.RECEIVE:
        refuse_closed(FundKind(application.fund), on=step.day)
    keep(application, look, by=step.by, at=step.at)
    note_missing(step, look)
    note_ratification(step, look)


def refuse_gates(look: Look) -> None:
    """Refuse what no council can take in, with every rule that says so."""
    if look.gates:
        raise RulesRefused(f"受け付けられません。{in_words(look.gates)}", by_field(look.gates))


def refuse_closed(kind: FundKind, *, on: date) -> None:
    """Take nothing in for a fund whose last window has closed, whatever day is written on it (LA-01).

    What was taken in before the close may still be decided; what was lent is entered as history.
    """
    window = window_of(kind)
    if window is not None and on > window.closes_on:
        raise EntryRefused(
            f"{kind.label}の受付は{era_date(window.closes_on)}で終了したため、新しく受け付けられません。"
            "当時の貸付は、借受人のページの「過去の特例貸付を登録する」から登録してください。"
        )


def note_ratification(step: Step, look: Look) -> None:
    """A minor who borrows without consent is asked to ratify on coming of age (question 17-2): a task with its day."""
    due_on = ratification_due_on(look.facts)
    if due_on is None:
        return
    open_now = LendingTask.objects.filter(
        application=step.application, kind=TaskKind.RATIFICATION, done_at__isnull=True
    )
    if not open_now.exists():
        LendingTask.objects.create(
            application=step.application,
            kind=TaskKind.RATIFICATION,
            text="成年に達した時に、申込みの追認（民法第122条）を求める。",
            due_on=due_on,
            opened_by=step.person,
            opened_at=step.at,
        )


def note_missing(step: Step, look: Look) -> None:
    step.deficiencies = look.deficiencies
    step.application.deficiency_count = len(look.deficiencies)


@effect(Move.REPORT_DEFICIENCIES, Move.SEND_BACK)
def send_back(step: Step) -> None:
    """Send back everything that is missing: what the machine finds, and what the clerk adds."""
    look = look_at(step.application, as_of=step.day)
    note_missing(step, look)
    step.application.deficiency_count += len(step.also_wrong)
    if not step.deficiencies and not step.also_wrong:
        raise ReasonMissing("不備は見つかっていません。返送する場合は、不備の内容を入力してください。")


@effect(Move.PREPARE)
def prepare(step: Step) -> None:
    """Draw up the proposal (起案): to lend so much, or to refuse. ``step.details`` holds the outcome and the terms.

    Never while a doubt is open. Lending is not proposed against a rule, nor before everything was asked; where papers
    are missing or something is still to be looked at, it takes a reason. A refusal has its own conditions.
    """
    application = step.application
    outcome, terms = step.details.get("outcome"), step.details.get("terms")
    if not isinstance(outcome, DecisionOutcome) or not isinstance(terms, Terms | None):
        raise NotReady("貸付と不承認のどちらを起案するかを選んでください。")
    refuse_open_doubt(application)
    look = look_at(application, as_of=step.day)
    note_missing(step, look)
    keep(application, look, by=step.by, at=step.at)
    if outcome == DecisionOutcome.APPROVED:
        refuse_unready(step, look)
    application.prepared_by, application.prepared_at = step.person, step.at
    propose(step, outcome=outcome, terms=terms)


def refuse_unready(step: Step, look: Look) -> None:
    """What keeps lending from being proposed, and what needs a reason first."""
    if look.acceptable == Acceptable.NO:
        raise RulesRefused(f"満たさない規則があるため、貸付を起案できません。{in_words(look.against)}", {})
    unasked = [item for item in look.deficiencies if item.code != "paper"]
    if unasked:
        raise NotReady(f"確かめていないことがあるため、起案できません。{unasked[0].text}")
    if (look.acceptable == Acceptable.REVIEW or look.deficiencies) and not step.reason:
        raise ReasonMissing("個別に確認する点、または足りない書類があります。それでも起案する理由を入力してください。")


def refuse_open_doubt(application: LendingApplication) -> None:
    """A doubt keeps the application where it is until the answer is written down (question 2-1)."""
    doubt = LendingTask.objects.filter(application=application, kind=TaskKind.DOUBT, done_at__isnull=True).first()
    if doubt is not None:
        raise NotReady(f"疑義の確認が終わっていません（問2-1）。{doubt.text}")
