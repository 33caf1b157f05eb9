"""Making, reissuing and expiring payment slips. What was paid on them is taken in by ``taking_in``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from japan.gs1 import MOST_YEN
from japan.months import last_day, month_index
from loans.staff import acting_person
from repayment.enums import SlipCause, SlipState
from repayment.models import PaymentSlip
from repayment.selectors import position_of
from repayment.services import lock
from repayment.slips.refusals import SlipNotAllowed, SlipRefused
from repayment.slips.selecting import SlipToMake, slips_of_failures, slips_of_month
from rulebook.selectors import settings_on

MOST_REISSUES = 9


@service
def make_month_slips(*, month: int, count: int, total: int, by: Actor, at: datetime) -> int:
    """Make the slips of a month for who has no account, as they were shown: *count* slips of *total* yen.

    Gives how many were made. A month that is over, or more than two ahead, is refused; so is a selection that has changed.
    """
    may_move_money(by, at=at)
    today = timezone.localtime(at).date()
    if not month_index(today) <= month <= month_index(today) + 1:
        raise SlipRefused("作成できる払込票は、今月分か来月分だけです。")
    company = company_code(today)
    _one_at_a_time()
    selection = slips_of_month(month, on=today)
    if (selection.count, selection.total) != (count, total):
        raise SlipRefused("確かめた後で対象が変わりました。もう一度、件数と金額を確かめてください。")
    if not selection.slips:
        raise SlipRefused("作成する払込票がありません。")
    return _write(
        selection.slips, month=month, cause=SlipCause.NO_ACCOUNT, company=company, on=today, due_on=last_day(month),
        by=by, at=at,
    )  # fmt: skip


@service
def make_failure_slips(*, on: date, by: Actor, at: datetime) -> int:
    """Make the slips that follow failed debits, payable until the end of the next month (RP-10); gives how many.

    A failure has one slip, of no more than is still in arrears. ``SlipRefused`` where the council has no company code.
    """
    may_move_money(by, at=at)
    _one_at_a_time()
    made = 0
    for (month, debit_on), slips in slips_of_failures(on=on).items():
        made += _write(
            slips, month=month, cause=SlipCause.FAILED_DEBIT, company=company_code(on), on=on,
            due_on=last_day(month_index(debit_on) + 1), by=by, at=at,
        )  # fmt: skip
    return made


@service
def reissue_slip(*, slip_id: int, by: Actor, at: datetime) -> PaymentSlip:
    """Write a slip anew, payable until the end of next month; the old one is no longer waited for."""
    may_move_money(by, at=at)
    slip = PaymentSlip.objects.select_for_update(of=("self",)).select_related("loan").get(pk=slip_id)
    lock(slip.loan)
    today = timezone.localtime(at).date()
    if slip.state not in (SlipState.ISSUED, SlipState.EXPIRED):
        raise SlipRefused(f"この払込票は「{slip.get_state_display()}」です。再発行できません。")
    if slip.reissue >= MOST_REISSUES:
        raise SlipRefused("再発行は9回までです。")
    amount = min(slip.amount, position_of(slip.loan_id, last_day(month_index(today) + 1)).arrears)
    if not amount:
        raise SlipRefused("この貸付に未納はありません。払込票は要りません。")
    slip.state = SlipState.REISSUED
    slip.save(update_fields=["state"])
    return PaymentSlip.objects.create(
        loan=slip.loan,
        month=slip.month,
        cause=slip.cause,
        amount=amount,
        company_code=company_code(today),
        issued_on=today,
        due_on=last_day(month_index(today) + 1),
        reissue=slip.reissue + 1,
        reissue_of=slip,
        created_at=at,
        created_by=by.label,
    )


@service
def expire_slips(*, on: date, by: Actor, at: datetime) -> int:
    """Wait no longer for slips whose last day has passed by more than the days their money needs; gives how many."""
    lag = timedelta(days=settings_on(on).channel_lag_slip)
    late = PaymentSlip.objects.filter(state=SlipState.ISSUED, due_on__lt=on - lag)
    return late.update(state=SlipState.EXPIRED)


def company_code(on: date) -> str:
    """The company code in force, or ``SlipRefused`` where the council has none yet."""
    code: str = settings_on(on).slip_company_code
    if not code:
        raise SlipRefused(
            "収納企業コードが登録されていません。規則と設定の「払込票の収納企業コード」に登録してください。"
        )
    return code


def may_move_money(by: Actor, *, at: datetime) -> User | None:
    """The member of staff behind an actor, or None for the night; ``SlipNotAllowed`` without the permission."""
    if by.is_machine:
        return None
    person = acting_person(by)
    if person is None or Permission.MOVE_MONEY not in permissions_of(person.roles_on(timezone.localtime(at).date())):
        raise SlipNotAllowed("払込票を作成する権限がありません。")
    return person


def _one_at_a_time() -> None:
    """Two people who make the slips of a month at once wait for each other, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('repayment.slips'))")


def _write(
    slips: Sequence[SlipToMake],
    *,
    month: int,
    cause: SlipCause,
    company: str,
    on: date,
    due_on: date,
    by: Actor,
    at: datetime,
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "loans": [slip.loan_id for slip in slips],
                "amounts": [slip.amount for slip in slips],
                "most": MOST_YEN,
                "month": month,
                "cause": cause.value,
                "company": company,
                "on": on,
                "due_on": due_on,
                "state": SlipState.ISSUED.value,
                "at": at,
                "by": by.label,
            },
        )
        return int(cursor.rowcount)


_INSERT = """
insert into repayment_paymentslip (
    loan_id, month, cause, amount, company_code, issued_on, due_on, reissue, state, created_at, created_by
)
select loan_id, %(month)s, %(cause)s, least(amount, %(most)s), %(company)s, %(on)s, %(due_on)s, 0, %(state)s, %(at)s,
       %(by)s
from unnest(%(loans)s::bigint[], %(amounts)s::bigint[]) as slip(loan_id, amount)
on conflict (loan_id, month, cause, reissue) do nothing
"""
