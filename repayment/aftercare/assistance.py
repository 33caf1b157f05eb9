"""Borrowers who turned out to receive public assistance after they had applied (MHLW Q&A vol. 17, question 22).

Whoever receives it is basically not lent to. What comes in later says so: a certificate, for whatever it was brought, or
a later application. Nothing follows by itself; somebody looks when the assistance began and writes it down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from loans.enums import LoanState
from loans.models import LendingApplication, Loan
from loans.refusals import EntryRefused, NotAllowed
from loans.services.moves import member_of_staff
from people.enums import PaperKind
from people.models import Paper
from repayment.ageing import age_loans
from repayment.enums import AssistanceBegan
from repayment.models import AssistanceCheck
from repayment.selectors import policy_on

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


@dataclass(frozen=True, slots=True)
class AssistanceRow:
    """A loan, and what came in after it was applied for."""

    loan: Loan
    papers: tuple[Paper, ...]
    applications: tuple[LendingApplication, ...]


def found_later(user: User) -> QuerySet[Loan]:
    """Loans whose borrower was found to receive public assistance, and into which nobody has looked yet."""
    papers = Paper.objects.filter(
        kind=PaperKind.PUBLIC_ASSISTANCE_NOTICE, person=OuterRef("borrower"), received_on__gt=OuterRef("applied_on")
    )
    told = LendingApplication.objects.filter(
        on_public_assistance=True, applicant=OuterRef("borrower"), applied_on__gt=OuterRef("applied_on")
    )
    return Loan.objects.visible_to(user).filter(
        Exists(papers) | Exists(told),
        ~Exists(AssistanceCheck.objects.filter(loan=OuterRef("pk"))),
        state__in=(LoanState.DISBURSING, LoanState.LENT),
    )


def assistance_found(user: User, *, on: date) -> tuple[int, ...]:
    """Keys of those of which something is still to be repaid; two queries and the settings."""
    loans = list(found_later(user).values_list("pk", flat=True))
    if not loans:
        return ()
    ages = age_loans(as_of=on, policy=policy_on(on), loans=loans)
    return tuple(sorted(row.loan_id for row in ages if row.outstanding))


def assistance_rows(loan_ids: Iterable[int]) -> list[AssistanceRow]:
    """The rows of these loans with what came in; three queries."""
    loans = list(Loan.objects.filter(pk__in=list(loan_ids)).select_related("borrower", "office").order_by("pk"))
    people = {loan.borrower_id for loan in loans}
    papers = Paper.objects.filter(kind=PaperKind.PUBLIC_ASSISTANCE_NOTICE, person__in=people).order_by("received_on")
    told = LendingApplication.objects.filter(on_public_assistance=True, applicant__in=people).order_by("applied_on")
    all_papers, all_told = list(papers), list(told)
    return [
        AssistanceRow(
            loan,
            tuple(
                each for each in all_papers
                if each.person_id == loan.borrower_id and each.received_on > loan.applied_on
            ),
            tuple(
                each for each in all_told
                if each.applicant_id == loan.borrower_id and each.applied_on > loan.applied_on
            ),
        )
        for loan in loans
    ]  # fmt: skip


@service
def record_assistance_check(
    *, loan_id: int, began: AssistanceBegan, note: str, by: Actor, at: datetime
) -> AssistanceCheck:
    """Write down when the assistance began and how that was made sure of. A second answer gives back the first.

    What follows from it (a sanction, an exemption) is asked for where such things are asked for.
    """
    person = member_of_staff(by)
    if Permission.REVIEW_LENDING not in permissions_of(person.roles_on(timezone.localtime(at).date())):
        raise NotAllowed("生活保護の受給の確認を記録する権限がありません。")
    loan = Loan.objects.visible_to(person).select_for_update(of=("self",)).filter(pk=loan_id).first()
    if loan is None:
        raise NotAllowed("この貸付は見つかりません。")
    if not note.strip():
        raise EntryRefused("確かめた方法を入力してください。", "note")
    there = AssistanceCheck.objects.filter(loan=loan).first()
    return there or AssistanceCheck.objects.create(
        loan=loan, began=began, note=note.strip(), by=by.label, by_user=person, at=at
    )
