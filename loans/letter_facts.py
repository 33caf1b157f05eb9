"""What the letters of lending say, and nothing else. Amounts in yen, months as index (``japan.months``).

None of them has a field for the reasons of a decision: what has no field cannot leak into a letter.
"""

from dataclasses import dataclass, field
from datetime import date

from notices.kinds import Desk, LetterFacts


@dataclass(frozen=True, kw_only=True)
class LendingLetterFacts(LetterFacts):
    """What every letter of lending says. ``programme`` stands above the title, ``desks`` are the places to turn to."""

    programme: str
    fund_name: str = field(metadata={"label": "資金の種類"})
    application_number: str = field(metadata={"label": "申込番号"})
    applied_on: date = field(metadata={"label": "借入申込日"})
    desks: tuple[Desk, ...]


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One payment to the borrower: the month it is for (index), yen, and the day it leaves."""

    month: int
    amount: int
    pay_on: date


@dataclass(frozen=True, kw_only=True)
class LendingApprovedFacts(LendingLetterFacts):
    """Lent: the amount in yen, when it comes and where to, and when repaying begins. ``account`` is masked.

    ``monthly_amount`` is what general support lends a month, in yen; None for what comes in one sum.
    """

    decided_on: date = field(metadata={"label": "決定日"})
    fund_code: str = field(metadata={"label": "資金コード"})
    loan_code: str = field(metadata={"label": "貸付コード"})
    amount: int = field(metadata={"label": "貸付金額"})
    payments: tuple[Payment, ...]
    account: str = field(metadata={"label": "送金先の口座"})
    first_due_month: int = field(metadata={"label": "返済の始まり", "unit": "month"})
    instalments: int
    late_interest: str = field(metadata={"label": "延滞利子の年率"})
    monthly_amount: int | None = field(default=None, metadata={"label": "貸付の月額"})


@dataclass(frozen=True, kw_only=True)
class RatificationFacts(LendingLetterFacts):
    """Whoever borrowed as a minor is of age since ``of_age_on`` and is asked to ratify the loan of ``amount`` yen."""

    fund_code: str = field(metadata={"label": "資金コード"})
    loan_code: str = field(metadata={"label": "貸付コード"})
    decided_on: date | None = field(metadata={"label": "決定日"})
    amount: int = field(metadata={"label": "貸付金額"})
    of_age_on: date = field(metadata={"label": "成年に達した日"})


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """Where somebody was pointed to or connected: what for, and the place."""

    what: str = field(metadata={"label": "ご案内"})
    place: str = field(metadata={"label": "案内先"})


@dataclass(frozen=True, kw_only=True)
class LendingRefusedFacts(LendingLetterFacts):
    """Not lent. ``deed_comes_back``: a signed deed is held and goes back with a letter of its own (LN-38)."""

    decided_on: date = field(metadata={"label": "決定日"})
    pointers: tuple[Pointer, ...]
    deed_comes_back: bool


@dataclass(frozen=True, kw_only=True)
class LendingDeficiencyFacts(LendingLetterFacts):
    """What is missing, line by line as it was sent back."""

    sent_back_on: date = field(metadata={"label": "不備の確認日"})
    items: tuple[str, ...] = field(metadata={"label": "不備"})


@dataclass(frozen=True, kw_only=True)
class DeedReturnFacts(LendingLetterFacts):
    """A signed deed goes back with this letter. ``amount`` is what stands on it, in yen, where it is known."""

    received_on: date = field(metadata={"label": "借用書を受け取った日"})
    amount: int | None = field(metadata={"label": "借用金額"})


@dataclass(frozen=True, kw_only=True)
class MonthChange:
    """One month of a general support loan before and after a change; None where nothing is paid."""

    month: int
    before: int | None
    after: int | None


@dataclass(frozen=True, kw_only=True)
class LoanLetterFacts(LendingLetterFacts):
    """A letter about a loan that is lent already."""

    decided_on: date = field(metadata={"label": "決定日"})
    fund_code: str = field(metadata={"label": "資金コード"})
    loan_code: str = field(metadata={"label": "貸付コード"})


@dataclass(frozen=True, kw_only=True)
class LendingChangedFacts(LoanLetterFacts):
    """Another amount or number of months within the period (LN-35). ``total`` is what is lent in all now, in yen."""

    months: tuple[MonthChange, ...]
    total: int = field(metadata={"label": "変更後の貸付金額"})


@dataclass(frozen=True, kw_only=True)
class SanctionFacts(LoanLetterFacts):
    """A loan obtained by deceit (LN-39). ``paid_out`` is what was paid out so far, in yen."""

    paid_out: int = field(metadata={"label": "送金済みの金額"})


@dataclass(frozen=True, kw_only=True)
class PayBackFacts(SanctionFacts):
    """Everything is to be paid back by a day."""

    pay_back_by: date = field(metadata={"label": "一括償還の期限"})
