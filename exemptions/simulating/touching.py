"""Loans that a setting cannot touch, told from their facts: they need not be asked twice.

Whoever says that a loan is not touched must be right for every loan; ``tests/exemptions/test_simulating_touch.py`` asks both
ways over invented loans. A setting without an entry may touch every loan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from exemptions.enums import CertificateKind
from exemptions.facts import Facts
from exemptions.grounds.residence_tax import is_late
from exemptions.inquiry import Inquiry
from japan.months import month_index
from loans.funds import fund
from rulebook.settings import Settings

Touches = Callable[[Facts, Settings, Settings, date], bool]


def may_touch(key: str, facts: Facts, before: Settings, after: Settings, as_of: date) -> bool:
    """Whether going over from ``before`` to ``after`` may change what the rules say of a loan on a day."""
    touches = _TOUCHES.get(key)
    return before != after and (touches is None or touches(facts, before, after, as_of))


def _special(facts: Facts, before: Settings, after: Settings, as_of: date) -> bool:
    return fund(facts.loan.fund).special


def _in_its_anniversary(facts: Facts, before: Settings, after: Settings, as_of: date) -> bool:
    received = Inquiry(facts.known_on(as_of), before, as_of).received_on
    return fund(facts.loan.fund).special and (month_index(received) - facts.loan.first_month) % 12 == 0


def _by_its_window(facts: Facts, before: Settings, after: Settings, as_of: date) -> bool:
    known = facts.known_on(as_of)
    return is_late(Inquiry(known, before, as_of)) is not is_late(Inquiry(known, after, as_of))


def _with_intellectual_certificate(facts: Facts, before: Settings, after: Settings, as_of: date) -> bool:
    return any(item.kind == CertificateKind.INTELLECTUAL for item in facts.certificates)


def _on_assistance(facts: Facts, before: Settings, after: Settings, as_of: date) -> bool:
    return facts.public_assistance_from is not None


def _with_event(facts: Facts, before: Settings, after: Settings, as_of: date) -> bool:
    return bool(facts.events)


_TOUCHES: Mapping[str, Touches] = {
    "late_application_policy": _special,
    "late_application_cutoff": _special,
    "later_year_anniversary_inclusive": _in_its_anniversary,
    "exemption_window": _by_its_window,
    "accept_intellectual_severe": _with_intellectual_certificate,
    "req4_months": _special,
    "req4_growth_window_months": _special,
    "public_assistance_before_disbursement_excluded": _on_assistance,
    "other_grounds_wait_for_start": _with_event,
}
