"""A rule is data: a code, a sentence, a source, and the days it is in force. A check is one look at one rule.

Each app declares its rules as ``RULES`` in a module ``rules.py``; :func:`all_rules` finds them. A rule that changes
is closed with ``in_force_until`` and followed by a new entry with the same code, so that yesterday's cases are still
explained by yesterday's sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from rulebook.findings import Finding
from rulebook.moves import Moves
from rulebook.sources import Source

RULE_PREFIX = "rule-"
"""With it begin the keys under which the sentences of rules are changed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it can be shown to a citizen. ``in_force_until`` is the last day, or None while it stands."""

    code: str
    wording_ja: str
    source: Source
    in_force_from: date
    in_force_until: date | None = None

    @property
    def version(self) -> str:
        """What an assessment stores, e.g. ``"EX-11@2020-03-25"``."""
        return f"{self.code}@{self.in_force_from.isoformat()}"

    @property
    def key(self) -> str:
        """Under which key its sentence is changed (``rulebook.keys``)."""
        return f"{RULE_PREFIX}{self.code}"

    def in_force(self, on: date) -> bool:
        """Whether the rule stands on that day, first and last day included."""
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)


@dataclass(frozen=True, slots=True)
class Check:
    """One rule looked at with one person's facts.

    ``subject`` says which ground the check belongs to, ``value`` what was found, ``because`` why that leads to the
    finding, ``facts`` the names of the facts it rests on (``"residence_tax:borrower:2022"``), ``missing`` those of
    them that are not established, and ``origin`` which paper or entry the value came from. ``change_fact`` names the
    one fact that turns the finding when it changes, and ``would_change`` says so in words; both are empty where no
    single fact would. The texts are Japanese.
    """

    rule: Rule
    finding: Finding
    value: str
    because: str
    would_change: str = ""
    change_fact: str = ""
    subject: str = ""
    facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    origin: str = ""


class Rulebook:
    """The rules of one app, found by code and day."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._versions: dict[str, list[Rule]] = {}
        for rule in sorted(rules, key=lambda rule: rule.in_force_from):
            self._versions.setdefault(rule.code, []).append(rule)

    def on(self, code: str, day: date) -> Rule:
        """Return the version of a rule in force on a day, or the first one for a day before it; ``KeyError``."""
        versions = self._versions[code]
        return next((rule for rule in reversed(versions) if rule.in_force_from <= day), versions[0])


@dataclass(frozen=True, slots=True)
class AppRules:
    """The rules one app brings in: its label, the name people know it by, the rules in order, and what they move."""

    app_label: str
    name_ja: str
    rules: tuple[Rule, ...]
    moves: Moves = Moves.NOTHING


def declared_rules() -> Iterator[AppRules]:
    """Find ``RULES`` in the ``rules`` module of every installed app, from the top floor to the bottom one.

    ``MOVES`` beside them says what a change of those rules could move in held loans.
    """
    from importlib import import_module

    from django.apps import apps
    from django.utils.module_loading import module_has_submodule

    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "rules"):
            module = import_module(f"{config.name}.rules")
            rules = tuple(getattr(module, "RULES", ()))
            if rules:
                moves = getattr(module, "MOVES", Moves.NOTHING)
                yield AppRules(config.label, str(config.verbose_name), rules, moves)


def all_rules(on: date) -> list[AppRules]:
    """Return the rules in force on a day, grouped by the app that declares them (for the page 「適用中の規則」)."""
    groups = []
    for declared in declared_rules():
        standing = tuple(rule for rule in declared.rules if rule.in_force(on))
        if standing:
            groups.append(replace(declared, rules=standing))
    return groups


def restated(checks: Iterable[Check], published: Mapping[str, Rule]) -> tuple[Check, ...]:
    """Return checks with the sentence, source and version that the house has published for their rules."""
    return tuple(replace(each, rule=standing(each.rule, published)) for each in checks)


def standing(rule: Rule, published: Mapping[str, Rule]) -> Rule:
    """Return a rule as the house has published it, unless the program brings a sentence that began later."""
    ours = published.get(rule.code)
    return ours if ours is not None and ours.in_force_from >= rule.in_force_from else rule


def find_rule(code: str, on: date) -> Rule | None:
    """Return the rule with a code that is in force on a day, whichever app declares it; None where nobody does."""
    return next((rule for group in all_rules(on) for rule in group.rules if rule.code == code), None)
