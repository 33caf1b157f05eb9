"""Account numbers under seal: the one module that closes and opens them, and finds them without opening any.

What it opens goes into a bank file or onto the page of one reader, never into a log.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from accounts.field_keys import current_key_id, fingerprint, fingerprints, seal, unseal
from japan.zengin.yucho import YuchoNumber, read_yucho
from people.models import BankAccount, Person

if TYPE_CHECKING:
    from accounts.models import User

COPY_COLUMNS: Final = (
    "id", "person_id", "use", "bank_code", "branch_code", "kind", "sealed_number", "sealed_yucho", "number_hash",
    "key_id", "holder_kana", "since", "until", "recorded_by",
)  # fmt: skip
"""The columns of an account row in the order in which ``copy_row`` gives them."""

_HASHED: Final = "people_bankaccount.number"
_HYPHENS = re.compile(r"[\s\-‐‑‒–—―−ー]+")


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account as a bank file needs it. Holds the whole number: never log it, never put it into an address."""

    bank_code: str
    branch_code: str
    kind: str
    number: str
    holder_kana: str
    yucho: YuchoNumber | None = None


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


def seal_into(row: BankAccount, account: OpenAccount) -> None:
    """Put the numbers into a row that has its key, sealed for this row only."""
    row.sealed_number = seal(account.number, of=_of(row.pk, "sealed_number"))
    row.sealed_yucho = seal(account.yucho.text, of=_of(row.pk, "sealed_yucho")) if account.yucho else ""
    row.number_hash = fingerprint(account.number, of=_HASHED)
    row.key_id = current_key_id()


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


def number_hash(number: str) -> str:
    """The keyed hash under which an account with these seven digits is found: what a receipt keeps of its payer's."""
    return fingerprint(number, of=_HASHED)


def copy_row(row: BankAccount, account: OpenAccount) -> tuple[object, ...]:
    """The values of an unsaved row that has its key, in the order of ``COPY_COLUMNS``, for writers that use COPY."""
    seal_into(row, account)
    return tuple(getattr(row, column) for column in COPY_COLUMNS)


def plain_digits(number: str) -> str:
    """A number as typed, in half width without spaces and hyphens; not necessarily digits."""
    return _HYPHENS.sub("", unicodedata.normalize("NFKC", number))


def _sought(number: str) -> list[str]:
    """The seven digits something typed may stand for: as they are, or a 番号 of ゆうちょ銀行 without its last 1."""
    plain = plain_digits(number)
    if not (plain.isascii() and plain.isdigit()) or not 1 < len(plain) <= 8:
        return []
    as_account = [plain.zfill(7)] if len(plain) <= 7 else []
    as_passbook = [plain[:-1].zfill(7)] if plain.endswith("1") else []
    return [*as_account, *as_passbook]


def _yucho(entered: str) -> YuchoNumber:
    symbol, _, number = entered.rpartition("-")
    return read_yucho(symbol, number)


def _of(row: int, column: str) -> str:
    return f"people_bankaccount.{column}:{row}"
