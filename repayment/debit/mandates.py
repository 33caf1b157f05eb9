"""The consent to debit an account, from the form to the bank's answer; one registration covers all loans of its holder."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from loans.staff import acting_person
from people.enums import AccountUse
from people.models import BankAccount, Person
from repayment.debit.enums import MandateState
from repayment.debit.refusals import DebitNotAllowed, DebitRefused
from repayment.models import DebitMandate


def debit_accounts(user: User) -> QuerySet[BankAccount]:
    """Accounts to be debited, of persons this member of staff may know of, with their mandate beside them."""
    return (
        BankAccount.objects.filter(use=AccountUse.DEBIT, person__in=Person.objects.visible_to(user))
        .select_related("person", "mandate")
        .order_by("person__kana_key", "person_id", "-since")
    )


@service
def request_mandate(
    *, account: BankAccount, on: date, debited_before: bool = False, by: Actor, at: datetime
) -> DebitMandate:
    """The borrower's form went to the bank; the same account again gives the row that is there."""
    _may(by, at)
    if account.use != AccountUse.DEBIT:
        raise DebitRefused("引落口座ではありません。引落口座として登録してください。")
    if on > timezone.localtime(at).date():
        raise DebitRefused("提出日に先の日付は使えません。")
    mandate, _ = DebitMandate.objects.get_or_create(
        account=account,
        defaults={"requested_on": on, "debited_before": debited_before, "recorded_by": by.label},
    )
    return mandate


@service
def register_mandate(
    *, account: BankAccount, on: date, debit_day: int | None = None, by: Actor, at: datetime
) -> DebitMandate:
    """The bank has registered the consent; ``debit_day`` where this account is debited on a day of its own."""
    _may(by, at)
    mandate = _locked(account)
    if mandate.state == MandateState.ENDED:
        raise DebitRefused("この口座振替依頼は終わっています。新しい口座として登録してください。")
    if on > timezone.localtime(at).date() or on < mandate.requested_on:
        raise DebitRefused("登録日は、依頼書の提出日から今日までの日を入力してください。")
    if debit_day is not None and not 1 <= debit_day <= 28:
        raise DebitRefused("引落日は1日から28日までで入力してください。")
    mandate.state, mandate.registered_on, mandate.debit_day = MandateState.REGISTERED, on, debit_day
    mandate.save(update_fields=["state", "registered_on", "debit_day"])
    return mandate


@service
def confirm_account(*, account: BankAccount, on: date, by: Actor, at: datetime) -> DebitMandate:
    """Somebody has looked into what the bank complained of: from the day on the account is debited again."""
    _may(by, at)
    mandate = _locked(account)
    if mandate.state != MandateState.REGISTERED:
        raise DebitRefused("口座振替の登録が済んでいない口座です。")
    if on > timezone.localtime(at).date():
        raise DebitRefused("確かめた日に先の日付は使えません。")
    mandate.confirmed_on = on
    mandate.save(update_fields=["confirmed_on"])
    return mandate


@service
def end_mandate(*, account: BankAccount, on: date, by: Actor, at: datetime) -> DebitMandate:
    """The consent was taken back or the bank has ended it."""
    _may(by, at)
    mandate = _locked(account)
    if mandate.state == MandateState.ENDED:
        return mandate
    mandate.state, mandate.ended_on = MandateState.ENDED, on
    mandate.save(update_fields=["state", "ended_on"])
    return mandate


def _locked(account: BankAccount) -> DebitMandate:
    mandate = DebitMandate.objects.select_for_update().filter(account=account).first()
    if mandate is None:
        raise DebitRefused("この口座には、口座振替依頼書の記録がありません。")
    return mandate


def _may(by: Actor, at: datetime) -> None:
    if by.is_machine:
        return
    person = acting_person(by)
    if person is None or Permission.MOVE_MONEY not in permissions_of(person.roles_on(timezone.localtime(at).date())):
        raise DebitNotAllowed("口座振替依頼を記録する権限がありません。")
