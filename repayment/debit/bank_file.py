"""The file of a run as the bank takes it (預金口座振替): from rows to bytes. Opens account numbers; logs none."""

from __future__ import annotations

from japan import banks
from japan.zengin.checks import unfit_to_send
from japan.zengin.errors import ZenginError
from japan.zengin.kana import BankTextError, FieldClass, bank_kana
from japan.zengin.records import DebitFile, Header, mmdd
from japan.zengin.records import DebitLine as BankLine
from japan.zengin.writing import write_debit_instruction
from japan.zengin.yucho import YUCHO_BANK, Convention, YuchoError, branch_kana, for_debit
from people.account_sealing import OpenAccount, opened_account
from repayment.debit.refusals import DebitRefused
from repayment.models import DebitLine, DebitRun

HOLDER_LENGTH = 30


def bank_file(run: DebitRun) -> bytes:
    """The bytes of a run, records of 120 bytes, with or without line ends as the agent wants. The same rows give the same
    bytes. ``DebitRefused`` where something about a line cannot be written or the bank would send it back.
    """
    originator = run.originator
    convention = Convention(originator.yucho)
    content = DebitFile(
        header=Header(
            code=originator.consignor_code,
            name=originator.name_kana,
            mmdd=mmdd(run.debit_on),
            bank=originator.bank_code,
            bank_name=originator.bank_kana,
            branch=originator.branch_code,
            branch_name=originator.branch_kana,
            kind=originator.account_kind,
            number=originator.account_number,
        ),
        lines=tuple(
            _line(line, convention)
            for line in run.lines.select_related("account").order_by("number").iterator(chunk_size=5_000)
        ),
    )
    unfit = unfit_to_send(content, on=run.debit_on, yucho=convention)
    if unfit:
        raise DebitRefused(f"口座振替ファイルを作成できません。{unfit[0]}")
    if (len(content.lines), content.total) != (run.count, run.total):
        raise DebitRefused("明細の件数・金額が、確定したときと合いません。口座振替ファイルを作成できません。")
    try:
        return write_debit_instruction(content, crlf=originator.crlf)
    except ZenginError as error:
        raise DebitRefused(f"口座振替ファイルを作成できません。{error}") from None


def _line(line: DebitLine, convention: Convention) -> BankLine:
    account = opened_account(line.account)
    try:
        branch, kind, number = _numbers(account, convention)
        holder = bank_kana(line.holder_kana, FieldClass.NAME, length=HOLDER_LENGTH).text
    except (YuchoError, BankTextError) as error:
        raise DebitRefused(f"{line.number}番の明細：{error}") from None
    bank = banks.bank(account.bank_code)
    return BankLine(
        bank=account.bank_code,
        bank_name=bank.kana[:15] if bank else "",
        branch=branch,
        branch_name=_branch_name(account, branch, convention),
        kind=kind,
        number=number,
        holder=holder,
        amount=line.amount,
        customer=line.pk,
        new_code=line.new_code,
    )


def _numbers(account: OpenAccount, convention: Convention) -> tuple[str, str, str]:
    if account.yucho is not None:
        written = for_debit(account.yucho, convention)
        return written.branch, written.kind, written.number
    return account.branch_code, account.kind, account.number


def _branch_name(account: OpenAccount, branch: str, convention: Convention) -> str:
    if account.bank_code == YUCHO_BANK:
        return branch_kana(branch) if convention is Convention.TRANSFER else ""
    found = banks.branch(account.bank_code, branch)
    return found.kana[:15] if found else ""
