"""Names as banks read them: what is changed is told, what cannot be written is refused, nothing is cut off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from japan.zengin.kana import BankTextError, FieldClass, bank_kana, same_holder


@pytest.mark.parametrize(
    ("text", "written", "changes"),
    [
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ ﾀﾛｳ", ()),
        ("ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ", ("全角を半角にしました。",)),
        ("やまだ", "ﾔﾏﾀﾞ", ("ひらがなをカタカナにしました。", "全角を半角にしました。")),
        ("ｼｮｳｺﾞ", "ｼﾖｳｺﾞ", ("小さいカナを大きいカナにしました。",)),
        ("ﾖｰｺ", "ﾖ-ｺ", ("長音と横棒を「-」にしました。",)),
        ("ﾏﾘｱ･ｸﾙｽ", "ﾏﾘｱ ｸﾙｽ", ("「・」「、」を空白にしました。",)),
        ("Nguyen", "NGUYEN", ("英字を大文字にしました。",)),
        ("ﾔﾏﾀﾞ  ﾀﾛｳ ", "ﾔﾏﾀﾞ ﾀﾛｳ", ("余分な空白を除きました。",)),
        ("タ゛ン", "ﾀﾞﾝ", ("全角を半角にしました。",)),
        ("ヴィ", "ｳﾞｲ", ("小さいカナを大きいカナにしました。", "全角を半角にしました。")),
        ("ﾌｸ)ﾐﾎﾝ", "ﾌｸ)ﾐﾎﾝ", ()),
    ],
)
def test_a_name_is_written_as_banks_read_it_and_every_change_is_told(
    text: str, written: str, changes: tuple[str, ...]
) -> None:
    found = bank_kana(text, FieldClass.NAME)
    assert (found.text, found.changes) == (written, changes)


@pytest.mark.parametrize(
    ("text", "field_class", "character"),
    [
        ("山田 タロウ", FieldClass.NAME, "山"),
        ("ヲダ", FieldClass.NAME, "ヲ"),
        ("ﾐﾎﾝ(ｶ)", FieldClass.BANK, "("),
        ("𠮷田", FieldClass.NAME, "𠮷"),
    ],
)
def test_what_a_bank_cannot_read_is_refused_by_its_character(
    text: str, field_class: FieldClass, character: str
) -> None:
    with pytest.raises(BankTextError) as refused:
        bank_kana(text, field_class)
    assert str(refused.value) == (
        f"「{text}」の「{character}」は銀行のデータに使えない文字です。通帳に印字されたカナで入力してください。"
    )


def test_a_name_has_to_be_given() -> None:
    with pytest.raises(BankTextError, match="カナを入力してください"):
        bank_kana("　", FieldClass.NAME)


def test_edi_may_hold_more() -> None:
    assert bank_kana("ｦ/「1」", FieldClass.EDI).text == "ｦ/｢1｣"


def test_voiced_kana_take_two_bytes_and_nothing_is_cut_off() -> None:
    assert len(bank_kana("ガ" * 15, FieldClass.NAME, length=30).text) == 30
    with pytest.raises(BankTextError) as refused:
        bank_kana("ガ" * 16, FieldClass.NAME, length=30)
    assert "半角で32文字になり、30文字の欄に入りません" in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("カクウ ハナコ", "ｶｸｳﾊﾅｺ", True),
        ("ショウゴ", "ｼﾖｳｺﾞ", True),
        ("ヨーコ", "ﾖ-ｺ", True),
        ("ヨーコ", "ヨコ", False),
        ("ナカジマ", "ナカシマ", False),
    ],
)
def test_the_same_holder(one: str, other: str, same: bool) -> None:
    assert same_holder(one, other) is same


KANA = "".join(map(chr, [*range(0x3041, 0x3097), *range(0x30A1, 0x30F7), *range(0xFF66, 0xFFA0)]))


@given(st.text(KANA + "ー・ 　-abcXYZ０１9()", min_size=1, max_size=20), st.sampled_from(FieldClass))
def test_what_is_written_is_legal_one_byte_each_and_written_again_unchanged(
    text: str, field_class: FieldClass
) -> None:
    try:
        found = bank_kana(text, field_class)
    except BankTextError:
        return
    assert set(found.text) <= field_class.value
    assert len(found.text.encode("cp932")) == len(found.text)
    again = bank_kana(found.text, field_class)
    assert (again.text, again.changes) == (found.text, ())
    assert bool(found.changes) is (found.text != text)
