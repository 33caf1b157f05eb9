"""A hundred invented borrowers for the relief map: twenty lives, each with five sets of loans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from exemptions.enums import Composition
from exemptions.facts import Facts, Household, LoanFacts
from exemptions.reliefs.asking import Asked
from japan.months import month_text
from people.enums import PaperKind
from repayment.entries import EXEMPTED, PAID, Entry
from repayment.schedule import Deferral
from rulebook.settings import Settings
from tests.exemptions.situations import a_certificate, a_loan, an_event, day, taxed, untaxed

SMALL = a_loan("SP_SMALL", principal=200_000, count=24, size=1)
INITIAL = a_loan("SP_GS_INITIAL")
EXTENSION = a_loan("SP_GS_EXTENSION", first="2024-01", applied="2021-02-10")
RELOAN = a_loan("SP_GS_RELOAN", first="2025-01", applied="2021-06-10")
REGULAR = a_loan("REG_SMALL", principal=100_000, count=12, first="2022-07", applied="2022-05-10", size=1)
SETS = {
    "small": (SMALL,),
    "initial": (INITIAL,),
    "two": (SMALL, INITIAL),
    "four": (SMALL, INITIAL, EXTENSION, RELOAN),
    "other": (RELOAN, REGULAR),
}
MOST = {"SP_SMALL": 24, "REG_SMALL": 12}
HEAD = Household(borrower_is_head=True)
BOTH_TAXED = (taxed(2021), taxed(2022))


def paying(share: int, until: str) -> Callable[[LoanFacts], LoanFacts]:
    """So many hundredths of every instalment paid on its day, up to a month."""

    def pay(loan: LoanFacts) -> LoanFacts:
        plan = loan.plans[0].plan
        paid = []
        for no in range(1, plan.count + 1):
            month = month_text(plan.first_month + no - 1)
            if month <= until and plan.amount(no) * share // 100:
                paid.append(Entry(PAID, plan.amount(no) * share // 100, day(f"{month}-26"), f"p{no}"))
        return replace(loan, entries=tuple(paid))

    return pay


def exempted(loan: LoanFacts) -> LoanFacts:
    whole = Entry(EXEMPTED, loan.principal, day("2022-10-01"), "x", first_no=1, last_no=loan.plans[0].plan.count)
    return replace(loan, entries=(whole,))


def deferred(loan: LoanFacts) -> LoanFacts:
    return replace(loan, deferrals=(Deferral(month_of("2023-07"), 12),))


def month_of(text: str) -> int:
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1


def unchanged(loan: LoanFacts) -> LoanFacts:
    return loan


@dataclass(frozen=True)
class Life:
    """What is known of a borrower on a day, whatever they borrowed."""

    on: str
    taxes: tuple[Any, ...] = ()
    household: Household = HEAD
    ledger: Callable[[LoanFacts], LoanFacts] = unchanged
    facts: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)

    def asked(self, loan: LoanFacts) -> Asked:
        return Asked(
            facts=Facts(loan=self.ledger(loan), household=self.household, taxes=self.taxes, **self.facts),
            settings=Settings.defaults(),
            as_of=day(self.on),
            most_instalments=MOST.get(loan.fund, 120),
            **self.state,
        )


LIVES = {
    "nothing known, in grace": Life("2022-09-05"),
    "untaxed in 2022, in grace": Life("2022-09-05", (untaxed(2022),)),
    "taxed so far, in grace": Life("2022-09-05", BOTH_TAXED),
    "untaxed in 2023": Life("2023-09-05", (*BOTH_TAXED, untaxed(2023)), ledger=paying(100, "2023-08")),
    "taxed in 2023": Life("2023-09-05", (*BOTH_TAXED, taxed(2023)), ledger=paying(100, "2023-08")),
    "untaxed, the head taxed": Life(
        "2023-09-05",
        (*BOTH_TAXED, untaxed(2023), taxed(2023, "head")),
        Household(False, False, False),
        ledger=paying(100, "2023-08"),
    ),
    "nobody knows the head": Life("2023-09-05", (*BOTH_TAXED, untaxed(2023)), Household()),
    "on public assistance": Life("2024-06-20", BOTH_TAXED, facts={"public_assistance_from": day("2024-02-01")}),
    "no longer on assistance": Life(
        "2024-06-20",
        BOTH_TAXED,
        facts={"public_assistance_from": day("2024-02-01"), "public_assistance_until": day("2024-05-31")},
    ),
    "physical disability, grade 2": Life(
        "2024-06-20", BOTH_TAXED, facts={"certificates": (a_certificate("PHYSICAL", "2級", "2023-11-01"),)}
    ),
    "mental disability, grade 3": Life(
        "2024-06-20", BOTH_TAXED, facts={"certificates": (a_certificate("MENTAL", "3級", "2023-11-01"),)}
    ),
    "a single parent paying a fifth": Life(
        "2025-08-01",
        (*BOTH_TAXED, taxed(2023), taxed(2024), replace(untaxed(2025), per_capita_levy=True)),
        Household(True, composition=Composition.SINGLE_PARENT),
        paying(20, "2025-07"),
    ),
    "silent for years, letters come back": Life("2026-03-01", state={"returned_since": day("2024-09-02")}),
    "dead": Life("2024-06-20", BOTH_TAXED, facts={"events": (an_event("DEATH", "2024-05-02"),)}),
    "bankrupt, discharge final": Life(
        "2024-06-20", BOTH_TAXED, facts={"events": (an_event("BANKRUPTCY_DISCHARGE", "2024-05-02"),)}
    ),
    "in court": Life("2024-06-20", BOTH_TAXED, state={"in_court": True}),
    "an application is examined": Life("2024-06-20", BOTH_TAXED, state={"pending": "E-0000001"}),
    "exempted": Life("2024-06-20", BOTH_TAXED, ledger=exempted),
    "deferred, with a paper on file": Life(
        "2024-03-05",
        BOTH_TAXED,
        ledger=deferred,
        state={"papers": frozenset({PaperKind.LEAVING_SLIP}), "deferrals_had": 1},
    ),  # fmt: skip
    "paying less, a change proposed": Life(
        "2026-11-21",
        BOTH_TAXED,
        ledger=paying(50, "2026-10"),
        state={"agreement_until": month_of("2027-03"), "change_waits": True, "deferral_waits": True},
    ),  # fmt: skip
}
