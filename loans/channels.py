"""At which counter people applied: counts by channel, and the rows behind each count (MHLW Q&A vol. 17, question 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, Q, Sum

from japan.eras import fiscal_year
from loans.enums import FundKind, IntakeChannel, LendingState, LoanState
from loans.models import LendingApplication, Loan

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

LENT = (LoanState.APPROVED, LoanState.DISBURSING, LoanState.LENT)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which fiscal year of application (None: every year) and which fund (empty: all)."""

    year: int | None = None
    fund: str = ""

    def query(self, **more: str) -> str:
        """The same as the query of an address."""
        values = {"year": str(self.year or ""), "fund": self.fund, **more}
        return urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel: applications taken in, loans lent (those taken over from before included), and yen lent."""

    channel: str
    label: str
    applications: int
    loans: int
    amount: int


def applications_by(user: User, filters: Filters, *, channel: str = "") -> QuerySet[LendingApplication]:
    """Applications that were taken in; drafts are none yet."""
    rows = LendingApplication.objects.visible_to(user).exclude(state=LendingState.DRAFT).filter(_chosen(filters))
    return rows.filter(channel=channel) if channel else rows


def loans_by(user: User, filters: Filters, *, channel: str = "") -> QuerySet[Loan]:
    """Loans that were lent."""
    rows = Loan.objects.visible_to(user).filter(_chosen(filters), state__in=LENT)
    return rows.filter(channel=channel) if channel else rows


def channel_lines(user: User, filters: Filters) -> list[ChannelLine]:
    """One line for each channel, in the order of the list; two queries."""
    told = applications_by(user, filters).order_by().values("channel").annotate(found=Count("pk"))
    lent = loans_by(user, filters).order_by().values("channel").annotate(found=Count("pk"), yen=Sum("principal"))
    applications = {row["channel"]: row["found"] for row in told}
    loans = {row["channel"]: (row["found"], row["yen"]) for row in lent}
    return [
        ChannelLine(value, label, applications.get(value, 0), *loans.get(value, (0, 0)))
        for value, label in IntakeChannel.choices
    ]


def years_of(user: User) -> list[int]:
    """The fiscal years in which somebody applied, the latest first."""
    told = LendingApplication.objects.visible_to(user).aggregate(first=Min("applied_on"), last=Max("applied_on"))
    lent = Loan.objects.visible_to(user).aggregate(first=Min("applied_on"), last=Max("applied_on"))
    days = [day for row in (told, lent) for day in row.values() if day is not None]
    return list(range(fiscal_year(max(days)), fiscal_year(min(days)) - 1, -1)) if days else []


def _chosen(filters: Filters) -> Q:
    chosen = Q(fund=filters.fund) if filters.fund in FundKind.values else Q()
    if filters.year is not None:
        chosen &= Q(applied_on__gte=date(filters.year, 4, 1), applied_on__lt=date(filters.year + 1, 4, 1))
    return chosen
