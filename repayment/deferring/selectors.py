"""Asking about deferrals: what waits, what runs and ends, and who is deferred without being connected. Sets, not loops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from japan.months import month_index
from loans.enums import LoanState
from loans.models import Loan
from people.enums import PaperKind
from people.models import Paper, Person
from repayment.deferring.enums import DeferralState, OfferOutcome
from repayment.deferring.timing import notice_month
from repayment.models import AgencyOffer, Deferral, DeferralApplication, DeferralEndRequest
from rulebook.selectors import settings_on, whole_number_on

if TYPE_CHECKING:
    from accounts.models import User

FROM_THE_AGENCY = (PaperKind.OPINION_LETTER,)
"""Papers that show somebody is known to the agency: its opinion on a deferral, not a slip from the days of lending."""


Rows = QuerySet[Any]
"""Rows with values worked out by the query beside their fields, which types cannot name."""


class Phase(models.TextChoices):
    """Where a granted deferral stands on a day; told from its months, never stored."""

    COMING = "coming", "猶予開始前"
    ACTIVE = "active", "猶予中"
    ENDING = "ending", "まもなく終了"
    ENDED = "ended", "終了"

    @property
    def meaning(self) -> str:
        """What the word means for the eye: "", key, caution, stop or done."""
        return {"coming": "key", "active": "key", "ending": "caution"}.get(self.value, "")


def phase_of(from_month: int, last_month: int, on: date, *, ahead: int) -> Phase:
    """Where a deferral of these months (index, the last one included) stands on a day; ``ahead`` months are the notice."""
    month = month_index(on)
    if month > last_month:
        return Phase.ENDED
    if month >= notice_month(from_month, last_month - from_month + 1, ahead=ahead):
        return Phase.ENDING
    return Phase.ACTIVE if month >= from_month else Phase.COMING


def with_last_month(rows: Rows) -> Rows:
    """Deferrals with ``last_month``, the last month they really have: what was decided, or the early end."""
    return rows.annotate(last_month=Coalesce("end__ends_after", F("from_month") + F("months") - 1))


def deferrals_of(user: User) -> Rows:
    """Deferrals this reader may know of, of loans that were not entered by mistake."""
    loans = Loan.objects.visible_to(user).exclude(state=LoanState.GIVEN_UP)
    return with_last_month(Deferral.objects.filter(loan__in=loans))


def running(rows: Rows, on: date) -> Rows:
    """Those whose months include the one of a day."""
    month = month_index(on)
    return rows.filter(from_month__lte=month, last_month__gte=month)


def not_over(rows: Rows, on: date) -> Rows:
    """Those that run or will begin."""
    return rows.filter(last_month__gte=month_index(on)).filter(last_month__gte=F("from_month"))


def ending(rows: Rows, on: date) -> Rows:
    """Those in whose last months a notice is due (setting ``deferral_end_notice_months``)."""
    ahead = whole_number_on("deferral_end_notice_months", on)
    return running(rows, on).filter(last_month__lte=ahead + (month_index(on) - 1))


def to_decide(user: User) -> QuerySet[DeferralApplication]:
    """Applications whose papers are there, waiting for a decision."""
    return DeferralApplication.objects.visible_to(user).filter(state=DeferralState.RECEIVED)


def waiting_for_papers(user: User) -> QuerySet[DeferralApplication]:
    return DeferralApplication.objects.visible_to(user).filter(state=DeferralState.INCOMPLETE)


def ends_to_answer(user: User) -> QuerySet[DeferralEndRequest]:
    """Early ends that wait for a second person."""
    return DeferralEndRequest.objects.filter(answer="", deferral__loan__in=Loan.objects.visible_to(user))


def deferred_people(user: User, on: date) -> Rows:
    """Borrowers with a deferral that runs or will begin, with ``offer``: what became of the newest offer of support."""
    theirs = not_over(with_last_month(Deferral.objects.filter(loan__borrower=OuterRef("pk"))), on)
    newest = AgencyOffer.objects.filter(deferral__loan__borrower=OuterRef("pk")).order_by("-on", "-pk")
    return (
        Person.objects.visible_to(user)
        .filter(Exists(theirs.exclude(loan__state=LoanState.GIVEN_UP)))
        .annotate(
            offer=Coalesce(Subquery(newest.values("outcome")[:1]), models.Value("")),
            last_deferred=Subquery(theirs.order_by("-last_month").values("last_month")[:1]),
            newest_deferral=Subquery(theirs.order_by("-last_month", "-pk").values("pk")[:1]),
        )
    )


def unconnected(user: User, on: date) -> Rows:
    """Deferred, and not connected with the agency: neither said so nor shown by a paper of the agency (features A-13)."""
    papers = Paper.objects.filter(person=OuterRef("pk"), kind__in=FROM_THE_AGENCY)
    return deferred_people(user, on).filter(~Q(offer=OfferOutcome.CONNECTED), ~Exists(papers))


def to_connect(user: User, on: date) -> Rows:
    """Of those not connected, the ones who have not said that they do not wish it."""
    return unconnected(user, on).exclude(offer=OfferOutcome.DECLINED)


def declined(user: User, on: date) -> Rows:
    return unconnected(user, on).filter(offer=OfferOutcome.DECLINED)


@dataclass(frozen=True, slots=True)
class Panel:
    """What the borrower page shows of deferral: the applications, newest first, and the deferrals not over, with phase."""

    applications: tuple[DeferralApplication, ...]
    deferrals: tuple[tuple[Any, Phase], ...]


def panel_of(person: Person, on: date) -> Panel:
    """A borrower's applications and deferrals; two queries and the settings. The asker has been admitted to the person."""
    rows = not_over(with_last_month(Deferral.objects.filter(loan__borrower=person)), on)
    ahead = settings_on(on).deferral_end_notice_months
    return Panel(
        applications=tuple(DeferralApplication.objects.filter(borrower=person).order_by("-received_on", "-pk")),
        deferrals=tuple(
            (row, phase_of(row.from_month, row.last_month, on, ahead=ahead))
            for row in rows.select_related("loan").order_by("from_month", "pk")
        ),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How much lies on the deferral desk; each number is a list."""

    to_decide: int
    incomplete: int
    ends: int
    ending: int
    running: int
    to_connect: int
    declined: int


def counts(user: User, on: date) -> Counts:
    """The numbers of the desk; one query each."""
    rows = deferrals_of(user)
    return Counts(
        to_decide=to_decide(user).count(),
        incomplete=waiting_for_papers(user).count(),
        ends=ends_to_answer(user).count(),
        ending=ending(rows, on).count(),
        running=running(rows, on).count(),
        to_connect=to_connect(user, on).count(),
        declined=declined(user, on).count(),
    )
