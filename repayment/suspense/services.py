"""Settling what is in suspense: assigned to a loan, which posts it once, or sent back to who paid. One person decides."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from loans.enums import LoanState
from loans.models import Loan
from loans.staff import acting_person
from repayment.enums import PaymentChannel
from repayment.models import SuspenseItem
from repayment.services import post_payment
from repayment.suspense.enums import SuspenseState


class SuspenseRefused(Exception):
    """A step was not taken; the text is a Japanese sentence for the person who tried."""


def suspense_items(state: str = SuspenseState.OPEN) -> QuerySet[SuspenseItem]:
    """Receipts in suspense, the oldest first; of one state, or all with an empty word."""
    rows = SuspenseItem.objects.select_related("loan__borrower", "settled_by").order_by("received_on", "pk")
    return rows.filter(state=state) if state else rows


@service
def assign_suspense(*, item_id: int, loan_id: int, reason: str, by: Actor, at: datetime) -> SuspenseItem:
    """Post a receipt to a loan, on the day it came in. Said why, and done once: it is the ledger's row ``suspense:<id>``."""
    person = _may(by, at)
    item = _open(item_id)
    if not reason.strip():
        raise SuspenseRefused("この貸付のものと分かった理由を入力してください。")
    loan = Loan.objects.visible_to(person).filter(pk=loan_id).first()
    if loan is None:
        raise SuspenseRefused("この貸付は見つかりません。")
    if loan.state == LoanState.GIVEN_UP:
        raise SuspenseRefused("誤登録とされた貸付には記帳できません。正しい貸付を選んでください。")
    item.entry = post_payment(
        loan=loan,
        amount=item.amount,
        effective_on=item.received_on,
        source_key=f"suspense:{item.pk}",
        channel=PaymentChannel(item.channel),
        note=item.note,
        by=by,
        at=at,
    )
    item.loan, item.state = loan, SuspenseState.ASSIGNED
    return _settled(item, person, reason, at)


@service
def return_suspense(*, item_id: int, reason: str, by: Actor, at: datetime) -> SuspenseItem:
    """The money went back to who paid it; nothing is posted to any loan."""
    person = _may(by, at)
    item = _open(item_id)
    if not reason.strip():
        raise SuspenseRefused("支払人に返金した方法と理由を入力してください。")
    item.state = SuspenseState.RETURNED
    return _settled(item, person, reason, at)


def _settled(item: SuspenseItem, person: User, reason: str, at: datetime) -> SuspenseItem:
    item.settled_reason, item.settled_by, item.settled_at = reason.strip()[:200], person, at
    item.save()
    return item


def _open(item_id: int) -> SuspenseItem:
    item = SuspenseItem.objects.select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:
        raise SuspenseRefused("この仮受は見つかりません。")
    if item.state != SuspenseState.OPEN:
        raise SuspenseRefused(f"この仮受は、すでに「{item.get_state_display()}」になっています。")
    return item


def _may(by: Actor, at: datetime) -> User:
    person = acting_person(by)
    if person is None or Permission.MOVE_MONEY not in permissions_of(person.roles_on(timezone.localtime(at).date())):
        raise SuspenseRefused("仮受を整理する権限がありません。")
    return person
