"""Several decisions on one loan over time (EX-08, EX-22, EX-24): amounts, caps, what remains, and which may be revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from exemptions.enums import Ground
from exemptions.facts import Facts, LoanFacts
from exemptions.revoking.restoring import overtaken_by, restore
from japan.months import month_of
from repayment.entries import EXEMPTED, Entry
from repayment.position import Policy, position
from repayment.selectors import History
from tests.exemptions.situations import a_loan, answer, assessed, day, facts_of, monthly, received, taxed, untaxed

POLICY = Policy()


def decided(facts: Facts, on: str, key: str, **settings: object) -> tuple[LoanFacts, int]:
    """The loan with what a decision on these facts exempts on a day, and how much that is (yen)."""
    found = assessed(facts, on, **settings)
    row = Entry(EXEMPTED, found.amount, day(on), key, found.first_no, found.last_no, 1)
    return replace(facts.loan, entries=(*facts.loan.entries, row)), found.amount


def history(loan: LoanFacts) -> History:
    return History(loan.plans, loan.deferrals, loan.entries)


def rests_on(loan: LoanFacts, key: str, on: str, cap: int | None = 600_000) -> str | None:
    return overtaken_by(
        principal=loan.principal, history=history(loan), policy=POLICY, source_key=key, cap=cap, on=day(on)
    )


def owed(loan: LoanFacts, on: str) -> int:
    return position(
        principal=loan.principal, plans=loan.plans, deferrals=loan.deferrals, entries=loan.entries, as_of=day(on)
    ).outstanding


def test_ex24_a_deferral_leaves_a_later_year_something_and_each_year_takes_its_own_instalments() -> None:
    """Instalments 10 to 12 of 2023 were deferred to the end of 2025; fiscal year 2023 takes 2026 on, 2025 the rest of 2026."""
    loan = a_loan(paid=monthly("2023-01", 8, 5_000))
    first, amount = decided(facts_of(loan, taxed(2021), taxed(2022), untaxed(2023), application=received("2023-09-15")),
                            "2023-09-20", "e1")  # fmt: skip
    assert (amount, owed(first, "2023-09-20")) == (540_000, 20_000)
    again = facts_of(first, taxed(2021), taxed(2022), untaxed(2024), application=received("2024-09-10"))
    assert answer(assessed(again, "2024-09-20"))[2] == 0  # everything from the cut-off on is exempted already
    moved = replace(first, deferrals=(*a_loan(deferrals=(("2023-10", 24),)).deferrals,))
    late = facts_of(moved, taxed(2021), taxed(2022), untaxed(2024), application=received("2024-09-10"))
    second, more = decided(late, "2024-09-20", "e2")
    assert (more, owed(second, "2024-09-20")) == (15_000, 5_000)
    assert rests_on(second, "e1", "2024-10-01") is None
    back = restore(principal=600_000, history=history(second), policy=POLICY, source_key="e1", on=day("2024-10-01"),
                   due_on=day("2024-10-31"))  # fmt: skip
    assert (back.amount, back.owed, back.after.exempted, back.after.outstanding) == (540_000, 540_000, 15_000, 545_000)
    assert [line.after.seq for line in back.lines] == list(range(13, 121))


def test_a_later_decision_on_all_that_was_left_has_to_be_revoked_first() -> None:
    loan = a_loan(paid=monthly("2023-01", 8, 5_000))
    first, _ = decided(facts_of(loan, taxed(2021), taxed(2022), untaxed(2023), application=received("2023-09-15")),
                       "2023-09-20", "e1")  # fmt: skip
    whole = facts_of(first, public_assistance_from=date(2024, 2, 1), application=received("2024-03-05"))
    second, amount = decided(whole, "2024-03-10", "e2")
    assert (amount, owed(second, "2024-03-10")) == (20_000, 0)
    assert rests_on(second, "e1", "2024-04-01") == "e2"
    assert rests_on(second, "e2", "2024-04-01") is None


def test_ex08_the_cap_counts_what_was_exempted_before_and_both_then_belong_together() -> None:
    """600,000 lent to a single person: 450,000 can be exempted in all; 60,000 went by long arrears."""
    loan = a_loan(size=1, paid=monthly("2023-01", 15, 1_000))
    arrears = replace(loan, entries=(*loan.entries, Entry(EXEMPTED, 60_000, day("2024-04-10"), "e1", 1, 15, 1)))
    whole = facts_of(arrears, public_assistance_from=date(2024, 5, 1), application=received("2024-06-05"))
    found = assessed(whole, "2024-06-10")
    assert (found.ground, found.amount, found.remaining) == (Ground.PUBLIC_ASSISTANCE, 390_000, 135_000)
    second, _ = decided(whole, "2024-06-10", "e2")
    assert rests_on(second, "e1", "2024-07-01", cap=450_000) == "e2"
    back = restore(principal=600_000, history=history(second), policy=POLICY, source_key="e2", on=day("2024-07-01"),
                   due_on=day("2024-07-31"))  # fmt: skip
    assert (back.owed, back.after.outstanding) == (390_000, 525_000)


def test_what_falls_due_on_the_new_date_and_after_it_adds_up_on_every_day() -> None:
    loan, _ = decided(facts_of(a_loan(paid=monthly("2023-01", 12, 5_000)), taxed(2021), taxed(2022), untaxed(2023),
                               application=received("2023-09-15")), "2023-12-28", "e1")  # fmt: skip
    for days in range(0, 400, 37):
        on = day("2024-01-10") + timedelta(days=days)
        found = restore(principal=600_000, history=history(loan), policy=POLICY, source_key="e1", on=on,
                        due_on=on + timedelta(days=30))  # fmt: skip
        rest = found.to_come.amount if found.to_come else 0
        assert (found.owed, found.at_once + rest, found.before.arrears, found.after.arrears) == (
            540_000,
            540_000,
            0,
            0,
        )
        assert found.at_once == 5_000 * sum(line.is_past for line in found.lines)
        assert found.after.lines[12].due_month == month_of(2024, 1)
