"""Whose account the money leaves: entered once from a day on, never changed; a correction is a later row."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from django.utils import timezone

from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from japan import banks
from japan.zengin.kana import BankTextError, FieldClass, bank_kana
from loans.disbursement.refusals import TransferNotAllowed, TransferRefused
from loans.models import TransferSender
from loans.staff import acting_person


def sender_on(day: date) -> TransferSender | None:
    """The sender that stands on a day: of those that have begun the latest, of one day the last entered."""
    return TransferSender.objects.filter(valid_from__lte=day).order_by("-valid_from", "-pk").first()


@service
def register_sender(
    *,
    valid_from: date,
    consignor_code: str,
    name_kana: str,
    bank_code: str,
    branch_code: str,
    account_kind: str,
    account_number: str,
    by: Actor,
    at: datetime,
) -> TransferSender:
    """Write down the sender's data as the bank assigned them. ``TransferRefused`` names what cannot be right."""
    person = acting_person(by)
    day = timezone.localtime(at).date()
    if person is None or Permission.MOVE_MONEY not in permissions_of(person.roles_on(day)):
        raise TransferNotAllowed("送金元を登録する権限がありません。")
    bank, branch = banks.bank(_digits(bank_code, 4, "銀行番号")), None
    if bank is not None:
        branch = banks.branch(bank_code, _digits(branch_code, 3, "支店番号"))
    if bank is None or branch is None:
        raise TransferRefused("この銀行番号・支店番号の支店が見つかりません。銀行の書類でお確かめください。")
    try:
        name = bank_kana(name_kana, FieldClass.NAME, length=40).text
    except BankTextError as error:
        raise TransferRefused(str(error)) from None
    return TransferSender.objects.create(
        valid_from=valid_from,
        consignor_code=_digits(consignor_code, 10, "委託者コード"),
        name_kana=name,
        bank_code=bank_code,
        bank_kana=bank.kana[:15],
        branch_code=branch_code,
        branch_kana=branch.kana[:15],
        account_kind=account_kind,
        account_number=_digits(account_number, 7, "口座番号"),
        entered_by=person,
        entered_at=at,
    )


def _digits(text: str, length: int, label: str) -> str:
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    if not (plain.isascii() and plain.isdigit() and len(plain) == length):
        raise TransferRefused(f"{label}は{length}桁の数字で入力してください。")
    return plain
