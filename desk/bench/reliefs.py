"""How long the relief map of a borrower with four loans takes, by the clock and of processor time."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from desk.bench.timing import timed
from exemptions.reliefs.selectors import relief_map
from loans.models import Loan
from people.models import Person

BORROWERS = 50


def measure_reliefs(*, as_of: date, repeat: int) -> dict[str, Any]:
    """Draw the map of some borrowers with four loans, several times each; milliseconds."""
    keys = Loan.objects.values_list("borrower", flat=True).annotate(loans=Count("pk")).filter(loans__gte=4)
    people = list(Person.objects.filter(pk__in=list(keys.order_by("borrower")[:BORROWERS])).order_by("pk"))
    if not people:
        return {"borrowers": 0}
    clock, busy, cells = [], [], 0
    for person in people:
        loans = list(Loan.objects.filter(borrower=person))
        for _ in range(repeat):
            with timed() as took:
                drawn = relief_map(person, loans, on=as_of)
            clock.append(took.clock * 1000)
            busy.append(took.busy * 1000)
        cells += sum(len(row.cells) for row in drawn.rows)
    with CaptureQueriesContext(connection) as queries:
        relief_map(people[0], list(Loan.objects.filter(borrower=people[0])), on=as_of)
    return {
        "borrowers": len(people),
        "cells": cells,
        "queries": len(queries) - 1,
        "milliseconds_by_the_clock": _spread(clock),
        "milliseconds_of_processor_time": _spread(busy),
    }


def _spread(values: list[float]) -> dict[str, float]:
    found = sorted(values)
    return {
        "median": round(found[len(found) // 2], 1),
        "p95": round(found[len(found) * 95 // 100], 1),
        "most": round(found[-1], 1),
    }
