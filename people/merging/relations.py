"""Every column of the house that points at a person, found by asking the schema: nobody can forget one.

This reads what models say about themselves; it imports no upper floor (ADR 15).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from people.merging.policy import Moves, Policy
from people.models import Person


@dataclass(frozen=True, slots=True)
class Relation:
    """One foreign key to a person, with what a merge does to its rows."""

    model: type[models.Model]
    field: str
    policy: Policy

    @property
    def label(self) -> str:
        """``loans.loan.borrower``: how a relation is named in what is kept about a merge."""
        return f"{self.model._meta.label_lower}.{self.field}"

    @property
    def column(self) -> str:
        return f"{self.field}_id"

    @property
    def words(self) -> str:
        """What its rows are called on the screen."""
        return str(self.model._meta.verbose_name)

    def rows_of(self, person_id: int) -> models.QuerySet[Any]:
        """The rows that point at a person, whatever a manager would hide."""
        return self.model._base_manager.filter(**{self.column: person_id}).order_by("pk")


class UndeclaredRelation(RuntimeError):
    """A model points at a person and does not say what a merge does with its rows (``on_merge``)."""


def relations() -> list[Relation]:
    """All relations, in an order that does not change. ``UndeclaredRelation`` where a model says nothing."""
    missing = undeclared()
    if missing:
        raise UndeclaredRelation(", ".join(missing))
    found = [Relation(model, field.name, model.on_merge[field.name]) for model, field in pointing_at_persons()]  # type: ignore[attr-defined]
    return sorted(found, key=lambda relation: relation.label)


def undeclared() -> list[str]:
    """Relations without a policy, as ``app.model.field``; and policies without a relation."""
    pointing = [(model, field.name) for model, field in pointing_at_persons()]
    missing = [
        f"{model._meta.label_lower}.{name}" for model, name in pointing if name not in getattr(model, "on_merge", {})
    ]
    idle = [
        f"{model._meta.label_lower}.{name} (no such relation)"
        for model in apps.get_models()
        for name in getattr(model, "on_merge", {})
        if (model, name) not in pointing
    ]
    return sorted(missing + idle)


def pointing_at_persons() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if field.remote_field is not None and field.related_model is Person:
                yield model, field


def relation_named(label: str) -> Relation:
    return next(relation for relation in relations() if relation.label == label)


def have_money_on_both_sides(one: int, other: int) -> bool:
    """Whether each of two persons has a row that means money."""
    money = [each for each in relations() if isinstance(each.policy, Moves) and each.policy.money]
    return all(any(each.rows_of(person).exists() for each in money) for person in (one, other))
