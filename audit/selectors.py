"""What the three logs answer: who changed which row, looked at which data, handed what to whom outside. Newest first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.models import AccessLog, AuditRow, DisclosureLog
from audit.triggers import our_models
from japan.eras import era_date

ROWS_ON_A_PAGE = 50
M = TypeVar("M", AuditRow, AccessLog, DisclosureLog)


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A column whose values the log may hold, in words: before and after, empty where there was or is none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One audit row in words. ``columns`` are the names of changed columns whose values the log does not hold."""

    row: AuditRow
    table_ja: str
    columns: Sequence[str]
    values: Sequence[ChangedValue]


@dataclass(frozen=True, slots=True)
class Access:
    """One row of the access log, with the kind of row in words."""

    row: AccessLog
    subject_ja: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One row of the disclosure log, with the kind of row in words."""

    row: DisclosureLog
    subject_ja: str


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page; ``after`` leads to the next, older one and is empty on the last."""

    rows: Sequence[Any]
    after: str


# --- changes ----------------------------------------------------------------------------------------


def changes(*, day: date | None, actor: str = "", table: str = "", row: str = "", after: str = "") -> Page:
    """Row changes of a day in Japan; ``day`` may be left out only with a table and a row, for that row's whole life.

    :raises ValueError: when neither a day nor a row is given, or ``after`` is no cursor.
    """
    if day is None and not (table and row):
        raise ValueError("a day, or a table and a row")
    found = AuditRow.objects.all() if day is None else AuditRow.objects.filter(**_on(day))
    for name, value in (("actor", actor), ("table", table), ("row", row)):
        if value:
            found = found.filter(**{name: value})
    page = _page(found, after)
    return Page([_in_words(each) for each in page.rows], page.after)


def _in_words(row: AuditRow) -> Change:
    model = _models_by_table().get(row.table)
    fields = {field.column: field for field in model._meta.concrete_fields} if model else {}
    values = [
        ChangedValue(
            _label(fields.get(name), name), _shown(fields.get(name), pair[0]), _shown(fields.get(name), pair[1])
        )
        for name, pair in sorted((row.values or {}).items())
        if pair != [None, None]
    ]
    names = [_label(fields.get(name), name) for name in row.columns if name not in (row.values or {})]
    return Change(row, str(model._meta.verbose_name) if model else row.table, names, values)


def table_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every table that leaves audit rows, by app, for a select."""
    audited = [model for model in our_models() if getattr(model, "audited", True)]
    audited.sort(key=lambda model: (model._meta.app_label, str(model._meta.verbose_name)))
    return [
        (
            str(models_of[0]._meta.app_config.verbose_name),
            [(model._meta.db_table, f"{model._meta.verbose_name}（{model._meta.db_table}）") for model in models_of],
        )
        for _, group in itertools.groupby(audited, key=lambda model: model._meta.app_label)
        if (models_of := list(group))
    ]


def _models_by_table() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in our_models()}


def _label(field: models.Field[Any, Any] | None, column: str) -> str:
    return f"{field.verbose_name}（{column}）" if field is not None else column


def _shown(field: models.Field[Any, Any] | None, value: Any) -> str:
    """A stored value in words: the label of a choice, an era date, はい or いいえ, a number as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField) and isinstance(value, str):
        moment = timezone.localtime(datetime.fromisoformat(value))
        return f"{era_date(moment.date())} {moment:%H:%M:%S}"
    if isinstance(field, models.DateField) and isinstance(value, str):
        return era_date(date.fromisoformat(value))
    return f"{value:,}" if isinstance(value, int) else str(value)


# --- accesses ---------------------------------------------------------------------------------------


def accesses(
    *, day: date | None, actor: str = "", action: str = "", subject: str = "", row: int | None = None, after: str = ""
) -> Page:
    """Who was shown personal data on a day in Japan; without a day, everybody who ever saw one row of a subject.

    :raises ValueError: when neither a day nor a row of a subject is given, or ``after`` is no cursor.
    """
    if day is None and not (subject and row is not None):
        raise ValueError("a day, or a subject and a row")
    found = AccessLog.objects.all() if day is None else AccessLog.objects.filter(**_on(day))
    for name, value in (("actor", actor), ("action", action), ("subject", subject)):
        if value:
            found = found.filter(**{name: value})
    if row is not None:
        found = found.filter(ids__contains=[row])
    page = _page(found, after)
    labels = dict(subject_choices())
    return Page([Access(each, labels.get(each.subject, each.subject)) for each in page.rows], page.after)


def disclosures(
    *, day: date | None, actor: str = "", subject: str = "", row: int | None = None, after: str = ""
) -> Page:
    """What was handed to others outside on a day in Japan; without a day, all that ever was about one row of a subject.

    :raises ValueError: when neither a day nor a row of a subject is given, or ``after`` is no cursor.
    """
    if day is None and not (subject and row is not None):
        raise ValueError("a day, or a subject and a row")
    found = DisclosureLog.objects.all() if day is None else DisclosureLog.objects.filter(**_on(day))
    for name, value in (("actor", actor), ("subject", subject)):
        if value:
            found = found.filter(**{name: value})
    if row is not None:
        found = found.filter(ids__contains=[row])
    page = _page(found, after)
    labels = dict(subject_choices())
    return Page([HandedOver(each, labels.get(each.subject, each.subject)) for each in page.rows], page.after)


def subject_choices() -> list[tuple[str, str]]:
    """The kinds of row that not everybody may see (those with a row scope), by the name accesses are written under."""
    scoped = [model for model in our_models() if hasattr(model._default_manager.all(), "visible_to")]
    return sorted((str(model._meta.model_name), str(model._meta.verbose_name)) for model in scoped)


# --- pages ------------------------------------------------------------------------------------------


def _on(day: date) -> dict[str, datetime]:
    first = timezone.make_aware(datetime.combine(day, time.min))
    return {"at__gte": first, "at__lt": first + timedelta(days=1)}


def _page(found: QuerySet[M], after: str) -> Page:
    if after:
        at, pk = _read_cursor(after)
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    rows = list(found.order_by("-at", "-pk")[: ROWS_ON_A_PAGE + 1])
    last = rows[ROWS_ON_A_PAGE - 1] if len(rows) > ROWS_ON_A_PAGE else None
    return Page(rows[:ROWS_ON_A_PAGE], _cursor(last) if last is not None else "")


def _cursor(row: AuditRow | AccessLog | DisclosureLog) -> str:
    return f"{row.at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{row.pk}"


def _read_cursor(text: str) -> tuple[datetime, int]:
    at, _, pk = text.partition("-")
    return datetime.strptime(at, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC), int(pk)
