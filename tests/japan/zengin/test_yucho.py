"""ゆうちょ銀行: branch and number for transfers and debits, from what stands in the passbook."""

from __future__ import annotations

import pytest
import zengin_code

from japan.banks import branch
from japan.zengin.yucho import (
    YUCHO_BANK,
    AccountNumber,
    Convention,
    YuchoError,
    branch_kana,
    for_debit,
    for_transfer,
    read_yucho,
)


@pytest.mark.parametrize(
    ("symbol", "number", "code", "kana", "kind", "account"),
    [
        ("10530", "12345671", "058", "ｾﾞﾛｺﾞﾊﾁ", "1", "1234567"),
        ("12345", "12345671", "238", "ﾆｻﾝﾊﾁ", "1", "1234567"),
        ("11940", "1234561", "198", "ｲﾁｷﾕｳﾊﾁ", "1", "0123456"),
        ("01940-1", "123456", "199", "ｲﾁｷﾕｳｷﾕｳ", "2", "0123456"),
        ("17300", "19927651", "738", "ﾅﾅｻﾝﾊﾁ", "1", "1992765"),
        ("１７３００", "１９９２７６５１", "738", "ﾅﾅｻﾝﾊﾁ", "1", "1992765"),
    ],
)
def test_the_worked_examples_of_the_bank(
    symbol: str, number: str, code: str, kana: str, kind: str, account: str
) -> None:
    entered = read_yucho(symbol, number)
    assert for_transfer(entered) == AccountNumber(code, kind, account)
    assert for_debit(entered, Convention.TRANSFER) == AccountNumber(code, kind, account)
    assert branch_kana(code) == kana


def test_every_branch_is_read_digit_by_digit() -> None:
    branches = zengin_code.Bank.all[YUCHO_BANK].branches
    wrong = [code for code in branches if branch(YUCHO_BANK, code).kana != branch_kana(code)]  # type: ignore[union-attr]
    assert (len(branches) > 90, wrong) == (True, [])


def test_savings_are_another_kind() -> None:
    assert for_transfer(read_yucho("10530", "12345671"), savings=True).kind == "4"


def test_some_agents_want_other_digits_for_debits() -> None:
    assert for_debit(read_yucho("12345", "12345671"), Convention.KIGO_2_4) == AccountNumber("234", "1", "1234567")
    assert for_debit(read_yucho("11940", "1234561"), Convention.KIGO_2_4) == AccountNumber("194", "1", "0123456")
    with pytest.raises(YuchoError, match="振替口座から引き落とせません"):
        for_debit(read_yucho("01940", "123456"), Convention.KIGO_2_4)


def test_what_stands_in_the_passbook_is_kept() -> None:
    assert read_yucho("01940-1", "123456").text == "01940-1-123456"
    assert read_yucho("10530", "12345671").text == "10530-12345671"


@pytest.mark.parametrize(
    ("symbol", "number", "sentence"),
    [
        ("20530", "12345671", "記号は0か1で始まる5桁の数字です。通帳の表紙の裏でお確かめください。"),
        ("1053", "12345671", "記号は0か1で始まる5桁の数字です。通帳の表紙の裏でお確かめください。"),
        ("10530", "1", "番号は2桁から8桁の数字です。通帳の表紙の裏でお確かめください。"),
        ("10530", "123456781", "番号は2桁から8桁の数字です。通帳の表紙の裏でお確かめください。"),
        ("10530", "12345672", "記号が1で始まる口座の番号は、最後の数字が1です。番号をお確かめください。"),
        ("01940", "12345678", "記号が0で始まる振替口座の番号は7桁までです。番号をお確かめください。"),
    ],
)
def test_a_symbol_or_number_that_cannot_be_right_is_refused(symbol: str, number: str, sentence: str) -> None:
    with pytest.raises(YuchoError) as refused:
        read_yucho(symbol, number)
    assert str(refused.value) == sentence
