"""The same events give the same position in whatever order they are entered; what was known is a replay of what was there.

Events are payments (also dated back), reversals, refunds, exemptions, revocations, plan changes, deferrals and their early
ends. A thousand lives, without a database.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from repayment.entries import Entry
from repayment.position import PlanVersion
from tests.repayment.histories import Grant, History, figures, random_day, random_history

LIVES = 1_000


def entered_in_another_order(history: History, random: Random) -> History:
    """The same life with rows shuffled and plan versions numbered as they came in; those of one day keep their order."""
    plans = list(history.plans)
    random.shuffle(plans)
    plans.sort(key=lambda version: (version is not history.plans[0],))
    in_turn = sorted(range(len(plans)), key=lambda at: plans[at].effective_on)
    for one, other in zip(in_turn, in_turn[1:], strict=False):
        same_day = plans[one].effective_on == plans[other].effective_on
        if same_day and (plans[one].version > plans[other].version) != (one > other):
            return replace(history, entries=tuple(random.sample(history.entries, len(history.entries))))
    number = {version.version: at for at, version in enumerate(plans, start=1)}
    entries = [
        replace(entry, plan_version=number[entry.plan_version]) if entry.plan_version else entry
        for entry in history.entries
    ]
    return replace(
        history,
        plans=tuple(replace(version, version=number[version.version]) for version in plans),
        grants=tuple(random.sample(history.grants, len(history.grants))),
        entries=tuple(random.sample(entries, len(entries))),
    )


def told(history: History, as_of: date) -> dict[str, object]:
    said = figures(history.position(as_of))
    del said["version"]
    return said


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_entry_gives_the_same_position(seed: int) -> None:
    random = Random(seed)
    renumbered = 0
    for number in range(LIVES // 4):
        history = random_history(Random(f"{seed}/{number}"))
        other = entered_in_another_order(history, random)
        renumbered += [version.plan for version in other.plans] != [version.plan for version in history.plans]
        for as_of in (history.as_of, date(2030, 6, 30)):
            assert told(other, as_of) == told(history, as_of), (as_of, history, other)
    assert renumbered


@pytest.mark.parametrize("seed", range(4))
def test_as_known_on_a_day_is_the_life_of_the_rows_recorded_until_then(seed: int) -> None:
    """Rows get a random moment of entry, corrections after what they correct; asking with the moment is replaying."""
    random = Random(seed)
    for number in range(LIVES // 4):
        history = random_history(Random(f"{seed}/{number}"))
        recorded = moments(history, random)
        known_on = random_day(random)
        known = known_by(history, recorded, known_on)
        replayed = replay(history, recorded, known_on)
        assert told(known, history.as_of) == told(replayed, history.as_of)


def moments(history: History, random: Random) -> dict[object, date]:
    found: dict[object, date] = {version.version: random_day(random) for version in history.plans}
    found[1] = date(2021, 1, 1)
    for grant in history.grants:
        found[grant] = random_day(random)
    for entry in sorted(history.entries, key=lambda entry: entry.reverses is not None):
        earliest = max(found[entry.reverses or 1], found[entry.plan_version or 1])
        found[entry.source_key] = random_day(random, first=max(earliest, date(2022, 1, 1)))
    return found


def known_by(history: History, recorded: dict[object, date], known_on: date) -> History:
    """What a question with two clocks keeps of a life."""
    return replace(
        history,
        plans=tuple(version for version in history.plans if recorded[version.version] <= known_on),
        grants=tuple(grant for grant in history.grants if recorded[grant] <= known_on),
        entries=tuple(entry for entry in history.entries if recorded[entry.source_key] <= known_on),
    )


def replay(history: History, recorded: dict[object, date], until: date) -> History:
    """Enter the rows one after another in the order of their moments, and stop."""
    rows: list[tuple[date, int, object]] = []
    for place, row in enumerate((*history.plans, *history.grants, *history.entries)):
        key = row.version if isinstance(row, PlanVersion) else row.source_key if isinstance(row, Entry) else row
        rows.append((recorded[key], place, row))
    life = replace(history, plans=(), grants=(), entries=())
    for moment, _, row in sorted(rows, key=lambda item: item[:2]):
        if moment > until:
            break
        if isinstance(row, PlanVersion):
            life = replace(life, plans=(*life.plans, row))
        elif isinstance(row, Entry):
            life = replace(life, entries=(*life.entries, row))
        elif isinstance(row, Grant):
            life = replace(life, grants=(*life.grants, row))
    return life
