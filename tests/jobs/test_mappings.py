"""Files of another system come in through a mapping that is kept as data."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from audit.actors import Actor
from jobs.engine import advance
from jobs.enums import ImportState
from jobs.importing.given_mappings import take_mapping
from jobs.importing.mappings import MappingRefused, begin_mapping, finish_mapping, read_values
from jobs.importing.services import ImportRefused, hand_in
from jobs.importing.staging import counts
from jobs.models import ColumnMapping, ImportBatch
from people.models import Person
from repayment.models import LedgerEntry
from tests.jobs.files import NOW, as_csv, committed, reasons, sample, taken_in
from tests.people.builders import a_member_of_staff, an_office

pytestmark = pytest.mark.django_db
HEADER = ["伝票No", "貸付番号", "入金年月日", "入金額", "不要な列"]
LINES = [["S-1", "9900001", "R5.1.26", "8,330", "x"], ["S-2", "9900002", "令和5年1月26日", "5000", "y"]]
COLUMNS: dict[str, dict[str, Any]] = {
    "入金番号": {"source": "伝票No"},
    "貸付コード": {"source": "貸付番号"},
    "入金日": {"source": "入金年月日"},
    "金額": {"source": "入金額"},
    "摘要": {"source": "", "default": "旧システム"},
}


@pytest.fixture
def clerk(today: object) -> User:
    cache.clear()
    an_office(code="01")
    user = a_member_of_staff(Role.PREFECTURAL_CLERK)
    for kind in ("borrowers", "loans"):
        taken_in(user, kind, sample(kind))
    return user


def begun(clerk: User, kind: str = "payments", content: bytes | None = None) -> ColumnMapping:
    content = as_csv(HEADER, LINES, "cp932") if content is None else content
    return begin_mapping(
        name="旧システムの入金", kind=kind, file_name="old.csv", content=io.BytesIO(content), user=clerk,
        by=Actor.person(clerk), at=NOW,
    )  # fmt: skip


def ready(clerk: User, columns: dict[str, dict[str, Any]] | None = None) -> ColumnMapping:
    return finish_mapping(mapping_id=begun(clerk).pk, columns=columns or COLUMNS, by=Actor.person(clerk), at=NOW)


def checked_through(clerk: User, mapping: ColumnMapping, content: bytes, kind: str = "payments") -> ImportBatch:
    batch = hand_in(
        kind=kind, name="old.csv", content=io.BytesIO(content), size=len(content), user=clerk, mapping=mapping,
        by=Actor.person(clerk), at=NOW,
    )  # fmt: skip
    assert batch.validation is not None and advance(batch.validation.pk)
    batch.refresh_from_db()
    return batch


def test_a_foreign_file_comes_in_unchanged_through_its_mapping(clerk: User) -> None:
    batch = checked_through(clerk, ready(clerk), as_csv(HEADER, LINES, "cp932"))

    assert (batch.state, counts(batch)["new"]) == (ImportState.CHECKED, 2)
    committed(clerk, batch)
    entry = LedgerEntry.objects.get(source_key="import:S-1")
    assert (entry.amount, entry.note, entry.loan.code) == (8_330, "旧システム", "9900001")


def test_values_are_translated_and_empty_ones_take_the_default(clerk: User) -> None:
    header = ["番号", "名", "カナ", "生", "性", "郵便", "市", "町", "入居"]
    lines = [
        ["N1", "架空 一", "カクウ イチ", "S50.1.1", "2", "000-0001", "見本市", "1-1", "H25.3.1"],
        ["N2", "架空 二", "カクウ ニ", "S50.1.2", "1", "000-0001", "見本市", "1-2", "H25.3.1"],
    ]
    content = as_csv(header, lines)
    columns: dict[str, dict[str, Any]] = {
        "借受人番号": {"source": "番号"}, "氏名": {"source": "名"}, "カナ氏名": {"source": "カナ"},
        "生年月日": {"source": "生"}, "性別": {"source": "性", "values": {"1": "男性", "2": "女性"}},
        "担当事業所コード": {"default": "01"}, "担当開始日": {"default": "R2.6.10"}, "郵便番号": {"source": "郵便"},
        "都道府県市区町村": {"source": "市"}, "町名番地": {"source": "町"}, "住み始めた日": {"source": "入居"},
    }  # fmt: skip
    mapping = finish_mapping(
        mapping_id=begun(clerk, "borrowers", content).pk, columns=columns, by=Actor.person(clerk), at=NOW
    )

    batch = checked_through(clerk, mapping, content, "borrowers")
    committed(clerk, batch)

    assert dict(Person.objects.filter(number__startswith="N").values_list("number", "sex")) == {
        "N1": "female", "N2": "male",
    }  # fmt: skip


def test_a_page_shows_of_a_foreign_file_only_what_is_read_and_not_private(clerk: User, client: Any) -> None:
    header = ["番号", "住所の町", "秘密のメモ"]
    content = as_csv(header, [["N1", "秘密町777", "メモ888"]])
    columns = {"借受人番号": {"source": "番号"}, "町名番地": {"source": "住所の町"}}
    mapping = finish_mapping(
        mapping_id=begun(clerk, "borrowers", content).pk, columns=columns, by=Actor.person(clerk), at=NOW
    )
    batch = checked_through(clerk, mapping, content, "borrowers")
    client.force_login(clerk)
    page = client.get(reverse("jobs:import_detail", args=[batch.pk])).content.decode()

    assert "N1" in page and "秘密町777" not in page and "メモ888" not in page


def test_a_file_without_a_column_of_the_mapping_is_refused_by_name(clerk: User) -> None:
    batch = checked_through(clerk, ready(clerk), as_csv(["伝票No", "貸付番号", "入金額"], [["1", "2", "3"]], "cp932"))

    assert batch.state == ImportState.UNREADABLE
    assert "「入金年月日」の列がありません" in batch.problem and "「入金日」に使う列" in batch.problem
    assert not batch.rows.exists()


def test_a_mapping_for_shift_jis_names_the_line_that_is_something_else(clerk: User) -> None:
    content = as_csv(HEADER, LINES, "cp932") + b"S-3,\x85\xff,R5.1.27,100,z\r\n"
    batch = checked_through(clerk, ready(clerk), content)
    assert batch.problem.startswith("4行目に Shift_JIS（CP932） では読み取れない文字があります")


def test_errors_of_lines_are_named_as_always(clerk: User) -> None:
    lines = [["S-1", "9900001", "R5.1.26", "8,330円", ""], ["S-2", "9900001", "いつか", "1.5", ""]]
    batch = checked_through(clerk, ready(clerk), as_csv(HEADER, lines, "cp932"))
    assert [(line, column) for line, column, _ in reasons(batch)] == [(3, "入金日"), (3, "金額")]


def test_a_ready_mapping_holds_no_lines_and_does_not_change(clerk: User) -> None:
    mapping = ready(clerk)
    assert (mapping.sample, mapping.encoding) == ([], "cp932")
    with pytest.raises(MappingRefused, match="確定済み"):
        finish_mapping(mapping_id=mapping.pk, columns=COLUMNS, by=Actor.person(clerk), at=NOW)
    with pytest.raises(IntegrityError, match="mapping_ready_holds_no_lines"), transaction.atomic():
        ColumnMapping.objects.update(sample=[["架空"]])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("伝票No,,入金額\n".encode(), "空欄または同じ名前"),
        (b"a,a\n", "空欄または同じ名前"),
        (b"", "ファイルが空です"),
        (b"\xff\xfe\x00\x81", "文字コードを判別できません（1行目）"),
        (("列" * 100 + ",b\n").encode(), "1列80文字まで"),
    ],
)
def test_a_file_that_no_mapping_can_begin_from_is_refused(clerk: User, content: bytes, said: str) -> None:
    with pytest.raises(MappingRefused, match=said):
        begun(clerk, content=content)
    assert not ColumnMapping.objects.exists()


def test_translations_are_read_line_by_line() -> None:
    assert read_values("1=男性\n\n 2 = 女性 ") == {"1": "男性", "2": "女性"}
    with pytest.raises(MappingRefused, match="「男性」は読み取れません"):
        read_values("1=男性\n男性")


def test_a_mapping_of_another_kind_or_out_of_use_is_not_used(clerk: User) -> None:
    mapping = ready(clerk)
    with pytest.raises(ImportRefused, match="選んだ種類の取込に使えません"):
        checked_through(clerk, mapping, b"x", "borrowers")
    ColumnMapping.objects.update(retired_at=timezone.now())
    mapping.refresh_from_db()
    with pytest.raises(ImportRefused, match="選んだ種類の取込に使えません"):
        checked_through(clerk, mapping, b"x")


def test_from_the_first_lines_to_an_import_in_the_browser(clerk: User, client: Any) -> None:
    client.force_login(clerk)
    upload = io.BytesIO(as_csv(HEADER, LINES, "cp932"))
    upload.name = "old.csv"
    answer = client.post(reverse("jobs:mappings"), {"name": "旧入金", "kind": "payments", "file": upload})
    mapping = ColumnMapping.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert "S-1" in page and "入金番号：元の列" in page

    ours = list(COLUMNS)
    matched = {f"source-{n}": COLUMNS[name]["source"] for n, name in enumerate(ours)}
    bad = client.post(answer["Location"], matched | {"values-0": "これは違う"}, follow=True).content.decode()
    assert "「元の値=本システムの値」の形で入力してください" in bad
    client.post(answer["Location"], matched | {"default-4": "旧システム"})
    mapping.refresh_from_db()
    assert mapping.ready_at is not None and mapping.columns["摘要"]["default"] == "旧システム"
    page = client.get(answer["Location"]).content.decode()
    assert "S-1" not in page and "伝票No" in page

    said = json.loads(client.get(reverse("jobs:mapping_json", args=[mapping.pk])).content)
    assert (said["kind"], said["columns"]["金額"]["source"]) == ("payments", "入金額")
    assert "S-1" not in json.dumps(said)
    upload = io.BytesIO(as_csv(HEADER, LINES, "cp932"))
    upload.name = "old.csv"
    client.post(reverse("jobs:import_list"), {"kind": "payments", "mapping": mapping.pk, "file": upload})
    assert ImportBatch.objects.latest("pk").mapping == mapping
    client.post(reverse("jobs:mapping_retire", args=[mapping.pk]))
    assert "使用終了" in client.get(reverse("jobs:mappings")).content.decode()


# --- from one installation to another ---------------------------------------------------------------


def taken(clerk: User, content: bytes) -> ColumnMapping:
    return take_mapping(content=io.BytesIO(content), user=clerk, by=Actor.person(clerk), at=NOW)


def test_a_mapping_given_out_is_a_draft_elsewhere_and_says_the_same_once_it_is_finished(
    clerk: User, client: Any
) -> None:
    columns = COLUMNS | {"摘要": {"source": "不要な列", "default": "旧システム", "values": {"x": "窓口", "y": ""}}}
    first = ready(clerk, columns)
    client.force_login(clerk)
    given = io.BytesIO(client.get(reverse("jobs:mapping_json", args=[first.pk])).content)
    given.name = "mapping.json"
    answer = client.post(reverse("jobs:mapping_take"), {"given": given})

    second = ColumnMapping.objects.latest("pk")
    assert (second.ready_at, second.sample, second.headers) == (None, [], HEADER)
    form = client.get(answer["Location"]).context["form"]
    client.post(answer["Location"], {name: form[name].value() or "" for name in form.fields})
    second.refresh_from_db()
    assert second.ready_at is not None
    assert (second.name, second.kind, second.encoding, second.columns) == (
        first.name, first.kind, first.encoding, first.columns,
    )  # fmt: skip


GIVEN: dict[str, Any] = {
    "format": "tsunagi.column-mapping/1", "name": "旧", "kind": "payments", "encoding": "cp932",
    "columns": {"金額": {"source": "入金額"}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "other/1"}, "対応表のファイルではありません"),
        ({"kind": "nothing"}, "このシステムにありません"),
        ({"name": " "}, "名前または文字コード"),
        ({"encoding": "utf-7"}, "名前または文字コード"),
        ({"columns": []}, "列がありません"),
        ({"columns": {"秘密": {"source": "a"}}}, "「秘密」は、この取込で使わない列です"),
        ({"columns": {"金額": {"source": 5}}}, "「金額」の対応を読み取れません"),
        ({"columns": {"金額": {"source": "あ" * 81}}}, "「金額」の対応を読み取れません"),
        ({"columns": {"金額": {"source": "a", "values": {"1=2": "3"}}}}, "「金額」の対応を読み取れません"),
        ({"columns": {"金額": {"default": "1"}}}, "元の列が1つも"),
    ],
)
def test_what_is_no_mapping_of_ours_is_refused_with_what_is_wrong(
    clerk: User, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(MappingRefused, match=said):
        taken(clerk, json.dumps(GIVEN | changes).encode())
    assert not ColumnMapping.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 100_000, b"[]", b" " * 600_000])
def test_a_file_that_is_no_json_is_refused(clerk: User, content: bytes) -> None:
    with pytest.raises(MappingRefused):
        taken(clerk, content)
