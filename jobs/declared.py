"""What apps declare in their ``resources.py``: files they take in (``IMPORTS``) and lists they give out (``EXPORTS``)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps


def declared(attribute: str) -> Iterator[Any]:
    """Everything declared under a name, lower floors first: people before their loans, loans before payments."""
    for app in reversed(list(apps.get_app_configs())):
        name = f"{app.name}.resources"
        if app.name.startswith(("django", "import_export")) or find_spec(name) is None:
            continue
        yield from getattr(import_module(name), attribute, ())


def by_code(attribute: str) -> dict[str, Any]:
    """The same by its code; ``ValueError`` where two bear the same."""
    found: dict[str, Any] = {}
    for each in declared(attribute):
        if each.code in found:
            raise ValueError(f"two of {attribute} are called {each.code}")
        found[each.code] = each
    return found
