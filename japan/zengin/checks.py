"""What has to hold before a file is sent, and between a file and what comes back for it. Names and numbers of accounts
are never in the sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from japan.bankdays import is_bank_day
from japan.banks import bank, branch
from japan.zengin.records import DebitFile, DebitLine, TransferFile, TransferLine, mmdd
from japan.zengin.yucho import YUCHO_BANK, Convention


def unfit_to_send(
    file: TransferFile | DebitFile, *, on: date, yucho: Convention = Convention.TRANSFER
) -> tuple[str, ...]:
    """Why a file must not be sent for a day, one sentence for each reason; empty when all is well.

    ``yucho``: the convention in which accounts of ゆうちょ銀行 stand; under the second one their branches are in no
    directory.
    """
    found: list[str] = []
    if file.header.mmdd != mmdd(on):
        found.append("ファイルの取扱日が、指定された日と違います。")
    if not is_bank_day(on):
        found.append("取扱日が銀行の休業日です。")
    lines: Sequence[TransferLine | DebitLine] = file.lines
    for number, line in enumerate(lines, start=1):
        found += [f"{number}件目：{reason}" for reason in _unfit(line, yucho)]
    if twice := _keys_used_twice(lines):
        found.append(f"同じ顧客番号が複数の明細にあります（{twice}件）。")
    return tuple(found)


def differences(sent: DebitFile, result: DebitFile) -> tuple[str, ...]:
    """How a result differs from the instruction it answers; empty when every line is answered once and unchanged."""
    found: list[str] = []
    if sent.header.code != result.header.code:
        found.append("委託者コードが、送った依頼ファイルと違います。")
    if sent.header.mmdd != result.header.mmdd:
        found.append("引落日が、送った依頼ファイルと違います。")
    if len(sent.lines) != len(result.lines):
        found.append(f"件数が違います（依頼 {len(sent.lines):,}件、結果 {len(result.lines):,}件）。")
    if sent.total != result.total:
        found.append(f"合計金額が違います（依頼 {sent.total:,}円、結果 {result.total:,}円）。")
    asked = {line.customer: line for line in sent.lines}
    for number, line in enumerate(result.lines, start=1):
        before = asked.pop(line.customer, None)
        if before is None:
            found.append(f"{number}件目：送った依頼にない顧客番号か、二度目の顧客番号です。")
        elif before.amount != line.amount:
            found.append(f"{number}件目：金額が依頼と違います。")
        elif _account(before) != _account(line):
            found.append(f"{number}件目：口座が依頼と違います。")
    if asked:
        found.append(f"結果のない依頼が{len(asked):,}件あります。")
    return tuple(found)


def _unfit(line: TransferLine | DebitLine, yucho: Convention) -> list[str]:
    found = []
    if bank(line.bank) is None:
        found.append("銀行番号が見つかりません。")
    elif branch(line.bank, line.branch) is None and not (line.bank == YUCHO_BANK and yucho is Convention.KIGO_2_4):
        found.append("支店番号が見つかりません。")
    if not int(line.number):
        found.append("口座番号が0だけです。")
    if line.amount <= 0:
        found.append("金額が0円です。")
    if not line.holder:
        found.append("口座名義がありません。")
    return found


def _keys_used_twice(lines: Sequence[TransferLine | DebitLine]) -> int:
    keys = Counter(_key(line) for line in lines)
    return sum(1 for key, times in keys.items() if times > 1 and any(key))


def _key(line: TransferLine | DebitLine) -> tuple[int | str, ...]:
    if isinstance(line, DebitLine):
        return (line.customer,)
    return (line.edi,) if line.edi else (line.customer_1, line.customer_2)


def _account(line: DebitLine) -> tuple[str, str, str, str]:
    return (line.bank, line.branch, line.kind, line.number)
