"""For whom debits are made, and on which day each bank makes them: dated rows, a correction is a later row."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from japan import banks
from japan.zengin.kana import BankTextError, FieldClass, bank_kana
from japan.zengin.yucho import Convention
from loans.staff import acting_person
from repayment.debit.refusals import DebitNotAllowed, DebitRefused
from repayment.models import BankDebitDay, DebitMandate, DebitOriginator
from rulebook.selectors import settings_on


def originator_on(day: date) -> DebitOriginator | None:
    """The originator that stands on a day: of those that have begun the latest, of one day the last entered."""
    return DebitOriginator.objects.filter(valid_from__lte=day).order_by("-valid_from", "-pk").first()


def bank_days_on(day: date) -> list[BankDebitDay]:
    """The debit day of each bank that has its own, on a day."""
    rows = BankDebitDay.objects.filter(valid_from__lte=day).order_by("bank_code", "-valid_from", "-pk")
    return list(rows.distinct("bank_code"))


def nominal_days(day: date) -> list[int]:
    """Every day of the month on which some account is debited: the prefecture's, the banks', those of single accounts."""
    of_accounts = DebitMandate.objects.filter(debit_day__isnull=False).values_list("debit_day", flat=True).distinct()
    of_banks = (row.debit_day for row in bank_days_on(day))
    return sorted({settings_on(day).debit_day, *of_banks, *(own for own in of_accounts if own is not None)})


@service
def register_originator(
    *,
    valid_from: date,
    agent: str,
    consignor_code: str,
    name_kana: str,
    bank_code: str,
    branch_code: str,
    account_kind: str,
    account_number: str,
    yucho: str,
    cut_off_bank_days: int,
    crlf: bool = False,
    by: Actor,
    at: datetime,
) -> DebitOriginator:
    """Write down the originator's data as the bank or agent assigned them. ``DebitRefused`` names what cannot be right."""
    person = _may_register(by, at)
    bank_code, branch_code = _digits(bank_code, 4, "銀行番号"), _digits(branch_code, 3, "支店番号")
    bank, branch = banks.bank(bank_code), banks.branch(bank_code, branch_code)
    if bank is None or branch is None:
        raise DebitRefused("この銀行番号・支店番号の支店が見つかりません。銀行の書類でお確かめください。")
    try:
        name = bank_kana(name_kana, FieldClass.NAME, length=40).text
    except BankTextError as error:
        raise DebitRefused(str(error)) from None
    if yucho not in {convention.value for convention in Convention}:
        raise DebitRefused("ゆうちょ銀行の書き方を選んでください。")
    if not 1 <= cut_off_bank_days <= 60:
        raise DebitRefused("データの締切は、引落日の1〜60営業日前で入力してください。")
    if not agent.strip():
        raise DebitRefused("収納代行会社または銀行の名前を入力してください。")
    return DebitOriginator.objects.create(
        valid_from=valid_from,
        agent=agent.strip()[:60],
        consignor_code=_digits(consignor_code, 10, "委託者コード"),
        name_kana=name,
        bank_code=bank_code,
        bank_kana=bank.kana[:15],
        branch_code=branch_code,
        branch_kana=branch.kana[:15],
        account_kind=account_kind,
        account_number=_digits(account_number, 7, "口座番号"),
        yucho=yucho,
        cut_off_bank_days=cut_off_bank_days,
        crlf=crlf,
        entered_by=person,
        entered_at=at,
    )


@service
def register_bank_day(*, bank_code: str, debit_day: int, valid_from: date, by: Actor, at: datetime) -> BankDebitDay:
    """Write down on which day of the month a bank debits, from a day on."""
    person = _may_register(by, at)
    bank_code = _digits(bank_code, 4, "銀行番号")
    if banks.bank(bank_code) is None:
        raise DebitRefused("この銀行番号の銀行が見つかりません。")
    if not 1 <= debit_day <= 28:
        raise DebitRefused("引落日は1日から28日までで入力してください。")
    return BankDebitDay.objects.create(
        bank_code=bank_code, debit_day=debit_day, valid_from=valid_from, entered_by=person, entered_at=at
    )


def _may_register(by: Actor, at: datetime) -> User:
    person = acting_person(by)
    day = timezone.localtime(at).date()
    if person is None or Permission.MOVE_MONEY not in permissions_of(person.roles_on(day)):
        raise DebitNotAllowed("口座振替の設定を登録する権限がありません。")
    return person


def _digits(text: str, length: int, label: str) -> str:
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    if not (plain.isascii() and plain.isdigit() and len(plain) == length):
        raise DebitRefused(f"{label}は{length}桁の数字で入力してください。")
    return plain
