"""Everything that is held about one loan and its borrower, as the finding of candidates takes it. Money is whole yen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from exemptions.candidates.enums import CandidateKind
from exemptions.enums import CertificateKind, EventKind, Ground
from exemptions.facts import Facts


@dataclass(frozen=True, slots=True)
class TaxPaper:
    """A residence-tax certificate of the borrower on file.

    ``untaxed``: both levies are zero; ``no_income_levy``: the income-based one is. ``laid_to`` names the application of
    another loan that it came with, empty where it came with none.
    """

    fiscal_year: int
    untaxed: bool
    no_income_levy: bool
    received_on: date
    laid_to: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that says that the borrower receives public assistance: where it stands, and since when it is known.

    ``key`` tells one piece from the next, ``is_certificate`` whether it is the paper that the application needs. ``on`` is
    the day on which it came, None for a remark without one; ``since`` the day from which it is received, where that is said.
    """

    key: str
    words: str
    on: date | None
    is_certificate: bool = False
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Handbook:
    """A copy of a disability certificate on file: kind and grade, None where nobody wrote them down clearly."""

    paper_id: int
    received_on: date
    issued_on: date | None
    read: tuple[CertificateKind, str] | None


@dataclass(frozen=True, slots=True)
class Learned:
    """Something that says what befell the borrower. ``event`` is None where only the whereabouts are not known."""

    key: str
    words: str
    on: date | None
    event: EventKind | None
    wants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """A ground that an application asked for which was decided or taken back, or that the system before decided on."""

    ground: str
    fiscal_year: int | None
    on: date


@dataclass(frozen=True, slots=True)
class Known:
    """One loan with all that bears on the question. ``asked`` are the kinds the statement over the portfolio thought of.

    ``facts`` are what the rules take: no application, and no assistance, certificates or events, which the kinds put in
    from their own lists.
    """

    loan_id: int
    asked: frozenset[CandidateKind]
    facts: Facts
    tax_papers: tuple[TaxPaper, ...] = ()
    told: tuple[Told, ...] = ()
    handbooks: tuple[Handbook, ...] = ()
    learned: tuple[Learned, ...] = ()
    closed: tuple[Closed, ...] = ()

    def is_closed(self, ground: Ground, since: date | None) -> bool:
        """Whether a ground was decided, or an application on it taken back, on or after a day (None: at any time)."""
        return any(each.ground == ground and (since is None or each.on >= since) for each in self.closed)

    def is_year_closed(self, ground: Ground, years: tuple[int, ...], since: date | None = None) -> bool:
        """The same for a fiscal year's residence tax; a decision that names no year closes its ground."""
        return any(
            (since is None or each.on >= since)
            and (each.fiscal_year in years or (each.fiscal_year is None and each.ground == ground))
            for each in self.closed
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate. ``mark`` tells one occasion from the next; ``amount`` is what a decision of today would exempt.

    ``missing`` are papers and facts in words; ``ground`` is empty where none can be named yet.
    """

    loan_id: int
    kind: CandidateKind
    mark: str
    ground: str
    reason: str
    missing: tuple[str, ...]
    amount: int | None
