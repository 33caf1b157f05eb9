"""What kinds of work there are. Each app declares its own in ``night.py`` (steps of the night) or ``work.py`` (the rest);
the engine finds them at start-up and knows nothing of loans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import time
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from jobs.models import Run


@dataclass(frozen=True, slots=True)
class Done:
    """The item's effect is in this transaction."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Nothing was to be done any more; ``reason`` is a Japanese sentence without personal data."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be done; ``reason`` is a Japanese sentence without personal data."""

    reason: str


ItemResult = Done | Skipped | Failed


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of work.

    ``select`` gives the keys of what is due (strings, at most 80 characters) and must not give again what was done.
    ``work`` does one key inside the engine's transaction. ``batch`` is how many keys share a transaction.
    """

    code: str
    label: str
    select: Callable[[Run], Iterable[str]]
    work: Callable[[Run, str], ItemResult]
    batch: int = 20
    finish: Callable[[Run], None] | None = None


@dataclass(frozen=True, slots=True)
class NightStep:
    """A kind of work that the night does, with what is normal for it.

    ``order`` sorts the night (gaps of ten, lower floors first), ``expected_by`` is the time of the business day by which it
    should be over, ``expected`` the usual range of the count.
    """

    order: int
    kind: JobKind
    expected_by: time
    expected: tuple[int, int] = (0, 100_000)


@dataclass
class Registry:
    kinds: dict[str, JobKind] = field(default_factory=dict)
    steps: list[NightStep] = field(default_factory=list)

    def add_steps(self, steps: Sequence[NightStep]) -> None:
        for step in steps:
            self.add_kind(step.kind)
            self.steps.append(step)
        self.steps.sort(key=lambda step: step.order)

    def add_kind(self, kind: JobKind) -> None:
        if kind.code in self.kinds:
            raise ValueError(f"two kinds of work are called {kind.code}")
        self.kinds[kind.code] = kind


registry = Registry()


def discover() -> None:
    """Read ``night.py`` (``STEPS``) and ``work.py`` (``KINDS``) of every installed app of ours; called once, from ``ready``."""
    for app in apps.get_app_configs():
        for module_name, attribute in (("night", "STEPS"), ("work", "KINDS")):
            name = f"{app.name}.{module_name}"
            if app.name.startswith("django") or find_spec(name) is None:
                continue
            found = getattr(import_module(name), attribute)
            if attribute == "STEPS":
                registry.add_steps(found)
            else:
                for kind in found:
                    registry.add_kind(kind)


def kind_of(run: Run) -> JobKind:
    return registry.kinds[run.kind]


def night_steps() -> list[NightStep]:
    """The steps of the night in their order."""
    return list(registry.steps)
