"""The loans whose period may soon run out, earliest first, each with what proves where it counts from.

A statement over the loans in arrears finds who could be concerned, by a day that is never later than the true one; the
calendar then says it exactly for the page that is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from japan.months import last_day, month_index
from japan.yen import yen
from loans.models import Loan
from repayment.ageing import Statement
from repayment.arrears.unpaid import rows_of, unpaid_statement
from repayment.enums import LedgerKind, PaymentChannel
from repayment.limitation.calendar import OLD_LAW_UNTIL, Event, Limitation, Restart, limitation, period_of
from repayment.models import DebtAcknowledgement, LedgerEntry
from repayment.position import Policy, Position
from repayment.selectors import positions_of
from rulebook.selectors import settings_on
from rulebook.settings import Settings


@dataclass(frozen=True, slots=True)
class LimitationRow:
    """One loan of the list, with its calendar on the day of the page and the years that were counted."""

    loan: Loan
    position: Position
    limitation: Limitation
    years: int
    months_left: int


def soon_lapsing(user: User, *, on: date) -> list[int]:
    """Keys of the loans a member of staff may know of whose period may run out within the months of the setting."""
    rules = settings_on(on)
    unpaid = unpaid_statement(as_of=on, policy=Policy.of(rules), loans=Loan.objects.visible_to(user))
    statement = Statement(
        _STATEMENT.format(unpaid=unpaid.sql),
        unpaid.params
        | {
            "old_law_until": OLD_LAW_UNTIL,
            "years": rules.limitation_years,
            "old_years": rules.limitation_years_old_contracts,
            "until": last_day(month_index(on) + rules.limitation_warning_months),
        },
    )
    return [loan_id for (loan_id,) in rows_of(statement)]


def limitation_rows(loan_ids: Iterable[int], *, on: date) -> list[LimitationRow]:
    """The calendars of these loans, the earliest first; loans that owe nothing overdue are left out. Seven queries."""
    ids = list(loan_ids)
    rules = settings_on(on)
    loans = Loan.objects.select_related("borrower", "office").in_bulk(ids)
    events = events_of(ids)
    rows = []
    for loan_id, at in positions_of(ids, on).items():
        found = limitation_of(loans[loan_id], at, events[loan_id], rules)
        if found is not None:
            months = month_index(found.completes_on) - month_index(on)
            rows.append(LimitationRow(loans[loan_id], at, found, years_of(loans[loan_id], rules), months))
    return sorted(rows, key=lambda row: (row.limitation.completes_on, row.loan.code))


def limitation_of(loan: Loan, at: Position, events: Iterable[Event], rules: Settings) -> Limitation | None:
    """The calendar of one loan on the day of its position; None where nothing overdue is unpaid."""
    oldest = next((line for line in at.lines[: at.instalments_due] if line.unpaid), None)
    if oldest is None:
        return None
    return limitation(
        due_on=oldest.collection_date,
        deadline=at.deadline,
        events=events,
        years=years_of(loan, rules),
        as_of=at.as_of,
    )


def years_of(loan: Loan, rules: Settings) -> int:
    """The years of limitation of a loan, by the day of its contract."""
    return period_of(
        loan.decided_on or loan.applied_on, new=rules.limitation_years, old=rules.limitation_years_old_contracts
    )


def events_of(loan_ids: Iterable[int]) -> dict[int, list[Event]]:
    """Payments that stand and acknowledgements that were not withdrawn, by loan; two queries."""
    ids = set(loan_ids)
    found: dict[int, list[Event]] = defaultdict(list)
    payments = LedgerEntry.objects.filter(kind=LedgerKind.PAID, loan__in=ids, reversed_by__isnull=True)
    for loan_id, on, amount, channel, pk in payments.values_list("loan_id", "effective_on", "amount", "channel", "pk"):
        way = PaymentChannel(channel).label if channel else "入金"
        found[loan_id].append(Event(on, Restart.PAYMENT, f"{way} {yen(amount)}（台帳 {pk}）"))
    for row in DebtAcknowledgement.objects.filter(loan__in=ids, withdrawn_on__isnull=True):
        found[row.loan_id].append(
            Event(row.acknowledged_on, Restart.ACKNOWLEDGEMENT, f"{row.get_kind_display()}：{row.evidence}")
        )
    return found


_STATEMENT = """
with unpaid as materialized ({unpaid}),
late as (
    select u.loan_id, case when coalesce(l.decided_on, l.applied_on) <= %(old_law_until)s
                           then %(old_years)s else %(years)s end as years,
           make_date(l.first_due_month / 12, l.first_due_month %% 12 + 1, 1) as began_on
    from unpaid u join loans_loan l on l.id = u.loan_id
),
event as (
    select loan_id, years, began_on as on_day from late
    union all
    select e.loan_id, l.years, e.effective_on
    from late l join repayment_ledgerentry e on e.loan_id = l.loan_id
    where e.kind = 'paid' and e.effective_on <= %(as_of)s
      and not exists (select from repayment_ledgerentry r where r.reverses_id = e.id)
    union all
    select a.loan_id, l.years, a.acknowledged_on
    from late l join repayment_debtacknowledgement a on a.loan_id = l.loan_id
    where a.withdrawn_on is null and a.acknowledged_on <= %(as_of)s
),
-- The first time nothing followed within the period: there it may have run out.
gap as (
    select loan_id, (on_day + make_interval(years => years))::date as lapses_on,
           lead(on_day) over (partition by loan_id order by on_day) as next_day
    from event
)
select loan_id
from gap
where (next_day is null or next_day > lapses_on) and lapses_on <= %(until)s
group by loan_id
order by min(lapses_on), loan_id
"""
