"""The earliest day on which limitation of a loan may complete. Pure; dates in, dates out.

No source settles limitation for special loans, so this is a warning and never a ruling: it takes what makes the day *early*.
Each instalment is a claim of its own that begins to lapse on its collection day, so the oldest unpaid one decides; a part
payment or an acknowledgement (承認) within the period restarts it for all of them. The first day is not counted and the
period ends with the day of the same date (Civil Code, articles 140, 143, 152 and 166; which length applies is a setting).
What comes after the period has run out restarts nothing here: whether it can be relied on is a question for a lawyer.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

OLD_LAW_UNTIL = date(2020, 3, 31)
"""Contracts up to this day follow the Civil Code before its reform (Act 44 of 2017, in force on 1 April 2020)."""


class Restart(StrEnum):
    """What the period counts from."""

    DUE = "due"
    PAYMENT = "payment"
    ACKNOWLEDGEMENT = "acknowledgement"

    @property
    def label(self) -> str:
        """The word for people."""
        return {"due": "最も古い未納の期日", "payment": "一部の入金", "acknowledgement": "債務の承認"}[self.value]


@dataclass(frozen=True, slots=True)
class Event:
    """A part payment or an acknowledgement, and the paper or ledger row that proves it."""

    on: date
    kind: Restart
    evidence: str


@dataclass(frozen=True, slots=True)
class Limitation:
    """Where the period of a loan stands. ``completes_on`` is the last day of the period for the oldest unpaid instalment,

    ``whole_completes_on`` for the last instalment. ``counted_from`` is what started it last, ``evidence`` what proves that
    (empty for a due date). ``too_late`` came when the period may have been over already.
    """

    starts_on: date
    counted_from: Restart
    evidence: str
    completes_on: date
    whole_completes_on: date
    too_late: tuple[Event, ...]

    def may_be_complete(self, on: date) -> bool:
        """Whether the period has run out before a day."""
        return on > self.completes_on


def limitation(*, due_on: date, deadline: date, events: Iterable[Event], years: int, as_of: date) -> Limitation:
    """Count the period of a loan whose oldest unpaid instalment was collected on *due_on*, with the events up to *as_of*."""
    starts_on, counted_from, evidence = due_on, Restart.DUE, ""
    too_late = []
    for event in sorted(events, key=lambda event: (event.on, event.kind)):
        if event.on > as_of or event.on < starts_on:
            continue
        if event.on > years_after(starts_on, years):
            too_late.append(event)
        else:
            starts_on, counted_from, evidence = event.on, event.kind, event.evidence
    return Limitation(
        starts_on=starts_on,
        counted_from=counted_from,
        evidence=evidence,
        completes_on=years_after(starts_on, years),
        whole_completes_on=years_after(max(starts_on, deadline), years),
        too_late=tuple(too_late),
    )


def years_after(day: date, years: int) -> date:
    """The day of the same date *years* later; the last of February where there is none."""
    year = day.year + years
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def period_of(contracted_on: date, *, new: int, old: int) -> int:
    """The years that apply to a contract of a day: *old* ones up to the reform, *new* ones after it."""
    return old if contracted_on <= OLD_LAW_UNTIL else new
