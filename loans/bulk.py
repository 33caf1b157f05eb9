"""Many loans at once, as files bring them: the checks of ``loans.services.registering``, two statements for any number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Office
from audit.actors import Actor
from audit.services import service
from loans.enums import FundKind, IntakeChannel, LoanState
from loans.models import Loan
from loans.selectors import normal_code
from loans.services import LoanRefused
from loans.services.registering import checked_terms
from people.models import Person
from rulebook.selectors import values_on


@dataclass(frozen=True, slots=True)
class LentLoan:
    """A loan as it was lent; amounts in yen, the start month as index."""

    code: str
    fund_kind: FundKind
    borrower: Person
    office: Office
    applied_on: date
    decided_on: date | None
    disbursed_on: date | None
    household_size: int
    principal: int
    instalments: int
    first_due_month: int
    channel: IntakeChannel = IntakeChannel.MUNICIPAL_COUNCIL

    @property
    def contract_day(self) -> date:
        """The day whose rate of late interest the contract has (LI-03)."""
        return self.decided_on or self.applied_on


@service
def register_loans(*, loans: Sequence[LentLoan], by: Actor, at: datetime) -> list[Loan | LoanRefused]:
    """Register loans; for each, in order, the row or why not. Checked as by ``register_loan``."""
    codes = [normal_code(lent.code) for lent in loans]
    taken = set(Loan.objects.filter(code__in=codes).values_list("code", flat=True))
    taken |= {code for code, times in Counter(codes).items() if times > 1}
    rates = values_on("late_interest_rate_bp", [lent.contract_day for lent in loans])
    answers: list[Loan | LoanRefused] = []
    for lent, code in zip(loans, codes, strict=True):
        try:
            if code in taken:
                raise LoanRefused(f"貸付コード {code} はすでに使われています。")
            answers.append(_prepared(lent, code=code, rate_bp=rates[lent.contract_day], at=at))
        except LoanRefused as refusal:
            answers.append(refusal)
    Loan.objects.bulk_create([answer for answer in answers if isinstance(answer, Loan)])
    return answers


def _prepared(lent: LentLoan, *, code: str, rate_bp: int, at: datetime) -> Loan:
    start, term = checked_terms(
        code=code,
        fund_kind=lent.fund_kind,
        applied_on=lent.applied_on,
        principal=lent.principal,
        household_size=lent.household_size,
        instalments=lent.instalments,
        first_due_month=lent.first_due_month,
        decided_on=lent.decided_on,
        at=at,
    )
    return Loan(
        code=code,
        fund=lent.fund_kind,
        borrower=lent.borrower,
        office=lent.office,
        state=LoanState.LENT,
        applied_on=lent.applied_on,
        decided_on=lent.decided_on,
        disbursed_on=lent.disbursed_on,
        household_size=lent.household_size,
        principal=lent.principal,
        instalments=term,
        first_due_month=start,
        late_interest_rate_bp=rate_bp,
        channel=lent.channel,
    )


CODE_GIVEN_UP = "取消-"
"""What the code of a loan begins with once an import was taken back; no code that anybody types looks like it."""


@service
def give_up_loans(*, loan_ids: Sequence[int], by: Actor, at: datetime) -> None:
    """Take loans back that an import registered by mistake. They stay, given up, but their codes are free again.

    Their plans cannot be removed, so neither can they. Nothing else may rest on them: whoever calls has made sure.
    """
    Loan.objects.filter(pk__in=loan_ids).update(
        state=LoanState.GIVEN_UP, code=Concat(Value(CODE_GIVEN_UP), Cast("pk", CharField()))
    )
