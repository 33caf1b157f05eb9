from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enrolment import ENROLMENT_LASTS
from accounts.enums import OfficeKind, Role
from accounts.models import Office, RoleAssignment, User
from accounts.services import AccountRefused, create_office, enrol_user, grant_role, issue_enrolment
from audit.actors import Actor

BY = Actor.machine("first_admin")


class Command(BaseCommand):
    help = (
        "Register the first system administrator (and the prefectural council, if there is none) and print the "
        "one-time link with which that person chooses a password. Refuses once there is a system administrator, "
        "unless --another says that nobody can sign in any more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="staff number, e.g. k0001")
        parser.add_argument("name", help="the person's name")
        parser.add_argument("--office-code", default="000", help="code of the prefectural council (default 000)")
        parser.add_argument(
            "--office-name", help="name of the prefectural council, needed when it is not registered yet"
        )
        parser.add_argument(
            "--another",
            action="store_true",
            help="add an administrator although there is one, or give an existing one a new link that also removes the "
            "second factor; it is written down in the audit log",
        )
        parser.add_argument("--address", help="where the site is reached, e.g. https://tsunagi.example.jp")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                user, token = self.enrol(**options)
        except AccountRefused as refusal:
            raise CommandError(str(refusal)) from None
        hours = int(ENROLMENT_LASTS.total_seconds() // 3600)
        self.stdout.write(f"{user.name} ({user.username}), {user.office.name}")
        self.stdout.write(f"Link, good once and for {hours} hours:")
        self.stdout.write(f"{options['address'] or site_address()}{reverse('accounts:enrol', args=[token])}")

    def enrol(
        self, *, username: str, name: str, office_code: str, office_name: str | None, another: bool, **_: Any
    ) -> tuple[User, str]:
        now = timezone.now()
        today = timezone.localdate(now)
        administrators = RoleAssignment.objects.in_force(on=today).filter(
            role=Role.SYSTEM_ADMINISTRATOR, user__is_active=True
        )
        if administrators.exists() and not another:
            raise CommandError(
                "There is a system administrator already; staff are registered on the site. "
                "If none of them can sign in any more, repeat this with --another."
            )
        known = administrators.filter(user__username=username).select_related("user__office").first()
        if known is not None:
            return known.user, issue_enrolment(user_id=known.user_id, resets_second_factor=True, by=BY, at=now)
        office = Office.objects.filter(kind=OfficeKind.PREFECTURAL).first()
        if office is None:
            if not office_name:
                raise CommandError("The prefectural council is not registered yet: give its name with --office-name.")
            office = create_office(code=office_code, name=office_name, kind=OfficeKind.PREFECTURAL, by=BY, at=now)
        user, token = enrol_user(username=username, name=name, office_id=office.pk, by=BY, at=now)
        grant_role(user_id=user.pk, role=Role.SYSTEM_ADMINISTRATOR, since=today, by=BY, at=now)
        return user, token


def site_address() -> str:
    """The site's first host name, as a person types it; a plain word where the settings name none."""
    hosts = [host for host in settings.ALLOWED_HOSTS if host not in ("*", "testserver")]
    host = hosts[0].removeprefix(".") if hosts else "localhost"
    return f"https://{host}" if settings.SESSION_COOKIE_SECURE else f"http://{host}:{settings.ENV.port}"
