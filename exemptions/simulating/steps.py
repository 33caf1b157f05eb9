"""The run of a simulation: one item for each block of loans, done by as many workers as there are.

A block is read inside a transaction that the database lets write nothing; its answer and the mark on its item are then
written together. So a run killed anywhere goes on where it was, and a cancelled one leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from audit.actors import Actor
from exemptions.models import Simulation, SimulationBlock, SimulationLine
from exemptions.simulating.enums import SimulationKind, SimulationState
from exemptions.simulating.holding import blocks, held_facts, loans_in, reading_only
from exemptions.simulating.outcome import digest_of_digests
from exemptions.simulating.totals import figures_of
from exemptions.simulating.working import Difference, Question, answer
from jobs.engine import progress_of
from jobs.kinds import Done, ItemResult, JobKind, Skipped
from jobs.models import Run
from rulebook.certifying import base_of, certify
from rulebook.moves import Moves
from rulebook.refusals import SettingRefused
from rulebook.settings import Settings

CANCELLED = "試算は取り消されました。"


def select_blocks(run: Run) -> Iterator[str]:
    """The blocks of loans of a simulation that still runs."""
    if _is_running(run.parameters["simulation"]):
        with reading_only():
            numbers = blocks()
        yield from map(str, numbers)


def work_block(run: Run, key: str) -> ItemResult:
    """Ask the rules about one block, and keep the answer."""
    if not _is_running(run.parameters["simulation"]):
        return Skipped(CANCELLED)
    simulation = Simulation.objects.select_related("draft").get(pk=run.parameters["simulation"])
    question = question_of(simulation)
    with reading_only():
        loans = loans_in(int(key), moves=question.moves, as_of=question.as_of)
        found = answer(question, held_facts(loans, on=question.as_of))
    SimulationBlock.objects.create(
        simulation=simulation,
        number=int(key),
        loans=found.loans,
        asked=found.asked,
        held=found.held,
        before=found.before,
        after=found.after,
    )
    SimulationLine.objects.bulk_create(_line(simulation, each) for each in found.differences)
    return Done()


def finish(run: Run) -> None:
    """Add the blocks up and, for a draft, certify the simulation; one of which a block failed keeps nothing."""
    simulation = Simulation.objects.select_for_update().get(pk=run.parameters["simulation"])
    if simulation.state != SimulationState.RUNNING:
        return
    simulation.finished_at = timezone.now()
    if progress_of(run).failed:
        fail(simulation, "計算できない貸付がありました。")
    elif simulation.kind == SimulationKind.DRAFT and base_of(simulation.draft) != simulation.base:
        fail(simulation, "試算の間に、ほかの設定または規則が変わりました。")
    else:
        _add_up(simulation)
        try:
            _certify(simulation)
        except SettingRefused as refusal:
            fail(simulation, str(refusal))
    simulation.save()


def fail(simulation: Simulation, problem: str) -> None:
    """Keep nothing of a simulation but why it failed; the caller saves it."""
    forget(simulation)
    simulation.state, simulation.problem = SimulationState.FAILED, problem


def forget(simulation: Simulation) -> None:
    """Take back whatever a simulation has written; the caller saves it."""
    simulation.lines.all().delete()
    simulation.blocks.all().delete()
    simulation.loans = simulation.asked = 0
    simulation.before = simulation.after = ""


def question_of(simulation: Simulation) -> Question:
    """What a simulation asks of every loan."""
    before, after = (
        Settings.defaults().with_values(values) for values in (simulation.settings_before, simulation.settings_after)
    )
    return Question(simulation.draft.key, Moves(simulation.moves), simulation.as_of, before, after)


def _is_running(simulation_id: int) -> bool:
    """Whether a simulation still runs. Until this transaction ends, nobody can cancel it."""
    with connection.cursor() as cursor:
        cursor.execute(f"select state from {Simulation._meta.db_table} where id = %s for share", [simulation_id])
        (state,) = cursor.fetchone()
    return state == SimulationState.RUNNING.value


def _add_up(simulation: Simulation) -> None:
    parts = list(simulation.blocks.order_by("number"))
    simulation.loans, simulation.asked = sum(part.loans for part in parts), sum(part.asked for part in parts)
    simulation.before = digest_of_digests(part.before for part in parts)
    simulation.after = digest_of_digests(part.after for part in parts)
    simulation.state = SimulationState.DONE


def _certify(simulation: Simulation) -> None:
    if simulation.kind != SimulationKind.DRAFT:
        return
    certify(
        draft_id=simulation.draft_id,
        number=simulation.pk,
        base=simulation.base,
        prediction=simulation.after,
        figures=figures_of(simulation),
        by=Actor.machine(SIMULATE.code),
        at=timezone.now(),
    )


def _line(simulation: Simulation, found: Difference) -> SimulationLine:
    before, after = found.before, found.after
    return SimulationLine(
        simulation=simulation,
        loan_id=found.held.loan_id,
        fund=found.held.fund,
        office_id=found.held.office_id,
        sign=found.sign,
        told=before.decision != after.decision,
        applied=found.held.applied,
        result_before=before.result,
        result_after=after.result,
        ground_before=before.ground,
        ground_after=after.ground,
        amount_before=before.amount,
        amount_after=after.amount,
        late_before=before.late,
        late_after=after.late,
        arrears_before=before.arrears,
        arrears_after=after.arrears,
        outstanding_before=before.outstanding,
        outstanding_after=after.outstanding,
        late_interest_before=before.late_interest,
        late_interest_after=after.late_interest,
    )


SIMULATE = JobKind(
    "exemptions.simulate", "改正案の試算", select=select_blocks, work=work_block, batch=1, finish=finish
)
