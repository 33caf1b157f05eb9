"""Writing loans down. Special lending is closed; these services take over what was lent and register regular loans."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from accounts.models import Office
from audit.actors import Actor
from audit.services import service
from japan.eras import era_date
from japan.yen import yen
from loans.enums import FundKind, IntakeChannel, LoanState
from loans.funds import cohort_of, fund
from loans.models import Loan
from loans.selectors import normal_code
from people.models import Person
from rulebook.selectors import settings_on

LENDING_BEGAN = date(2020, 1, 16)
"""The first day of application whose contract could be changed to the special terms (LN-01; MHLW Q&A vol. 17, Q15)."""


class LoanRefused(Exception):
    """A loan cannot be written; the text is a sentence for whoever tried."""


@service
def register_loan(
    *,
    code: str,
    fund_kind: FundKind,
    borrower: Person,
    office: Office,
    applied_on: date,
    principal: int,
    household_size: int,
    instalments: int | None = None,
    first_due_month: int | None = None,
    decided_on: date | None = None,
    disbursed_on: date | None = None,
    state: LoanState = LoanState.LENT,
    channel: IntakeChannel = IntakeChannel.MUNICIPAL_COUNCIL,
    by: Actor,
    at: datetime,
) -> Loan:
    """Register a loan of ``principal`` yen. Left out, the term is the fund's longest and the start month the cohort's.

    Refused: a code in use, an amount above the fund's maximum, a term beyond the fund's, days out of order.
    """
    code = normal_code(code)
    start, term = checked_terms(
        code=code,
        fund_kind=fund_kind,
        applied_on=applied_on,
        principal=principal,
        household_size=household_size,
        instalments=instalments,
        first_due_month=first_due_month,
        decided_on=decided_on,
        at=at,
    )
    if Loan.objects.filter(code=code).exists():
        raise LoanRefused(f"貸付コード {code} はすでに使われています。")
    return Loan.objects.create(
        code=code,
        fund=fund_kind,
        borrower=borrower,
        office=office,
        state=state,
        applied_on=applied_on,
        decided_on=decided_on,
        disbursed_on=disbursed_on,
        household_size=household_size,
        principal=principal,
        instalments=term,
        first_due_month=start,
        late_interest_rate_bp=settings_on(decided_on or applied_on).late_interest_rate_bp,
        channel=channel,
    )


def checked_terms(
    *,
    code: str,
    fund_kind: FundKind,
    applied_on: date,
    principal: int,
    household_size: int,
    instalments: int | None,
    first_due_month: int | None,
    decided_on: date | None,
    at: datetime,
) -> tuple[int, int]:
    """The start month and the number of instalments of a loan (in yen) that may be written; ``LoanRefused`` otherwise."""
    lent = fund(fund_kind)
    cohort = cohort_of(fund_kind, applied_on)
    start = first_due_month if first_due_month is not None else cohort.first_month
    term = instalments if instalments is not None else lent.most_instalments
    maximum = lent.maximum_single if household_size == 1 else lent.maximum_multi
    if not code:
        raise LoanRefused("貸付コードを入力してください。")
    if start is None:
        raise LoanRefused("この資金には決まった償還開始月がありません。償還開始月を入力してください。")
    if applied_on > timezone.localtime(at).date():
        raise LoanRefused("借入申込日に先の日付は使えません。")
    if lent.special and applied_on < LENDING_BEGAN:
        raise LoanRefused(f"特例貸付の申込みは{era_date(LENDING_BEGAN)}以降です。申込日をお確かめください。")
    if decided_on is not None and decided_on < applied_on:
        raise LoanRefused("貸付決定日が借入申込日より前になっています。")
    if not 0 < principal <= maximum:
        raise LoanRefused(f"{lent.name_ja}の貸付金額は{yen(maximum)}までです。")
    if not 1 <= term <= lent.most_instalments:
        raise LoanRefused(f"{lent.name_ja}の償還回数は{lent.most_instalments}回までです。")
    return start, term
