"""For whom slips are to be made, and for whom not and why: questions over the portfolio, asked anew each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from japan.months import first_day, last_day, month_index
from people.enums import AccountUse
from repayment.ageing import Statement, age_loans, ageing_statement
from repayment.arrears.holding import dunning_held
from repayment.arrears.unpaid import rows_of
from repayment.debit.enums import MandateState, NextStep
from repayment.debit.failures import failed_lines
from repayment.enums import HeldCause, SlipCause
from repayment.models import DebitMandate, PaymentSlip
from repayment.position import Policy
from repayment.selectors import policy_on
from rulebook.selectors import settings_on

NO_SLIP_FOR = frozenset(HeldCause) - {HeldCause.PROMISE, HeldCause.SLIP, HeldCause.DEBIT, HeldCause.AGREEMENT}
"""Whoever asked for relief, is protected or has died gets no slip; money on its way or promised is no reason against one."""


@dataclass(frozen=True, slots=True)
class SlipToMake:
    """One slip that is due: the loan and the yen of the month that are unpaid."""

    loan_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class SlipSelection:
    """The slips of a month for who has no account, and how many loans are left out for which reason."""

    month: int
    slips: tuple[SlipToMake, ...]
    left_out: tuple[tuple[HeldCause, int], ...]

    @property
    def count(self) -> int:
        return len(self.slips)

    @property
    def total(self) -> int:
        """Yen of all slips."""
        return sum(slip.amount for slip in self.slips)


def slips_of_month(month: int, *, on: date) -> SlipSelection:
    """The slips still to be made of a month whose instalment cannot be debited; ``on`` is the day of accounts and holds.

    The amount is what of the month's instalment will be unpaid at its end, as things stand: never more than is in arrears
    then. Loans with a slip of that month are left out silently.
    """
    rules = settings_on(on)
    policy = Policy.of(rules)
    before = ageing_statement(as_of=first_day(month) - timedelta(days=1), policy=policy)
    after = ageing_statement(as_of=last_day(month), policy=policy)
    params = {f"b_{name}": value for name, value in before.params.items()}
    params |= {f"a_{name}": value for name, value in after.params.items()}
    sql = _STATEMENT.format(before=_renamed(before, "b"), after=_renamed(after, "a"))
    params |= {"month": month, "cause": SlipCause.NO_ACCOUNT.value}
    found = rows_of(Statement(sql, params))
    debited = _debited([borrower for _, borrower, _ in found], on)
    held = dunning_held(None, on)
    slips, left_out = [], Counter[HeldCause]()
    for loan_id, borrower, amount in found:
        if borrower in debited:
            continue
        reason = next((reason.cause for reason in held.get(loan_id, ()) if reason.cause in NO_SLIP_FOR), None)
        if reason is not None:
            left_out[reason] += 1
        else:
            slips.append(SlipToMake(loan_id, amount))
    return SlipSelection(month, tuple(slips), tuple(sorted(left_out.items())))


def slips_of_failures(*, on: date) -> dict[tuple[int, date], list[SlipToMake]]:
    """The slips still to be made of debits that failed for want of money, by month of the instalment and day of the debit.

    Of no more than is still in arrears on *on*; without those who are left alone now, and those whose slip would be over.
    """
    made = PaymentSlip.objects.filter(
        loan=OuterRef("line__loan"), month=OuterRef("run__month"), cause=SlipCause.FAILED_DEBIT
    )
    failures = failed_lines(step=NextStep.SLIP).filter(~Exists(made), failed_on__gte=first_day(month_index(on) - 1))
    asked = list(failures.values_list("line__loan", "line__amount", "run__month", "failed_on"))
    loans = {loan_id for loan_id, *_ in asked}
    held = dunning_held(loans, on)
    owed = {row.loan_id: row.arrears for row in age_loans(as_of=on, policy=policy_on(on), loans=loans)}
    found: dict[tuple[int, date], list[SlipToMake]] = {}
    for loan_id, amount, month, failed_on in asked:
        amount = min(amount, owed.get(loan_id, 0))
        if amount and not any(reason.cause in NO_SLIP_FOR for reason in held.get(loan_id, ())):
            found.setdefault((month, failed_on), []).append(SlipToMake(loan_id, amount))
    return found


def _debited(borrowers: Iterable[int], on: date) -> set[int]:
    """Of these people, those from whose account instalments are drawn: the bank has registered their consent."""
    mandated = DebitMandate.objects.filter(
        Q(account__until__isnull=True) | Q(account__until__gte=on),
        account__since__lte=on,
        account__use=AccountUse.DEBIT,
        state=MandateState.REGISTERED,
    )
    return set(mandated.filter(account__person__in=set(borrowers)).values_list("account__person", flat=True))


def _renamed(statement: Statement, prefix: str) -> str:
    """The statement with its parameters named apart, so that two of them can stand in one."""
    sql = statement.sql
    for name in statement.params:
        sql = sql.replace(f"%({name})s", f"%({prefix}_{name})s")
    return sql


_STATEMENT = """
with before as materialized ({before}),
after as materialized ({after})
select a.loan_id, l.borrower_id, least(a.arrears, a.due - coalesce(b.due, 0)) as amount
from after a
left join before b on b.loan_id = a.loan_id
join loans_loan l on l.id = a.loan_id
where least(a.arrears, a.due - coalesce(b.due, 0)) > 0
  and not exists (
      select from repayment_paymentslip s
      where s.loan_id = a.loan_id and s.month = %(month)s and s.cause = %(cause)s
  )
order by l.code
"""
