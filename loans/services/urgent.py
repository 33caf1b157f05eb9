"""Money before the decision (LN-37; MHLW Q&A vol. 17, part 1, question 21): pay first, papers and review follow.

It is a small loan for somebody who has nothing left: applied for at the consultation, paid by the second business day.
A second person agrees to it, as to everything that moves money; what is owed afterwards are tasks of the application.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from japan.bankdays import next_bank_day
from japan.eras import era_date
from loans.deciding.enums import Bridge
from loans.deciding.terms import Terms, TermsRefused, asked_for, check_terms, longest_term
from loans.disbursement.months import urgent_due
from loans.enums import LendingState, TaskKind
from loans.funds import fund
from loans.lending.workflow import EDGES, Move
from loans.models import LendingApplication, LendingTask, UrgentPayment
from loans.refusals import MovedMeanwhile, NotReady, ReasonMissing
from loans.services.assessing import guide_of
from loans.services.moves import check_permission, check_second_person, lock_application, member_of_staff
from loans.services.opening import open_loan

BEFORE_A_DECISION = (LendingState.RECEIVED, LendingState.INCOMPLETE, LendingState.UNDER_REVIEW)


@service
def pay_before_decision(
    *,
    application_id: int,
    reason: str,
    bridges: Iterable[str] = (),
    papers_owed: Iterable[tuple[str, str]] = (),
    by: Actor,
    at: datetime,
) -> UrgentPayment:
    """Agree that the money of an urgent application goes out before it is decided on.

    The loan comes to be with one tranche for the next bank day. ``bridges`` are the helps offered for the days until then,
    ``papers_owed`` the papers (kind, words) that may follow. The review after the payment is opened as a task.
    """
    person = member_of_staff(by)
    application = lock_application(application_id, person)
    day = timezone.localtime(at).date()
    if not application.urgent:
        raise NotReady("至急の申込みではありません。通常の手順で決定してください。")
    supervisor = check_permission(person, EDGES[Move.APPROVE], on=day)
    check_second_person(application, person, supervisor)
    if application.state not in BEFORE_A_DECISION:
        raise MovedMeanwhile(
            f"申込み {application} は「{application.get_state_display()}」のため、先に送金できません。"
        )
    if application.loan_id is not None:
        raise MovedMeanwhile(f"申込み {application} の先行送金は、すでに決定しています。")
    if fund(application.fund).monthly_multi is not None:
        raise NotReady("先に送金できるのは緊急小口資金だけです（問答集 問21）。")
    if not reason.strip():
        raise ReasonMissing("急を要する事情を入力してください。")
    amount = asked_for(application.amount_asked, None, None)
    guide = guide_of(application)
    terms = Terms(
        amount=amount,
        instalments=application.instalments or longest_term(application.fund, guide),
        grace_months=application.grace_months or 0,
    )
    ceiling = application.assessment.ceiling if application.assessment else None
    try:
        check_terms(terms, kind=application.fund, asked=amount, ceiling=ceiling, guide=guide)
    except TermsRefused as refused:
        raise NotReady(str(refused)) from None
    loan = open_loan(application, terms, on=day, pay_from=next_bank_day(day))
    application.version += 1
    application.save()
    payment = UrgentPayment.objects.create(
        application=application,
        loan=loan,
        amount=amount,
        due_on=urgent_due(application.applied_on),
        bridges=[bridge for bridge in bridges if bridge in Bridge.values],
        reason=reason.strip()[:400],
        entered_by_id=application.entered_by_id,
        agreed_by=person,
        agreed_for=supervisor,
        agreed_at=at,
    )
    owed = [
        (TaskKind.REVIEW_AFTER, "", f"{era_date(payment.due_on)}までの送金のあと、書類を審査して決定する。"),
        *((TaskKind.PAPER_OWED, kind, words) for kind, words in papers_owed),
    ]
    for kind, subject, text in owed:
        LendingTask.objects.get_or_create(
            application=application,
            kind=kind,
            subject=subject,
            done_at=None,
            defaults={"text": text[:300], "opened_by": person, "opened_at": at},
        )
    return payment


def close_review(application: LendingApplication, *, answer: str, person_id: int, at: datetime) -> None:
    """The decision is the review that urgent money left open."""
    LendingTask.objects.filter(application=application, kind=TaskKind.REVIEW_AFTER, done_at__isnull=True).update(
        answer=answer, done_by=person_id, done_at=at
    )
