"""Holds placed and ended by hand: legal proceedings, a dispute, protection. Who applied for relief is held by its own app."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from loans.models import Loan
from people.models import Person
from repayment.arrears.refusals import DunningRefused, must_may
from repayment.enums import HoldReason
from repayment.models import CollectionHold
from repayment.services import lock, place_hold, release_hold

BY_HAND = (HoldReason.LEGAL, HoldReason.DISPUTE, HoldReason.PROTECTED)
PREFIX = "hand:"


@service
def hold_by_hand(*, loan: Loan, reason: str, since: date, note: str, by: Actor, at: datetime) -> CollectionHold:
    """Stop debits and dunning of a loan from a day on, with the circumstances in words; one open hold for each reason."""
    must_may(by, Permission.WRITE_CASES, at=at)
    lock(loan)
    if reason not in BY_HAND:
        raise DunningRefused("理由を選んでください。審査中の停止は、申請の受付で自動的に始まります。", "reason")
    if not note.strip():
        raise DunningRefused("止める事情を入力してください。", "note")
    if since > timezone.localtime(at).date():
        raise DunningRefused("開始日に先の日付は使えません。", "since")
    if since < loan.applied_on:
        raise DunningRefused("開始日が借入申込日より前です。", "since")
    if loan.holds.filter(reason=reason, until__isnull=True).exists():
        raise DunningRefused("同じ理由の停止が、すでに続いています。", "reason")
    number = loan.holds.count() + 1
    return place_hold(
        loan=loan,
        reason=HoldReason(reason),
        since=since,
        source_key=f"{PREFIX}{loan.pk}:{reason}:{number}",
        note=note.strip()[:200],
        by=by,
        at=at,
    )


@service
def end_hold_by_hand(*, hold_id: int, until: date, by: Actor, at: datetime) -> CollectionHold:
    """End a hold with its last day. Those of an application end with its decision and are refused here."""
    must_may(by, Permission.WRITE_CASES, at=at)
    hold = CollectionHold.objects.select_for_update(of=("self",)).get(pk=hold_id)
    if hold.reason not in BY_HAND:
        raise DunningRefused("審査中の停止は、申請の決定で終わります。ここでは終えられません。")
    if hold.until is not None:
        raise DunningRefused("この停止は、すでに終わっています。")
    if until < hold.since:
        raise DunningRefused("終了日が開始日より前です。", "until")
    if until > timezone.localtime(at).date():
        raise DunningRefused("終了日に先の日付は使えません。", "until")
    release_hold(source_key=hold.source_key, until=until, by=by, at=at)
    hold.refresh_from_db()
    return hold


def open_holds(user: User, on: date) -> QuerySet[CollectionHold]:
    """The holds in force on a day of the loans this member of staff may know of, the newest first."""
    return (
        CollectionHold.objects.filter(since__lte=on, loan__borrower__in=Person.objects.visible_to(user))
        .exclude(until__lt=on)
        .select_related("loan__borrower")
        .order_by("-since", "-pk")
    )
