"""The one input that a finding names, turned: the same question in which the finding comes out the other way.

What a check names itself (``change_fact``) is turned here; what the other checks rest on is named in ``naming.py``.
Pure, so that a page can ask what the whole answer would then be, and a test can ask it for every rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from exemptions.enums import CONSENT_NUMBERS, CertificateKind, Composition, EventKind, Person
from exemptions.facts import Certificate, Event, TaxRecord
from exemptions.inquiry import tax_fixed_on
from exemptions.trace.naming import unnamed_turn
from exemptions.trace.questions import Question, Turn
from japan.months import day_in, month_index
from rulebook.findings import Finding
from rulebook.rules import Check


def turn_of(check: Check, question: Question) -> Turn | None:
    """Return the input whose change turns this finding; None where no single input would."""
    if not check.change_fact:
        return unnamed_turn(check, question)
    kind, _, rest = check.change_fact.partition(":")
    if kind not in _TURNS:
        return None
    return Turn(check.change_fact, check.would_change, _TURNS[kind](check, question, rest))


def turned_finding(check: Check, after: tuple[Check, ...]) -> Check | None:
    """Return the same look at the same rule in another answer; None where that answer does not look there."""
    key = (check.rule.code, check.subject, check.facts)
    return next((it for it in after if (it.rule.code, it.subject, it.facts) == key), None)


def _tax(check: Check, question: Question, rest: str) -> Question:
    person, year = rest.split(":")
    charged = check.finding is Finding.MET
    record = TaxRecord(Person(person), int(year), charged, charged)
    others = (it for it in question.facts.taxes if (it.person.value, it.fiscal_year) != (person, int(year)))
    return question.with_facts(taxes=(*others, record))


def _household(check: Check, question: Question, rest: str) -> Question:
    if rest != "composition":
        return question.with_household(**{rest: True})
    kind = Composition.OTHER if check.finding is Finding.MET else Composition.SINGLE_PARENT
    return question.with_household(composition=kind)


def _certificate(check: Check, question: Question, rest: str) -> Question:
    others = tuple(it for it in question.facts.certificates if it.kind.value != rest)
    if check.finding is Finding.MET:
        return question.with_facts(certificates=others)
    grade = "A" if rest == CertificateKind.INTELLECTUAL else "1級"
    issued = Certificate(CertificateKind(rest), grade, question.inquiry.received_on)
    return question.with_facts(certificates=(*others, issued))


def _event(check: Check, question: Question, rest: str) -> Question:
    events = question.facts.events
    if check.finding is Finding.MET:
        return question.with_facts(events=tuple(it for it in events if it.kind.value != rest))
    return question.with_facts(events=(*events, Event(EventKind(rest), question.as_of)))


def _application(check: Check, question: Question, rest: str) -> Question:
    form = question.facts.application
    if rest == "consents":
        assert form is not None
        turned = form.consents - {3} if check.finding is Finding.MET else frozenset(CONSENT_NUMBERS)
        return question.with_facts(application=replace(form, consents=turned))
    year = question.inquiry.cohort.judgement_years[-1] + 1
    return question.received_on(tax_fixed_on(year) - timedelta(days=check.finding is Finding.MET))


def _assistance(check: Check, question: Question, rest: str) -> Question:
    met, loan = check.finding is Finding.MET, question.facts.loan
    if "loan" in check.facts:  # begun between loan application and disbursement
        assert loan.disbursed_on is not None
        return question.with_facts(public_assistance_from=loan.applied_on if met else loan.disbursed_on)
    return question.with_facts(public_assistance_from=question.inquiry.received_on + timedelta(days=met))


def _assistance_goes_on(check: Check, question: Question, rest: str) -> Question:
    return question.with_facts(public_assistance_until=None)


def _ex_officio(check: Check, question: Question, rest: str) -> Question:
    begun = question.facts.ex_officio
    assert begun is not None
    if rest == "mail_returned_on":
        return question.with_facts(ex_officio=replace(begun, mail_returned_on=question.inquiry.received_on))
    return question.with_facts(ex_officio=replace(begun, not_collectable=True))


def _payments(check: Check, question: Question, rest: str) -> Question:
    received_on = question.inquiry.received_on
    if check.rule.code in ("EX-40", "EX-54", "EX-56"):  # enough paid by receipt
        return question.paid(question.facts.loan.principal, received_on)
    if check.finding is Finding.MET:
        return question.unpaid()
    return question.paid(1, received_on)


def _as_of(check: Check, question: Question, rest: str) -> Question:
    inquiry = question.inquiry
    if check.rule.code in LAPSES:
        return question.received_on(_lapsed_on(check, question))
    if check.rule.code == "EX-10":
        return replace(question, as_of=tax_fixed_on(inquiry.cohort.judgement_years[0]))
    return question.looked_at_on(inquiry.begins_on - timedelta(days=check.finding is Finding.MET))


LAPSES = ("EX-54", "EX-55")
"""Rules of the council's own exemptions that ask for a lapse of time."""


def _lapsed_on(check: Check, question: Question) -> date:
    """The day on which the time has passed that an untraceable borrower must have been gone."""
    begun, inquiry, settings = question.facts.ex_officio, question.inquiry, question.settings
    assert begun is not None and begun.unknown_since is not None
    if check.rule.code == "EX-54":
        since, months = begun.unknown_since, settings.untraceable_lapse_months
    else:
        since = max(begun.unknown_since, inquiry.position.deadline)
        months = 12 * settings.unknown_after_deadline_years
    return day_in(month_index(since) + months, since.day)


_TURNS: dict[str, Callable[[Check, Question, str], Question]] = {
    "residence_tax": _tax,
    "household": _household,
    "certificate": _certificate,
    "event": _event,
    "ex_officio": _ex_officio,
    "application": _application,
    "public_assistance_from": _assistance,
    "public_assistance_until": _assistance_goes_on,
    "payments": _payments,
    "as_of": _as_of,
}
