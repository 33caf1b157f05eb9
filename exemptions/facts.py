"""What is known about a borrower and one loan, as an assessment takes it.

``None`` means *not established*, which is never the same as no. Money is whole yen, a month an index
(``japan.months``), a day a ``date``. Nothing here reads the database or a clock: screens, the review queue, the night
and ``manage.py case`` build these values and hand them to :func:`exemptions.assess.assess`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from exemptions.enums import CertificateKind, Composition, EventKind, Ground, HouseholdSituation, Person
from repayment.entries import Entry
from repayment.position import PlanVersion
from repayment.schedule import Deferral


@dataclass(frozen=True, slots=True)
class TaxRecord:
    """The residence tax of one person in one fiscal year. A levy that is charged is True, one of zero False."""

    person: Person
    fiscal_year: int
    per_capita_levy: bool | None
    income_levy: bool | None


@dataclass(frozen=True, slots=True)
class Household:
    """What is known of the household at the exemption application (form 1-1-D, EX-12), and its kind (EX-40)."""

    borrower_is_head: bool | None = None
    head_was_separate_at_loan: bool | None = None
    head_certificate_unobtainable: bool | None = None
    composition: Composition | None = None

    @classmethod
    def of(cls, situation: HouseholdSituation | None, composition: Composition | None = None) -> Self:
        """Return what the one tick on form 1-1-D says; no tick says nothing."""
        if situation is None:
            return cls(composition=composition)
        head = situation == HouseholdSituation.BORROWER_IS_HEAD
        return cls(
            borrower_is_head=head,
            head_was_separate_at_loan=None if head else situation == HouseholdSituation.HEAD_WAS_SEPARATE,
            head_certificate_unobtainable=(
                None if head else situation == HouseholdSituation.HEAD_CERTIFICATE_UNOBTAINABLE
            ),
            composition=composition,
        )


@dataclass(frozen=True, slots=True)
class Certificate:
    """A disability certificate of the borrower; ``grade`` as written on it (``"2級"``, ``"マルA"``)."""

    kind: CertificateKind
    grade: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Event:
    """What befell the borrower, and when."""

    kind: EventKind
    on: date


@dataclass(frozen=True, slots=True)
class Application:
    """The form as it came in: the day of receipt and the numbers of the ticked consents.

    ``part`` are the yen asked for, where a notification or the council asks for a part only (H-13).
    """

    received_on: date
    consents: frozenset[int]
    part: int | None = None


@dataclass(frozen=True, slots=True)
class ExOfficio:
    """What the council itself begins (EX-54 … EX-56), and what it knows for it.

    ``unknown_since`` is the day from which nobody knows where the borrower is, ``mail_returned_on`` when a dunning
    letter came back, ``not_collectable`` whether it is on file that heirs cannot be made to pay.
    """

    ground: Ground
    unknown_since: date | None = None
    mail_returned_on: date | None = None
    not_collectable: bool = False


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """The loan as lent, and its repayment so far.

    ``household_size`` is that at lending (it decides the cap), ``first_month`` the first due month as planned before
    any deferral, ``disbursed_on`` the first disbursement where known. ``plans``, ``deferrals`` and ``entries`` are
    what ``repayment.position`` takes.
    """

    code: str
    fund: str
    applied_on: date
    household_size: int
    principal: int
    first_month: int
    plans: tuple[PlanVersion, ...]
    deferrals: tuple[Deferral, ...] = ()
    entries: tuple[Entry, ...] = ()
    disbursed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an assessment of one loan looks at.

    ``origins`` says where a value came from, by the name of the fact: ``residence_tax:borrower:2022``,
    ``household:borrower_is_head``, ``public_assistance_from``, ``certificate:PHYSICAL``, ``event:DEATH``,
    ``application:received_on``, ``application:consents``, ``loan``.
    """

    loan: LoanFacts
    household: Household = Household()
    taxes: tuple[TaxRecord, ...] = ()
    public_assistance_from: date | None = None
    public_assistance_until: date | None = None
    certificates: tuple[Certificate, ...] = ()
    events: tuple[Event, ...] = ()
    application: Application | None = None
    ex_officio: ExOfficio | None = None
    origins: Mapping[str, str] = field(default_factory=dict)

    def known_on(self, as_of: date) -> Self:
        """Return these facts without what lies after *as_of* and so cannot be known on that day.

        Ledger rows of later days are left to ``repayment.position``; a fiscal year's tax to the tax grounds.
        """

        def known(day: date | None) -> date | None:
            return day if day is not None and day <= as_of else None

        return replace(
            self,
            public_assistance_from=known(self.public_assistance_from),
            public_assistance_until=known(self.public_assistance_until),
            certificates=tuple(item for item in self.certificates if item.issued_on <= as_of),
            events=tuple(item for item in self.events if item.on <= as_of),
            application=self.application if self.application and self.application.received_on <= as_of else None,
        )
