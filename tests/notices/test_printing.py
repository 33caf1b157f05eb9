import hashlib
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pikepdf
import pytest

from notices.envelopes import NAGA3_EXAMPLE
from notices.printing import (
    Excluded,
    PageCountDiffers,
    PrintFile,
    PrintItem,
    RunHeading,
    posting_order,
    write_print_file,
)
from notices.rendering import render_cover
from tests.notices.sample_letters import DESKS, addressee, approved, page_texts, refused, render

HEADING = RunHeading("青海県社会福祉協議会", "R20230915-AO-1", date(2023, 9, 15), NAGA3_EXAMPLE.label_ja)


@pytest.fixture(scope="module")
def letters() -> list[PrintItem]:
    def item(number: int, name: str, key: str, postal_code: str, long: bool = False) -> PrintItem:
        letter_id = f"L-{number:07d}"
        facts = {"addressee": addressee(name, postal_code=postal_code)}
        letter = (
            render("exemption_refused", refused(desks=DESKS * 10, **facts), letter_id)
            if long
            else render("exemption_approved", approved(**facts), letter_id)
        )
        label = "償還免除不承認決定通知書" if long else "償還免除承認決定通知書"
        return PrintItem(letter_id, label, postal_code, key, letter.pages, lambda: letter.pdf)

    return [
        item(1, "山田 太郎", "ヤマダタロウ", "9990003"),
        item(2, "横山 啓輔", "ヨコヤマケイスケ", ""),
        item(3, "佐藤 花", "サトウハナ", "9990003", long=True),
        item(4, "伊藤 実", "イトウミノル", "9990001"),
        item(5, "佐藤 花", "サトウハナ", "9990003"),
    ]


def bind(letters: list[PrintItem], excluded: list[Excluded] | None = None) -> tuple[bytes, PrintFile]:
    out = BytesIO()
    made = write_print_file(HEADING, letters, excluded=excluded or [], render_cover=render_cover, out=out)
    return out.getvalue(), made


def test_letters_go_by_postal_code_then_name_and_those_without_a_code_come_last(letters: list[PrintItem]) -> None:
    assert [item.letter_id[-1] for item in posting_order(letters)] == ["4", "3", "5", "1", "2"]


def test_the_index_finds_every_page_of_every_letter(letters: list[PrintItem]) -> None:
    pdf, made = bind(letters)
    pages = page_texts(pdf)
    assert made.pages == len(pages) == 1 + 2 + 4
    assert [(entry.first_page, entry.pages) for entry in made.index] == [(2, 1), (3, 2), (5, 1), (6, 1), (7, 1)]
    for entry in made.index:
        for number in range(entry.pages):
            assert pages[entry.first_page - 1 + number].endswith(f"{entry.letter_id}{number + 1}/{entry.pages}")


def test_the_cover_says_what_is_in_the_run(letters: list[PrintItem]) -> None:
    cover = page_texts(bind(letters)[0])[0]
    for said in (
        "この用紙は封入しないでください",
        "発送する事業所青海県社会福祉協議会",
        "印刷便の番号R20230915-AO-1",
        "業務日令和5年9月15日",
        "封筒長形3号窓付き（採寸例）",
        "5通6ページ",
        "L-0000004からL-0000002まで",
        "償還免除不承認決定通知書12",
        "償還免除承認決定通知書44",
        "実際のサイズ（100%）",
        "この印刷便に入っていない通知書（0通）",
    ):
        assert said in cover


def test_the_cover_lists_what_was_left_out_with_its_reason_and_without_the_person(letters: list[PrintItem]) -> None:
    left_out = [
        Excluded("L-0000009", "償還免除承認決定通知書", "「氏名」に、印刷できる書体がない文字があります（U+E123）。"),
        Excluded("L-0000010", "償還免除承認決定通知書", "宛名の\ue123を確かめています。"),
    ]
    pdf, _ = bind(letters, left_out)
    cover = page_texts(pdf)[0]
    assert "この印刷便に入っていない通知書（2通）" in cover
    assert "L-0000009償還免除承認決定通知書「氏名」に、印刷できる書体がない文字があります（U+E123）。" in cover
    assert "宛名の〓[U+E123]を確かめています。" in cover
    assert "北浜町" not in cover
    assert "横山" not in cover


def test_a_long_list_of_left_out_letters_moves_the_index(letters: list[PrintItem]) -> None:
    left_out = [Excluded(f"L-{n:07d}", "償還免除承認決定通知書", "封筒の窓に収まりません。") for n in range(100, 160)]
    pdf, made = bind(letters, left_out)
    first = made.index[0]
    assert first.first_page > 2
    assert page_texts(pdf)[first.first_page - 1].endswith("L-00000041/1")


def test_the_digest_is_that_of_the_file_and_the_same_letters_give_the_same_file(letters: list[PrintItem]) -> None:
    pdf, made = bind(letters)
    again, _ = bind(list(reversed(letters)))
    assert made.sha256 == hashlib.sha256(pdf).hexdigest()
    assert again == pdf


def test_the_file_asks_to_be_printed_at_full_size_and_on_one_side(letters: list[PrintItem]) -> None:
    with pikepdf.open(BytesIO(bind(letters)[0])) as run:
        assert run.Root.ViewerPreferences.PrintScaling == "/None"
        assert run.Root.ViewerPreferences.Duplex == "/Simplex"


def test_a_letter_whose_file_lost_a_page_stops_the_run_before_anything_is_written(letters: list[PrintItem]) -> None:
    broken = PrintItem("L-0000009", "通知", "9990009", "ア", 2, letters[0].load)
    out = BytesIO()
    with pytest.raises(PageCountDiffers, match="L-0000009 は 2ページのはずですが、ファイルは 1ページです。"):
        write_print_file(HEADING, [*letters, broken], render_cover=render_cover, out=out)
    assert out.getvalue() == b""


def test_letters_are_read_one_by_one_in_the_order_of_the_run(letters: list[PrintItem]) -> None:
    read: list[str] = []

    def watched(item: PrintItem) -> PrintItem:
        def load() -> bytes:
            read.append(item.letter_id)
            return item.load()

        return PrintItem(item.letter_id, item.kind_label, item.postal_code, item.name_key, item.pages, load)

    def stream() -> Iterator[PrintItem]:
        yield from (watched(item) for item in letters)

    out = BytesIO()
    made = write_print_file(HEADING, stream(), render_cover=render_cover, out=out)
    assert read == [entry.letter_id for entry in made.index]


def test_a_run_without_letters_is_a_cover_sheet() -> None:
    pdf, made = bind([])
    assert (made.pages, made.index) == (1, ())
    assert "0通0ページ" in page_texts(pdf)[0]
