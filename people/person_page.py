"""What is registered about one person, for the page on which it is kept right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from accounts.roles import Permission
from japan.banks import bank_name, branch_name
from people.account_sealing import masked_number
from people.addresses import AddressView, address_for
from people.enums import AccountUse
from people.models import (
    BankAccount,
    Caseload,
    MailBlock,
    Person,
    PersonCorrection,
    Phone,
    Protection,
    ProtectionEnding,
    in_force,
)
from people.protections import open_ending

if TYPE_CHECKING:
    from accounts.models import User


DISCARDING: Final = (
    "間違って登録した口座だけを取り消します。使わなくなった口座は「使用を終える」を選んでください。",
    "送金や口座振替に使われた口座は取り消せません。",
)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account as a page may show it: names in words, the number masked."""

    account: BankAccount
    bank: str
    branch: str
    number: str
    is_open: bool

    @property
    def use(self) -> str:
        return AccountUse(self.account.use).label


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything registered about a person that one reader may see on a day."""

    person: Person
    may_write: bool
    address: AddressView
    may_ask_for_address: bool
    phones: tuple[Phone, ...]
    protections: tuple[Protection, ...]
    ending: ProtectionEnding | None
    blocks: tuple[MailBlock, ...]
    caseloads: tuple[Caseload, ...]
    accounts: tuple[AccountLine, ...]
    corrections: tuple[PersonCorrection, ...]

    @property
    def discarding(self) -> tuple[str, ...]:
        """What taking back an account means."""
        return DISCARDING

    @property
    def several_offices(self) -> bool:
        """Whether one of the offices may end its share without leaving the person alone."""
        return sum(1 for each in self.caseloads if each.until is None) > 1

    @property
    def standing_protection(self) -> Protection | None:
        return next((each for each in self.protections if each.until is None), None)


def person_page(person: Person, *, reader: User, on: date) -> PersonPage:
    """The page of one person; the number of queries does not depend on how much is registered."""
    address = address_for(person, reader=reader, on=on)
    return PersonPage(
        person=person,
        may_write=reader.can(Permission.WRITE_CASES),
        address=address,
        may_ask_for_address=address.withheld and reader.can(Permission.REQUEST_REVEAL),
        phones=tuple(person.phones.filter(in_force(on)).order_by("kind", "pk")),
        protections=tuple(person.protections.order_by("-since", "-pk")),
        ending=open_ending(person),
        blocks=tuple(person.mail_blocks.filter(in_force(on)).order_by("since", "pk")),
        caseloads=tuple(person.caseloads.select_related("office").order_by("-since", "-pk")),
        accounts=account_lines(person, on=on),
        corrections=tuple(person.corrections.order_by("-recorded_at", "-pk")),
    )


def account_lines(person: Person, *, on: date) -> tuple[AccountLine, ...]:
    """The accounts of a person, those in use first."""
    rows = BankAccount.objects.filter(person=person).order_by("use", "-since")
    lines = [account_line(row, on=on) for row in rows]
    return tuple(sorted(lines, key=lambda line: not line.is_open))


def account_line(account: BankAccount, *, on: date) -> AccountLine:
    return AccountLine(
        account=account,
        bank=bank_name(account.bank_code),
        branch=branch_name(account.bank_code, account.branch_code),
        number=masked_number(account),
        is_open=account.until is None or account.until >= on,
    )
