"""Search keys: people find a name however they type it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from japan.kana import bigrams, bigrams_sought, kana_key, kana_loose, kanji_key
from japan.variants import FOLDED

KANA = st.text(
    alphabet=[chr(code) for code in [*range(0x3041, 0x3097), *range(0x30A1, 0x30FD), *range(0xFF66, 0xFFA0)]]
)
NAMES = st.text(alphabet=["山", "田", "崎", "﨑", "邉", "\U000e0102", " ", "高", "髙", "々", "𠮷"])


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        (["やまだ　たろう", "ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ・タロウ", "ﾔﾏﾀﾞ･ﾀﾛｳ", "ヤマダ\u3000\tタロウ"], "ヤマダタロウ"),
        (["ショウゴ", "ｼﾖｳｺﾞ", "ｼｮｳｺﾞ", "しょうご"], "シヨウゴ"),
        (["ヨーコ", "ﾖ-ｺ", "ﾖｰｺ", "よーこ", "ヨ－コ", "ヨ―コ", "ヨ〜コ", "ヨコ"], "ヨコ"),
        (["タ゛イチ", "ダイチ", "た゛いち", "ﾀﾞｲﾁ", "タ\u3099イチ"], "ダイチ"),
        (["ハ゜ク", "パク", "ﾊﾟｸ", "は\u309aく"], "パク"),
        (["ヴェトナム", "ｳﾞｪﾄﾅﾑ", "う゛ぇとなむ"], "ヴエトナム"),
        (["グエン・ヴァン＝アン", "グエン ヴァン アン"], "グエンヴアンアン"),
        (["イチヶ", "いちゖ"], "イチケ"),
        (["Nguyen Van", "ＮＧＵＹＥＮ　ＶＡＮ"], "NGUYENVAN"),
        (["", " ", "ー"], ""),
    ],
)
def test_readings_typed_in_different_ways_share_one_key(texts, key):
    assert {kana_key(text) for text in texts} == {key}


def test_voiced_and_unvoiced_readings_have_different_keys():
    assert kana_key("ナカジマ") != kana_key("ナカシマ")
    assert kana_key("ハナ") != kana_key("バナ") != kana_key("パナ")


@pytest.mark.parametrize(
    ("one", "other"),
    [("ナカジマ", "なかしま"), ("ヲノ", "オノ"), ("ヰガ", "イカ"), ("ヱビス", "エヒス"), ("ヷ", "ワ")],
)
def test_the_loose_key_overlooks_voicing_and_old_kana(one, other):
    assert kana_loose(one) == kana_loose(other)


@given(KANA)
def test_keys_of_keys_are_the_keys_themselves(text):
    assert kana_key(kana_key(text)) == kana_key(text)
    assert kana_loose(kana_loose(text)) == kana_loose(kana_key(text)) == kana_loose(text)


@given(KANA)
def test_a_kana_key_has_no_small_kana_no_long_mark_and_nothing_half_width(text):
    key = kana_key(text)
    assert not set(key) & set("ァィゥェォッャュョヮヵヶー-・ ")
    assert unicodedata.normalize("NFKC", key) == key


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        (["渡邉󠄂", "渡邊", "渡邉", "渡辺", "渡邉\U000e010f", "渡邉\ufe00"], "渡辺"),
        (["山﨑", "山崎", "山嵜"], "山崎"),
        (["髙橋", "高槗", "高橋"], "高橋"),
        (["𠮷田", "吉田"], "吉田"),
        (["齋藤", "齊藤", "斎藤", "斉藤"], "斉藤"),
        (["濱田", "濵田", "浜田"], "浜田"),
        (["佐々木", "佐佐木"], "佐佐木"),
        (["鎌ヶ谷", "鎌ケ谷"], "鎌ケ谷"),
        (["山田　太郎", "山田 太郎", "山田太郎"], "山田太郎"),
        (["神\ufe00谷", "\ufa19谷", "神谷"], "神谷"),
        (["々"], "々"),
    ],
)
def test_names_written_in_different_ways_share_one_key(texts, key):
    assert {kanji_key(text) for text in texts} == {key}


@given(NAMES)
def test_the_key_of_a_written_name_is_its_own_key(text):
    assert kanji_key(kanji_key(text)) == kanji_key(text)


def test_no_variant_is_folded_into_another_variant_and_none_stands_twice():
    assert not set(FOLDED) & set(FOLDED.values())
    assert len(FOLDED) >= 120


def test_the_table_holds_single_characters_that_nfkc_leaves_alone():
    for variant, common in FOLDED.items():
        assert len(variant) == len(common) == 1
        assert unicodedata.normalize("NFKC", variant) == variant
        assert unicodedata.normalize("NFKC", common) == common


def test_bigrams_are_the_characters_and_pairs_of_a_name():
    assert bigrams("山田山") == ["山", "山田", "田", "田山"]
    assert bigrams("") == []


@given(st.text(alphabet="山田太郎", max_size=8), st.integers(0, 8), st.integers(0, 8))
def test_every_piece_of_a_name_is_found_through_its_bigrams(name, start, end):
    piece = name[start:end]
    assert set(bigrams_sought(piece)) <= set(bigrams(name))


def test_one_character_is_sought_as_itself_and_a_piece_by_its_pairs():
    assert bigrams_sought("山") == ["山"]
    assert bigrams_sought("山田") == ["山田"]
    assert bigrams_sought("") == []
