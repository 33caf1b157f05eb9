"""What the letters of deferral say, and nothing else. Amounts in yen, months as index (``japan.months``).

None of them has a field for the reasons of a decision: what has no field cannot leak into a letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from notices.kinds import Desk, LetterFacts


@dataclass(frozen=True, kw_only=True)
class NamedLoan:
    """A loan by its fund and code."""

    fund_name: str = field(metadata={"label": "資金の種類"})
    loan_code: str = field(metadata={"label": "貸付コード"})


@dataclass(frozen=True, kw_only=True)
class DeferredLoan(NamedLoan):
    """A loan and its deferral: the months, when repaying goes on and with how much, the deadline, and what is in arrears.

    ``resumes`` and ``amount`` are missing where nothing more falls due.
    """

    from_month: int = field(metadata={"label": "猶予の始まり", "unit": "month"})
    last_month: int = field(metadata={"label": "猶予の終わり", "unit": "month"})
    resumes: int | None = field(metadata={"label": "返済の再開", "unit": "month"})
    amount: int | None = field(metadata={"label": "再開する月の返済額"})
    deadline: date = field(metadata={"label": "最終償還期限"})
    arrears: int = field(metadata={"label": "期日を過ぎた額"})


@dataclass(frozen=True, kw_only=True)
class DeferralLetterFacts(LetterFacts):
    """What every letter of deferral has: the places to turn to."""

    desks: tuple[Desk, ...]


@dataclass(frozen=True, kw_only=True)
class DeferralDeficiencyFacts(DeferralLetterFacts):
    """What is still to come, line by line as it was asked for."""

    application_number: str = field(metadata={"label": "申請番号"})
    received_on: date = field(metadata={"label": "申請受付日"})
    asked_on: date = field(metadata={"label": "書類の確認日"})
    loans: tuple[NamedLoan, ...]
    items: tuple[str, ...] = field(metadata={"label": "お願いする書類"})


@dataclass(frozen=True, kw_only=True)
class DeferralApprovedFacts(DeferralLetterFacts):
    """Deferred: each loan with its months before and after."""

    application_number: str = field(metadata={"label": "申請番号"})
    received_on: date = field(metadata={"label": "申請受付日"})
    decided_on: date = field(metadata={"label": "決定日"})
    loans: tuple[DeferredLoan, ...]


@dataclass(frozen=True, kw_only=True)
class DeferralRefusedFacts(DeferralLetterFacts):
    """Not deferred. There is nothing more to say than that, and where to get help."""

    application_number: str = field(metadata={"label": "申請番号"})
    received_on: date = field(metadata={"label": "申請受付日"})
    decided_on: date = field(metadata={"label": "決定日"})
    loans: tuple[NamedLoan, ...]


@dataclass(frozen=True, kw_only=True)
class DeferralEndingFacts(DeferralLetterFacts):
    """Loans of one borrower whose deferral ends in the same month."""

    last_month: int = field(metadata={"label": "猶予の終わり", "unit": "month"})
    loans: tuple[DeferredLoan, ...]


@dataclass(frozen=True, kw_only=True)
class DeferralEndedFacts(DeferralLetterFacts):
    """A deferral that ended before its time."""

    recorded_on: date = field(metadata={"label": "終了を決めた日"})
    loans: tuple[DeferredLoan, ...]
