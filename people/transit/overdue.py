"""When a piece of paper that did not arrive turns red. Pure: days in, days out."""

from __future__ import annotations

from datetime import date, timedelta

from japan.bankdays import add_bank_days


def red_from(sent_on: date, bank_days: int) -> date:
    """The day on which what was sent on *sent_on* and has not arrived turns red: the *bank_days*-th bank day after it."""
    return add_bank_days(sent_on, bank_days)


def last_red_day(on: date, bank_days: int) -> date:
    """The latest day of sending whose missing papers are red on *on*: one comparison serves a whole query."""
    day = on
    while red_from(day, bank_days) > on:
        day -= timedelta(days=1)
    return day
