import pytest

from japan.phones import PhoneError, half_width, phone_digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("011-200-0000", "0112000000"),
        ("（０１１）２００－００００", "0112000000"),
        ("090 0000 0000", "09000000000"),
        ("+81-90-0000-0000", "09000000000"),
        ("+81 (0)11 200 0000", "0112000000"),
        ("0120-000-000", "0120000000"),
        ("0800-000-0000", "08000000000"),
        ("0570-000-000", "0570000000"),
        ("050ー0000ー0000", "05000000000"),
    ],
)
def test_a_number_is_reduced_to_its_digits(text, digits):
    assert phone_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "入力してください"),
        (" - ", "入力してください"),
        ("200-0000", "市外局番"),
        ("090-000-0000", "11桁のところ10桁"),
        ("011-2000-00000", "10桁のところ12桁"),
        ("0112000000（呼出）", "読み取れません"),
        ("011-200-000O", "読み取れません"),
        ("٠١١٢٠٠٠٠٠٠", "読み取れません"),
    ],
)
def test_what_cannot_be_a_number_is_refused_in_a_japanese_sentence(text, said):
    with pytest.raises(PhoneError) as refused:
        phone_digits(text)
    assert said in str(refused.value)
    assert str(refused.value).endswith("。")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("０９０ー１２３４ー５６７８", "090-1234-5678"),
        ("０９０５５５５０１４２", "09055550142"),
        (" 03(1234)5678 ", "03(1234)5678"),
    ],
)
def test_a_number_keeps_its_hyphens_and_becomes_half_width(written, kept):
    assert half_width(written) == kept
