"""N-12: a hundred borrowers, every cell; and what a cell says comes true when it is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from exemptions.enums import Composition, Person
from exemptions.facts import Facts, TaxRecord
from exemptions.inquiry import newest_fixed_year
from exemptions.reliefs.asking import Asked
from exemptions.reliefs.cells import GROUND_OF, Cell, Chance, Relief
from exemptions.reliefs.households import household_of
from exemptions.reliefs.mapping import cells_of
from japan.months import first_day, last_day, month_index, month_text
from people.households import HouseholdPeriod, Member
from tests.exemptions.reliefs.people import LIVES, SETS
from tests.exemptions.situations import a_certificate, day

EXPECTED = [line.split(" | ") for line in Path(__file__).with_name("gold.txt").read_text("utf-8").splitlines()]
ASKED = {(life, loans, loan.fund): LIVES[life].asked(loan) for life in LIVES for loans in SETS for loan in SETS[loans]}


def sign(cell: Cell) -> str:
    """N now, F and the month, P paper, - no."""
    if cell.month is not None:
        return f"F{month_text(cell.month)}"
    return {Chance.NOW: "N", Chance.PAPER: "P", Chance.NO: "-"}[cell.chance]


def test_n_12_every_cell_of_a_hundred_borrowers_is_as_written():
    found = {key: " ".join(map(sign, cells_of(asked))) for key, asked in ASKED.items()}

    assert {(life, loans, fund): cells for life, loans, fund, cells in EXPECTED} == found
    assert len({key[:2] for key in found}) == 100


def cells_with(chance: Chance) -> list[tuple[Asked, Cell]]:
    seen = {}
    for (life, _, fund), asked in ASKED.items():
        for cell in cells_of(asked):
            if cell.relief in GROUND_OF and cell.chance == chance:
                seen[life, fund, cell.relief] = (asked, cell)
    return list(seen.values())


def holds(asked: Asked, cell: Cell, facts: Facts, on: date) -> bool:
    """Whether the ground of a cell is met, to be decided on that day."""
    then = replace(asked, facts=facts, as_of=on)
    answer = then.answer_if_untraceable if cell.relief == Relief.EX_OFFICIO else then.answer
    (outcome,) = (it for it in answer.grounds if it.ground == GROUND_OF[cell.relief])
    return outcome.holds and outcome.waits_until is None and outcome.amount > 0


def with_papers(asked: Asked, cell: Cell, on: date) -> Facts:
    """The facts as they would be with every paper that the cell asks for, saying the best they can."""
    facts = asked.facts
    years = {
        newest_fixed_year(on),
        *(year for year in (2021, 2022, 2023, 2024) if f"{year - 2018}年度" in str(cell.papers)),
    }
    taxes = [it for it in facts.taxes if it.fiscal_year not in years or "住民票" in str(cell.papers)]
    taxes += [TaxRecord(person, year, False, False) for person in Person for year in years]
    household = facts.household
    if "住民票" in str(cell.papers):
        household = replace(household, borrower_is_head=True)
    if facts.household.composition is None:
        household = replace(household, composition=Composition.SINGLE_PARENT)
    if cell.relief == Relief.PUBLIC_ASSISTANCE:
        return replace(facts, public_assistance_from=on)
    if cell.relief == Relief.DISABILITY:
        return replace(facts, certificates=(a_certificate("MENTAL", "1級", on.isoformat()),))
    return replace(facts, taxes=tuple(taxes), household=household)


def test_what_can_be_done_now_is_met_today_for_the_amount_shown():
    for asked, cell in cells_with(Chance.NOW):
        assert holds(asked, cell, asked.facts, asked.as_of), (asked, cell)
        assert 0 < cell.amount <= asked.position.outstanding


def test_what_lacks_a_paper_is_met_with_it_at_the_latest_once_repayment_has_begun():
    for asked, cell in cells_with(Chance.PAPER):
        assert cell.papers
        if cell.relief in (Relief.BANKRUPTCY, Relief.REHABILITATION):
            continue  # the paper is a court's, and says when
        facts = with_papers(asked, cell, asked.as_of)
        begun = max(asked.as_of, asked.inquiry.begins_on)
        assert holds(asked, cell, facts, asked.as_of) or holds(asked, cell, facts, begun), (asked.facts, cell)


def test_what_opens_later_is_met_from_that_month_on_and_not_before():
    for asked, cell in cells_with(Chance.FROM):
        assert cell.month is not None
        assert cell.month >= month_index(asked.as_of)
        then, before = last_day(cell.month), first_day(cell.month)
        facts = with_papers(asked, cell, then)
        if cell.relief == Relief.LONG_ARREARS:
            assert replace(asked, as_of=then).position.arrears >= 12 * asked.position.plan.month_worth
            continue
        if cell.amount:  # waits for repayment to begin
            facts = asked.facts
        assert holds(asked, cell, facts, then), (asked.facts, cell)
        assert not holds(asked, cell, facts, date.fromordinal(before.toordinal() - 1)), (asked.facts, cell)


def test_every_cell_has_a_sentence_and_a_rule_that_is_shown_on_the_page_of_rules():
    from rulebook.rules import find_rule

    rules = {cell.rule for asked in ASKED.values() for cell in cells_of(asked)}
    assert all(cell.because.endswith("。") for asked in ASKED.values() for cell in cells_of(asked))
    assert not [code for code in rules if find_rule(code, date(2026, 11, 21)) is None]


# --- what the residence records say -----------------------------------------------------------------


def a_member(person_id: int, born: str, since: str, *, head: bool = False) -> Member:
    return Member(person_id, "見本", "ミホン", day(born), "世帯員", head, day(since), None)


def said(*members: Member, since: str = "2019-04-01", protected: bool = False) -> tuple[bool | None, ...]:
    period = HouseholdPeriod("1", day(since), None, members, ())
    found = household_of(
        [period],
        borrower_id=1,
        loan_applied_on=day("2020-06-10"),
        on=day("2026-11-21"),
        elderly_age=65,
        is_protected=protected,
    )
    return found.borrower_is_head, found.head_was_separate_at_loan, found.head_certificate_unobtainable


def test_the_head_is_read_from_the_record_and_a_protected_borrower_is_judged_alone():
    borrower = a_member(1, "1980-01-01", "2019-04-01")
    assert said(a_member(1, "1980-01-01", "2019-04-01", head=True)) == (True, None, None)
    assert said(borrower, a_member(2, "1950-01-01", "2019-04-01", head=True)) == (False, False, False)
    assert said(borrower, a_member(2, "1950-01-01", "2022-04-01", head=True)) == (False, True, False)
    assert said(borrower, a_member(2, "1950-01-01", "2022-04-01", head=True), since="2022-04-01") == (
        False,
        None,
        False,
    )
    assert said(borrower, a_member(2, "1950-01-01", "2019-04-01", head=True), protected=True) == (False, False, True)
    assert said(borrower) == (None, None, None)
