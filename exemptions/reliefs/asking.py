"""What the relief map is a function of, for one loan. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from exemptions.assess import assess
from exemptions.assessment import Assessment
from exemptions.enums import Ground
from exemptions.facts import ExOfficio, Facts
from exemptions.inquiry import Inquiry
from people.enums import PaperKind
from repayment.position import Position
from rulebook.settings import Settings


@dataclass(frozen=True)
class Asked:
    """One loan on one day, as if its borrower asked today.

    ``facts`` come without an application. ``pending`` is the number of an open exemption application, empty where there
    is none. ``papers`` are the kinds on file for the borrower, ``returned_since`` the day since which letters come back,
    ``in_court`` whether collection rests for legal proceedings. ``deferrals_had`` counts granted deferrals; the three
    ``_waits`` say that a proposal of that kind is undecided, ``agreement_until`` is the last month (index) of a small
    repayment that runs, ``most_instalments`` the longest term of the fund.
    """

    facts: Facts
    settings: Settings
    as_of: date
    pending: str = ""
    papers: frozenset[PaperKind] = field(default_factory=frozenset)
    returned_since: date | None = None
    in_court: bool = False
    deferrals_had: int = 0
    deferral_waits: bool = False
    agreement_until: int | None = None
    agreement_waits: bool = False
    change_waits: bool = False
    most_instalments: int = 120

    @cached_property
    def inquiry(self) -> Inquiry:
        """The loan as every ground looks at it."""
        return Inquiry(self.facts.known_on(self.as_of), self.settings, self.as_of)

    @cached_property
    def answer(self) -> Assessment:
        """What the rules of exemption say about all grounds."""
        return assess(self.facts, settings=self.settings, as_of=self.as_of)

    @property
    def facts_if_untraceable(self) -> Facts:
        """The facts, were the council to begin an exemption because nobody knows where the borrower is."""
        since = self.returned_since
        return replace(self.facts, ex_officio=ExOfficio(Ground.UNTRACEABLE, since, since))

    @cached_property
    def answer_if_untraceable(self) -> Assessment:
        """What the rules would say then."""
        return assess(self.facts_if_untraceable, settings=self.settings, as_of=self.as_of)

    @property
    def position(self) -> Position:
        """Where the loan stands today."""
        return self.inquiry.position

    @property
    def is_dead(self) -> bool:
        """Whether the borrower's death is on file."""
        return any(event.kind == "DEATH" for event in self.inquiry.facts.events)
