import dataclasses
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notices.envelopes import (
    EXAMPLES,
    NAGA3_EXAMPLE,
    PRINT_SHIFT,
    AddressBlock,
    AddressDoesNotFit,
    EnvelopeProfile,
    address_block,
    always_visible,
    keep_clear,
)
from notices.kinds import LetterFacts, Seal
from tests.notices.sample_letters import (
    SAMPLES,
    SENDER,
    Word,
    addressee,
    approved,
    grey_first_page,
    render,
    words_on_first_page,
)

HALF_MM = 0.5  # ink may stand out of a letter's box by a hair

ADDRESSES = {
    1: ("", ()),
    2: ("9990002", ()),
    3: ("9990002", ("青海県青海市北浜町二丁目14番5号",)),
    4: ("9990002", ("青海県青海市北浜町二丁目14番5号", "コーポしおかぜ 203号室")),
    5: ("9990002", ("青海県青海市北浜町二丁目14番5号", "コーポしおかぜ 203号室", "しおかぜ管理組合気付")),
    6: ("9990002", ("青海県青海市北浜町", "二丁目14番5号", "コーポしおかぜ 203号室", "しおかぜ管理組合気付")),
}


def em(text: str) -> float:
    """One em for each full-width character, half for the others."""
    return sum(0.5 if character < "\u1000" else 1.0 for character in text)


def block(*lines: str) -> AddressBlock:
    return address_block(NAGA3_EXAMPLE, postal_mark="〒999-0002", lines=lines, name="横山 啓輔　様", em_width=em)


def texts(found: AddressBlock) -> list[str]:
    return [row.text for row in found.rows]


# --- arithmetic ---


def test_full_play_leaves_65_by_24_of_a_window_of_90_by_45() -> None:
    seen = always_visible(dataclasses.replace(NAGA3_EXAMPLE, slack_x=25.0, slack_y=21.0, window_top=22.0))
    assert (seen.width, seen.height) == (65.0, 24.0)


@given(
    left=st.floats(0, 30),
    top=st.floats(0, 30),
    w=st.floats(45, 100),
    h=st.floats(25, 60),
    slack_x=st.floats(0, 25),
    slack_y=st.floats(0, 21),
    at=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    slid=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_what_is_called_visible_shows_wherever_the_sheet_lies_and_nothing_outside_keep_clear_ever_does(
    left: float,
    top: float,
    w: float,
    h: float,
    slack_x: float,
    slack_y: float,
    at: tuple[float, float],
    slid: tuple[float, float],
) -> None:
    try:
        profile = EnvelopeProfile("t", "試験", left, top, w, h, slack_x, slack_y)
    except ValueError:
        assume(False)
    shift = (slid[0] * slack_x, slid[1] * slack_y)

    def shows(x: float, y: float) -> bool:
        return left - 1e-6 <= x + shift[0] <= left + w + 1e-6 and top - 1e-6 <= y + shift[1] <= top + h + 1e-6

    seen, clear = always_visible(profile), keep_clear(profile, shift=0)
    assert shows(seen.left + at[0] * seen.width, seen.top + at[1] * seen.height)
    x, y = at[0] * 210, at[1] * 99
    if not (clear.left <= x <= clear.right and clear.top <= y <= clear.bottom):
        assert not (left < x + shift[0] < left + w and top < y + shift[1] < top + h)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"window_w": 20.0}, "いつも見える場所がありません"),
        ({"slack_y": 45.0}, "いつも見える場所がありません"),
        ({"window_left": -1.0}, "0以上"),
        ({"fold": ()}, "折り位置"),
        ({"window_w": 120.0}, "窓の右に"),
        ({"window_top": 60.0}, "1つ目の折り位置"),
    ],
)
def test_an_envelope_that_no_letter_can_be_laid_out_for_is_refused(changes: dict[str, float], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        dataclasses.replace(NAGA3_EXAMPLE, **changes)  # type: ignore[arg-type]


def test_no_envelope_is_assumed() -> None:
    envelope = next(field for field in dataclasses.fields(LetterFacts) if field.name == "envelope")
    assert envelope.default is dataclasses.MISSING
    assert all("例" in profile.label_ja for profile in EXAMPLES)


# --- the address block ---


def test_a_short_address_is_set_in_the_largest_type() -> None:
    found = block("青海市1番")
    assert [row.size_pt for row in found.rows] == [11.0, 11.0, 13.0]


def test_six_rows_are_set_smaller_and_stay_inside() -> None:
    found = block("青海県青海市北浜町", "二丁目14番5号", "コーポしおかぜ", "203号室")
    seen = always_visible(NAGA3_EXAMPLE)
    assert len(found.rows) == 6
    assert found.rows[0].size_pt < 11.0
    assert found.top >= seen.top
    assert found.top + sum(row.height for row in found.rows) <= seen.bottom


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        (
            "青海県青海市西富士見町三丁目1234番地5 ガーデンレジデンス富士見 1203号室",
            ["青海県青海市西富士見町三丁目1234番地5", "ガーデンレジデンス富士見 1203号室"],
        ),
        (
            "青海県西青海郡富士見村大字上下沢道上字西",
            ["青海県西青海郡富士見村大字上下沢道上字西"],  # whole, in smaller type
        ),
        (
            "青海県西青海郡富士見村大字上富123456-7890-12345",
            ["青海県西青海郡富士見村大字上富", "123456-7890-12345"],
        ),
    ],
)
def test_a_long_line_goes_on_in_the_next_row_and_a_house_number_stays_whole(line: str, rows: list[str]) -> None:
    assert texts(block(line)) == ["〒999-0002", *rows, "横山 啓輔　様"]


def test_a_row_does_not_begin_with_a_small_kana_or_a_long_mark() -> None:
    for length in range(15, 30):
        found = block("青" * length + "コーポシャトーッ")
        assert not any(row.text[0] in "ーャッュョ" for row in found.rows)


@given(st.lists(st.text(alphabet=st.sampled_from("青海市町12-ーャ 　コ"), min_size=1, max_size=40), max_size=4))
def test_what_fits_fits_and_nothing_is_lost(lines: list[str]) -> None:
    try:
        found = block(*lines)
    except AddressDoesNotFit:
        return
    seen = always_visible(NAGA3_EXAMPLE)
    kept = "".join("".join(texts(found)).split())
    assert kept == "".join(f"〒999-0002{''.join(lines)}横山啓輔様".split())
    assert found.top + sum(row.height for row in found.rows) <= seen.bottom + 1e-6
    assert all(found.left + em(row.text) * row.size_pt * 25.4 / 72 <= seen.right + 1e-6 for row in found.rows)


@pytest.mark.parametrize(
    "lines",
    [
        ("一", "二", "三", "四", "五"),
        ("1234567890" * 6,),
        ("青海県青海市北浜町" * 12,),
    ],
)
def test_too_many_rows_or_a_row_too_long_hold_the_letter_and_the_message_shows_no_address(
    lines: tuple[str, ...],
) -> None:
    with pytest.raises(AddressDoesNotFit) as held:
        block(*lines)
    assert held.value.lines == ("〒999-0002", *lines, "横山 啓輔　様")
    assert not any(line in str(held.value) for line in lines)


# --- the printed sheet ---


def in_window(word: Word, shift: float) -> bool:
    clear = keep_clear(NAGA3_EXAMPLE, shift=shift)
    return word.left < clear.right and word.right > clear.left and word.top < clear.bottom and word.bottom > clear.top


@pytest.mark.parametrize("rows", ADDRESSES)
@pytest.mark.parametrize("code", ["exemption_approved", "exemption_refused"])
def test_the_window_shows_the_address_and_nothing_else(rows: int, code: str, tmp_path: Path) -> None:
    postal_code, lines = ADDRESSES[rows]
    to = dataclasses.replace(addressee(postal_code=postal_code), lines=lines)
    words = words_on_first_page(render(code, SAMPLES[code](addressee=to)).pdf, tmp_path)

    shown = [word for word in words if in_window(word, PRINT_SHIFT)]
    expected = "".join((to.postal_mark, *lines, to.name, to.honorific))
    assert "".join(word.text for word in shown).replace("　", "") == expected.replace(" ", "")
    seen = always_visible(NAGA3_EXAMPLE)
    for word in shown:
        assert seen.left - HALF_MM <= word.left and word.right <= seen.right + HALF_MM
        assert seen.top - HALF_MM <= word.top and word.bottom <= seen.bottom + HALF_MM


def test_a_long_sender_goes_on_beside_the_window_and_above_the_title(tmp_path: Path) -> None:
    sender = dataclasses.replace(
        SENDER,
        office_name="社会福祉法人青海県社会福祉協議会生活福祉資金課特例貸付償還支援係",
        chairperson="会長職務代理者　副会長　三崎 静江",
        seal=Seal.BY_HAND,
    )
    words = words_on_first_page(render("exemption_approved", approved(sender=sender)).pdf, tmp_path)
    to = addressee()
    shown = "".join(word.text for word in words if in_window(word, PRINT_SHIFT)).replace("　", "")
    assert shown == "".join((to.postal_mark, *to.lines, to.name, to.honorific)).replace(" ", "")
    title = next(word for word in words if "承認決定通知書" in word.text)
    for part in ("公印", "償還支援係", "副会長", "静江"):
        assert next(word for word in words if word.text.endswith(part)).bottom < title.top
    assert title.top < NAGA3_EXAMPLE.fold[0]


def test_there_is_no_ink_in_the_window_but_the_address(tmp_path: Path) -> None:
    """Rules, shading and fold marks are no words; so the picture is looked at, too."""
    page = grey_first_page(render("exemption_approved", approved()).pdf, tmp_path, dpi=127)  # 5 dots a millimetre
    clear, seen = keep_clear(NAGA3_EXAMPLE), always_visible(NAGA3_EXAMPLE)
    inked = [
        (x / 5, y / 5)
        for y in range(max(0, int(clear.top * 5)), int(clear.bottom * 5))
        for x in range(max(0, int(clear.left * 5)), int(clear.right * 5))
        if page[y][x] < 128
    ]
    assert inked
    assert all(seen.left <= x <= seen.right and seen.top <= y <= seen.bottom for x, y in inked)


def test_the_folds_are_marked_at_the_edge(tmp_path: Path) -> None:
    page = grey_first_page(render("exemption_approved", approved()).pdf, tmp_path, dpi=254)  # 10 dots a millimetre
    marked = {round(y / 10) for y, row in enumerate(page) if min(row[60:95]) < 200}
    assert marked == {99, 198}
