"""A file that names a record merged away speaks of the person who remained, or is told which number to write."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from accounts.enums import Role
from accounts.models import User
from jobs.importing.kinds import import_kinds
from jobs.importing.staging import counts
from loans.models import Loan, PriorLoanElsewhere
from people.models import BankAccount, HouseholdMember, Paper, Person
from tests.jobs.files import as_csv, checked, committed, reasons, sample, taken_in
from tests.people.builders import a_member_of_staff, an_office

pytestmark = pytest.mark.django_db

OLD = "M0000009"
OWNED = {
    "households": HouseholdMember, "tax_certificates": Paper, "bank_accounts": BankAccount, "loans": Loan,
    "loans_elsewhere": PriorLoanElsewhere,
}  # fmt: skip


@pytest.fixture
def clerk(today: object) -> User:
    cache.clear()
    an_office(code="01")
    user = a_member_of_staff(Role.PREFECTURAL_CLERK)
    taken_in(user, "borrowers", sample("borrowers"))
    merge_away(OLD)
    return user


def merge_away(number: str) -> Person:
    """Another record of M0000001 that was found to be the same person's."""
    hers = Person.objects.get(number="M0000001")
    return Person.objects.create(
        number=number, name=hers.name, kana=hers.kana, birth_date=date(1977, 4, 3), merged_into=hers
    )


def lines(kind: str, *numbers: str) -> bytes:
    """The sample line of M0000001, once for each number."""
    header = import_kinds()[kind].columns()
    place = header.index("借受人番号")
    line = next(list(row) for row in import_kinds()[kind].sample if row[place] == "M0000001")
    return as_csv(header, [[*line[:place], number, *line[place + 1 :]] for number in numbers])


def test_every_file_that_names_a_borrower_is_looked_at_here() -> None:
    naming = {code for code, kind in import_kinds().items() if "借受人番号" in kind.columns()}
    assert naming == {*OWNED, "borrowers"}


@pytest.mark.parametrize("kind", OWNED)
def test_a_line_for_a_record_merged_away_is_written_for_who_remained(clerk: User, kind: str) -> None:
    if kind == "households":
        taken_in(clerk, kind, as_csv(import_kinds()[kind].columns(), [import_kinds()[kind].sample[0]]))
    batch = checked(clerk, kind, lines(kind, OLD))
    assert OLD in batch.rows.get().cells
    assert committed(clerk, batch)["committed"] == 1

    row: Any = OWNED[kind]._default_manager.order_by("-pk").first()
    owner = row.borrower if kind == "loans" else row.person
    assert (owner.number, owner.merged_into) == ("M0000001", None)
    assert counts(checked(clerk, kind, lines(kind, OLD)))["unchanged"] == 1
    assert counts(checked(clerk, kind, lines(kind, "M0000001")))["unchanged"] == 1


def test_two_numbers_of_one_person_are_one_line_too_many(clerk: User) -> None:
    batch = checked(clerk, "tax_certificates", lines("tax_certificates", "M0000001", OLD))
    assert reasons(batch) == [(3, "年度", "同じ内容を指す行が2行目にもあります。")]


def test_who_was_merged_between_check_and_commit_is_followed_too(clerk: User) -> None:
    header, rows = import_kinds()["tax_certificates"].columns(), import_kinds()["tax_certificates"].sample
    batch = checked(clerk, "tax_certificates", as_csv(header, rows))
    hers = Person.objects.get(number="M0000001")
    Person.objects.filter(number="M0000002").update(merged_into=hers)

    assert committed(clerk, batch)["committed"] == 2
    assert {paper.person for paper in Paper.objects.select_related("person")} == {hers}


def test_a_line_that_rewrites_a_record_merged_away_names_the_number_to_write(clerk: User) -> None:
    batch = checked(clerk, "borrowers", lines("borrowers", OLD))
    assert reasons(batch) == [
        (2, "借受人番号", "この借受人番号は M0000001 に統合されています。統合先の番号に直してください。")
    ]
    late = checked(clerk, "borrowers", lines("borrowers", "M0000002"))
    assert counts(late)["error"] == 1  # another birth date than the one registered
    fit = checked(clerk, "borrowers", sample("borrowers").replace("太一".encode(), "太市".encode()))
    Person.objects.filter(number="M0000002").update(merged_into=Person.objects.get(number="M0000001"))
    committed(clerk, fit)
    assert reasons(fit) == [(3, "借受人番号", "この借受人番号は M0000001 に統合されています。")]
    assert Person.objects.get(number="M0000001").name == "見本 髙子"
