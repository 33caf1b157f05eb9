"""Everything dated that two persons can change: the settings, and the sentence of each rule that an app declares.

A rule's sentence and source can be published anew from a day on, like a setting (N-21). What a rule makes the program
compute is code and settings; a published sentence never changes a figure, and its simulation proves just that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from rulebook.rules import RULE_PREFIX, Rule, declared_rules
from rulebook.setting_keys import BY_KEY, SettingError, SettingKey
from rulebook.sources import Source

LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentence of a rule."""

    def read(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_SENTENCE:
            message = f"{LONGEST_SENTENCE}字までの文を入力してください。"
            raise SettingError(key, f"expected a sentence of up to {LONGEST_SENTENCE} characters", message)
        return value.strip()

    def write(self, value: str) -> str:
        return value

    def text_ja(self, value: str, unit_ja: str) -> str:
        return value


def key_named(name: str) -> SettingKey | None:
    """Return the setting or rule that a row's key names; None where nobody declares it (any more)."""
    if name in BY_KEY:
        return BY_KEY[name]
    if not name.startswith(RULE_PREFIX):
        return None
    code = name.removeprefix(RULE_PREFIX)
    for group in declared_rules():
        rule = newest([rule for rule in group.rules if rule.code == code])
        if rule is not None:
            return SettingKey(
                key=name,
                label_ja=f"規則 {code}",
                kind=Wording(),
                default=rule.wording_ja,
                rules=(code,),
                source=rule.source,
                group_ja=group.name_ja,
                moves=group.moves,
            )
    return None


def newest(versions: list[Rule]) -> Rule | None:
    """The version of a rule that came last."""
    return max(versions, key=lambda rule: rule.in_force_from, default=None)


def published_rule(key: str, value: Any, source: str, valid_from: date) -> Rule:
    """The version of a rule that a published sentence makes."""
    return Rule(
        code=key.removeprefix(RULE_PREFIX),
        wording_ja=Wording().read(key, value),
        source=Source(code="", title=source, where="", issued=None),
        in_force_from=valid_from,
    )
