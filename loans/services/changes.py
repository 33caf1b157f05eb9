"""Other amounts or months within the period of a loan: proposed, agreed to, written into the tranches to come.

Within the period months and amounts may change; once it is over, what was not used is gone (LN-35; Q&A vol. 17,
question 8-7). What was paid or is on its way to the bank stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max, Min, Sum
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.bankdays import collection_date, next_bank_day
from loans.deciding.enums import ProposalState
from loans.disbursement.enums import LineOutcome, TrancheEnd
from loans.disbursement.months import MonthsRefused, changed_months
from loans.enums import LoanState
from loans.funds import fund
from loans.models import LendingChange, Loan, Tranche, TransferLine
from loans.refusals import MovedMeanwhile, NotReady, ReasonMissing
from loans.services.agreeing import agree, open_proposal, reviewer, visible_loan, write
from loans.services.moves import member_of_staff
from rulebook.selectors import settings_on

Months = list[tuple[int, int]]


@service
def propose_change(
    *, loan_id: int, months: Sequence[tuple[int, int]], reason: str, by: Actor, at: datetime
) -> LendingChange:
    """Propose what every month (index, yen) that is not paid out yet shall be; a month left out is given up."""
    person = reviewer(by, at)
    loan = visible_loan(loan_id, person)
    if not reason.strip():
        raise ReasonMissing("変更の理由を入力してください。")
    wanted = checked(loan, months, on=timezone.localtime(at).date())
    before = changeable_months(loan)
    if wanted == before:
        raise NotReady("変更したところがありません。")
    if LendingChange.objects.filter(loan=loan, state=ProposalState.PROPOSED).exists():
        raise MovedMeanwhile("この貸付には、決裁を待っている変更がすでにあります。")
    return LendingChange.objects.create(
        loan=loan,
        months_before=before,
        months_after=wanted,
        reason=reason.strip()[:400],
        proposed_by=person,
        proposed_at=at,
    )


@service
def agree_to_change(*, change_id: int, by: Actor, at: datetime) -> LendingChange:
    """Agree to a change as a second person; the tranches that are not paid out yet become what was agreed."""
    change = open_proposal(LendingChange, change_id, member_of_staff(by))
    loan, day = change.loan, timezone.localtime(at).date()
    if changeable_months(loan) != [(month, amount) for month, amount in change.months_before]:
        raise MovedMeanwhile("起案のあとで送金が進みました。取りやめて、変更を起案し直してください。")
    wanted = dict(checked(loan, change.months_after, on=day))
    agree(change, by=by, at=at)
    for row in changeable(loan):
        amount = wanted.pop(row.month, None)
        if amount is None:
            row.ended_on, row.ended_because = day, TrancheEnd.CHANGED
        else:
            row.amount = amount
        row.save(update_fields=["amount", "ended_on", "ended_because"])
    add_months(loan, wanted, on=day)
    lent = Tranche.objects.filter(loan=loan, ended_on__isnull=True).aggregate(total=Sum("amount"))["total"]
    if lent:
        loan.principal = lent
        loan.save(update_fields=["principal"])
    return change


@service
def drop_change(*, change_id: int, by: Actor, at: datetime) -> LendingChange:
    """Give up a change that is only proposed."""
    person = reviewer(by, at)
    return write(open_proposal(LendingChange, change_id, person), ProposalState.DROPPED, person=person, at=at)


def changeable(loan: Loan) -> list[Tranche]:
    """The tranches that are neither paid, ended nor in a file on its way, by month."""
    on_its_way = TransferLine.objects.filter(loan=loan, outcome=LineOutcome.OPEN).values("tranche")
    rows = Tranche.objects.filter(loan=loan, paid_on__isnull=True, ended_on__isnull=True).exclude(pk__in=on_its_way)
    return list(rows.order_by("month"))


def changeable_months(loan: Loan) -> Months:
    """(month, yen) of the tranches that can still change."""
    return [(row.month, row.amount) for row in changeable(loan)]


def checked(loan: Loan, months: Sequence[Sequence[int]], *, on: date) -> Months:
    """The months wanted, in order, if the fund allows them on a day. ``NotReady`` says what it does not allow."""
    lent = fund(loan.fund)
    most = lent.monthly_single if loan.household_size == 1 else lent.monthly_multi
    if most is None:
        raise NotReady(f"{lent.name_ja}は1回で送金するため、月ごとの変更はありません。")
    if loan.state not in (LoanState.APPROVED, LoanState.DISBURSING):
        raise NotReady(
            f"貸付 {loan.code} は「{loan.get_state_display()}」です。"
            "使わなかった枠を、貸付が終わったあとで貸し付けることはできません（問答集 問8-7）。"
        )
    standing = Tranche.objects.filter(loan=loan, ended_on__isnull=True)
    first = Tranche.objects.filter(loan=loan).aggregate(first=Min("month"))["first"]
    open_keys = [row.pk for row in changeable(loan)]
    try:
        wanted = changed_months(
            first_month=first,
            most_months=lent.most_months_lent,
            monthly_maximum=most,
            fixed=list(standing.exclude(pk__in=open_keys).values_list("month", flat=True)),
            wanted=[(int(month), int(amount)) for month, amount in months],
            on=on,
        )
    except MonthsRefused as refused:
        raise NotReady(str(refused)) from None
    return list(wanted)


def add_months(loan: Loan, months: dict[int, int], *, on: date) -> None:
    """Plan tranches for months that had none, on the pay day of the settings, never in the past."""
    last = Tranche.objects.filter(loan=loan).aggregate(last=Max("number"))["last"] or 0
    pay_day = settings_on(on).lump_disbursement_day
    Tranche.objects.bulk_create(
        Tranche(
            loan=loan,
            number=last + n,
            month=month,
            amount=amount,
            pay_on=max(collection_date(month, pay_day), next_bank_day(on)),
        )
        for n, (month, amount) in enumerate(sorted(months.items()), start=1)
    )
