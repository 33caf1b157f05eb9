"""Many invented people for a measurement: names, telephones, homes, offices, loans, and some who must not be found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from accounts.enums import OfficeKind
from accounts.models import Office
from desk.demo.names import a_family, a_name
from desk.demo.places import MUNICIPALITIES, Municipality, a_mobile_number, a_municipality, a_place
from desk.demo.tables import ADDRESS, CASELOAD, HOUSEHOLD, LOAN, MEMBER, PERSON, PHONE, PROTECTION, keys_for
from loans.enums import FundKind, IntakeChannel, LoanState
from loans.models import Loan
from people.addresses import copy_row
from people.enums import AddressKind, Language, PhoneKind, Sex
from people.models import Household, Person

PER_HOUSEHOLD = 2
PROTECTED_OF_THOUSAND = 8
SINCE = date(2020, 6, 1)


def many_people(count: int, *, seed: int = 1) -> None:
    """Write ``count`` persons by COPY: one in two with a loan and a telephone, two on each residence record."""
    rng = Random(seed)
    offices = _offices()
    homes = [a_municipality(rng) for _ in range(count)]
    keys = list(keys_for(Person, count))
    PERSON.copy(person_row(rng, key, n) for n, key in enumerate(keys))
    CASELOAD.copy((key, offices[home.code], SINCE, None) for key, home in zip(keys, homes, strict=True))
    ADDRESS.copy(
        copy_row(key, AddressKind.REGISTERED, a_place(rng, home), SINCE) for key, home in zip(keys, homes, strict=True)
    )
    PHONE.copy(_phones(rng, keys))
    records = list(keys_for(Household, -(-count // PER_HOUSEHOLD)))
    HOUSEHOLD.copy((record, f"B{record:09d}") for record in records)
    MEMBER.copy(
        (
            records[n // PER_HOUSEHOLD],
            key,
            "家族" if n % PER_HOUSEHOLD else "世帯主",
            not n % PER_HOUSEHOLD,
            SINCE,
            None,
        )
        for n, key in enumerate(keys)
    )
    hidden = rng.sample(keys, count * PROTECTED_OF_THOUSAND // 1000)
    PROTECTION.copy((key, SINCE, None, "支援措置決定通知書", "bench") for key in hidden)
    borrowers = [(key, home) for key, home in zip(keys, homes, strict=True) if rng.random() < 0.5]
    LOAN.copy(_loans(list(keys_for(Loan, len(borrowers))), borrowers, offices))


def _offices() -> dict[str, int]:
    made = {
        each.code: Office.objects.create(
            code=each.code, name=f"{each.name}社会福祉協議会", kind=OfficeKind.MUNICIPAL
        ).pk
        for each in MUNICIPALITIES
    }
    Office.objects.create(code="BENCH", name="計測県社会福祉協議会", kind=OfficeKind.PREFECTURAL)
    return made


def person_row(rng: Random, key: int, n: int, *, letter: str = "B") -> tuple[Any, ...]:
    """An invented person as ``PERSON`` takes them, with a number that begins with a letter."""
    born = date(1935, 1, 1) + timedelta(days=rng.randrange(26_000))
    sex = rng.choice((Sex.FEMALE, Sex.MALE))
    name = a_name(rng, sex, a_family(rng), born.year)
    person = Person(name=name.written, kana=name.kana)
    person.set_search_keys()
    return (
        key, f"{letter}{n:08d}", name.written, name.kana, person.name_key, person.kana_key, person.kana_loose,
        person.name_bigrams, born, None, sex, Language.JAPANESE, False, "", "",
    )  # fmt: skip


def _phones(rng: Random, keys: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    for key in keys:
        if rng.random() < 0.6:
            number = a_mobile_number(rng)
            yield key, PhoneKind.MOBILE, number, number.replace("-", ""), SINCE


def _loans(
    keys: list[int], borrowers: list[tuple[int, Municipality]], offices: dict[str, int]
) -> Iterator[tuple[Any, ...]]:
    for n, (key, (borrower, home)) in enumerate(zip(keys, borrowers, strict=True)):
        yield (
            key, f"{n:07d}", FundKind.SP_SMALL, borrower, offices[home.code], LoanState.LENT, SINCE, SINCE, SINCE,
            1, 200_000, 24, 2023 * 12, IntakeChannel.MUNICIPAL_COUNCIL,
        )  # fmt: skip
