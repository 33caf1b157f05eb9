"""The door through which everything that changes or reads personal data goes."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from audit.actors import Actor
from audit.context import current_request_id
from audit.enums import AccessAction
from audit.models import AccessLog, DisclosureLog

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def acting(by: Actor, *, at: datetime | None = None) -> Iterator[None]:
    """Tell the database who acts, for the rest of the transaction; the row triggers write it down.

    Must be used inside a transaction (the setting is local to it). ``at`` is the moment to record; without it the
    database's own clock is used.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("acting() needs an open transaction")
    context = {"actor": by.label, "actor_id": by.user_id, "request_id": current_request_id.get()}
    if at is not None:
        context["at"] = at.isoformat()
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('tsunagi.context', true)")
        (before,) = cursor.fetchone()
        cursor.execute("select set_config('tsunagi.context', %s, true)", [json.dumps(context)])
    yield
    with connection.cursor() as cursor:
        cursor.execute("select set_config('tsunagi.context', %s, true)", [before or ""])


def service(function: Callable[P, R]) -> Callable[P, R]:
    """One transaction in which the database knows who acts. The function takes ``by: Actor`` and ``at: datetime``."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        by, at = kwargs.get("by"), kwargs.get("at")
        if not isinstance(by, Actor) or not isinstance(at, datetime):
            raise TypeError(f"{function.__qualname__} needs by=Actor and at=datetime")
        with transaction.atomic(), acting(by, at=at):
            return function(*args, **kwargs)

    return run


def record_access(
    *, by: Actor, action: AccessAction, subject: str, ids: Iterable[int], at: datetime, reason: str = ""
) -> None:
    """Write down that personal data were shown. ``subject`` names the kind of row ("person", "loan", "letter" …)."""
    rows: list[Any] = sorted(set(ids))
    AccessLog.objects.create(
        at=at,
        actor=by.label,
        actor_id=by.user_id,
        action=action,
        subject=subject,
        ids=rows,
        reason=reason,
        request_id=current_request_id.get(),
    )


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One handing over of personal data to somebody outside; the words of ``DisclosureLog``."""

    recipient: str
    basis: str
    subject: str
    ids: tuple[int, ...]
    items: tuple[str, ...]


def record_disclosures(disclosures: Iterable[Disclosure], *, by: Actor, at: datetime) -> None:
    """Write down what was handed to others outside, one row each. To be called where it is handed over, in one transaction.

    Raises ``ValueError`` where one does not say to whom, on what basis, whose data or which items: without these nothing
    may leave the house.
    """
    rows = []
    for each in disclosures:
        if not (each.recipient.strip() and each.basis.strip() and each.ids and each.items):
            raise ValueError("a disclosure says to whom, on what basis, whose data and which items")
        rows.append(
            DisclosureLog(
                at=at,
                actor=by.label,
                actor_id=by.user_id,
                recipient=each.recipient,
                basis=each.basis,
                subject=each.subject,
                ids=sorted(set(each.ids)),
                items=list(each.items),
                request_id=current_request_id.get(),
            )
        )
    DisclosureLog.objects.bulk_create(rows)
