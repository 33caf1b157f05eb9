"""The rules of lending as data: complete, cited, dated; and what no rule may read."""

from __future__ import annotations

import ast
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from loans.lending import assess
from loans.lending.facts import LendingFacts
from loans.rules import IN_PRINCIPLE, RULEBOOK, RULES
from rulebook.sources import QA_VOL17
from tests.loans.lending.situations import assessed, extension, general, regular, reloan, small

HERE = Path(assess.__file__).parent
PURE = [
    "assess", "ceilings", "eligibility", "enums", "exclusions", "facts", "five_points", "guide", "inquiry",
    "involvement", "minors", "papers", "regular", "sequence", "windows",
]  # fmt: skip

LN = [1, 2, *range(10, 26), *range(30, 40)]
QUESTIONS_WITH_BEHAVIOUR = [
    "1", "2-1", "2-2", "2-3", "2-4", "2-5", "2-6", "2-7", "2-8", "2-9", "2-10", "2-11", "3", "4", "5", "6", "7-1", "7-2",
    "8-1", "8-2", "8-3", "8-4", "8-5", "8-6", "8-7", "8-8", "8-9", "9", "10", "11", "12", "13", "14-1", "14-2", "15", "16",
    "17-1", "17-2", "18", "19", "20-1-1", "20-1-2", "20-2", "21", "22", "23", "24", "25", "26", "27", "28",
]  # fmt: skip


def test_every_rule_of_lending_is_there():
    codes = {rule.code for rule in RULES}

    assert {f"LN-{number:02d}" for number in LN} <= codes
    assert codes >= IN_PRINCIPLE


@pytest.mark.parametrize("number", QUESTIONS_WITH_BEHAVIOUR)
def test_every_question_of_the_answers_has_a_rule_that_cites_it(number):
    places = [rule.source.where for rule in RULES if rule.source.code == QA_VOL17.code]

    assert any(
        f"問{number}" in place.replace("問24④", "問24").removeprefix("1 貸付関係 ").split("・") for place in places
    )


def test_the_deleted_question_keeps_its_number():
    assert "削除" in RULEBOOK.on("QA-06-2", date(2026, 11, 20)).wording_ja


def test_majority_is_told_by_the_sentence_of_the_day():
    assert "20歳未満" in RULEBOOK.on("LN-18", date(2022, 3, 31)).wording_ja
    assert "18歳未満" in RULEBOOK.on("LN-18", date(2022, 4, 1)).wording_ja


def every_field(of: type, seen: set[type] | None = None) -> set[str]:
    """The names of all fields that facts consist of, however deep."""
    seen = seen if seen is not None else set()
    if of in seen or not is_dataclass(of):
        return set()
    seen.add(of)
    names = {field.name for field in fields(of)}
    for hint in get_type_hints(of).values():
        for part in [hint, *get_args(hint), *(inner for arg in get_args(hint) for inner in get_args(arg))]:
            if isinstance(part, type):
                names |= every_field(part, seen)
    return names


FORBIDDEN = ("national", "citizen", "foreign", "of_stay", "stay_until", "country", "visa")


def test_q18_nationality_is_no_fact_anywhere():
    names = every_field(LendingFacts)

    assert {"applied_on", "held_months", "last_month", "in_school"} <= names
    assert [name for name in names for word in FORBIDDEN if word in name.lower()] == []


@pytest.mark.parametrize("module", PURE)
def test_q18_no_rule_reads_a_nationality(module):
    tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
    read = {node.attr.lower() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    read |= {node.id.lower() for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert [name for name in read for word in FORBIDDEN if word in name] == []


@pytest.mark.parametrize("module", PURE)
def test_thinking_about_a_loan_needs_no_database_and_no_clock(module):
    tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}

    assert {name for name in imported if name.startswith("django")} <= {"django.db.models"}  # TextChoices
    ours = {name for name in imported if not name.startswith("django")}
    assert [name for name in ours if "models" in name or "selectors" in name or "services" in name] == []
    assert "time" not in ours


PLAIN = [small(), general(), extension(), reloan(), regular()]


@pytest.mark.parametrize("application", PLAIN, ids=lambda it: it.fund.value)
def test_every_check_has_a_value_a_reason_and_a_source(application):
    for check in assessed(application).checks:
        assert check.value
        assert check.because.endswith("。")
        assert check.rule.source.where
        assert bool(check.would_change) == bool(check.change_fact)
