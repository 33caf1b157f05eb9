"""Who can be given applications, for which step, and who stands in for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import Deputy, RoleAssignment, User
from accounts.roles import ROLES, Permission
from exemptions.enums import ApplicationState

STEP_PERMISSION: dict[str, Permission] = {
    ApplicationState.RECEIVED: Permission.REVIEW_EXEMPTIONS,
    ApplicationState.UNDER_REVIEW: Permission.DECIDE_EXEMPTIONS,
}
"""Which permission the step that waits in a state takes: received ones are prepared, proposals are decided."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody to whom cases can be given; ``deputy`` stands in for them that day, empty where nobody has to."""

    key: int
    name: str
    deputy: str

    @property
    def label(self) -> str:
        return f"{self.name}（不在：代決 {self.deputy}さん）" if self.deputy else self.name


def members_for(state: str, *, on: date) -> list[Member]:
    """Who can take the step that waits in a state on a day, by staff number; two queries.

    Whoever is a deputy that day can decide too, but is given nothing in their own name: the cases stay with the absent
    supervisor, and the deputy is offered those.
    """
    permission = STEP_PERMISSION[state]
    roles = [role for role, defined in ROLES.items() if permission in defined.permissions]
    holding = RoleAssignment.objects.in_force(on=on).filter(role__in=roles).values("user")
    stand_ins = dict(Deputy.objects.in_force(on=on).order_by("-pk").values_list("supervisor", "deputy__name"))
    people = User.objects.filter(pk__in=holding, is_active=True).order_by("username").values_list("pk", "name")
    deciding = state == ApplicationState.UNDER_REVIEW
    return [Member(pk, name, stand_ins.get(pk, "") if deciding else "") for pk, name in people]


def everybody(*, on: date) -> list[tuple[int, str]]:
    """Key and name of everybody who can be given cases of any step, for a list to choose from; one query."""
    roles = [role for role, defined in ROLES.items() if defined.permissions & set(STEP_PERMISSION.values())]
    holding = RoleAssignment.objects.in_force(on=on).filter(role__in=roles).values("user")
    return list(User.objects.filter(Q(pk__in=holding), is_active=True).order_by("username").values_list("pk", "name"))
