"""From stored applications to what :mod:`exemptions.bulk.proving` asks of them: a constant number of queries for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from exemptions.amounts import takes
from exemptions.bulk.proving import Case, rests_on
from exemptions.enums import ApplicationState
from exemptions.evidence import deficiencies_of
from exemptions.inquiry import Inquiry
from exemptions.models import Application, StateChange
from exemptions.reading import ReadAhead
from exemptions.services.assessing import Look, look_at
from exemptions.snapshot import facts_to_json, stored_fingerprint
from exemptions.workflow import MAKING, Move
from people.models import Protection, in_force
from repayment.bulk import UNDO


@dataclass(frozen=True, slots=True)
class Examined:
    """One application looked at anew: what the rules find, and what is asked of it."""

    application: Application
    look: Look
    case: Case


def examine(applications: Sequence[Application], *, as_of: date, at: datetime, decider: int | None) -> list[Examined]:
    """Look at applications as of a day, as they are at a moment; ten queries, however many.

    ``applications`` bring their loan with its borrower, and their newest assessment. An application that the decider has in
    hand is not in another's.
    """
    read = ReadAhead(applications)
    steps: dict[int, list[StateChange]] = defaultdict(list)
    for step in StateChange.objects.filter(application__in=applications).order_by("pk"):
        steps[step.application_id].append(step)
    borrowers = {row.loan.borrower_id for row in applications}
    protected = set(
        Protection.objects.filter(in_force(as_of), person__in=borrowers).values_list("person_id", flat=True)
    )
    found = []
    for application in applications:
        look = look_at(application, as_of=as_of, read=read)
        wrong = deficiencies_of(application, settings=look.settings, today=as_of, read=read)
        case = case_of(
            application,
            look,
            steps=steps[application.pk],
            deficiencies=len(wrong),
            protected=application.loan.borrower_id in protected,
            held_by_another=held_by_another(application, decider, at),
        )
        found.append(Examined(application, look, case))
    return found


def case_of(
    application: Application,
    look: Look,
    *,
    steps: Sequence[StateChange],
    deficiencies: int,
    protected: bool,
    held_by_another: bool,
) -> Case:
    """What is asked of one application, from its row, its timeline and a fresh look.

    An approval that was taken back is no step since the proposal: it left everything as it had been.
    """
    findings, stored = look.findings, application.assessment
    proposals = [step for step in steps if step.move == Move.PREPARE]
    standing = [step for step in steps if step.move not in (Move.APPROVE, Move.TAKE_BACK)]
    return Case(
        proposed=application.state == ApplicationState.UNDER_REVIEW
        and bool(standing)
        and standing[-1].move == Move.PREPARE,
        fund=application.loan.fund,
        fiscal_year=application.fiscal_year,
        result=findings.result,
        ground=findings.ground,
        checks=rests_on(findings.checks, findings.ground, application.fiscal_year),
        amount=findings.amount,
        whole=whole_amount(look),
        requested=application.requested_amount,
        deficiencies=deficiencies,
        flags=look.flags,
        same_facts=stored is not None and comparable(stored.facts) == comparable(facts_to_json(look.facts)),
        same_findings=stored is not None and stored_fingerprint(stored) == look.fingerprint,
        remark=bool(application.note) or any(step.reason for step in proposals[-1:]),
        held_by_another=held_by_another,
        protected=protected,
        makers=makers_in(application, steps),
    )


def comparable(facts: dict[str, Any]) -> dict[str, Any]:
    """Stored facts as they are compared: ledger rows in an order of their own, without what was undone on its own day."""
    loan = facts["loan"]
    undone = {entry["reverses"] for entry in loan["entries"] if entry["source_key"].startswith(UNDO)}
    entries = [
        entry
        for entry in loan["entries"]
        if entry["source_key"] not in undone and not entry["source_key"].startswith(UNDO)
    ]
    return {
        **facts,
        "loan": {
            **loan,
            "entries": sorted(entries, key=lambda entry: str(entry["source_key"])),
            "deferrals": sorted(loan["deferrals"], key=lambda deferral: str(deferral["from_month"])),
        },
    }


def whole_amount(look: Look) -> int:
    """What is unpaid of the instalments that the findings take, in yen, before any cap."""
    findings = look.findings
    if findings.first_no is None or findings.last_no is None:
        return 0
    first, last = findings.first_no, findings.last_no
    inquiry = Inquiry(look.facts.known_on(findings.as_of), look.settings, findings.as_of)
    return takes(inquiry, lambda line: first <= line.seq <= last).uncapped


def makers_in(application: Application, steps: Sequence[StateChange]) -> frozenset[int]:
    """Everybody who entered, corrected or proposed an application: they do not decide on it."""
    made = {step.by_user_id for step in steps if step.move in MAKING}
    return frozenset(key for key in (application.entered_by_id, application.prepared_by_id, *made) if key is not None)


def held_by_another(application: Application, decider: int | None, at: datetime) -> bool:
    """Whether somebody else has the application in hand at a moment."""
    until = application.claimed_until
    return until is not None and until > at and application.claimed_by_id != decider
