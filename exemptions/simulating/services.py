"""Asking for a simulation, taking it back half way, and checking after publication that what was predicted came true."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from exemptions.models import Simulation
from exemptions.simulating.enums import SimulationKind, SimulationState
from exemptions.simulating.steps import SIMULATE, forget
from jobs.engine import cancel, open_run
from jobs.tasks import advance_run
from rulebook.certifying import base_of
from rulebook.keys import key_named
from rulebook.models import SettingRow
from rulebook.rules import RULE_PREFIX
from rulebook.selectors import settings_on

WORKERS = 2
"""Tasks that advance one simulation side by side; the blocks are shared out in the database."""


class SimulationRefused(Exception):
    """A simulation that cannot be asked for or taken back. ``str()`` is a Japanese sentence for the person who tried."""


@service
def start_simulation(*, draft_id: int, by: Actor, at: datetime) -> Simulation:
    """Simulate a draft over the whole portfolio in the background, as of the day from which it would stand.

    Refused: a draft that is withdrawn, published or past its day, that moves no held loan, or that is being simulated.
    """
    staff = _staff(by)
    draft = _draft(draft_id)
    if draft.withdrawn_at is not None or draft.approved_at is not None:
        raise SimulationRefused("この改正案は、すでに取り下げられたか公表されています。")
    if not draft.needs_simulation:
        raise SimulationRefused("この設定はいまの貸付の金額や判定を動かさないので、試算は要りません。")
    if draft.valid_from < timezone.localdate(at):
        raise SimulationRefused("適用開始日を過ぎています。取り下げて、今日以降の日付で起案し直してください。")
    before = settings_on(draft.valid_from)
    values = {} if draft.key.startswith(RULE_PREFIX) else {draft.key: draft.value}
    after = before.with_values(values).as_json()
    return _start(draft, SimulationKind.DRAFT, base_of(draft), before.as_json(), after, by=staff, at=at)


@service
def check_publication(*, draft_id: int, by: Actor, at: datetime) -> Simulation:
    """Ask the whole portfolio again under the settings that stand on the day of a published draft, and compare.

    The comparison is ``exemptions.simulating.comparing.comparison_of``. Refused: what was not published with a
    simulation, or is being asked already.
    """
    staff = _staff(by)
    draft = _draft(draft_id)
    if draft.approved_at is None or draft.certificate is None:
        raise SimulationRefused("試算をして公表した改正だけを、予測と比べられます。")
    predicted = Simulation.objects.get(pk=draft.certificate.number)
    after = settings_on(draft.valid_from).as_json()
    return _start(draft, SimulationKind.CHECK, predicted.base, predicted.settings_before, after, by=staff, at=at)


@service
def cancel_simulation(*, simulation_id: int, by: Actor, at: datetime) -> Simulation:
    """Take a simulation back that still runs: nothing of it remains but the word. Blocks in hand are waited for."""
    _staff(by)
    run_id = Simulation.objects.values_list("run_id", flat=True).get(pk=simulation_id)
    if run_id is not None:
        cancel(run_id)
    simulation = Simulation.objects.select_for_update().get(pk=simulation_id)
    if simulation.state != SimulationState.RUNNING:
        raise SimulationRefused("この試算はすでに終わっています。")
    forget(simulation)
    simulation.state, simulation.finished_at = SimulationState.CANCELLED, at
    simulation.save()
    return simulation


def _start(
    draft: SettingRow,
    kind: SimulationKind,
    base: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    by: User,
    at: datetime,
) -> Simulation:
    if Simulation.objects.filter(draft=draft, state=SimulationState.RUNNING).exists():
        raise SimulationRefused("この改正案は、いま試算しています。")
    setting = key_named(draft.key)
    if setting is None:
        raise SimulationRefused("この改正案の設定は、もうありません。")
    simulation = Simulation.objects.create(
        draft=draft,
        kind=kind,
        as_of=draft.valid_from,
        moves=setting.moves,
        base=base,
        settings_before=before,
        settings_after=after,
        requested_by=by,
        requested_at=at,
    )
    simulation.run = open_run(
        kind=SIMULATE.code,
        business_date=timezone.localdate(at),
        key=str(simulation.pk),
        parameters={"simulation": simulation.pk},
        by_id=by.pk,
    )
    simulation.save(update_fields=["run"])
    run_id = simulation.run.pk
    transaction.on_commit(lambda: send(run_id))
    return simulation


def send(run_id: int) -> None:
    """Hand a simulation to the workers."""
    for _ in range(WORKERS):
        advance_run.delay(run_id)


def _draft(draft_id: int) -> SettingRow:
    return SettingRow.objects.select_for_update(of=("self",)).select_related("certificate").get(pk=draft_id)


def _staff(by: Actor) -> User:
    user = User.objects.filter(pk=by.user_id).first() if by.user_id is not None else None
    if user is None or not user.can(Permission.PROPOSE_SETTINGS):
        raise SimulationRefused("影響を試算できるのは、都道府県社協の職員と決裁者です。")
    return user
