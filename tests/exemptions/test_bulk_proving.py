"""Gold test N-20: whatever deviates is kept out of an approval of many, each kind of deviation by its own sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exemptions.bulk.gathering import whole_amount
from exemptions.bulk.proving import Case, Deviation, Group, deviations, rests_on
from exemptions.enums import FORM_1_1_GROUNDS, Flag, Ground, Result
from exemptions.services.assessing import Look
from rulebook.findings import Finding
from rulebook.settings import Settings
from tests.exemptions.situations import SMALL, a_certificate, a_loan, assessed, day, facts_of, received, untaxed

DECIDER = 7
GROUP = Group(Ground.RESIDENCE_TAX, "SP_GS_INITIAL", 2021)
FOUND = assessed(facts_of(a_loan(), untaxed(2021), application=received("2022-08-01")), "2022-08-20")
CHECKS = rests_on(FOUND.checks, FOUND.ground, 2021)
EQUAL = Case(
    proposed=True,
    fund="SP_GS_INITIAL",
    fiscal_year=2021,
    result=FOUND.result,
    ground=FOUND.ground,
    checks=CHECKS,
    amount=FOUND.amount,
    whole=FOUND.amount,
    requested=FOUND.amount,
    deficiencies=0,
    flags=(),
    same_facts=True,
    same_findings=True,
    remark=False,
    held_by_another=False,
    protected=False,
    makers=frozenset({1, 2}),
)
OPEN = replace(CHECKS[0], finding=Finding.UNKNOWN)
KINDS: dict[Deviation, dict[str, Any]] = {
    Deviation.MOVED: {"proposed": False},
    Deviation.OTHER_FUND: {"fund": "SP_SMALL"},
    Deviation.OTHER_YEAR: {"fiscal_year": 2022},
    Deviation.NOT_ELIGIBLE: {"result": Result.NOT_ELIGIBLE, "ground": None},
    Deviation.OTHER_GROUND: {"ground": Ground.RESIDENCE_TAX_LATER_YEAR},
    Deviation.FINDING_OPEN: {"checks": (OPEN, *CHECKS[1:])},
    Deviation.DEFICIENT: {"deficiencies": 2},
    Deviation.FLAGGED: {"flags": (Flag.HEAD_CHANGED,)},
    Deviation.CAPPED: {"whole": FOUND.amount + 1},
    Deviation.ASKED_FOR_LESS: {"requested": FOUND.amount - 1},
    Deviation.FACTS_CHANGED: {"same_facts": False},
    Deviation.FINDINGS_CHANGED: {"same_findings": False},
    Deviation.REMARK: {"remark": True},
    Deviation.HELD: {"held_by_another": True},
    Deviation.PROTECTED: {"protected": True},
    Deviation.OWN_WORK: {"makers": frozenset({1, DECIDER})},
}


def test_a_case_with_nothing_about_it_is_equal() -> None:
    assert FOUND.amount > 0 and len(CHECKS) >= 3
    assert deviations(EQUAL, GROUP, decider=DECIDER) == ()


@pytest.mark.parametrize("deviation", list(Deviation), ids=lambda deviation: deviation.value)
def test_each_kind_of_deviation_keeps_a_case_out_by_itself(deviation: Deviation) -> None:
    found = deviations(replace(EQUAL, **KINDS[deviation]), GROUP, decider=DECIDER)
    assert [each.deviation for each in found] == [deviation]
    assert all(each.text.endswith("。") or "：" in each.text for each in found)


@pytest.mark.parametrize("flag", list(Flag), ids=lambda flag: flag.value)
def test_every_flag_keeps_a_case_out(flag: Flag) -> None:
    (found,) = deviations(replace(EQUAL, flags=(flag,)), GROUP, decider=DECIDER)
    assert str(flag.label) in found.text


def test_the_tax_of_the_other_judgement_year_and_certificates_not_needed_stand_back() -> None:
    assert [check.rule.code for check in CHECKS].count("EX-11") == 1
    handbook = facts_of(a_loan(), certificates=(a_certificate("PHYSICAL", "2級", "2021-04-01"),))
    found = assessed(handbook, "2023-02-20")
    rested = {check.rule.code for check in rests_on(found.checks, Ground.DISABILITY, None)}
    assert found.ground == Ground.DISABILITY
    assert rested & {"EX-31", "EX-32", "EX-33"} == {"EX-32"}


def test_several_deviations_are_all_told() -> None:
    changes = KINDS[Deviation.DEFICIENT] | KINDS[Deviation.PROTECTED] | KINDS[Deviation.OWN_WORK]
    found = deviations(replace(EQUAL, **changes), GROUP, decider=DECIDER)
    assert [each.deviation for each in found] == [Deviation.DEFICIENT, Deviation.PROTECTED, Deviation.OWN_WORK]


def test_nobodys_own_work_matters_before_somebody_decides() -> None:
    assert deviations(replace(EQUAL, makers=frozenset({DECIDER})), GROUP, decider=None) == ()


def test_an_amount_that_the_cap_cut_is_not_the_whole_formula() -> None:
    small = facts_of(a_loan(**SMALL | {"principal": 250_000}), untaxed(2021), application=received("2022-08-01"))
    capped = assessed(small, "2022-08-20")
    look = Look(small, Settings.defaults(), capped, (), asks_later_year=False, asked=FORM_1_1_GROUNDS)
    assert (capped.amount, whole_amount(look)) == (200_000, 250_000)
    assert day("2022-08-20") == capped.as_of
