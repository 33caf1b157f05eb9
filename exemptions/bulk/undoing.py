"""Taking decisions of a bulk approval back before their letters are bound, so that nothing of them has an effect.

No row is changed that may not be: the decision stays and no longer stands (``TakenBack``), the ledger gets a counter-row
on the exemption's own day, the letter is cancelled, the hold goes on, and the application waits for its decision again as
it did before. See ADR 21.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from exemptions.bulk.approving import lock_applications
from exemptions.bulk.enums import RowState
from exemptions.decision_letters import OCCASION
from exemptions.models import OPEN_STATES, Application, BulkRow, Decision, StateChange, TakenBack
from exemptions.services.moves import source_key
from exemptions.workflow import TAKING_BACK, Move
from notices.withdrawing import withdraw_letters
from repayment.exempting import resume_holds, take_back_exemptions
from repayment.models import RefundTask

MOVED_ON = "決定の後に別の手続きが進んでいます。"
REFUND_ASKED = "決定の後に返金の確認が始まっています。"
NEXT_ONE = "同じ貸付に、次の申請が受け付けられています。"


@service
def take_back_rows(*, rows: Sequence[BulkRow], reason: str, person: User, by: Actor, at: datetime) -> None:
    """Take the decisions of some approved rows back; one that cannot be stays approved, with the reason beside it."""
    by_application = {row.application_id: row for row in rows}
    locked = {each.pk: each for each in lock_applications(by_application)}
    standing = {
        decision.pk: decision
        for decision in Decision.objects.filter(pk__in=[row.decision_id for row in rows])
        .select_related("entry", "decided_by")
        .select_for_update(of=("self",))
    }
    obstacles = why_kept(rows, locked, standing)
    free = [row for row in rows if row.pk not in obstacles]
    bound = withdraw_letters(occasions=[f"{OCCASION}{row.decision_id}" for row in free], by=by, at=at)
    for row in free:
        if text := bound.get(f"{OCCASION}{row.decision_id}"):
            obstacles[row.pk] = text
    for row in rows:
        row.reasons = [obstacles[row.pk]] if row.pk in obstacles else []
    taken = [(row, standing[row.decision_id]) for row in rows if row.pk not in obstacles and row.decision_id]
    _take_back(taken, locked, reason=reason.strip()[:200], person=person, by=by, at=at)
    BulkRow.objects.bulk_update(rows, ["state", "reasons"])


def why_kept(rows: Sequence[BulkRow], locked: dict[int, Application], standing: dict[int, Decision]) -> dict[int, str]:
    """Why decisions cannot be taken back, by row: something rests on them by now. Letters are asked about apart."""
    loans = {each.loan_id: each.pk for each in locked.values()}
    others = Application.objects.filter(loan__in=loans, state__in=OPEN_STATES).exclude(pk__in=locked)
    followed = set(others.values_list("loan_id", flat=True))
    asked = list(RefundTask.objects.filter(loan__in=loans).values_list("loan_id", "opened_at"))
    found: dict[int, str] = {}
    for row in rows:
        application, decision = locked[row.application_id], standing.get(row.decision_id or 0)
        if decision is None or application.state not in TAKING_BACK.sources:
            found[row.pk] = MOVED_ON
        elif any(loan == application.loan_id and opened > decision.decided_at for loan, opened in asked):
            found[row.pk] = REFUND_ASKED
        elif application.loan_id in followed:
            found[row.pk] = NEXT_ONE
    return found


def _take_back(
    taken: Sequence[tuple[BulkRow, Decision]],
    locked: dict[int, Application],
    *,
    reason: str,
    person: User,
    by: Actor,
    at: datetime,
) -> None:
    if not taken:
        return
    entries = [decision.entry for _, decision in taken if decision.entry is not None]
    counters = take_back_exemptions(entries=entries, reason=reason, by=by, at=at)
    TakenBack.objects.bulk_create(
        TakenBack(decision=decision, counter=counters[decision.entry_id], reason=reason, by=person, at=at)
        for _, decision in taken
        if decision.entry_id is not None
    )
    applications, changes = [], []
    for row, _ in taken:
        application = locked[row.application_id]
        changes.append(
            StateChange(
                application=application,
                move=Move.TAKE_BACK,
                from_state=application.state,
                to_state=TAKING_BACK.target,
                reason=reason,
                by=by.label,
                by_user=person,
                at=at,
            )
        )
        assert row.former_since is not None
        application.state, application.state_since = TAKING_BACK.target, row.former_since
        application.assessment = row.former_assessment
        application.version += 1
        applications.append(application)
        row.state = RowState.TAKEN_BACK
    Application.objects.bulk_update(applications, ["state", "state_since", "assessment", "version"])
    StateChange.objects.bulk_create(changes)
    resume_holds(
        source_keys=[source_key(each) for each in applications],
        ended_by=Actor.person(taken[0][1].decided_by).label,
        by=by,
        at=at,
    )
