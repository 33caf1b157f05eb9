"""Invented borrowers and loans for the pure rules; a case reads as what differs from the plain one."""

from __future__ import annotations

from datetime import date
from typing import Any

from exemptions.assess import assess
from exemptions.assessment import Assessment, GroundOutcome
from exemptions.enums import CertificateKind, EventKind, Ground, Person
from exemptions.facts import Application, Certificate, Event, Facts, Household, LoanFacts, TaxRecord
from japan.months import month_text, parse_month
from repayment.entries import PAID, Entry
from repayment.position import PlanVersion
from repayment.schedule import Deferral, make_plan
from rulebook.settings import Settings

ALL_CONSENTS = frozenset(range(1, 7))
HEAD = Household(borrower_is_head=True)
SINGLE_PARENT_HEAD = {"borrower_is_head": True, "composition": "single_parent"}


def day(text: str) -> date:
    return date.fromisoformat(text)


def a_loan(
    fund: str = "SP_GS_INITIAL",
    *,
    principal: int = 600_000,
    count: int = 120,
    first: str = "2023-01",
    applied: str = "2020-06-10",
    size: int = 2,
    paid: tuple[tuple[str, int], ...] = (),
    deferrals: tuple[tuple[str, int], ...] = (),
    entries: tuple[Entry, ...] = (),
    disbursed: str | None = None,
    debit_day: int = 26,
) -> LoanFacts:
    plan = make_plan(principal=principal, count=count, first_month=parse_month(first))
    return LoanFacts(
        code="0200001",
        fund=fund,
        applied_on=day(applied),
        household_size=size,
        principal=principal,
        first_month=parse_month(first),
        plans=(PlanVersion(1, day(applied), plan, debit_day),),
        deferrals=tuple(Deferral(parse_month(start), months) for start, months in deferrals),
        entries=(*(Entry(PAID, amount, day(on), f"p{i}") for i, (on, amount) in enumerate(paid)), *entries),
        disbursed_on=day(disbursed) if disbursed else None,
    )


SMALL: dict[str, Any] = {"fund": "SP_SMALL", "principal": 200_000, "count": 24, "size": 1}


def monthly(first: str, count: int, amount: int) -> tuple[tuple[str, int], ...]:
    """Payments of *amount* yen on the 26th of *count* months."""
    start = parse_month(first)
    return tuple((f"{month_text(start + i)}-26", amount) for i in range(count))


def untaxed(year: int, person: str = "borrower") -> TaxRecord:
    return TaxRecord(Person(person), year, False, False)


def taxed(year: int, person: str = "borrower") -> TaxRecord:
    return TaxRecord(Person(person), year, True, True)


def received(on: str, consents: frozenset[int] = ALL_CONSENTS) -> Application:
    return Application(day(on), consents)


def a_certificate(kind: str, grade: str, issued: str) -> Certificate:
    return Certificate(CertificateKind(kind), grade, day(issued))


def an_event(kind: str, on: str) -> Event:
    return Event(EventKind(kind), day(on))


def facts_of(loan: LoanFacts | None = None, *taxes: TaxRecord, **known: Any) -> Facts:
    """Facts about a borrower who is head of household unless something else is said."""
    known.setdefault("household", HEAD)
    return Facts(loan=loan or a_loan(), taxes=taxes, **known)


def assessed(facts: Facts, as_of: str, **settings: Any) -> Assessment:
    return assess(facts, settings=Settings.defaults().with_values(settings), as_of=day(as_of))


def answer(found: Assessment) -> tuple[str, str | None, int, int]:
    """Result, ground, amount and remaining: what a decision would rest on."""
    return found.result.value, found.ground.value if found.ground else None, found.amount, found.remaining


def outcome(found: Assessment, ground: Ground) -> GroundOutcome:
    return next(item for item in found.grounds if item.ground == ground)


def month(index: int | None) -> str | None:
    return None if index is None else month_text(index)
