"""改正のお知らせ: what was published, from when, on which source, and which offices have read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import Office, User
from audit.actors import Actor
from audit.services import service
from rulebook.keys import key_named
from rulebook.models import ChangeReading, SettingRow
from rulebook.refusals import SettingRefused
from rulebook.selectors import value_ja
from rulebook.setting_keys import SettingKey

SHOWN_FOR = timedelta(days=400)
"""How long a change is shown after it began."""


@dataclass(frozen=True, slots=True)
class Change:
    """One published change in words, and who has read it. ``read_by_us``: the reader's own office has."""

    row: SettingRow
    setting: SettingKey
    before_ja: str
    after_ja: str
    read_by: tuple[str, ...]
    unread_by: tuple[str, ...]
    read_by_us: bool


def published(on: date) -> QuerySet[SettingRow]:
    """The changes that are shown on a day: those to come and those of the last year."""
    rows = SettingRow.objects.filter(
        approved_at__isnull=False, withdrawn_at__isnull=True, valid_from__gte=on - SHOWN_FOR
    )
    return rows.select_related("proposed_by", "approved_by").order_by("-valid_from", "-pk")


def changes_for(user: User, *, on: date) -> list[Change]:
    """The published changes, the one that begins last first; three queries."""
    rows = list(published(on))
    values = _values_before(rows)
    offices = list(Office.objects.order_by("code").values_list("pk", "name"))
    readers: dict[int, set[int]] = {}
    for change_id, office_id in ChangeReading.objects.filter(change__in=rows).values_list("change", "office"):
        readers.setdefault(change_id, set()).add(office_id)
    found = []
    for row in rows:
        setting, read = key_named(row.key), readers.get(row.pk, set())
        if setting is not None:
            found.append(
                Change(
                    row=row,
                    setting=setting,
                    before_ja=value_ja(setting, values.get(row.pk, setting.default)),
                    after_ja=value_ja(setting, row.value),
                    read_by=tuple(name for pk, name in offices if pk in read),
                    unread_by=tuple(name for pk, name in offices if pk not in read),
                    read_by_us=user.office_id in read,
                )
            )
    return found


def unread_changes(user: User, *, on: date) -> QuerySet[SettingRow]:
    """The published changes that nobody of the reader's office has marked as read."""
    return published(on).exclude(readings__office=user.office_id)


@service
def mark_read(*, change_id: int, by: Actor, at: datetime) -> ChangeReading:
    """Write down that the office of a member of staff has read a published change; the same again changes nothing."""
    person = User.objects.filter(pk=by.user_id).first() if by.user_id is not None else None
    if person is None:
        raise SettingRefused("改正のお知らせを確認できるのは職員です。")
    row = SettingRow.objects.select_for_update().get(pk=change_id)
    if row.approved_at is None or row.withdrawn_at is not None:
        raise SettingRefused("この変更は公表されていません。")
    try:
        with transaction.atomic():
            return ChangeReading.objects.create(change=row, office_id=person.office_id, read_by=person, read_at=at)
    except IntegrityError:
        return ChangeReading.objects.get(change=row, office_id=person.office_id)


def _values_before(rows: Iterable[SettingRow]) -> dict[int, Any]:
    """What stood before each change, by its key; nothing where that was the default."""
    wanted = {row.pk for row in rows}
    values: dict[int, Any] = {}
    standing: dict[str, Any] = {}
    approved = SettingRow.objects.filter(approved_at__isnull=False, withdrawn_at__isnull=True)
    for row in approved.filter(key__in={row.key for row in rows}).order_by("key", "valid_from"):
        if row.pk in wanted and row.key in standing:
            values[row.pk] = standing[row.key]
        standing[row.key] = row.value
    return values
