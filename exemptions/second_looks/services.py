"""Draw a sample, answer a case blind, conclude; and find like cases that were decided differently."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Max, Min
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from exemptions.enums import FORM_1_1_GROUNDS, Ground, Outcome
from exemptions.models import (
    Application,
    Decision,
    DecisionLikeness,
    SampleDraw,
    SecondLook,
    StateChange,
    UnlikePair,
)
from exemptions.second_looks.drawing import drawn
from exemptions.second_looks.enums import Conclusion
from exemptions.second_looks.likeness import Decided, likeness, unlike_pairs
from exemptions.services.moves import member_of_staff
from rulebook.selectors import settings_on


class LookRefused(Exception):
    """A second look cannot be taken or concluded; the text is a Japanese sentence for the person who tried."""


# --- drawing ----------------------------------------------------------------------------------------


def undrawn_since(until: date) -> date | None:
    """The first day of decision that no drawing has covered, up to a day; None where all are covered or none was taken."""
    last = SampleDraw.objects.aggregate(last=Max("until"))["last"]
    own = Decision.objects.filter(notified_elsewhere_on__isnull=True, decided_on__lte=until)
    since = last + timedelta(days=1) if last else own.aggregate(first=Min("decided_on"))["first"]
    return since if since is not None and since <= until else None


@service
def draw_sample(*, until: date, person: User | None, by: Actor, at: datetime, seed: str = "") -> SampleDraw | None:
    """Draw from the decisions since the last drawing up to a day; None where there is no day left to draw from.

    Without a seed a new one is made; it is written down, and so is what it drew. Two drawings never share a day.
    """
    since = undrawn_since(until)
    if since is None:
        return None
    percent = settings_on(timezone.localtime(at).date()).second_look_percent
    taken = Decision.objects.filter(decided_on__range=(since, until), notified_elsewhere_on__isnull=True)
    decisions = {row.pk: row for row in taken}
    seed = seed or secrets.token_hex(8)
    picked = drawn(decisions, percent=percent, seed=seed)
    draw = SampleDraw.objects.create(
        since=since,
        until=until,
        percent=percent,
        seed=seed,
        decisions=len(decisions),
        picked=len(picked),
        drawn_by=person,
        drawn_at=at,
    )
    SecondLook.objects.bulk_create(
        SecondLook(
            draw=draw,
            decision=decisions[key],
            entered_by_id=decisions[key].entered_by_id,
            prepared_by_id=decisions[key].prepared_by_id,
            decided_by_id=decisions[key].decided_by_id,
        )
        for key in picked
    )
    return draw


@service
def draw_now(*, by: Actor, at: datetime) -> SampleDraw:
    """Draw by hand, from the decisions up to yesterday."""
    person = member_of_staff(by)
    day = timezone.localtime(at).date()
    if Permission.DECIDE_EXEMPTIONS not in permissions_of(person.roles_on(day)):
        raise LookRefused("再審査の抽出をする権限がありません。")
    draw = draw_sample(until=day - timedelta(days=1), person=person, by=by, at=at)
    if draw is None:
        raise LookRefused("前回の抽出の後、昨日までに決定した申請はありません。")
    return draw


# --- answering --------------------------------------------------------------------------------------


def had_a_part(application: Application, person: User) -> bool:
    """Whether somebody took any step with an application, or entered it: they do not look a second time."""
    took = StateChange.objects.filter(application=application, by_user=person).exists()
    decided = Decision.ever.filter(application=application, decided_for=person).exists()
    return took or decided or person.pk in (application.entered_by_id, application.prepared_by_id)


@service
def give(*, look_id: int, outcome: Outcome, reason: str, by: Actor, at: datetime) -> SecondLook:
    """Answer a case of the sample, once. Refused for whoever had a part in it, and without a reason in words."""
    person = member_of_staff(by)
    held = permissions_of(person.roles_on(timezone.localtime(at).date()))
    if not held & {Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS}:
        raise LookRefused("再審査をする権限がありません。")
    look = SecondLook.objects.select_for_update(of=("self",)).select_related("decision__application").get(pk=look_id)
    if look.outcome:
        raise LookRefused("この再審査には、すでに答えが記録されています。")
    if had_a_part(look.decision.application, person):
        raise LookRefused("この申請に関わった人は再審査できません。ほかの人に依頼してください。")
    if not reason.strip():
        raise LookRefused("再審査の理由を入力してください。")
    look.outcome, look.reason = outcome, reason.strip()[:400]
    look.agrees = outcome == look.decision.outcome
    look.given_by, look.given_at = person, at
    look.save(update_fields=["outcome", "reason", "agrees", "given_by", "given_at"])
    return look


# --- concluding -------------------------------------------------------------------------------------


@service
def conclude_look(*, look_id: int, conclusion: Conclusion, note: str, by: Actor, at: datetime) -> SecondLook:
    """Conclude on two answers that differ. Neither who decided nor who looked again does."""
    look = SecondLook.objects.select_for_update(of=("self",)).get(pk=look_id)
    if look.agrees is not False:
        raise LookRefused("答えが食い違った再審査にだけ、結論を記録できます。")
    _conclude(look, {look.decided_by_id, look.given_by_id}, conclusion, note, by=by, at=at)
    return look


@service
def conclude_pair(*, pair_id: int, conclusion: Conclusion, note: str, by: Actor, at: datetime) -> UnlikePair:
    """Conclude on two like cases that were decided differently. Nobody who decided one of them does."""
    pair = UnlikePair.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=pair_id)
    _conclude(pair, {pair.first.decided_by_id, pair.second.decided_by_id}, conclusion, note, by=by, at=at)
    return pair


def _conclude(
    row: SecondLook | UnlikePair,
    parties: Collection[int | None],
    conclusion: Conclusion,
    note: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    person = member_of_staff(by)
    if Permission.DECIDE_EXEMPTIONS not in permissions_of(person.roles_on(timezone.localtime(at).date())):
        raise LookRefused("結論を記録する権限がありません。")
    if row.conclusion:
        raise LookRefused("結論は、すでに記録されています。")
    if person.pk in parties:
        raise LookRefused("決裁または再審査をした人は、結論を記録できません。ほかの決裁者に依頼してください。")
    if not note.strip():
        raise LookRefused("結論の内容を入力してください。")
    row.conclusion, row.conclusion_note = conclusion, note.strip()[:400]
    row.concluded_by, row.concluded_at = person, at
    row.save(update_fields=["conclusion", "conclusion_note", "concluded_by", "concluded_at"])


# --- like cases -------------------------------------------------------------------------------------


def without_likeness() -> list[int]:
    """The decisions taken here whose likeness is still to be worked out."""
    rows = Decision.objects.filter(likeness__isnull=True, notified_elsewhere_on__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def keep_likeness(decision_ids: Collection[int]) -> None:
    """Work out the likeness of decisions from the assessments they rest on; two queries for any number."""
    rows = Decision.objects.filter(pk__in=decision_ids, likeness__isnull=True)
    cases = rows.select_related("assessment", "application__loan")
    DecisionLikeness.objects.bulk_create(
        (DecisionLikeness(decision=row, key=likeness_of(row)) for row in cases),
        ignore_conflicts=True,
    )


def likeness_of(decision: Decision) -> str:
    """The likeness of one decided case: by the tax grounds where the form names a fiscal year, else by every ground."""
    assessment, application = decision.assessment, decision.application
    asked = FORM_1_1_GROUNDS if application.fiscal_year else tuple(Ground)
    return likeness(
        fund=application.loan.fund,
        asked=[ground.value for ground in asked],
        result=assessment.result,
        flags=assessment.flags,
        checks=assessment.checks,
    )


def keep_unlike_pairs(on: date) -> int:
    """Write down like cases that were decided differently and are not known yet; gives how many."""
    rows = DecisionLikeness.objects.filter(decision__taken_back__isnull=True).values_list(
        "decision_id", "key", "decision__outcome", "decision__decided_on"
    )
    known = set(UnlikePair.objects.values_list("first_id", "second_id"))
    new = [pair for pair in unlike_pairs(Decided(*row) for row in rows) if pair not in known]
    UnlikePair.objects.bulk_create(UnlikePair(first_id=first, second_id=second, found_on=on) for first, second in new)
    return len(new)
