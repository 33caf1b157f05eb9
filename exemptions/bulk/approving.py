"""Approving equal applications: the checks, rows and effects of a single approval, in few statements for many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from exemptions.bulk.enums import RowState
from exemptions.bulk.gathering import Examined, examine
from exemptions.bulk.proving import Group, deviations
from exemptions.enums import Ground, Outcome
from exemptions.models import Application, Assessment, Bulk, BulkRow, Decision, StateChange
from exemptions.services.assessing import assessment_row
from exemptions.services.moves import Step, change_row, decision_row, enter_state, entry_key, source_key
from exemptions.workflow import Move
from repayment.bulk import lock_all
from repayment.exempting import Exempting, post_exemptions, release_holds
from repayment.position import plan_in_force

CHANGED_MEANWHILE = "試算の後に内容が変わったため、承認しませんでした。もう一度試算してください。"
COLLIDED = "処理の途中で別の登録と重なったため、承認しませんでした。"


def group_of(bulk: Bulk) -> Group:
    """What the applications of an approval have in common."""
    return Group(Ground(bulk.ground), bulk.fund, bulk.fiscal_year)


def lock_applications(ids: Iterable[int]) -> list[Application]:
    """Applications, locked in the order of their keys after their loans, as a single decision locks them."""
    keys = sorted(ids)
    lock_all(set(Application.objects.filter(pk__in=keys).values_list("loan_id", flat=True)))
    return list(
        Application.objects.filter(pk__in=keys)
        .select_for_update(of=("self",))
        .select_related("loan__borrower", "head", "office", "assessment", "claimed_by")
        .order_by("pk")
    )


@service
def approve_rows(*, bulk: Bulk, rows: Sequence[BulkRow], by: Actor, at: datetime) -> None:
    """Approve the applications of some rows; one that is not equal any more is left out with its reasons.

    The decisions are those of the moment the supervisor approved, written at ``at``. Where the database refuses something,
    the rows are tried one by one, so that nothing of a refused one remains and the others go on.
    """
    try:
        with transaction.atomic():
            _approve(bulk, rows, by=by, at=at)
        return
    except IntegrityError:
        pass
    for row in rows:
        row.refresh_from_db()
        try:
            with transaction.atomic():
                _approve(bulk, [row], by=by, at=at)
        except IntegrityError:
            row.refresh_from_db()
            row.state, row.reasons = RowState.LEFT_OUT, [COLLIDED]
            row.save(update_fields=["state", "reasons"])


def _approve(bulk: Bulk, rows: Sequence[BulkRow], *, by: Actor, at: datetime) -> None:
    person, decided_at = bulk.approved_by, bulk.approved_at
    assert person is not None and decided_at is not None
    by_application = {row.application_id: row for row in rows}
    day = timezone.localtime(decided_at).date()
    locked = lock_applications(by_application)
    ready = []
    for found in examine(locked, as_of=day, at=at, decider=person.pk):
        row = by_application[found.application.pk]
        row.reasons = why_left_out(bulk, row, found, decider=person.pk)
        if row.reasons:
            row.state = RowState.LEFT_OUT
        else:
            ready.append((row, found))
    steps = [
        Step(application=found.application, move=Move.APPROVE, person=person, by=by, at=decided_at)
        for _, found in ready
    ]
    write_decisions(ready, steps, by=by, at=at)
    BulkRow.objects.bulk_update(rows, ["state", "reasons", "decision", "former_since", "former_assessment"])


def why_left_out(bulk: Bulk, row: BulkRow, found: Examined, *, decider: int) -> list[str]:
    """Why a row that was equal at the look is not approved now; empty where it is."""
    reasons = [each.text for each in deviations(found.case, group_of(bulk), decider=decider)]
    seen = (found.application.version, found.look.fingerprint)
    if not reasons and seen != (row.version, row.fingerprint):
        return [CHANGED_MEANWHILE]
    return reasons


def write_decisions(
    ready: Sequence[tuple[BulkRow, Examined]], steps: Sequence[Step], *, by: Actor, at: datetime
) -> None:
    """Write for each application its assessment, ledger row, decision, state and timeline row, and end its hold."""
    if not ready:
        return
    applications = [found.application for _, found in ready]
    rounds = rounds_of(applications)
    for row, found in ready:
        row.former_since, row.former_assessment = found.application.state_since, found.application.assessment
    assessments = Assessment.objects.bulk_create(
        assessment_row(found.application, found.look, by=by, at=at) for _, found in ready
    )
    entries = post_exemptions(
        exemptions=[exempting(found, rounds[found.application.pk]) for _, found in ready],
        effective_on=steps[0].day,
        by=by,
        at=at,
    )
    decisions = Decision.objects.bulk_create(
        decision_row(step, assessment, Outcome.APPROVED, entry, rounds[step.application.pk])
        for step, assessment, entry in zip(steps, assessments, entries, strict=True)
    )
    changes = []
    for (row, _), step, assessment, decision in zip(ready, steps, assessments, decisions, strict=True):
        came_from = step.application.state
        enter_state(step, came_from)
        step.application.assessment, step.application.deficiency_count = assessment, 0
        changes.append(change_row(step, came_from))
        row.state, row.decision = RowState.APPROVED, decision
    Application.objects.bulk_update(
        applications,
        ["state", "state_since", "claimed_by", "claimed_until", "version", "assessment", "deficiency_count"],
    )
    StateChange.objects.bulk_create(changes)
    release_holds(source_keys=[source_key(each) for each in applications], until=steps[0].day, by=by, at=at)


def rounds_of(applications: Sequence[Application]) -> dict[int, int]:
    """Which decision of each application the next one is (see ``Decision``)."""
    before = Decision.ever.filter(application__in=applications).order_by().values_list("application")
    taken = dict(before.annotate(number=Count("pk")))
    return {each.pk: taken.get(each.pk, 0) + 1 for each in applications}


def exempting(found: Examined, number: int) -> Exempting:
    """The ledger row that the findings call for."""
    findings = found.look.findings
    assert findings.first_no is not None and findings.last_no is not None
    return Exempting(
        loan=found.application.loan,
        amount=findings.amount,
        plan_version=plan_in_force(found.look.facts.loan.plans, findings.as_of).version,
        first_no=findings.first_no,
        last_no=findings.last_no,
        source_key=entry_key(found.application, number),
    )
