"""Offices, staff, the roles they hold and for how long, and who stands in for whom."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import ClassVar, Self, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from accounts.enums import OfficeKind, Role, SealMode, Side
from accounts.roles import ROLES, Permission, permissions_of

M = TypeVar("M", bound=models.Model)


class DateRange(Func):
    """``daterange(since, until, '[]')`` over two columns; an empty ``until`` is open."""

    function = "DATERANGE"
    output_field = DateRangeField()


def period(since: str = "since", until: str = "until") -> DateRange:
    """The inclusive days between two columns, for exclusion constraints."""
    return DateRange(F(since), F(until), Value("[]"))


class Office(models.Model):
    """A council or an agency. Exactly one office of kind PREFECTURAL exists in an installation."""

    code = models.CharField("事業所コード", max_length=10, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("種別", max_length=12, choices=OfficeKind)
    municipality = models.CharField("担当市区町村", max_length=40, blank=True)
    closed_on = models.DateField("閉鎖日", null=True, blank=True)

    class Meta:
        verbose_name = "事業所"
        verbose_name_plural = "事業所"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind=OfficeKind.PREFECTURAL),
                name="one_prefectural_office",
                violation_error_message="都道府県社協はすでに登録されています。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfficeLetterhead(models.Model):
    """What letters of an office say about it from a day on: chairperson, seal, address, desk hours, number prefix."""

    audit_values: ClassVar[tuple[str, ...]] = ("seal_mode", "valid_from")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="letterheads", verbose_name="事業所")
    valid_from = models.DateField("適用開始日")
    letter_name = models.CharField("発信者名称", max_length=80)
    chairperson = models.CharField("会長名", max_length=40)
    seal_mode = models.CharField("公印", max_length=8, choices=SealMode, default=SealMode.OMITTED)
    number_prefix = models.CharField("文書記号", max_length=20)
    postal_code = models.CharField("郵便番号", max_length=8)
    address = models.CharField("所在地", max_length=120)
    phone = models.CharField("電話", max_length=20)
    hours = models.CharField("受付時間", max_length=60)
    envelope_profile = models.CharField("封筒の型", max_length=40)
    desks = models.JSONField("相談窓口", default=list)

    class Meta:
        verbose_name = "発信者情報"
        verbose_name_plural = "発信者情報"
        constraints = [
            models.UniqueConstraint(fields=["office", "valid_from"], name="one_letterhead_per_office_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.letter_name} {self.valid_from}"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A member of staff. What they may do comes from the roles they hold today, nothing else."""

    audit_values: ClassVar[tuple[str, ...]] = ("is_active", "office_id")

    username = models.CharField("職員番号", max_length=40, unique=True)
    name = models.CharField("氏名", max_length=60)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="staff", verbose_name="所属")
    is_active = models.BooleanField("有効", default=True)
    joined_at = models.DateTimeField("登録日時", default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "職員"
        verbose_name_plural = "職員"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    def roles_on(self, day: date) -> frozenset[Role]:
        """The roles held on a day (one query)."""
        return frozenset(Role(role) for role in self.role_assignments.in_force(on=day).values_list("role", flat=True))

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles held today; read once for each loaded user."""
        return self.roles_on(timezone.localdate()) if self.is_active else frozenset()

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles)

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def must_have_second_factor(self) -> bool:
        return any(ROLES[role].second_factor for role in self.roles)


class InForceQuerySet(models.QuerySet[M]):
    def in_force(self, *, on: date) -> Self:
        return self.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)


class RoleAssignment(models.Model):
    """A role somebody holds for a period. Roles of two sides in one period are refused by the database."""

    audit_values: ClassVar[tuple[str, ...]] = ("user_id", "role", "side", "since", "until")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_assignments", verbose_name="職員")
    role = models.CharField("役割", max_length=24, choices=Role)
    side = models.CharField("区分", max_length=8, choices=Side, editable=False)
    since = models.DateField("開始日")
    until = models.DateField("終了日", null=True, blank=True)
    granted_by = models.CharField("付与者", max_length=150)

    objects = InForceQuerySet.as_manager()

    class Meta:
        verbose_name = "役割の付与"
        verbose_name_plural = "役割の付与"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="role_assignment_until_after_since"
            ),
            ExclusionConstraint(
                name="roles_of_two_sides_never_together",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("side", RangeOperators.NOT_EQUAL),
                    (period(), RangeOperators.OVERLAPS),
                ],
                violation_error_message="両立しない役割を同じ期間に持つことはできません。",
            ),
            ExclusionConstraint(
                name="role_held_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (period(), RangeOperators.OVERLAPS),
                ],
                violation_error_message="この役割はすでに付与されています。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.side = ROLES[Role(self.role)].side
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Deputy(models.Model):
    """代決: who decides for an absent supervisor, for a dated period. Never for entries of their own."""

    audit_values: ClassVar[tuple[str, ...]] = ("supervisor_id", "deputy_id", "since", "until")

    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputies", verbose_name="決裁者")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputising", verbose_name="代決者")
    since = models.DateField("開始日")
    until = models.DateField("終了日")
    reason = models.CharField("理由", max_length=120)

    objects = InForceQuerySet.as_manager()

    class Meta:
        verbose_name = "代決者の指定"
        verbose_name_plural = "代決者の指定"
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="deputy_until_after_since"),
            models.CheckConstraint(condition=~Q(deputy=F("supervisor")), name="deputy_is_somebody_else"),
            ExclusionConstraint(
                name="one_deputy_for_a_supervisor_at_a_time",
                expressions=[("supervisor", RangeOperators.EQUAL), (period(), RangeOperators.OVERLAPS)],
                violation_error_message="この決裁者には、同じ期間にすでに代決者が指定されています。",
            ),
            ExclusionConstraint(
                name="one_supervisor_for_a_deputy_at_a_time",
                expressions=[("deputy", RangeOperators.EQUAL), (period(), RangeOperators.OVERLAPS)],
                violation_error_message="この職員は、同じ期間にほかの決裁者の代決者に指定されています。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor} → {self.deputy}"


class Enrolment(models.Model):
    """A one-time link with which a member of staff sets a password. Only the hash of its token is kept.

    ``resets_second_factor``: the device is lost, so using the link also removes the second factor.
    """

    audit_values: ClassVar[tuple[str, ...]] = ("user_id", "resets_second_factor", "expires_at", "used_at")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="enrolments", verbose_name="職員")
    token_hash = models.CharField("照合値", max_length=64, unique=True)
    created_at = models.DateTimeField("発行日時")
    expires_at = models.DateTimeField("有効期限")
    used_at = models.DateTimeField("使用日時", null=True, blank=True)
    resets_second_factor = models.BooleanField("二段階認証の解除", default=False)
    created_by = models.CharField("発行者", max_length=150)

    class Meta:
        verbose_name = "利用開始の案内"
        verbose_name_plural = "利用開始の案内"

    def __str__(self) -> str:
        return f"{self.user} {self.expires_at:%Y-%m-%d}"
