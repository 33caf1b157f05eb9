"""Everything that changes offices, staff, the roles they hold, and who stands in for whom.

Refusals are :class:`AccountRefused`; their text is the sentence that the person at the screen reads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from axes.utils import reset as forget_failed_attempts
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enrolment import ENROLMENT_LASTS, new_token, token_hash
from accounts.enums import OfficeKind, Role, SealMode
from accounts.models import Deputy, Enrolment, Office, OfficeLetterhead, RoleAssignment, User
from accounts.roles import ROLES, Permission
from audit.actors import Actor
from audit.services import service
from japan.eras import era_date

STAFF_NUMBER = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class AccountRefused(Exception):
    """Something that must not be done to accounts. ``str()`` is a Japanese sentence for the person who tried."""


# --- offices ----------------------------------------------------------------------------------------


@service
def create_office(
    *, code: str, name: str, kind: OfficeKind, municipality: str = "", by: Actor, at: datetime
) -> Office:
    """Register a council or an agency. There is one prefectural office; the database refuses a second."""
    _must_manage(by)
    office = Office(code=code, name=name, kind=kind, municipality=municipality)
    _check(office)
    office.save()
    return office


@service
def change_office(
    *, office_id: int, name: str, municipality: str, closed_on: date | None, by: Actor, at: datetime
) -> Office:
    """Rename an office, or say from which day it is closed; it cannot close while active staff belong to it."""
    _must_manage(by)
    office = Office.objects.select_for_update().get(pk=office_id)
    if closed_on is not None and office.kind == OfficeKind.PREFECTURAL:
        raise AccountRefused("都道府県社協は閉鎖できません。")
    if closed_on is not None and office.staff.filter(is_active=True).exists():
        raise AccountRefused("有効な職員が所属しています。異動または利用停止をしてから閉鎖してください。")
    office.name, office.municipality, office.closed_on = name, municipality, closed_on
    _check(office)
    office.save()
    return office


@service
def set_letterhead(
    *,
    office_id: int,
    valid_from: date,
    letter_name: str,
    chairperson: str,
    seal_mode: SealMode,
    number_prefix: str,
    postal_code: str,
    address: str,
    phone: str,
    hours: str,
    envelope_profile: str,
    desks: Iterable[dict[str, str]] = (),
    by: Actor,
    at: datetime,
) -> OfficeLetterhead:
    """Say what an office's letters say about it from a day on; letters already drafted keep what they had.

    ``desks`` are dicts with ``name``, ``contact``, ``hours``. Another entry for the same day replaces the one there is.
    Refused for a day before today.
    """
    _must_manage(by)
    if valid_from < timezone.localdate(at):
        raise AccountRefused("適用開始日は今日以降の日付にしてください。")
    office = Office.objects.select_for_update().get(pk=office_id)
    letterhead = OfficeLetterhead.objects.filter(office=office, valid_from=valid_from).first()
    letterhead = letterhead or OfficeLetterhead(office=office, valid_from=valid_from)
    letterhead.letter_name = letter_name
    letterhead.chairperson = chairperson
    letterhead.seal_mode = seal_mode
    letterhead.number_prefix = number_prefix
    letterhead.postal_code = postal_code
    letterhead.address = address
    letterhead.phone = phone
    letterhead.hours = hours
    letterhead.envelope_profile = envelope_profile
    letterhead.desks = [dict(desk) for desk in desks]
    _check(letterhead)
    letterhead.save()
    return letterhead


# --- staff ------------------------------------------------------------------------------------------


@service
def enrol_user(*, username: str, name: str, office_id: int, by: Actor, at: datetime) -> tuple[User, str]:
    """Register a member of staff, and return them with the token of the link that lets them choose a password.

    They can do nothing until they hold a role. The token is returned once and never stored.
    """
    _must_manage(by)
    office = Office.objects.get(pk=office_id)
    if office.closed_on is not None and office.closed_on <= timezone.localdate(at):
        raise AccountRefused(f"{office.name}は閉鎖されています。")
    user = User(username=staff_number(username), name=name.strip(), office=office, joined_at=at)
    user.set_unusable_password()
    if User.objects.filter(username=user.username).exists():
        raise AccountRefused(f"職員番号「{user.username}」はすでに登録されています。")
    _check(user)
    user.save()
    return user, _issue(user, resets_second_factor=False, by=by, at=at)


def staff_number(text: str) -> str:
    """The one spelling of a staff number: half width, small letters. Raises :class:`AccountRefused`."""
    number = unicodedata.normalize("NFKC", text).strip().lower()
    if not STAFF_NUMBER.fullmatch(number):
        raise AccountRefused("職員番号は、半角の英数字と「.」「-」「_」で2文字以上40文字以内にしてください。")
    return number


@service
def issue_enrolment(*, user_id: int, resets_second_factor: bool = False, by: Actor, at: datetime) -> str:
    """Return the token of a new link for somebody who lost the password, or with it the second factor.

    Earlier links end at once; password and second factor stay what they are until the new link is used. Nobody issues
    a link to themselves: who knows the password changes it, and who does not cannot be here.
    """
    _must_manage(by)
    user = _locked_user(user_id)
    if by.user_id == user.pk:
        raise AccountRefused("自分自身の案内は発行できません。ほかのシステム管理者に頼んでください。")
    if not user.is_active:
        raise AccountRefused("利用を停止している職員です。再開してから発行してください。")
    if resets_second_factor and Deputy.objects.filter(deputy=user, until__gte=timezone.localdate(at)).exists():
        raise AccountRefused("代決者に指定されている間は解除できません。代決の指定を終了してから発行してください。")
    return _issue(user, resets_second_factor=resets_second_factor, by=by, at=at)


@service
def accept_enrolment(*, token: str, password: str, by: Actor, at: datetime) -> User:
    """Set the password that the owner of a link chose. The link works once, and only until it expires.

    :raises ValidationError: when the password is too weak.
    """
    enrolment = Enrolment.objects.select_for_update(of=("self",)).filter(token_hash=token_hash(token)).first()
    if enrolment is None or enrolment.user_id != by.user_id or not is_open(enrolment, at):
        raise AccountRefused("この案内は使えません。期限が切れたか、すでに使われています。")
    user = _locked_user(enrolment.user_id)
    validate_password(password, user)
    enrolment.used_at = at
    enrolment.save(update_fields=["used_at"])
    user.set_password(password)
    user.save(update_fields=["password"])
    if enrolment.resets_second_factor:
        Authenticator.objects.filter(user=user).delete()
    forget_failed_attempts(username=user.username)
    return user


def is_open(enrolment: Enrolment, at: datetime) -> bool:
    """Whether a link can still be used at a moment."""
    return enrolment.used_at is None and at < enrolment.expires_at and enrolment.user.is_active


@service
def change_staff(*, user_id: int, name: str, office_id: int, by: Actor, at: datetime) -> User:
    """Correct a name, or move somebody to another office. Roles that cannot be held there must end first."""
    _must_manage(by)
    user = _locked_user(user_id)
    office = Office.objects.get(pk=office_id)
    if office.pk != user.office_id:
        for assignment in _standing(user, since=timezone.localdate(at), until=None):
            if office.kind not in ROLES[Role(assignment.role)].office_kinds:
                raise AccountRefused(
                    f"「{assignment.get_role_display()}」は{office.get_kind_display()}では持てない役割です。"
                    "この役割を終了してから異動してください。"
                )
    user.name, user.office = name.strip(), office
    _check(user)
    user.save(update_fields=["name", "office"])
    return user


@service
def deactivate_user(*, user_id: int, by: Actor, at: datetime) -> User:
    """Stop an account at once: sessions, links and sign-in end, the roles stay on record."""
    _must_manage(by)
    user = _locked_user(user_id)
    if by.user_id == user.pk:
        raise AccountRefused("自分自身の利用は停止できません。")
    _keep_an_administrator(without=user, since=timezone.localdate(at))
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_links(user, at)
    return user


@service
def reactivate_user(*, user_id: int, by: Actor, at: datetime) -> User:
    """Let an account be used again, with the roles it still holds."""
    _must_manage(by)
    user = _locked_user(user_id)
    user.is_active = True
    user.save(update_fields=["is_active"])
    return user


@service
def unlock(*, user_id: int, by: Actor, at: datetime) -> int:
    """Lift the lock-out after failed sign-ins, from every address; returns how many addresses were locked or counted."""
    _must_manage(by)
    return int(forget_failed_attempts(username=_locked_user(user_id).username))


# --- roles ------------------------------------------------------------------------------------------


@service
def grant_role(
    *, user_id: int, role: Role, since: date, until: date | None = None, by: Actor, at: datetime
) -> RoleAssignment:
    """Give somebody a role for a period, both days included; without ``until`` it is open.

    Refused: a role to oneself, for the past, at an office of the wrong kind, twice in one period, or beside a role of
    another side (the database refuses the last two as well).
    """
    _must_manage(by)
    definition = ROLES[role]
    user = _locked_user(user_id)
    if by.user_id == user.pk:
        raise AccountRefused("自分自身に役割を付与することはできません。ほかのシステム管理者に頼んでください。")
    if since < timezone.localdate(at):
        raise AccountRefused("役割の開始日は今日以降の日付にしてください。")
    if until is not None and until < since:
        raise AccountRefused("役割の終了日は開始日以降の日付にしてください。")
    if user.office.kind not in definition.office_kinds:
        kinds = "・".join(OfficeKind(kind).label for kind in sorted(definition.office_kinds))
        raise AccountRefused(f"「{role.label}」は{kinds}の職員だけが持てる役割です。")
    for other in _standing(user, since=since, until=until):
        if other.role == role:
            raise AccountRefused(f"「{role.label}」は{_period_ja(other)}付与されています。")
        if other.side != definition.side:
            raise AccountRefused(
                f"「{role.label}」と「{other.get_role_display()}」（{_period_ja(other)}）は、"
                "同じ人が同じ期間に持つことはできません。"
            )
    assignment = RoleAssignment(
        user=user, role=role, side=definition.side, since=since, until=until, granted_by=by.label
    )
    _check(assignment)
    assignment.save()
    return assignment


@service
def end_role(*, assignment_id: int, until: date, by: Actor, at: datetime) -> RoleAssignment | None:
    """Let a role end after the day ``until``, at the earliest yesterday; one that has not begun is taken back (None)."""
    _must_manage(by)
    today = timezone.localdate(at)
    found = RoleAssignment.objects.get(pk=assignment_id)
    user = _locked_user(found.user_id)
    assignment = RoleAssignment.objects.select_for_update(of=("self",)).get(pk=assignment_id)
    if by.user_id == user.pk:
        raise AccountRefused("自分自身の役割は終了できません。ほかのシステム管理者に頼んでください。")
    if assignment.until is not None and assignment.until < today:
        raise AccountRefused("この役割はすでに終了しています。")
    if assignment.since > today:
        assignment.delete()
        return None
    if until < max(assignment.since, today - timedelta(days=1)):
        raise AccountRefused("終了日は、開始日と昨日のどちらよりも前にはできません。")
    if assignment.role == Role.SYSTEM_ADMINISTRATOR:
        _keep_an_administrator(without=user, since=until + timedelta(days=1))
    assignment.until = until
    _check(assignment)
    assignment.save(update_fields=["until"])
    return assignment


# --- deputies ---------------------------------------------------------------------------------------


@service
def name_deputy(
    *, supervisor_id: int, deputy_id: int, since: date, until: date, reason: str, by: Actor, at: datetime
) -> Deputy:
    """Name who decides (代決) for an absent supervisor on the days from ``since`` to ``until``, both included.

    The deputy is a council's clerk at the prefectural office with a second factor set up, like the supervisor; one
    deputy for a supervisor and one supervisor for a deputy at a time.
    """
    _must_manage(by)
    people = {user.pk: user for user in User.objects.select_for_update(of=("self",)).select_related("office").filter(
        pk__in=[supervisor_id, deputy_id]
    ).order_by("pk")}  # fmt: skip
    supervisor, deputy = people[supervisor_id], people[deputy_id]
    if supervisor == deputy:
        raise AccountRefused("決裁者と代決者には別の人を選んでください。")
    if since < timezone.localdate(at):
        raise AccountRefused("代決の開始日は今日以降の日付にしてください。")
    if until < since:
        raise AccountRefused("代決の終了日は開始日以降の日付にしてください。")
    if not supervisor.is_active or not _holds_throughout(supervisor, {Role.SUPERVISOR}, since, until):
        raise AccountRefused(f"{supervisor.name}さんは、この期間を通して「決裁者」の役割を持っていません。")
    if not deputy.is_active or not _holds_throughout(deputy, {Role.PREFECTURAL_CLERK, Role.SUPERVISOR}, since, until):
        raise AccountRefused(
            f"{deputy.name}さんは代決できません。この期間を通して都道府県社協の職員または決裁者である人を選んでください。"
        )
    if settings.SECOND_FACTOR_ENFORCED and not _keeps_a_second_factor(deputy, at):
        raise AccountRefused(
            f"{deputy.name}さんは二段階認証を設定していません。設定してもらってから指定してください。"
        )
    named = Deputy(supervisor=supervisor, deputy=deputy, since=since, until=until, reason=reason.strip())
    _check(named)
    named.save()
    return named


@service
def end_deputy(*, deputy_row_id: int, until: date, by: Actor, at: datetime) -> Deputy | None:
    """Let a deputy's period end earlier, at the earliest yesterday; one that has not begun is taken back (None)."""
    _must_manage(by)
    today = timezone.localdate(at)
    named = Deputy.objects.select_for_update(of=("self",)).get(pk=deputy_row_id)
    if named.until < today:
        raise AccountRefused("この代決の期間はすでに終わっています。")
    if named.since > today:
        named.delete()
        return None
    if not max(named.since, today - timedelta(days=1)) <= until <= named.until:
        raise AccountRefused("終了日は、これまでの期間の中の、昨日以降の日付にしてください。")
    named.until = until
    named.save(update_fields=["until"])
    return named


# --- parts ------------------------------------------------------------------------------------------


def _must_manage(by: Actor) -> None:
    """Machines (the first administrator's command, the demonstration) and system administrators."""
    if by.user_id is None:
        return
    user = User.objects.filter(pk=by.user_id).first()
    if user is None or not user.can(Permission.MANAGE_ACCOUNTS):
        raise AccountRefused("この操作はシステム管理者だけができます。")


def _locked_user(user_id: int) -> User:
    return User.objects.select_for_update(of=("self",)).select_related("office").get(pk=user_id)


def _check(row: models.Model) -> None:
    """Let Django and the constraints look at a row; their first complaint is the refusal."""
    try:
        row.full_clean(exclude=["password"])
    except ValidationError as error:
        raise AccountRefused(error.messages[0]) from None


def _issue(user: User, *, resets_second_factor: bool, by: Actor, at: datetime) -> str:
    _end_links(user, at)
    token = new_token()
    Enrolment.objects.create(
        user=user,
        token_hash=token_hash(token),
        created_at=at,
        expires_at=at + ENROLMENT_LASTS,
        created_by=by.label,
        resets_second_factor=resets_second_factor,
    )
    return token


def _end_links(user: User, at: datetime) -> None:
    Enrolment.objects.filter(user=user, used_at__isnull=True, expires_at__gt=at).update(expires_at=at)


def _standing(user: User, *, since: date, until: date | None) -> Any:
    """The roles somebody holds on any day of a period."""
    standing = RoleAssignment.objects.filter(Q(until__isnull=True) | Q(until__gte=since), user=user)
    return (standing if until is None else standing.filter(since__lte=until)).order_by("since")


def _holds_throughout(user: User, roles: set[Role], since: date, until: date) -> bool:
    """Whether one of these roles is held on every day of a period; periods may follow each other."""
    day = since
    for assignment in _standing(user, since=since, until=until).filter(role__in=roles):
        if assignment.since > day:
            return False
        if assignment.until is None or assignment.until >= until:
            return True
        day = max(day, assignment.until + timedelta(days=1))
    return False


def _keep_an_administrator(*, without: User, since: date) -> None:
    """Refuse what would leave the installation without a system administrator."""
    administrators = RoleAssignment.objects.filter(role=Role.SYSTEM_ADMINISTRATOR, until__isnull=True)
    # Two who take the role from each other at the same moment meet here.
    list(administrators.select_for_update(of=("self",)).order_by("pk"))
    others = administrators.filter(since__lte=since, user__is_active=True).exclude(user=without)
    is_one = _standing(without, since=since, until=None).filter(role=Role.SYSTEM_ADMINISTRATOR).exists()
    if is_one and not others.exists():
        raise AccountRefused("システム管理者がいなくなります。先に、ほかの職員に役割を付与してください。")


def _keeps_a_second_factor(user: User, at: datetime) -> bool:
    """Whether somebody has a second factor that no open link is about to remove."""
    about_to_go = Enrolment.objects.filter(
        user=user, used_at__isnull=True, expires_at__gt=at, resets_second_factor=True
    )
    return Authenticator.objects.filter(user=user).exists() and not about_to_go.exists()


def _period_ja(assignment: RoleAssignment) -> str:
    end = era_date(assignment.until) if assignment.until else ""
    return f"{era_date(assignment.since)}から{end}{'まで' if end else ''}"
