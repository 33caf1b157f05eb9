"""Which facts of lending call for a letter, and what each letter says: the part of ``letters.py`` that asks the database.

Every letter comes from the lender, the prefectural council. What was taken over from before this system
(``history``) was told to people then and calls for none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import Office
from japan import banks
from loans.deciding.enums import DecisionOutcome, ProposalState, SanctionKind
from loans.enums import DeedState, LendingState, TaskKind
from loans.funds import fund
from loans.lending.workflow import Move
from loans.letter_facts import MonthChange, Payment, Pointer
from loans.models import (
    LendingApplication,
    LendingChange,
    LendingDecision,
    LendingSanction,
    LendingStateChange,
    LendingTask,
    Loan,
    LoanDeed,
    Tranche,
)
from notices.sources import Draft, Occasion, occasions
from people.account_sealing import masked_number
from people.enums import AccountKind
from people.models import BankAccount
from rulebook.rates import percent

M = TypeVar("M", bound=Model)
SENDING_BACK = (Move.REPORT_DEFICIENCIES, Move.SEND_BACK)
SPECIAL, REGULAR = "緊急小口資金等の特例貸付", "生活福祉資金"


class LendingLetters(ABC, Generic[M]):
    """The rows that are due one kind of letter. ``prefix`` names the kind of row in an occasion (「decision:12」)."""

    prefix: ClassVar[str]

    @abstractmethod
    def rows(self) -> QuerySet[M]:
        """Every row that calls for the letter, with what ``draft`` and ``describe`` need."""

    @abstractmethod
    def on_day(self, rows: QuerySet[M], day: date) -> QuerySet[M]:
        """Those of the rows that were there by the end of a day."""

    @abstractmethod
    def borrower_id(self, row: M) -> int: ...

    @abstractmethod
    def content(self, row: M) -> dict[str, Any]: ...

    @abstractmethod
    def about(self, row: M) -> tuple[str, str]:
        """The addressee's name, and what the letter is about in words."""

    def due_rows(self, day: date) -> QuerySet[Any]:
        """The occasions of a day, to be counted."""
        return occasions(self.prefix, self.on_day(self.rows(), day))

    def due(self, day: date) -> Iterator[str]:
        """The occasions of a day; one query."""
        yield from self.due_rows(day).order_by("pk").iterator()

    def draft(self, occasion: str) -> Draft | None:
        """The letter of one occasion; None where it has lapsed since."""
        row = self.rows().filter(pk__in=self.keys([occasion])).first()
        if row is None:
            return None
        return Draft(
            addressee_id=self.borrower_id(row),
            office_id=Office.objects.get(kind=OfficeKind.PREFECTURAL).pk,
            content=self.content(row),
        )

    def describe(self, named: Collection[str]) -> dict[str, Occasion]:
        """To whom and about what; one query."""
        told = {}
        for row in self.rows().filter(pk__in=self.keys(named)):
            name, about = self.about(row)
            told[f"{self.prefix}:{row.pk}"] = Occasion(addressee_id=self.borrower_id(row), name=name, about=about)
        return told

    def keys(self, named: Iterable[str]) -> list[int]:
        """The rows that occasions name; what names none is left out."""
        mark = f"{self.prefix}:"
        numbers = [occasion.removeprefix(mark) for occasion in named if occasion.startswith(mark)]
        return [int(number) for number in numbers if number.isascii() and number.isdigit()]


def of_application(application: LendingApplication) -> dict[str, Any]:
    return {
        "programme": programme(application.fund),
        "fund_name": fund(application.fund).name_ja,
        "application_number": str(application),
        "applied_on": application.applied_on,
    }


def of_loan(loan: Loan) -> dict[str, Any]:
    """What a letter about a loan says of it; a loan taken over from elsewhere has no application here."""
    application = getattr(loan, "application", None)
    return {
        "programme": programme(loan.fund),
        "fund_name": fund(loan.fund).name_ja,
        "application_number": str(application) if application else "",
        "applied_on": loan.applied_on,
        "fund_code": fund(loan.fund).fund_code,
        "loan_code": loan.code,
    }


def programme(kind: str) -> str:
    return SPECIAL if fund(kind).special else REGULAR


# --- about applications -----------------------------------------------------------------------------


class Decisions(LendingLetters[LendingDecision]):
    """The decisions of one outcome."""

    prefix = "lending-decision"
    outcome: ClassVar[DecisionOutcome]

    def rows(self) -> QuerySet[LendingDecision]:
        return LendingDecision.objects.filter(outcome=self.outcome, application__history=False).select_related(
            "application__applicant", "application__bank_account", "loan", "proposal"
        )

    def on_day(self, rows: QuerySet[LendingDecision], day: date) -> QuerySet[LendingDecision]:
        return rows.filter(decided_on__lte=day)

    def borrower_id(self, row: LendingDecision) -> int:
        return row.application.applicant_id

    def about(self, row: LendingDecision) -> tuple[str, str]:
        return row.application.applicant.name, words_of(row.application)


class Approved(Decisions):
    outcome = DecisionOutcome.APPROVED

    def content(self, row: LendingDecision) -> dict[str, Any]:
        loan, application = row.loan, row.application
        assert loan is not None  # a check constraint of the decision says so
        tranches = Tranche.objects.filter(loan=loan, ended_on__isnull=True).order_by("number")
        return {
            **of_application(application),
            "decided_on": row.decided_on,
            "fund_code": fund(loan.fund).fund_code,
            "loan_code": loan.code,
            "amount": row.amount,
            "payments": tuple(
                Payment(month=tranche.month, amount=tranche.amount, pay_on=tranche.paid_on or tranche.pay_on)
                for tranche in tranches
            ),
            "account": account_text(application.bank_account),
            "first_due_month": loan.first_due_month,
            "instalments": loan.instalments,
            "late_interest": percent(loan.late_interest_rate_bp),
            "monthly_amount": row.proposal.monthly_amount,
        }


class Refused(Decisions):
    outcome = DecisionOutcome.REFUSED

    def content(self, row: LendingDecision) -> dict[str, Any]:
        guidance = row.application.guidance.order_by("pk")
        return {
            **of_application(row.application),
            "decided_on": row.decided_on,
            "pointers": tuple(Pointer(what=str(each.get_kind_display()), place=each.place) for each in guidance),
            "deed_comes_back": row.application.deeds.filter(state=DeedState.RECEIVED).exists(),
        }


class Deficient(LendingLetters[LendingStateChange]):
    """Applications that wait for papers, each with the step that sent it back last."""

    prefix = "lending-step"

    def rows(self) -> QuerySet[LendingStateChange]:
        last = (
            LendingStateChange.objects.filter(application=OuterRef("application"), move__in=SENDING_BACK)
            .order_by("-pk")
            .values("pk")[:1]
        )
        return LendingStateChange.objects.filter(
            pk=Subquery(last), application__state=LendingState.INCOMPLETE, application__history=False
        ).select_related("application__applicant")

    def on_day(self, rows: QuerySet[LendingStateChange], day: date) -> QuerySet[LendingStateChange]:
        return rows.filter(at__date__lte=day)

    def borrower_id(self, row: LendingStateChange) -> int:
        return row.application.applicant_id

    def content(self, row: LendingStateChange) -> dict[str, Any]:
        texts = (str(item.get("text", "")).strip() for item in row.deficiencies)
        return {
            **of_application(row.application),
            "sent_back_on": timezone.localtime(row.at).date(),
            "items": tuple(dict.fromkeys(text for text in texts if text)),
        }

    def about(self, row: LendingStateChange) -> tuple[str, str]:
        return row.application.applicant.name, words_of(row.application)


class DeedReturns(LendingLetters[LoanDeed]):
    """Signed deeds that are held although nothing is lent (LN-38; MHLW Q&A vol. 17, question 24)."""

    prefix = "deed"

    def rows(self) -> QuerySet[LoanDeed]:
        return LoanDeed.objects.to_return().select_related("application__applicant")

    def on_day(self, rows: QuerySet[LoanDeed], day: date) -> QuerySet[LoanDeed]:
        return rows.filter(application__state_since__date__lte=day, received_on__lte=day)

    def borrower_id(self, row: LoanDeed) -> int:
        return row.application.applicant_id

    def content(self, row: LoanDeed) -> dict[str, Any]:
        return {**of_application(row.application), "received_on": row.received_on, "amount": row.amount}

    def about(self, row: LoanDeed) -> tuple[str, str]:
        return row.application.applicant.name, words_of(row.application)


class Ratifications(LendingLetters[LendingTask]):
    """Those who borrowed as minors without consent, from the day on which they are of age (question 17-2)."""

    prefix = "lending-task"

    def rows(self) -> QuerySet[LendingTask]:
        return LendingTask.objects.filter(
            kind=TaskKind.RATIFICATION,
            done_at__isnull=True,
            due_on__isnull=False,
            application__state=LendingState.APPROVED,
            application__loan__isnull=False,
        ).select_related("application__applicant", "application__loan")

    def on_day(self, rows: QuerySet[LendingTask], day: date) -> QuerySet[LendingTask]:
        return rows.filter(due_on__lte=day)

    def borrower_id(self, row: LendingTask) -> int:
        return row.application.applicant_id

    def content(self, row: LendingTask) -> dict[str, Any]:
        loan = row.application.loan
        assert loan is not None  # rows() leaves out those without
        return {**of_loan(loan), "decided_on": loan.decided_on, "amount": loan.principal, "of_age_on": row.due_on}

    def about(self, row: LendingTask) -> tuple[str, str]:
        return row.application.applicant.name, words_of(row.application)


# --- about loans ------------------------------------------------------------------------------------


class Changed(LendingLetters[LendingChange]):
    """Changes within the period that were agreed to (LN-35)."""

    prefix = "lending-change"

    def rows(self) -> QuerySet[LendingChange]:
        return LendingChange.objects.filter(state=ProposalState.AGREED).select_related(
            "loan__borrower", "loan__application"
        )

    def on_day(self, rows: QuerySet[LendingChange], day: date) -> QuerySet[LendingChange]:
        return rows.filter(decided_at__date__lte=day)

    def borrower_id(self, row: LendingChange) -> int:
        return row.loan.borrower_id

    def content(self, row: LendingChange) -> dict[str, Any]:
        before, after = dict(row.months_before), dict(row.months_after)
        return {
            **of_loan(row.loan),
            "decided_on": day_of(row),
            "months": tuple(
                MonthChange(month=month, before=before.get(month), after=after.get(month))
                for month in sorted({*before, *after})
            ),
            "total": row.loan.principal,
        }

    def about(self, row: LendingChange) -> tuple[str, str]:
        return row.loan.borrower.name, f"{fund(row.loan.fund).name_ja}　{row.loan.code}"


class Sanctioned(LendingLetters[LendingSanction]):
    """Sanctions of one kind that were agreed to (LN-39)."""

    prefix = "lending-sanction"

    def __init__(self, kind: SanctionKind) -> None:
        self.kind = kind

    def rows(self) -> QuerySet[LendingSanction]:
        return LendingSanction.objects.filter(state=ProposalState.AGREED, kind=self.kind).select_related(
            "loan__borrower", "loan__application"
        )

    def on_day(self, rows: QuerySet[LendingSanction], day: date) -> QuerySet[LendingSanction]:
        return rows.filter(decided_at__date__lte=day)

    def borrower_id(self, row: LendingSanction) -> int:
        return row.loan.borrower_id

    def content(self, row: LendingSanction) -> dict[str, Any]:
        paid = Tranche.objects.filter(loan=row.loan, paid_on__isnull=False).aggregate(sum=Sum("amount"))["sum"]
        has_tranches = Tranche.objects.filter(loan=row.loan).exists()
        told = {
            **of_loan(row.loan),
            "decided_on": day_of(row),
            "paid_out": (paid or 0) if has_tranches else row.loan.principal,
        }
        return told if self.kind == SanctionKind.STOP else {**told, "pay_back_by": row.pay_back_by}

    def about(self, row: LendingSanction) -> tuple[str, str]:
        return row.loan.borrower.name, f"{fund(row.loan.fund).name_ja}　{row.loan.code}"


# --- words ------------------------------------------------------------------------------------------


def words_of(application: LendingApplication) -> str:
    return f"{fund(application.fund).name_ja}　申込番号 {application}"


def day_of(row: LendingChange | LendingSanction) -> date:
    """The day in Japan on which the second person agreed."""
    assert row.decided_at is not None  # a check constraint of agreed rows says so
    return timezone.localtime(row.decided_at).date()


def account_text(account: BankAccount | None) -> str:
    """Bank, branch and the last three digits of an account; empty where none is known."""
    if account is None:
        return ""
    bank, branch = banks.bank(account.bank_code), banks.branch(account.bank_code, account.branch_code)
    names = [place.name for place in (bank, branch) if place is not None]
    return "　".join([*names, str(AccountKind(account.kind).label), f"口座番号の下3桁 {masked_number(account)[-3:]}"])
