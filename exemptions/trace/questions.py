"""A question to the rules, and the same question with one input changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from exemptions.assess import assess
from exemptions.assessment import Assessment
from exemptions.enums import CONSENT_NUMBERS, Ground
from exemptions.facts import Application, Facts
from exemptions.inquiry import Inquiry
from repayment.entries import DISBURSED, EXEMPTED, EXEMPTION_REVOKED, PAID, Entry
from rulebook.settings import Settings

_ALL_CONSENTS = frozenset(CONSENT_NUMBERS)


@dataclass(frozen=True, slots=True)
class Question:
    """What an assessment is a function of: facts, settings, the day, and the grounds that the answer may rest on."""

    facts: Facts
    settings: Settings
    as_of: date
    asked: Collection[Ground] = tuple(Ground)

    @property
    def inquiry(self) -> Inquiry:
        """The question as every ground looks at it."""
        return Inquiry(self.facts.known_on(self.as_of), self.settings, self.as_of)

    def answered(self) -> Assessment:
        """Ask the rules."""
        return assess(self.facts, settings=self.settings, as_of=self.as_of, asked=self.asked)

    # --- one input changed ---

    def with_facts(self, **changes: Any) -> Question:
        """The same with other facts."""
        return replace(self, facts=replace(self.facts, **changes))

    def with_household(self, **changes: Any) -> Question:
        """The same with something else known of the household."""
        return self.with_facts(household=replace(self.facts.household, **changes))

    def with_setting(self, key: str, value: object) -> Question:
        """The same under another value of one setting (JSON)."""
        return replace(self, settings=self.settings.with_values({key: value}))

    def received_on(self, day: date) -> Question:
        """The same form received on another day, looked at on that day at the earliest. Nothing more has come to be known."""
        known = self.facts.known_on(self.as_of)
        consents = known.application.consents if known.application else _ALL_CONSENTS
        turned = replace(self, facts=replace(known, application=Application(day, consents)))
        return replace(turned.with_entries(lambda entry: entry.effective_on <= self.as_of), as_of=max(self.as_of, day))

    def looked_at_on(self, day: date) -> Question:
        """The same looked at on another day; the form stays the one of the day it was asked for."""
        filed = self.facts.application or Application(self.inquiry.received_on, _ALL_CONSENTS)
        return replace(self.with_facts(application=filed), as_of=day)

    def with_entries(self, keeps: Callable[[Entry], bool], *more: Entry) -> Question:
        """The same with some ledger rows only, and others beside them."""
        entries = (*(entry for entry in self.facts.loan.entries if keeps(entry)), *more)
        return self.with_facts(loan=replace(self.facts.loan, entries=entries))

    def paid(self, amount: int, on: date) -> Question:
        """The same with one payment more (yen)."""
        return self.with_entries(lambda entry: True, Entry(PAID, amount, on, "turned"))

    def unpaid(self, *more: Entry) -> Question:
        """The same as if nothing had ever been paid but *more*."""
        kept = (DISBURSED, EXEMPTED, EXEMPTION_REVOKED)
        return self.with_entries(lambda entry: entry.kind in kept, *more)


@dataclass(frozen=True, slots=True)
class Turn:
    """One input, the sentence that says what would change, and the question with that one input changed.

    ``fact`` is the name of a fact, ``payments`` (the ledger), ``as_of``, or ``setting:`` and a key.
    """

    fact: str
    sentence: str
    question: Question
