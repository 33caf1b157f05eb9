"""Writing down what was told: the columns of the application, its household and its incomes."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from django.db.models import Manager

from loans.lending.transcript import Transcript
from loans.models import IncomeLine, LendingApplication, LendingMember

LISTS = ("members", "incomes")


def write_transcript(application: LendingApplication, told: Transcript) -> None:
    """Set the columns of an application from what was told; the caller saves it. Lists are replaced where they differ."""
    for part in fields(Transcript):
        if part.name not in LISTS:
            value = getattr(told, part.name)
            setattr(application, part.name, list(value) if isinstance(value, tuple) else value)
    _replace(application, LendingMember.objects, [asdict(entry) for entry in told.members])
    _replace(application, IncomeLine.objects, [asdict(entry) for entry in told.incomes])


def _replace(application: LendingApplication, manager: Manager[Any], wanted: list[dict[str, Any]]) -> None:
    rows = manager.filter(application=application)
    if wanted and list(rows.order_by("pk").values(*wanted[0])) == wanted:
        return
    rows.delete()
    manager.bulk_create([manager.model(application=application, **values) for values in wanted])
