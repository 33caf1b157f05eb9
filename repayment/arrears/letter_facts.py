"""What the letters of a running repayment say, and nothing else. Amounts in yen, months as index (``japan.months``)."""

from dataclasses import dataclass, field
from datetime import date

from notices.kinds import Desk, LetterFacts


@dataclass(frozen=True, kw_only=True)
class RepaymentLetterFacts(LetterFacts):
    """What every letter about a running repayment says; ``as_of`` is the day of its figures."""

    programme: str
    fund_name: str = field(metadata={"label": "資金の種類"})
    fund_code: str = field(metadata={"label": "資金コード"})
    loan_code: str = field(metadata={"label": "貸付コード"})
    principal: int = field(metadata={"label": "貸付金額"})
    as_of: date = field(metadata={"label": "いつ現在"})
    desks: tuple[Desk, ...]


@dataclass(frozen=True, kw_only=True)
class StartFacts(RepaymentLetterFacts):
    """Repaying begins: the plan, and how it is paid. ``account`` is masked, and empty where none is registered."""

    outstanding: int = field(metadata={"label": "返していただく額"})
    first_on: date = field(metadata={"label": "最初の期日"})
    last_month: int = field(metadata={"label": "最後の月", "unit": "month"})
    count: int
    monthly_amount: int = field(metadata={"label": "毎月の額"})
    last_amount: int = field(metadata={"label": "最後の月の額"})
    debit_day: int
    account: str = field(metadata={"label": "引落口座"})


@dataclass(frozen=True, kw_only=True)
class ArrearsFacts(RepaymentLetterFacts):
    """Nothing has come in for some months. ``last_paid_on`` is None where nothing ever did."""

    months: int
    arrears: int = field(metadata={"label": "滞納額"})
    outstanding: int = field(metadata={"label": "残額"})
    last_paid_on: date | None = field(metadata={"label": "最後の入金日"})
    deadline: date = field(metadata={"label": "最終償還期限"})


@dataclass(frozen=True, kw_only=True)
class BalanceFacts(RepaymentLetterFacts):
    """Once a year: what was paid and exempted, and what is left."""

    paid: int = field(metadata={"label": "入金済額"})
    exempted: int = field(metadata={"label": "免除額"})
    outstanding: int = field(metadata={"label": "残額"})
    arrears: int = field(metadata={"label": "期日を過ぎた額"})
    deadline: date = field(metadata={"label": "最終償還期限"})


@dataclass(frozen=True, kw_only=True)
class CompletedFacts(RepaymentLetterFacts):
    """Everything has been repaid."""

    completed_on: date = field(metadata={"label": "完了日"})
    paid: int = field(metadata={"label": "入金済額"})
    exempted: int = field(metadata={"label": "免除額"})


@dataclass(frozen=True, kw_only=True)
class DeadlineFacts(RepaymentLetterFacts):
    """The deadline of the whole loan has passed; a survey sheet follows. ``rate`` is the yearly rate in words."""

    deadline: date = field(metadata={"label": "最終償還期限"})
    outstanding: int = field(metadata={"label": "残額"})
    late_interest: int = field(metadata={"label": "延滞利子"})
    rate: str
