"""Which settings stand on a day, and where each comes from."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from rulebook.keys import published_rule
from rulebook.models import SettingRow
from rulebook.rules import RULE_PREFIX, AppRules, Rule, all_rules, standing
from rulebook.setting_keys import BY_KEY, KEYS, SettingError, SettingKey
from rulebook.settings import Settings


def settings_on(day: date, *, known_at: datetime | None = None) -> Settings:
    """The settings of a day: approved rows over the defaults, in one query; *known_at*: as they were known at a moment.

    :raises SettingError: when a stored value does not fit its key (any more). Nothing may be decided on a guess.
    """
    approved = _approved() if known_at is None else _approved_at(known_at)
    return Settings.defaults().with_values({row.key: row.value for row in _in_force(day, approved)})


def settings_with_rows(day: date) -> tuple[Settings, dict[str, SettingRow]]:
    """The settings of a day, and by key the approved row each comes from; a key without one has its default. One query."""
    rows = {row.key: row for row in _in_force(day)}
    return Settings.defaults().with_values({key: row.value for key, row in rows.items()}), rows


@dataclass(frozen=True, slots=True)
class SettingsBook:
    """Every approved row, read once, to ask for the settings of many days as they were known at many moments."""

    rows: Sequence[SettingRow]

    def on(self, day: date, *, known_at: datetime) -> Settings:
        """The settings of a day as they were known at a moment; ``SettingError`` as in ``settings_on``."""
        values: dict[str, Any] = {}
        for row in self.rows:  # the latest day last
            approved, withdrawn = row.approved_at, row.withdrawn_at
            if row.valid_from <= day and approved is not None and approved <= known_at:
                if withdrawn is None or withdrawn > known_at:
                    values[row.key] = row.value
        return Settings.defaults().with_values(values)


def settings_book() -> SettingsBook:
    """What was ever approved, also if it was withdrawn since; one query."""
    return SettingsBook(list(_settings().filter(approved_at__isnull=False).order_by("valid_from", "approved_at")))


def published_rules(day: date) -> dict[str, Rule]:
    """The sentences the house has published for rules, as they stand on a day, by the rule's code; one query."""
    rows = _in_force(day, _every_approved().filter(key__startswith=RULE_PREFIX))
    rules = (published_rule(row.key, row.value, row.source, row.valid_from) for row in rows)
    return {rule.code: rule for rule in rules}


def value_on(key: str, day: date) -> Any:
    """The value of one setting on a day; ``SettingError`` as above."""
    return values_on(key, [day])[day]


def values_on(key: str, days: Iterable[date]) -> dict[date, Any]:
    """The value of one setting on each of several days, in one query; ``SettingError`` as above."""
    setting = BY_KEY[key]
    rows = list(_approved().filter(key=key).order_by("-valid_from"))
    found = {day: next((row.value for row in rows if row.valid_from <= day), setting.default) for day in set(days)}
    return {day: setting.read(value) for day, value in found.items()}


def whole_number_on(key: str, day: date) -> Coalesce:
    """A setting that is a whole number, as an expression on a day: for queries that must stay one."""
    newest = _approved().filter(key=key, valid_from__lte=day).order_by("-valid_from").values("value")[:1]
    return Coalesce(Cast(Subquery(newest), IntegerField()), Value(BY_KEY[key].default), output_field=IntegerField())


def _in_force(day: date, approved: QuerySet[SettingRow] | None = None) -> QuerySet[SettingRow]:
    """For each key the latest approved row that has begun."""
    rows = _approved() if approved is None else approved
    return rows.filter(valid_from__lte=day).order_by("key", "-valid_from").distinct("key")


_STANDS = Q(approved_at__isnull=False, withdrawn_at__isnull=True)


def _settings() -> QuerySet[SettingRow]:
    """The rows of settings, without the sentences of rules."""
    return SettingRow.objects.exclude(key__startswith=RULE_PREFIX)


def _approved() -> QuerySet[SettingRow]:
    return _settings().filter(_STANDS)


def _every_approved() -> QuerySet[SettingRow]:
    return SettingRow.objects.filter(_STANDS)


def _approved_at(moment: datetime) -> QuerySet[SettingRow]:
    """The rows that were approved at a moment, also those withdrawn since."""
    return _settings().filter(approved_at__lte=moment).exclude(withdrawn_at__lte=moment)


# --- the page of settings ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SettingState:
    """One setting as a page shows it. ``row`` is None where the default stands; ``coming`` are later days and proposals."""

    setting: SettingKey
    row: SettingRow | None
    text_ja: str
    coming: Sequence[ComingChange]

    @property
    def source_ja(self) -> str:
        return self.row.source if self.row is not None else str(self.setting.source)


@dataclass(frozen=True, slots=True)
class ComingChange:
    """A value that will stand from a day on, or was proposed to."""

    row: SettingRow
    text_ja: str


@dataclass(frozen=True, slots=True)
class SettingGroup:
    name_ja: str
    states: Sequence[SettingState]


def setting_groups(day: date) -> list[SettingGroup]:
    """Every setting with its value of a day and what is coming, by subject (two queries)."""
    standing = {row.key: row for row in _in_force(day)}
    coming: dict[str, list[SettingRow]] = {}
    for row in _ahead(day):
        coming.setdefault(row.key, []).append(row)
    groups: dict[str, list[SettingState]] = {}
    for setting in KEYS:
        state = _state(setting, standing.get(setting.key), coming.get(setting.key, []))
        groups.setdefault(setting.group_ja, []).append(state)
    return [SettingGroup(name, states) for name, states in groups.items()]


def setting_state(setting: SettingKey, day: date) -> SettingState:
    """One setting with its value of a day and what is coming."""
    standing = _in_force(day, _every_approved()).filter(key=setting.key).first()
    return _state(setting, standing, _ahead(day).filter(key=setting.key))


def _state(setting: SettingKey, row: SettingRow | None, coming: Iterable[SettingRow]) -> SettingState:
    value = setting.default if row is None else row.value
    return SettingState(
        setting, row, value_ja(setting, value), [ComingChange(each, value_ja(setting, each.value)) for each in coming]
    )


def value_ja(setting: SettingKey, value: Any) -> str:
    """A stored value in words; one that no longer fits is shown as it is, so that somebody can replace it."""
    try:
        return setting.text_ja(setting.read(value))
    except SettingError:
        return f"{json.dumps(value, ensure_ascii=False)}（使えない値です。変更を起案してください。）"


def stored_value(setting: SettingKey, day: date) -> Any:
    """The value of one setting on a day as it is stored (JSON)."""
    row = _in_force(day, _every_approved()).filter(key=setting.key).first()
    return setting.default if row is None else row.value


def _ahead(day: date) -> QuerySet[SettingRow]:
    """Approved rows that have not begun, and open proposals, the nearest first."""
    rows = SettingRow.objects.filter(withdrawn_at__isnull=True).exclude(approved_at__isnull=False, valid_from__lte=day)
    return rows.select_related("proposed_by", "approved_by").order_by("valid_from", "proposed_at")


def setting_history(setting: SettingKey) -> QuerySet[SettingRow]:
    """Every row of a key that was ever proposed, the latest first."""
    rows = SettingRow.objects.filter(key=setting.key).select_related("proposed_by", "approved_by")
    return rows.order_by("-valid_from", "-proposed_at")


def open_proposals() -> int:
    """How many proposals wait for a second person."""
    return SettingRow.objects.filter(approved_at__isnull=True, withdrawn_at__isnull=True).count()


# --- the page of rules ------------------------------------------------------------------------------


def codes_in_force(on: date) -> frozenset[str]:
    """The ids of the rules that the page of rules shows on a day."""
    return frozenset(rule.code for group in all_rules(on) for rule in group.rules)


def rules_matching(words: str, on: date) -> list[AppRules]:
    """The rules in force on a day whose id, sentence or source holds every one of the words.

    Full and half width and the several dashes are alike, so that a question is found as it is printed: 「問２－３」. A
    question number is found as a whole: 「問2」 is not 「問21」.
    """
    wanted = [
        re.compile(re.escape(word) + ("(?![0-9])" if word[-1].isdigit() else "")) for word in _plain(words).split()
    ]
    groups, published = [], published_rules(on)
    for group in all_rules(on):
        found = tuple(
            rule
            for rule in (standing(rule, published) for rule in group.rules)
            if all(word.search(_plain(f"{rule.code} {rule.wording_ja} {rule.source}")) for word in wanted)
        )
        if found:
            groups.append(replace(group, rules=found))
    return groups


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_DASHES).upper()


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))
