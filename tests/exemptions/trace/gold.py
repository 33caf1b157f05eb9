"""Sixty-seven invented cases for the trace. What each must show stands in ``gold.txt``, a line for each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exemptions.enums import Composition, Ground
from exemptions.facts import ExOfficio, Facts, Household
from exemptions.trace.questions import Question
from repayment.entries import EXEMPTED, Entry
from rulebook.settings import Settings
from tests.exemptions.situations import (
    ALL_CONSENTS,
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


def asked(facts: Facts, on: str, **settings: Any) -> Question:
    """A question about some facts on a day, under the defaults but for some settings."""
    return Question(facts, Settings.defaults().with_values(settings), day(on))


UNTRACEABLE, GENERAL_1999, OVERDUE = Ground.UNTRACEABLE, Ground.GENERAL_1999, Ground.OVERDUE_EX_OFFICIO
RELOAN: dict[str, Any] = {"fund": "SP_GS_RELOAN", "first": "2025-01", "applied": "2021-06-10"}
EXTENSION: dict[str, Any] = {"fund": "SP_GS_EXTENSION", "first": "2024-01", "principal": 450_000, "size": 1}
REGULAR: dict[str, Any] = {
    "fund": "REG_SMALL", "principal": 100_000, "count": 12, "first": "2023-03", "applied": "2023-01-10", "size": 1,
}  # fmt: skip
TAXED = (taxed(2021), taxed(2022))
TOGETHER = Household(False, False, False)
SINGLE_PARENT = Household(borrower_is_head=True, composition=Composition.SINGLE_PARENT)
INCOME_ZERO = replace(untaxed(2023), per_capita_levy=True)
LITTLE = monthly("2023-01", 15, 1_000)
WIFE_IS_HEAD = (untaxed(2022), taxed(2022, "head"), taxed(2021))
AID_2024 = {"public_assistance_from": day("2024-02-01")}
CARD_2 = a_certificate("PHYSICAL", "2級", "2025-03-10")


def _arrears(**known: Any) -> Facts:
    known.setdefault("household", SINGLE_PARENT)
    return facts_of(a_loan(paid=LITTLE), *TAXED, INCOME_ZERO, **known, application=received("2024-03-31"))


CASES: dict[str, Question] = {
    "EX-A": asked(facts_of(a_loan(), untaxed(2022), application=received("2022-08-10")), "2022-10-03"),
    "either judgement year suffices": asked(
        facts_of(a_loan(), untaxed(2021), taxed(2022), application=received("2022-08-10")), "2022-10-03"
    ),
    "both judgement years taxed": asked(facts_of(a_loan(), *TAXED, application=received("2022-08-10")), "2022-10-03"),
    "one judgement year open": asked(
        facts_of(a_loan(), taxed(2021), application=received("2022-08-10")), "2022-10-03"
    ),
    "no certificate at all": asked(facts_of(a_loan(), application=received("2022-08-10")), "2022-10-03"),
    "only the income levy is zero": asked(
        facts_of(a_loan(**RELOAN), replace(untaxed(2024), per_capita_levy=True), application=received("2024-07-01")),
        "2024-08-01",
    ),
    "the judgement year is still to come": asked(
        facts_of(a_loan(**RELOAN), application=received("2023-09-01")), "2023-09-01"
    ),
    "EX-B late, arrears stay": asked(
        facts_of(a_loan(**SMALL), untaxed(2022), application=received("2023-05-10")), "2023-05-20"
    ),
    "EX-B where everything unpaid goes": asked(
        facts_of(a_loan(**SMALL), untaxed(2022), application=received("2023-05-10")),
        "2023-05-20",
        late_application_policy="ALL_UNPAID",
    ),
    "late and all due": asked(
        facts_of(a_loan(**SMALL), untaxed(2022), application=received("2025-02-01")), "2025-02-01"
    ),
    "EX-H wife is head and taxed": asked(
        facts_of(a_loan(), *WIFE_IS_HEAD, household=TOGETHER, application=received("2022-08-10")), "2022-10-03"
    ),
    "EX-I father was in another household": asked(
        facts_of(a_loan(), *WIFE_IS_HEAD, household=Household(False, True), application=received("2022-08-10")),
        "2022-10-03",
    ),
    "the head's certificate cannot be had": asked(
        facts_of(a_loan(), *WIFE_IS_HEAD, household=Household(False, False, True), application=received("2022-08-10")),
        "2022-10-03",
    ),
    "nobody knows who is head": asked(
        facts_of(a_loan(), *WIFE_IS_HEAD, household=Household(), application=received("2022-08-10")), "2022-10-03"
    ),
    "the head is untaxed too": asked(
        facts_of(
            a_loan(), untaxed(2022), untaxed(2022, "head"), household=TOGETHER, application=received("2022-08-10")
        ),
        "2022-10-03",
    ),
    "consent 3 is missing": asked(
        facts_of(a_loan(), untaxed(2022), application=received("2022-08-10", ALL_CONSENTS - {3})), "2022-10-03"
    ),
    "everything repaid": asked(
        facts_of(
            a_loan(**SMALL, paid=monthly("2023-01", 24, 8330) + (("2024-12-27", 80),)),
            untaxed(2022),
            application=received("2025-02-01"),
        ),
        "2025-02-01",
    ),
    "the cap is used up": asked(
        facts_of(
            a_loan(
                principal=700000,
                count=100,
                entries=(Entry(EXEMPTED, 600000, day("2022-09-01"), "d", first_no=1, last_no=100),),
            ),
            untaxed(2022),
            application=received("2022-10-01"),
        ),
        "2022-10-03",
    ),
    "a regular loan": asked(
        facts_of(a_loan(**REGULAR), untaxed(2023), application=received("2023-09-01")), "2023-09-01"
    ),
    "extension judged by 2023": asked(
        facts_of(a_loan(**EXTENSION), untaxed(2023), application=received("2023-07-01")), "2023-08-01"
    ),
    "EX-C later year": asked(
        facts_of(a_loan(paid=monthly("2023-01", 8, 5000)), *TAXED, untaxed(2023), application=received("2023-09-15")),
        "2023-09-20",
    ),
    "later year taxed": asked(
        facts_of(a_loan(), *TAXED, taxed(2023), application=received("2023-09-15")), "2023-09-20"
    ),
    "later year without certificate": asked(
        facts_of(a_loan(), *TAXED, application=received("2023-09-15")), "2023-09-20"
    ),
    "before a later year is fixed": asked(
        facts_of(a_loan(), *TAXED, untaxed(2023), application=received("2023-05-31")), "2023-05-31"
    ),
    "EX-D small loan": asked(
        facts_of(a_loan(**SMALL), *TAXED, untaxed(2023), application=received("2023-09-15")), "2023-09-20"
    ),
    "EX-E nothing left after the cut-off": asked(
        facts_of(a_loan(**SMALL), *TAXED, taxed(2023), untaxed(2024), application=received("2024-09-15")), "2024-09-20"
    ),
    "EX-J deferred into the next year": asked(
        facts_of(
            a_loan(**SMALL, deferrals=(("2023-01", 12),)), *TAXED, untaxed(2023), application=received("2023-09-15")
        ),
        "2023-09-20",
    ),
    "filed in the anniversary month": asked(
        facts_of(a_loan(), *TAXED, untaxed(2023), application=received("2024-01-10")), "2024-01-15"
    ),
    "the anniversary month excluded": asked(
        facts_of(a_loan(), *TAXED, untaxed(2023), application=received("2024-01-10")),
        "2024-01-15",
        later_year_anniversary_inclusive=False,
    ),
    "later year, the head is taxed": asked(
        facts_of(
            a_loan(),
            *TAXED,
            untaxed(2023),
            taxed(2023, "head"),
            household=TOGETHER,
            application=received("2023-09-15"),
        ),
        "2023-09-20",
    ),
    "assistance while repaying": asked(
        facts_of(a_loan(), *TAXED, **AID_2024, application=received("2024-04-01")), "2024-04-10"
    ),
    "assistance in grace waits": asked(
        facts_of(a_loan(**RELOAN), **AID_2024, application=received("2024-04-01")), "2024-04-10"
    ),
    "assistance begun after receipt": asked(
        facts_of(a_loan(), *TAXED, public_assistance_from=day("2024-05-01"), application=received("2024-04-01")),
        "2024-05-10",
    ),
    "assistance that ended before": asked(
        facts_of(
            a_loan(), *TAXED, **AID_2024, public_assistance_until=day("2024-03-15"), application=received("2024-04-01")
        ),
        "2024-04-10",
    ),
    "assistance between application and payment": asked(
        facts_of(
            a_loan(disbursed="2020-07-01"),
            *TAXED,
            public_assistance_from=day("2020-06-20"),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
    ),
    "the same where that does not exclude": asked(
        facts_of(
            a_loan(disbursed="2020-07-01"),
            *TAXED,
            public_assistance_from=day("2020-06-20"),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
        public_assistance_before_disbursement_excluded=False,
    ),
    "assistance, and everything repaid": asked(
        facts_of(
            a_loan(**SMALL, paid=(("2024-01-10", 200_000),)), *TAXED, **AID_2024, application=received("2024-04-01")
        ),
        "2024-04-10",
    ),
    "EX-F certificate grade 2": asked(
        facts_of(
            a_loan(**EXTENSION, paid=monthly("2024-01", 10, 3750)),
            taxed(2023),
            certificates=(CARD_2,),
            application=received("2025-03-20"),
        ),
        "2025-03-25",
    ),
    "physical grade 3": asked(
        facts_of(
            a_loan(),
            *TAXED,
            certificates=(a_certificate("PHYSICAL", "3級", "2022-05-01"),),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
    ),
    "mental grade 1": asked(
        facts_of(
            a_loan(),
            *TAXED,
            certificates=(a_certificate("MENTAL", "1級", "2022-05-01"),),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
    ),
    "mental grade 2": asked(
        facts_of(
            a_loan(),
            *TAXED,
            certificates=(a_certificate("MENTAL", "2級", "2022-05-01"),),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
    ),
    "severe intellectual disability": asked(
        facts_of(
            a_loan(),
            *TAXED,
            certificates=(a_certificate("INTELLECTUAL", "マルA", "2022-05-01"),),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
    ),
    "the same where it is not accepted": asked(
        facts_of(
            a_loan(),
            *TAXED,
            certificates=(a_certificate("INTELLECTUAL", "A", "2022-05-01"),),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
        accept_intellectual_severe=False,
    ),
    "certificate in grace waits": asked(
        facts_of(
            a_loan(**RELOAN),
            certificates=(a_certificate("MENTAL", "1級", "2022-05-01"),),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
    ),
    "certificate and assistance": asked(
        facts_of(
            a_loan(),
            *TAXED,
            certificates=(a_certificate("MENTAL", "1級", "2022-05-01"),),
            **AID_2024,
            application=received("2024-04-01"),
        ),
        "2024-04-10",
    ),
    "EX-G twelve months of arrears": asked(_arrears(), "2024-03-31"),
    "an ordinary household": asked(_arrears(household=Household(True, composition=Composition.OTHER)), "2024-03-31"),
    "a household nobody has looked at": asked(_arrears(household=Household(True)), "2024-03-31"),
    "a certificate of any grade makes the household": asked(
        _arrears(household=Household(True), certificates=(a_certificate("PHYSICAL", "6級", "2022-05-01"),)),
        "2024-03-31",
    ),
    "not yet twelve months": asked(
        facts_of(
            a_loan(paid=monthly("2023-01", 9, 1000)),
            *TAXED,
            INCOME_ZERO,
            household=SINGLE_PARENT,
            application=received("2023-09-30"),
        ),
        "2023-09-30",
    ),
    "nothing was paid at all": asked(
        facts_of(a_loan(), *TAXED, INCOME_ZERO, household=SINGLE_PARENT, application=received("2024-03-31")),
        "2024-03-31",
    ),
    "paid as planned": asked(
        facts_of(
            a_loan(paid=monthly("2023-01", 15, 5000)),
            *TAXED,
            INCOME_ZERO,
            household=SINGLE_PARENT,
            application=received("2024-03-31"),
        ),
        "2024-03-31",
    ),
    "not asked beside assistance": asked(_arrears(**AID_2024), "2024-03-31"),
    "death while repaying": asked(facts_of(a_loan(), *TAXED, events=(an_event("DEATH", "2024-02-01"),)), "2024-04-10"),
    "death in grace waits": asked(facts_of(a_loan(**RELOAN), events=(an_event("DEATH", "2024-02-01"),)), "2024-04-10"),
    "the same where it does not wait": asked(
        facts_of(a_loan(**RELOAN), events=(an_event("DEATH", "2024-02-01"),)),
        "2024-04-10",
        other_grounds_wait_for_start=False,
    ),
    "a disappearance, of a regular loan": asked(
        facts_of(a_loan(**REGULAR), events=(an_event("DISAPPEARANCE", "2023-05-01"),)), "2023-06-10"
    ),
    "discharge after bankruptcy": asked(
        facts_of(
            a_loan(paid=LITTLE),
            *TAXED,
            events=(an_event("BANKRUPTCY_DISCHARGE", "2024-02-01"),),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
    ),
    "no final discharge": asked(
        facts_of(a_loan(paid=LITTLE), *TAXED, application=received("2024-04-01")), "2024-04-10"
    ),
    "rehabilitation completed": asked(
        facts_of(
            a_loan(paid=LITTLE),
            *TAXED,
            events=(an_event("CIVIL_REHABILITATION_DISCHARGE", "2024-02-01"),),
            application=received("2024-04-01"),
        ),
        "2024-04-10",
    ),
    "nobody knows where they are": asked(
        facts_of(a_loan(), *TAXED, ex_officio=ExOfficio(UNTRACEABLE, day("2024-03-01"), day("2024-03-10"))),
        "2025-04-01",
    ),
    "the dunning letter did not come back": asked(
        facts_of(a_loan(), *TAXED, ex_officio=ExOfficio(UNTRACEABLE, day("2024-03-01"))), "2025-04-01"
    ),
    "gone for half a year": asked(
        facts_of(a_loan(), *TAXED, ex_officio=ExOfficio(UNTRACEABLE, day("2024-10-01"), day("2024-10-10"))),
        "2025-04-01",
    ),
    "dead, and nobody to collect from": asked(
        facts_of(
            a_loan(),
            *TAXED,
            events=(an_event("DEATH", "2024-02-01"),),
            ex_officio=ExOfficio(GENERAL_1999, not_collectable=True),
        ),
        "2024-04-10",
    ),
    "dead, the heirs can be asked": asked(
        facts_of(
            a_loan(),
            *TAXED,
            events=(an_event("DEATH", "2024-02-01"),),
            ex_officio=ExOfficio(GENERAL_1999),
        ),
        "2024-04-10",
    ),
    "arrears taken away by the council": asked(
        facts_of(a_loan(), *TAXED, ex_officio=ExOfficio(OVERDUE)), "2024-04-10"
    ),
    "no arrears for the council to take": asked(
        facts_of(a_loan(paid=monthly("2023-01", 15, 5_000)), *TAXED, ex_officio=ExOfficio(OVERDUE)), "2024-04-10"
    ),
}
