"""What has to be there before anybody comes to work: offices, two people, a borrower with a loan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from accounts.enums import OfficeKind, Role
from accounts.models import Office, User
from audit.actors import Actor
from exemptions.models import Application
from exemptions.services import enter_application
from exemptions.workflow import Move
from loans.models import Loan
from people.models import Person
from tests.exemptions.builders import Staff, Story
from tests.people.builders import a_household, a_member_of_staff, an_office
from tests.scenes import (
    PASSWORD,
    a_borrower,
    a_letterhead,
    a_loan_of,
    at,
    looked_after,
    this_years_form,
    with_a_second_factor,
)

NAME, KANA, PHONE, CODE = "横山 啓輔", "ヨコヤマ ケイスケ", "090-5555-0142", "9801234"


@dataclass
class House:
    """``clerk`` enters, prepares and prints; ``supervisor`` decides and signs off."""

    prefecture: Office
    office: Office
    staff: dict[str, User]
    borrower: Person
    loan: Loan
    password: str = PASSWORD
    authenticators: dict[str, str] = field(default_factory=dict)

    def prepared(self, name: str, kana: str, number: str, *, code: str) -> Application:
        """Another borrower's application, entered at the municipal office and drawn up by the clerk."""
        person = a_borrower(name, kana, number, "090-5555-0199")
        looked_after(person, self.office)
        loan = a_loan_of(person, self.office, code=code)
        municipal = a_member_of_staff(Role.MUNICIPAL_CLERK, office=self.office)
        application = enter_application(
            loan=loan, transcript=this_years_form(), by=Actor.person(municipal), at=at(date(2026, 11, 4))
        )
        staff = Staff(self.office, municipal, self.staff["clerk"], self.staff["supervisor"], self.staff["supervisor"])
        return Story(staff, loan, application).move(Move.PREPARE, self.staff["clerk"], at(date(2026, 11, 5)))


def a_house() -> House:
    prefecture = an_office(OfficeKind.PREFECTURAL, code="010000", name="青海県社会福祉協議会")
    a_letterhead(prefecture)
    office = an_office(name="東浜市社会福祉協議会")
    staff = {
        "clerk": a_member_of_staff(Role.PREFECTURAL_CLERK),
        "supervisor": a_member_of_staff(Role.SUPERVISOR),
    }
    for user, name in ((staff["clerk"], "窓口 はな"), (staff["supervisor"], "決裁 まもる")):
        user.name = name
        user.set_password(PASSWORD)
        user.save()
    borrower = a_borrower(NAME, KANA, "PJ000142", PHONE)
    looked_after(borrower, office)
    a_household(borrower)
    house = House(prefecture, office, staff, borrower, a_loan_of(borrower, office, code=CODE))
    house.authenticators["supervisor"] = with_a_second_factor(staff["supervisor"])
    return house
