"""Bank accounts of persons: written down sealed, one for each use at a time, opened for people with a reason only.

The account must be in the person's own name (special loans and the regular loan alike: 本人名義の口座; K-10).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import ProtectedError, Q
from django.utils import timezone

from accounts.field_keys import current_key_id
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access, service
from japan import banks
from japan.zengin.kana import BankTextError, FieldClass, bank_kana, same_holder
from japan.zengin.yucho import YUCHO_BANK, YuchoError, for_transfer, read_yucho
from people.account_sealing import OpenAccount, opened_account, plain_digits, seal_into
from people.enums import AccountKind, AccountUse
from people.keys import next_key
from people.models import BankAccount, Person, in_force
from people.services import lock

HOLDER_LENGTH: Final = 30
"""Room for a holder's name in a bank file, in half-width characters."""


class AccountRefused(Exception):
    """An account cannot be written down or opened as asked; the text is a sentence for whoever tried."""


@service
def register_account(
    *,
    person: Person,
    use: AccountUse,
    bank_code: str,
    branch_code: str,
    number: str,
    holder_kana: str,
    since: date,
    kind: AccountKind = AccountKind.ORDINARY,
    by: Actor,
    at: datetime,
) -> BankAccount:
    """Write an account from a day on and close the one for the same use before it.

    ``number`` has up to seven digits as typed, ``holder_kana`` is as printed on the passbook. The same account again
    gives the row that is there. ``AccountRefused`` for what cannot be right, for ゆうちょ銀行 (``register_yucho_account``)
    and for an account in another name (K-10).
    """
    if bank_code == YUCHO_BANK:
        raise AccountRefused("ゆうちょ銀行の口座は、記号と番号で登録してください。")
    refuse_unknown_branch(bank_code, branch_code)
    account = OpenAccount(
        bank_code=bank_code,
        branch_code=branch_code,
        kind=kind,
        number=seven_digits(number),
        holder_kana=own_name(person, holder_kana),
    )
    return write_account(person=person, use=use, account=account, since=since, by=by, at=at)


@service
def register_yucho_account(
    *,
    person: Person,
    use: AccountUse,
    symbol: str,
    number: str,
    holder_kana: str,
    since: date,
    savings: bool = False,
    by: Actor,
    at: datetime,
) -> BankAccount:
    """The same for ゆうちょ銀行, from 記号 and 番号 of the passbook, which are kept as entered."""
    try:
        entered = read_yucho(symbol, number)
    except YuchoError as error:
        raise AccountRefused(str(error)) from None
    transferred = for_transfer(entered, savings=savings)
    refuse_unknown_branch(YUCHO_BANK, transferred.branch)
    account = OpenAccount(
        bank_code=YUCHO_BANK,
        branch_code=transferred.branch,
        kind=transferred.kind,
        number=transferred.number,
        holder_kana=own_name(person, holder_kana),
        yucho=entered,
    )
    return write_account(person=person, use=use, account=account, since=since, by=by, at=at)


@service
def end_account(*, account: BankAccount, until: date, by: Actor, at: datetime) -> BankAccount:
    """End the use of an account with its last day."""
    account = BankAccount.objects.select_for_update().get(pk=account.pk)
    if until < account.since:
        raise AccountRefused("終了日が開始日より前になっています。")
    if account.until is not None and until > account.until:
        raise AccountRefused("この口座の使用はすでに終わっています。あとの日付に延ばすことはできません。")
    account.until = until
    account.save(update_fields=["until"])
    return account


@service
def discard_account(*, account: BankAccount, by: Actor, at: datetime) -> None:
    """Remove an account written down by a slip and used for nothing; the audit log keeps that it was removed."""
    try:
        BankAccount.objects.select_for_update().get(pk=account.pk).delete()
    except ProtectedError:
        raise AccountRefused("送金や口座振替に使われた口座は取り消せません。終了日を入れてください。") from None


@service
def open_number(*, account: BankAccount, reason: str, by: Actor, at: datetime) -> OpenAccount:
    """The whole number for one reader, with a reason that the access log keeps. ``AccountRefused`` without a reason."""
    if not reason.strip():
        raise AccountRefused("口座番号が必要な理由を入力してください。")
    opened = opened_account(account)
    record_access(
        by=by, action=AccessAction.VIEW, subject="bank_account", ids=[account.person_id], at=at, reason=reason.strip()
    )
    return opened


def account_on(person: Person | int, use: AccountUse, on: date) -> BankAccount | None:
    """The account in use for something on a day."""
    key = person if isinstance(person, int) else person.pk
    return accounts_on([key], use, on).get(key)


def accounts_on(person_ids: Iterable[int], use: AccountUse, on: date) -> dict[int, BankAccount]:
    """The same for many persons; one query."""
    rows = BankAccount.objects.filter(in_force(on), person__in=set(person_ids), use=use)
    return {row.person_id: row for row in rows}


@service
def reseal_accounts(*, limit: int, by: Actor, at: datetime) -> int:
    """Seal up to ``limit`` accounts again that are sealed with an older key; how many it found.

    Safe to be killed and run again until nothing is left: an account is either as before or done.
    """
    stale = BankAccount.objects.exclude(key_id=current_key_id())
    rows = list(stale.select_for_update(of=("self",)).order_by("pk")[:limit])
    for row in rows:
        seal_into(row, opened_account(row))
    BankAccount.objects.bulk_update(rows, ["sealed_number", "sealed_yucho", "number_hash", "key_id"])
    return len(rows)


def write_account(
    *, person: Person, use: AccountUse, account: OpenAccount, since: date, by: Actor, at: datetime
) -> BankAccount:
    """Write a checked account; called inside a service."""
    person = lock(person)
    if since > timezone.localtime(at).date() + timedelta(days=366):
        raise AccountRefused("開始日が1年より先になっています。日付をお確かめください。")
    of_use = BankAccount.objects.filter(person=person, use=use)
    now = of_use.filter(in_force(since)).first()
    if now is not None and opened_account(now) == account:
        return now
    if of_use.filter(since__gte=since).exists():
        raise AccountRefused("この日以降に始まる同じ用途の口座がすでにあります。開始日をお確かめください。")
    of_use.filter(Q(until__isnull=True) | Q(until__gte=since)).update(until=since - timedelta(days=1))
    row = BankAccount(
        pk=next_key(BankAccount),
        person=person,
        use=use,
        bank_code=account.bank_code,
        branch_code=account.branch_code,
        kind=account.kind,
        holder_kana=account.holder_kana,
        since=since,
        recorded_by=by.label,
    )
    seal_into(row, account)
    row.save(force_insert=True)
    return row


def own_name(person: Person, holder_kana: str) -> str:
    """The holder as a bank file writes it. ``AccountRefused`` for an account in somebody else's name (K-10)."""
    try:
        written = bank_kana(holder_kana, FieldClass.NAME, length=HOLDER_LENGTH).text
        own = same_holder(written, person.kana)
    except BankTextError as error:
        raise AccountRefused(str(error)) from None
    if not own:
        raise AccountRefused(
            f"口座名義「{written}」が借受人のカナ氏名と違います。本人名義の口座だけを使えます。"
            "改姓などで違うときは、先に氏名の登録を直してください。"
        )
    return written


def seven_digits(number: str) -> str:
    """An account number as bank files write it. ``AccountRefused`` where it has other characters or too many digits."""
    plain = plain_digits(number)
    if not plain:
        raise AccountRefused("口座番号を入力してください。")
    if not (plain.isascii() and plain.isdigit()):
        raise AccountRefused("口座番号は数字で入力してください。")
    if len(plain) > 7:
        raise AccountRefused(f"口座番号は7桁までです（{len(plain)}桁あります）。通帳でお確かめください。")
    if not int(plain):
        raise AccountRefused("口座番号が0だけになっています。通帳でお確かめください。")
    return plain.zfill(7)


def refuse_unknown_branch(bank_code: str, branch_code: str) -> None:
    """``AccountRefused`` for a bank or branch that the directory does not know."""
    if bank_code == banks.PRACTICE_BANK and not settings.PRACTICE_BANK:
        raise AccountRefused("銀行番号9999は練習用です。実際の銀行番号を入力してください。")
    if banks.bank(bank_code) is None:
        raise AccountRefused(f"銀行番号「{bank_code}」の銀行が見つかりません。通帳でお確かめください。")
    if banks.branch(bank_code, branch_code) is None:
        raise AccountRefused(
            f"支店番号「{branch_code}」の支店がこの銀行にありません。統廃合で番号が変わっていないかお確かめください。"
        )
