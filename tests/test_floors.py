"""The house keeps its floors: imports point downwards, upper floors are not looked up from below, doors stay doors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models.fields.reverse_related import ForeignObjectRel

from people.merging.relations import undeclared

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "japan": 0,
    "audit": 0,
    "accounts": 1,
    "rulebook": 2,
    "jobs": 2,
    "people": 3,
    "notices": 4,
    "loans": 5,
    "repayment": 6,
    "exemptions": 7,
    "referrals": 8,
    "followup": 9,
    "desk": 10,
    "config": 11,
}
# The interface reads eras and yen everywhere; audit keeps its own words beside it on the ground floor.
SAME_FLOOR = {("audit", "japan")}
LOOKUPS = {
    "filter",
    "exclude",
    "annotate",
    "values",
    "values_list",
    "order_by",
    "select_related",
    "prefetch_related",
    "get",
}


def sources(app: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / app).rglob("*.py")):
        yield path, ast.parse(path.read_text())


def imported_apps(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [(node.module, node.lineno)]
        else:
            continue
        for name, line in names:
            top = name.partition(".")[0]
            if top in FLOORS:
                yield top, line


@pytest.mark.parametrize("app", FLOORS)
def test_a_floor_imports_only_from_floors_below(app: str) -> None:
    upward = [
        f"{path.relative_to(ROOT)}:{line} imports {other}"
        for path, tree in sources(app)
        for other, line in imported_apps(tree)
        if other != app and FLOORS[other] >= FLOORS[app] and (app, other) not in SAME_FLOOR
    ]
    assert upward == []


def test_every_room_of_the_house_has_its_floor() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert rooms == set(FLOORS)


@pytest.mark.parametrize("app", [name for name in FLOORS if name not in ("config", "desk", "japan")])
def test_no_query_looks_up_an_upper_floor_by_a_reverse_relation(app: str) -> None:
    """Neither as an attribute (``person.loans``) nor inside a lookup (``filter(loans__code=…)``)."""
    forbidden = {
        name
        for lower in FLOORS
        if lower in apps.app_configs and FLOORS[lower] <= FLOORS[app]
        for name in names_above(lower, app)
    }
    found = []
    for path, tree in sources(app):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOOKUPS:
                words = [keyword.arg for keyword in node.keywords if keyword.arg]
                words += [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                found += [
                    f"{path.relative_to(ROOT)}:{node.lineno} {word}"
                    for word in words
                    if word.lstrip("-").partition("__")[0] in forbidden
                ]
    assert found == []


def names_above(lower: str, app: str) -> set[str]:
    """Reverse names on a lower floor's models that belong to floors above ``app``."""
    names = set()
    for model in apps.get_app_config(lower).get_models():
        for relation in model._meta.get_fields(include_hidden=False):
            if isinstance(relation, ForeignObjectRel):
                owner = relation.related_model._meta.app_label
                if FLOORS.get(owner, -1) > FLOORS[app]:
                    names.add(relation.get_accessor_name() or relation.name)
    return names


def test_every_table_that_points_at_a_person_says_what_becomes_of_its_rows_when_two_records_are_merged() -> None:
    """A model with a foreign key to a person declares ``on_merge = {"field": Moves()}`` (people.merging.policy, ADR 15)."""
    assert undeclared() == []


PURE = [
    "japan/eras.py", "japan/months.py", "japan/yen.py", "japan/bankdays.py", "japan/kana.py", "japan/phones.py",
    "japan/banks.py", "japan/zengin/checks.py", "japan/zengin/framing.py", "japan/zengin/kana.py", "japan/zengin/layout.py",
    "japan/zengin/reading.py", "japan/zengin/records.py", "japan/zengin/writing.py", "japan/zengin/yucho.py",
    "rulebook/findings.py", "rulebook/rules.py", "rulebook/settings.py", "rulebook/setting_keys.py",
    "rulebook/sources.py", "loans/funds.py",
    "people/merging/periods.py", "people/merging/policy.py",
    "people/sought.py", "japan/lots.py",
    "repayment/schedule.py", "repayment/position.py",
    "repayment/late_interest.py", "exemptions/facts.py", "exemptions/assess.py", "exemptions/rules.py",
    "exemptions/deficiencies.py", "notices/envelopes.py",
]  # fmt: skip


@pytest.mark.parametrize("name", PURE)
def test_thinking_has_no_database_no_clock_and_no_settings(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    impure = {
        m
        for m in modules
        if m.startswith(("django.db", "django.conf", "django.utils.timezone")) or m.endswith(".models")
    }
    clocks = [
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("now", "today")
    ]
    assert (impure, clocks) == (set(), [])
