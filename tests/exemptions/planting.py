"""A portfolio in which so many candidates of each kind are planted among people who only look like candidates.

Everything is written by COPY, so that the same story can be told of a thousand loans and of a hundred thousand. Nobody but
the planted is entitled: whoever pays has paid, and every near miss lacks exactly one thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from accounts.enums import Role
from accounts.models import Office, User
from desk.demo.tables import (
    CASELOAD,
    CERTIFICATE,
    ENTRY,
    HOLD,
    HOUSEHOLD,
    LOAN,
    MAIL_BLOCK,
    MEMBER,
    PAPER,
    PERSON,
    PLAN,
    Table,
    keys_for,
)
from exemptions.candidates.enums import CandidateKind as K
from exemptions.enums import ApplicationState as State
from exemptions.enums import PaperSlot
from exemptions.models import Application, ApplicationPaper
from japan.months import month_of
from loans.enums import FundKind, IntakeChannel, LoanState
from loans.models import Loan
from people.enums import CertificateKind, EventKind, Language, MailBlockReason, PaperKind, Sex
from people.models import AssistanceNotice, DisabilityCertificate, EventProof, Household, Paper, Person
from repayment.enums import HoldReason, LedgerKind, PaymentChannel, PlanReason
from repayment.models import DeferralApplication, LedgerEntry, PaymentPromise, RepaymentPlan
from tests.people.builders import LONG_AGO, a_member_of_staff, an_office

TODAY = date(2026, 11, 20)
NEWEST_YEAR = 2026
LENT_ON, APPLIED_ON = date(2021, 3, 15), date(2021, 2, 10)
FIRST = month_of(2023, 1)
DUE_BY_TODAY = 46
"""Instalments from January 2023 to October 2026; that of November is collected on the 26th."""
REGULAR, PRINCIPAL, COUNT = 5_000, 600_000, 120
RECORDED = datetime(2026, 11, 19, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
KEYS_AT_ONCE = 2_000
_NUMBERS = count(1)


@dataclass
class Portfolio:
    """Rows in the making. ``planted`` are the loans that must be found, by kind."""

    office: Office = field(default_factory=an_office)
    clerk: User = field(default_factory=lambda: a_member_of_staff(Role.PREFECTURAL_CLERK))
    planted: dict[K, set[int]] = field(default_factory=lambda: defaultdict(set))
    rows: dict[Table, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    late: list[Any] = field(default_factory=list)
    loans: int = 0

    def __post_init__(self) -> None:
        self._keys: dict[type[Any], Iterator[int]] = {}

    def key(self, model: type[Any]) -> int:
        keys: Iterator[int] = self._keys.get(model, iter(()))
        for key in keys:
            return key
        self._keys[model] = keys_for(model, KEYS_AT_ONCE)
        return next(self._keys[model])

    def borrower(
        self, *, born: date = date(1975, 5, 5), note: str = "", died_on: date | None = None, alone: bool = True
    ) -> int:
        """A person whom the office looks after, alone on a residence record."""
        key, n = self.key(Person), next(_NUMBERS)
        name, kana = f"架空 {n}郎", "カクウ タロウ"
        self.rows[PERSON].append(
            (
                key, f"C{n:08d}", name, kana, name, kana, kana, ["架空"], born, died_on, Sex.UNKNOWN, Language.JAPANESE,
                False, "", note,
            )
        )  # fmt: skip
        self.rows[CASELOAD].append((key, self.office.pk, LONG_AGO, None))
        if alone:
            record = self.key(Household)
            self.rows[HOUSEHOLD].append((record, f"C{record:09d}"))
            self.rows[MEMBER].append((record, key, "世帯主", True, LONG_AGO, None))
        return key

    def loan(
        self,
        borrower: int,
        *,
        fund: FundKind = FundKind.SP_GS_INITIAL,
        paid: tuple[tuple[date, int], ...] = ((TODAY, DUE_BY_TODAY * REGULAR),),
    ) -> int:
        """A loan of 600,000 yen in 120 instalments from January 2023, paid up unless said otherwise."""
        key, plan, n = self.key(Loan), self.key(RepaymentPlan), next(_NUMBERS)
        self.loans += 1
        self.rows[LOAN].append(
            (
                key, f"{n:08d}", fund, borrower, self.office.pk, LoanState.LENT, APPLIED_ON, LENT_ON, LENT_ON, 2,
                PRINCIPAL, COUNT, FIRST, IntakeChannel.MUNICIPAL_COUNCIL,
            )
        )  # fmt: skip
        self.rows[PLAN].append(
            (
                plan, key, 1, LENT_ON, PRINCIPAL, COUNT, FIRST, REGULAR, REGULAR, 26, PlanReason.ORIGINAL, RECORDED,
                "test", f"original:{key}",
            )
        )  # fmt: skip
        for number, (day, amount) in enumerate(paid):
            self.rows[ENTRY].append(
                (
                    self.key(LedgerEntry), key, LedgerKind.PAID, amount, day, RECORDED, "test", f"{key}:{number}", None,
                    None, None, None, PaymentChannel.SLIP, "",
                )
            )  # fmt: skip
        return key

    def paper(
        self,
        person: int,
        kind: PaperKind,
        *,
        on: date = date(2026, 9, 10),
        note: str = "",
    ) -> int:
        key = self.key(Paper)
        self.rows[PAPER].append((key, person, kind, on, on, note, "test", f"plant:{key}"))
        return key

    def tax(
        self,
        person: int,
        year: int = NEWEST_YEAR,
        *,
        per_capita: bool = False,
        income: bool = False,
        on: date | None = None,
    ) -> int:
        key = self.paper(person, PaperKind.TAX_CERTIFICATE, on=on or date(year, 9, 1))
        self.rows[CERTIFICATE].append((key, year, per_capita, income, "見本市"))
        return key

    def application(self, loan: int, *papers: int, year: int = NEWEST_YEAR, state: State = State.RECEIVED) -> int:
        key = self.key(Application)
        self.late.append(
            Application(
                pk=key, loan_id=loan, office=self.office, fiscal_year=year, state=state, received_on=date(year, 9, 5),
                entered_by=self.clerk, entered_at=RECORDED, state_since=RECORDED,
            )
        )  # fmt: skip
        self.late += [
            ApplicationPaper(application_id=key, paper_id=paper, slot=PaperSlot.BORROWER_TAX) for paper in papers
        ]
        return key

    def write(self) -> None:
        """Put everything into the database, in the order of the tables' references."""
        for table in (
            PERSON, HOUSEHOLD, MEMBER, CASELOAD, MAIL_BLOCK, LOAN, PLAN, ENTRY, HOLD, PAPER, CERTIFICATE,
        ):  # fmt: skip
            table.copy(self.rows.pop(table, []))
        for model in dict.fromkeys(type(row) for row in self.late):
            model.objects.bulk_create([row for row in self.late if type(row) is model])
        self.late.clear()


NOTHING: tuple[tuple[date, int], ...] = ()
FEW = ((date(2024, 3, 26), 20_000), (date(2026, 3, 26), 20_000))
"""Two payments: far in arrears, growing, and paid in parts within the last year."""

# --- the seven kinds, each planted in several ways ------------------------------------------------------------


def other_fund(p: Portfolio, n: int) -> int:
    """The certificate came with the application for one loan; the other loan would be served as well."""
    person = p.borrower()
    year = (NEWEST_YEAR, 2022)[n % 2]
    p.application(p.loan(person, fund=FundKind.SP_SMALL), p.tax(person, year), year=year)
    return p.loan(person)


def assistance(p: Portfolio, n: int) -> int:
    note = "昨年から生活保護を受給しているとのこと" if n % 3 == 1 else ""
    person = p.borrower(note=note)
    if n % 3 == 0:
        p.paper(person, PaperKind.PUBLIC_ASSISTANCE_NOTICE)
    if n % 3 == 2:
        p.late.append(a_deferral(p, person, "生活保護の受給が始まった。返済の相談。"))
    return p.loan(person)


def handbook(p: Portfolio, n: int) -> int:
    person = p.borrower()
    note = ("身体障害者手帳　２級", "精神 1級", "療育手帳 マルA", "")[n % 4]
    paper = p.paper(person, PaperKind.DISABILITY_CERTIFICATE, note=note)
    if not note:
        p.late.append(DisabilityCertificate(paper_id=paper, kind=CertificateKind.PHYSICAL, grade="1級"))
    return p.loan(person)


def long_arrears(p: Portfolio, n: int) -> int:
    """Elderly and alone, or a single parent; twelve months' worth behind, paying in parts, no income levy."""
    if n % 2:
        person = p.borrower(born=date(1950, 4, 1))
    else:
        person = p.borrower(alone=False)
        record, child = p.key(Household), p.borrower(born=date(2014, 8, 1), alone=False)
        p.rows[HOUSEHOLD].append((record, f"C{record:09d}"))
        p.rows[MEMBER] += [
            (record, person, "世帯主", True, LONG_AGO, None),
            (record, child, "長男", False, LONG_AGO, None),
        ]
    p.tax(person, per_capita=True, income=False)
    return p.loan(person, paid=FEW)


def new_tax_year(p: Portfolio, n: int) -> int:
    """Untaxed in the newest year, or in an earlier one with no newer certificate."""
    person = p.borrower()
    p.tax(person, (NEWEST_YEAR, 2024, 2022)[n % 3])
    return p.loan(person)


def silent(p: Portfolio, n: int) -> int:
    return p.loan(p.borrower(), paid=NOTHING)


def learned(p: Portfolio, n: int) -> int:
    way = n % 6
    person = p.borrower(died_on=date(2026, 8, 1) if way == 0 else None)
    loan = p.loan(person, paid=FEW)
    if way == 1:
        p.paper(person, PaperKind.DEATH_RECORD)
    if way == 2:
        p.rows[MAIL_BLOCK].append((person, MailBlockReason.RETURNED, date(2026, 4, 10)))
    if way == 3:
        p.rows[HOLD].append((loan, HoldReason.LEGAL, date(2026, 1, 10), None, f"hold:{loan}", "test"))
    if way == 4:
        p.paper(person, PaperKind.OTHER, note="裁判所の書類。令和8年7月に免責許可の決定が確定。")
    if way == 5:
        paper = p.paper(person, PaperKind.DISCHARGE_DECISION)
        p.late.append(EventProof(paper_id=paper, kind=EventKind.BANKRUPTCY_DISCHARGE, on=date(2026, 7, 1)))
    return loan


PLANTS: dict[K, Callable[[Portfolio, int], int]] = {
    K.OTHER_FUND: other_fund,
    K.ASSISTANCE: assistance,
    K.HANDBOOK: handbook,
    K.LONG_ARREARS: long_arrears,
    K.NEW_TAX_YEAR: new_tax_year,
    K.SILENT: silent,
    K.LEARNED: learned,
}

# --- who only looks like one --------------------------------------------------------------------------------------


def taxed_and_behind(p: Portfolio) -> None:
    person = p.borrower(born=date(1950, 4, 1))
    p.tax(person, per_capita=True, income=True)
    p.loan(person, paid=FEW)


def untaxed_once_but_taxed_since(p: Portfolio) -> None:
    person = p.borrower()
    p.tax(person, 2024)
    p.tax(person, NEWEST_YEAR, per_capita=True, income=True)
    p.loan(person)


def only_the_income_levy_is_zero(p: Portfolio) -> None:
    person = p.borrower()
    p.tax(person, per_capita=True, income=False)
    p.loan(person)


def asked_already(p: Portfolio) -> None:
    person = p.borrower()
    p.application(p.loan(person), p.tax(person))


def taken_back(p: Portfolio) -> None:
    person = p.borrower()
    p.application(p.loan(person), p.tax(person), state=State.WITHDRAWN)


def repaid(p: Portfolio) -> None:
    person = p.borrower(died_on=date(2026, 8, 1))
    p.tax(person)
    p.loan(person, paid=((TODAY, PRINCIPAL),))


def grade_does_not_count(p: Portfolio) -> None:
    person = p.borrower()
    p.paper(person, PaperKind.DISABILITY_CERTIFICATE, note="身体障害者手帳　３級")
    p.loan(person)


def grade_written_down_does_not_count(p: Portfolio) -> None:
    person = p.borrower()
    paper = p.paper(person, PaperKind.DISABILITY_CERTIFICATE, note="身体障害者手帳 1級")
    p.late.append(DisabilityCertificate(paper_id=paper, kind=CertificateKind.PHYSICAL, grade="4級"))
    p.loan(person)


def assistance_has_ended(p: Portfolio) -> None:
    person = p.borrower()
    paper = p.paper(person, PaperKind.PUBLIC_ASSISTANCE_NOTICE)
    p.late.append(AssistanceNotice(paper_id=paper, since=date(2025, 4, 1), until=date(2026, 10, 31)))
    p.loan(person)


def discharge_is_not_final(p: Portfolio) -> None:
    person = p.borrower()
    paper = p.paper(person, PaperKind.DISCHARGE_DECISION)
    p.late.append(EventProof(paper_id=paper, kind=EventKind.BANKRUPTCY_DISCHARGE, on=None))
    p.loan(person)


def assistance_denied(p: Portfolio) -> None:
    p.loan(p.borrower(note="生活保護は受給していない。申請を案内した。"))


def assistance_before_the_loan(p: Portfolio) -> None:
    person = p.borrower()
    p.paper(person, PaperKind.PUBLIC_ASSISTANCE_NOTICE, on=date(2019, 5, 1))
    p.loan(person)


def behind_and_not_vulnerable(p: Portfolio) -> None:
    person = p.borrower()
    p.tax(person, per_capita=True, income=False)
    p.loan(person, paid=FEW)


def behind_and_shrinking(p: Portfolio) -> None:
    person = p.borrower(born=date(1950, 4, 1))
    p.tax(person, per_capita=True, income=False)
    p.loan(person, paid=((date(2026, 3, 26), 80_000),))


def never_paid_but_heard_of(p: Portfolio) -> None:
    person = p.borrower()
    p.paper(person, PaperKind.INCOME_PROOF)
    p.loan(person, paid=NOTHING)


def never_paid_but_promised(p: Portfolio) -> None:
    loan = p.loan(p.borrower(), paid=NOTHING)
    p.late.append(
        PaymentPromise(
            loan_id=loan,
            amount=5_000,
            due_on=TODAY,
            taken_on=TODAY,
            way="phone",
            taken_by=p.clerk,
            recorded_at=RECORDED,
        )
    )


def pays_the_other_loan(p: Portfolio) -> None:
    person = p.borrower()
    p.loan(person, paid=NOTHING, fund=FundKind.SP_SMALL)
    p.loan(person)


def proceedings_have_just_begun(p: Portfolio) -> None:
    loan = p.loan(p.borrower(), paid=FEW)
    p.rows[HOLD].append((loan, HoldReason.LEGAL, date(2026, 10, 1), None, f"hold:{loan}", "test"))


def mail_came_back_but_pays(p: Portfolio) -> None:
    person = p.borrower()
    p.rows[MAIL_BLOCK].append((person, MailBlockReason.RETURNED, date(2026, 4, 10)))
    p.loan(person)


def discharge_only_asked_for(p: Portfolio) -> None:
    person = p.borrower()
    p.paper(person, PaperKind.OTHER, note="自己破産を申立中。免責の決定はこれから見込み。")
    p.loan(person)


NEAR_MISSES: tuple[Callable[[Portfolio], None], ...] = (
    taxed_and_behind, untaxed_once_but_taxed_since, only_the_income_levy_is_zero, asked_already, taken_back, repaid,
    grade_does_not_count, grade_written_down_does_not_count, assistance_has_ended, discharge_is_not_final,
    assistance_denied, assistance_before_the_loan, behind_and_not_vulnerable, behind_and_shrinking,
    never_paid_but_heard_of, never_paid_but_promised, pays_the_other_loan, proceedings_have_just_begun,
    mail_came_back_but_pays, discharge_only_asked_for,
)  # fmt: skip


def plant(p: Portfolio, *, loans: int, of_each: int, near_misses: int) -> None:
    """Fill ``p`` up to so many loans: candidates, near misses of every sort, and people who pay."""
    for kind, make in PLANTS.items():
        p.planted[kind] |= {make(p, n) for n in range(of_each)}
    for n in range(near_misses):
        NEAR_MISSES[n % len(NEAR_MISSES)](p)
    while p.loans < loans:
        p.loan(p.borrower())
    p.write()


def a_deferral(p: Portfolio, person: int, situation: str) -> DeferralApplication:
    return DeferralApplication(
        borrower_id=person, office=p.office, channel="paper", state="withdrawn", received_on=date(2026, 9, 1),
        ground="EQUIVALENT", situation=situation, entered_by=p.clerk, entered_at=RECORDED, state_since=RECORDED,
    )  # fmt: skip
