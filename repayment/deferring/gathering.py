"""From rows to the facts that the rules of deferral look at. A constant number of queries for any number of loans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from loans.models import Loan
from people.enums import PaperKind
from repayment.deferring.assess import AskedDeferral, AskedLoan, LoanFindings, about_application, about_loan
from repayment.deferring.enums import DeferralChannel
from repayment.enums import HoldReason
from repayment.models import CollectionHold, Deferral, DeferralApplication, DeferralPaper, DeferralRequest
from repayment.position import Policy
from repayment.selectors import histories_of
from rulebook.rules import Check
from rulebook.selectors import settings_on
from rulebook.settings import Settings


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for one loan: from which month (index), and for how many months."""

    loan: Loan
    from_month: int
    months: int


@dataclass(frozen=True, slots=True)
class Look:
    """An application looked at on a day: what holds for all of it, and what was found for each loan, in order."""

    general: tuple[Check, ...]
    loans: tuple[tuple[DeferralRequest, LoanFindings], ...]
    as_of: date

    @property
    def fingerprint(self) -> str:
        """What a decision would do, in one short line; it changes when the decision would do something else."""
        said = [f"{request.pk}:{found.verdict}:{found.from_month}:{found.months}" for request, found in self.loans]
        return " ".join(said)


def look_at(application: DeferralApplication, *, as_of: date) -> Look:
    """Look at an application with the rules, settings and ledger of a day."""
    settings = settings_on(as_of)
    requests = list(application.requests.select_related("loan").order_by("loan__first_due_month", "loan__code"))
    kinds = DeferralPaper.objects.filter(application=application).values_list("kind", flat=True)
    asked = AskedDeferral(
        received_on=application.received_on,
        ground=application.ground,
        situation=application.situation,
        papers=frozenset(PaperKind(kind) for kind in kinds),
        by_phone=application.channel == DeferralChannel.PHONE,
        other_debt_is_housing=application.other_debt_is_housing,
        exemption_explained=application.exemption_explained,
        exemption_pending=exemption_pending([request.loan_id for request in requests]),
    )
    found = findings(asked, [Wish(each.loan, each.from_month, each.months) for each in requests], settings, as_of)
    return Look(
        general=about_application(asked, as_of=as_of),
        loans=tuple(zip(requests, found, strict=True)),
        as_of=as_of,
    )


def findings(asked: AskedDeferral, wishes: Sequence[Wish], settings: Settings, as_of: date) -> list[LoanFindings]:
    """What the rules find about each wish, in order."""
    ids = [wish.loan.pk for wish in wishes]
    histories, earlier, policy = histories_of(ids), granted_before(ids), Policy.of(settings)
    return [
        about_loan(
            asked,
            AskedLoan(
                code=wish.loan.code,
                principal=wish.loan.principal,
                plans=histories[wish.loan.pk].plans,
                deferrals=histories[wish.loan.pk].deferrals,
                entries=histories[wish.loan.pk].entries,
                from_month=wish.from_month,
                months=wish.months,
                earlier=earlier.get(wish.loan.pk, 0),
            ),
            settings=settings,
            policy=policy,
            as_of=as_of,
        )
        for wish in wishes
    ]


def granted_before(loan_ids: Iterable[int]) -> dict[int, int]:
    """How many deferrals each loan has had."""
    rows = Deferral.objects.filter(loan__in=list(loan_ids)).order_by().values("loan").annotate(number=Count("pk"))
    return {row["loan"]: row["number"] for row in rows}


def exemption_pending(loan_ids: Iterable[int]) -> bool:
    """Whether an exemption of one of these loans is being examined (DF-03)."""
    return CollectionHold.objects.filter(
        loan__in=list(loan_ids), reason=HoldReason.EXEMPTION_PENDING, until__isnull=True
    ).exists()
