"""Scans come in whole or not at all, are read by those who may, marked and logged, and are never removed."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.enums import Role
from audit.actors import Actor
from audit.enums import AccessAction
from audit.models import AccessLog, AuditRow
from jobs.models import Run
from people.documents.files import FOLDER, KeptFileChanged
from people.documents.openings import WITHOUT_ADDRESS, may_show_an_address
from people.documents.refusals import DocumentRefused
from people.documents.services import Incoming, open_document, refile_document, take_in, withdraw_document
from people.enums import PaperKind
from people.models import Document, DocumentFile, DocumentWithdrawal, Paper
from people.night import remove, select_orphans
from people.papers import PaperRefused, discard_paper, record_paper
from people.reveals import approve_reveal, request_reveal
from tests.canary.watching import file_names
from tests.people.builders import (
    a_household,
    a_member_of_staff,
    a_person,
    an_office,
    is_protected,
)
from tests.people.scans import a_pdf, a_picture, an_executable, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(today):
    return a_member_of_staff(Role.MUNICIPAL_CLERK)


@pytest.fixture
def person(clerk):
    return a_person(office=clerk.office)


@pytest.fixture
def supervisor(today):
    return a_member_of_staff(Role.SUPERVISOR)


def bring(person, user, *contents, **more):
    return take_in(
        person=person,
        kind=more.pop("kind", PaperKind.RESIDENCE_RECORD),
        incoming=[Incoming(io.BytesIO(content), "scan") for content in contents],
        by=Actor.person(user),
        at=timezone.now(),
        **more,
    )


def read(document, user, **more):
    return open_document(document=document, by=Actor.person(user), at=timezone.now(), **more)


def a_paper(person, clerk, kind=PaperKind.RESIDENCE_RECORD):
    return record_paper(
        person=person, kind=kind, received_on=date(2026, 11, 2), issued_on=None, source_key=f"test:{person.pk}",
        by=Actor.person(clerk), at=timezone.now(),
    )  # fmt: skip


def scan_files():
    return set(file_names(FOLDER)) if default_storage.exists(FOLDER) else set()


# --- taking in ---------------------------------------------------------------------------------------


def test_several_scans_come_in_at_once_with_what_was_found_in_each(clerk, person):
    before = scan_files()
    made = bring(person, clerk, a_pdf(2), a_picture("JPEG"), dated_on=date(2026, 10, 20))

    assert [(row.file.content_type, row.file.pages) for row in made] == [("application/pdf", 2), ("image/jpeg", 1)]
    assert {row.file.name for row in made} == scan_files() - before
    for row in made:
        assert (row.person, row.dated_on, row.file.uploaded_by) == (person, date(2026, 10, 20), clerk)
        assert len(row.file.name) > 40


def test_a_scan_of_a_written_down_paper_is_of_its_kind_and_only_of_its_person(clerk, person):
    paper = a_paper(person, clerk)
    [row] = bring(person, clerk, a_pdf(), kind=PaperKind.OTHER, paper=paper)

    assert (row.paper, row.kind) == (paper, PaperKind.RESIDENCE_RECORD)
    with pytest.raises(DocumentRefused, match="ほかの方の書類"):
        bring(a_person(office=clerk.office), clerk, a_pdf(), paper=paper)


def test_one_bad_file_keeps_all_of_them_out_and_is_told_by_its_place(clerk, person):
    before = scan_files()
    with pytest.raises(DocumentRefused, match="2件目のファイル：中身がプログラム.*どのファイルも保存していません"):
        bring(person, clerk, a_pdf(), an_executable())

    assert not Document.objects.exists() and scan_files() == before


def test_where_the_rows_cannot_be_written_the_files_go_again(clerk, person, monkeypatch):
    before = scan_files()

    def breaks(**values):
        assert scan_files() != before  # the file is there by now
        raise DatabaseError

    monkeypatch.setattr(DocumentFile.objects, "create", breaks)
    with pytest.raises(DatabaseError):
        bring(person, clerk, a_pdf(), a_picture())

    assert scan_files() == before and not Document.objects.exists()


def test_the_same_file_twice_for_a_person_is_said_with_where_it_is(clerk, person):
    content = a_pdf(words="once")
    [known] = bring(person, clerk, content)

    with pytest.raises(DocumentRefused, match=rf"令和8年11月20日に「住民票（世帯全員）」（{known}）として登録"):
        bring(person, clerk, a_picture(), content)
    with pytest.raises(DocumentRefused, match="2件目は1件目と同じファイル"):
        bring(person, clerk, a_picture("TIFF"), a_picture("TIFF"))
    assert Document.objects.count() == 1

    bring(a_person(office=clerk.office), clerk, content)
    withdraw_document(document=known, reason="種類の誤り", by=Actor.person(clerk), at=timezone.now())
    bring(person, clerk, content, kind=PaperKind.OTHER)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR, Role.AGENCY_WORKER])
def test_who_does_not_write_cases_brings_nothing_in_and_takes_nothing_away(clerk, person, role):
    [row] = bring(person, clerk, a_pdf())
    user = a_member_of_staff(role)
    with pytest.raises(DocumentRefused, match="役割ではありません"):
        bring(person, user, a_picture())
    with pytest.raises(DocumentRefused, match="役割ではありません"):
        withdraw_document(document=row, reason="x", by=Actor.person(user), at=timezone.now())


def test_nobody_brings_in_scans_of_another_offices_person(clerk):
    with pytest.raises(DocumentRefused, match="役割ではありません"):
        bring(a_person(office=an_office()), clerk, a_pdf())
    with pytest.raises(DocumentRefused, match="職員だけ"):
        take_in(person=a_person(), kind=PaperKind.OTHER, incoming=[], by=Actor.machine("night"), at=timezone.now())


def test_the_day_on_a_paper_is_neither_to_come_nor_before_the_persons_birth(clerk, person):
    for day in (date(2026, 11, 21), date(1971, 3, 1)):
        with pytest.raises(PaperRefused):
            bring(person, clerk, a_pdf(), dated_on=day)
    assert not Document.objects.exists()


# --- reading -----------------------------------------------------------------------------------------


def test_every_look_is_marked_with_the_reader_and_written_down(clerk, person, supervisor):
    [row] = bring(person, clerk, a_pdf())

    for user in (clerk, supervisor, a_member_of_staff(Role.AUDITOR)):
        shown = read(row, user)
        assert shown.content_type == "application/pdf"
        assert AccessLog.objects.filter(
            actor_id=user.pk, action=AccessAction.VIEW, subject="document", ids=[row.pk]
        ).exists()
    assert AccessLog.objects.filter(subject="document").count() == 3


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.AGENCY_WORKER])
def test_agency_and_administrator_never_see_a_scan(clerk, person, role):
    [row] = bring(person, clerk, a_pdf())
    with pytest.raises(DocumentRefused, match="見つかりません"):
        read(row, a_member_of_staff(role))
    with pytest.raises(DocumentRefused, match="見つかりません"):
        read(row, a_member_of_staff(Role.MUNICIPAL_CLERK))
    assert not AccessLog.objects.exists()


def test_a_file_that_was_changed_underneath_is_not_shown(clerk, person):
    [row] = bring(person, clerk, a_pdf())
    with default_storage.open(row.file.name, "wb") as stored:
        stored.write(a_pdf(words="another"))
    with pytest.raises(KeptFileChanged):
        read(row, clerk)


def test_a_preview_is_small_and_logged_too(clerk, person):
    [row] = bring(person, clerk, a_picture("JPEG", (2000, 2800)))
    with Image.open(io.BytesIO(read(row, clerk, small=True).content)) as preview:
        assert max(preview.size) <= 320
    assert AccessLog.objects.get().ids == [row.pk]


# --- protected persons -------------------------------------------------------------------------------


def a_reveal(person, clerk, supervisor):
    asked = request_reveal(person=person, reason="裁判所へ出すため", by=Actor.person(clerk), at=timezone.now())
    return approve_reveal(reveal=asked, by=Actor.person(supervisor), at=timezone.now())


@pytest.mark.parametrize("whose", ["own", "housemate"])
def test_a_scan_of_a_protected_person_or_a_housemate_takes_a_reveal(clerk, person, supervisor, whose):
    [row] = bring(person, clerk, a_pdf())
    if whose == "own":
        is_protected(person)
    else:
        child = a_person(office=clerk.office)
        a_household(person, child)
        is_protected(child)
    for user in (clerk, supervisor, a_member_of_staff(Role.AUDITOR)):
        with pytest.raises(DocumentRefused, match="支援措置のため表示しません"):
            read(row, user)

    reveal = a_reveal(person, clerk, supervisor)
    assert read(row, clerk).content

    seen = AccessLog.objects.get(action=AccessAction.REVEAL)
    assert (seen.actor_id, seen.subject, seen.ids) == (clerk.pk, "document", [row.pk])
    assert supervisor.username in seen.reason and "裁判所" in seen.reason
    reveal.refresh_from_db()
    assert reveal.viewed_at is not None
    with pytest.raises(DocumentRefused):
        read(row, supervisor)
    with pytest.raises(DocumentRefused):
        open_document(document=row, by=Actor.person(clerk), at=timezone.now() + timedelta(minutes=10))


def test_a_reveal_opens_the_scans_of_that_person_alone(clerk, person, supervisor):
    other = a_person(office=clerk.office)
    is_protected(person)
    is_protected(other)
    [row] = bring(other, clerk, a_pdf())
    a_reveal(person, clerk, supervisor)

    with pytest.raises(DocumentRefused, match="支援措置"):
        read(row, clerk)


def test_only_the_first_pages_of_a_bankbook_are_known_to_carry_no_address(clerk, person):
    assert WITHOUT_ADDRESS == {PaperKind.OWN_ACCOUNT}
    assert [kind for kind in PaperKind if not may_show_an_address(kind)] == [PaperKind.OWN_ACCOUNT]
    is_protected(person)
    [bankbook] = bring(person, clerk, a_pdf(), kind=PaperKind.OWN_ACCOUNT)

    assert read(bankbook, clerk).content
    assert AccessLog.objects.get().action == AccessAction.VIEW


def test_a_scan_is_filed_anew_but_never_around_the_second_person(client, clerk, person, supervisor):
    [row] = bring(person, clerk, a_pdf(), kind=PaperKind.OTHER)
    paper = a_paper(person, clerk)
    client.force_login(clerk)
    url = reverse("people:document_refile", args=[row.pk])
    client.post(url, {"paper": paper.pk, "dated_on": "令和8年10月20日"})
    row.refresh_from_db()
    assert (row.paper, row.kind, row.dated_on) == (paper, PaperKind.RESIDENCE_RECORD, date(2026, 10, 20))
    assert "書類の種類を選んでください。" in client.post(url, {}, follow=True).content.decode()

    is_protected(person)
    answer = client.post(url, {"kind": PaperKind.OWN_ACCOUNT}, follow=True).content.decode()
    assert "支援措置のため表示しません" in answer
    row.refresh_from_db()
    assert row.kind == PaperKind.RESIDENCE_RECORD
    with pytest.raises(DocumentRefused, match="ほかの方の書類"):
        other = a_paper(a_person(office=clerk.office), clerk)
        refile_document(
            document=row, paper=other, kind=PaperKind.OTHER, dated_on=None, by=Actor.person(clerk), at=timezone.now()
        )


# --- withdrawing, and what stays ---------------------------------------------------------------------


def test_a_withdrawn_scan_is_shown_to_auditors_only_and_its_file_stays(clerk, person, supervisor):
    [row] = bring(person, clerk, a_pdf())
    with pytest.raises(DocumentRefused, match="理由を入力"):
        withdraw_document(document=row, reason=" ", by=Actor.person(clerk), at=timezone.now())
    withdraw_document(document=row, reason="別の方の書類", by=Actor.person(clerk), at=timezone.now())

    row = Document.objects.get(pk=row.pk)
    for user in (clerk, supervisor):
        with pytest.raises(DocumentRefused, match="取り下げられた"):
            read(row, user)
    assert read(row, a_member_of_staff(Role.AUDITOR)).content
    with pytest.raises(DocumentRefused, match="すでに取り下げ"):
        withdraw_document(document=row, reason="もう一度", by=Actor.person(supervisor), at=timezone.now())


@pytest.mark.parametrize("model", [DocumentFile, DocumentWithdrawal])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_what_came_in_is_never_changed_or_removed(clerk, person, model, act):
    [row] = bring(person, clerk, a_pdf())
    withdraw_document(document=row, reason="誤り", by=Actor.person(clerk), at=timezone.now())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(f'update "{table}" set id = id' if act == "update" else f'delete from "{table}"')


def test_a_paper_that_was_a_slip_leaves_its_scan_with_the_person(clerk, person):
    paper = a_paper(person, clerk)
    [row] = bring(person, clerk, a_pdf(), paper=paper)
    discard_paper(paper=paper, by=Actor.person(clerk), at=timezone.now())

    row.refresh_from_db()
    assert row.paper is None and not Paper.objects.exists()


def test_the_night_removes_files_that_no_row_knows_and_no_others(clerk, person):
    [row] = bring(person, clerk, a_pdf())
    before = scan_files()
    orphan = f"{FOLDER}/ab/{'ab' * 20}.pdf"
    default_storage.save(orphan, io.BytesIO(b"%PDF-broken off"))
    run = Run(kind="people.orphans", business_date=timezone.localdate())

    assert orphan not in list(select_orphans(run))  # it may be an upload on its way
    with time_machine.travel(timezone.now() + timedelta(days=400), tick=False):
        found = list(select_orphans(run))
    assert orphan in found and row.file.name not in found
    remove(run, orphan)
    remove(run, row.file.name)
    assert scan_files() == before


# --- pages -------------------------------------------------------------------------------------------


def post_upload(client, person, *files, **values):
    return client.post(
        reverse("people:upload", args=[person.pk]), {"scans": list(files), "kind": PaperKind.OTHER, **values}
    )


def test_the_way_from_the_form_to_the_scan_and_its_withdrawal(client, clerk, person):
    client.force_login(clerk)
    answer = post_upload(client, person, upload_of(a_pdf()), upload_of(a_picture(), "photo.png", "image/png"))
    assert answer.status_code == 302
    pdf, picture = Document.objects.order_by("pk")

    papers = client.get(reverse("people:papers", args=[person.pk])).content.decode()
    assert "スキャンを2件登録しました。" in papers
    assert reverse("people:document_preview", args=[picture.pk]) in papers
    assert reverse("people:document_preview", args=[pdf.pk]) not in papers
    assert "<iframe" in client.get(reverse("people:document", args=[pdf.pk])).content.decode()
    assert "<img" in client.get(reverse("people:document", args=[picture.pk])).content.decode()
    assert client.get(reverse("people:document_preview", args=[pdf.pk])).status_code == 404

    client.post(reverse("people:document_withdraw", args=[pdf.pk]), {"reason": "別の方の書類だった"})
    papers = client.get(reverse("people:papers", args=[person.pk])).content.decode()
    assert "取り下げたスキャン（1件）" in papers and "別の方の書類だった" in papers
    assert client.get(reverse("people:document_file", args=[pdf.pk])).status_code == 302


def test_a_refused_upload_says_why_on_the_form_and_keeps_nothing(client, clerk, person):
    client.force_login(clerk)
    answer = post_upload(client, person, upload_of(an_executable(40), "zeimei.pdf"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "中身がプログラム（実行ファイル）です" in page and "zeimei" not in page
    assert not Document.objects.exists()
    for values in ({"kind": ""}, {"dated_on": "きのう"}, {"dated_on": "令和9年1月1日"}):
        assert post_upload(client, person, upload_of(a_pdf()), **values).status_code == 422
    assert client.post(reverse("people:upload", args=[person.pk]), {"kind": "other"}).status_code == 422
    assert not Document.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/zeimei.pdf", "C:\\scans\\zeimei.pdf", "scans&#47;zeimei.pdf"])
def test_an_upload_with_a_path_in_its_name_is_refused_as_it_was_sent(client, clerk, person, name):
    client.force_login(clerk)
    parts = (
        b'--X\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n'
        b'--X\r\nContent-Disposition: form-data; name="scans"; filename="'
        + name.replace("\\", "\\\\").encode()
        + b'"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + a_pdf() + b"\r\n--X--\r\n"
    )
    url = reverse("people:upload", args=[person.pk])
    answer = client.post(url, parts, content_type="multipart/form-data; boundary=X")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "フォルダーの区切り" in page and "zeimei" not in page
    assert not Document.objects.exists()


def test_the_file_goes_out_with_a_policy_of_its_own(client, clerk, person):
    [row] = bring(person, clerk, a_pdf())
    client.force_login(clerk)
    answer = client.get(reverse("people:document_file", args=[row.pk]))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'; sandbox"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"] == f'inline; filename="{row}.pdf"'
    page = client.get(reverse("people:document", args=[row.pk]))
    assert page["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_a_protected_persons_pages_offer_the_reveal_and_no_picture(client, clerk, person, supervisor):
    [row] = bring(person, clerk, a_picture())
    is_protected(person)
    client.force_login(clerk)

    for name, pk in (("people:papers", person.pk), ("people:document", row.pk)):
        page = client.get(reverse(name, args=[pk])).content.decode()
        assert "表示しません" in page and reverse("people:reveal_request", args=[person.pk]) in page
        assert "<img" not in page and "<iframe" not in page
    for name in ("people:document_file", "people:document_preview"):
        assert client.get(reverse(name, args=[row.pk])).status_code == 302

    a_reveal(person, clerk, supervisor)
    page = client.get(reverse("people:document", args=[row.pk])).content.decode()
    assert "<img" in page and "10時10分まで表示できます" in page
    assert client.get(reverse("people:document_file", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.AGENCY_WORKER])
def test_agency_and_administrator_are_turned_away_at_the_page(client, clerk, person, role):
    [row] = bring(person, clerk, a_picture())
    client.force_login(a_member_of_staff(role))
    for name in ("people:document", "people:document_file", "people:document_preview"):
        assert client.get(reverse(name, args=[row.pk])).status_code == 403


def test_more_papers_and_scans_take_no_more_queries(client, clerk, person):
    client.force_login(clerk)
    url = reverse("people:papers", args=[person.pk])

    def one_more(n):
        paper = record_paper(
            person=person, kind=PaperKind.OTHER, received_on=date(2026, 11, 2), issued_on=None,
            source_key=f"many:{n}", by=Actor.person(clerk), at=timezone.now(),
        )  # fmt: skip
        bring(person, clerk, a_pdf(words=f"paper {n}"), paper=paper)
        bring(person, clerk, a_picture(color=f"#{n:02d}aabb"))

    one_more(0)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for n in range(1, 12):
        one_more(n)
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few)


def test_no_audit_row_and_no_file_name_says_how_a_file_was_called(client, clerk, person):
    client.force_login(clerk)
    post_upload(client, person, upload_of(a_pdf(), "山田花子_東京都千代田区1-1.pdf"))

    row = Document.objects.get()
    with connection.cursor() as cursor:
        for model in (Document, DocumentFile, AuditRow, AccessLog):
            cursor.execute(f"select coalesce(string_agg(t::text, ''), '') from \"{model._meta.db_table}\" t")
            assert "山田花子" not in cursor.fetchone()[0]
    assert "山田" not in "".join(file_names())
    page = client.get(reverse("people:document", args=[row.pk])).content.decode()
    assert "山田" not in page
