"""The stop list: lines that the bank has and should not debit any more, with what changed since they were locked.

It is a question over the rows, not a list somebody keeps: whoever exempts, defers, holds or records a death says nothing
to the desk. What the bank collects nevertheless becomes a refund task when its result is posted (``results``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from loans.models import Loan
from loans.staff import acting_person
from repayment.debit.enums import ACCOUNT_REASONS, DebitState, LeftOut
from repayment.debit.refusals import DebitNotAllowed, DebitRefused
from repayment.debit.selecting import Asked, selection_statement
from repayment.debit.workflow import AT_THE_BANK
from repayment.models import DebitLine, DebitRun, DebitStop


@dataclass(frozen=True, slots=True)
class Stop:
    """A line that should not be debited: why, and what of it (yen) would have to go back if it were."""

    line_id: int
    number: int
    loan_id: int
    code: str
    amount: int
    reason: str
    too_much: int
    requested: bool

    @property
    def label(self) -> str:
        return str(LeftOut(self.reason).label)


def stops_of(run: DebitRun) -> list[Stop]:
    """The lines of a run that should not be debited (any more), in the order of the file."""
    if run.state in (DebitState.POSTED, DebitState.CLOSED, DebitState.DISCARDED):
        return []
    asked = Asked(
        on=run.debit_on,
        month=run.month,
        cut_off_on=run.cut_off_on,
        yucho=run.originator.yucho,
        run_id=run.pk,
        loans=Loan.objects.filter(pk__in=DebitLine.objects.filter(run=run).values("loan")),
    )
    statement = selection_statement(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            _STOPS.format(selection=statement.sql),
            statement.params | {"accounts": [str(reason) for reason in ACCOUNT_REASONS]},
        )
        return [Stop(*row) for row in cursor.fetchall()]


def stop_list() -> list[tuple[DebitRun, list[Stop]]]:
    """Every run that the bank has or may have and that has lines to be stopped, the nearest debit first."""
    runs = DebitRun.objects.filter(state__in=AT_THE_BANK).select_related("originator").order_by("debit_on", "pk")
    found = [(run, stops_of(run)) for run in runs]
    return [(run, stops) for run, stops in found if stops]


@service
def request_stops(*, run_id: int, lines: Iterable[int], by: Actor, at: datetime) -> int:
    """Write down that the bank is asked not to debit these lines of a run; how many were not asked for before.

    ``lines`` are what the person saw: a line that need not be stopped any more is a ``DebitRefused``.
    """
    person = acting_person(by)
    day = timezone.localtime(at).date()
    if person is None or Permission.MOVE_MONEY not in permissions_of(person.roles_on(day)):
        raise DebitNotAllowed("引落停止を依頼する権限がありません。")
    run = DebitRun.objects.select_for_update(of=("self",)).select_related("originator").filter(pk=run_id).first()
    if run is None or run.state not in AT_THE_BANK:
        raise DebitRefused("この口座振替は、銀行に停止を依頼できる状態ではありません。")
    found = {stop.line_id: stop for stop in stops_of(run)}
    wanted = list(dict.fromkeys(lines))
    if not wanted:
        raise DebitRefused("停止を依頼する明細がありません。")
    if any(line not in found for line in wanted):
        raise DebitRefused("停止が不要になった明細があります。一覧を開き直して確かめてください。")
    new = [found[line] for line in wanted if not found[line].requested]
    DebitStop.objects.bulk_create(
        DebitStop(line_id=stop.line_id, reason=stop.reason, requested_by=person, requested_at=at) for stop in new
    )
    return len(new)


_STOPS = """
with chosen as ({selection}),
judged as (
    select l.id, l.number, l.loan_id, s.code, l.amount, s.amount as still_owed,
           case
               when s.reason not in ('', 'taken', 'other_day') then s.reason
               when s.account_id <> l.account_id then 'changed'
               when s.amount < l.amount then 'less'
               else ''
           end as reason
    from repayment_debitline l join chosen s on s.loan_id = l.loan_id
    where l.run_id = %(run)s
)
select id, number, loan_id, code, amount, reason,
       case when reason = any(%(accounts)s) or reason = 'less' then greatest(0, amount - still_owed) else amount end,
       exists (select from repayment_debitstop d where d.line_id = judged.id)
from judged where reason <> '' order by number
"""
