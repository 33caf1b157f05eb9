"""Who does something. There is no way to act anonymously: a batch names itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a machine that changes or reads something.

    ``label`` is what the audit log keeps (a staff number or ``system:night``), never a borrower's data.
    ``user_id`` is the key of the staff account, or None for a machine.
    """

    label: str
    user_id: int | None = None

    @classmethod
    def person(cls, user: Any) -> Actor:
        return cls(label=user.get_username(), user_id=user.pk)

    @classmethod
    def machine(cls, name: str) -> Actor:
        return cls(label=f"system:{name}")

    @property
    def is_machine(self) -> bool:
        return self.user_id is None
