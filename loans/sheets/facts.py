"""What each sheet prints, and nothing else: what has no field cannot come out on paper. Amounts in yen, months as index.

A string that is empty leaves room to write by hand. Nothing here has a field for the reasons of a decision.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

NOT_WRITTEN = "（この欄は記入しません）"
"""Printed where an address is withheld: the person is told not to write it either."""
HOUSEHOLD_ROWS = 4
"""How many members the form has room for; a larger household fills more."""


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Who applies. ``addresses`` are lines of text from the one door to addresses, ``NOT_WRITTEN`` where withheld."""

    name: str = field(metadata={"label": "氏名"})
    kana: str = field(metadata={"label": "フリガナ"})
    number: str
    birth_date: date
    age: int
    addresses: tuple[str, ...] = field(metadata={"label": "住所"})
    phone: str = field(metadata={"label": "電話番号"})


@dataclass(frozen=True, kw_only=True)
class SheetFacts:
    """What every sheet has. ``council`` is the lender as its letters name it; ``desk`` the office that took it in."""

    council: str = field(metadata={"label": "社協の名称"})
    desk: str = field(metadata={"label": "受付事業所"})
    desk_phone: str = field(metadata={"label": "受付事業所の電話番号"})
    application_number: str
    fund_name: str
    printed_on: date


@dataclass(frozen=True, kw_only=True)
class PersonalFacts(SheetFacts):
    applicant: Applicant


@dataclass(frozen=True, kw_only=True)
class IncomeFall:
    """One employer or occupation and its take-home pay, before and after (forms 参考1-1 and 1-2 of Q&A vol. 17)."""

    member: str = field(metadata={"label": "収入が減った人"})
    employer: str = field(metadata={"label": "勤務先名称または職業"})
    employer_address: str = field(metadata={"label": "勤務先所在地"})
    employer_phone: str = field(metadata={"label": "勤務先の電話番号"})
    before_month: int | None
    before_amount: int | None
    after_month: int | None
    after_amount: int | None


@dataclass(frozen=True, kw_only=True)
class DeclarationFacts(PersonalFacts):
    """参考1-1: one page for each of ``falls``, and ``reason`` in the applicant's words."""

    falls: tuple[IncomeFall, ...]
    reason: str = field(metadata={"label": "減少の理由"})


@dataclass(frozen=True, kw_only=True)
class GeneralDeclarationFacts(DeclarationFacts):
    """参考1-2: besides, which benefits are in use and why the loan is needed all the same. None: nobody asked yet."""

    unemployment_benefit: bool | None
    pension: bool | None
    other_benefits: str = field(metadata={"label": "利用中のその他の公的給付"})
    why_needed: str = field(metadata={"label": "特例貸付が必要な理由"})


@dataclass(frozen=True, kw_only=True)
class HouseholdLine:
    """One member now in the household, as told at the desk."""

    label: str = field(metadata={"label": "続柄"})
    name: str = field(metadata={"label": "世帯員の氏名"})
    birth_date: date | None
    age: int | None
    income: str = field(metadata={"label": "世帯員の収入"})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One line of a closed list, ticked or not."""

    label: str
    ticked: bool


@dataclass(frozen=True, kw_only=True)
class LoanRequestFacts(PersonalFacts):
    """借入申込書 of the regular loan. Months and instalments are counts."""

    amount: int | None
    most: int
    members: tuple[HouseholdLine, ...]
    causes: tuple[Choice, ...]
    cause_on: date | None
    cause_note: str = field(metadata={"label": "理由の内容"})
    purpose_note: str = field(metadata={"label": "使いみちの内容"})
    instalments: int | None
    most_instalments: int
    grace_months: int | None
    agency_consulted_on: date | None

    @property
    def empty_rows(self) -> range:
        """Rows left for members nobody told of yet."""
        return range(max(1, HOUSEHOLD_ROWS - len(self.members)))


@dataclass(frozen=True, kw_only=True)
class DeedFacts(PersonalFacts):
    """借用書. It has no field for its date: that is written when the money is paid (K-9)."""

    amount: int | None
    monthly_amount: int | None
    months: int | None
    instalments: int | None
    first_due_month: int | None
    late_interest: str


@dataclass(frozen=True, kw_only=True)
class DebitFacts(PersonalFacts):
    """口座振替依頼書. An account is there in full or not at all; each digit of ``account_number`` has a box of its own."""

    bank: str = field(metadata={"label": "金融機関名"})
    branch: str = field(metadata={"label": "支店名"})
    bank_code: str
    branch_code: str
    account_kind: str
    account_number: str
    holder_kana: str = field(metadata={"label": "口座名義"})
    yucho: str


@dataclass(frozen=True, kw_only=True)
class PriorLoan:
    """A loan the person had before, here or from another council."""

    fund_name: str
    council: str = field(metadata={"label": "貸し付けた社協"})
    applied_on: date
    amount: int | None


@dataclass(frozen=True, kw_only=True)
class StatusFacts(PersonalFacts):
    """状況確認シート of extension and re-loan: how things stand, for the consultation agency (question 8-3)."""

    prior: tuple[PriorLoan, ...]
    falls: tuple[IncomeFall, ...]
    household_size: int | None
    consulted_on: date | None
    contacts: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """One paper to bring: what it is, what it is for, whether it is there already, whether it may follow the money."""

    name: str = field(metadata={"label": "書類"})
    why: str
    held: bool
    follows: bool = False


@dataclass(frozen=True, kw_only=True)
class PaperListFacts(PersonalFacts):
    """The papers of this application. ``outcome`` is what the involvement tree ended in (K-7), empty where not asked.

    ``words`` is what is missing besides papers, one sentence each.
    """

    papers: tuple[PaperLine, ...]
    outcome: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GuidanceFacts(SheetFacts):
    """A guidance sheet: the same for everybody, so that nobody's name is on it."""
