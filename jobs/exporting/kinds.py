"""What an app declares about a list that may be taken out, in its ``resources.py`` as a tuple ``EXPORTS``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.http import QueryDict

from accounts.models import User
from accounts.roles import Permission
from jobs.declared import by_code

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: the key of the row it shows (for the access log), and its cells in the order of the columns."""

    key: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ExportKind:
    """One list.

    ``rows`` gives what the list's page shows this reader under these filters, all pages of it, a chunk at a time; like the
    page it starts from ``visible_to``. ``filters`` are the names in the page's address that choose rows. ``subject`` is the
    word of the access log. ``permissions``: who opens the page, each of them. ``is_there`` says whether the row a list
    belongs to exists for this reader; ``in_words`` tells the filters.
    """

    code: str
    label: str
    subject: str
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    rows: Callable[[User, QueryDict, datetime], Iterator[Line]]
    permissions: frozenset[Permission] = frozenset({Permission.SEE_CASES})
    is_there: Callable[[User, QueryDict], bool] = lambda user, filters: True
    in_words: Callable[[User, QueryDict], str] = lambda user, filters: ""

    def is_open_to(self, user: User) -> bool:
        return user.can(Permission.EXPORT) and any(user.can(permission) for permission in self.permissions)

    def own(self, query: QueryDict) -> QueryDict:
        """Only the filters that this list knows."""
        known = QueryDict(mutable=True)
        for name in self.filters:
            value = query.get(name)
            if value:
                known[name] = value
        return known


@cache
def export_kinds() -> dict[str, ExportKind]:
    """Every declared list by its code."""
    return by_code("EXPORTS")
