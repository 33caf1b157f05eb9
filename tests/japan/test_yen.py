import pytest
from hypothesis import given
from hypothesis import strategies as st

from japan.yen import YenError, parse_yen, yen


@pytest.mark.parametrize(
    "text",
    [
        "540000",
        "540,000",
        "540,000円",
        "¥540,000",
        "￥５４０，０００",
        "５４００００円",
        "540、000 円",
        " 540000 ",
        "0540000",
    ],
)
def test_the_usual_ways_of_writing_an_amount_are_read(text):
    assert parse_yen(text) == 540_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "入力してください"),
        ("円", "入力してください"),
        ("¥", "入力してください"),
        ("-1", "マイナス"),
        ("－1,000", "マイナス"),
        ("△1,000", "マイナス"),
        ("▲1000円", "マイナス"),
        ("¥-5", "マイナス"),
        ("1000.5", "端数"),
        ("1,000.00", "端数"),
        (".5", "端数"),
        ("1,00", "読み取れません"),
        ("1,5", "読み取れません"),
        ("10000,000", "読み取れません"),
        ("五千", "読み取れません"),
        ("5万", "読み取れません"),
        ("1e3", "読み取れません"),
        ("0x10", "読み取れません"),
        ("1_000", "読み取れません"),
        ("9" * 13, "大きすぎます"),
        ("9" * 5000, "大きすぎます"),
    ],
)
def test_what_is_no_whole_amount_is_refused_in_a_japanese_sentence(text, said):
    with pytest.raises(YenError) as refused:
        parse_yen(text)
    assert said in str(refused.value)
    assert str(refused.value).endswith("。")


@given(st.integers(min_value=0, max_value=999_999_999_999))
def test_a_written_amount_is_read_as_the_same_amount(amount):
    assert parse_yen(yen(amount)) == amount


@given(st.text(max_size=15))
def test_any_text_is_either_an_amount_or_refused_politely(text):
    try:
        assert parse_yen(text) >= 0
    except YenError as refused:
        assert str(refused).endswith("。")


def test_amounts_are_written_with_commas_and_the_unit():
    assert [yen(amount) for amount in (0, 540_000, -5_000)] == ["0円", "540,000円", "-5,000円"]
