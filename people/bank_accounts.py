"""Bank accounts: written down sealed, found by number without opening any, opened only with a reason.

No other module opens a number; what it gives back goes into a bank file or onto the page of one reader, never into a
log. The account must be in the person's own name (special loans and the regular loan alike, Q&A vol. 17 question 24
and the regular loan's papers: 本人名義の口座).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import connection
from django.db.models import ProtectedError, Q
from django.utils import timezone

from accounts.field_keys import current_key_id, fingerprint, fingerprints, seal, unseal
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access, service
from japan import banks
from japan.zengin.kana import BankTextError, FieldClass, bank_kana, same_holder
from japan.zengin.yucho import YUCHO_BANK, YuchoError, YuchoNumber, for_transfer, read_yucho
from people.enums import AccountKind, AccountUse
from people.models import BankAccount, Person, in_force
from people.services import lock

if TYPE_CHECKING:
    from accounts.models import User

HOLDER_LENGTH: Final = 30
"""Room for a holder's name in a bank file, in half-width characters."""
_HASHED: Final = "people_bankaccount.number"
_HYPHENS = re.compile(r"[\s\-‐‑‒–—―−ー]+")


class AccountRefused(Exception):
    """An account cannot be written down or opened as asked; the text is a sentence for whoever tried."""


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account as a bank file needs it. Holds the whole number: never log it, never put it into an address."""

    bank_code: str
    branch_code: str
    kind: str
    number: str
    holder_kana: str
    yucho: YuchoNumber | None = None


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


def accounts_by_number(number: str, *, user: User, bank_code: str = "", branch_code: str = "") -> list[BankAccount]:
    """Accounts of persons this reader may know of with exactly this number: seven digits, or the 番号 of a passbook.

    Nothing is opened: the keyed hash of what is sought is compared. Not a number: nothing is found.
    """
    hashes = [found for sought in _sought(number) for found in fingerprints(sought, of=_HASHED)]
    rows = BankAccount.objects.filter(
        number_hash__in=hashes, person__in=Person.objects.visible_to(user)
    ).select_related("person")
    if bank_code:
        rows = rows.filter(bank_code=bank_code)
    if branch_code:
        rows = rows.filter(branch_code=branch_code)
    return list(rows.order_by("person__kana_key", "person_id", "-since"))


def opened_account(account: BankAccount) -> OpenAccount:
    """Open one account for a bank file; a page for people uses :func:`open_number`. Raises ``SealBroken``."""
    entered = unseal(account.sealed_yucho, of=_of(account.pk, "sealed_yucho")) if account.sealed_yucho else ""
    return OpenAccount(
        bank_code=account.bank_code,
        branch_code=account.branch_code,
        kind=account.kind,
        number=unseal(account.sealed_number, of=_of(account.pk, "sealed_number")),
        holder_kana=account.holder_kana,
        yucho=_yucho(entered) if entered else None,
    )


def masked_number(account: BankAccount) -> str:
    """What a page shows of a number: its last three digits."""
    return f"****{opened_account(account).number[-3:]}"


def reseal(*, after: int, limit: int) -> int | None:
    """Seal the next ``limit`` accounts behind a row with the key that seals now; the last row looked at, None at the end.

    Safe to be killed and run again: a row is either as before or done.
    """
    stale = BankAccount.objects.exclude(key_id=current_key_id()).filter(pk__gt=after)
    rows = list(stale.select_for_update(of=("self",)).order_by("pk")[:limit])
    for row in rows:
        opened = opened_account(row)
        _seal_into(row, opened)
    BankAccount.objects.bulk_update(rows, ["sealed_number", "sealed_yucho", "number_hash", "key_id"])
    return rows[-1].pk if rows else None


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
        pk=_next_key(),
        person=person,
        use=use,
        bank_code=account.bank_code,
        branch_code=account.branch_code,
        kind=account.kind,
        holder_kana=account.holder_kana,
        since=since,
        recorded_by=by.label,
    )
    _seal_into(row, account)
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
    plain = _HYPHENS.sub("", unicodedata.normalize("NFKC", number))
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


def _sought(number: str) -> list[str]:
    """The seven digits something typed may stand for: as they are, or a 番号 of ゆうちょ銀行 without its last 1."""
    plain = _HYPHENS.sub("", unicodedata.normalize("NFKC", number))
    if not (plain.isascii() and plain.isdigit()) or not 1 < len(plain) <= 8:
        return []
    as_account = [plain.zfill(7)] if len(plain) <= 7 else []
    as_passbook = [plain[:-1].zfill(7)] if plain.endswith("1") else []
    return [*as_account, *as_passbook]


def _yucho(entered: str) -> YuchoNumber:
    symbol, _, number = entered.rpartition("-")
    return read_yucho(symbol, number)


def _seal_into(row: BankAccount, account: OpenAccount) -> None:
    row.sealed_number = seal(account.number, of=_of(row.pk, "sealed_number"))
    row.sealed_yucho = seal(account.yucho.text, of=_of(row.pk, "sealed_yucho")) if account.yucho else ""
    row.number_hash = fingerprint(account.number, of=_HASHED)
    row.key_id = current_key_id()


def _of(row: int, column: str) -> str:
    return f"people_bankaccount.{column}:{row}"


def _next_key() -> int:
    """The key of the row to come: a value is sealed for its row before the row is there."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('people_bankaccount', 'id'))")
        (key,) = cursor.fetchone()
    return int(key)
