"""The file of a transfer as the bank takes it (総合振込): from rows to bytes. Opens account numbers; logs none."""

from __future__ import annotations

from japan import banks
from japan.zengin.checks import unfit_to_send
from japan.zengin.errors import ZenginError
from japan.zengin.records import Header, mmdd
from japan.zengin.records import TransferFile as BankFile
from japan.zengin.records import TransferLine as BankLine
from japan.zengin.writing import write_transfers
from loans.disbursement.refusals import TransferRefused
from loans.models import TransferFile, TransferLine
from people.bank_accounts import opened_account

FIRST_TRANSFER, ANOTHER_TRANSFER = "1", "0"
"""新規コード: whether this payee gets money from us for the first time."""


def bank_file(file: TransferFile) -> bytes:
    """The bytes of a file, records of 120 bytes without separators. The same rows give the same bytes.

    Customer code 1 is the key of the tranche, so that every line of every file can be told apart. ``TransferRefused``
    where something about a line cannot be written or the bank would send it back.
    """
    sender = file.sender
    lines = file.lines.select_related("account", "tranche").order_by("number")
    content = BankFile(
        header=Header(
            code=sender.consignor_code,
            name=sender.name_kana,
            mmdd=mmdd(file.pay_on),
            bank=sender.bank_code,
            bank_name=sender.bank_kana,
            branch=sender.branch_code,
            branch_name=sender.branch_kana,
            kind=sender.account_kind,
            number=sender.account_number,
        ),
        lines=tuple(_line(line) for line in lines),
    )
    unfit = unfit_to_send(content, on=file.pay_on)
    if unfit:
        raise TransferRefused(f"送金ファイルを作成できません。{unfit[0]}")
    if (len(content.lines), content.total) != (file.count, file.total):
        raise TransferRefused("明細の件数・金額が、確定したときと合いません。送金ファイルを作成できません。")
    try:
        return write_transfers(content)
    except ZenginError as error:
        raise TransferRefused(f"送金ファイルを作成できません。{error}") from None


def _line(line: TransferLine) -> BankLine:
    account = opened_account(line.account)
    bank = banks.bank(account.bank_code)
    branch = banks.branch(account.bank_code, account.branch_code)
    first = line.attempt == 1 and line.tranche.number == 1
    return BankLine(
        bank=account.bank_code,
        bank_name=bank.kana[:15] if bank else "",
        branch=account.branch_code,
        branch_name=branch.kana[:15] if branch else "",
        kind=account.kind,
        number=account.number,
        holder=line.payee_kana,
        amount=line.amount,
        customer_1=line.tranche_id,
        new_code=FIRST_TRANSFER if first else ANOTHER_TRANSFER,
    )
