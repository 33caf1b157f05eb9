"""What is held about a block of loans, as the rules take it: a constant number of queries, and not one row written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from exemptions.enums import EventKind, HouseholdSituation, Person
from exemptions.facts import Application as ReceivedForm
from exemptions.facts import Event, Facts, Household, LoanFacts, TaxRecord
from exemptions.models import OPEN_STATES, Application
from loans.models import Loan
from people.households import heads_on
from people.models import TaxCertificate
from people.papers import tax_certificates_of
from repayment.enums import LedgerKind
from repayment.models import LoanTotals
from repayment.selectors import History, histories_of
from rulebook.moves import Moves

BLOCK = 500
"""Loans in a block, by their keys: block 3 holds the keys 1500 … 1999, whatever else there is."""


@dataclass(frozen=True, slots=True)
class Held:
    """One loan with everything held about it; ``rate_bp`` is its contract's rate of late interest."""

    loan_id: int
    fund: str
    office_id: int
    rate_bp: int
    applied: bool
    facts: Facts


@contextmanager
def reading_only() -> Iterator[None]:
    """Let the database refuse every write until this ends; inside a transaction, which then may write again."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction read only")
        yield


def blocks() -> list[int]:
    """The numbers of the blocks that hold any loan with a plan; one query."""
    with connection.cursor() as cursor:
        table = LoanTotals._meta.db_table
        cursor.execute(f"select distinct loan_id / {BLOCK} from {table} order by 1")
        return [number for (number,) in cursor.fetchall()]


def loans_in(block: int, *, moves: Moves, as_of: date) -> list[int]:
    """The loans of a block that a change could touch at all, by key.

    Where nothing but exemptions moves, loans whose principal is gone are left out: everything was paid or exempted by the
    day, before any late interest could run, and nothing of it was revoked.
    """
    rows = LoanTotals.objects.filter(loan__gte=block * BLOCK, loan__lt=(block + 1) * BLOCK)
    values = rows.order_by("loan").values_list(
        "loan_id", "lent", "net", "exempted", "revocations", "last_on", "deadline_on"
    )
    return [
        loan_id
        for loan_id, lent, net, exempted, revocations, last_on, deadline_on in values
        if moves is Moves.REPAYMENT or revocations or last_on > min(as_of, deadline_on) or net + exempted < lent
    ]


def held_facts(loan_ids: Iterable[int], *, on: date) -> list[Held]:
    """Everything held about these loans, as it stands on a day; nine queries for any number of loans.

    A loan whose application is open is asked about as that application (its receipt, consents, household and head); any other
    as if its borrower applied on the day, with the household as the residence record shows it.
    """
    ids = list(loan_ids)
    loans = list(Loan.objects.filter(pk__in=ids).select_related("borrower").order_by("pk"))
    forms = {form.loan_id: form for form in Application.objects.filter(loan__in=ids, state__in=OPEN_STATES)}
    histories = histories_of(ids)
    heads = _heads([loan for loan in loans if loan.pk not in forms], on)
    heads |= {form.loan_id: form.head_id for form in forms.values()}
    people = {loan.borrower_id for loan in loans} | {head for head in heads.values() if head is not None}
    certificates = _certificates(people)
    return [_held(loan, forms.get(loan.pk), histories[loan.pk], heads.get(loan.pk), certificates) for loan in loans]


def _heads(loans: list[Loan], on: date) -> dict[int, int | None]:
    """The registered head of each borrower's household, by loan."""
    found = heads_on({loan.borrower_id for loan in loans}, on=on)
    return {loan.pk: found[loan.borrower_id].person_id for loan in loans if loan.borrower_id in found}


def _certificates(people: Iterable[int]) -> dict[int, list[TaxCertificate]]:
    """The certificates that count, by person: of each fiscal year those issued last, as an application reads them."""
    newest: dict[tuple[int, int], date | None] = {}
    found: dict[int, list[TaxCertificate]] = defaultdict(list)
    for row in tax_certificates_of(sorted(people)):
        key = (row.paper.person_id, row.fiscal_year)
        if newest.setdefault(key, row.paper.issued_on) == row.paper.issued_on:
            found[row.paper.person_id].append(row)
    return found


def _held(
    loan: Loan,
    form: Application | None,
    history: History,
    head: int | None,
    certificates: dict[int, list[TaxCertificate]],
) -> Held:
    borrower = loan.borrower
    disbursed = (entry.effective_on for entry in history.entries if entry.kind == LedgerKind.DISBURSED)
    facts = Facts(
        loan=LoanFacts(
            code=loan.code,
            fund=loan.fund,
            applied_on=loan.applied_on,
            household_size=loan.household_size,
            principal=loan.principal,
            first_month=loan.first_due_month,
            plans=history.plans,
            deferrals=history.deferrals,
            entries=history.entries,
            disbursed_on=min(disbursed, default=None),
        ),
        household=_household(form, head, borrower.pk),
        taxes=tuple(_taxes(borrower.pk, head, certificates)),
        events=(Event(EventKind.DEATH, borrower.died_on),) if borrower.died_on is not None else (),
        application=ReceivedForm(form.received_on, frozenset(form.consents)) if form is not None else None,
    )
    return Held(loan.pk, loan.fund, loan.office_id, loan.late_interest_rate_bp, form is not None, facts)


def _household(form: Application | None, head: int | None, borrower: int) -> Household:
    if form is not None:
        return Household.of(HouseholdSituation(form.situation) if form.situation else None)
    return Household(borrower_is_head=None if head is None else head == borrower)


def _taxes(borrower: int, head: int | None, certificates: dict[int, list[TaxCertificate]]) -> Iterator[TaxRecord]:
    for person, key in ((Person.BORROWER, borrower), (Person.HEAD, head)):
        if key is None or (person == Person.HEAD and key == borrower):
            continue
        for row in certificates.get(key, ()):
            yield TaxRecord(person, row.fiscal_year, row.per_capita_levy, row.income_levy)
