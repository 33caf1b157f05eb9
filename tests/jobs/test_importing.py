"""Files that people hand in: read in any usual form, judged line by line, committed once."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache

from accounts.enums import Role
from accounts.models import Office, User
from audit.actors import Actor
from jobs.enums import ImportState
from jobs.importing.kinds import import_kinds
from jobs.importing.services import ImportRefused, commit, discard
from jobs.importing.staging import counts
from loans.models import Loan
from people.models import HouseholdMember, Person, TaxCertificate
from repayment.models import LedgerEntry
from tests.jobs.files import NOW, as_csv, checked, committed, reasons, sample, taken_in
from tests.people.builders import a_member_of_staff, a_person, an_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(today: object) -> User:
    cache.clear()
    an_office(code="01")
    return a_member_of_staff(Role.PREFECTURAL_CLERK)


ALL_KINDS = [
    "borrowers", "households", "tax_certificates", "bank_accounts", "loans_elsewhere", "loans", "payments",
]  # fmt: skip


def test_the_sample_files_can_be_taken_in_one_after_the_other(clerk: User) -> None:
    for kind in ALL_KINDS:
        assert taken_in(clerk, kind, sample(kind))["committed"] == 2, kind

    taka = Person.objects.get(number="M0000001")
    assert (taka.name, taka.kana_key) == ("見本 髙子", "ミホンタカコ")
    assert HouseholdMember.objects.get(is_head=True).person.number == "M0000002"
    assert TaxCertificate.objects.filter(per_capita_levy=False, income_levy=False).count() == 1
    loan = Loan.objects.get(code="9900001")
    assert (loan.principal, loan.instalments, loan.plans.get().regular_amount) == (200_000, 24, 8_330)
    assert LedgerEntry.objects.get(loan=loan).amount == 8_330


def test_the_same_file_again_changes_nothing(clerk: User) -> None:
    for kind in ALL_KINDS:
        taken_in(clerk, kind, sample(kind))
    before = (
        Person.objects.count(),
        Loan.objects.count(),
        LedgerEntry.objects.count(),
        TaxCertificate.objects.count(),
    )

    for kind in ALL_KINDS:
        again = counts(checked(clerk, kind, sample(kind)))
        assert (again["unchanged"], again["new"], again["changed"], again["error"]) == (2, 0, 0, 0), kind

    after = (Person.objects.count(), Loan.objects.count(), LedgerEntry.objects.count(), TaxCertificate.objects.count())
    assert before == after


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8（BOM付き）"), ("cp932", "Shift_JIS（CP932）")]
)
def test_the_usual_encodings_are_recognised(clerk: User, encoding: str, said: str) -> None:
    batch = checked(clerk, "borrowers", sample("borrowers", encoding))

    assert (batch.state, batch.encoding, counts(batch)["new"]) == (ImportState.CHECKED, said, 2)


def test_an_excel_file_is_read_with_its_dates_and_numbers(clerk: User) -> None:
    loan_of(clerk)
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(import_kinds()["payments"].columns())
    sheet.append(["X-1", "9900001", datetime(2023, 1, 26), 8330, "口座振替"])
    sheet.append(["X-2", "9900001", "令和5年2月26日", 8330.5, None])
    stored = io.BytesIO()
    book.save(stored)

    batch = checked(clerk, "payments", stored.getvalue(), "payments.xlsx")

    assert counts(batch)["new"] == 1
    assert reasons(batch) == [(3, "金額", "1円未満の端数は入力できません。円単位の整数で入力してください。")]


def loan_of(clerk: User) -> Loan:
    for kind in ("borrowers", "loans"):
        taken_in(clerk, kind, sample(kind))
    return Loan.objects.get(code="9900001")


def test_bad_lines_are_named_with_line_column_and_reason_and_the_good_ones_go_in(clerk: User) -> None:
    loan_of(clerk)
    header = import_kinds()["payments"].columns()
    rows = [
        ["P-1", "9900001", "2023-01-26", "￥8,330", ""],
        ["P-2", "9999999", "2023-01-26", "8330", ""],
        ["P-3", "9900001", "平成31年5月1日", "8330", ""],
        ["P-4", "9900001", "2023-01-26", "-100", ""],
        ["P-1", "9900001", "2023-02-26", "8330", ""],
        ["P-6", "9900001", "2027-01-26", "8330", ""],
        ["", "", "", "", ""],
        ["P-7", "9900001", "2023-01-26", "0", ""],
    ]

    batch = checked(clerk, "payments", as_csv(header, rows))

    found = {line: (column, reason) for line, column, reason in reasons(batch)}
    assert found[3] == ("貸付コード", "この貸付コードは登録されていません。先に貸付を取り込んでください。")
    assert found[4][0] == "入金日" and "令和元年5月1日" in found[4][1]
    assert found[5] == ("金額", "マイナスの金額は入力できません。0円以上の金額を入力してください。")
    assert found[6] == ("入金番号", "同じ内容を指す行が2行目にもあります。")
    assert found[7] == ("入金日", "先の日付です。日付をお確かめください。")
    assert found[9] == ("金額", "1円以上の金額を入力してください。")
    assert committed(clerk, batch) == counts(batch)
    assert LedgerEntry.objects.get().source_key == "import:P-1"


def test_the_same_key_with_another_amount_is_an_error(clerk: User) -> None:
    loan_of(clerk)
    header = import_kinds()["payments"].columns()
    taken_in(clerk, "payments", as_csv(header, [["P-1", "9900001", "2023-01-26", "8,330", ""]]))

    batch = checked(clerk, "payments", as_csv(header, [["P-1", "9900001", "2023-01-26", "8,340", ""]]))

    assert reasons(batch) == [(2, "入金番号", "この入金番号は別の内容（9900001、8,330円）ですでに記帳されています。")]


def test_nothing_is_written_before_somebody_commits(clerk: User) -> None:
    batch = checked(clerk, "borrowers", sample("borrowers"))
    assert not Person.objects.exists()

    discard(batch_id=batch.pk, by=Actor.person(clerk), at=NOW)

    assert not Person.objects.exists()
    with pytest.raises(ImportRefused, match="破棄"):
        commit(batch_id=batch.pk, user=clerk, by=Actor.person(clerk), at=NOW)


def test_a_move_and_a_new_name_are_shown_as_changes_and_kept_with_their_days(clerk: User) -> None:
    taken_in(clerk, "borrowers", sample("borrowers"))
    header, rows = import_kinds()["borrowers"].columns(), [list(row) for row in import_kinds()["borrowers"].sample]
    rows[0][header.index("氏名")] = "架空 髙子"
    rows[1][header.index("町名番地")] = "引越町9-9"
    rows[1][header.index("住み始めた日")] = "2026-10-01"

    batch = checked(clerk, "borrowers", as_csv(header, rows))
    assert counts(batch)["changed"] == 2
    committed(clerk, batch)

    assert Person.objects.get(number="M0000001").name == "架空 髙子"
    assert Person.objects.get(number="M0000002").addresses.count() == 2


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "ファイルが空です"),
        (b"\xff\xfe\x00\x81", "a.csv", "文字コードを判別できません"),
        ("入金番号,貸付コード\n1,2\n".encode(), "a.csv", "「入金日」"),
        ("入金番号,貸付コード,入金日,金額,摘要,謎の列\n".encode(), "a.csv", "「謎の列」"),
        ("入金番号,貸付コード,入金日,金額,摘要,金額\n".encode(), "a.csv", "同じ列が2回"),
        (b"not a workbook", "a.xlsx", "Excelファイルとして読み取れません"),
        ('入金番号,貸付コード,入金日,金額,摘要\n"閉じない,1\n'.encode(), "a.csv", "引用符"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(clerk: User, content: bytes, name: str, said: str) -> None:
    batch = checked(clerk, "payments", content, name)

    assert batch.state == ImportState.UNREADABLE
    assert said in batch.problem
    assert not batch.rows.exists()


def test_other_kinds_of_file_are_refused_at_the_door(clerk: User) -> None:
    with pytest.raises(ImportRefused, match=r"CSV（\.csv）またはExcel"):
        checked(clerk, "payments", b"x", "photo.png")


def test_loans_beyond_what_the_fund_lends_are_refused(clerk: User) -> None:
    taken_in(clerk, "borrowers", sample("borrowers"))
    header, rows = import_kinds()["loans"].columns(), [list(row) for row in import_kinds()["loans"].sample]
    rows[0][header.index("貸付金額")] = "200,010"
    rows[1][header.index("貸付時の世帯人数")] = "1"

    batch = checked(clerk, "loans", as_csv(header, rows))

    assert [(line, column) for line, column, _ in reasons(batch)] == [(2, "貸付金額"), (3, "貸付金額")]
    assert "450,000円" in reasons(batch)[1][2]


def test_twenty_thousand_lines_are_judged_in_little_memory(clerk: User) -> None:
    loan_of(clerk)
    header = ",".join(import_kinds()["payments"].columns())
    lines = "\n".join(f'K-{n},9900001,2023-01-26,"{n % 9 + 1},000",見本' for n in range(20_000))
    content = f"{header}\n{lines}\n".encode()
    before = peak_kib()

    batch = checked(clerk, "payments", content)

    assert counts(batch)["new"] == 20_000
    assert peak_kib() - before < 60_000


def peak_kib() -> int:
    """The most memory this process ever had, in KiB."""
    (line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1])


def test_the_page_shows_reasons_but_no_address(clerk: User, client: Any) -> None:
    header, rows = import_kinds()["borrowers"].columns(), [list(row) for row in import_kinds()["borrowers"].sample]
    rows[0][header.index("生年月日")] = "昭和99年1月1日"
    rows[0][header.index("町名番地")] = "秘密町777"
    batch = checked(clerk, "borrowers", as_csv(header, rows))
    client.force_login(clerk)

    page = client.get(f"/jobs/imports/{batch.pk}/").content.decode()

    assert "生年月日：" in page and "2行目" in page
    assert "秘密町777" not in page


def test_only_who_handed_a_file_in_gets_its_failed_lines_back(clerk: User, client: Any) -> None:
    a_person()
    header = import_kinds()["payments"].columns()
    batch = checked(clerk, "payments", as_csv(header, [["=P-1", "9", "2023-01-26", "8,330", ""]]))
    colleague = a_member_of_staff(Role.PREFECTURAL_CLERK, office=Office.objects.get(kind="prefectural"))

    client.force_login(colleague)
    assert client.get(f"/jobs/imports/{batch.pk}/errors/").status_code == 404
    client.force_login(clerk)
    answer = client.get(f"/jobs/imports/{batch.pk}/errors/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    header_line, line = text.splitlines()
    assert header_line.endswith("行番号,取り込めない理由")
    assert line.startswith("'=P-1,9,") and "入金番号：英数字で入力してください。" in line
