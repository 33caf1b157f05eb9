"""Nothing shows the address of a protected person, and nothing shows one office what belongs to another (feature N-8).

A place and a name that occur nowhere else are planted; then everybody opens everything, a night runs, things break, and
whatever text came out or was kept anywhere is searched for them.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db.models import Model
from django.http import QueryDict
from django.test import Client
from django.urls import resolve, reverse

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from audit.enums import AccessAction
from audit.models import AccessLog
from exemptions.enums import ApplicationState as State
from exemptions.models import Application
from jobs.enums import ExportFormat
from jobs.exporting.kinds import export_kinds
from jobs.exporting.services import ExportRefused
from jobs.kinds import night_steps
from jobs.models import Export, ImportBatch, Run
from jobs.nightly import run_step
from loans.enums import LendingState
from loans.models import Loan, TransferFile
from notices import files
from notices.enums import HoldCause, LetterState
from notices.models import Letter, PrintRun
from people.models import AddressReveal, BankAccount, Document, Person, TransitBatch
from people.reveals import approve_reveal, request_reveal
from tests.canary.crawling import crawl
from tests.canary.watching import file_names, redis_content, seen, sessions, tables, text_in, text_of
from tests.conftest import redis_client
from tests.matrix.rows import Address, address
from tests.matrix.table import PAGES, ROLE_OF
from tests.people.scans import a_pdf, a_picture, an_executable, upload_of
from tests.scenes import (
    ACCOUNT_WORDS,
    DAY,
    HIDDEN_PLACE,
    HIDDEN_WORDS,
    NOW,
    SECRET_ACCOUNT,
    SECRET_NAME,
    SECRET_WORDS,
    Council,
    at,
    decided,
    signed_in,
    standing_council,
    taken_out,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NOT_OF_ALL_OFFICES = "MWYN"
"""Roles for whom the other municipal office's people do not exist."""
REVEAL_PAGE = "people:reveal_view"
ROWS_OF: dict[str, tuple[type[Model], str]] = {
    "account": (BankAccount, "person"),
    "housed": (Person, "pk"),
    "person": (Person, "pk"),
    "sheltered": (Person, "pk"),
    "open_reveal": (AddressReveal, "person"),
    "loan": (Loan, "borrower"),
    "application": (Application, "loan__borrower"),
    "received": (Application, "loan__borrower"),
    "letter": (Letter, "addressee"),
    "print_run": (PrintRun, ""),
    "night_run": (Run, ""),
    "batch": (ImportBatch, ""),
    "export": (Export, ""),
    "member": (User, ""),
    "document": (Document, "person"),
    "parcel": (TransitBatch, ""),
}
"""The rows that can stand in an address, and where they say whom they are about."""


@pytest.fixture(scope="module")
def council(django_db_setup: None, django_db_blocker: Any) -> Iterator[Council]:
    with standing_council(django_db_blocker) as scene:
        yield scene


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    """What the handler that production uses too writes meanwhile; it must not say a word of it either."""
    handler = next(h for h in logging.getLogger().handlers if h.get_name() == "stderr")
    assert isinstance(handler, logging.StreamHandler)
    stream, handler.stream = handler.stream, io.StringIO()
    yield handler.stream
    written = handler.stream.getvalue()
    handler.stream = stream
    assert seen(written, [*HIDDEN_WORDS, *SECRET_WORDS, *ACCOUNT_WORDS]) == []


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()
    redis_client().flushdb()


def who(council: Council, letter: str) -> User:
    role = ROLE_OF[letter]
    return User.objects.get(pk=(council.nobody if role is None else council.staff[role]).pk)


def forbidden(letter: str) -> tuple[str, ...]:
    words = (*HIDDEN_WORDS, *ACCOUNT_WORDS)
    return (*words, *SECRET_WORDS) if letter in NOT_OF_ALL_OFFICES else words


def leaks(pages: Iterator[tuple[str, str]], words: tuple[str, ...]) -> list[str]:
    return [f"{url}: {', '.join(found)}" for url, text in pages if (found := seen(text, not_meant_for(url, words)))]


def not_meant_for(url: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """The direct-debit form is printed with the borrower's own account number, and says so to the access log."""
    if not url.endswith("/forms/debit_request/"):
        return words
    return tuple(word for word in words if word not in ACCOUNT_WORDS)


# --- the watch itself can see -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "青海県隠里市秘谷町七丁目",
        "ｼﾉﾋﾞ荘ｶ２０３",
        "〒９８７－０４１２",
        "%E7%A7%98%E8%B0%B7%E7%94%BA",
        "\\u79d8\\u8c37\\u753a",
        "&#31192;&#35895;&#30010;",
        "秘　谷 町",
        "９番４１号",
    ],
)
def test_the_watch_sees_through_every_way_of_writing(written: str) -> None:
    assert seen(f"あて先 {written} です", HIDDEN_WORDS)


def test_the_watch_reads_what_a_letter_says(council: Council) -> None:
    """The letter that was posted before the measure began does carry the address: the words can be found at all."""
    early = Letter.objects.get(addressee=council.east.sheltered, state=LetterState.POSTED)
    assert seen(text_in(files.kept(early.file_name, early.sha256)), HIDDEN_WORDS)
    secret = council.west.letter
    assert secret is not None
    assert seen(text_in(files.kept(secret.file_name, secret.sha256)), SECRET_WORDS)


def test_only_the_accessor_stands_between_a_reader_and_the_address(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the borrower page would say where the person is: the pages that are searched can show an address."""
    assert council.east.sheltered is not None
    client, url = signed_in(council.east.clerk), reverse("desk:borrower", args=[council.east.sheltered.pk])
    assert seen(text_of(client.get(url)), HIDDEN_WORDS) == []
    monkeypatch.setattr("people.addresses.withheld_people", lambda people, *, on: {})
    assert set(seen(text_of(client.get(url)), HIDDEN_WORDS)) == set(HIDDEN_WORDS)


def test_the_secret_of_an_office_is_seen_by_those_who_may(council: Council) -> None:
    for letter in "PSA":
        client = signed_in(who(council, letter))
        page = client.get(reverse("desk:borrower", args=[council.west.borrower.pk]))
        assert seen(text_of(page), SECRET_WORDS)


# --- everybody opens everything ---------------------------------------------------------------------


@pytest.mark.parametrize("letter", ROLE_OF)
def test_no_page_tells_it_and_nothing_that_is_kept_afterwards(council: Council, letter: str) -> None:
    """All that links lead to, then every address that can be typed, with every row there is; then what that left behind."""
    client, words = signed_in(who(council, letter)), forbidden(letter)
    reached = dict(crawl(client, reverse("desk:today"), text_of))
    revealed = [url for url in reached if resolve(urlsplit(url).path).view_name == REVEAL_PAGE]
    assert len(reached) >= (50 if letter in "MPSA" else 5)
    assert len(revealed) == (1 if letter == "M" else 0)
    assert leaks(((url, text) for url, text in reached.items() if url not in revealed), words) == []
    assert leaks(every_row(client, council, letter, apart_from=set(reached)), words) == []
    assert left_behind() == []


def every_row(client: Client, council: Council, letter: str, *, apart_from: set[str]) -> Iterator[tuple[str, str]]:
    """Every page with the rows there are in its place, of whatever office: see ``rows_for``."""
    for name, page in PAGES.items():
        if not page.get or name == REVEAL_PAGE:
            continue
        places = [address(page.row, council, corner=corner) for corner in (council.east, council.west)]
        if page.row in ROWS_OF and letter in page.get:
            places += [Address({"pk": pk}) for pk in rows_for(council, letter, page.get, *ROWS_OF[page.row])]
        for url in dict.fromkeys(place.of(name) for place in places):
            if url not in apart_from:
                yield url, text_of(client.get(url))


def rows_for(council: Council, letter: str, letters: str, model: type[Model], about: str) -> list[int]:
    """All rows about somebody who has something to hide, and of the others those whose turn it is.

    Everybody opens the rows that can tell something. The others go round among those of the ``letters`` who see all
    offices, so that each is really opened; the municipal clerk takes every so many of them beside that.
    """
    rows = model._default_manager.order_by("pk")
    if not about:
        return list(rows.values_list("pk", flat=True))
    secret = [council.east.sheltered, council.west.sheltered, council.west.borrower]
    endangered = set(rows.filter(**{f"{about}__in": [one.pk for one in secret if one]}).values_list("pk", flat=True))
    round_of = letters if letter == "M" else letters.replace("M", "")
    return [
        pk
        for place, pk in enumerate(rows.values_list("pk", flat=True))
        if pk in endangered or place % len(round_of) == round_of.index(letter)
    ]


def left_behind() -> list[str]:
    """What tells something among the rows without personal data, sessions, cache, queue, and the names of files."""
    kept = {
        "sessions": sessions(),
        "cache": redis_content(settings.CELERY_BROKER_URL, beside=1),
        "queue": redis_content(settings.CELERY_BROKER_URL),
        "files": "\n".join(file_names()),
        **dict(tables("audit_auditrow", "audit_accesslog", "jobs_run", "jobs_runitem", "axes_accessattempt")),
    }
    assert re.search(r"runs/.*\.pdf", kept["files"]) and len(kept["audit_auditrow"]) > 1_000
    return leaks(iter(kept.items()), (*HIDDEN_WORDS, *SECRET_WORDS, *ACCOUNT_WORDS))


def test_nothing_is_told_before_the_door(council: Council) -> None:
    client = Client()
    urls = [address(page.row, council).of(name) for name, page in PAGES.items()]
    assert leaks(((url, text_of(client.get(url))) for url in urls), (*HIDDEN_WORDS, *SECRET_WORDS)) == []


@pytest.mark.parametrize("letter", ROLE_OF)
def test_no_search_finds_it(council: Council, letter: str) -> None:
    """Birth date, parts of number, reading, telephone and loan code; what was typed itself is none of the words."""
    client = signed_in(who(council, letter))
    typed = [
        "昭和46年3月2日",
        "ヒミ",
        "ひみ",
        "0908765",
        "09776",
        "PZ0777666",
        "かくれ",
        "ヒガシハマ",
        "青海県",
        "203",
    ]
    pages = ((text, text_of(client.get(reverse("desk:search"), {"q": text}))) for text in typed)
    assert leaks(pages, forbidden(letter)) == []
    code = client.get(reverse("exemptions:enter"), {"code": "０９７７６"})
    assert seen(text_of(code), forbidden(letter)) == []


# --- the one page -----------------------------------------------------------------------------------


def test_the_reveal_page_alone_shows_it_to_who_asked_and_writes_down_who_why_and_the_second_person(
    council: Council,
) -> None:
    reveal = council.revealed
    assert reveal is not None
    url = reverse(REVEAL_PAGE, args=[reveal.pk])
    before = AccessLog.objects.filter(action=AccessAction.REVEAL).count()
    for letter in ROLE_OF:
        text = text_of(signed_in(who(council, letter)).get(url))
        assert bool(seen(text, HIDDEN_WORDS)) is (letter == "M"), letter
    assert seen(text_of(signed_in(council.west.clerk).get(url)), HIDDEN_WORDS) == []

    row = AccessLog.objects.filter(action=AccessAction.REVEAL).latest("pk")
    assert AccessLog.objects.filter(action=AccessAction.REVEAL).count() == before + 1
    assert (row.actor_id, row.ids) == (council.east.clerk.pk, [reveal.person_id])
    assert council.supervisor.username in row.reason and reveal.reason in row.reason
    assert seen(row.reason, HIDDEN_WORDS) == []


def test_it_is_not_shown_before_a_second_person_agreed_nor_after_ten_minutes(council: Council) -> None:
    waiting, revealed = council.east.waiting_reveal, council.revealed
    assert waiting is not None and revealed is not None
    client = signed_in(council.east.clerk)
    early = client.get(reverse(REVEAL_PAGE, args=[waiting.pk]), follow=True)
    assert seen(text_of(early), HIDDEN_WORDS) == []
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        late = client.get(reverse(REVEAL_PAGE, args=[revealed.pk]), follow=True)
    assert "10分間が過ぎました" in text_of(late)
    assert seen(text_of(late), HIDDEN_WORDS) == []


def test_a_supervisor_sees_it_no_sooner_than_a_second_supervisor_agrees(council: Council) -> None:
    assert council.east.sheltered is not None
    asked = request_reveal(
        person=council.east.sheltered, reason="訪問のため", by=Actor.person(council.supervisor), at=NOW
    )
    client, url = signed_in(council.supervisor), reverse(REVEAL_PAGE, args=[asked.pk])
    assert seen(text_of(client.get(url, follow=True)), HIDDEN_WORDS) == []
    approve_reveal(reveal=asked, by=Actor.person(council.other_supervisor), at=NOW)
    assert seen(text_of(client.get(url)), HIDDEN_WORDS)


# --- numbers of accounts ----------------------------------------------------------------------------


def test_a_number_is_shown_to_who_says_why_and_kept_nowhere(council: Council, log: io.StringIO) -> None:
    account = council.east.account
    assert account is not None
    client, url = signed_in(council.east.clerk), reverse("people:account_number", args=[account.pk])
    assert seen(text_of(client.post(url, {"reason": " "})), ACCOUNT_WORDS) == []
    answer = client.post(url, {"reason": "通帳と照合するため"})
    assert seen(text_of(answer), ACCOUNT_WORDS) == [SECRET_ACCOUNT]
    assert "no-store" in answer["Cache-Control"]
    row = AccessLog.objects.latest("pk")
    assert (row.subject, row.ids, row.reason) == ("bank_account", [council.east.borrower.pk], "通帳と照合するため")
    entry = {"use": "debit", "bank_code": "9999", "branch_code": "999", "kind": "1", "number": SECRET_ACCOUNT}
    refused = entry | {"holder_kana": "ベツジン", "since": "2026-11-20"}
    assert client.post(reverse("people:account_new", args=[council.east.borrower.pk]), refused).status_code == 422
    client.raise_request_exception = False
    assert client.get(reverse("people:bank_lookup"), {"bank_code": "9999"}).status_code == 200
    assert left_behind() == []
    assert dict(tables("people_bankaccount"))["people_bankaccount"].count(SECRET_ACCOUNT) == 0
    assert seen(log.getvalue(), ACCOUNT_WORDS) == []


# --- when something goes wrong ----------------------------------------------------------------------


@pytest.mark.parametrize("letter", "MPSA")
def test_an_error_page_tells_nothing_and_neither_does_the_log(
    council: Council, letter: str, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise ValueError(f"cannot show {HIDDEN_WORDS[1]} {SECRET_WORDS[0]}")

    assert settings.DEBUG is False
    monkeypatch.setattr("desk.views.borrower_page", breaks)
    client = signed_in(who(council, letter))
    client.raise_request_exception = False
    answer = client.get(reverse("desk:borrower", args=[council.east.borrower.pk]))
    assert answer.status_code == 500
    assert seen(text_of(answer), (*HIDDEN_WORDS, *SECRET_WORDS)) == []
    assert "ValueError" in log.getvalue()


def test_refusals_and_pages_that_are_not_there_repeat_nothing(council: Council) -> None:
    client = signed_in(council.east.clerk)
    for url, status in (
        ("/people/0/", 404),
        (reverse("desk:borrower", args=[council.west.borrower.pk]), 404),
        (reverse("audit:log"), 403),
        (reverse("exemptions:take_next"), 405),
    ):
        answer = client.get(url)
        assert answer.status_code == status
        assert seen(text_of(answer), (*HIDDEN_WORDS, *SECRET_WORDS)) == []


# --- letters ----------------------------------------------------------------------------------------


def test_a_letter_that_falls_due_to_a_protected_person_is_held_and_printed_nowhere(council: Council) -> None:
    sheltered = council.east.sheltered
    assert sheltered is not None
    decided(council, council.east, sheltered, on=DAY)
    with time_machine.travel(at(DAY, 20), tick=False):
        for step in night_steps():
            run_step(step, business_date=DAY)

    held = Letter.objects.filter(addressee=sheltered).latest("pk")
    assert (held.state, held.hold_cause, held.number, held.file_name) == (
        LetterState.HELD, HoldCause.PROTECTED, None, "",
    )  # fmt: skip
    assert seen(f"{held.hold_detail} {held.facts}", HIDDEN_WORDS) == []
    run = PrintRun.objects.get(business_date=DAY)
    decisions = run.letters.filter(kind__startswith="exemption")
    assert decisions.count() == 4  # approved and refused, of the east and of the west
    printed = text_in(files.kept(run.file_name, run.sha256))
    assert "承認" in printed and seen(printed, HIDDEN_WORDS) == []


def test_what_was_posted_before_the_measure_began_can_no_longer_be_opened(council: Council) -> None:
    early = Letter.objects.get(addressee=council.east.sheltered, state=LetterState.POSTED)
    for letter in "MPSA":
        client = signed_in(who(council, letter))
        for url in (
            reverse("notices:letter", args=[early.pk]),
            reverse("notices:letter_pdf", args=[early.pk]),
            reverse("notices:run_pdf", args=[early.run_id]),
        ):
            assert seen(text_of(client.get(url, follow=True)), HIDDEN_WORDS) == []


# --- what is kept -----------------------------------------------------------------------------------


def test_the_address_lies_in_the_address_table_and_in_the_letter_that_had_to_say_it(council: Council) -> None:
    """The staged lines of a file that was handed in are what a person typed; the pages do not show them."""
    whole = [name for name, text in tables() if seen(text, HIDDEN_WORDS[1:2])]
    assert whole == ["jobs_importrow", "notices_letter", "people_address"]
    told = [letter for letter in Letter.objects.all() if seen(str(letter.facts), HIDDEN_WORDS)]
    assert [(letter.addressee_id, letter.state) for letter in told] == [
        (council.east.sheltered.pk if council.east.sheltered else 0, LetterState.POSTED)
    ]


# --- lists taken out ---------------------------------------------------------------------------------

QUERIES = {
    "people": ["q=カクウ", "q=ヒミ", "q=かくれ", "q=ヒガシハマ", "q=昭和46年3月2日", "q=0908765", "q=09776"],
    "exemption-candidates": ["", "state=dismissed"],
    "exemption-decisions": ["", "outcome=APPROVED"],
    "exemption-queue": ["", *(f"state={state}" for state in State)],
    "loan-applications": ["", *(f"state={state}" for state in LendingState)],
    "letters": ["", "state=held"],
}


@pytest.mark.parametrize("letter", ROLE_OF)
def test_no_list_that_is_taken_out_tells_it(council: Council, letter: str) -> None:
    """Every declared list, for every row it can belong to, in each form; what a role may not open it cannot take out."""
    user, made = who(council, letter), 0
    people, loans = Person.objects.values_list("pk", flat=True), Loan.objects.values_list("pk", flat=True)
    queries = QUERIES | {
        "person-loans": [f"person={pk}" for pk in people],
        "ledger": [f"loan={pk}" for pk in loans],
        "transfer-lines": [f"file={pk}" for pk in TransferFile.objects.values_list("pk", flat=True)],
        "closing-cells": (closed := ["month=2026-10", f"closing={council.closing.pk}"] if council.closing else []),
        "closing-loans": closed,
    }
    assert set(queries) >= set(export_kinds())
    for code, kind in export_kinds().items():
        for query in queries[code]:
            if not (kind.is_open_to(user) and kind.is_there(user, QueryDict(query))):
                with pytest.raises(ExportRefused):
                    taken_out(user, code, query)
                continue
            Export.objects.filter(state="making").delete()
            export = taken_out(user, code, query, list(ExportFormat)[made % 3])
            made += 1
            assert seen(str(export.report), forbidden(letter)) == []
            if export.stored_name:
                with default_storage.open(export.stored_name) as file:
                    assert seen(text_in(file.read()), forbidden(letter)) == [], (code, query)
    assert made >= (20 if letter in "MPSA" else 0)
    assert left_behind() == []


# --- files handed in --------------------------------------------------------------------------------


def test_the_failed_lines_of_a_file_go_back_to_whoever_handed_it_in_and_to_nobody_else(council: Council) -> None:
    assert council.batch is not None
    url = reverse("jobs:import_errors", args=[council.batch.pk])
    assert signed_in(council.staff[Role.PREFECTURAL_CLERK]).get(url).status_code == 200
    assert signed_in(council.preparer).get(url).status_code == 404
    row = AccessLog.objects.filter(action=AccessAction.EXPORT).latest("pk")
    assert (row.subject, row.ids) == ("import", [council.batch.pk])


def test_the_name_of_an_uploaded_file_is_nowhere_afterwards(council: Council) -> None:
    """Neither of one that was taken in nor of one that was refused: people write names and addresses into them."""
    client, person = signed_in(council.east.clerk), council.east.borrower
    url = reverse("people:upload", args=[person.pk])
    name = f"{HIDDEN_PLACE.area}{HIDDEN_PLACE.street}_{SECRET_NAME}"
    for content, ending, status in (
        (a_pdf(words="paper"), ".pdf", 302),
        (a_pdf(words="another"), ".pdf.exe", 422),
        (an_executable(), ".pdf", 422),
        (a_picture(), f".{SECRET_NAME}", 422),
        (a_pdf(words="a third"), f"\u202e{SECRET_NAME}.pdf", 302),
    ):
        answer = client.post(url, {"kind": "other", "scans": upload_of(content, f"{name}{ending}")})
        assert answer.status_code == status, ending
        assert seen(text_of(answer), (*HIDDEN_WORDS, *SECRET_WORDS)) == []
    made = Document.objects.filter(person=person).latest("pk")
    for shown in (
        reverse("people:papers", args=[person.pk]),
        reverse("people:document", args=[made.pk]),
        reverse("people:document_file", args=[made.pk]),
        reverse("desk:borrower", args=[person.pk]),
    ):
        assert seen(text_of(client.get(shown)), (*HIDDEN_WORDS, *SECRET_WORDS)) == []
    assert left_behind() == []
    rows = dict(tables("people_document", "people_documentfile", "people_documentwithdrawal"))
    assert seen("\n".join(rows.values()), (*HIDDEN_WORDS, *SECRET_WORDS)) == []


def test_the_scene_holds_what_this_module_looks_for(council: Council) -> None:
    for corner in (council.east, council.west):
        assert set(corner.applications) == {
            State.DRAFT, State.RECEIVED, State.INCOMPLETE, State.UNDER_REVIEW, State.APPROVED, State.REFUSED,
            State.WITHDRAWN,
        }  # fmt: skip
    assert seen(dict(tables("people_person"))["people_person"], SECRET_WORDS)
