"""Exceptions to what holds "in principle": a reason by one person, agreed to by a second (features K-3, question 22)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from loans.lending.snapshot import CONDUCT_RULE
from loans.models import LendingApplication, LendingOverride
from loans.models.applications import OPEN_STATES
from loans.refusals import MovedMeanwhile, NotAllowed, NotReady, OwnWork, ReasonMissing
from loans.services.assessing import look_at
from loans.services.moves import lock_application, member_of_staff
from loans.services.tasks import worker


@service
def ask_override(*, application_id: int, rule: str, reason: str, by: Actor, at: datetime) -> LendingOverride:
    """Ask for an exception to one rule that the findings say can have one. It counts once somebody else agrees.

    The rule of earlier conduct (LN-22) is the other way round: the exception says *no*, and the reason is the evidence.
    """
    person = worker(by, at)
    application = lock_application(application_id, person)
    if application.state not in OPEN_STATES:
        raise MovedMeanwhile(
            f"申込み {application} は「{application.get_state_display()}」のため、例外を申し出られません。"
        )
    if not reason.strip():
        raise ReasonMissing("例外とする理由を入力してください。")
    allowed = look_at(application, as_of=timezone.localtime(at).date()).overridable | {CONDUCT_RULE}
    if rule not in allowed:
        raise NotReady(f"規則 {rule} には例外を認められません。「原則として」と定められた規則だけが対象です。")
    there = LendingOverride.objects.filter(application=application, rule=rule, declined_at__isnull=True).first()
    return there or LendingOverride.objects.create(
        application=application, rule=rule, reason=reason.strip(), asked_by=person, asked_at=at
    )


@service
def answer_override(*, override_id: int, agreed: bool, by: Actor, at: datetime) -> LendingOverride:
    """Agree to an exception, or decline it. Never the person who asked, and only who reviews or decides loans."""
    person = member_of_staff(by)
    found = LendingOverride.objects.filter(pk=override_id).values_list("application_id", flat=True).first()
    if found is None:
        raise NotAllowed("この申出は見つかりません。")
    application = lock_application(found, person)
    held = permissions_of(person.roles_on(timezone.localtime(at).date()))
    override = LendingOverride.objects.select_for_update().get(pk=override_id)
    needed = (
        {Permission.DECIDE_LENDING}
        if override.rule == CONDUCT_RULE
        else {Permission.REVIEW_LENDING, Permission.DECIDE_LENDING}
    )
    if not held & needed:
        raise NotAllowed("例外を認める権限がありません。")
    if override.asked_by_id == person.pk:
        raise OwnWork("ご自分が申し出た例外は、ご自分では認められません。ほかの人に確認を依頼してください。")
    if override.agreed_at is not None or override.declined_at is not None:
        raise MovedMeanwhile("この申出には、すでに答えが出ています。")
    if agreed:
        override.agreed_by, override.agreed_at = person, at
    else:
        override.declined_by, override.declined_at = person, at
    override.save()
    touch(application)
    return override


def touch(application: LendingApplication) -> None:
    """Make whoever looks at the application look again: what was agreed changes the findings."""
    application.version += 1
    application.save(update_fields=["version"])
