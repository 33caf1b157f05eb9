"""The borrower page: one person with all loans, household, papers, letters and everything that happened.

Each app answers for its own part; this module only asks and lays the answers side by side. The number of queries does
not depend on how much there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from accounts.roles import Permission
from desk.timeline import Event, EventKind, timeline
from exemptions.candidates.listing import of_loans as candidates_of
from exemptions.evidence import HEAD_CHANGE_DAYS
from exemptions.models import FRUITLESS_STATES, OPEN_STATES, Application, Candidate
from exemptions.reliefs.selectors import ReliefMap, relief_map
from exemptions.years import YearsAsked
from loans.enums import FundKind
from loans.funds import FUNDS, cohort_of
from loans.intake.page import applications_of
from loans.models import LendingApplication, Loan
from loans.selectors import CohortText, cohort_text, of_person
from notices.models import Letter
from notices.selectors import for_person, label_of
from people.addresses import AddressView, address_for
from people.enums import Language
from people.households import HeadChange, HouseholdPeriod, Member, head_on, history_of
from people.models import MailBlock, Paper, Person, Phone, TaxCertificate, in_force
from people.selectors import offices_of
from repayment.deferring.selectors import Panel, panel_of
from repayment.figures import Figures, figures
from repayment.status import Standing, standings_of

if TYPE_CHECKING:
    from accounts.models import User

EVENTS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class LoanColumn:
    """One loan beside the others. ``standing`` and ``figures`` are missing while nothing has been lent."""

    loan: Loan
    cohort: CohortText
    standing: Standing | None
    figures: Figures | None
    application: Application | None
    may_enter: bool
    candidates: Sequence[Candidate] = ()


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """One residence record of the person; ``near`` are changes of head not long before an application came in."""

    period: HouseholdPeriod
    near: tuple[HeadChange, ...]


@dataclass(frozen=True, slots=True)
class LetterLine:
    letter: Letter
    label: str


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper that came in, and what it says if it is a tax certificate."""

    paper: Paper
    certificate: TaxCertificate | None


@dataclass(frozen=True, slots=True)
class KindChoice:
    """One way to narrow the timeline: the kind, how many events it has, and whether it is chosen."""

    kind: EventKind
    number: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class BorrowerPage:
    """Everything the page shows about one person to one reader on a day."""

    person: Person
    is_protected: bool
    address: AddressView
    may_ask_for_address: bool
    phones: tuple[Phone, ...]
    offices: tuple[str, ...]
    head: Member | None
    blocks: tuple[MailBlock, ...]
    columns: tuple[LoanColumn, ...]
    never_lent: tuple[str, ...]
    reliefs: ReliefMap
    households: tuple[HouseholdView, ...]
    linked: frozenset[int]
    applications: tuple[Application, ...]
    prints_forms: bool
    lending: tuple[LendingApplication, ...]
    lends: bool
    deferral: Panel
    eases: bool
    letters: tuple[LetterLine, ...]
    papers: tuple[PaperLine, ...]
    events: tuple[Event, ...]
    kinds: tuple[KindChoice, ...]
    hidden_events: int

    @property
    def speaks_other_language(self) -> bool:
        return self.person.language != Language.JAPANESE

    @property
    def shown_people(self) -> set[int]:
        """Keys of everybody whose data stand on the page, for the access log."""
        members = (member.person_id for household in self.households for member in household.period.members)
        return {self.person.pk, *members}


def borrower_page(person: Person, *, reader: User, on: date, kind: str = "", all_events: bool = False) -> BorrowerPage:
    """Ask every app for its part. ``kind`` narrows the timeline; without ``all_events`` it shows the newest ones."""
    loans = list(of_person(user=reader, person_id=person.pk))
    standings = standings_of([loan.pk for loan in loans], on)
    applications = list(
        Application.objects.filter(loan__in=loans).select_related("loan").order_by("-received_on", "-pk")
    )
    letters = list(for_person(person.pk)) if reader.can(Permission.SEE_LETTERS) else []
    papers = list(
        Paper.objects.filter(person=person).select_related("tax_certificate").order_by("-received_on", "-pk")
    )
    events = timeline(loans=loans, applications=applications, letters=letters, papers=papers)
    chosen = [event for event in events if not kind or event.kind.slug == kind]
    shown = chosen if all_events else chosen[:EVENTS_SHOWN]
    periods = history_of(person.pk)
    households = tuple(HouseholdView(period, near_changes(period, applications)) for period in periods)
    members = {member.person_id for household in households for member in household.period.members}
    address = address_for(person, reader=reader, on=on)
    return BorrowerPage(
        person=person,
        is_protected=person.protections.filter(in_force(on)).exists(),
        address=address,
        may_ask_for_address=address.withheld and reader.can(Permission.REQUEST_REVEAL),
        phones=tuple(person.phones.filter(in_force(on)).order_by("kind", "pk")),
        offices=tuple(offices_of([person.pk]).get(person.pk, ())),
        head=head_on(person.pk, on=on),
        blocks=tuple(person.mail_blocks.filter(in_force(on)).order_by("since")),
        columns=columns(
            loans,
            standings,
            applications,
            on=on,
            may_enter=reader.can(Permission.ENTER_EXEMPTIONS),
            candidates=candidates_of(loan.pk for loan in loans),
        ),
        never_lent=never_lent(loans),
        reliefs=relief_map(person, loans, on=on, periods=periods),
        households=households,
        linked=frozenset(Person.objects.visible_to(reader).filter(pk__in=members).values_list("pk", flat=True)),
        applications=tuple(applications),
        prints_forms=reader.can(Permission.ENTER_EXEMPTIONS) or reader.can(Permission.REVIEW_EXEMPTIONS),
        lending=tuple(applications_of(person.pk)),
        lends=reader.can(Permission.ENTER_LENDING),
        deferral=panel_of(person, on),
        eases=reader.can(Permission.ENTER_REPAYMENT),
        letters=tuple(LetterLine(letter, label_of(letter)) for letter in letters),
        papers=tuple(PaperLine(paper, getattr(paper, "tax_certificate", None)) for paper in papers),
        events=tuple(shown),
        kinds=tuple(
            KindChoice(each, sum(1 for event in events if event.kind is each), each.slug == kind) for each in EventKind
        ),
        hidden_events=len(chosen) - len(shown),
    )


def columns(
    loans: Sequence[Loan],
    standings: dict[int, Standing],
    applications: Sequence[Application],
    *,
    on: date,
    may_enter: bool,
    candidates: Mapping[int, Sequence[Candidate]] = MappingProxyType({}),
) -> tuple[LoanColumn, ...]:
    """The loans in the order of the funds, each with its open application."""
    pending = {application.loan_id: application for application in applications if application.state in OPEN_STATES}
    order = list(FundKind)
    found = []
    for loan in sorted(loans, key=lambda loan: (order.index(FundKind(loan.fund)), loan.applied_on, loan.pk)):
        standing = standings.get(loan.pk)
        found.append(
            LoanColumn(
                loan=loan,
                cohort=cohort_text(loan),
                standing=standing,
                figures=figures(standing.position) if standing else None,
                application=pending.get(loan.pk),
                may_enter=may_enter
                and can_be_exempted(loan, standing)
                and not is_asked_for(loan, applications, on=on),
                candidates=tuple(candidates.get(loan.pk, ())),
            )
        )
    return tuple(found)


def is_asked_for(loan: Loan, applications: Sequence[Application], *, on: date) -> bool:
    """Whether an application is open, or the year that a form of this day would name has had its decision."""
    year = YearsAsked.of(cohort_of(loan.fund, loan.applied_on), on).usual
    return any(
        each.state in OPEN_STATES or (each.state not in FRUITLESS_STATES and each.fiscal_year == year)
        for each in applications
        if each.loan_id == loan.pk
    )


def can_be_exempted(loan: Loan, standing: Standing | None) -> bool:
    """Whether an exemption form can be entered: a special loan of which something is still owed."""
    return FUNDS[FundKind(loan.fund)].special and standing is not None and standing.position.outstanding > 0


def never_lent(loans: Sequence[Loan]) -> tuple[str, ...]:
    """The special funds this person has never borrowed from: they keep their place on the page."""
    borrowed = {loan.fund for loan in loans}
    return tuple(fund.name_ja for kind, fund in FUNDS.items() if fund.special and kind not in borrowed)


def near_changes(period: HouseholdPeriod, applications: Sequence[Application]) -> tuple[HeadChange, ...]:
    """Changes of head within a year before an application was received (consent 6: none made for the purpose)."""
    window = timedelta(days=HEAD_CHANGE_DAYS)
    return tuple(
        change
        for change in period.head_changes
        if any(
            application.received_on - window <= change.on <= application.received_on for application in applications
        )
    )
