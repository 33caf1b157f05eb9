"""Lists that leave the house: what the screen shows, in a form that says nothing wrong, for who asked, for a day."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from audit.models import AccessLog
from exemptions.enums import ApplicationState as State
from jobs.engine import advance
from jobs.enums import ExportFormat, ExportState
from jobs.exporting import services
from jobs.exporting.kinds import export_kinds
from jobs.exporting.writing import fits_cp932, in_cp932, write_csv, write_csv_cp932, write_xlsx
from jobs.models import Export
from jobs.night import STEPS
from jobs.nightly import run_step
from people.models import Person
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, is_protected, lives_at
from tests.scenes import DAY, NOW, Council, signed_in, standing_council, taken_out

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

COLUMNS = ("氏名", "金額")


@pytest.fixture(scope="module")
def council(django_db_setup: None, django_db_blocker: Any) -> Iterator[Council]:
    with standing_council(django_db_blocker) as scene:
        yield scene


def content(export: Export) -> bytes:
    with default_storage.open(export.stored_name) as file:
        body: bytes = file.read()
    return body


def lines(export: Export, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(export).decode(encoding), newline="")))


# --- how a file is written --------------------------------------------------------------------------


def test_names_that_shift_jis_knows_are_written_as_they_are_and_the_others_are_reported() -> None:
    out = io.BytesIO()
    unfit = write_csv_cp932(COLUMNS, [("髙﨑", 1), ("𠮷田 邉󠄂", 2), ("見本", 3)], out)

    assert unfit.total == 2
    assert unfit.found == [(3, "氏名", "𠮷"), (3, "氏名", "邉󠄂")]
    assert out.getvalue().decode("cp932").splitlines() == ["氏名,金額", "髙﨑,1", "〓田 〓,2", "見本,3"]


@pytest.mark.parametrize("text", ["¥", "〜", "‾", "é", "ー", "①", "Ⅳ", "㈱", "髙", "﨑", "𠮷", "\u301c", "~", "\\"])
def test_no_character_becomes_another_one_silently(text: str) -> None:
    reported: list[str] = []
    written = in_cp932(text, reported.append)
    assert written == (text if fits_cp932(text) else "〓")
    assert reported == ([] if fits_cp932(text) else [text])
    assert written.encode("cp932").decode("cp932") == written


@pytest.mark.parametrize("begins", ["=1+1", "+81", "-5", "@sum", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_text(begins: str) -> None:
    plain, old, sheet = io.BytesIO(), io.BytesIO(), io.BytesIO()
    write_csv(COLUMNS, [(begins, 5)], plain)
    write_csv_cp932(COLUMNS, [(begins, 5)], old)
    write_xlsx(COLUMNS, [(begins, 5)], sheet)

    for body, encoding in ((plain, "utf-8-sig"), (old, "cp932")):
        rows = list(csv.reader(io.StringIO(body.getvalue().decode(encoding), newline="")))
        assert rows[1] == [f"'{begins}", "5"]
    page: Any = openpyxl.load_workbook(io.BytesIO(sheet.getvalue())).active
    cell = page["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_a_heading_is_a_line_of_text_and_money_is_a_number_in_a_workbook() -> None:
    out = io.BytesIO()
    write_xlsx(COLUMNS, [("髙﨑 𠮷邉󠄂", 540_000), ("https://example.jp", None)], out)
    sheet: Any = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active

    assert [[cell.value for cell in row] for row in sheet] == [
        ["氏名", "金額"], ["髙﨑 𠮷邉󠄂", 540_000], ["https://example.jp", None],
    ]  # fmt: skip
    assert sheet["A3"].hyperlink is None


def test_a_line_with_another_number_of_cells_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="3 cells for 2 columns"):
        write_csv(COLUMNS, [("a", "b", "c")], io.BytesIO())


@pytest.mark.parametrize("write", [write_csv, write_csv_cp932, write_xlsx])
def test_memory_does_not_grow_with_the_list(write: Any, tmp_path: Path) -> None:
    def peak(number: int) -> int:
        with (tmp_path / "list").open("wb") as out:
            tracemalloc.start()
            write(COLUMNS, ((f"架空 {n}子", n) for n in range(number)), out)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    peak(10)
    assert peak(20_000) < peak(1_000) + 1_500_000


def test_the_lines_of_a_transfer_are_those_of_the_page_without_any_account(council: Council) -> None:
    file = council.transfers[0]
    export = taken_out(
        council.staff[Role.PREFECTURAL_CLERK], "transfer-lines", f"file={file.pk}", ExportFormat.CSV_UTF8
    )
    header, *rows = lines(export)
    stored = list(file.lines.select_related("loan", "account").order_by("number"))
    assert [(row[1], int(row[7])) for row in rows] == [(line.loan.code, line.amount) for line in stored]
    assert sum(int(row[7]) for row in rows) == file.total
    assert not {line.account.bank_code for line in stored} & {cell for row in rows for cell in row}
    kind = export_kinds()["transfer-lines"]
    assert not kind.is_open_to(council.east.clerk) and "口座" not in "".join(header)
    assert export.kind == kind.code
    shown = taken_out(council.supervisor, "transfer-lines", f"file={file.pk}&show=returned", ExportFormat.CSV_UTF8)
    assert shown.rows == file.lines.filter(outcome="returned").count()


# --- what a list holds ------------------------------------------------------------------------------


class Headings(HTMLParser):
    """The column headings of the tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "th" and ("scope", "col") in attrs

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.found.append(data.strip())
            self.inside = False


SHOWN_AS = {
    "people": ("/search/?q=カクウ", {"氏名", "生年月日", "担当", "貸付", "番号"}),
    "letters": (reverse("notices:letters"), {"通知", "種類", "宛先", "状態", "施行日"}),
    "exemption-queue": (reverse("exemptions:queue"), {"申請", "受付", "借受人", "免除額", "状態", "注意", "担当"}),
}


@pytest.mark.parametrize("code", SHOWN_AS)
def test_a_list_has_the_columns_of_its_page(council: Council, code: str) -> None:
    url, wanted = SHOWN_AS[code]
    url = reverse("desk:search") + "?q=ヒガシハマ" if code == "people" else url
    parser = Headings()
    parser.feed(signed_in(council.supervisor).get(url).content.decode())
    assert wanted <= set(parser.found)
    assert wanted <= set(export_kinds()[code].columns)


def test_the_queue_as_a_file_holds_the_rows_of_the_page_for_this_reader(council: Council) -> None:
    for user in (council.east.clerk, council.supervisor):
        export = taken_out(user, "exemption-queue", form=ExportFormat.CSV_UTF8)
        header, *rows = lines(export)
        page = signed_in(user).get(reverse("exemptions:queue")).content.decode()
        assert header == list(export_kinds()["exemption-queue"].columns)
        assert f"申請 {len(rows)}件" in page and export.rows == len(rows)
        for row in rows:
            assert len(row) == len(header) and row[0] in page and row[6] in page
    assert {row[3] for row in lines(taken_out(council.east.clerk, "exemption-queue", form=ExportFormat.CSV_UTF8))[1:]} \
        .isdisjoint({council.west.borrower.name})  # fmt: skip


def test_filters_choose_the_same_rows_as_on_the_page(council: Council) -> None:
    export = taken_out(council.supervisor, "exemption-queue", "state=INCOMPLETE&page=2&no=1", ExportFormat.CSV_UTF8)

    assert export.filters == "state=INCOMPLETE"
    assert [row[10] for row in lines(export)[1:]] == [State.INCOMPLETE.label] * 2


def test_a_row_of_another_office_has_no_list(council: Council) -> None:
    client = signed_in(council.east.clerk)
    for code, query in (
        ("ledger", {"loan": council.west.loans[State.UNDER_REVIEW].pk}),
        ("person-loans", {"person": council.west.borrower.pk}),
        ("ledger", {"loan": "x"}),
        ("ledger", {}),
    ):
        url = reverse("jobs:export_new", args=[code])
        assert client.get(url, query).status_code == 404
        assert client.post(f"{url}?{urlencode(query)}", {"format": "xlsx"}).status_code == 404


def test_the_ledger_of_a_loan_is_taken_out_to_the_yen(council: Council) -> None:
    loan = council.east.loans[State.UNDER_REVIEW]
    export = taken_out(council.east.clerk, "ledger", f"loan={loan.pk}&on=2026-11-20", ExportFormat.CSV_UTF8)

    assert sum(int(row[3]) for row in lines(export)[1:] if row[2] == "入金") == 10_000


def test_a_search_as_a_file_takes_all_pages_and_marks_protected_people(council: Council) -> None:
    for n in range(120):
        person = a_person(f"架空 {n}", "カクウ タクサン", office=council.east.office)
        lives_at(person)
        if n == 0:
            is_protected(person)
    header, *rows = lines(taken_out(council.east.clerk, "people", "q=タクサン", ExportFormat.CSV_UTF8))

    assert len(rows) == 120 and sum(row[3] == "支援措置" for row in rows) == 1
    assert "住所" not in "".join(header)


def test_a_list_takes_as_many_queries_for_each_page_however_long_it_is(council: Council) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            taken_out(council.supervisor, "people", "q=カズオオイ", ExportFormat.CSV_UTF8)
        Export.objects.filter(kind="people").delete()
        return len(captured)

    def more(number: int) -> None:
        people = [
            Person(number=f"Q{Person.objects.count()}{n}", name="架空", kana="カズオオイ", birth_date="1980-01-01")
            for n in range(number)
        ]
        for person in people:
            person.set_search_keys()
        Person.objects.bulk_create(people)
        a_loan(people[0])

    more(1)
    asked()  # what is asked once and remembered
    few = asked()
    more(49)
    assert asked() == few
    more(50)
    of_a_page = asked() - few
    more(150)
    assert asked() == few + 4 * of_a_page and of_a_page < 10


# --- who gets it, and how long ----------------------------------------------------------------------


def test_from_the_button_to_the_file_in_the_browser(council: Council) -> None:
    client = signed_in(council.east.clerk)
    page = client.get(reverse("exemptions:queue")).content.decode()
    assert "この一覧を書き出す" in page
    answer = client.post(reverse("jobs:export_new", args=["exemption-queue"]), {"format": "csv_utf8"})
    export = Export.objects.latest("pk")
    assert answer["Location"] == reverse("jobs:export", args=[export.pk])
    assert "書き出しています" in client.get(answer["Location"]).content.decode()
    assert export.run is not None and advance(export.run.pk)
    before = AccessLog.objects.filter(action="export").count()

    page = client.get(answer["Location"]).content.decode()
    assert "ファイルを受け取る" in page
    file: Any = client.get(reverse("jobs:export_file", args=[export.pk]))
    assert b"".join(file.streaming_content).startswith(b"\xef\xbb\xbf")
    assert file["Content-Disposition"] == f'attachment; filename="exemption-queue-{export.pk}.csv"'
    assert AccessLog.objects.filter(action="export").count() == before + 1


def test_making_a_file_writes_one_access_row_with_what_it_holds(council: Council) -> None:
    export = taken_out(council.east.clerk, "exemption-queue", form=ExportFormat.CSV_UTF8)
    row = AccessLog.objects.filter(action="export", subject="application").latest("pk")

    assert (row.actor_id, len(row.ids)) == (council.east.clerk.pk, export.rows)
    assert council.east.applications[State.UNDER_REVIEW].pk in row.ids


def test_a_password_is_asked_for_again_before_a_list_leaves(council: Council) -> None:
    client = Client()
    client.force_login(council.east.clerk)
    answer = client.post(reverse("jobs:export_new", args=["letters"]), {"format": "xlsx"})
    assert reverse("account_reauthenticate") in answer["Location"]
    assert not Export.objects.filter(kind="letters").exists()


@pytest.mark.parametrize("role", [Role.AGENCY_WORKER, Role.SYSTEM_ADMINISTRATOR])
def test_who_may_not_take_lists_out_sees_no_button_and_gets_none(council: Council, role: Role) -> None:
    client = signed_in(council.staff[role])
    assert client.get(reverse("jobs:export_new", args=["letters"])).status_code == 403
    with pytest.raises(services.ExportRefused):
        taken_out(council.staff[role], "letters")


def test_a_right_that_was_taken_away_meanwhile_ends_the_work(council: Council) -> None:
    user = a_member_of_staff(Role.SUPERVISOR)
    with time_machine.travel(NOW, tick=False):
        export = services.ask_for(
            kind="letters", filters=QueryDict(""), format=ExportFormat.XLSX, user=user, by=Actor.person(user), at=NOW
        )
    user.role_assignments.all().delete()
    assert export.run is not None and advance(export.run.pk)
    export.refresh_from_db()
    assert (export.state, export.stored_name) == (ExportState.FAILED, "")


def test_shift_jis_waits_for_a_decision_and_writes_only_after_it(council: Council) -> None:
    a_person("髙﨑 𠮷邉󠄂", "カンジ ムズカシ", office=council.east.office)
    user = council.east.clerk
    export = taken_out(user, "people", "q=カンジ", ExportFormat.CSV_CP932)

    assert (export.state, export.stored_name, export.unfit) == (ExportState.ASKING, "", 2)
    client = signed_in(user)
    page = client.get(reverse("jobs:export", args=[export.pk])).content.decode()
    assert "まだファイルは作成していません" in page and "2行目" in page and "𠮷" in page
    assert client.get(reverse("jobs:export_file", args=[export.pk])).status_code == 302

    client.post(reverse("jobs:export_replace", args=[export.pk]))
    export.refresh_from_db()
    assert export.run is not None and advance(export.run.pk)
    export.refresh_from_db()
    assert (export.state, lines(export, "cp932")[1][1]) == (ExportState.READY, "髙﨑 〓〓")
    with pytest.raises(services.ExportRefused, match="受け取り可"):
        services.replace_unfit(export_id=export.pk, user=user, by=Actor.person(user), at=NOW)


def test_names_that_fit_shift_jis_need_no_decision(council: Council) -> None:
    a_person("髙﨑 一", "カンジ ヤサシ", office=council.east.office)
    export = taken_out(council.east.clerk, "people", "q=カンジヤ", ExportFormat.CSV_CP932)
    assert (export.state, lines(export, "cp932")[1][1]) == (ExportState.READY, "髙﨑 一")


def test_only_the_maker_receives_it_and_only_for_a_day(council: Council) -> None:
    export = taken_out(council.supervisor, "letters")
    url = reverse("jobs:export_file", args=[export.pk])
    assert signed_in(council.other_supervisor).get(url).status_code == 404
    assert signed_in(council.supervisor).get(url).status_code == 200

    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        late = signed_in(council.supervisor).get(url, follow=True)
    assert "もう一度書き出してください" in late.content.decode()


def test_the_night_removes_file_and_filters_after_a_day(council: Council) -> None:
    old = taken_out(council.supervisor, "people", "q=カクウ", ExportFormat.CSV_UTF8)
    name = old.stored_name
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        step = next(step for step in STEPS if step.kind.code == "jobs.remove_exports")
        run_step(step, business_date=DAY + timedelta(days=1))

    old.refresh_from_db()
    assert (old.state, old.stored_name, old.filters) == (ExportState.REMOVED, "", "")
    assert not default_storage.exists(name)
    with pytest.raises(IntegrityError, match="export_ready_has_a_file"), transaction.atomic():
        Export.objects.filter(pk=old.pk).update(state=ExportState.READY)


def test_nobody_can_have_many_lists_made_at_once(council: Council) -> None:
    user: User = a_member_of_staff(Role.AUDITOR)
    for _ in range(services.AT_ONCE):
        services.ask_for(
            kind="letters", filters=QueryDict(""), format=ExportFormat.XLSX, user=user, by=Actor.person(user), at=NOW
        )
    with pytest.raises(services.ExportRefused, match="作成中の書き出しが3件"):
        taken_out(user, "letters")
