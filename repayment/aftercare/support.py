"""Borrowers who agreed to be supported by the consultation agency, and of whom no contact with it is written down.

From October 2020 whoever borrows for general support agrees to be supported by the time repayment begins (MHLW Q&A
vol. 17, question 14-1). When repayment begins is asked of the position, so deferrals and debit days count as they do
everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from japan.months import last_day, month_index
from loans.enums import GuidanceKind, LendingState, LoanState
from loans.models import Guidance, LendingApplication, Loan
from repayment.ageing import age_loans
from repayment.selectors import policy_on, positions_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

MONTHS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class SupportOwed:
    """Keys of loans without a contact: those whose repayment begins within three months, and those that have begun."""

    soon: tuple[int, ...]
    begun: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SupportRow:
    """One of these loans: its application, when consent was given, and when repayment begins (or began)."""

    application: LendingApplication
    loan: Loan
    begins_on: date


def without_contact(user: User) -> QuerySet[LendingApplication]:
    """Applications with consent, lent, and without any contact with the agency on record for this person since.

    A contact is what the application itself names (questions 8-1 and 14-2), a later application's consultation, or what
    was written down as 「自立相談支援機関へのつなぎ」.
    """
    contacts = Guidance.objects.filter(kind=GuidanceKind.AGENCY, application__applicant=OuterRef("applicant"))
    later = LendingApplication.objects.filter(
        applicant=OuterRef("applicant"), agency_consulted_on__gte=OuterRef("applied_on")
    )
    return LendingApplication.objects.visible_to(user).filter(
        ~Exists(contacts),
        ~Exists(later),
        agency_support_consent=True,
        agency_consulted_on__isnull=True,
        state=LendingState.APPROVED,
        loan__state__in=(LoanState.DISBURSING, LoanState.LENT),
    )


def support_owed(user: User, *, on: date) -> SupportOwed:
    """Sort the loans without a contact by when repayment begins; three queries and the settings, however many."""
    loans = list(without_contact(user).order_by("loan").values_list("loan", flat=True))
    if not loans:
        return SupportOwed((), ())
    policy = policy_on(on)
    now = {row.loan_id: row for row in age_loans(as_of=on, policy=policy, loans=loans)}
    then = {row.loan_id: row for row in age_loans(as_of=last_day_before(on), policy=policy, loans=loans)}
    begun = [key for key, row in now.items() if row.instalments_due and row.outstanding]
    soon = [key for key, row in now.items() if not row.instalments_due and then[key].instalments_due]
    return SupportOwed(soon=tuple(sorted(soon)), begun=tuple(sorted(begun)))


def last_day_before(on: date) -> date:
    """The last day that is less than three months away."""
    month = month_index(on) + MONTHS_AHEAD
    return min(last_day(month), date(month // 12, month % 12 + 1, 1) + timedelta(days=on.day - 1)) - timedelta(days=1)


def support_rows(loan_ids: Iterable[int], *, on: date) -> list[SupportRow]:
    """The rows of these loans, the earliest first."""
    ids = list(loan_ids)
    rows = LendingApplication.objects.filter(loan__in=ids).select_related("applicant", "office", "loan")
    positions = positions_of(ids, on)
    found = [
        SupportRow(row, row.loan, positions[row.loan.pk].lines[0].collection_date)
        for row in rows
        if row.loan is not None and row.loan.pk in positions
    ]
    return sorted(found, key=lambda row: (row.begins_on, row.loan.pk))
