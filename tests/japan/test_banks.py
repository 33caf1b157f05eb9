"""The directory of banks: by code, by name in any spelling, and fit for bank files."""

from __future__ import annotations

import pytest
import zengin_code

from japan.banks import (
    MOST_FOUND,
    PRACTICE_BANK,
    bank,
    bank_name,
    branch,
    branch_name,
    directory_version,
    find_banks,
    find_branches,
)
from japan.zengin.kana import FieldClass


def test_a_bank_and_its_branch_by_their_codes() -> None:
    yucho = bank("9900")
    assert yucho is not None
    assert (yucho.name, yucho.kana, yucho.is_yucho) == ("ゆうちょ銀行", "ﾕｳﾁﾖ", True)
    found = branch("9900", "058")
    assert found is not None
    assert (found.name, found.kana) == ("〇五八", "ｾﾞﾛｺﾞﾊﾁ")
    assert bank("9998") is None
    assert branch("9998", "001") is None
    assert branch("9900", "001") is None


@pytest.mark.parametrize("typed", ["ゆうちょ", "ﾕｳﾁﾖ", "ユウチョ銀行", "9900", "９９００"])
def test_a_bank_is_found_however_it_is_typed(typed: str) -> None:
    assert find_banks(typed)[0].code == "9900"


def test_a_branch_is_found_by_code_and_reading() -> None:
    assert [found.code for found in find_branches("9900", "058")] == ["058"]
    assert [found.code for found in find_branches("9900", "ゼロゴハチ")] == ["058"]


def test_a_search_is_short_and_an_empty_one_finds_nothing() -> None:
    assert len(find_banks("農協")) == MOST_FOUND
    assert find_banks("　") == []
    assert find_banks("そんな銀行はない") == []


def test_the_practice_bank_is_nobody_s_and_is_not_offered() -> None:
    assert PRACTICE_BANK not in zengin_code.Bank.all
    assert bank(PRACTICE_BANK) is not None
    assert branch(PRACTICE_BANK, "999") is not None
    assert find_banks("9999") == find_banks("テスト銀行") == []


def test_every_name_of_the_directory_fits_a_bank_file() -> None:
    wrong = []
    for code, its in zengin_code.Bank.all.items():
        found = [bank(code), *(branch(code, each) for each in its.branches)]
        wrong += [each for each in found if each is None or not 0 < len(each.kana) <= 15]
        wrong += [each for each in found if each is not None and set(each.kana) - FieldClass.BANK.value]
    assert wrong == []
    assert len(zengin_code.Bank.all) > 1_000


def test_the_day_of_the_data_is_told() -> None:
    assert directory_version().split(".")[-1].isdecimal()


def test_names_read_as_on_a_passbook() -> None:
    names = [(bank_name("0001"), branch_name("9900", "058")), (bank_name("1001"), branch_name("9998", "001"))]
    assert names == [("みずほ銀行", "〇五八（058）"), (bank_name("1001"), "支店番号 001")]
    assert not bank_name("1001").endswith("銀行")
    assert bank_name("9998") == "銀行番号 9998"
