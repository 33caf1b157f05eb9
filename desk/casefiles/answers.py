"""The answers to a case file's questions, as JSON objects. Months are ``"2024-01"``, days ISO, amounts whole yen."""

from __future__ import annotations

from typing import Any

from desk.casefiles.parse import CaseFile
from exemptions.assess import assess
from exemptions.assessment import Assessment
from exemptions.facts import Facts
from japan.months import month_text
from loans.lending.assess import assess_lending
from repayment.position import Policy, position
from rulebook.rules import Check


def exemption(case: CaseFile) -> dict[str, Any]:
    """Answer which grounds of exemption hold for each loan, how much, and why."""
    loans = [_assessed(assess(facts, settings=case.settings, as_of=case.as_of)) for facts in case.loans]
    return {"as_of": case.as_of.isoformat(), "loans": loans}


def _assessed(found: Assessment) -> dict[str, Any]:
    return {
        "code": found.code,
        "fund": found.fund,
        "result": found.result.value,
        "ground": found.ground.value if found.ground else None,
        "cut_off": _month(found.cut_off),
        "amount": found.amount,
        "remaining": found.remaining,
        "from": _month(found.known_from),
        "waits_until": found.waits_until.isoformat() if found.waits_until else None,
        "first_no": found.first_no,
        "last_no": found.last_no,
        "late": found.label_late,
        "individual_handling": found.individual_handling,
        "missing": list(found.missing),
        "checks": [_checked(check) for check in found.checks],
    }


def _checked(check: Check) -> dict[str, Any]:
    return {"ground": check.subject or None, **_looked_at(check)}


def _looked_at(check: Check) -> dict[str, Any]:
    return {
        "rule": check.rule.code,
        "finding": check.finding.value,
        "value": check.value,
        "because": check.because,
        "would_change": check.would_change or None,
        "source": str(check.rule.source),
    }


def lending(case: CaseFile) -> dict[str, Any]:
    """Answer whether an application for a loan may be accepted, up to what ceiling (yen), and why."""
    if case.lending is None:
        raise ValueError("the case file says nothing about lending")
    found = assess_lending(case.lending, settings=case.settings, as_of=case.as_of)
    return {
        "as_of": case.as_of.isoformat(),
        "fund": found.fund.value,
        "applied_on": found.applied_on.isoformat(),
        "acceptable": found.acceptable.value,
        "ceiling": found.ceiling,
        "overridable": sorted(found.overridable),
        "missing": list(found.missing),
        "checks": [_looked_at(check) for check in found.checks],
    }


def _month(month: int | None) -> str | None:
    return None if month is None else month_text(month)


def schedule_and_position(case: CaseFile) -> dict[str, Any]:
    """Answer where each loan stands on the day: schedule, due, paid, arrears, deadline, late interest."""
    return {"as_of": case.as_of.isoformat(), "loans": [_positioned(case, facts) for facts in case.loans]}


def _positioned(case: CaseFile, facts: Facts) -> dict[str, Any]:
    loan = facts.loan
    at = position(
        principal=loan.principal,
        plans=loan.plans,
        deferrals=loan.deferrals,
        entries=loan.entries,
        policy=Policy.of(case.settings),
        as_of=case.as_of,
    )
    return {
        "code": loan.code,
        "fund": loan.fund,
        "instalments": [
            {
                "seq": line.seq,
                "due_month": month_text(line.due_month),
                "collection_date": line.collection_date.isoformat(),
                "amount": line.amount,
            }
            for line in at.lines
        ],
        "deadline": at.deadline.isoformat(),
        "due": at.due,
        "paid": at.paid,
        "arrears": at.arrears,
        "months_in_arrears": at.months_in_arrears,
        "outstanding": at.outstanding,
        "late_interest": at.late_interest,
    }
