"""Whose loan a guide can matter for, found by statements over the portfolio and kept as rows; again changes nothing.

In June the borrowers of the loans judged in that fiscal year are told; in September those whose judgement year is over
and of whose loan a later year's tax would still take something (EX-20, EX-23; Hokkaido leaflet of 2024: "from September
2024"). Left out is who applied for that year already, and whose certificate of that year shows a levy. Whoever is left
alone for now waits with the reason, and is told once it has gone, as long as the year is the newest one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.actors import Actor
from audit.services import service
from exemptions.enums import ApplicationState
from exemptions.grounds.later_year import cut_off_from
from exemptions.guiding.enums import GuideKind
from exemptions.inquiry import newest_fixed_year
from exemptions.models import OPEN_STATES, Application, ExemptionGuide
from loans.enums import LoanState
from loans.funds import FUNDS
from loans.models import Loan
from people.models import TaxCertificate
from repayment.ageing import ageing_statement
from repayment.arrears.holding import dunning_held
from repayment.enums import HeldCause
from repayment.position import Policy
from rulebook.selectors import settings_on

JUDGEMENT_MONTH = 6
"""The month in which the borrowers of a judgement year are told (Hokkaido leaflet of 2024: June)."""
LATER_YEAR_MONTH = 9
"""The month in which those of a later year are told (Hokkaido leaflet of 2024: from September)."""

HOLDS_BACK = frozenset({HeldCause.EXEMPTION_PENDING, HeldCause.LEGAL, HeldCause.PROTECTED, HeldCause.DIED})
"""Who is not written to at all. A deferral or a promise is no reason to keep silent about an exemption."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a night found: new rows, rows held, rows given up because another year is the newest now."""

    new: int
    held: int
    lapsed: int


@service
def list_guides(*, on: date, by: Actor, at: datetime) -> Listed:
    """Bring the list up to a day."""
    new = 0
    if on.month == JUDGEMENT_MONTH:
        new += _insert(GuideKind.JUDGEMENT, on, _judged_in(on.year), through_month=None)
    if on.month == LATER_YEAR_MONTH:
        rules = settings_on(on)
        loans = _judged_before(newest_fixed_year(on))
        for month in range(12):
            cut_off = cut_off_from(month, on, inclusive=rules.later_year_anniversary_inclusive)
            began = loans.extra(where=["loans_loan.first_due_month %% 12 = %s"], params=[month])
            new += _insert(GuideKind.LATER_YEAR, on, began, through_month=cut_off - 1)
    of_the_year = ExemptionGuide.objects.exclude(kind=GuideKind.ON_REQUEST).filter(lapsed_on__isnull=True)
    lapsed = of_the_year.exclude(held="").filter(fiscal_year__lt=newest_fixed_year(on)).update(lapsed_on=on)
    return Listed(new, _hold(on), lapsed)


def _open_to(fiscal_year: int) -> QuerySet[Loan]:
    """Loans of the living for which nobody applied in that year, or is waiting, and whose tax of that year is not known."""
    applied = Application.objects.filter(loan=OuterRef("pk")).filter(
        Q(state__in=OPEN_STATES) | (Q(fiscal_year=fiscal_year) & ~Q(state=ApplicationState.WITHDRAWN))
    )
    charged = TaxCertificate.objects.filter(paper__person=OuterRef("borrower"), fiscal_year=fiscal_year).filter(
        Q(per_capita_levy=True) | Q(income_levy=True)
    )
    return Loan.objects.filter(
        ~Exists(applied), ~Exists(charged), state=LoanState.LENT, borrower__died_on__isnull=True
    )


def _judged_in(fiscal_year: int) -> QuerySet[Loan]:
    return _open_to(fiscal_year).filter(_cohorts(lambda years: years[-1] == fiscal_year))


def _judged_before(fiscal_year: int) -> QuerySet[Loan]:
    return _open_to(fiscal_year).filter(_cohorts(lambda years: years[-1] < fiscal_year))


def _cohorts(wanted: Any) -> Q:
    """The loans of the special funds whose judgement years are wanted."""
    found = Q(pk__in=[])
    for fund in FUNDS.values():
        for cohort in fund.cohorts:
            if fund.special and wanted(cohort.judgement_years):
                within = Q(fund=fund.kind)
                if cohort.applied_from is not None:
                    within &= Q(applied_on__gte=cohort.applied_from)
                if cohort.applied_until is not None:
                    within &= Q(applied_on__lte=cohort.applied_until)
                found |= within
    return found


def _insert(kind: GuideKind, on: date, loans: QuerySet[Loan], *, through_month: int | None) -> int:
    """A row for each of these loans of which something falls due after a month (None: of which anything is owed)."""
    aged = ageing_statement(as_of=on, policy=Policy.of(settings_on(on)), loans=loans, through_month=through_month)
    left = "a.outstanding" if through_month is None else "a.outstanding - a.arrears"
    sql = f"""
        insert into exemptions_exemptionguide (loan_id, kind, fiscal_year, listed_on, held, ready_on)
        select a.loan_id, %(kind)s, %(year)s, %(on)s, '', %(on)s
        from ({aged.sql}) as a where {left} > 0 order by a.loan_id
        on conflict do nothing
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, aged.params | {"kind": kind.value, "year": newest_fixed_year(on), "on": on})
        return cursor.rowcount


def held_back(loan_ids: list[int], on: date) -> dict[int, HeldCause]:
    """Of these loans, those whose borrowers are not written to on a day, with the first reason."""
    found = {}
    for loan_id, held in dunning_held(loan_ids, on).items():
        cause = next((each.cause for each in held if each.cause in HOLDS_BACK), None)
        if cause is not None:
            found[loan_id] = cause
    return found


def _hold(on: date) -> int:
    """Write down who of the rows still open is left out and why; how many are."""
    rows = list(ExemptionGuide.objects.filter(lapsed_on__isnull=True).exclude(ready_on__lt=on))
    causes = held_back([row.loan_id for row in rows], on)
    changed = []
    for row in rows:
        cause = causes.get(row.loan_id)
        if (cause or "") != row.held:
            row.held, row.ready_on = (cause, None) if cause else ("", on)
            changed.append(row)
    ExemptionGuide.objects.bulk_update(changed, ["held", "ready_on"], batch_size=1_000)
    return len(causes)
