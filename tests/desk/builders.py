"""Invented cases for the pages of the desk: money, applications, decisions, letters, papers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from exemptions.enums import ApplicationState, Outcome
from exemptions.models import Application, Assessment, Decision, StateChange
from exemptions.workflow import Move
from loans.models import Loan
from notices.models import Letter
from people.enums import PaperKind
from people.models import Paper, Person
from repayment.enums import PlanReason
from repayment.models import LedgerEntry, RepaymentPlan
from repayment.schedule import make_plan
from repayment.services import post_exemption, post_payment, record_plan
from tests.people.builders import a_member_of_staff, an_office

MACHINE = Actor.machine("test")
_number = count(1)


def a_plan(loan: Loan) -> RepaymentPlan:
    plan = make_plan(principal=loan.principal, count=loan.instalments, first_month=loan.first_due_month)
    return record_plan(
        loan=loan,
        plan=plan,
        effective_on=loan.applied_on,
        debit_day=26,
        reason=PlanReason.ORIGINAL,
        source_key=f"plan:{loan.pk}",
        by=MACHINE,
        at=timezone.now(),
    )


def a_payment(loan: Loan, amount: int, on: date) -> LedgerEntry:
    return post_payment(
        loan=loan,
        amount=amount,
        effective_on=on,
        source_key=f"bank:{next(_number)}",
        note="口座振替",
        by=MACHINE,
        at=timezone.now(),
    )


def an_exemption(
    loan: Loan, plan: RepaymentPlan, amount: int, on: date, *, first_no: int, last_no: int
) -> LedgerEntry:
    return post_exemption(
        loan=loan,
        amount=amount,
        plan=plan,
        first_no=first_no,
        last_no=last_no,
        effective_on=on,
        source_key=f"decision:{next(_number)}",
        by=MACHINE,
        at=timezone.now(),
    )


def an_application(
    loan: Loan,
    *,
    state: ApplicationState = ApplicationState.RECEIVED,
    received_on: date = date(2026, 11, 2),
    entered_by: User | None = None,
    **fields: Any,
) -> Application:
    """An application in a state, with what the database demands of that state and a timeline row."""
    at = timezone.make_aware(datetime.combine(received_on, datetime.min.time()))
    clerk = entered_by or a_member_of_staff(Role.MUNICIPAL_CLERK)
    if state in (ApplicationState.UNDER_REVIEW, ApplicationState.APPROVED, ApplicationState.REFUSED):
        fields = {"prepared_by": a_member_of_staff(Role.PREFECTURAL_CLERK), "prepared_at": at} | fields
    if state == ApplicationState.APPROVED:
        complete = {
            "consents": [1, 2, 3, 4, 5, 6],
            "signed": True,
            "signed_on": received_on,
            "phone": "09000000000",
            "situation": "BORROWER_IS_HEAD",
        }
        fields = complete | fields
    application = Application.objects.create(
        **{
            "loan": loan,
            "office": loan.office,
            "fiscal_year": 2021,
            "state": state,
            "received_on": received_on,
            "entered_by": clerk,
            "entered_at": at,
            "state_since": at,
        }
        | fields
    )
    StateChange.objects.create(
        application=application, move=Move.RECEIVE, to_state=state, by=clerk.username, by_user=clerk, at=at
    )
    return application


def a_decision(application: Application, *, amount: int, entry: LedgerEntry | None, on: date) -> Decision:
    """A decision on an application by a supervisor, resting on an assessment of that day."""
    at = timezone.make_aware(datetime.combine(on, datetime.min.time()))
    assessment = Assessment.objects.create(
        application=application,
        as_of=on,
        made_at=at,
        made_by="test",
        facts={},
        settings_used={},
        result="eligible" if amount else "not_eligible",
        amount=amount,
        remaining=0,
        checks=[],
    )
    assert application.prepared_by is not None
    return Decision.objects.create(
        application=application,
        assessment=assessment,
        outcome=Outcome.APPROVED if amount else Outcome.REFUSED,
        amount=amount,
        remaining=0,
        entry=entry,
        entered_by=application.entered_by,
        prepared_by=application.prepared_by,
        decided_by=a_member_of_staff(Role.SUPERVISOR),
        decided_on=on,
        decided_at=at,
    )


def a_letter(person: Person, *, on: date = date(2026, 11, 18), **fields: Any) -> Letter:
    """A drafted decision letter."""
    values = {
        "kind": "exemption_approved",
        "occasion": f"test:{next(_number)}",
        "addressee": person,
        "template_version": 1,
        "facts": {},
        "drafted_on": on,
        "drafted_at": timezone.make_aware(datetime.combine(on, datetime.min.time())) + timedelta(hours=2),
    }
    if "office" not in fields:
        values["office"] = an_office()
    return Letter.objects.create(**values | fields)


def a_paper(person: Person, kind: PaperKind = PaperKind.RESIDENCE_RECORD, *, on: date = date(2026, 11, 2)) -> Paper:
    return Paper.objects.create(
        person=person, kind=kind, received_on=on, recorded_by="test", source_key=f"paper:{next(_number)}"
    )
