"""Facts, checks and what was seen of them, frozen as JSON: what an assessment keeps and a decision is proved by.

Years later the stored facts can be read back and assessed again by the same function. Dates are ISO text, months
``YYYY-MM``, yen whole numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final, Protocol

from exemptions.assessment import Assessment
from exemptions.enums import CertificateKind, Composition, EventKind, Ground, Person
from exemptions.facts import (
    Application,
    Certificate,
    Event,
    ExOfficio,
    Facts,
    Household,
    LoanFacts,
    TaxRecord,
)
from japan.months import month_text, parse_month
from repayment.entries import Entry
from repayment.position import PlanVersion
from repayment.schedule import Deferral, Plan
from rulebook.rules import Check


class Stored(Protocol):
    """An assessment as it is kept: its columns, and its checks as :func:`check_to_json` wrote them."""

    result: str
    ground: str
    amount: int
    remaining: int
    first_no: int | None
    last_no: int | None
    cut_off: int | None
    missing: list[str]
    checks: list[dict[str, Any]]


MONTHS = frozenset({"first_month", "from_month"})
_PLAIN_ALREADY: Final = frozenset({str, int, bool, type(None)})


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """Return the facts as plain JSON."""
    plain: dict[str, Any] = _plain(facts)
    return plain


def facts_from_json(data: Mapping[str, Any]) -> Facts:
    """Return the facts as they were, equal to what :func:`facts_to_json` was given."""
    loan = data["loan"]
    household = data["household"]
    application = data["application"]
    return Facts(
        loan=LoanFacts(
            code=loan["code"],
            fund=loan["fund"],
            applied_on=date.fromisoformat(loan["applied_on"]),
            household_size=loan["household_size"],
            principal=loan["principal"],
            first_month=parse_month(loan["first_month"]),
            plans=tuple(_plan_version(item) for item in loan["plans"]),
            deferrals=tuple(_deferral(item) for item in loan["deferrals"]),
            entries=tuple(_entry(item) for item in loan["entries"]),
            disbursed_on=_day(loan["disbursed_on"]),
        ),
        household=Household(
            borrower_is_head=household["borrower_is_head"],
            head_was_separate_at_loan=household["head_was_separate_at_loan"],
            head_certificate_unobtainable=household["head_certificate_unobtainable"],
            composition=Composition(household["composition"]) if household["composition"] else None,
        ),
        taxes=tuple(TaxRecord(**{**item, "person": Person(item["person"])}) for item in data["taxes"]),
        public_assistance_from=_day(data["public_assistance_from"]),
        public_assistance_until=_day(data["public_assistance_until"]),
        certificates=tuple(
            Certificate(CertificateKind(item["kind"]), item["grade"], date.fromisoformat(item["issued_on"]))
            for item in data["certificates"]
        ),
        events=tuple(Event(EventKind(item["kind"]), date.fromisoformat(item["on"])) for item in data["events"]),
        application=(
            Application(
                date.fromisoformat(application["received_on"]),
                frozenset(application["consents"]),
                application.get("part"),
            )
            if application
            else None
        ),
        ex_officio=_ex_officio(data.get("ex_officio")),
        origins=dict(data["origins"]),
    )


def check_to_json(check: Check) -> dict[str, Any]:
    """Return one check as it is shown: the rule's version, sentence and source beside what was found."""
    return {
        "rule": check.rule.code,
        "version": check.rule.version,
        "wording": check.rule.wording_ja,
        "source": str(check.rule.source),
        "finding": check.finding.value,
        "subject": check.subject,
        "value": check.value,
        "because": check.because,
        "would_change": check.would_change,
        "change_fact": check.change_fact,
        "origin": check.origin,
        "facts": list(check.facts),
        "missing": list(check.missing),
    }


def fingerprint(assessment: Assessment) -> str:
    """Return a short digest of everything about an assessment that a reviewer decides on, but not of its day.

    Two assessments with the same digest have the same result, ground, yen, instalments and findings.
    """
    essence = {
        "result": assessment.result.value,
        "ground": assessment.ground.value if assessment.ground else "",
        "amount": assessment.amount,
        "remaining": assessment.remaining,
        "instalments": [assessment.first_no, assessment.last_no],
        "cut_off": assessment.cut_off,
        "missing": list(assessment.missing),
        "checks": [
            [check.rule.version, check.subject, check.finding.value, check.value] for check in assessment.checks
        ],
    }
    return _digest(essence)


def stored_fingerprint(row: Stored) -> str:
    """Return the digest of an assessment that was stored, equal to :func:`fingerprint` of what was stored."""
    essence = {
        "result": row.result,
        "ground": row.ground,
        "amount": row.amount,
        "remaining": row.remaining,
        "instalments": [row.first_no, row.last_no],
        "cut_off": row.cut_off,
        "missing": list(row.missing),
        "checks": [[check["version"], check["subject"], check["finding"], check["value"]] for check in row.checks],
    }
    return _digest(essence)


def _digest(essence: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(essence, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:20]


def _plain(value: Any, name: str = "") -> Any:
    if type(value) in _PLAIN_ALREADY:
        return month_text(value) if name in MONTHS else value
    if is_dataclass(value) and not isinstance(value, type):
        return {part: _plain(getattr(value, part), part) for part in _parts(type(value))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


@cache
def _parts(of: type) -> tuple[str, ...]:
    return tuple(part.name for part in fields(of))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _ex_officio(data: Mapping[str, Any] | None) -> ExOfficio | None:
    if data is None:
        return None
    days = {name: _day(data[name]) for name in ("unknown_since", "mail_returned_on")}
    return ExOfficio(Ground(data["ground"]), **days, not_collectable=data["not_collectable"])


def _plan_version(data: Mapping[str, Any]) -> PlanVersion:
    plan = {**data["plan"], "first_month": parse_month(data["plan"]["first_month"])}
    return PlanVersion(data["version"], date.fromisoformat(data["effective_on"]), Plan(**plan), data["debit_day"])


def _deferral(data: Mapping[str, Any]) -> Deferral:
    return Deferral(**{**data, "from_month": parse_month(data["from_month"])})


def _entry(data: Mapping[str, Any]) -> Entry:
    days = {"effective_on": date.fromisoformat(data["effective_on"]), "due_on": _day(data["due_on"])}
    return Entry(**{**data, **days})
