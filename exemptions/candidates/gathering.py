"""What is held about some loans, as the finding takes it: a constant number of queries however many loans they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from exemptions.candidates.composition import composition_of
from exemptions.candidates.hearing import hear
from exemptions.candidates.homes import Home, homes_of
from exemptions.candidates.known import Closed, Known, TaxPaper
from exemptions.candidates.portfolio import Thought
from exemptions.enums import ApplicationState, Person
from exemptions.evidence import loan_facts
from exemptions.facts import Facts, TaxRecord
from exemptions.models import DECIDED_STATES, Application, ApplicationPaper, Decision, PriorDecision
from loans.enums import FundKind
from loans.models import Loan
from people.models import TaxCertificate
from people.papers import tax_certificates_of
from repayment.selectors import histories_of

Certificates = dict[int, list[TaxCertificate]]
Laid = dict[int, list[tuple[int, str]]]


def gather(thought: Thought, *, on: date, elderly_age: int) -> list[Known]:
    """Everything held about the loans thought of, as it stands on a day."""
    loans = list(Loan.objects.filter(pk__in=list(thought)).order_by("pk"))
    people = {loan.borrower_id for loan in loans}
    histories = histories_of(thought)
    homes = homes_of(people, on=on)
    heads = {home.head for home in homes.values() if home.head is not None}
    certificates = _certificates(people | heads, on)
    laid = _laid(certificates)
    heard = hear(loans, household={key for home in homes.values() for key, _, _ in home.people}, on=on)
    closed = _closed(loans)
    found = []
    for loan in loans:
        person, home = loan.borrower_id, homes.get(loan.borrower_id, _NOBODY_KNOWN)
        household = replace(
            home.situation(person, loan.applied_on),
            composition=composition_of(home.residents(person, heard.disabled), on=on, elderly_age=elderly_age),
        )
        facts = Facts(
            loan=loan_facts(loan, histories[loan.pk]),
            household=household,
            taxes=tuple(_taxes(person, home.head, certificates)),
        )
        known = Known(
            loan_id=loan.pk,
            asked=thought[loan.pk],
            facts=facts,
            tax_papers=tuple(_tax_papers(loan, certificates[person], laid)),
            told=heard.told_of(loan),
            handbooks=tuple(heard.handbooks[person]),
            learned=heard.learned_of(loan),
            closed=tuple(closed[loan.pk]),
        )
        found.append(known)
    return found


_NOBODY_KNOWN = Home((), None, (), ())


def _certificates(people: Collection[int], on: date) -> Certificates:
    """The certificates that count, by person: of each fiscal year those issued last, as an application reads them."""
    newest: dict[tuple[int, int], date | None] = {}
    found: Certificates = defaultdict(list)
    for row in tax_certificates_of(list(people), received_by=on):
        key = (row.paper.person_id, row.fiscal_year)
        if newest.setdefault(key, row.paper.issued_on) == row.paper.issued_on:
            found[row.paper.person_id].append(row)
    return found


def _laid(certificates: Certificates) -> Laid:
    """Which loans' applications each paper was laid to: the loan's key, and the application in words."""
    papers = {row.paper_id for rows in certificates.values() for row in rows}
    rows = ApplicationPaper.objects.filter(paper__in=papers).order_by("application")
    found: Laid = defaultdict(list)
    for paper, loan, fund, application in rows.values_list(
        "paper_id", "application__loan_id", "application__loan__fund", "application_id"
    ):
        found[paper].append((loan, f"{FundKind(fund).label}の申請 E-{application:07d} "))
    return found


def _taxes(borrower: int, head: int | None, certificates: Certificates) -> Iterable[TaxRecord]:
    for person, key in ((Person.BORROWER, borrower), (Person.HEAD, head)):
        if key is None or (person == Person.HEAD and key == borrower):
            continue
        for row in certificates[key]:
            yield TaxRecord(person, row.fiscal_year, row.per_capita_levy, row.income_levy)


def _tax_papers(loan: Loan, rows: list[TaxCertificate], laid: Laid) -> Iterable[TaxPaper]:
    by_year: dict[int, list[TaxCertificate]] = defaultdict(list)
    for row in rows:
        by_year[row.fiscal_year].append(row)
    for year, same in by_year.items():
        others = [words for row in same for key, words in laid[row.paper_id] if key != loan.pk]
        yield TaxPaper(
            fiscal_year=year,
            untaxed=not any(row.per_capita_levy or row.income_levy for row in same),
            no_income_levy=not any(row.income_levy for row in same),
            received_on=max(row.paper.received_on for row in same),
            laid_to=others[0].strip() if others else "",
        )


def _closed(loans: list[Loan]) -> dict[int, list[Closed]]:
    """What was decided about these loans or taken back, here and in the system before; two queries."""
    found: dict[int, list[Closed]] = defaultdict(list)
    by_key = {loan.pk: loan for loan in loans}
    rows = Application.objects.filter(loan__in=by_key, state__in=[*DECIDED_STATES, ApplicationState.WITHDRAWN])
    standing = Decision.objects.filter(application=OuterRef("pk")).values("decided_on")
    for loan_id, ground, ticked, year, since, decided_on in rows.values_list(
        "loan_id", "ground", "ticked", "fiscal_year", "state_since", Subquery(standing)
    ):
        day = decided_on or timezone.localtime(since).date()
        found[loan_id] += [Closed(each, year, day) for each in {ground, *ticked}]
    prior = PriorDecision.objects.filter(loan__in=by_key)
    for loan_id, ground, of_year, day in prior.values_list("loan_id", "ground", "fiscal_year", "decided_on"):
        found[loan_id].append(Closed(ground, of_year, day))
    return found
