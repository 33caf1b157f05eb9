"""What the rules say about the applications of the demonstration: by the real rules, asked once for equal questions.

Thousands of historic applications differ in nothing the rules look at but the loan's code and the numbers of papers.
So the question leaves those out, the answer names their places, and they are put in when an assessment is written.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from exemptions.enums import FORM_1_1_GROUNDS, EventKind, Ground, HouseholdSituation, Result
from exemptions.facts import Application, Event, Facts, Household, LoanFacts, TaxRecord
from exemptions.snapshot import check_to_json
from exemptions.trace.completing import completed
from exemptions.trace.origins import DEATH_RECORD, form_origin, household_origin
from exemptions.trace.questions import Question as Asked
from loans.funds import cohort_of
from repayment.entries import DISBURSED, Entry
from repayment.position import PlanVersion
from repayment.schedule import Deferral
from rulebook.settings import Settings

_OPEN, _CLOSE = "{{", "}}"
_ANY_DAY = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Question:
    """Everything an assessment depends on, and nothing else. ``taxes`` in the order in which they are read."""

    loan: LoanFacts
    situation: HouseholdSituation | None
    taxes: tuple[TaxRecord, ...]
    received_on: date
    consents: frozenset[int]
    died_on: date | None
    as_of: date

    def general(self) -> Question:
        """The same question for every loan that the rules cannot tell from this one."""
        loan = self.loan
        cohort = cohort_of(loan.fund, loan.applied_on)
        plans = loan.plans
        if len(plans) == 1:
            plans = (replace(plans[0], effective_on=_ANY_DAY),)
        return replace(
            self,
            loan=replace(
                loan,
                code="",
                applied_on=cohort.applied_until or cohort.applied_from or _ANY_DAY,
                household_size=1 if cohort.cap_single == cohort.cap_multi else min(loan.household_size, 2),
                plans=plans,
                entries=tuple(entry for entry in loan.entries if entry.kind != DISBURSED),
                disbursed_on=None,
            ),
        )

    def facts(self, origins: Mapping[str, str]) -> Facts:
        """The facts as an application's review would read them."""
        events = () if self.died_on is None else (Event(EventKind.DEATH, self.died_on),)
        return Facts(
            loan=self.loan,
            household=Household.of(self.situation),
            taxes=self.taxes,
            events=events,
            application=Application(self.received_on, self.consents),
            origins=origins,
        )

    @property
    def tax_names(self) -> tuple[str, ...]:
        """The names of the tax facts, each once."""
        return tuple(dict.fromkeys(f"residence_tax:{tax.person.value}:{tax.fiscal_year}" for tax in self.taxes))

    def origins(self, loan: str, ledger: str, taxes: Mapping[str, str]) -> dict[str, str]:
        """Where each value came from, in the words of the review; the arguments are what differs by loan."""
        found = {
            "loan": loan,
            "payments": ledger,
            "application:received_on": form_origin("", self.received_on),
            "application:consents": form_origin("の同意欄", self.received_on),
            **{name: taxes[name] for name in self.tax_names},
        }
        if self.situation is not None:
            for name in ("borrower_is_head", "head_was_separate_at_loan", "head_certificate_unobtainable"):
                found[f"household:{name}"] = household_origin(self.received_on)
        if self.died_on is not None:
            found["event:DEATH"] = DEATH_RECORD
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """The rules' answer: what :class:`exemptions.assessment.Assessment` holds, as far as it is stored.

    ``checks`` is their working as JSON text with the places of the origins in it, compressed: many are kept.
    """

    result: Result
    ground: Ground | None
    cut_off: int | None
    first_no: int | None
    last_no: int | None
    amount: int
    remaining: int
    missing: tuple[str, ...]
    label_late: bool
    individual_handling: bool
    checks: bytes

    def checks_with(self, origins: Mapping[str, str]) -> str:
        """The working as JSON text, with the origins of one application in their places."""
        text = zlib.decompress(self.checks).decode()
        for name, origin in origins.items():
            text = text.replace(f"{_OPEN}{name}{_CLOSE}", json.dumps(origin, ensure_ascii=False)[1:-1])
        return text


def ask(question: Question, settings: Settings) -> Answer:
    """Assess a question on the grounds the form asks for."""
    return _answer(question.general(), settings)


@lru_cache(maxsize=30_000)
def _answer(question: Question, settings: Settings) -> Answer:
    taxes = {name: f"{_OPEN}{name}{_CLOSE}" for name in question.tax_names}
    places = question.origins(f"{_OPEN}loan{_CLOSE}", f"{_OPEN}payments{_CLOSE}", taxes)
    asked = Asked(question.facts(places), settings, question.as_of, FORM_1_1_GROUNDS)
    found = completed(asked.answered(), asked)
    working = json.dumps([check_to_json(check) for check in found.checks], ensure_ascii=False)
    return Answer(
        result=found.result,
        ground=found.ground,
        cut_off=found.cut_off,
        first_no=found.first_no,
        last_no=found.last_no,
        amount=found.amount,
        remaining=found.remaining,
        missing=found.missing,
        label_late=found.label_late,
        individual_handling=found.individual_handling,
        checks=zlib.compress(working.encode(), 1),
    )


def loan_facts(
    *,
    code: str,
    fund: str,
    applied_on: date,
    household_size: int,
    principal: int,
    plans: tuple[PlanVersion, ...],
    deferrals: tuple[Deferral, ...],
    entries: tuple[Entry, ...],
) -> LoanFacts:
    """A loan and its ledger as an assessment takes them."""
    return LoanFacts(
        code=code,
        fund=fund,
        applied_on=applied_on,
        household_size=household_size,
        principal=principal,
        first_month=plans[0].plan.first_month,
        plans=plans,
        deferrals=deferrals,
        entries=entries,
        disbursed_on=min((entry.effective_on for entry in entries if entry.kind == DISBURSED), default=None),
    )
