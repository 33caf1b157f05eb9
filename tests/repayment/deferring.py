"""Applications for deferral for tests: the people of one story, a loan that is behind, and what lies on the desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from audit.actors import Actor
from japan.months import month_of
from loans.enums import FundKind
from loans.models import Loan
from people.enums import PaperKind
from people.models import Person
from repayment.deferring.enums import AgencyConsent, DeferralChannel, Hardship, Reachable, SpokeWith
from repayment.deferring.gathering import look_at
from repayment.deferring.services import enter_application, move_application
from repayment.deferring.transcript import FiledPaper, Heard, LoanWish, Transcript
from repayment.deferring.workflow import Move
from repayment.enums import DeferralGround
from repayment.models import DeferralApplication
from tests.exemptions.builders import Staff, a_repaid_loan, some_staff
from tests.people.builders import a_person

TOKYO = ZoneInfo("Asia/Tokyo")
RECEIVED = date(2023, 6, 5)
ENTERED = datetime(2023, 6, 5, 11, 0, tzinfo=TOKYO)
DECIDED = datetime(2023, 6, 27, 10, 0, tzinfo=TOKYO)
JULY = month_of(2023, 7)


@dataclass(frozen=True)
class Case:
    """The small loan of example DF-B with nothing paid, its borrower, and the people who handle it."""

    staff: Staff
    borrower: Person
    loan: Loan

    def wish(self, from_month: int = JULY, months: int = 12) -> LoanWish:
        return LoanWish(self.loan.pk, from_month, months)

    def paper(self, **changes: Any) -> Transcript:
        """A complete application on paper: out of work, the leaving slip enclosed."""
        return replace(
            Transcript(
                channel=DeferralChannel.PAPER,
                received_on=RECEIVED,
                ground=DeferralGround.UNEMPLOYED,
                situation="5月に離職し、求職中です。",
                wishes=(self.wish(),),
                papers=(FiledPaper(PaperKind.LEAVING_SLIP, RECEIVED, date(2023, 5, 31)),),
                exemption_explained=True,
            ),
            **changes,
        )

    def enter(self, *, at: datetime = ENTERED, **changes: Any) -> DeferralApplication:
        return enter_application(
            borrower_id=self.borrower.pk, transcript=self.paper(**changes), by=actor(self.staff.clerk), at=at
        )

    def approve(
        self, application: DeferralApplication, *, by: User | None = None, at: datetime = DECIDED, **details: Any
    ) -> DeferralApplication:
        """Approve what somebody sees on the page of that moment."""
        application.refresh_from_db()
        look = look_at(application, as_of=at.astimezone(TOKYO).date())
        values: dict[str, Any] = {
            "granting": [request.pk for request, _ in look.loans],
            "seen": look.fingerprint,
            "version": application.version,
        }
        return move_application(
            application_id=application.pk,
            move=Move.APPROVE,
            by=actor(by or self.staff.supervisor),
            at=at,
            **values | details,
        )


HEARD = Heard(
    spoke_with=SpokeWith.SELF,
    phone="090-1234-5678",
    reachable=(Reachable.EVENING,),
    hardships=(Hardship.NO_WORK, Hardship.INCOME_DOWN),
    papers_told=(PaperKind.LEAVING_SLIP,),
)


def actor(user: User) -> Actor:
    return Actor.person(user)


def a_case(**fields: Any) -> Case:
    staff = some_staff()
    borrower = a_person("架空 猶子", "カクウ ユウコ", office=staff.office)
    values: dict[str, Any] = {
        "fund": FundKind.SP_SMALL, "principal": 200_000, "instalments": 24, "office": staff.office,
    }  # fmt: skip
    return Case(staff, borrower, a_repaid_loan(borrower, **values | fields))


def by_phone(case: Case, **changes: Any) -> Transcript:
    """What a call ends in: no paper yet, the agency may be told."""
    values: dict[str, Any] = {
        "channel": DeferralChannel.PHONE, "papers": (), "agency_consent": AgencyConsent.YES,
    }  # fmt: skip
    return case.paper(**values | changes)
