"""Every page, opened and posted to by everybody, on rows of the own office, of another one, and on rows that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from accounts.models import User
from accounts.roles import ROLES
from audit.models import AccessLog
from audit.triggers import our_models
from tests.matrix.rows import Address, address, of_nothing
from tests.matrix.table import ALL, PAGES, ROLE_OF, Page
from tests.scenes import Council, signed_in, standing_council

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

LETTERS = list(ROLE_OF)
LEAD_ON = ("account_logout", "mfa_authenticate")
"""Pages before the door that have nothing to show to somebody who is not half-way through it."""


@pytest.fixture(scope="module")
def council(django_db_setup: None, django_db_blocker: Any) -> Iterator[Council]:
    with standing_council(django_db_blocker) as scene:
        yield scene


def who(council: Council, letter: str) -> User:
    role = ROLE_OF[letter]
    user = council.nobody if role is None else council.staff[role]
    return User.objects.get(pk=user.pk)


def patterns(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address pattern there is, with the full name of its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner)
        else:
            yield f"{namespace}{entry.name}", entry


def traces() -> tuple[int, ...]:
    """What any change of ours would move: the audit rows, and the rows of the tables that have no audit."""
    tables = ["audit_auditrow"] + [
        model._meta.db_table
        for model in our_models()
        if not getattr(model, "audited", True) and model is not AccessLog and model._meta.app_label != "audit"
    ]
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(f'(select count(*) from "{table}")' for table in tables))
        row: tuple[int, ...] = cursor.fetchone()
        return row


class Visit:
    """One request, whose changes are taken back; ``changed`` says whether it made any."""

    def __init__(self, client: Client, method: str, url: str, **extra: Any) -> None:
        before = traces()
        with transaction.atomic():
            self.answer: Any = getattr(client, method)(url, **extra)
            self.status = self.answer.status_code
            if self.answer.streaming:
                b"".join(self.answer.streaming_content)
            self.changed = traces() != before
            transaction.set_rollback(True)
        self.said = f"{method} {url}: {self.status}"


# --- the table is complete and true -----------------------------------------------------------------


def test_every_address_is_named_in_the_table() -> None:
    found = [name for name, _ in patterns()]
    assert sorted(found) == sorted(PAGES)


def test_the_table_says_what_the_views_themselves_say() -> None:
    wrong = []
    for name, pattern in patterns():
        page, view = PAGES[name], pattern.callback
        permissions = getattr(view, "permissions", None)
        if permissions is None:
            expected = set() if page.public else set(ALL)
        else:
            expected = {letter for letter, role in ROLE_OF.items() if role and ROLES[role].permissions & permissions}
        if set(page.get) | set(page.post) != expected:
            wrong.append(f"{name}: the view admits {''.join(sorted(expected))}")
        if page.public is getattr(view, "login_required", True):
            wrong.append(f"{name}: signing in is asked for, or not, against the table")
    assert wrong == []


def test_every_table_of_ours_is_watched_for_changes() -> None:
    """What ``traces`` counts is every table: an audited one through its audit rows, another one itself."""
    ours = {model for model in apps.get_models() if model._meta.app_label not in ("auth", "contenttypes", "sessions")}
    library = {model for model in ours if model._meta.app_label in ("account", "mfa", "axes")}
    assert ours - library <= set(our_models())


# --- who gets in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", LETTERS)
def test_each_role_opens_its_pages_and_no_others(council: Council, letter: str) -> None:
    client, wrong = signed_in(who(council, letter)), []
    for name, page in PAGES.items():
        if page.public:
            continue
        url = address(page.row, council).of(name)
        visit = Visit(client, "get", url)
        if visit.status not in expected_of_get(page, letter):
            wrong.append(visit.said)
        if visit.status == 302 and not leads_inside(visit.answer):
            wrong.append(f"{visit.said} to {visit.answer['Location']}")
        if visit.changed and not page.reading_writes:
            wrong.append(f"{visit.said} and changed something")
    assert wrong == []


def expected_of_get(page: Page, letter: str) -> set[int]:
    if not page.get:
        return {405}
    if letter not in page.get:
        return {403}
    return {404} if page.mine and letter not in page.mine else {200, 302}


def leads_inside(answer: Any) -> bool:
    """Whether a redirect leads to a page of ours that is not the sign-in."""
    target = urlsplit(answer["Location"])
    return not target.netloc and resolve(target.path).view_name != "account_login"


@pytest.mark.parametrize("letter", LETTERS)
def test_each_role_posts_where_it_may_and_nowhere_else(council: Council, letter: str) -> None:
    client, wrong = signed_in(who(council, letter)), []
    for name, page in PAGES.items():
        if page.public:
            continue
        visit = Visit(client, "post", address(page.row, council).of(name), data=dict(page.says))
        if not page.post:
            expected = {405}
        elif letter not in page.post:
            expected = {403}
        elif page.mine and letter not in page.mine:
            expected = {404}
        else:
            expected = {200, 302, 422}
        if visit.status not in expected:
            wrong.append(visit.said)
        if visit.changed and letter not in page.post and not page.reading_writes:
            wrong.append(f"{visit.said} and changed something")
    assert wrong == []


def test_a_page_that_shows_personal_data_writes_down_once_who_looked(council: Council) -> None:
    wrong = []
    for name, page in PAGES.items():
        if page.public or not page.get:
            continue
        user = who(council, (page.mine or page.get)[-1] if page.get != ALL else "P")
        before = AccessLog.objects.count()
        query = {"q": "カクウ"} if name == "desk:search" else {}
        answer = signed_in(user).get(address(page.row, council).of(name), query)
        rows = list(AccessLog.objects.order_by("pk")[before:])
        if len(rows) != page.tells or any(row.actor_id != user.pk for row in rows):
            wrong.append(f"{name}: {answer.status_code}, {len(rows)} access rows")
    assert wrong == []


def test_signing_out_is_a_post_and_open_to_everybody(council: Council) -> None:
    for letter in LETTERS:
        client = signed_in(who(council, letter))
        assert client.get(reverse("account_logout")).status_code == 200
        assert client.post(reverse("account_logout")).status_code == 302
        assert client.get(reverse("desk:today")).status_code == 302


def test_nobody_gets_in_without_signing_in(council: Council) -> None:
    client, wrong = Client(), []
    for name, page in PAGES.items():
        if page.public:
            continue
        url = address(page.row, council).of(name)
        for method in ("get", "post"):
            visit = Visit(client, method, url)
            if visit.status != 302 or not visit.answer["Location"].startswith(reverse("account_login")):
                wrong.append(visit.said)
            part = Visit(client, method, url, headers={"HX-Request": "true"})
            if not part.answer.headers.get("HX-Redirect", "").startswith(reverse("account_login")):
                wrong.append(f"{part.said} for a part of a page")
            if visit.changed or part.changed:
                wrong.append(f"{visit.said} and changed something")
    assert wrong == []


def test_the_pages_before_the_door_need_no_sign_in(council: Council) -> None:
    client = Client()
    for name, page in PAGES.items():
        if page.public:
            visit = Visit(client, "get", address(page.row, council).of(name))
            assert visit.status == (302 if name in LEAD_ON else 200), visit.said
            assert not visit.changed


def test_what_is_posted_without_the_page_before_it_is_refused(council: Council) -> None:
    """Every POST asks for the token that only a page of ours carries."""
    wrong = []
    for name, page in PAGES.items():
        if not page.post:
            continue
        client = Client(enforce_csrf_checks=True)
        client.cookies = signed_in(who(council, page.post[0])).cookies
        visit = Visit(client, "post", address(page.row, council).of(name))
        if visit.status != 403 or visit.changed:
            wrong.append(visit.said)
    assert wrong == []


# --- whose rows -------------------------------------------------------------------------------------


def test_a_row_of_another_office_does_not_exist(council: Council) -> None:
    client, wrong = signed_in(council.east.clerk), []
    for name, page in PAGES.items():
        if not page.scoped:
            continue
        url = address(page.row, council, corner=council.west).of(name)
        for method, allowed in (("get", page.get), ("post", page.post)):
            if not allowed:
                continue
            visit = Visit(client, method, url)
            if visit.status != (404 if "M" in allowed else 403) or visit.changed:
                wrong.append(visit.said)
    assert wrong == []


@pytest.mark.parametrize("letter", ["P", "S", "A"])
def test_who_sees_all_offices_opens_the_rows_of_each(council: Council, letter: str) -> None:
    client, wrong = signed_in(who(council, letter)), []
    for name, page in PAGES.items():
        if page.scoped and letter in page.get and not page.mine:
            visit = Visit(client, "get", address(page.row, council, corner=council.west).of(name))
            if visit.status != 200:
                wrong.append(visit.said)
    assert wrong == []


@pytest.mark.parametrize("letter", LETTERS)
def test_a_row_that_is_not_there_is_not_found(council: Council, letter: str) -> None:
    client, wrong = signed_in(who(council, letter)), []
    for name, page in PAGES.items():
        if not page.row or page.public:
            continue
        url = of_nothing(address(page.row, council)).of(name)
        for method, allowed in (("get", page.get), ("post", page.post)):
            if allowed:
                visit = Visit(client, method, url)
                if visit.status != (404 if letter in allowed else 403) or visit.changed:
                    wrong.append(visit.said)
    assert wrong == []


def test_a_part_of_a_foreign_row_is_not_found_under_the_own_one(council: Council) -> None:
    own, foreign = (address("assessment", council, corner=corner).kwargs for corner in (council.east, council.west))
    client = signed_in(council.east.clerk)
    assert Visit(client, "get", Address(own).of("exemptions:assessment")).status == 200
    mixed = Address(own | {"number": foreign["number"]}).of("exemptions:assessment")
    assert Visit(client, "get", mixed).status == 404


def test_a_word_that_is_no_step_is_not_found(council: Council) -> None:
    """Addresses that end in what is to be done know their own words only."""
    for name, letter, row, part in (
        ("exemptions:move", "S", "step", "step"),
        ("notices:move_run", "P", "print_move", "move"),
        ("loans:move_deed", "M", "deed_step", "move"),
        ("jobs:import_move", "P", "batch_move", "move"),
        ("repayment:settle", "P", "opening_sign", "move"),
        ("people:reveal_answer", "S", "answer", "answer"),
        ("people:transit_step", "P", "parcel_step", "step"),
        ("people:ending_answer", "S", "ending", "answer"),
    ):
        there = address(row, council)
        visit = Visit(signed_in(who(council, letter)), "post", Address(there.kwargs | {part: "delete"}).of(name))
        assert visit.status == 404, visit.said
        assert not visit.changed
