"""Invented applicants and applications, as forms are posted and as services take them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.enums import Role
from accounts.models import Office, User
from audit.actors import Actor
from loans.enums import FundKind
from loans.models import LendingApplication
from loans.services import begin_application
from people.models import Person
from tests.people.builders import a_household, a_member_of_staff, a_person, an_office

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)


@dataclass
class Desk:
    """A municipal office with its clerk and an applicant, and the prefecture's people who review and decide."""

    office: Office
    clerk: User
    reviewer: User
    supervisor: User
    applicant: Person

    def begin(self, fund: FundKind = FundKind.REG_SMALL, applicant: Person | None = None) -> LendingApplication:
        return begin_application(applicant=applicant or self.applicant, fund=fund, by=Actor.person(self.clerk), at=NOW)


def a_desk(**person: Any) -> Desk:
    office = an_office(name="東浜市社会福祉協議会")
    applicant = a_person("相談 花子", "ソウダン ハナコ", office=office, **person)
    return Desk(
        office=office,
        clerk=a_member_of_staff(Role.MUNICIPAL_CLERK, office=office),
        reviewer=a_member_of_staff(Role.PREFECTURAL_CLERK),
        supervisor=a_member_of_staff(Role.SUPERVISOR),
        applicant=applicant,
    )


def a_family(desk: Desk) -> tuple[Person, Person]:
    """The applicant's spouse and child, on one residence record with the applicant."""
    spouse = a_person("相談 太郎", "ソウダン タロウ", office=desk.office, birth_date=date(1969, 5, 1))
    child = a_person("相談 一郎", "ソウダン イチロウ", office=desk.office, birth_date=date(2010, 5, 1))
    a_household(desk.applicant, spouse, child)
    return spouse, child


def posted(version: int, **changes: Any) -> dict[str, Any]:
    """The regular loan's intake form as a browser sends it: 100,000 yen for a medical bill, everything said."""
    values: dict[str, Any] = {
        "version": version,
        "save": "receive",
        "applied_on": "令和8年11月20日",
        "channel": "MUNICIPAL_COUNCIL",
        "household_size": "1",
        "on_public_assistance": "no",
        "residence": "REGISTERED",
        "lives_in_prefecture": "yes",
        "amount_asked": "100,000",
        "instalments": "12",
        "grace_months": "2",
        "purpose": "LIVING",
        "cause": "MEDICAL_OR_CARE",
        "cause_on": "令和8年11月1日",
        "condition_STEADY_INCOME": "yes",
        "condition_ONE_OFF": "yes",
        "condition_REPAYMENT_IN_SIGHT": "yes",
        "condition_CONTINUED_SUPPORT_CONSENT": "yes",
        **rows("members", [{"label": "本人", "here": "both", "earns": "yes"}]),
        **rows(
            "incomes", [{"member": "本人", "kind": "WAGE", "after_month": "令和8年10月", "after_amount": "120,000"}]
        ),
    }
    return {key: value for key, value in (values | changes).items() if value is not None}


def rows(prefix: str, lines: list[dict[str, str]]) -> dict[str, Any]:
    """Rows of the form with their management fields."""
    total = {f"{prefix}-TOTAL_FORMS": str(len(lines)), f"{prefix}-INITIAL_FORMS": "0"}
    cells = {f"{prefix}-{number}-{name}": value for number, line in enumerate(lines) for name, value in line.items()}
    return total | cells


def history_posted(**changes: Any) -> dict[str, Any]:
    """A historic small loan as a clerk types it from the papers of 2020."""
    values: dict[str, Any] = {
        "fund": "SP_SMALL",
        "applied_on": "令和2年6月10日",
        "channel": "MUNICIPAL_COUNCIL",
        "household_size": "2",
        "amount": "100,000",
        "code": "0100777",
        "decided_on": "令和2年6月15日",
        "disbursed_on": "令和2年6月20日",
        "income_before": "250,000",
        "income_after": "180,000",
        "income_proof": "DECLARATION",
        "purpose": "LIVING",
        "on_public_assistance": "no",
    }
    return {key: value for key, value in (values | changes).items() if value is not None}
