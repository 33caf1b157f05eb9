"""Invented applications for loans, written as rows, for tests of what is printed and posted about them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.enums import Role
from accounts.models import User
from japan.months import month_of
from loans.enums import FundKind, IncomeKind, LendingState
from loans.lending.workflow import Move
from loans.models import IncomeLine, LendingApplication, LendingMember, LendingStateChange
from people.models import Person
from tests.people.builders import a_member_of_staff, an_office

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)


def a_small_application(person: Person, **fields: Any) -> LendingApplication:
    """The regular loan: 80,000 yen in ten instalments, for a bill of the hospital, received today."""
    return an_application(
        person,
        **{
            "fund": FundKind.REG_SMALL,
            "applied_on": date(2026, 11, 18),
            "amount_asked": 80_000,
            "instalments": 10,
            "grace_months": 1,
            "cause": "MEDICAL_OR_CARE",
            "cause_on": date(2026, 10, 30),
            "cause_note": "入院の費用",
            "purpose_note": "入院費の支払いの後の生活費",
            "household_size": 2,
        }
        | fields,
    )


def a_general_application(person: Person, **fields: Any) -> LendingApplication:
    """Initial general support of 2020 with shifts cut: 150,000 yen for three months, a declaration with two incomes."""
    application = an_application(
        person,
        **{
            "fund": FundKind.SP_GS_INITIAL,
            "applied_on": date(2020, 9, 10),
            "monthly_amount": 150_000,
            "months": 3,
            "cause_note": "店の休業で勤務日が減った",
            "purpose_note": "家賃と食費に年金だけでは足りない",
            "other_schemes": ["PENSION", "LEAVE_SUPPORT"],
            "income_proof": "DECLARATION",
            "household_size": 2,
        }
        | fields,
    )
    works(application, "本人", employer="見本食堂")
    return application


def works(application: LendingApplication, member: str, **fields: Any) -> IncomeLine:
    return IncomeLine.objects.create(
        **{
            "application": application,
            "member": member,
            "kind": IncomeKind.WAGE,
            "before_month": month_of(2020, 1),
            "before_amount": 182_000,
            "after_month": month_of(2020, 8),
            "after_amount": 61_500,
            "employer": "見本食堂",
            "employer_address": "060-0001 北海県見本市駅前9-8-7",
            "employer_phone": "000-555-0199",
        }
        | fields
    )


def lives_with(application: LendingApplication, label: str, **fields: Any) -> LendingMember:
    return LendingMember.objects.create(application=application, label=label, **fields)


def an_application(person: Person, **fields: Any) -> LendingApplication:
    office = fields.pop("office", None) or (
        person.caseloads.order_by("pk").first().office if person.caseloads.exists() else an_office()  # type: ignore[union-attr]
    )
    entered_by = fields.pop("entered_by", None) or a_member_of_staff(Role.MUNICIPAL_CLERK, office=office)
    values = {"state": LendingState.RECEIVED, "state_since": NOW, "entered_by": entered_by, "entered_at": NOW}
    return LendingApplication.objects.create(applicant=person, office=office, **values | fields)


def a_step(
    application: LendingApplication, move: Move, to: LendingState, *, by: User, at: datetime = NOW, **fields: Any
) -> LendingStateChange:
    """One step as the service writes it, with the state the application then has."""
    before = application.state
    LendingApplication.objects.filter(pk=application.pk).update(state=to, state_since=at)
    application.refresh_from_db()
    return LendingStateChange.objects.create(
        application=application, move=move, from_state=before, to_state=to, by=by.username, by_user=by, at=at, **fields
    )
