"""Questions about staff, roles, deputies and offices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module

from allauth.mfa.models import Authenticator
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Sum
from django.utils.module_loading import module_has_submodule

from accounts.enrolment import token_hash
from accounts.enums import Role
from accounts.models import Deputy, Enrolment, Office, OfficeLetterhead, RoleAssignment, User
from accounts.services import is_open

STAFF_ON_A_PAGE = 50


# --- deputies ---------------------------------------------------------------------------------------


def deputised_supervisor(user: User, on: date) -> User | None:
    """The supervisor in whose place somebody decides (代決) on a day, or None.

    None as well when the supervisor is gone or no longer one: a deputy has no more rights than the person replaced.
    """
    if not user.is_active:
        return None
    named = (
        Deputy.objects.in_force(on=on)
        .filter(
            Exists(RoleAssignment.objects.in_force(on=on).filter(user=OuterRef("supervisor"), role=Role.SUPERVISOR)),
            deputy=user,
            supervisor__is_active=True,
        )
        .select_related("supervisor__office")
        .first()
    )
    return named.supervisor if named else None


def deputies(on: date) -> QuerySet[Deputy]:
    """Deputies of that day and later, the nearest first."""
    return (
        Deputy.objects.filter(until__gte=on)
        .select_related("supervisor", "deputy")
        .order_by("since", "supervisor__username")
    )


# --- staff ------------------------------------------------------------------------------------------


def needs_second_factor(user: User, on: date) -> bool:
    """Whether somebody may not be without a second factor: by role, or as a deputy of that day or later."""
    return user.must_have_second_factor or Deputy.objects.filter(deputy=user, until__gte=on).exists()


@dataclass(frozen=True, slots=True)
class StaffPage:
    """One page of the list; ``after`` is the staff number after which the next page begins, empty on the last."""

    people: Sequence[User]
    total: int
    after: str


def staff_page(
    *,
    on: date,
    words: str = "",
    office_id: int | None = None,
    role: Role | None = None,
    state: str = "",
    after: str = "",
) -> StaffPage:
    """Staff by number; ``words`` is part of a name or number.

    ``state`` is "active", "inactive", "without_role" (active, but holding none that day) or empty for all.
    Each has ``standing_roles`` (assignments in force on the day, or later) and ``enrolled`` (a password was ever set).
    """
    found = User.objects.all()
    if words:
        found = found.filter(Q(name__icontains=words) | Q(username__icontains=words))
    if office_id is not None:
        found = found.filter(office=office_id)
    if role is not None:
        found = found.filter(Exists(RoleAssignment.objects.in_force(on=on).filter(user=OuterRef("pk"), role=role)))
    if state == "without_role":
        found = found.filter(pk__in=without_role(on))
    elif state:
        found = found.filter(is_active=state == "active")
    total = found.count()
    people = list(
        found.filter(username__gt=after)
        .select_related("office")
        .prefetch_related(_standing_roles(on))
        .order_by("username")[: STAFF_ON_A_PAGE + 1]
    )
    more = len(people) > STAFF_ON_A_PAGE
    people = people[:STAFF_ON_A_PAGE]
    return StaffPage(people, total, people[-1].username if more else "")


def without_role(on: date) -> QuerySet[User]:
    """Active staff who hold no role that day and can do nothing yet, or no longer."""
    held = RoleAssignment.objects.in_force(on=on).filter(user=OuterRef("pk"))
    return User.objects.filter(~Exists(held), is_active=True)


def _standing_roles(on: date) -> Prefetch[str]:
    standing = RoleAssignment.objects.filter(Q(until__isnull=True) | Q(until__gte=on)).order_by("since", "role")
    return Prefetch("role_assignments", standing, to_attr="standing_roles")


def role_history(user: User) -> QuerySet[RoleAssignment]:
    """Every role somebody ever held or will hold, the latest first."""
    return user.role_assignments.order_by("-since", "role")


def open_link(user: User, at: datetime) -> Enrolment | None:
    """The link that somebody could still use, for showing when it ends."""
    return user.enrolments.filter(used_at__isnull=True, expires_at__gt=at).order_by("-created_at").first()


def links_of(user: User) -> QuerySet[Enrolment]:
    """Every link ever issued to somebody, the latest first: they can see whether one was issued behind their back."""
    return user.enrolments.order_by("-created_at")


def enrolment_by_token(token: str, at: datetime) -> Enrolment | None:
    """The link with this token, if it can be used now."""
    enrolment = Enrolment.objects.filter(token_hash=token_hash(token)).select_related("user__office").first()
    return enrolment if enrolment is not None and is_open(enrolment, at) else None


# --- signing in -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """Whether somebody has a second factor, since when, last used when, and how many recovery codes are left."""

    set_up_at: datetime | None
    last_used_at: datetime | None
    recovery_codes_left: int

    @property
    def is_set_up(self) -> bool:
        return self.set_up_at is not None


def second_factor(user: User) -> SecondFactor:
    by_type = {found.type: found for found in Authenticator.objects.filter(user=user)}
    app = by_type.get(Authenticator.Type.TOTP)
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    return SecondFactor(
        set_up_at=app.created_at if app else None,
        last_used_at=app.last_used_at if app else None,
        recovery_codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
    )


@dataclass(frozen=True, slots=True)
class LockOut:
    """A sign-in refused for a while after failed attempts from one address."""

    address: str
    failures: int
    ends_at: datetime


def lock_outs(user: User, at: datetime) -> list[LockOut]:
    """From which addresses an account cannot be signed in to at a moment, and until when."""
    lasts = get_cool_off()
    if lasts is None:
        return []
    attempts = (
        AccessAttempt.objects.filter(username=user.username, attempt_time__gt=at - lasts)
        .values("ip_address")
        .annotate(failures=Sum("failures_since_start"), latest=Max("attempt_time"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
        .order_by("-latest")
    )
    return [LockOut(each["ip_address"] or "", each["failures"], each["latest"] + lasts) for each in attempts]


# --- offices ----------------------------------------------------------------------------------------


def offices() -> QuerySet[Office]:
    """Every office by code, with the number of its active staff as ``active_staff``."""
    return Office.objects.annotate(active_staff=Count("staff", filter=Q(staff__is_active=True))).order_by("code")


def letterheads(office: Office) -> QuerySet[OfficeLetterhead]:
    return office.letterheads.order_by("-valid_from")


def envelope_choices() -> list[tuple[str, str]]:
    """Code and name of every window envelope that an app above knows how to fill (its ``envelopes.EXAMPLES``)."""
    return [
        (profile.code, profile.label_ja)
        for config in apps.get_app_configs()
        if config.module is not None and module_has_submodule(config.module, "envelopes")
        for profile in import_module(f"{config.name}.envelopes").EXAMPLES
    ]
