"""Money that may have to go back: opened by whatever finds it, answered by one person, agreed to by another (RP-12).

A task is never a posting: the payment stands in the ledger as it came. Only money that really goes back makes a row,
``refunded``, known by its task.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.services import service
from loans.models import Loan
from loans.staff import acting_person
from people.models import Person
from repayment.enums import LedgerKind, RefundAnswer, RefundCause, RefundState
from repayment.models import LedgerEntry, RefundTask
from repayment.services import lock

UNANSWERED = (RefundState.OPEN, RefundState.PROPOSED, RefundState.APPROVED)
LONGEST_REASON = 400


class RefundRefused(Exception):
    """A step with a refund task was not taken; the text is a Japanese sentence for the person who tried."""


class RefundNotAllowed(RefundRefused):
    """This person may not take this step: no permission, or it is their own work."""


@service
def open_refund_task(
    *,
    loan: Loan,
    amount: int,
    cause: RefundCause,
    source_key: str,
    payment: LedgerEntry | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> RefundTask:
    """Open a task for money (yen) that may have to go back; the same source key again gives the row that is there."""
    if amount <= 0:
        raise ValueError("a refund task is about one yen or more")
    task, _ = RefundTask.objects.get_or_create(
        source_key=source_key,
        defaults={
            "loan": loan,
            "amount": amount,
            "cause": cause,
            "payment": payment,
            "note": note,
            "opened_at": at,
            "opened_by": by.label,
        },
    )
    return task


@service
def propose_refund(*, task_id: int, answer: str, reason: str, by: Actor, at: datetime) -> RefundTask:
    """Say what is to become of the money, with a reason; another person agrees."""
    person = _allowed(by, Permission.MOVE_MONEY, at=at)
    task = _locked(task_id, RefundState.OPEN, RefundState.PROPOSED)
    if answer not in RefundAnswer.values:
        raise RefundRefused("対応を選んでください。")
    if not reason.strip():
        raise RefundRefused("対応の理由を入力してください。")
    task.answer, task.reason = answer, reason.strip()[:LONGEST_REASON]
    task.proposed_by, task.proposed_at = person, at
    task.state = RefundState.PROPOSED
    task.save()
    return task


@service
def agree_refund(*, task_id: int, answer: str, by: Actor, at: datetime) -> RefundTask:
    """Agree, as a second person, to the answer that was shown. What is kept or dropped is closed by this."""
    person = _allowed(by, Permission.APPROVE_TRANSFERS, at=at)
    task = _locked(task_id, RefundState.PROPOSED)
    supervisor = deputised_supervisor(person, timezone.localtime(at).date())
    if task.proposed_by_id == person.pk or (supervisor is not None and supervisor.pk == task.proposed_by_id):
        raise RefundNotAllowed("ご自分が起案したものは承認できません。ほかの決裁者に依頼してください。")
    if answer != task.answer:
        raise RefundRefused("起案の内容が変わりました。確かめてから、もう一度承認してください。")
    task.approved_by, task.approved_at = person, at
    task.state = _AFTER_AGREEMENT[RefundAnswer(task.answer)]
    task.save()
    return task


@service
def send_back_refund(*, task_id: int, by: Actor, at: datetime) -> RefundTask:
    """Give a proposal back to be thought over, or withdraw one's own; the task is open again."""
    _allowed(by, Permission.APPROVE_TRANSFERS, Permission.MOVE_MONEY, at=at)
    task = _locked(task_id, RefundState.PROPOSED)
    task.state = RefundState.OPEN
    task.save()
    return task


@service
def record_refund(*, task_id: int, paid_on: date, by: Actor, at: datetime) -> RefundTask:
    """The money went back on a day: the ledger gets its ``refunded`` row, once."""
    _allowed(by, Permission.MOVE_MONEY, at=at)
    task = _locked(task_id, RefundState.APPROVED)
    if paid_on > timezone.localtime(at).date():
        raise RefundRefused("返金日に先の日付は使えません。")
    if paid_on < timezone.localtime(task.opened_at).date():
        raise RefundRefused("返金日が、返金の確認が必要になった日より前です。")
    loan = lock(task.loan)
    task.refund = LedgerEntry.objects.create(
        loan=loan,
        kind=LedgerKind.REFUNDED,
        amount=task.amount,
        effective_on=paid_on,
        recorded_at=at,
        recorded_by=by.label,
        source_key=f"refund:{task.pk}",
        note=RefundCause(task.cause).label,
    )
    task.paid_on, task.state = paid_on, RefundState.PAID
    task.save()
    return task


@service
def drop_refunds(
    *, loan: Loan, since: date, reason: str, proposed_by: User, approved_by: User, by: Actor, at: datetime
) -> list[RefundTask]:
    """Close what was opened about a loan from a day on and is not paid out, because the debt stands again after all.

    Two people answer for it as for any other answer. Money of somebody else stays a task.
    """
    tasks = list(
        RefundTask.objects.select_for_update(of=("self",))
        .filter(loan=loan, state__in=UNANSWERED, cause__in=(RefundCause.SURPLUS, RefundCause.LATE_DEBIT))
        .filter(opened_at__date__gte=since)
        .order_by("pk")
    )
    for task in tasks:
        task.answer, task.state, task.reason = RefundAnswer.DROP, RefundState.DROPPED, reason[:LONGEST_REASON]
        task.proposed_by, task.proposed_at = proposed_by, at
        task.approved_by, task.approved_at = approved_by, at
        task.save()
    return tasks


def refund_tasks(user: User) -> QuerySet[RefundTask]:
    """Tasks of the loans this member of staff may know of, the oldest first."""
    return (
        RefundTask.objects.filter(loan__borrower__in=Person.objects.visible_to(user))
        .select_related("loan__borrower", "proposed_by", "approved_by", "payment")
        .order_by("opened_at", "pk")
    )


def waiting_amounts(loan_ids: Iterable[int]) -> dict[int, int]:
    """Yen about which a task is still unanswered or unpaid, by loan: not to be asked about a second time."""
    rows = RefundTask.objects.filter(loan__in=set(loan_ids), state__in=UNANSWERED).order_by().values("loan")
    return {row["loan"]: row["yen"] for row in rows.annotate(yen=Sum("amount"))}


_AFTER_AGREEMENT = {
    RefundAnswer.PAY_OUT: RefundState.APPROVED,
    RefundAnswer.KEEP: RefundState.KEPT,
    RefundAnswer.DROP: RefundState.DROPPED,
}


def _locked(task_id: int, *states: RefundState) -> RefundTask:
    task = RefundTask.objects.select_for_update(of=("self",)).select_related("loan").filter(pk=task_id).first()
    if task is None:
        raise RefundNotAllowed("この返金の確認は見つかりません。")
    if task.state not in states:
        raise RefundRefused(f"この返金の確認は「{task.get_state_display()}」になっています。")
    return task


def _allowed(by: Actor, *permissions: Permission, at: datetime) -> User:
    person = acting_person(by)
    if person is None:
        raise RefundNotAllowed("職員としてログインしてから操作してください。")
    day = timezone.localtime(at).date()
    deputy = Permission.APPROVE_TRANSFERS in permissions and deputised_supervisor(person, day) is not None
    if not permissions_of(person.roles_on(day)).intersection(permissions) and not deputy:
        raise RefundNotAllowed("この操作の権限がありません。")
    return person
