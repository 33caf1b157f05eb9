"""Before a file is sent, and between a file and its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from japan.zengin.checks import differences, unfit_to_send
from japan.zengin.records import DebitFile, TransferFile
from japan.zengin.yucho import Convention
from tests.japan.zengin.files import INSTRUCTION, RESULT, TRANSFERS

MONDAY = date(2026, 4, 27)
THURSDAY = date(2026, 4, 30)


def test_the_samples_may_be_sent_on_their_days() -> None:
    assert unfit_to_send(INSTRUCTION, on=MONDAY) == ()
    assert unfit_to_send(TRANSFERS, on=THURSDAY) == ()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"bank": "9998"}, "1件目：銀行番号が見つかりません。"),
        ({"branch": "001"}, "1件目：支店番号が見つかりません。"),
        ({"number": "0000000"}, "1件目：口座番号が0だけです。"),
        ({"amount": 0}, "1件目：金額が0円です。"),
        ({"holder": ""}, "1件目：口座名義がありません。"),
    ],
)
def test_a_line_that_must_not_be_sent_is_named(change: dict[str, object], sentence: str) -> None:
    line = replace(TRANSFERS.lines[0], **change)  # type: ignore[arg-type]
    assert unfit_to_send(TransferFile(TRANSFERS.header, (line,)), on=THURSDAY) == (sentence,)


def test_a_day_on_which_banks_are_closed_is_named() -> None:
    holiday = replace(TRANSFERS, header=replace(TRANSFERS.header, mmdd="0429"))
    assert unfit_to_send(holiday, on=date(2026, 4, 29)) == ("取扱日が銀行の休業日です。",)
    assert unfit_to_send(TRANSFERS, on=date(2026, 5, 1)) == ("ファイルの取扱日が、指定された日と違います。",)


def test_a_customer_number_stands_once_in_a_file() -> None:
    twice = DebitFile(INSTRUCTION.header, tuple(replace(line, customer=7) for line in INSTRUCTION.lines))
    assert unfit_to_send(twice, on=MONDAY) == ("同じ顧客番号が複数の明細にあります（1件）。",)


def test_the_answer_to_a_file_answers_every_line_unchanged() -> None:
    assert differences(INSTRUCTION, RESULT) == ()
    turned = DebitFile(RESULT.header, RESULT.lines[::-1])
    assert differences(INSTRUCTION, turned) == ()


@pytest.mark.parametrize(
    ("answer", "sentences"),
    [
        (
            replace(RESULT, header=replace(RESULT.header, code="9999999999", mmdd="0428")),
            ("委託者コードが、送った依頼ファイルと違います。", "引落日が、送った依頼ファイルと違います。"),
        ),
        (
            replace(RESULT, lines=RESULT.lines[:1]),
            (
                "件数が違います（依頼 2件、結果 1件）。",
                "合計金額が違います（依頼 20,000円、結果 12,500円）。",
                "結果のない依頼が1件あります。",
            ),
        ),
        (
            replace(RESULT, lines=(RESULT.lines[0], replace(RESULT.lines[1], customer=1001))),
            ("2件目：送った依頼にない顧客番号か、二度目の顧客番号です。", "結果のない依頼が1件あります。"),
        ),
        (
            replace(RESULT, lines=(RESULT.lines[0], replace(RESULT.lines[1], number="7654321"))),
            ("2件目：口座が依頼と違います。",),
        ),
        (
            replace(RESULT, lines=tuple(replace(line, amount=10_000) for line in RESULT.lines)),
            ("1件目：金額が依頼と違います。", "2件目：金額が依頼と違います。"),
        ),
    ],
)
def test_an_answer_that_does_not_fit_is_described(answer: DebitFile, sentences: tuple[str, ...]) -> None:
    assert differences(INSTRUCTION, answer) == sentences


def test_branches_of_the_second_convention_are_in_no_directory() -> None:
    lines = (INSTRUCTION.lines[0], replace(INSTRUCTION.lines[1], branch="053"))
    other = DebitFile(INSTRUCTION.header, lines)
    assert unfit_to_send(other, on=MONDAY) == ("2件目：支店番号が見つかりません。",)
    assert unfit_to_send(other, on=MONDAY, yucho=Convention.KIGO_2_4) == ()
