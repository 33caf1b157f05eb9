"""Stored cases for tests: a loan with its plan and ledger, the form as it lies on the desk, and who handles it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from accounts.enums import OfficeKind, Role
from accounts.models import Office, User
from audit.actors import Actor
from exemptions.candidates.enums import CandidateKind
from exemptions.enums import ApplicationState, Ground, HouseholdSituation
from exemptions.models import Application, Candidate
from exemptions.services import enter_application, move_application
from exemptions.services.assessing import look_at
from exemptions.transcript import TaxTranscript, Transcript
from exemptions.workflow import Move
from loans.models import Loan
from people.models import Person
from repayment import services as repayment
from repayment.enums import PlanReason
from repayment.schedule import make_plan
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, an_office

TOKYO = ZoneInfo("Asia/Tokyo")
RECEIVED = date(2023, 9, 15)
ENTERED = datetime(2023, 9, 15, 11, 0, tzinfo=TOKYO)
PREPARED = datetime(2023, 9, 19, 9, 30, tzinfo=TOKYO)
DECIDED = datetime(2023, 9, 20, 10, 15, tzinfo=TOKYO)
ALL_CONSENTS = frozenset(range(1, 7))
MACHINE = Actor.machine("test")
_number = count(1)


def untaxed(fiscal_year: int = 2023, issued_on: date = date(2023, 9, 1)) -> TaxTranscript:
    """A certificate with both levies at zero."""
    return TaxTranscript(fiscal_year, per_capita_levy=False, income_levy=False, issued_on=issued_on)


def taxed(fiscal_year: int = 2023, issued_on: date = date(2023, 9, 1)) -> TaxTranscript:
    """A certificate with both levies charged."""
    return TaxTranscript(fiscal_year, per_capita_levy=True, income_levy=True, issued_on=issued_on)


def a_form(**changes: Any) -> Transcript:
    """A complete form of a borrower who is the head and pays no residence tax of fiscal year 2023, unless said otherwise."""
    return replace(
        Transcript(
            fiscal_year=2023,
            received_on=RECEIVED,
            requested_amount=600_000,
            situation=HouseholdSituation.BORROWER_IS_HEAD,
            consents=ALL_CONSENTS,
            signed_on=date(2023, 9, 10),
            signed=True,
            phone="090-1234-5678",
            residence_record=True,
            residence_issued_on=date(2023, 9, 1),
            borrower_tax=untaxed(),
        ),
        **changes,
    )


def a_repaid_loan(borrower: Person, *, months_paid: int = 0, **fields: Any) -> Loan:
    """A loan with its plan, and so many instalments paid on their collection days from the first month on."""
    loan = a_loan(borrower, **fields)
    plan = make_plan(principal=loan.principal, count=loan.instalments, first_month=loan.first_due_month)
    at = datetime(2022, 12, 1, 9, 0, tzinfo=TOKYO)
    repayment.record_plan(
        loan=loan,
        plan=plan,
        effective_on=loan.applied_on,
        debit_day=26,
        reason=PlanReason.ORIGINAL,
        source_key=f"plan:{loan.code}",
        by=MACHINE,
        at=at,
    )
    for no in range(1, months_paid + 1):
        year, month = divmod(plan.first_month + no - 1, 12)
        on = date(year, month + 1, 26)
        repayment.post_payment(
            loan=loan,
            amount=plan.amount(no),
            effective_on=on,
            source_key=f"paid:{loan.code}:{no}",
            by=MACHINE,
            at=max(ENTERED, datetime(on.year, on.month, on.day, 11, 0, tzinfo=TOKYO)),
        )
    return loan


@dataclass(frozen=True)
class Staff:
    """The people of one story: who enters, who prepares, and two who decide."""

    office: Office
    clerk: User
    preparer: User
    supervisor: User
    other_supervisor: User


def some_staff(office: Office | None = None) -> Staff:
    office = office or an_office()
    an_office(OfficeKind.PREFECTURAL)
    return Staff(
        office=office,
        clerk=a_member_of_staff(Role.MUNICIPAL_CLERK, office=office),
        preparer=a_member_of_staff(Role.PREFECTURAL_CLERK),
        supervisor=a_member_of_staff(Role.SUPERVISOR),
        other_supervisor=a_member_of_staff(Role.SUPERVISOR),
    )


@dataclass
class Story:
    """One application on its way, with the people who handle it."""

    staff: Staff
    loan: Loan
    application: Application

    def move(self, move: Move, by: User, at: datetime, **details: Any) -> Application:
        """Take a step as somebody who looked at the newest version."""
        self.application.refresh_from_db()
        self.application = move_application(
            application_id=self.application.pk,
            move=move,
            **{"version": self.application.version} | details,
            by=Actor.person(by),
            at=at,
        )
        return self.application

    def prepare(self, by: User | None = None, at: datetime = PREPARED, **details: Any) -> Application:
        return self.move(Move.PREPARE, by or self.staff.preparer, at, **details)

    def decide(self, move: Move, by: User | None = None, at: datetime = DECIDED, **details: Any) -> Application:
        """Decide as somebody who saw what the rules say at that moment."""
        seen = look_at(self.reloaded(), as_of=at.date()).fingerprint
        return self.move(move, by or self.staff.supervisor, at, **{"seen": seen} | details)

    def approve(self, by: User | None = None, at: datetime = DECIDED, **details: Any) -> Application:
        return self.decide(Move.APPROVE, by, at, **details)

    def refuse(self, by: User | None = None, at: datetime = DECIDED, **details: Any) -> Application:
        return self.decide(Move.REFUSE, by, at, **{"reason": "要件を満たさないため"} | details)

    def reloaded(self) -> Application:
        return Application.objects.select_related("loan__borrower", "head").get(pk=self.application.pk)


def a_story(
    *,
    staff: Staff | None = None,
    form: Transcript | None = None,
    months_paid: int = 8,
    borrower: Person | None = None,
    **loan: Any,
) -> Story:
    """A received application: worked example EX-C unless said otherwise (untaxed in 2023, January to August paid)."""
    staff = staff or some_staff()
    borrower = borrower or a_person("横山 啓輔", "ヨコヤマ ケイスケ", office=staff.office)
    stored = a_repaid_loan(borrower, months_paid=months_paid, **{"office": staff.office} | loan)
    application = enter_application(loan=stored, transcript=form or a_form(), by=Actor.person(staff.clerk), at=ENTERED)
    return Story(staff, stored, application)


def in_state(state: ApplicationState) -> Story:
    """A story whose application has come to a state by the steps that lead there."""
    from exemptions.services import save_draft

    staff = some_staff()
    borrower = a_person(office=staff.office)
    loan = a_repaid_loan(borrower, months_paid=8, office=staff.office)
    if state == ApplicationState.DRAFT:
        draft = save_draft(loan=loan, transcript=a_form(), by=Actor.person(staff.clerk), at=ENTERED)
        return Story(staff, loan, draft)
    application = enter_application(loan=loan, transcript=a_form(), by=Actor.person(staff.clerk), at=ENTERED)
    story = Story(staff, loan, application)
    match state:
        case ApplicationState.INCOMPLETE:
            story.move(Move.REPORT_DEFICIENCIES, staff.clerk, ENTERED, also_wrong=["住民票の2枚目がない"])
        case ApplicationState.WITHDRAWN:
            story.move(Move.WITHDRAW, staff.clerk, ENTERED, reason="申請者の申出")
        case ApplicationState.UNDER_REVIEW:
            story.prepare()
        case ApplicationState.APPROVED:
            story.prepare()
            story.approve()
        case ApplicationState.REFUSED:
            story.prepare()
            story.refuse()
        case ApplicationState.REVOKED:
            from tests.exemptions.revocations import revoked

            story.prepare()
            story.approve()
            revoked(story)
    return story


def a_candidate(loan: Loan, **fields: Any) -> Candidate:
    """An open candidate as the night writes them: public assistance that became known from a certificate."""
    values = {
        "kind": CandidateKind.ASSISTANCE,
        "mark": f"paper:{next(_number)}",
        "ground": Ground.PUBLIC_ASSISTANCE,
        "reason": "生活保護受給証明書があります（令和8年9月10日受領）。残り600,000円の全額が免除の対象です。",
        "missing": ["免除申請書（様式1-2）"],
        "amount": 600_000,
        "found_on": date(2026, 11, 1),
    }
    return Candidate.objects.create(loan=loan, **values | fields)
