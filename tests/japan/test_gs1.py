"""Payment slips: the 44 digits, their check digit, and bars that a reader turns back into them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from japan import gs1
from japan.gs1 import (
    HEIGHT_MM,
    MODULES,
    WIDTH_MM,
    SlipCode,
    SlipCodeError,
    bars,
    characters,
    human_readable,
    read_slip_code,
)

PUBLISHED = SlipCode("912345", "000000000000004520875", 0, date(2004, 1, 31), 29_500)
OURS = SlipCode("999999", "000000000000000001001", 0, date(2027, 5, 31), 12_500)
REISSUED = replace(OURS, reissue=1, stamp=True, amount=50_000)

BY_ZINT = (
    "110100111001111010111011110110110111101101101110110111010111011000110110011001101100110011011001"
    "100110110011001101100110011011001100110110011001011101100011001001110111100101001100010111010010"
    "001100110011011001101100011011011001100111001100101100010111010010001100110100010001100011101011"
)
"""The symbol of the published sample without quiet zones, as libzint 2.x draws GS1-128 (black is 1)."""


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        (PUBLISHED, "91912345000000000000004520875004013100295004"),
        (OURS, "91999999000000000000000001001027053100125002"),
        (REISSUED, "91999999000000000000000001001127053110500003"),
    ],
)
def test_the_digits_are_those_of_the_samples_and_read_back(code, digits):
    assert code.digits == digits
    assert read_slip_code(digits) == code


def modules_of(code):
    """The symbol as black (1) and white (0) modules."""
    row = [0] * MODULES
    for at, width in bars(code.digits):
        row[at : at + width] = [1] * width
    return "".join(map(str, row))


def test_the_published_sample_has_the_modules_that_zint_gives_it():
    assert modules_of(PUBLISHED) == "0" * 10 + BY_ZINT + "0" * 10
    assert len(BY_ZINT) == 288


@pytest.mark.parametrize("seed", range(20))
def test_widths_read_from_the_symbol_give_the_digits_again(seed: int) -> None:
    random = Random(seed)
    due_on = date(2023, 1, 1) + timedelta(days=random.randrange(28_000))
    code = SlipCode(
        "999999", f"{random.randrange(10**21):021d}", random.randrange(10), due_on, random.randint(1, 999_999)
    )
    runs = [len(run) for run in modules_of(code).strip("0").replace("10", "1|0").replace("01", "0|1").split("|")]
    symbols = ["".join(map(str, runs[at : at + 6])) for at in range(0, len(runs) - 7, 6)]
    patterns = {"".join(map(str, widths_of(value))): value for value in range(106)}
    values = [patterns[symbol] for symbol in symbols]
    assert values == characters(code.digits)[:-1]
    assert "".join(f"{value:02d}" for value in values[2:-1]) == code.digits
    total = values[0] + sum(place * value for place, value in enumerate(values[1:-1], start=1))
    assert total % 103 == values[-1]


def widths_of(value):
    return [int(width) for width in gs1._PATTERNS[value]]


def test_every_character_has_eleven_modules_and_no_two_are_alike():
    widths = [tuple(widths_of(value)) for value in range(107)]
    assert {sum(row) for row in widths[:-1]} == {11} and sum(widths[-1]) == 13
    assert len(set(widths)) == 107


def test_the_symbol_fits_the_room_that_stores_allow():
    assert WIDTH_MM <= 60 and HEIGHT_MM >= 10
    assert human_readable(OURS.digits) == ("(91)999999-0000000000000000010010", "270531-0-012500-2")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("9199999900000000000000000100102705310012500", "44桁"),
        ("21999999000000000000000001001027053100125002", "91で始まって"),
        ("91999999000000000000000001001027053100125003", "検査数字"),
        ("91999999000000000000000001001027053100125０2", "44桁"),
    ],
)
def test_what_is_no_slip_is_refused_by_name(text, says):
    with pytest.raises(SlipCodeError, match=says):
        read_slip_code(text)


@pytest.mark.parametrize(
    "wrong", [{"company": "12345"}, {"free": "1"}, {"amount": 0}, {"amount": 1_000_000}, {"reissue": 10}]
)
def test_what_does_not_fit_is_never_cut_to_fit(wrong):
    with pytest.raises(SlipCodeError):
        replace(OURS, **wrong)
