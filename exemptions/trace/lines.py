"""Findings as pages show them, live or stored: value, inputs with their origin, settings with their version, source. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from exemptions.trace.inputs import input_words, settings_of
from japan.eras import era_date
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.setting_keys import BY_KEY
from rulebook.settings import Settings

_WORDS = {Finding.MET: "met", Finding.NOT_MET: "not-met", Finding.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Input:
    """One fact a finding rests on: its name in words and where the value came from; no origin, nothing is on file."""

    name: str
    words: str
    origin: str


@dataclass(frozen=True, slots=True)
class SettingUsed:
    """One setting a finding rests on: its value in words, and since when by which version (or that it is the default)."""

    key: str
    label: str
    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One check as the page shows it. ``finding`` is the word of the component: met, not-met, unknown.

    ``since`` is the day from which the rule's version is in force, ``change`` the one input that would turn the finding.
    """

    finding: str
    code: str
    wording: str
    value: str
    because: str
    source: str
    would_change: str
    version: str = ""
    since: str = ""
    change: str = ""
    inputs: tuple[Input, ...] = ()
    settings: tuple[SettingUsed, ...] = ()


def finding_line(check: Check, origins: Mapping[str, str], settings: Settings) -> FindingLine:
    """One check in the words of the page, with where its values came from."""
    return FindingLine(
        finding=_WORDS[check.finding],
        code=check.rule.code,
        wording=check.rule.wording_ja,
        value=check.value,
        because=check.because,
        source=str(check.rule.source),
        would_change=check.would_change,
        version=check.rule.version,
        since=era_date(check.rule.in_force_from),
        change=_change_words(check.change_fact),
        inputs=_inputs(check.facts, origins),
        settings=_settings(check.rule.code, settings.as_json(), origins),
    )


def stored_line(check: Mapping[str, Any], origins: Mapping[str, str], settings: Mapping[str, Any]) -> FindingLine:
    """One stored check as it was found; ``origins`` and ``settings`` (JSON by key) are those stored beside it."""
    return FindingLine(
        finding=check["finding"].replace("_", "-"),
        code=check["rule"],
        wording=check["wording"],
        value=check["value"],
        because=check["because"],
        source=check["source"],
        would_change=check["would_change"],
        version=check["version"],
        since=era_date(date.fromisoformat(check["version"].partition("@")[2])),
        change=_change_words(check.get("change_fact", "")),
        inputs=_inputs(check["facts"], origins),
        settings=_settings(check["rule"], settings, origins),
    )


def _change_words(fact: str) -> str:
    kind, _, key = fact.partition(":")
    if kind == "setting" and key in BY_KEY:
        return f"設定「{BY_KEY[key].label_ja}」"
    return input_words(fact) if fact else ""


def _inputs(names: Iterable[str], origins: Mapping[str, str]) -> tuple[Input, ...]:
    return tuple(Input(name, input_words(name), origins.get(name, "")) for name in names)


def _settings(rule: str, values: Mapping[str, Any], origins: Mapping[str, str]) -> tuple[SettingUsed, ...]:
    return tuple(
        SettingUsed(
            key=key.key,
            label=key.label_ja,
            text="" if key.key == "consent_texts" else key.text_ja(key.read(values[key.key])),
            origin=origins.get(f"setting:{key.key}", f"既定値（{key.source}）"),
        )
        for key in settings_of(rule)
        if key.key in values
    )
