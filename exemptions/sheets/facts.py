"""What the forms and the guide print, and nothing else: what has no field cannot come out on paper.

Amounts in yen, months as index (``japan.months``). The same facts stand behind a sheet handed over at the desk and behind
the one enclosed with a letter. No address, no telephone number: the borrower writes those, or they are in no field at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from notices.kinds import Desk


@dataclass(frozen=True, kw_only=True)
class FormFacts:
    """What both forms print of a loan. ``council`` is the lender as its letters name it, ``as_of`` the day of the figures."""

    council: str = field(metadata={"label": "社協の名称"})
    borrower: str = field(metadata={"label": "借受人氏名"})
    fund_name: str = field(metadata={"label": "資金の種類"})
    fund_code: str = field(metadata={"label": "資金コード"})
    loan_code: str = field(metadata={"label": "貸付コード"})
    principal: int = field(metadata={"label": "貸付金額"})
    outstanding: int = field(metadata={"label": "残額"})
    as_of: date
    consents: tuple[str, ...] = field(metadata={"label": "同意の文"})


@dataclass(frozen=True, kw_only=True)
class LaterPart:
    """A later year's tax exempts from ``cut_off`` (month index) on; ``stays`` yen fall due before and stay payable."""

    cut_off: int = field(metadata={"label": "免除の始まる月", "unit": "month"})
    stays: int = field(metadata={"label": "残る額"})


@dataclass(frozen=True, kw_only=True)
class TaxFormFacts(FormFacts):
    """様式1-1-x: residence tax. ``asked`` is the amount asked for, ``cap`` the most the fund kind allows.

    ``year`` is the fiscal year (or years) of the certificates, in words; ``later`` is there for requirement ①′ only.
    """

    number: str
    year: str
    asked: int = field(metadata={"label": "免除申請額"})
    cap: int = field(metadata={"label": "免除上限額"})
    later: LaterPart | None


@dataclass(frozen=True, kw_only=True)
class ReasonFormFacts(FormFacts):
    """様式1-2: requirements ② to ④. ``ticked`` is the ground whose box is printed ticked, empty where nobody told.

    ``remark`` says why that one was ticked. ``begins_on`` is the day from which it can be decided, while that is to come.
    """

    arrears: int = field(metadata={"label": "期日を過ぎた額"})
    ticked: str
    remark: str
    begins_on: date | None


@dataclass(frozen=True, kw_only=True)
class FundRow:
    """One row of the table of funds: whose tax years are judged, the cap, where repayment begins, all in words."""

    fund_name: str
    applied: str
    years: str
    cap: str
    start: str


@dataclass(frozen=True, kw_only=True)
class GuideFacts:
    """The guide: the table of funds, when forms on residence tax are taken in, and every place to turn to (H-22)."""

    funds: tuple[FundRow, ...]
    window: str
    council: str = field(metadata={"label": "社協の名称"})
    phone: str = field(metadata={"label": "社協の電話番号"})
    hours: str = field(metadata={"label": "社協の受付時間"})
    desks: tuple[Desk, ...]
