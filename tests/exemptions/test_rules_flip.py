"""What a check says would change it, does: turning the one fact it names turns its finding, both ways."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import product
from random import Random

import pytest

from exemptions.assess import assess
from exemptions.enums import CertificateKind, Composition, Ground, Person
from exemptions.facts import Facts, Household, TaxRecord
from exemptions.trace.questions import Question
from exemptions.trace.turning import turn_of, turned_finding
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.settings import Settings
from tests.exemptions.situations import (
    SMALL,
    a_certificate,
    a_loan,
    an_event,
    day,
    facts_of,
    monthly,
    received,
    taxed,
    untaxed,
)

SETTINGS = Settings.defaults()
Asked = tuple[Facts, date]


def turn(check: Check, facts: Facts, as_of: date) -> Asked:
    """Return the same question with the one fact changed that the check names, to what would turn its finding."""
    turned = turn_of(check, Question(facts, SETTINGS, as_of))
    assert turned is not None
    return turned.question.facts, turned.question.as_of


def flips(facts: Facts, as_of: date) -> set[tuple[str, str, Finding]]:
    """Turn every fact that a check names; assert that its finding turns with it, and return what was turned."""
    turned = set()
    for check in assess(facts, settings=SETTINGS, as_of=as_of).checks:
        assert bool(check.change_fact) == bool(check.would_change), check
        if not check.change_fact:
            continue
        assert check.would_change.endswith("。")
        other_facts, other_day = turn(check, facts, as_of)
        after = turned_finding(check, assess(other_facts, settings=SETTINGS, as_of=other_day).checks)
        wanted = Finding.NOT_MET if check.finding is Finding.MET else Finding.MET
        assert after is not None, check
        assert after.finding is wanted, (check, after)
        turned.add((check.rule.code, check.change_fact.partition(":")[0], check.finding))
    return turned


def a_random_case(random: Random) -> Asked:
    """An invented borrower of whom much, little or contradictory things are known."""
    pick = random.choice
    first = pick(["2022-06", "2023-01", "2023-01", "2024-01"])
    loan = a_loan(
        pick(["SP_GS_INITIAL", "SP_GS_EXTENSION", "SP_GS_RELOAN", "REG_SMALL"]),
        principal=pick([600_000, 450_000]),
        first=first,
        applied=pick(["2020-06-10", "2022-04-20"]),
        paid=pick([(), monthly(first, 8, 5_000), monthly(first, 20, 1_000), ((f"{first}-26", 1_000),)]),
        deferrals=pick([(), (), (("2023-05", 6),)]),
        disbursed=pick([None, "2022-04-30"]),
    )
    taxes = [
        TaxRecord(person, year, pick([True, False, None]), pick([True, False, None]))
        for person, year in product(Person, range(2021, 2025))
        if random.random() < 0.6
    ]
    ticks = [pick([True, False, None]) for _ in range(3)]
    assistance = pick([None, None, day("2022-04-25"), day("2023-08-01")])
    facts = facts_of(
        loan,
        *taxes,
        household=Household(ticks[0], ticks[1], ticks[2], pick([*Composition, None])),
        public_assistance_from=assistance,
        public_assistance_until=pick([None, day("2023-09-01")]) if assistance else None,
        certificates=tuple(
            a_certificate(pick(list(CertificateKind)).value, pick(["1", "2級", "3", "A", "B1"]), "2022-12-01")
            for _ in range(pick([0, 0, 1, 2]))
        ),
        events=pick([(), (), (an_event("DEATH", "2023-02-01"),), (an_event("BANKRUPTCY_DISCHARGE", "2022-02-01"),)]),
        application=pick([None, received("2023-04-10"), received("2024-03-31", frozenset({1, 2, 3, 4, 5}))]),
    )
    return facts, day(pick(["2022-05-01", "2023-05-20", "2023-09-15", "2024-03-31", "2024-12-20"]))


@cache
def flips_of(seed: int) -> frozenset[tuple[str, str, Finding]]:
    """What is turned in one random case; both tests look at the same cases."""
    return frozenset(flips(*a_random_case(Random(seed))))


@pytest.mark.parametrize("seed", range(200))
def test_what_a_check_names_turns_its_finding(seed):
    assert flips_of(seed)


def test_every_kind_of_fact_is_turned_both_ways():
    turned = frozenset().union(*(flips_of(seed) for seed in range(200)))
    both_ways = {
        ("EX-11", "residence_tax"),
        ("EX-20", "application"),
        ("EX-30", "public_assistance_from"),
        ("EX-31", "certificate"),
        ("EX-32", "certificate"),
        ("EX-33", "certificate"),
        ("EX-35", "as_of"),
        ("EX-40", "household"),
        ("EX-40", "residence_tax"),
        ("EX-43", "payments"),
        ("EX-50", "event"),
        ("EX-52", "event"),
    }
    lacking = {
        (*key, finding)
        for key in both_ways
        for finding in (Finding.MET, Finding.NOT_MET)
        if (*key, finding) not in turned
    }

    assert lacking == set()
    assert {
        ("EX-10", "as_of", Finding.UNKNOWN),
        ("EX-11", "residence_tax", Finding.UNKNOWN),
        ("EX-12", "household", Finding.UNKNOWN),
        ("EX-30", "public_assistance_until", Finding.NOT_MET),
        ("EX-40", "household", Finding.UNKNOWN),
        ("EX-40", "payments", Finding.MET),
        ("EX-60", "application", Finding.NOT_MET),
    } <= turned


def test_complete_consents_are_turned_by_one_that_lacks():
    facts = facts_of(a_loan(), untaxed(2022), application=received("2022-08-10"))

    assert ("EX-60", "application", Finding.MET) in flips(facts, day("2022-10-03"))


OUTCOMES = [
    # facts of ①/①′, the fact a failing check names, and what the loan becomes once it is turned
    (facts_of(a_loan(), taxed(2021), taxed(2022)), "2022-10-03", "residence_tax:borrower:2022", "RESIDENCE_TAX"),
    (facts_of(a_loan(), taxed(2021)), "2022-10-03", "residence_tax:borrower:2022", "RESIDENCE_TAX"),
    (
        facts_of(a_loan(), taxed(2021), taxed(2022), taxed(2023), application=received("2023-09-15")),
        "2023-09-15",
        "residence_tax:borrower:2023",
        "RESIDENCE_TAX_LATER_YEAR",
    ),
    (
        facts_of(a_loan(), untaxed(2021), taxed(2021, "head"), taxed(2022), household=Household(False, False, False)),
        "2022-10-03",
        "residence_tax:head:2021",
        "RESIDENCE_TAX",
    ),
    (facts_of(a_loan(**SMALL), untaxed(2022), household=Household()), "2022-10-03", "household", "RESIDENCE_TAX"),
]


@pytest.mark.parametrize(("facts", "as_of", "fact", "ground"), OUTCOMES)
def test_turning_the_one_thing_that_stands_in_the_way_turns_the_outcome(facts, as_of, fact, ground):
    on = day(as_of)
    found = assess(facts, settings=SETTINGS, as_of=on)
    assert found.ground is None
    check = next(it for it in found.checks if it.change_fact.startswith(fact) and it.finding is not Finding.MET)

    other_facts, other_day = turn(check, facts, on)
    after = assess(other_facts, settings=SETTINGS, as_of=other_day)
    assert (after.result.value, after.ground) == ("eligible", Ground(ground))

    if fact.startswith("residence_tax"):
        met = next(it for it in after.checks if it.change_fact == fact and it.finding is Finding.MET)
        back_facts, back_day = turn(met, other_facts, other_day)
        assert assess(back_facts, settings=SETTINGS, as_of=back_day).ground is None
